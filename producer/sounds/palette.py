"""The sounds of an episode's packs at the timeline's rate: what `model.sound.Palette` promises."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np

from producer import cache as entries
from producer.audio import Audio
from producer.cache import Cache
from producer.errors import PackError, Problem, RenderError, nearest
from producer.model.foley import Made, Recipe
from producer.model.sound import BedSource, Measured, Origin, Sound, SoundRef
from producer.sounds import licences
from producer.sounds.beds import Asked, BedMaker, bed_member
from producer.sounds.decode import header_length_s
from producer.sounds.find import Packs, as_sound
from producer.sounds.kept import DEFAULT_BYTES, Kept, Once
from producer.sounds.making import Maker, Recordings, Settings, identity
from producer.sounds.measuring import heard_lufs, step_lufs
from producer.sounds.pack import PACE, FileSource, FoleySource, Layer, Pack, PackSound
from producer.sounds.torn import kept_shortfalls
from producer.sounds.varying import ratio, varied
from producer.sounds.within import outside

COMPUTED_S = 12.0
"""No recipe lasts longer by itself, whatever its settings."""


def palette(
    packs: Packs,
    rate_hz: int,
    cache: Cache,
    recipes: Mapping[str, Recipe],
    script_seed: str,
    memory_bytes: int = DEFAULT_BYTES,
    digests: Mapping[Path, str] | None = None,
) -> PackPalette:
    """The sounds of `packs` at `rate_hz`; decoded files and measurements are kept in `cache`.

    Args:
        recipes: the same that the packs were read with.
        script_seed: what makes this episode's foley beds its own; spot effects do not depend on it.
        memory_bytes: how many bytes of samples are held at most between two uses.
        digests: SHA-256 of files whose very content is to be heard, and no other that is there by now.
    """
    return PackPalette(packs, rate_hz, cache, recipes, script_seed, memory_bytes, digests)


class PackPalette:
    """A `Palette` over packs. Safe in threads; equal questions have equal answers, whatever was asked before."""

    def __init__(
        self,
        packs: Packs,
        rate_hz: int,
        cache: Cache,
        recipes: Mapping[str, Recipe],
        script_seed: str,
        memory_bytes: int,
        digests: Mapping[Path, str] | None = None,
    ) -> None:
        self.rate_hz = rate_hz
        self._packs, self._cache, self._recipes = packs, cache, recipes
        self._kept = Kept(memory_bytes)
        self._recordings = Recordings(rate_hz, cache, self._kept, digests)
        self._maker = Maker(rate_hz, self._recordings, self._kept, recipes, cache)
        self._beds = BedMaker(self._maker, cache, script_seed)
        self._once = Once()
        self._measured: dict[SoundRef, Measured] = {}
        self._sources: dict[object, BedSource] = {}
        self._identities: dict[str, str] = {}
        self._longest_s: dict[str, float] = {}
        self._script_seed, self._memory_bytes = script_seed, memory_bytes

    def rest(self) -> None:
        """Let go of the samples that are held; asked for again, they are read or made again."""
        self._kept.clear()

    @property
    def cache(self) -> Cache:
        """Where what is made of the sounds is kept."""
        return self._cache

    @property
    def packs(self) -> Packs:
        """Where its sounds come from."""
        return self._packs

    def __reduce__(self) -> tuple[object, tuple[object, ...]]:
        """In another process it is a palette of the same packs and files, which holds less: there are several.

        Whoever sends it has a way to send the recipes.
        """
        return palette, (
            replace(self._packs, others=()),
            self.rate_hz,
            self._cache,
            self._recipes,
            self._script_seed,
            self._memory_bytes * 3 // 4,
            self._recordings.digests,
        )

    @property
    def folders(self) -> dict[str, Path]:
        """Where each listed pack is, by its name."""
        return {pack.name: pack.folder for pack in self._packs.listed}

    @property
    def written(self) -> dict[str, tuple[str, int]]:
        """SHA-256 and size of each listed pack's pack.yaml as it was read, by the pack's name; not of one without."""
        return {pack.name: (pack.sha256, pack.size_bytes) for pack in self._packs.listed if pack.sha256}

    def sound(self, role: str) -> Sound:
        """What fills `role`."""
        pack, sound = self._find(role)
        return as_sound(role, pack, sound)

    def measure(self, ref: SoundRef) -> Measured:
        """Length, onset and loudness of one playing. Raises PackError when its file cannot be heard."""

        def measured() -> Measured:
            self._measured[ref] = found = self._measure(ref)
            return found

        return self._once.make(("measure", ref), lambda: self._measured.get(ref), measured)

    def audio(self, ref: SoundRef) -> Audio:
        """The samples of one playing, shape (n, 1 or 2); not to be written to."""
        if not ref.pitch_cents and ref.speed == 1.0:
            return self._made(ref).audio
        return self._kept.get(("playing", ref), lambda: self._made(ref).audio)

    def bed(
        self,
        role: str,
        seed: str,
        settings: Settings = (),
        *,
        loop: bool = False,
        pitch_cents: float = 0.0,
        speed: float = 1.0,
    ) -> BedSource:
        """A bed or music. Raises RenderError where its speed cannot be had, PackError when a file cannot be heard."""
        pack, sound = self._find(role)
        asked = Asked(
            pack=pack,
            sound=sound,
            member=bed_member(sound, seed),
            seed=seed,
            settings=tuple(sorted(settings)),
            loop=loop,
            pitch_cents=pitch_cents,
            speed=speed,
        )
        name = (pack.name, sound.role, seed, asked.settings, loop, pitch_cents, speed)

        def made() -> BedSource:
            self._sources[name] = source = self._beds.bed(asked)
            return source

        return self._once.make(("bed", name), lambda: self._sources.get(name), made)

    def identity(self, role: str) -> str:
        """What names everything that `role` can sound like: equal identities are equal sounds."""

        def named() -> str:
            pack, sound = self._find(role)
            members: list[object] = [
                identity(pack, sound, number, self._recordings, self._recipes) for number in range(len(sound.members))
            ]
            shape = [sound.kind, sound.sustains, sound.loop_s, dict(sound.settings), dict(sound.resting)]
            self._identities[role] = made = entries.key("role", self._script_seed, self.rate_hz, members, shape)
            return made

        return self._once.make(("identity", role), lambda: self._identities.get(role), named)

    def bed_member(self, role: str, seed: str) -> int:
        """Which member of the pool `bed(role, seed)` plays."""
        return bed_member(self._find(role)[1], seed)

    def origin(self, role: str, member: int = 0) -> Origin:
        """Where the samples of a member come from; of several layers, the first."""
        return self.origins(role, member)[0]

    def origins(self, role: str, member: int = 0) -> tuple[Origin, ...]:
        """Where the samples of a member come from, one for each of its layers."""
        pack, sound = self._find(role)
        return tuple(self._origin(pack, layer) for layer in sound.members[member].layers)

    def credited(self, role: str, member: int | None = None) -> tuple[tuple[str, bool], ...]:
        """Who made what is heard of a member, or with None of any, and whether its licence asks for the name."""
        members = self._find(role)[1].members
        heard = members if member is None else (members[member],)
        credits = [layer.source.credit for one in heard for layer in one.layers]
        known = [licences.find(credit.licence) for credit in credits]
        return tuple(
            (credit.author, licence is not None and licence.attribution)
            for credit, licence in zip(credits, known, strict=True)
        )

    def check(self, roles: Iterable[str]) -> tuple[Problem, ...]:
        """Every file of these roles that cannot be heard, or ends before a moment in it that its pack names.

        So all are known before the first is needed.
        """
        problems: list[Problem] = []
        sources = self._files(roles)
        self._recordings.sum_up(sources)
        for source in sources:
            try:
                self._recordings.recording(source)
            except PackError as wrong:
                problems += wrong.problems
        if not problems:
            problems += self._outside(roles, lambda source: self._recordings.recording(source).length / self.rate_hz)
        return tuple(sorted(set(problems)))

    def outside(self, roles: Iterable[str]) -> tuple[Problem, ...]:
        """Of what `check` finds, what the headers of the files tell: moments that lie beyond an end."""
        return self._outside(roles, lambda source: header_length_s(source.path))

    def _outside(self, roles: Iterable[str], length_s: Callable[[FileSource], float]) -> tuple[Problem, ...]:
        sounds = [self._find(role)[1] for role in set(roles)]
        return tuple(sorted({one for sound in sounds for one in outside(sound, length_s)}))

    def endless(self, role: str) -> str:
        """The recipe that makes a bed of this role without end, so that it has no speed; empty when none does."""
        sources = (layer.source for member in self._find(role)[1].members for layer in member.layers)
        made = (source.recipe for source in sources if isinstance(source, FoleySource))
        return next((recipe for recipe in made if self._recipes[recipe].ambience is not None), "")

    def longest_s(self, role: str) -> float:
        """How long one playing of a role lasts at most, before its cue's pitch and speed, where no length is asked."""
        known = self._longest_s.get(role)
        if known is not None:
            return known
        _, sound = self._find(role)
        lengths_s = (layer.delay_s + self._source_s(layer.source) for one in sound.members for layer in one.layers)
        self._longest_s[role] = longest_s = float(max(lengths_s) * 2.0 ** (sound.vary_pitch_cents / 1200.0))
        return longest_s

    def _source_s(self, source: FileSource | FoleySource) -> float:
        if isinstance(source, FoleySource):
            return COMPUTED_S
        return header_length_s(source.path) or self._recordings.recording(source).length / self.rate_hz

    def computed(self, role: str) -> bool:
        """Whether a recipe makes something of a role, which takes longer than to read a file."""
        layers = (layer for member in self._find(role)[1].members for layer in member.layers)
        return any(isinstance(layer.source, FoleySource) for layer in layers)

    def torn(self, roles: Iterable[str]) -> tuple[Problem, ...]:
        """Every file of these roles that was cut off or is broken inside. Call `check` first."""
        sources = self._files(roles)
        shortfalls = kept_shortfalls([(one.path, self._recordings.sha256(one)) for one in sources], self._cache)
        found = zip(sources, shortfalls, strict=True)
        return tuple(sorted({Problem(one.place, f"'{one.inside}' {what}") for one, what in found if what}))

    def _files(self, roles: Iterable[str]) -> list[FileSource]:
        """Every recording that some roles are made of, as their packs name them."""
        members = [member for role in sorted(set(roles)) for member in self._find(role)[1].members]
        return [layer.source for member in members for layer in member.layers if isinstance(layer.source, FileSource)]

    def _find(self, role: str) -> tuple[Pack, PackSound]:
        found = self._packs.find(role)
        if found is None:
            raise RenderError(f"no listed pack fills '{role}'{nearest(role, self._packs.roles())}")
        return found

    def _made(self, ref: SoundRef) -> Made:
        pack, sound = self._find(ref.role)
        if not 0 <= ref.member < len(sound.members):
            raise RenderError(f"'{ref.role}' of the pack '{pack.name}' has {len(sound.members)} variations")
        length_s = ref.length_s if sound.sustains else None
        if length_s is None:
            plain = self._maker.made(pack, sound, ref.member, ref.settings, None)
            return varied(plain, self.rate_hz, ref.pitch_cents, ref.speed)
        # Made longer or shorter by what the variation takes or adds, so that it lasts as long as was asked.
        before_s = length_s * ratio(ref.pitch_cents) * ref.speed
        plain = self._maker.made(pack, sound, ref.member, ref.settings, before_s)
        return _exactly(varied(plain, self.rate_hz, ref.pitch_cents, ref.speed), round(length_s * self.rate_hz))

    def _measure(self, ref: SoundRef) -> Measured:
        pack, sound = self._find(ref.role)
        name = entries.key(
            "heard",
            identity(pack, sound, min(max(ref.member, 0), len(sound.members) - 1), self._recordings, self._recipes),
            [sound.kind, _pace_s(sound, ref), self.rate_hz, ref.member, list(map(list, ref.settings))],
            [ref.length_s, ref.pitch_cents, ref.speed],
        )
        kept = self._cache.data(name, lambda: self._listen(ref))
        length, hit, channels = (int(str(kept[what])) for what in ("length", "onset", "channels"))
        return Measured(length=length, onset=hit, loudness_lufs=float(str(kept["lufs"])), channels=channels)

    def _listen(self, ref: SoundRef) -> dict[str, object]:
        made = self._made(ref)
        audio = made.audio
        sound = self._find(ref.role)[1]
        if sound.kind == "steps":
            lufs = step_lufs(audio, self.rate_hz, _pace_s(sound, ref))
        else:
            lufs = heard_lufs(lambda start, stop: audio[start:stop], len(audio), audio.shape[1], self.rate_hz)
        return {"length": len(audio), "onset": made.onset, "channels": audio.shape[1], "lufs": lufs}

    def _origin(self, pack: Pack, layer: Layer) -> Origin:
        source = layer.source
        credit = source.credit
        if isinstance(source, FileSource):
            file, foley, sha256 = source.inside, "", self._recordings.sha256(source)
        else:
            file, foley = "", source.recipe
            settings = self._recipes[source.recipe].filled(dict(source.settings))
            named = json.dumps([source.recipe, settings], sort_keys=True)
            sha256 = hashlib.sha256(named.encode()).hexdigest()
        licence = licences.find(credit.licence)
        return Origin(
            pack=pack.name,
            version=pack.version,
            title=credit.title,
            author=credit.author,
            licence=credit.licence,
            source=credit.source,
            changed=credit.changed,
            file=file,
            foley=foley,
            sha256=sha256,
            licence_url=licence.url if licence is not None else "",
            attribution=licence is not None and licence.attribution,
        )


def _pace_s(sound: PackSound, ref: SoundRef) -> float:
    return (sound.pace or PACE).mean_s if ref.pace_s is None else ref.pace_s


def _exactly(made: Made, length: int) -> Made:
    length = max(1, length)
    audio = made.audio
    if len(audio) != length:
        audio = np.zeros((length, made.audio.shape[1]), np.float32)
        audio[: len(made.audio)] = made.audio[:length]
    return Made(audio, min(made.onset, length - 1))
