"""A draft as a script: YAML of our language, every text under `>`, every guess on a line that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from producer.draft.casting import Voice
from producer.draft.nouns import NARRATOR, UNKNOWN, Draft, Heard, Item, Played, Scene, Speech
from producer.draft.text import foreign_words, mostly_latin
from producer.model.words import fold

TAG = "# draft:"
"""Begins the note on every line that is a guess."""
UNREAD = f"{TAG} the voice may not read"
_WIDTH = 100
_PLAIN = re.compile(r"[^\W\d_][\w .!?'()-]*[\w.!?)]|[^\W\d_]")
_ESCAPED = frozenset("[]{}*\\")
_LEVEL = {"hit": "-14 LU", "steps": "-18 LU", "stinger": "-14 LU"}


def write_script(
    draft: Draft, voices: Mapping[str, Voice], packs: Sequence[str], kinds: Mapping[str, str], head: str
) -> str:
    """The whole file.

    Args:
        draft: what is in it.
        voices: of everyone in it who is one person.
        packs: folders of sounds.
        kinds: what sort of sound fills each role.
        head: how it was made, for the first line.
    """
    rows = [f"# {head}"]
    rows += [f"# What is a guess stands on a line with '{TAG}'. Keep such a line, change it or strike it."]
    rows += [f"# Left out: {one}." for one in draft.left_out]
    unsure = "" if draft.language_known else f"  {TAG} language unknown"
    rows += [f"title: {_value(draft.title)}", f"language: {draft.language}{unsure}"]
    rows += [f"writer: {_value(draft.writer)}"] if draft.writer else []
    rows += [f"packs: [{', '.join(packs)}]"] if packs else []
    rows += ["", "cast:", *_cast(draft, voices)]
    levels = sorted({heard.role for heard in _heard(draft)} | {cue.role for cue in _cues(draft)})
    if levels:
        rows += ["", "# How loud each sound is beside the dialogue, wherever no cue says otherwise.", "sounds:"]
        rows += [f"  {role}: {{level: {_LEVEL.get(kinds.get(role, ''), '-14 LU')}}}" for role in levels]
    rows += ["", "scenes:"]
    latin = mostly_latin(speech.text for speech in _speeches(draft))
    for scene in draft.scenes:
        rows += [*_scene(scene, latin=latin), ""]
    return "\n".join(rows).rstrip("\n") + "\n"


def _speeches(draft: Draft) -> Iterator[Speech]:
    return (item for scene in draft.scenes for item in scene.items if isinstance(item, Speech))


def _heard(draft: Draft) -> Iterator[Heard]:
    return (one for speech in _speeches(draft) for one in speech.heard if one.kind == "sound")


def _cues(draft: Draft) -> Iterator[Played]:
    items = (item for scene in draft.scenes for item in scene.items if isinstance(item, Played))
    return (item for item in items if item.kind == "sound")


def _cast(draft: Draft, voices: Mapping[str, Voice]) -> Iterator[str]:
    for person in draft.people:
        if person.together:
            yield f"  {person.key}: {{name: {_flow(person.name)}, together: [{', '.join(person.together)}]}}"
            continue
        voice = voices[person.key]
        own = [f"name: {_flow(person.name)}", f"voice: {voice.voice}"]
        own += [f"pitch: {voice.pitch}"] if voice.pitch else []
        own += [f"pan: {voice.pan}"] if voice.pan else []
        own += ["room: none"] if person.key == NARRATOR else []
        note = "" if person.sex_known or person.key == NARRATOR else f"  {TAG} voice of a man or of a woman"
        note = f"  {TAG} nobody says whose lines these are" if person.key == UNKNOWN else note
        yield f"  {person.key}: {{{', '.join(own)}}}{note}"


def _scene(scene: Scene, *, latin: bool) -> Iterator[str]:
    head: list[str] = []
    if scene.title:
        head.append(f"title: {_value(scene.title)}")
    if scene.room:
        head.append(f'room: {scene.room}  {TAG} room "{_note(scene.room_from)}"')
    head.append("play:")
    yield f"  - {head[0]}"
    yield from (f"    {row}" for row in head[1:])
    for item in scene.items:
        if latin and isinstance(item, Speech):
            yield from (f"      {row}" for row in _unread(item.text))
        yield from (f"      {row}" if row else "" for row in _item(item))


def _unread(text: str) -> Iterator[str]:
    """A note on words in letters that voices of a Latin language name one by one, if they can say them at all."""
    for word in dict.fromkeys(foreign_words(text)):
        yield f"{UNREAD} {word}; write {{{word}|as it sounds}}"


def _item(item: Item) -> Iterator[str]:
    if isinstance(item, Speech):
        yield from _speech(item)
    elif item.kind == "comment":
        yield f"{TAG if item.suggested else '#'} {_note(item.note)}"
    elif item.kind == "pause" and not item.note:
        yield f"- pause: {item.role}"
    elif item.kind == "pause":
        yield f'- pause: {item.role}  {TAG + " no sound found for" if item.suggested else "#"} "{_note(item.note)}"'
    else:
        note = f"{TAG} {item.kind}" if item.suggested else "#"
        yield f'- {item.kind}: {item.role}{" " if item.keys else ""}{item.keys}  {note} "{_note(item.note)}"'


def _speech(speech: Speech) -> Iterator[str]:
    if speech.doubt:
        yield f"{TAG} {'' if speech.doubt.startswith('a ') else 'speaker '}{speech.doubt}"
    yield f"- {speech.speaker}: >"
    yield from (f"    {row}" for row in wrapped(marked_up(speech)))
    if speech.how:
        yield f"  how: {_value(speech.how)}"
    if speech.treat:
        yield f"  treat: {speech.treat}"
    if speech.tag:
        yield "  gap: 150 ms"
    for one in speech.heard:
        moment = f'at word "{_word(one.word)}"{_which(speech.text, one)}'
        level = ", level -26 LU" if one.kind == "bed" else ""
        keys = f", {one.keys}" if one.keys else ""
        yield f'- {one.kind}: {one.role} {moment}{level}{keys}  {TAG} {one.kind} "{_note(one.phrase)}"'


def _word(word: str) -> str:
    return word.strip("'’-")


def _which(text: str, one: Heard) -> str:
    """` (2)` where the word is said more than once."""
    wanted = fold(one.word)[0]
    before = fold(text[: one.offset]).count(wanted)
    return f" ({before + 1})" if fold(text).count(wanted) > 1 else ""


def marked_up(speech: Speech) -> str:
    """A speech as our language writes it: signs that mean something escaped, emphasis starred, lines of verse apart."""
    begins = {a for a, _ in speech.emphasis}
    ends = {b for _, b in speech.emphasis}
    pieces: list[str] = []
    for at, sign in enumerate(speech.text):
        if at in ends:
            pieces.append("*")
        if at in speech.lines:
            pieces.append("[pause 250 ms] ")
        if at in begins:
            pieces.append("*")
        pieces.append(f"\\{sign}" if sign in _ESCAPED else sign)
    if len(speech.text) in ends:
        pieces.append("*")
    return "".join(pieces)


def wrapped(text: str) -> list[str]:
    """A text in lines, none of which begins like a key or an item of a script."""
    rows: list[str] = []
    row = ""
    for word in text.split(" "):
        if row and len(row) + 1 + len(word) > _WIDTH and not _begins_badly(word):
            rows.append(row)
            row = word
        else:
            row = f"{row} {word}" if row else word
    return [*rows, row] if row else rows


def _begins_badly(word: str) -> bool:
    """Whether a line may not begin with a word, for a key or an item of a script could begin so."""
    return word.rstrip("\"'").endswith(":") or word[0] in "-–—−•‣·*#%:" or ":" in word or word[0] in "\"'"


def _note(text: str) -> str:
    """A text inside a comment."""
    return " ".join(text.replace('"', "'").split())


def _value(text: str) -> str:
    """A text on its key's line, in quotation marks where YAML would misread it."""
    plain = " ".join(text.split())
    return plain if _PLAIN.fullmatch(plain) else "'" + plain.replace("'", "''") + "'"


def _flow(text: str) -> str:
    """The same inside braces."""
    plain = " ".join(text.split())
    return plain if re.fullmatch(r"[^\W\d_][\w .]*[\w.]|[^\W\d_]", plain) else "'" + plain.replace("'", "''") + "'"
