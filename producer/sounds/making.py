"""The samples of one member of a pool, from its files and recipes."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer import dsp, sounds
from producer.audio import Audio, as_stereo
from producer.cache import Cache, key
from producer.digests import code_of, sha256_of
from producer.dsp.crests import highest_sample
from producer.errors import PackError, Problem
from producer.made_by import made_by
from producer.model import chance
from producer.model.foley import Made, Recipe
from producer.model.sound import SettingsAt
from producer.sounds.edges import edges
from producer.sounds.kept import Kept, Once
from producer.sounds.looping import Whole
from producer.sounds.measuring import heard_lufs, onset
from producer.sounds.pack import FileSource, FoleySource, Layer, Member, Pack, PackSound
from producer.sounds.recording import Recording
from producer.sums import sums
from producer.units import gain

AMBIENCE_S = 8.0
"""How long a bed lasts that is played as a spot effect by a cue that names no length."""
EDGE_S = 0.01
"""The fades that keep a stretch of ambience from clicking."""
HIGHEST = 0.89
"""The highest sample of several layers together: -1 dBFS."""
LAYER_LUFS = -23.0
"""What a layer at 0 dB is brought to, so that `level` is heard beside the other layers, whatever they are made of."""

Settings = tuple[tuple[str, float], ...]


def steady(values: Mapping[str, float]) -> SettingsAt:
    """Settings that never move."""

    def at(times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {name: np.full(times_s.shape, value) for name, value in values.items()}

    return at


def chosen(source: FoleySource, recipe: Recipe, cue: Settings) -> dict[str, float]:
    """Every knob: the recipe's rest, over it the pack's, over it the cue's where this recipe has such a knob."""
    said = {name: value for name, value in cue if name in recipe.settings}
    return recipe.filled({**dict(source.settings), **said})


class Recordings:
    """The files of an episode's packs, each decoded once. Safe in threads."""

    def __init__(self, rate_hz: int, cache: Cache, kept: Kept, digests: Mapping[Path, str] | None = None) -> None:
        """Of files whose `digests` are known the very same content is heard, or none."""
        self._rate_hz, self._cache, self._kept = rate_hz, cache, kept
        self._once = Once()
        self._digests = dict(digests or {})
        self._open: dict[str, Recording] = {}

    @property
    def digests(self) -> dict[Path, str]:
        """Of the files that were looked at so far."""
        return dict(self._digests)

    def sum_up(self, sources: Iterable[FileSource]) -> None:
        """Find out what is in many files, without reading again those that are as they were."""
        folders: dict[Path, list[Path]] = {}
        for path in sorted({source.path for source in sources} - self._digests.keys()):
            folders.setdefault(path.parent, []).append(path)
        for folder, paths in folders.items():
            with contextlib.suppress(OSError):  # which `sha256` will find, too, and say of which file
                self._digests.update(zip(paths, sums(paths, folder, self._cache), strict=True))

    def sha256(self, source: FileSource) -> str:
        """Of the file's bytes. Raises PackError when it cannot be read."""
        found = self._digests.get(source.path)
        if found is None:
            try:
                found = self._digests[source.path] = sha256_of(source.path)
            except OSError as wrong:
                raise _unheard(source, f"cannot be opened: {wrong.strerror}") from None
        return found

    def recording(self, source: FileSource) -> Recording:
        """The decoded file. Raises PackError, with the place where the pack names it."""
        sha256 = self.sha256(source)

        def opened() -> Recording:
            unheard = partial(_unheard, source)
            self._open[sha256] = made = Recording(source.path, sha256, self._rate_hz, self._cache, self._kept, unheard)
            return made

        return self._once.make(sha256, lambda: self._open.get(sha256), opened)


def _unheard(source: FileSource, what: str) -> PackError:
    return PackError([Problem(source.place, f"'{source.inside}' {what}")])


class Maker:
    """Makes members whole, as spot effects, steps and stingers are wanted."""

    def __init__(
        self, rate_hz: int, recordings: Recordings, kept: Kept, recipes: Mapping[str, Recipe], cache: Cache
    ) -> None:
        self.rate_hz, self.recordings, self.recipes = rate_hz, recordings, recipes
        self._kept, self._cache = kept, cache
        self._onsets: dict[tuple[object, ...], int] = {}

    def made(self, pack: Pack, sound: PackSound, number: int, settings: Settings, length_s: float | None) -> Made:
        """Member `number`, unvaried. With a length, a sound that sustains has exactly that one; others their own."""
        name = ("made", pack.name, sound.role, number, settings, length_s)

        def make() -> Audio:
            made = self._once(pack, sound, number, settings, length_s if sound.sustains else None)
            self._onsets[name] = min(max(made.onset, 0), max(len(made.audio) - 1, 0))
            return made.audio

        audio = self._kept.get(name, make)
        return Made(audio, self._onsets[name])

    def _once(self, pack: Pack, sound: PackSound, number: int, settings: Settings, length_s: float | None) -> Made:
        """What a recipe makes is kept: every process of a render and every episode of a season hears it again."""
        if not any(isinstance(layer.source, FoleySource) for layer in sound.members[number].layers):
            return self._member(pack, sound, number, settings, length_s)
        whose = identity(pack, sound, number, self.recordings, self.recipes)
        name = key("made", whose, [self.rate_hz, sound.sustains, list(map(list, settings)), length_s])

        def make() -> bytes:
            made = self._member(pack, sound, number, settings, length_s)
            head = np.array([made.onset, made.audio.shape[1]], "<i8")
            return head.tobytes() + np.ascontiguousarray(made.audio, "<f4").tobytes()

        raw = self._cache.entry(name, make)
        hit, channels = np.frombuffer(raw, "<i8", 2)
        return Made(np.frombuffer(raw, "<f4", offset=16).reshape(-1, int(channels)), int(hit))

    def _member(self, pack: Pack, sound: PackSound, number: int, settings: Settings, length_s: float | None) -> Made:
        member = sound.members[number]
        seeds = [chance.seed(pack.name, sound.role, number, layer) for layer in range(len(member.layers))]
        parts = [self._layer(layer, settings, length_s, seed) for layer, seed in zip(member.layers, seeds, strict=True)]
        if len(parts) == 1:
            whole = self._late(parts[0], member.layers[0].delay_s)
        else:
            whole = self._together(parts, member, None if length_s is None else round(length_s * self.rate_hz))
        if member.onset_s is not None:
            return Made(whole.audio, round(member.onset_s * self.rate_hz))
        return whole

    def _layer(self, layer: Layer, settings: Settings, length_s: float | None, seed: int) -> Made:
        source = layer.source
        if isinstance(source, FileSource):
            recording = self.recordings.recording(source)
            audio = recording.read(0, recording.length)
            audio = edges(Whole(audio), highest_sample(audio), self.rate_hz).ease(audio, 0)
            return Made(audio, onset(audio, self.rate_hz))
        recipe = self.recipes[source.recipe]
        values = chosen(source, recipe, settings)
        if recipe.hit is not None:
            return recipe.hit(values, length_s if recipe.sustains else None, self.rate_hz, seed)
        return self._stretch_of(recipe, values, AMBIENCE_S if length_s is None else length_s, seed)

    def _stretch_of(self, recipe: Recipe, values: Mapping[str, float], length_s: float, seed: int) -> Made:
        assert recipe.ambience is not None  # a recipe is one or the other
        length = max(1, round(length_s * self.rate_hz))
        audio = np.array(recipe.ambience(steady(values), 0, length, self.rate_hz, seed), np.float32)
        edge = min(round(EDGE_S * self.rate_hz), length // 2)
        rise = np.square(np.sin(np.linspace(0.0, np.pi / 2, edge, dtype=np.float32)))[:, None]
        audio[:edge] *= rise
        audio[length - edge :] *= rise[::-1]
        return Made(audio, 0)

    def _late(self, made: Made, delay_s: float) -> Made:
        delay = round(delay_s * self.rate_hz)
        if not delay:
            return made
        before = np.zeros((delay, made.audio.shape[1]), np.float32)
        return Made(np.concatenate([before, made.audio]), made.onset + delay)

    def _together(self, parts: list[Made], member: Member, length: int | None) -> Made:
        """The layers as one sound; what it is about is its first layer's hit."""
        channels = max(part.audio.shape[1] for part in parts)
        wide = [Made(as_stereo(part.audio) if channels == 2 else part.audio, part.onset) for part in parts]
        levelled = [
            self._late(
                Made(at_level(part.audio, self._heard(part.audio), layer.level_db), part.onset),
                layer.delay_s,
            )
            for part, layer in zip(wide, member.layers, strict=True)
        ]
        longest = length if length is not None else max(len(part.audio) for part in levelled)
        whole = np.zeros((longest, channels), np.float32)
        for part in levelled:
            whole[: len(part.audio)] += part.audio[:longest]
        peak = float(np.abs(whole).max(initial=0.0))
        # Its level comes from its measurement; what is kept of it stays under full scale, as what it is made of.
        return Made(whole * np.float32(HIGHEST / peak) if peak > HIGHEST else whole, levelled[0].onset)

    def _heard(self, audio: Audio) -> float:
        return heard_lufs(lambda start, stop: audio[start:stop], len(audio), audio.shape[1], self.rate_hz)


def at_level(audio: Audio, loudness_lufs: float, level_db: float) -> Audio:
    """A layer at its level beside the others; silence stays silent."""
    return audio * np.float32(layer_gain(loudness_lufs, level_db))


def layer_gain(loudness_lufs: float, level_db: float) -> float:
    """The amplitude that brings a layer of this loudness to its level."""
    return gain(LAYER_LUFS + level_db - loudness_lufs) if np.isfinite(loudness_lufs) else 1.0


def identity(
    pack: Pack, sound: PackSound, number: int, recordings: Recordings, recipes: Mapping[str, Recipe]
) -> list[object]:
    """JSON values that name what a member sounds like: the content of its files, the code and knobs of its recipes."""
    member = sound.members[number]
    layers: list[object] = []
    for layer in member.layers:
        source = layer.source
        if isinstance(source, FileSource):
            what: list[object] = ["file", recordings.sha256(source)]
        else:
            recipe = recipes[source.recipe]
            what = [
                "foley",
                recipe.name,
                recipe.filled(dict(source.settings)),
                code_digest(recipe.hit or recipe.ambience),
            ]
        layers.append([what, layer.level_db, layer.delay_s])
    return [pack.name, sound.role, number, member.onset_s, layers, made_by(sounds, dsp)]


@lru_cache(maxsize=256)
def code_digest(made_by: Callable[..., object] | None) -> str:
    """SHA-256 of the code that a recipe is made of (its own folder, our dsp): editing a recipe is heard at once."""
    folders = [Path(folder) for folder in dsp.__path__]
    source = inspect.getsourcefile(made_by) if made_by is not None else None
    return code_of(*folders, Path(source).parent) if source else code_of(*folders)
