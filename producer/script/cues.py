"""Sounds, beds and music with every default filled in, and every name of theirs checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from producer.errors import Place
from producer.model.script import Bed, Cue, Glide
from producer.model.sound import Catalogue, Sound
from producer.script.colours import Colours, unknown_role
from producer.script.keys import Asked
from producer.script.people import whereabouts
from producer.script.pieces import Piece
from producer.script.reading import Notes, hint, merged
from producer.script.running import Ride
from producer.units import Cents, Percent

SOUND_LU, MUSIC_LU, BED_LU = -10.0, -12.0, -20.0
_NO_MOVE = Glide(0.0, 0.0)


class Sounds:
    """Makes cues and beds from what is written, the roles' own defaults and the catalogue."""

    def __init__(self, roles: Mapping[str, Asked], catalogue: Catalogue, colours: Colours, notes: Notes) -> None:
        self._roles = roles
        self._catalogue = catalogue
        self._colours = colours
        self._notes = notes

    def asked(self, piece: Piece) -> Asked:
        """The item's keys over its role's defaults."""
        return merged(self._roles.get(piece.name, Asked()), piece.asked)

    def known(self, role: str) -> bool:
        return role in self._catalogue.sounds

    def check_role(self, role: str, place: Place) -> Sound | None:
        """The sound that fills `role`; an unknown one is noted."""
        what = unknown_role(role, self._catalogue)
        if what is not None:
            self._notes.add(place, what)
        return self._catalogue.sounds.get(role)

    def check_asked(self, role: str, sound: Sound, asked: Asked) -> None:
        """Notes what this sound cannot do: a variant or setting that it does not have, a pace for what has no steps."""
        places = asked.places
        if asked.variant is not None and asked.variant > len(sound.weights):
            count = len(sound.weights)
            has = "one variant" if count == 1 else f"{count} variants"
            self._notes.add(places["variant"], f"variant: '{role}' has {has} in the pack '{sound.pack}'")
        for name, value in (asked.set or {}).items():
            self._check_setting(role, sound, name, value, places["set"])
        if "every" in places and sound.kind in ("bed", "stinger"):
            what = "goes on without steps" if sound.kind == "bed" else "is one long sound"
            self._notes.add(places["every"], f"every: '{role}' {what}; 'every' is for steps and single strikes")

    def _check_setting(self, role: str, sound: Sound, name: str, value: float, place: Place) -> None:
        if not sound.settings:
            what = f"set: '{role}' of the pack '{sound.pack}' is a recording and has nothing to set"
        elif name not in sound.settings:
            what = f"set: '{role}' has no setting '{name}'{hint(name, sound.settings)}"
        else:
            low, high = sound.settings[name]
            if low <= value <= high:
                return
            what = f"set: '{name}' of '{role}' goes from {low:g} to {high:g}, not to {value:g}"
        self._notes.add(place, what)

    def cue(self, piece: Piece, asked: Asked, scene: str, key: str) -> Cue:
        """A spot effect; `asked` is merged and its moments are looked up."""
        self._colours.check(piece.asked)
        sound = self.check_role(piece.name, piece.name_place)
        if sound is not None:
            self.check_asked(piece.name, sound, piece.asked)
            self._check_end(piece, sound, asked)
        return Cue(
            id=piece.id,
            key=key,
            scene=scene,
            role=piece.name,
            place=piece.place,
            at=asked.at,
            for_s=asked.for_,
            until=asked.until,
            wait=asked.wait,
            every=asked.every,
            repeat=asked.repeat,
            variant=asked.variant,
            level_lu=asked.level or Glide(SOUND_LU, SOUND_LU),
            path=whereabouts(asked),
            room=asked.room[0] if asked.room else "",
            through=asked.room[1:] if asked.room else (),
            treat=asked.treat or "none",
            pitch_cents=asked.pitch or _NO_MOVE,
            speed=Percent(100.0 if asked.speed is None else asked.speed),
            settings=dict(asked.set or {}),
            fade_in_s=asked.fade_in,
            fade_out_s=asked.fade_out,
            duck=bool(asked.duck),
        )

    def _check_end(self, piece: Piece, sound: Sound, asked: Asked) -> None:
        ends = asked.for_ is not None or asked.until is not None or asked.repeat is not None
        if sound.kind == "bed":
            what = (
                f"'{piece.name}' is a bed and has no end of its own; write 'bed: {piece.name}', with 'until' if need be"
            )
            self._notes.add(piece.name_place, what)
        elif sound.kind == "steps" and not ends:
            what = (
                f"'{piece.name}' are steps; say how many or how long: 'repeat 4', 'for 3 s' or 'until end of next line'"
            )
            self._notes.add(piece.name_place, what)
        elif "every" in piece.asked.places and not ends:
            what = "every: say how many or how long, too: 'repeat 4', 'for 3 s' or 'until end of next line'"
            self._notes.add(piece.asked.places["every"], what)
        strikes = asked.every is not None or asked.repeat is not None or (ends and sound.pace is not None)
        if asked.pitch is not None and asked.pitch.moves and not strikes and sound.kind in ("hit", "stinger"):
            what = (
                f"pitch: '{piece.name}' sounds once, and its pitch moves from strike to strike; give it one, or 'every'"
            )
            self._notes.add(asked.places.get("pitch", piece.place), what)

    def bed(self, piece: Piece, asked: Asked, scene: str, key: str, ride: Ride) -> Bed:
        """A bed or music, or a ride of one, which uses only what is `said`; `asked` is as for a cue."""
        self._colours.check(piece.asked)
        sound = self._catalogue.sounds.get(ride.role) if ride.by_id else self.check_role(piece.name, piece.name_place)
        if sound is not None:
            self.check_asked(ride.role, sound, piece.asked)
        if asked.pitch is not None and asked.pitch.moves and not ride.rides:
            where = asked.places["pitch"]
            self._notes.add(where, f"pitch: '{piece.name}' is a bed here, and a bed's pitch moves by riding it")
        music = piece.kind == "music"
        level = MUSIC_LU if music else BED_LU
        return Bed(
            id=piece.id,
            key=key,
            scene=scene,
            role=piece.name,
            place=piece.place,
            music=music,
            said=frozenset(piece.asked.places),
            names_id=ride.by_id,
            at=asked.at,
            until=asked.until,
            over_s=asked.over,
            level_lu=asked.level or Glide(level, level),
            every=asked.every,
            path=whereabouts(replace(asked, path=None)),
            width=Percent(100.0 if asked.width is None else asked.width),
            room=asked.room[0] if asked.room else ("none" if music else ""),
            treat=asked.treat or "none",
            pitch_cents=Cents(asked.pitch.first if asked.pitch else 0.0),
            speed=Percent(100.0 if asked.speed is None else asked.speed),
            settings=dict(asked.set or {}),
            fade_in_s=asked.fade_in,
            fade_out_s=asked.fade_out,
            duck=True if asked.duck is None else asked.duck,
            carry=bool(asked.carry),
            loop=bool(asked.loop),
        )
