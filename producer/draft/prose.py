"""Prose as a production: scenes at headings and breaks, lines of a size that one can direct, sounds on their words."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import field, replace
from math import inf

from producer.draft.hearing import Ear, listen
from producer.draft.nouns import NARRATOR, Draft, Heard, Item, Paragraph, Person, Played, Scene, Source, Speech
from producer.draft.people import Cast
from producer.draft.places import place_told
from producer.draft.speakers import attributed
from producer.draft.talk import Part, Told
from producer.draft.text import part
from producer.frozen import dataclass

LONGEST = 60
"""Words of narration in one line; a sentence is never cut for it."""
_OPENING = 150  # words in which a scene says where it is
_AFTER_HEADING = "900 ms"
_AT_ONCE = 8_000  # characters
_LEFT = re.compile(r"\s*([.,;:])(?!\s*[.,;:\d])\s*")  # a sign that stands behind a closing mark or dash
_APART = 12  # words before the same sound is suggested again


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a draft is made with.

    `fills` says whether the packs fill a role; `reserved` are keys that no member of a cast may have.
    """

    ear: Ear | None  # None: nothing is suggested
    fills: Callable[[str], bool]
    reserved: frozenset[str]
    language: str = "en-GB"


def draft_prose(source: Source, wanted: Wanted) -> Draft:
    """The production that a text makes."""
    told, cast = attributed(source.paragraphs, wanted.reserved, source.language or wanted.language)
    scenes = tuple(_scenes(source, told, wanted))
    return Draft(
        title=source.title,
        language=source.language or wanted.language,
        form="prose",
        writer=source.writer,
        people=speaking(scenes, cast),
        scenes=scenes,
        left_out=source.left_out,
    )


def speaking(scenes: Sequence[Scene], cast: Cast) -> tuple[Person, ...]:
    """Those of the cast who say something, alone or together: the narrator, then as they come."""
    keys = dict.fromkeys(item.speaker for scene in scenes for item in scene.items if isinstance(item, Speech))
    each = [one for key in keys for one in (*cast.all[key].together, key)]
    first = [NARRATOR] if NARRATOR in each else []
    return tuple(cast.all[key].person() for key in dict.fromkeys([*first, *each]))


@dataclass(slots=True)
class Making:
    """A scene that is being made."""

    title: str = ""
    items: list[Item] = field(default_factory=list)
    told: list[str] = field(default_factory=list)  # what says where it is
    words: int = 0
    running: set[str] = field(default_factory=set)  # beds
    last: dict[str, int] = field(default_factory=dict)  # role -> the word at which it was heard last

    def add(self, speech: Speech, ear: Ear | None) -> None:
        """A speech, with what it sounds like where it tells."""
        if ear is not None and speech.speaker == NARRATOR:
            speech = replace(speech, heard=tuple(self._new(speech.text, listen(speech.text, ear, tag=speech.tag))))
        if speech.speaker == NARRATOR and self.words < _OPENING:
            self.told.append(speech.text)
        self.words += speech.text.count(" ") + 1
        self.items.append(speech)

    def _new(self, text: str, heard: Sequence[Heard]) -> Iterator[Heard]:
        for one in heard:
            at = self.words + text.count(" ", 0, one.offset)
            recent = self.last.get(one.role)
            if one.role in self.running or (recent is not None and at - recent < _APART):
                continue
            self.last[one.role] = at
            if one.kind == "bed":
                self.running.add(one.role)
            yield one

    def done(self, wanted: Wanted, place: tuple[str, tuple[str, ...], str] = ("", (), "")) -> Scene:
        """The scene, with its room and what is heard there all the time."""
        room, roles, words = place
        if wanted.ear is None:
            return Scene(title=self.title, items=tuple(self.items))
        if not room:
            room, roles, words = place_told(" ".join(self.told))
        bed = next((role for role in roles if wanted.fills(role)), "")
        beds: list[Item] = []
        if bed and bed not in self.running:
            beds = [Played(kind="bed", role=bed, keys="level -30 LU, fade_in 2 s", note=words, suggested=True)]
        return Scene(title=self.title, room=room, room_from=words, items=(*beds, *self.items))


def _scenes(source: Source, told: Sequence[Told | None], wanted: Wanted) -> Iterator[Scene]:
    making = Making()
    headings = 0  # in a row, at the start of the present scene
    for paragraph, parts in zip(source.paragraphs, told, strict=True):
        if paragraph.kind in ("heading", "break"):
            if making.items and not (paragraph.kind == "heading" and headings == len(making.items)):
                yield making.done(wanted)
                making, headings = Making(), 0
            if paragraph.kind == "heading":
                named = making.title and making.title != source.title
                making.title = f"{making.title}: {paragraph.text}" if named else paragraph.text
                making.items.append(Speech(speaker=NARRATOR, text=paragraph.text, fresh=True))
                headings += 1
            continue
        if parts is None:
            continue
        if headings and headings == len(making.items):
            making.items.append(Played(kind="pause", role=_AFTER_HEADING))
        for speech in _speeches(paragraph, parts, source.language or wanted.language):
            making.add(speech, wanted.ear)
    if making.items:
        yield making.done(wanted)


def _speeches(paragraph: Paragraph, told: Told, language: str) -> Iterator[Speech]:
    last: Speech | None = None
    for one in told.parts:
        begin, end = one.fragment.inner
        if not any(sign.isalnum() for sign in paragraph.text[begin:end]):
            continue
        sign = _LEFT.match(paragraph.text, begin, end) if last else None
        if sign and last:  # `»Wer?«, fragte Anna`, `—Soy yo —dijo Pablo—. Abre`: it belongs to what was said before
            begin = sign.end()
            last = replace(last, text=last.text + sign[1]) if last.text[-1].isalnum() else last
        for speech in _cut(paragraph, one, begin, end, language):
            if last:
                yield last
            last = replace(speech, fresh=last is None, doubt=_doubt(paragraph, one))
    if last:
        yield last


def _doubt(paragraph: Paragraph, one: Part) -> str:
    return "a footnote" if paragraph.kind == "note" else one.doubt or one.guess


def _cut(paragraph: Paragraph, one: Part, begin: int, end: int, language: str) -> Iterator[Speech]:
    ends = _ends(paragraph.text[begin:end], language, inf if one.speaker else LONGEST)
    at = begin
    for stop in (begin + place for place in ends):
        text, emphasis = part(paragraph.text, at, stop, paragraph.emphasis)
        if text:
            first = stop - len(paragraph.text[at:stop].lstrip())
            lines = tuple(line - first for line in paragraph.lines if first < line < first + len(text))
            speaker = one.speaker or NARRATOR
            tag = one.tag and at == begin
            yield Speech(speaker=speaker, text=text, how=one.how, emphasis=emphasis, lines=lines, tag=tag)
        at = stop


def _ends(text: str, language: str, most_words: float) -> list[int]:
    """Where lines end: whole sentences, as many as go into one of so many words, and of what a script holds at most."""
    if text.count(" ") < most_words and len(text) <= _AT_ONCE:
        return [len(text)]
    ends: list[int] = []
    words = at = 0
    for sentence in sentences(text, language):
        count = sentence.count(" ") + 1
        if words and (words + count > most_words or at + len(sentence) - (ends[-1] if ends else 0) > _AT_ONCE):
            ends.append(at)
            words = 0
        words += count
        at += len(sentence)
    return [*ends, len(text)]


def sentences(text: str, language: str) -> list[str]:
    """The sentences of a text with the spaces behind them; together they are the text."""
    from sentencex import segment

    code = language.partition("-")[0].casefold() or "en"
    found: list[str] = []
    at = 0
    while at < len(text):  # the library's cost grows with the square of what it is given at once
        space = text.rfind(" ", at, at + _AT_ONCE) if len(text) - at > _AT_ONCE else -1
        end = space + 1 if space > at else min(at + _AT_ONCE, len(text)) if len(text) - at > _AT_ONCE else len(text)
        piece = text[at:end]
        parts = [str(sentence) for sentence in segment(code, piece)]
        found += parts if "".join(parts) == piece else [piece]
        at = end
    return found
