"""An edition's texts in place of the original's: every cue and mark stays, and what is lost is told by line.

Beside the text of `who`, `who.original` keeps the words that it is a translation of. When the script no longer has
them, that is told, too, but nothing is refused: the translator sees what has changed, and judges.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, replace

from producer.errors import Place, Problem
from producer.model.script import Anchor, Moment, Token
from producer.model.words import fold
from producer.script.brought import Edition
from producer.script.changes import as_said, difference, said
from producer.script.keys import ORIGINAL, Asked
from producer.script.markup import read_spoken
from producer.script.pieces import Between, Piece, SceneAsWritten
from producer.script.play import Play
from producer.script.reading import Notes, as_text, hint
from producer.script.targets import quoted
from producer.script.tree import Node, Scalar

_IDS = "'render draft … --edition … --ids' gives one to every line and chapter"
_MARKS = "; 'render draft … --edition … --marks' does that"


def translated(
    scenes: Sequence[SceneAsWritten], edition: Edition, play: Play, notes: Notes
) -> tuple[tuple[SceneAsWritten, ...], tuple[str, ...], tuple[Problem, ...]]:
    """The scenes with the edition's words and titles; what of them is still the original's; what changed there since.

    The second are ids and the third have the place in the edition, both in reading order.

    Args:
        scenes: the original's.
        edition: its texts, by id.
        play: reads them.
        notes: receives what an edition lacks, loses or has too much, each at its line.
    """
    translator = _Translator(edition, play, notes)
    return translator.scenes(scenes), tuple(translator.same), tuple(translator.changed)


class _Translator:
    def __init__(self, edition: Edition, play: Play, notes: Notes) -> None:
        self.of = edition.of
        self.place = edition.place
        self.texts: Mapping[str, tuple[Scalar, Node]] = {key.text: (key, node) for key, node in edition.lines.pairs}
        self.play = play
        self.notes = notes
        self.same: list[str] = []
        self.changed: list[Problem] = []

    def scenes(self, scenes: Sequence[SceneAsWritten]) -> tuple[SceneAsWritten, ...]:
        """Everything, with the edition's words."""
        self._note_strange(scenes)
        for scene in scenes:
            self._note_untranslatable(scene)
        return tuple(self._scene(scene) for scene in scenes)

    def _note_strange(self, scenes: Sequence[SceneAsWritten]) -> None:
        """Texts under ids that the original does not have."""
        known = {scene.id for scene in scenes if scene.named and scene.title}
        pieces = [piece for scene in scenes for piece in scene.pieces if piece.named]
        known |= {piece.id for piece in pieces if piece.kind == "speech" or piece.asked.chapter}
        for whole, (key, _) in self.texts.items():
            name = whole.removesuffix(ORIGINAL)
            if name not in known and (name == whole or name not in self.texts):
                what = f"no line and no chapter of {self.of} has the id '{name}'"
                self.notes.add(key.place, what + (hint(name, known) if len(known) < 200 else ""))

    def _note_untranslatable(self, scene: SceneAsWritten) -> None:
        """Cues on words, and voices that a line or scene has of its own: an edition has other words and voices."""
        for moment in _moments(scene):
            if moment.anchor in (Anchor.WORD, Anchor.AFTER_WORD):
                side = "before" if moment.anchor is Anchor.WORD else "after"
                what = f"'{moment.written}' hangs on a word, and an edition has others; write '[mark NAME]' {side} it"
                self.notes.close(moment.place, f"{what} and 'mark NAME' here{_MARKS}")
        for asked in (*scene.changes.values(), *(p.asked for p in scene.pieces if p.kind == "speech")):
            if "voice" in asked.places:
                what = "this voice is not an edition's; give it to a member of the cast, who has another voice there"
                self.notes.add(asked.places["voice"], what)

    def _scene(self, scene: SceneAsWritten) -> SceneAsWritten:
        title = self._title(scene, scene.title) if scene.title else ""
        return replace(scene, title=title, pieces=tuple(map(self._piece, scene.pieces)))

    def _piece(self, piece: Piece) -> Piece:
        if piece.kind == "speech":
            return self._line(piece)
        if piece.asked.chapter:
            return replace(piece, asked=replace(piece.asked, chapter=self._title(piece, piece.asked.chapter)))
        return piece

    def _title(self, begun: SceneAsWritten | Piece, original: str) -> str:
        """The title of the chapter that a scene or a mark begins."""
        if not begun.named:
            self.notes.add(begun.place, f"an edition goes by ids, and this chapter has none; {_IDS}")
            return original
        found = self._text(begun.id, f"the title of '{begun.id}'", original)
        if found is None:
            return original
        title = " ".join(found[1].text.split())
        record = self._record(begun.id)
        was = " ".join(record.text.split()) if record else original
        if fold(title) and title.casefold() in (original.casefold(), was.casefold()):
            self.same.append(begun.id)
        if said(was) != said(original):
            self._note_changed(begun.id, was, original, begun.place)
        return title

    def _line(self, piece: Piece) -> Piece:
        if not piece.named:
            self.notes.add(piece.place, f"an edition goes by ids, and this line has none; {_IDS}")
            return piece
        found = self._text(piece.id, f"'{piece.id}'", quoted(piece))
        if found is None:
            return piece
        key, scalar = found
        line = self.play.said(replace(piece, place=key.place, original=piece), scalar)
        record = self._record(piece.id)
        was = read_spoken(record.text).tokens if record else piece.tokens
        if _words(line.tokens) and _words(line.tokens) in (_words(piece.tokens), _words(was)):
            self.same.append(piece.id)
        if as_said(was) != as_said(piece.tokens):
            self._note_changed(piece.id, as_said(was), as_said(piece.tokens), piece.place)
        return replace(line, between=self._between(line, piece, key.place))

    def _record(self, name: str) -> Scalar | None:
        """What the text under an id is a translation of, where the edition keeps that."""
        key, node = self.texts.get(f"{name}{ORIGINAL}", (None, None))
        scalar = as_text(node, f"'{name}{ORIGINAL}'", self.notes) if node is not None else None
        if key is not None and scalar is not None and not scalar.text.strip():
            what = f"'{key.text}' keeps the words that '{name}' is a translation of; write them, or leave it out"
            self.notes.add(key.place, what)
            return None
        return scalar

    def _note_changed(self, name: str, was: str, now: str, place: Place) -> None:
        before, after = difference(was, now)
        what = f"{place} no longer says what '{name}' is a translation of: '{before}' is now '{after}'"
        mend = f"when the translation is right again, write its words under '{name}{ORIGINAL}'"
        self.changed.append(Problem(self.texts[name][0].place, f"{what}; {mend}"))

    def _text(self, name: str, called: str, original: str) -> tuple[Scalar, Scalar] | None:
        if not self.texts:
            return None  # that there is none at all has been told
        if name not in self.texts:
            self.notes.add(self.place, f"{called} has no text in this edition; in {self.of} it is '{original}'")
            return None
        key, node = self.texts[name]
        scalar = as_text(node, f"the text of '{name}'", self.notes)
        if scalar is not None and not scalar.text.strip():
            self.notes.add(key.place, f"'{name}' has no text yet; in {self.of} it is '{original}'")
            return None
        return (key, scalar) if scalar is not None else None

    def _between(self, line: Piece, original: Piece, place: Place) -> tuple[Between, ...]:
        """What stands between the edition's words, its cues being the original's own."""
        cues = [one for one in original.between if one.cue]
        marks = [one for one in original.between if one.mark]
        done: list[Between] = []
        for one in line.between:
            if one.cue is None and (not one.mark or self._take_mark(one, marks)):
                done.append(one)
            elif one.cue is not None and (cue := self._take_cue(one, one.cue, cues)) is not None:
                done.append(replace(one, cue=cue))
        for lost in marks:
            what = f"'{line.id}' loses [mark {lost.mark}]; put it before the word, or the pause, that is meant"
            self.notes.add(place, what)
        for lost in cues:
            self.notes.add(place, f"'{line.id}' loses [{lost.written}]; put it before the word on which it is heard")
        end = len(line.tokens)  # what is lost stands there all the same: moments that name it are no further mistakes
        return (*done, *(replace(lost, before_token=end) for lost in (*marks, *cues)))

    def _take_mark(self, one: Between, left: list[Between]) -> bool:
        same = [other for other in left if other.mark == one.mark]
        if same:
            left.remove(same[0])
        else:
            self.notes.add(one.place, f"[mark {one.mark}] is not in this line of {self.of}; leave it out")
        return bool(same)

    def _take_cue(self, one: Between, own: Piece, left: list[Between]) -> Piece | None:
        """The original's cue for one of the edition, which names all of it or its role alone."""
        alike = [other for other in left if other.cue and other.cue.name == own.name]
        same = [other for other in alike if one.written in (other.written, own.name)]
        if not same:
            what = f"[{one.written}] is not in this line of {self.of}; leave it out"
            if alike:
                what = f"[{one.written}] is [{alike[0].written}] in {self.of}; write that, or only [{own.name}]"
                left.remove(alike[0])
            self.notes.add(one.place, what)
            return None
        # A role alone is that of them which is written so; else the first.
        taken = next((other for other in same if other.written == one.written), same[0])
        left.remove(taken)
        return replace(taken.cue, place=own.place, name_place=own.name_place) if taken.cue else None


def _words(tokens: Sequence[Token]) -> list[str]:
    return [word for token in tokens for word in fold(token.written)]


def _moments(scene: SceneAsWritten) -> Iterator[Moment]:
    """Every moment of a scene."""
    for piece in (*([scene.hear] if scene.hear else []), *scene.pieces):
        yield from _moments_of(piece.asked)
        lengths = (piece.length, *(one.rest for one in piece.between))
        yield from (length for length in lengths if isinstance(length, Moment))
        for one in piece.between:
            if one.cue:
                yield from _moments_of(one.cue.asked)


def _moments_of(asked: Asked) -> Iterator[Moment]:
    values = (getattr(asked, field.name) for field in fields(asked))
    return (value for value in values if isinstance(value, Moment))
