"""The audition of a pack: every role with all its variations, as a script would hear them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from producer import cache as entries
from producer.cache import Cache
from producer.errors import UsageError, nearest
from producer.model.foley import Recipe
from producer.model.sound import BedSource, SoundRef
from producer.packs.audition import facts
from producer.packs.audition.sheet import Entry, Heard, Sheet, Take, cut_out
from producer.packs.audition.walk import walked
from producer.sounds.beds import Asked, BedMaker
from producer.sounds.find import Packs
from producer.sounds.kept import Kept
from producer.sounds.looping import find_loop
from producer.sounds.making import Maker, Recordings, code_digest, identity
from producer.sounds.pack import FileSource, Pack, PackSound
from producer.sounds.palette import palette

KINDS = ("bed", "steps", "hit", "stinger")
BED_S = 12.0
SEAM_S = 3.0
SEED = "audition"


class Bench:
    """A pack opened for listening."""

    def __init__(self, pack: Pack, recipes: Mapping[str, Recipe], cache: Cache, rate_hz: int) -> None:
        self._pack, self._recipes, self._rate_hz = pack, recipes, rate_hz
        kept = Kept()
        self._recordings = Recordings(rate_hz, cache, kept)
        self._palette = palette(Packs(listed=(pack,)), rate_hz, cache, recipes, SEED)
        self._beds = BedMaker(Maker(rate_hz, self._recordings, kept, recipes, cache), cache, SEED)

    def sheet(self, roles: Collection[str] = ()) -> Sheet:
        """The page of the pack, or of some of its roles (aliases too). Raises UsageError for a role it has not."""
        pack = self._pack
        for role in roles:
            if pack.find(role) is None:
                raise UsageError(f"the pack '{pack.name}' has no sound for '{role}'{nearest(role, pack.names)}")
        wanted = {pack.names[role] for role in roles} or set(pack.sounds)
        sounds = [sound for sound in pack.sounds.values() if sound.role in wanted]
        head = (("version", pack.version), ("author", pack.author), ("licence", pack.licence))
        return Sheet(
            title=pack.title or pack.name,
            name=pack.name,
            facts=tuple((name, value) for name, value in head if value),
            homepage=pack.homepage,
            readme=facts.readme(pack.folder),
            entries=tuple(self._entry(sound) for kind in KINDS for sound in sounds if sound.kind == kind),
        )

    def _entry(self, sound: PackSound) -> Entry:
        return Entry(
            name=sound.role,
            title=sound.title,
            kind=sound.kind,
            facts=facts.facts(sound),
            parts=facts.parts(sound, self._recipes),
            owners=facts.owners(sound),
            takes=tuple(self._bed_takes(sound) if sound.kind == "bed" else self._spot_takes(sound)),
        )

    def _name(self, sound: PackSound, number: int, *more: object) -> str:
        return entries.key(SEED, identity(self._pack, sound, number, self._recordings, self._recipes), list(more))

    def _spot_takes(self, sound: PackSound) -> Iterator[Take]:
        if sound.kind == "steps" and sound.pace is not None:
            yield self._walk(sound)
        for number, member in enumerate(sound.members):
            ref = SoundRef(role=sound.role, member=number)
            yield Take(
                label=str(number + 1),
                name=self._name(sound, number),
                make=lambda ref=ref: self._spot(ref),  # type: ignore[misc]
                note=facts.files(member.layers),
            )

    def _spot(self, ref: SoundRef) -> Heard:
        known = self._palette.measure(ref)
        return Heard(audio=self._palette.audio(ref), onset=known.onset, loudness_lufs=known.loudness_lufs)

    def _walk(self, sound: PackSound) -> Take:
        pace = sound.pace
        assert pace is not None  # asked only of what has one
        pool = [[self._name(sound, number), member.weight] for number, member in enumerate(sound.members)]
        chance = [sound.vary_pitch_cents, sound.vary_level_db, pace.first_s, pace.last_s, pace.spread]
        return Take(
            label="a walk",
            name=entries.key(SEED, "walk", pool, chance, code_digest(walked)),
            make=lambda: walked(self._palette, sound.role, pace, (SEED, self._pack.name, sound.role)),
            note="eight, in the order, at the pace and with the variation of a cue",
            wide=True,
            mixed=True,
        )

    def _bed_takes(self, sound: PackSound) -> Iterator[Take]:
        for number, member in enumerate(sound.members):
            several = f" {number + 1}" if len(sound.members) > 1 else ""
            layers, loop = member.layers, list(sound.loop_s or ())
            yield Take(
                label=f"stretch{several}",
                name=self._name(sound, number, "stretch", BED_S, loop),
                make=lambda number=number: self._stretch(sound, number),  # type: ignore[misc]
                note=facts.files(layers),
                wide=True,
            )
            recorded = layers[0].source
            if len(layers) == 1 and isinstance(recorded, FileSource):
                yield Take(
                    label=f"seam{several}",
                    name=self._name(sound, number, "seam", SEAM_S, loop),
                    make=lambda number=number, file=recorded: self._seam(sound, number, file),  # type: ignore[misc]
                    note="where it goes round: the lines are the crossfade's ends",
                    wide=True,
                )

    def _bed(self, sound: PackSound, number: int) -> BedSource:
        return self._beds.bed(Asked(pack=self._pack, sound=sound, member=number, seed=SEED, loop=True))

    def _stretch(self, sound: PackSound, number: int) -> Heard:
        bed = self._bed(sound, number)
        audio = cut_out(bed.read(0, round(BED_S * self._rate_hz)), self._rate_hz)
        return Heard(audio=audio, loudness_lufs=bed.loudness_lufs)

    def _seam(self, sound: PackSound, number: int, file: FileSource) -> Heard:
        bed = self._bed(sound, number)
        loop = find_loop(self._recordings.recording(file), self._rate_hz, sound.loop_s)
        turn = loop.end - loop.fade
        length = round(SEAM_S * self._rate_hz)
        start = max(0, turn + loop.fade // 2 - length // 2)
        marks = tuple(sorted({turn - start, loop.end - start}))
        audio = cut_out(bed.read(start, start + length), self._rate_hz)
        return Heard(audio=audio, loudness_lufs=bed.loudness_lufs, marks=marks)
