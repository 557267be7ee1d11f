"""What moments point at: every id, mark, line and word of the episode, looked up where they are asked for."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from producer.frozen import changed, dataclass
from producer.model.script import LINE, NEXT_LINE, SCENE, Anchor, Length, Moment
from producer.model.words import find, fold
from producer.script.keys import Asked, field_of
from producer.script.pieces import Piece, SceneAsWritten
from producer.script.play import CALLED
from producer.script.quantities import ReadingError
from producer.script.reading import Notes, hint, meant, meant_name

_QUOTED = 120
_LISTED = 24
"""So many of the lines where a role is heard are named."""
_NEAR = 3
"""How many lines before and after are looked through for a word that stands elsewhere."""


@dataclass(frozen=True, slots=True)
class Where:
    """The place in the play that a moment is asked from."""

    scene: int
    item: int  # index among the scene's pieces
    own_line: Piece | None = None  # in brackets: the line they stand in
    before_token: int = 0
    at_said: bool = False


@dataclass(frozen=True, slots=True)
class _Thing:
    piece: Piece
    scene: int
    item: int


class Targets:
    """Everything in the episode that has a name; a name given twice is noted when this is made."""

    def __init__(self, scenes: Sequence[SceneAsWritten], notes: Notes) -> None:
        self._notes = notes
        self.ids: dict[str, _Thing] = {}
        self.roles: dict[str, list[_Thing]] = {}
        self.scene_ids: set[str] = set()
        self.marks: dict[str, Any] = {}
        self._lines: list[list[tuple[int, Piece]]] = []
        self._stops: dict[tuple[int, str], int] = {}
        """(scene, what) -> the first item that ends or cuts it there."""
        self._started: dict[str, list[_Thing]] = {}
        for index, scene in enumerate(scenes):
            self._add_scene(index, scene)
        beds = (thing.piece for thing in self.ids.values() if thing.piece.kind in ("bed", "music"))
        self._beds = {piece.id: piece.name for piece in beds if piece.named}

    def _add_scene(self, index: int, scene: SceneAsWritten) -> None:
        if scene.named:
            self._name(scene.id, scene.id_place, None)
            self.scene_ids.add(scene.id)
        self._lines.append([(i, piece) for i, piece in enumerate(scene.pieces) if piece.kind == "speech"])
        for item, piece in enumerate(scene.pieces):
            for one in (piece, *(between.cue for between in piece.between if between.cue)):
                self._name(one.id, one.id_place, _Thing(one, index, item))
                if one.kind in ("sound", "bed", "music"):
                    self.roles.setdefault(one.name, []).append(_Thing(one, index, item))
            if piece.kind in ("end", "cut"):
                self._stops.setdefault((index, piece.name), item)
            if piece.kind == "mark":
                self._mark(piece.name, piece.name_place)
            for between in piece.between:
                if between.mark:
                    self._mark(between.mark, between.place)

    def _name(self, name: str, place: Any, thing: _Thing | None) -> None:
        known = self.ids.get(name)
        if known is not None or name in self.scene_ids:
            first = f" at line {known.piece.id_place.line}" if known else ""
            self._notes.add(place, f"the id '{name}' is taken already{first}; every id is given once")
        elif thing is not None:
            self.ids[name] = thing

    def _mark(self, name: str, place: Any) -> None:
        if name in self.marks:
            what = f"there is a mark '{name}' already, at line {self.marks[name].line}; every mark is given once"
            self._notes.add(place, what)
        self.marks.setdefault(name, place)

    @property
    def beds(self) -> dict[str, str]:
        """The ids that the script gives to beds and music, with their roles."""
        return self._beds

    def has_line_before(self, where: Where) -> bool:
        """Whether a line has been spoken in this scene before."""
        return bool(self._lines[where.scene]) and self._lines[where.scene][0][0] < where.item

    def settled(self, asked: Asked, where: Where) -> Asked:
        """`asked` with every moment in it looked up; one that points at nothing is noted and left as it is."""
        found = [(key, value) for key in asked.places if isinstance(value := asked.value(key), Moment)]
        if not found:
            return asked
        at_said = asked.at is not None
        here = where if where.at_said == at_said else changed(where, at_said=at_said)
        settled = [(key, one, self.moment(one, here, until=key != "at")) for key, one in found]
        changes: dict[str, Any] = {field_of(key): now for key, one, now in settled if now is not one}
        return changed(asked, **changes) if changes else asked

    def length(self, length: Length, where: Where) -> Length:
        """`length`, looked up when it is a moment."""
        return self.moment(length, where, until=True) if isinstance(length, Moment) else length

    def moment(self, moment: Moment, where: Where, *, until: bool) -> Moment:
        """`moment` with the id of what it points at."""
        try:
            if moment.anchor is Anchor.MARK:
                return self._at_mark(moment)
            if moment.anchor in (Anchor.START, Anchor.END):
                target = self._target(moment.target, where)
                return moment if target == moment.target else changed(moment, target=target)
            if moment.anchor in (Anchor.WORD, Anchor.AFTER_WORD):
                return self._at_word(moment, where, until=until)
        except ReadingError as wrong:
            self._notes.add(moment.place, str(wrong))
        return moment

    def _at_mark(self, moment: Moment) -> Moment:
        if moment.target not in self.marks:
            near = hint(moment.target, self.marks) or f"; name the moment with 'mark: {moment.target}'"
            raise ReadingError(f"there is no mark '{moment.target}'{near}")
        return moment

    def _target(self, name: str, where: Where) -> str:
        if name == SCENE:
            return SCENE
        if name in (LINE, NEXT_LINE):
            return self._line(name, where).id
        if name in self.scene_ids or (name in self.ids and self.ids[name].piece.named):
            return name
        return self._started_once(name, where)

    def _starts(self, role: str) -> list[_Thing]:
        """The items that begin `role`: the same bed again in a scene rides it, unless it was ended."""
        if role not in self._started:
            begun: set[tuple[int, str]] = set()
            starts = self._started[role] = []
            for thing in self.roles.get(role, []):
                running = (thing.scene, thing.piece.kind) in begun
                if thing.piece.kind == "sound" or not running or self._stopped_before(thing):
                    starts.append(thing)
                    begun.add((thing.scene, thing.piece.kind))
        return self._started[role]

    def _stopped_before(self, thing: _Thing) -> bool:
        """Whether its role is ended or cut in its scene before it."""
        stops = (self._stops.get((thing.scene, name)) for name in (thing.piece.name, "all"))
        return any(first is not None and first < thing.item for first in stops)

    def _started_once(self, name: str, where: Where) -> str:
        """A role stands for the one item that starts it, in this scene before others."""
        things = self._starts(name)
        here = [thing for thing in things if thing.scene == where.scene] or things
        if len(here) == 1:
            return here[0].piece.id
        if things:
            lines = ", ".join(str(thing.piece.place.line) for thing in things[:_LISTED])
            lines += " …" * (len(things) > _LISTED)
            raise ReadingError(f"'{name}' is heard more than once (lines {lines}); give the one that is meant an 'id'")
        ids = {*self.scene_ids, *(key for key, thing in self.ids.items() if thing.piece.named)}
        near = meant(name, [*ids, *self.roles])
        if not near:
            near = f"; the ids that there are: {', '.join(sorted(ids))}" if ids else "; give what is meant an 'id'"
        raise ReadingError(f"nothing has the id '{name}'{near}")

    def _line(self, name: str, where: Where) -> Piece:
        lines = self._lines[where.scene]
        if name == LINE and where.own_line is not None:
            return where.own_line
        if name == LINE:
            before = bisect_left(lines, where.item, key=lambda line: line[0])
            if before == 0:
                raise ReadingError("no line has been spoken yet in this scene, so there is no 'line'")
            return lines[before - 1][1]
        after = bisect_right(lines, where.item, key=lambda line: line[0])
        if after == len(lines):
            raise ReadingError("no line follows in this scene, so there is no 'next line'")
        return lines[after][1]

    def _at_word(self, moment: Moment, where: Where, *, until: bool) -> Moment:
        line = self._line_of_words(moment, where, until=until)
        found = find(line.tokens, moment.words)
        if not found:
            raise ReadingError(self._not_said(moment, line, where))
        if moment.nth is None and len(found) > 1:
            numbers = " or ".join(f'word "{moment.words}" ({n})' for n in range(1, min(len(found), 3) + 1))
            times = "twice" if len(found) == 2 else f"{len(found)} times"
            raise ReadingError(f"\"{moment.words}\" is said {times} in '{quoted(line)}'; say which is meant: {numbers}")
        if moment.nth is not None and moment.nth > len(found):
            times = {1: "once", 2: "twice"}.get(len(found), f"{len(found)} times")
            raise ReadingError(
                f"\"{moment.words}\" is said only {times} in '{quoted(line)}', so there is no ({moment.nth})"
            )
        return replace(moment, target=line.id)

    def _line_of_words(self, moment: Moment, where: Where, *, until: bool) -> Piece:
        if moment.target:
            target = self._target(moment.target, where)
            thing = self.ids.get(target)
            if thing is None or thing.piece.kind != "speech":
                what = CALLED[thing.piece.kind] if thing else "a scene"
                raise ReadingError(f"'{moment.target}' is {what}, in which no words are said; name a line by its id")
            return thing.piece
        if not until or where.at_said:
            return self._line(LINE, where)
        if where.own_line is not None and self._comes(moment, where.own_line, where.before_token):
            return where.own_line
        return self._line(NEXT_LINE, where)

    @staticmethod
    def _comes(moment: Moment, line: Piece, token: int) -> bool:
        """Whether the words are still to be said in `line` after `token`."""
        return any(found.first >= token for found in find(line.tokens, moment.words))

    def _not_said(self, moment: Moment, line: Piece, where: Where) -> str:
        what = f"\"{moment.words}\" is not said in '{quoted(line)}'"
        lines = self._lines[where.scene]
        here = bisect_left(lines, where.item, key=lambda line: line[0])
        for _, other in lines[max(0, here - _NEAR) : here + _NEAR]:
            if other is not line and find(other.tokens, moment.words):
                if other.named:
                    return f"{what}; it is in '{other.id}': write 'word \"{moment.words}\" of {other.id}'"
                return f"{what}; it is in the speech at line {other.place.line}: give that an 'id' and write 'of' it"
        words = _words(line)
        near = meant_name(" ".join(fold(moment.words)), words)
        return f"{what}; did you mean '{words[near]}'?" if near else what


def _words(line: Piece) -> dict[str, str]:
    """Every word that may be quoted, as it is compared, and how it is written."""
    words: dict[str, str] = {}
    for token in line.tokens:
        core = token.written.strip("".join(sign for sign in token.written if not sign.isalnum()))
        for word in fold(token.written):
            words.setdefault(word, core)
        for word in fold(token.spoken):
            words.setdefault(word, word)
    return words


def quoted(line: Piece) -> str:
    """A line as written, for messages; a long one by its beginning."""
    text = "".join(("" if token.glue or i == 0 else " ") + token.written for i, token in enumerate(line.tokens))
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1].rsplit(" ", 1)[0] + " …"
