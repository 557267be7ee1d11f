"""Which beds and music run at a place of the play: what a bed item rides, and what can be ended there."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from producer.frozen import changed, dataclass
from producer.script.keys import Asked
from producer.script.pieces import Piece
from producer.script.reading import Notes, meant


@dataclass(frozen=True, slots=True)
class _Playing:
    id: str
    role: str
    kind: str
    carry: bool
    sure: bool
    """False when it may be over by itself: it has an `until`, was ended `at` a moment, or is music that plays once."""


@dataclass(frozen=True, slots=True)
class Ride:
    """Whether a bed item rides a running one, whether it names it by its id, and the role that is heard."""

    role: str
    rides: bool = False
    by_id: bool = False


class Running:
    """Follows the play from top to bottom.

    Whether a moment has come is not known here, so what may still be running counts as running.
    """

    def __init__(self, notes: Notes) -> None:
        self._notes = notes
        self._playing: list[_Playing] = []
        self._heard: set[str] = set()  # ids and roles of this scene that can be cut, beds apart
        self._ended: dict[str, int] = {}  # name -> line of the script
        self._later: frozenset[str] = frozenset()

    def enter(self, pieces: Iterable[Piece]) -> None:
        """Begins a scene that holds `pieces`; what is not carried over has ended."""
        self._playing = [one for one in self._playing if one.carry]
        self._heard.clear()
        self._ended.clear()
        self._later = frozenset(name for piece in pieces for name in _names(piece))

    def bed(self, piece: Piece, starts: Asked, *, known: bool, ids: Mapping[str, str]) -> Ride:
        """Takes a bed or music item in, and tells whether it rides.

        Args:
            piece: the item.
            starts: what is asked of it where it starts: its role's defaults, too.
            known: whether its name is a role that there is; else an id is looked for.
            ids: the ids of beds and music in the whole episode, each with its role.
        """
        name = piece.name
        by_id = next((one for one in self._playing if one.id == name), None)
        playing = by_id or next((one for one in reversed(self._playing) if one.role == name), None)
        if playing is not None and playing.kind != piece.kind and playing.sure:
            what = "music" if playing.kind == "music" else "a bed"
            self._notes.add(piece.place, f"'{name}' is running as {what}; to ride it write '{playing.kind}: {name}'")
            return Ride(playing.role, True, by_id is not None)
        if playing is not None:
            self._ride(piece, playing)
            return Ride(playing.role, True, by_id is not None)
        if not known and name in ids:
            self._notes.add(
                piece.name_place, f"'{name}' is not running here{self._when(name)}, so it cannot be changed"
            )
            return Ride(ids[name], True, True)
        if known and "over" in piece.asked.places:
            self._note_nothing_to_ride(piece)
        self._ended.pop(name, None)
        sure = piece.asked.until is None and (piece.kind == "bed" or bool(starts.loop))
        self._playing.append(_Playing(piece.id, name, piece.kind, bool(starts.carry), sure))
        return Ride(name)

    def _ride(self, piece: Piece, playing: _Playing) -> None:
        if "fade_in" in piece.asked.places and playing.sure:
            what = "it is running already, so it cannot fade in; write a 'level' and 'over' instead"
            self._notes.add(piece.asked.places["fade_in"], f"fade_in: {what}")
        carry = playing.carry if piece.asked.carry is None else piece.asked.carry
        self._change(playing, changed(playing, carry=carry, sure=playing.sure and piece.asked.until is None))

    def _change(self, playing: _Playing, changed: _Playing) -> None:
        self._playing[self._playing.index(playing)] = changed

    def _note_nothing_to_ride(self, piece: Piece) -> None:
        near = meant(piece.name, [one.role for one in self._playing])
        if not near:
            near = "; leave out 'over', or write 'fade_in' to let it come in"
        what = f"'{piece.name}' is not running here{self._when(piece.name)}, so nothing can change 'over' a time{near}"
        self._notes.add(piece.asked.places["over"], what)

    def heard(self, piece: Piece) -> None:
        """Takes in a speech or a sound that could be cut."""
        self._heard.update(_names(piece))

    def stop(self, piece: Piece) -> None:
        """Takes an `end` or `cut` in."""
        name = piece.name
        if name == "all":
            self._end(list(self._playing), piece)
            return
        named = [one for one in self._playing if name == one.id] or [one for one in self._playing if name == one.role]
        if not named and name not in self._heard and not (piece.asked.at and name in self._later):
            running = [key for one in self._playing for key in (one.role, one.id) if "-" not in key]
            near = meant(name, [*running, *self._heard])
            if not near:
                near = f"; running here: {', '.join(sorted(set(running)))}" if running else ""
            what = f"'{name}' is not running here{self._when(name)}, so there is nothing to {piece.kind}{near}"
            self._notes.add(piece.name_place, what)
        self._end(named, piece)

    def _end(self, ended: Iterable[_Playing], piece: Piece) -> None:
        for one in ended:
            if piece.asked.at is not None:
                self._change(one, changed(one, sure=False))
            else:
                self._playing.remove(one)
                self._ended.update({one.role: piece.place.line, one.id: piece.place.line})

    def _when(self, name: str) -> str:
        return f" (it was ended at line {self._ended[name]})" if name in self._ended else ""


def _names(piece: Piece) -> set[str]:
    own = {piece.id} if piece.named else set()
    if piece.kind in ("sound", "bed", "music"):
        own.add(piece.name)
    return own.union(*(_names(between.cue) for between in piece.between if between.cue))
