"""The play of every scene, item by item, as later stages read it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from producer.model.script import (
    Bed,
    Cue,
    Hear,
    InlineMark,
    Item,
    Line,
    Mark,
    Pause,
    Scene,
    Silence,
    Stop,
)
from producer.model.sound import Catalogue
from producer.script.colours import Colours
from producer.script.cues import Sounds
from producer.script.identity import Identities
from producer.script.people import Cast, note_voice, voices
from producer.script.pieces import Between, Piece, SceneAsWritten
from producer.script.reading import Notes
from producer.script.running import Running
from producer.script.targets import Targets, Where
from producer.units import Lu

END_S, CUT_S = Fraction(2), Fraction(1, 50)
HEAR_OVER_S = Fraction(1, 2)


class Episode:
    """Makes the scenes, top to bottom: a bed item is a start or a ride by what has come before it."""

    def __init__(
        self,
        written: Sequence[SceneAsWritten],
        cast: Cast,
        gap: Fraction,
        catalogue: Catalogue,
        colours: Colours,
        sounds: Sounds,
        targets: Targets,
        notes: Notes,
    ) -> None:
        self._written = written
        self._cast = cast
        self._gap = gap
        self._catalogue = catalogue
        self._colours = colours
        self._sounds = sounds
        self._targets = targets
        self._notes = notes
        self._running = Running(notes)
        self._identities = Identities(written)

    def scenes(self) -> tuple[Scene, ...]:
        """Every scene of the episode."""
        return tuple(self._scene(index, scene) for index, scene in enumerate(self._written))

    def _scene(self, index: int, scene: SceneAsWritten) -> Scene:
        self._running.enter(scene.pieces)
        self._colours.check(scene.asked)
        room = scene.asked.room[0] if scene.asked.room and scene.asked.room != ("none",) else ""
        items = [self._item(scene, piece, Where(index, item)) for item, piece in enumerate(scene.pieces)]
        hear = self._hear_of_scene(index, scene)
        gap = scene.asked.gap
        return Scene(
            id=scene.id,
            title=scene.title,
            place=scene.place,
            room=room,
            hear=scene.hear.name if scene.hear and not hear else "none",
            gap_s=gap if isinstance(gap, Fraction) else self._gap,
            crossfade_s=scene.crossfade_s,
            speech_margin=scene.margin,
            items=(*hear, *items),
        )

    def _hear_of_scene(self, index: int, scene: SceneAsWritten) -> tuple[Hear, ...]:
        """A scene's `hear` that has keys is an item at its beginning; without keys the scene has it as its own."""
        if scene.hear is None:
            return ()
        hear = self._hear(scene, scene.hear, Where(index, -1))
        if not scene.hear.asked.places:
            return ()
        return (hear if "over" in scene.hear.asked.places else replace(hear, over_s=Fraction(0)),)

    def _item(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Item:
        return _MAKERS[piece.kind](self, scene, piece, where)

    def _sound(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Cue:
        self._running.heard(piece)
        asked = self._targets.settled(self._sounds.asked(piece), where)
        return self._sounds.cue(piece, asked, scene.id, self._identities.of_item(scene, where.item))

    def _pause(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Pause:
        length = Fraction(0) if piece.length is None else self._targets.length(piece.length, where)
        return Pause(id=piece.id, scene=scene.id, place=piece.place, length=length)

    def _mark(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Mark:
        asked = self._targets.settled(piece.asked, where)
        return Mark(id=piece.id, scene=scene.id, name=piece.name, place=piece.place, at=asked.at, chapter=asked.chapter)

    def _hear(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Hear:
        asked = self._targets.settled(piece.asked, where)
        self._colours.treatment(piece.name, piece.name_place)
        return Hear(
            id=piece.id,
            scene=scene.id,
            treat=piece.name,
            place=piece.place,
            at=asked.at,
            over_s=HEAR_OVER_S if asked.over is None else asked.over,
            level_lu=Lu(asked.level.first if asked.level else 0.0),
        )

    def _stop(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Stop:
        asked = self._targets.settled(piece.asked, where)
        self._running.stop(piece)
        cut = piece.kind == "cut"
        return Stop(
            id=piece.id,
            scene=scene.id,
            what=piece.name,
            place=piece.place,
            cut=cut,
            at=asked.at,
            fade_out_s=(CUT_S if cut else END_S) if asked.fade_out is None else asked.fade_out,
        )

    def _bed(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Bed:
        ids = self._targets.beds
        asked = self._sounds.asked(piece)
        ride = self._running.bed(piece, asked, known=self._sounds.known(piece.name), ids=ids)
        asked = self._targets.settled(asked, where)
        return self._sounds.bed(piece, asked, scene.id, self._identities.of_item(scene, where.item), ride)

    def _line(self, scene: SceneAsWritten, piece: Piece, where: Where) -> Line:
        self._running.heard(piece)
        self._check_line(piece, where)
        asked = self._targets.settled(piece.asked, where)
        person = self._cast.get(piece.name)
        return Line(
            id=piece.id,
            scene=scene.id,
            place=piece.place,
            tokens=piece.tokens,
            rests=tuple(rest for one in piece.between if (rest := self._rest(one, piece, where))),
            marks=tuple(
                InlineMark(name=one.mark, before_token=one.before_token, place=one.place)
                for one in piece.between
                if one.mark
            ),
            cues=tuple(self._cue(scene, piece, index, where) for index, one in enumerate(piece.between) if one.cue),
            voices=voices(piece.name, self._cast, scene.changes, piece.asked),
            how=asked.how,
            take=asked.take,
            at=asked.at,
            lead_s=Fraction(0) if asked.lead is None else asked.lead,
            lead_place=asked.places.get("lead"),
            gap_s=asked.gap,
            together=piece.name if person and person.together else "",
        )

    def _check_line(self, piece: Piece, where: Where) -> None:
        self._colours.check(piece.asked)
        note_voice(piece.asked, self._catalogue, self._notes)
        if "lead" in piece.asked.places and not self._targets.has_line_before(where):
            what = "lead: nobody has spoken yet in this scene, so there is no line to come in on"
            self._notes.add(piece.asked.places["lead"], what)

    def _rest(self, one: Between, line: Piece, where: Where) -> Silence | None:
        inside = replace(where, own_line=line, before_token=one.before_token)
        if one.rest is not None:
            return Silence(after_token=one.before_token, length=self._targets.length(one.rest, inside))
        if one.cue is None or not _makes_wait(one.cue):
            return None
        wait = one.cue.asked.wait
        length = Fraction(0) if wait is None else self._targets.length(wait, inside)
        return Silence(after_token=one.before_token, length=length, wait_for=one.cue.id)

    def _cue(self, scene: SceneAsWritten, line: Piece, index: int, where: Where) -> Cue:
        one = line.between[index]
        assert one.cue is not None
        self._running.heard(one.cue)
        inside = replace(where, own_line=line, before_token=one.before_token)
        asked = self._targets.settled(self._sounds.asked(one.cue), inside)
        if "wait" not in one.cue.asked.places:
            asked = replace(asked, wait=Fraction(0))
        key = self._identities.in_line(scene, line, one.cue, one.before_token)
        cue = self._sounds.cue(one.cue, asked, scene.id, key)
        rests = [at for at, other in enumerate(line.between) if other.rest is not None or _makes_wait(other.cue)]
        own = [at for at in rests if at >= index and line.between[at].before_token == one.before_token]
        rest = rests.index(own[0]) if own else None
        return replace(cue, before_token=one.before_token, on_rest=bool(own), rest=rest)


_MAKERS: Mapping[str, Callable[[Episode, SceneAsWritten, Piece, Where], Item]] = {
    "speech": Episode._line,
    "sound": Episode._sound,
    "bed": Episode._bed,
    "music": Episode._bed,
    "hear": Episode._hear,
    "end": Episode._stop,
    "cut": Episode._stop,
    "pause": Episode._pause,
    "mark": Episode._mark,
}
"""Not bound to an episode, which would then hold itself, and all that was written with it."""


def _makes_wait(cue: Piece | None) -> bool:
    return cue is not None and "wait" in cue.asked.places and cue.asked.wait != 0
