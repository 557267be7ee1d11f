"""Fountain screenplays. Source: fountain.io/syntax, version 1.1.

Our own reader: decision 26 says which libraries were tried, and which words they lose.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from producer.draft.cues import Cues
from producer.draft.directions import BEAT
from producer.draft.nouns import Draft, Played
from producer.draft.plain import verse
from producer.draft.prose import Wanted
from producer.draft.stage import Stage, closes, treat_of
from producer.draft.text import marked, readable, squeezed

_BONEYARD = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_KEY = re.compile(r"([A-Za-z][A-Za-z ]{0,30}):[ \t]*(.*)")
SLUG = re.compile(r"(?:INT|EXT|EST|INT\.?/EXT|EXT\.?/INT|I/E)[. ]", re.IGNORECASE)
FADE = re.compile(r"(?:FADE|CUT|INTERCUT|DISSOLVE|SMASH|IRIS)\b.{0,30}[.:]|THE END\.?|BLACK\.?")
_NUMBER = re.compile(r"\s*#[\w.-]+#\s*$")
_EXTENSION = re.compile(r"\s*\(([^()]*)\)")
_ASIDE = re.compile(r"\(([^()]*)\)\s*(.*)$")
_CONTINUED = re.compile(r"cont['’]?d\.?|continu(?:ed|ing)", re.IGNORECASE)
_OFF = re.compile(r"[ov]\.?\s*[sco]\.?|off(?:[- ]screen)?|voice[- ]?over", re.IGNORECASE)
_SOUND = re.compile(r"(?:SOUND|SFX|FX|F/X)\s*:\s*(\S.*)")
_MUSIC = re.compile(r"(?:MUSIC|MX)\s*:\s*(\S.*)")


def is_fountain(text: str) -> bool:
    """Whether a text without a telling name looks like a screenplay."""
    lines = text.splitlines()
    slugs = sum(1 for line in lines if SLUG.match(line) and line.split("#")[0].upper() == line.split("#")[0])
    return slugs >= 1 and slugs * 200 >= len(lines)


def draft_fountain(text: str, wanted: Wanted, cues: Cues) -> Draft:
    """The production that a screenplay makes: action is told, parentheticals are directions, transitions comments."""
    text = readable(text).replace("\t", "    ")
    left_out = ("what stands between /* and */ is left out",) if _BONEYARD.search(text) else ()
    text = _BONEYARD.sub("", text)
    about, body = _title_page(text)
    stage = Stage(wanted, cues)
    writer = next((name for name in ("author", "authors") if about.get(name)), "")
    for name, value in about.items():
        if name not in ("title", writer) and value:
            stage.play(Played(kind="comment", note=f"{name}: {value}"))
    for empty, block in groupby(body.split("\n"), lambda line: not line.strip() and line != "  "):
        if not empty:
            _block(stage, list(block))
    return stage.done(about.get("title", ""), about.get(writer, ""), "fountain", left_out)


def _title_page(text: str) -> tuple[dict[str, str], str]:
    """Keys in small letters, and what follows the page."""
    head, *rest = re.split(r"\n *\n", text.lstrip("\n"), maxsplit=1)
    fields: dict[str, str] = {}
    key = ""
    for line in head.split("\n"):
        found = _KEY.fullmatch(line.rstrip())
        if found and not line.startswith(" ") and not _SOUND.match(line) and not _MUSIC.match(line):
            key = found[1].strip().casefold()
            fields[key] = ", ".join(one for one in (fields.get(key, ""), found[2].strip()) if one)
        elif key and line.startswith("   "):
            fields[key] = f"{fields[key]} {line.strip()}".strip()
        else:
            return {}, text
    known = {"title", "author", "authors", "credit", "source", "draft date", "contact", "copyright", "notes"}
    if not fields.keys() & known:
        return {}, text
    return {key: squeezed(marked(value, stars=True)[0])[0] for key, value in fields.items()}, "".join(rest)


def _block(stage: Stage, lines: list[str]) -> None:
    text, notes = _without_notes("\n".join(lines))
    lines = [line for line in text.split("\n") if line.strip()]
    while lines and _single(stage, lines[0], alone=len(lines) == 1):
        lines = lines[1:]
    if lines and not _dialogue(stage, lines):
        _action(stage, lines)
    for note in notes:
        stage.play(Played(kind="comment", note=note))


def _without_notes(text: str) -> tuple[str, list[str]]:
    kept: list[str] = []
    notes: list[str] = []
    at = 0
    while (begin := text.find("[[", at)) >= 0 and (end := text.find("]]", begin)) >= 0:
        kept.append(text[at:begin])
        notes.append(" ".join(text[begin + 2 : end].split()))
        at = end + 2
    return "".join([*kept, text[at:]]), notes


def _single(stage: Stage, line: str, *, alone: bool) -> bool:
    """A heading, a cue, a section, a synopsis, a transition or a page break, which is a line of its own."""
    bare = line.strip()
    if re.fullmatch(r"={3,}", bare):
        return True
    if bare.startswith(("#", "=")):
        stage.play(Played(kind="comment", note=bare.lstrip("#= ")))
        return True
    sound, music = _SOUND.fullmatch(bare), _MUSIC.fullmatch(bare)
    if sound or music:
        stage.play(*(stage.cues.sound(sound[1]) if sound else stage.cues.music(music[1] if music else "")))
        return True
    forced = bare.startswith(".") and not bare.startswith("..")
    if forced or (SLUG.match(bare) and (alone or bare.upper() == bare)):
        stage.scene(_NUMBER.sub("", squeezed(bare[1:] if forced else bare)[0]))
        return True
    transition = bare.startswith(">") and not bare.endswith("<")
    fades = bare.isupper() and (bare.endswith("TO:") or FADE.fullmatch(bare))
    if transition or (alone and (fades or closes(bare))):
        stage.play(Played(kind="comment", note=bare.lstrip("> ")))
        return True
    return False


def _dialogue(stage: Stage, lines: Sequence[str]) -> bool:
    head = squeezed(lines[0])[0]
    forced = head.startswith("@")
    name = head.lstrip("@").rstrip("^ ")
    bare = _EXTENSION.sub("", name).strip()
    shouted = bare.upper() == bare and any(sign.isalpha() for sign in bare) and bare.lower() != bare
    if len(lines) < 2 or head.startswith("!") or not bare or not (forced or (shouted and not lines[0].endswith("  "))):
        return False
    extensions = [one for one in _EXTENSION.findall(name) if one.strip() and not _CONTINUED.fullmatch(one.strip())]
    treat = next((treat for treat in map(treat_of, extensions) if treat), "")
    how = ", ".join(one.strip().casefold() if one.isupper() else one.strip() for one in extensions)
    who = stage.who(bare)
    said: list[str] = []
    unsaid = list(extensions)  # directions behind which nothing is said yet

    def speak() -> None:
        nonlocal how
        if said:
            stage.say(who, " ".join(said), how, treat)
            said.clear()
            unsaid.clear()
            how = ", ".join(one.casefold() for one in extensions if _OFF.fullmatch(one.strip()))

    for line in _whole(lines[1:]):
        aside = _ASIDE.match(line)
        if aside:
            speak()
            direction = aside[1].strip()
            if BEAT.fullmatch(direction):
                stage.play(Played(kind="pause", role="800 ms", note=direction))
            elif direction:
                unsaid.append(direction)
                how, treat = ", ".join(part for part in (how, direction) if part), treat_of(direction) or treat
            said += [aside[2]] if aside[2] else []
        elif line.startswith("~"):
            speak()
            stage.say(who, line[1:], ", ".join(part for part in (how, "singing") if part), treat)
            unsaid.clear()
        else:
            said.append(line)
    speak()
    if unsaid:
        stage.unsaid(who, ", ".join(unsaid))
    return True


def _whole(lines: Sequence[str]) -> Iterator[str]:
    """Lines, and those that a direction in brackets takes up as one."""
    held = ""
    for line in (one.strip() for one in lines):
        held = f"{held} {line}" if held else line
        if not held.startswith("(") or ")" in held:
            yield held
            held = ""
    if held:
        yield held


def _action(stage: Stage, lines: Sequence[str]) -> None:
    plain = [line.strip().removeprefix("!") for line in lines]
    plain = [line[1:-1].strip() if line.startswith(">") and line.endswith("<") else line.lstrip("~") for line in plain]
    block = verse(plain)
    stage.tell(block.text, block.emphasis)
