"""What screenplays and radio scripts share: names in capitals, directions in brackets, cues that the writer wrote."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from producer.draft.cues import Cues
from producer.draft.directions import BEAT, Bracket, bracket, voices
from producer.draft.lexicon import TITLES
from producer.draft.names import ALL, BOTH
from producer.draft.nouns import NARRATOR, Draft, Item, Played, Scene, Speech
from producer.draft.people import Cast, Someone, folded
from producer.draft.places import place_headed
from producer.draft.prose import Making, Wanted, speaking
from producer.draft.text import Spans, marked, part, squeezed

_CLOSING = re.compile(
    r"\W*(?:(?:the )?end(?: of (?:the |this )?[\w ]{1,40})?|(?:scene|act|episode|play) ends|curtain|black ?out"
    r"|ende|fin|fine|fim|koniec|slut|slutt|einde|sfârșit|конец|кінець|vorhang|rideau|sipario|telón)\W*",
    re.IGNORECASE,
)
_TREATS = (
    (re.compile(r"\b(?:phone|telephone|on the line|telef[oó]n\w*|téléphone|телефон\w*)\b", re.IGNORECASE), "telephone"),
    (
        re.compile(
            r"\b(?:radio|filter(?:ed)?|distort(?:ed)?|^d$|intercom|walkie|tv|television|over comms?)\b", re.IGNORECASE
        ),
        "radio",
    ),
    (re.compile(r"\b(?:tannoy|p\.?a\.?|loudspeaker)\b", re.IGNORECASE), "tannoy"),
    (re.compile(r"\b(?:thoughts?|thinking|in (?:his|her) head)\b", re.IGNORECASE), "thought"),
)
_ASIDE = re.compile(r"[(\[]([^()\[\]]{1,200})[)\]]")
_JOINED = re.compile(r"\s*[&/+]\s*|,\s*(?=.*(?:&|\band\b))(?:and\s)?|\s(?:and|und|et)\s", re.IGNORECASE)
_STARRED = re.compile(r"(?<![\w*])\*([^*\n]{2,60})\*(?![\w*])")
_GUESS = "a direction, and not said:"
_MOST_AT_ONCE = 6
_LONGEST_NAME = 100  # characters of those who are named together
_CAPITAL = re.compile(r"(?<=['’])S\b|(?<=\d)[^\W\d_]+")  # what `title` makes of `ANNA'S` and `1ST`


def closes(line: str) -> bool:
    """Whether a line stands at the end of a script, or of a part of it, and is not said: `THE END`."""
    return _CLOSING.fullmatch(line) is not None and next(sign for sign in line if sign.isalpha()).isupper()


def treat_of(text: str) -> str:
    """The treatment that a direction such as `on phone` asks for, or nothing."""
    return next((treat for sign, treat in _TREATS if sign.search(text)), "")


@dataclass(slots=True)
class Stage:
    """Scenes in the making, from a script that names who speaks."""

    wanted: Wanted
    cues: Cues
    scenes: list[Scene] = field(default_factory=list)
    making: Making = field(default_factory=Making)
    heading: str = ""
    doubt: str = ""  # whether it is certain who speaks next
    begin: int = 0  # how many comments of scenes before it stand in the present one
    spoke: dict[str, None] = field(default_factory=dict)  # who spoke in the present scene, the latest last
    cast: Cast = field(init=False)

    def __post_init__(self) -> None:
        self.cast = Cast(self.wanted.reserved, self.wanted.language)

    def scene(self, heading: str) -> None:
        """A scene begins."""
        self.close()
        self.making = Making(title=heading, items=self.making.items)
        self.heading, self.begin = heading, len(self.making.items)

    def close(self) -> None:
        """The scene has ended; one in which nothing is heard is kept as a title of the next, no more."""
        self.spoke.clear()
        if any(not isinstance(item, Played) or item.kind != "comment" for item in self.making.items[self.begin :]):
            self.scenes.append(self.making.done(self.wanted, place_headed(self.heading)))
        elif self.making.title or self.making.items:
            title, kept = self.making.title, self.making.items
            if title:
                kept.insert(self.begin, Played(kind="comment", note=title))
            self.making = Making(items=kept)
            self.cues.scene()
            return
        self.making = Making()
        self.cues.scene()

    def play(self, *items: Item) -> None:
        """Cues and comments."""
        self.making.items += items

    def who(self, name: str) -> Someone:
        """The person of a name in capitals; of `HARRY & SALLY` both together."""
        shown = " ".join(squeezed(name)[0].split()).strip(" .")
        shown = _CAPITAL.sub(lambda sign: sign[0].lower(), shown.title()) if shown.isupper() else shown
        if not any(sign.isalnum() for sign in shown):
            return self.cast.all[NARRATOR]
        there = self._there(folded(shown))
        self.doubt = "by who is there" if there else ""
        if there:
            return self.cast.several(there)
        names = [one.strip(" .") for one in _JOINED.split(shown)] if len(shown) <= _LONGEST_NAME else []
        if len(names) > 1 and all(sum(map(str.isalpha, one)) and folded(one) not in TITLES for one in names):
            members = [self.cast.exact(one) for one in names]
            if len({one.key for one in members}) > 1:
                return self.cast.several(members)
        return self.cast.exact(shown)

    def _there(self, name: str) -> list[Someone]:
        """Whom `BOTH` or `ALL` means, where those who spoke in the scene say it."""
        if name not in (*BOTH, *ALL):
            return []
        each = dict.fromkeys(key for one in reversed(self.spoke) for key in self.cast.all[one].together or (one,))
        each = dict.fromkeys(key for key in each if key not in (*BOTH, *ALL))
        if len(each) < 2:
            return []
        return [self.cast.all[key] for key in list(each)[: 2 if name in BOTH else _MOST_AT_ONCE]][::-1]

    def _speaks(self, key: str) -> None:
        self.spoke.pop(key, None)
        if key != NARRATOR:
            self.spoke[key] = None

    def tell(self, text: str, spans: Spans = (), lines: tuple[int, ...] = ()) -> None:
        """Action: the narrator reads it, and it is listened to."""
        if any(sign.isalnum() for sign in text):
            speech = Speech(speaker=NARRATOR, text=text, emphasis=spans, lines=lines, fresh=True)
            self.making.add(speech, self.wanted.ear)

    def say(self, who: Someone, text: str, how: str = "", treat: str = "") -> None:
        """A speech: directions in brackets become the `how` of what follows them, sounds in brackets cues."""
        plain, spans = squeezed(*marked(_bracketed(text), stars=True))
        guessed: list[str] = []
        for aside, kind, begin, end in self._asides(plain):
            if aside and BEAT.fullmatch(aside.strip()):
                self.play(Played(kind="pause", role="800 ms", note=aside))
            elif kind == "sound":
                self.play(*(replace(one, suggested=one.kind != "comment") for one in self.cues.sound(aside)))
            elif aside:
                manner = aside.strip().rstrip(".")
                how = ", ".join(one for one in (how, manner.casefold() if manner.isupper() else manner) if one)
                treat = treat_of(aside) or treat
                guessed += [aside] if kind == "guess" else []
            said, emphasis = part(plain, begin, end, spans)
            if any(sign.isalnum() for sign in said):
                doubt = f"{_GUESS} ({'; '.join(guessed)})" if guessed else self.doubt
                self._speaks(who.key)
                self.making.items.append(
                    Speech(speaker=who.key, text=said, how=how, treat=treat, emphasis=emphasis, fresh=True, doubt=doubt)
                )
                how = ""
                guessed.clear()
        if how:
            self.unsaid(who, how, guessed=bool(guessed))

    def _asides(self, text: str) -> Iterator[tuple[str, Bracket, int, int]]:
        """A speech cut at its directions: (the one before, its kind, where what is said begins and ends)."""
        aside, at = "", 0
        kind: Bracket = "said"
        for found in _ASIDE.finditer(text):
            at_start = not any(sign.isalnum() for sign in text[at : found.start()]) and not aside and not at
            here = bracket(found[1], self.wanted.language)
            if not found[1].strip() or (here == "said" and not at_start):
                continue
            if at_start and here in ("said", "guess"):
                here = "direction"
            yield aside, kind, at, found.start()
            aside, kind, at = found[1], here, found.end()
        yield aside, kind, at, len(text)

    def unsaid(self, who: Someone, how: str, *, guessed: bool = False) -> None:
        """A direction behind which nothing is said, `(LAUGHS)`: a comment."""
        note = f"{who.name}: ({how})"
        self.play(Played(kind="comment", note=f"{_GUESS} {note}" if guessed else note, suggested=guessed))

    def done(self, title: str, writer: str, form: str, left_out: tuple[str, ...]) -> Draft:
        """The whole of it."""
        self.close()
        if self.making.items and self.scenes:  # comments behind the last scene
            last = self.scenes.pop()
            self.scenes.append(
                Scene(
                    title=last.title, room=last.room, room_from=last.room_from, items=(*last.items, *self.making.items)
                )
            )
        scenes = tuple(self.scenes)
        return Draft(
            title=title,
            language=self.wanted.language,
            form=form,
            writer=writer,
            people=speaking(scenes, self.cast),
            scenes=scenes,
            left_out=left_out,
        )


def _bracketed(text: str) -> str:
    """`*sighs*` as `(sighs)`: some write directions so."""
    return _STARRED.sub(lambda found: f"({found[1]})" if voices(found[1]) else found[0], text)
