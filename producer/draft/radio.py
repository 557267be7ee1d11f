"""Radio scripts: `NAME: (direction) words`, `SOUND:`, `MUSIC:`, numbered cues, scenes. Source: BBC and US layouts."""

from __future__ import annotations

import re
from collections import Counter

from producer.draft.cues import Cues
from producer.draft.directions import BEAT, bracket
from producer.draft.fountain import FADE, SLUG
from producer.draft.labels import NUMBERED_SCENE, SCENE, about, label
from producer.draft.nouns import Draft, Played
from producer.draft.plays import UNSPOKEN, is_direction, with_colons, without_stars
from producer.draft.prose import Wanted
from producer.draft.stage import Stage, closes, treat_of
from producer.draft.text import marked, readable, squeezed

_NUMBER = re.compile(r"^\s*\d{1,4}[.):]?\s+(?=\S)")
_FIGURE = r"(?:\d{1,3}(?:(?:st|nd|rd|th) )?)?"  # of `1ST GUARD`
_CUE = re.compile(rf"^\s*({_FIGURE}[^\W\d_a-z][^:()a-z\n]{{0,38}}?)\s*(\([^()]{{0,120}}\))?\s*:(?!/)\s*(.*)$")
_NAME = r"[^\W\d_][\w.'’/-]*"
_MIXED = re.compile(rf"^\s*({_FIGURE}{_NAME}(?: (?:& )?{_NAME}){{0,2}})\s*(\([^()]{{0,120}}\))?\s*:(?!/)\s+(\S.*)$")
_HEADING = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*")
_NEARLY_ALL = 0.6  # of the lines or paragraphs
_BRACKETED = re.compile(r"[(\[]([^()\[\]]{1,300})[)\]]\.?")


def is_radio(text: str) -> bool:
    """Whether a text without a telling name looks like a radio script.

    A third of its lines begin with `NAME:`, or nearly every paragraph with `Name:` and some names come again; or it is
    a play with `NAME.` there.
    """
    text = without_stars(text)
    if with_colons(text) != text:
        return True
    lines = [_NUMBER.sub("", line) for line in text.splitlines() if line.strip()][:2000]
    cues = [found[1].strip() for line in lines if (found := _CUE.match(line))]
    heard = any(label(name, "en", head=False) in ("sound", "music") for name in cues)
    if len(cues) >= 3 and (len(cues) * 4 >= len(lines) or (heard and len(cues) * 10 >= len(lines))):
        return True
    blocks = [block.strip().split("\n")[0] for block in re.split(r"\n\s*\n", text) if block.strip()][1:2000]
    begun = [line for line in blocks if not UNSPOKEN.match(line)]
    spoken = [one for line in lines if (one := _speaker(line))]
    names = Counter(spoken)
    share = max(len(spoken) / len(lines or "-"), sum(map(bool, map(_speaker, begun))) / len(begun or "-"))
    return len(spoken) >= 3 and share >= _NEARLY_ALL and 2 <= len(names) <= max(len(spoken) - 1, len(spoken) * 0.7)


def _speaker(line: str) -> str:
    """Whoever begins a line as `Anna:` or `Old Tom (softly):` do; each word of a name has a capital."""
    found = _CUE.match(line) or _MIXED.match(line)
    if not found or not all(word[0].isupper() or not word[0].isalpha() for word in found[1].split()):
        return ""
    return found[1].strip() if label(found[1].strip(), "en", head=True) == "speech" else ""


def draft_radio(text: str, wanted: Wanted, cues: Cues) -> Draft:
    """The production that a radio script makes. Numbers of cues fall away; what nobody is named for is told."""
    lines = [squeezed_line(line) for line in with_colons(without_stars(readable(text))).split("\n")]
    shouted = sum(1 for line in lines if _speaker(line).isupper())
    named = sum(1 for line in lines if _speaker(line)) - shouted
    names = frozenset(filter(None, map(_speaker, lines)))
    reader = _Reader(Stage(wanted, cues), mixed=shouted < 2 or named > shouted, names=names)
    for line in lines:
        reader.line(line)
    reader.end()
    return reader.stage.done(reader.about.get("TITLE", ""), reader.writer(), "radio", ())


def squeezed_line(line: str) -> str:
    """A line without the number of its cue."""
    bare = _NUMBER.sub("", line).rstrip()
    numbered = _CUE.match(bare) or _speaker(bare) or _BRACKETED.fullmatch(bare) or SCENE.match(bare) or closes(bare)
    return bare if numbered or FADE.fullmatch(bare) else line.rstrip()


class _Reader:
    def __init__(self, stage: Stage, *, mixed: bool, names: frozenset[str]) -> None:
        self.stage = stage
        self.mixed = mixed
        self.names = names  # of those who speak, as written
        self.about: dict[str, str] = {}
        self.kind = ""  # of what is being gathered: speech, sound, music, told or about
        self.name = ""
        self.direction = ""
        self.words: list[str] = []
        self.broken = False  # something is heard in the middle of a speech, and what follows may be the rest of it
        self.blank = False  # the line before was empty
        self.begun = False  # something was said or heard

    def writer(self) -> str:
        """Who wrote it."""
        return self.about.get("WRITER", "")

    def line(self, line: str) -> None:
        """One line."""
        bare = line.strip()
        blank, self.blank = self.blank, not bare
        if not bare:
            if self.kind != "speech":
                self.end()
            return
        numbered = NUMBERED_SCENE.match(bare) and (blank or self.mixed or self.kind != "speech")
        cue = _CUE.match(line) or self._mixed(line)
        if FADE.fullmatch(bare) or (closes(bare) and (blank or bare.isupper())):
            self.end()
            self.stage.play(Played(kind="comment", note=bare))
        elif SCENE.match(line) or numbered or (SLUG.match(bare) and not (cue and cue[3])):
            self.end()
            self.stage.scene(squeezed(bare)[0])
            self.begun = True
        elif (heading := _HEADING.fullmatch(bare)) and (self.begun or len(heading[1]) > 1):
            self.end()
            self.stage.scene(squeezed(heading[2])[0])
            self.begun = True
        elif heading:
            self._free(heading[2])
        elif cue:
            self._cue(cue[1].strip(), cue[2] or "", cue[3].strip())
        elif alone := _BRACKETED.fullmatch(bare):
            if self.kind == "speech" and not blank:
                self._inside(alone[1].strip())
            else:
                self.end()
                self._bracketed(alone[1])
        elif self.kind == "" or (blank and self.kind == "speech" and is_direction(bare, self.names)):
            self.end()
            self._free(bare)
        else:
            self.words.append(bare)

    def _mixed(self, line: str) -> re.Match[str] | None:
        """`Anna: words` in a script that names people so; `Sound: rain` in any."""
        found = _MIXED.match(line)
        language = self.stage.wanted.language
        return found if found and (self.mixed or label(found[1], language, head=not self.begun) != "speech") else None

    def _cue(self, name: str, direction: str, rest: str) -> None:
        self.end()
        if FADE.fullmatch(f"{name}:"):
            self.stage.play(Played(kind="comment", note=f"{name}:"))
        else:
            self.kind = label(name, self.stage.wanted.language, head=not self.begun)
        if self.kind == "about":
            self.name = name.upper()
        elif self.kind == "speech":
            self.name, self.direction = name, direction[1:-1].strip()
        self.begun = self.begun or self.kind not in ("about", "")
        if self.kind in ("sound", "music"):  # `SOUND (OFF): DOOR`, `MUSIC BRIDGE:`
            rest = " ".join(one for one in (rest, *name.split()[1:], direction) if one)
        if self.kind == "told":
            self.words = [f"{name}: {rest}"]
        elif self.kind or not rest:
            self.words = [rest] if rest else []
        else:
            self._free(rest)

    def _free(self, bare: str) -> None:
        """A line that nobody is named for: the title, while nothing has been heard; else it is told."""
        if not self.begun and "TITLE" not in self.about:
            self.about["TITLE"] = squeezed(bare)[0]
        elif not self.begun:
            by = re.match(r"(?:written )?by\s+(.+)", bare, re.IGNORECASE)
            if by and not self.writer():
                self.about["WRITER"] = squeezed(by[1])[0]
            else:
                self.stage.play(Played(kind="comment", note=squeezed(bare)[0]))
        else:
            self.kind, self.words = "told", [bare]

    def _inside(self, inside: str) -> None:
        """A line in brackets right under a speech: how it goes on, or what is heard before it does."""
        sounds = () if BEAT.fullmatch(inside) else self.stage.cues.sound(squeezed(inside)[0])
        found = any(one.kind not in ("pause", "comment") for one in sounds)
        if not found and bracket(inside, self.stage.wanted.language) in ("direction", "guess"):
            self.words.append(f"({inside})")
            return
        direction = self.direction if treat_of(self.direction) else ""
        self.end()
        self.stage.play(*(sounds or (Played(kind="pause", role="800 ms", note=inside),)))
        self.kind, self.direction, self.broken = "speech", direction, True

    def _bracketed(self, inside: str) -> None:
        if BEAT.fullmatch(inside.strip()):
            self.stage.play(Played(kind="pause", role="800 ms", note=inside))
        elif is_direction(inside, frozenset()):
            self.stage.play(Played(kind="comment", note=squeezed(inside)[0]))
        else:
            self.stage.play(*self.stage.cues.sound(squeezed(inside)[0]))

    def end(self) -> None:
        """What was gathered is whole."""
        kind, self.kind = self.kind, ""
        text = squeezed(" ".join(self.words))[0]
        broken, self.broken = self.broken, False
        self.words = []
        if kind == "speech" and (text or not broken):
            how = self.direction.casefold() if self.direction.isupper() else self.direction
            self.stage.say(self.stage.who(self.name), text, how, treat_of(how))
            if not text and not how:
                self.stage.play(Played(kind="comment", note=f"{self.name}:"))
        elif kind in ("sound", "music") and text:
            self.stage.play(*(self.stage.cues.sound(text) if kind == "sound" else self.stage.cues.music(text)))
        elif kind == "told":
            plain, spans = squeezed(*marked(text, stars=True))
            self.stage.tell(plain, spans)
        elif kind == "about":
            self._tell_about(about(self.name), text)

    def _tell_about(self, what: str, text: str) -> None:
        """What stands at the head: title and writer go to the script's, everything else is a comment."""
        if what == "TITLE" and "TITLE" in self.about:  # what stood first was no title
            self.stage.play(Played(kind="comment", note=self.about.pop(what)))
        if what in ("TITLE", "WRITER") and text and what not in self.about:
            self.about[what] = text
        else:
            self.stage.play(Played(kind="comment", note=f"{self.name}: {text}"))
