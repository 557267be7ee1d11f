"""Beds and music as sources that can be read from anywhere: looped recordings, recipes without end, layers of both."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

from producer import cache as entries
from producer.audio import Audio, as_stereo
from producer.cache import Cache
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.model import chance
from producer.model.foley import Ambience, Made
from producer.model.sound import BedSource, SettingsAt
from producer.sounds.edges import Eased
from producer.sounds.looping import Loop, LoopedBed, OnceBed, Whole, find_loop
from producer.sounds.making import Maker, Settings, chosen, identity, layer_gain
from producer.sounds.measuring import endless_lufs, loudness_lufs
from producer.sounds.pack import FileSource, Layer, Pack, PackSound
from producer.sounds.turning import Body
from producer.sounds.varispeed import Varispeed
from producer.sounds.varying import ratio, stretched
from producer.units import gain

LISTEN_S = 60.0
"""How much of an endless bed is measured: many gusts, so that it is the recipe that is measured and not a moment."""
LISTEN_HZ = 32_000
"""The rate at which it is made for that: what lies above 16 kHz is under 0.05 LU of any recipe's loudness."""
RECORDED_S = 300.0
"""How much of a recording is measured; longer ones are judged by their first five minutes."""
STRETCH_S = 600.0
"""The longest recording whose speed can be changed, for that needs all of it at once."""
BOTH_LU = 3.01  # what a mono sound gains in loudness when both channels have it
HELD_S = 20.0
"""How long a sound that sustains is made before it is looped as a bed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A bed as a cue asks for it."""

    pack: Pack
    sound: PackSound
    member: int
    seed: str
    settings: Settings = ()
    loop: bool = False
    pitch_cents: float = 0.0
    speed: float = 1.0


class EndlessBed:
    """Ambience from a recipe."""

    channels = 2
    length: int | None = None

    def __init__(self, ambience: Ambience, values: Mapping[str, float], rate_hz: int, seed: int) -> None:
        self._ambience, self._values, self._rate_hz, self._seed = ambience, values, rate_hz, seed
        self.loudness_lufs = float("-inf")

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop), shape (stop - start, 2); knobs that are not ridden stay where they were set."""

        def at(times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
            ridden = settings(times_s) if settings is not None else {}
            return {name: ridden.get(name, np.full(times_s.shape, value)) for name, value in self._values.items()}

        return self._ambience(at, start, stop, self._rate_hz, self._seed)


class LayeredBed:
    """Several beds at once, each with its gain and its delay."""

    def __init__(self, parts: list[tuple[BedSource, float, int]]) -> None:
        self._parts = parts
        self.channels = max(bed.channels for bed, _, _ in parts)
        lengths = [None if bed.length is None else bed.length + delay for bed, _, delay in parts]
        ends = [length for length in lengths if length is not None]
        self.length = max(ends) if len(ends) == len(lengths) else None
        self.loudness_lufs = float("-inf")

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop) of the sum."""
        whole = np.zeros((stop - start, self.channels), np.float32)
        for bed, level, delay in self._parts:
            begin = max(start, delay)
            if begin < stop:
                audio = bed.read(begin - delay, stop - delay, settings)
                whole[begin - start :] += (as_stereo(audio) if self.channels == 2 else audio) * np.float32(level)
        return whole


def bed_member(sound: PackSound, seed: str) -> int:
    """Which recording of a pool a bed plays: by its weights, and the same for the same seed."""
    weights = np.array([member.weight for member in sound.members])
    return int(chance.rng("bed", sound.role, seed).choice(len(weights), p=weights / weights.sum()))


class BedMaker:
    """Makes beds and measures them."""

    def __init__(self, maker: Maker, cache: Cache, script_seed: str) -> None:
        self._maker, self._cache, self._script_seed = maker, cache, script_seed
        self._rate_hz = maker.rate_hz

    def bed(self, asked: Asked) -> BedSource:
        """The source. Raises RenderError where `speed` cannot be had, PackError where a file is not to be read."""
        layers = asked.sound.members[asked.member].layers
        parts = [self._layer(asked, number, layer) for number, layer in enumerate(layers)]
        whole: BedSource
        if len(parts) == 1:
            whole = parts[0]
        else:
            channels = max(part.channels for part in parts)
            gains = [
                layer_gain(part.loudness_lufs + (BOTH_LU if part.channels < channels else 0.0), layer.level_db)
                for part, layer in zip(parts, layers, strict=True)
            ]
            delays = [round(layer.delay_s * self._rate_hz) for layer in layers]
            layered = LayeredBed(list(zip(parts, gains, delays, strict=True)))
            layered.loudness_lufs = self._loudness(layered, self._name(asked, "layers"))
            whole = layered
        if not asked.pitch_cents:
            return whole
        faster = Varispeed(whole, ratio(asked.pitch_cents), self._rate_hz)
        faster.loudness_lufs = self._loudness(faster, self._name(asked, "pitched"))
        return faster

    def _name(self, asked: Asked, *what: object, endless: bool = True) -> str:
        """Names what is known of a bed; of a recording (not `endless`) it is the same in every script."""
        maker = self._maker
        return entries.key(
            "bed",
            *what,
            identity(asked.pack, asked.sound, asked.member, maker.recordings, maker.recipes),
            [self._rate_hz, LISTEN_S, list(map(list, asked.settings)), asked.speed, list(asked.sound.loop_s or ())],
            [self._script_seed, asked.seed, asked.loop, asked.pitch_cents] if endless else [],
        )

    def _layer(self, asked: Asked, number: int, layer: Layer) -> BedSource:
        source = layer.source
        if isinstance(source, FileSource):
            return self._recorded(asked, number, self._maker.recordings.recording(source))
        recipe = self._maker.recipes[source.recipe]
        if recipe.ambience is None:
            length_s = HELD_S if recipe.sustains else None
            seed = chance.seed(asked.pack.name, asked.sound.role, asked.member, number)
            made = (
                recipe.hit(chosen(source, recipe, asked.settings), length_s, self._rate_hz, seed)
                if recipe.hit
                else None
            )
            assert made is not None  # a recipe is one or the other
            return self._recorded(asked, number, Whole(made.audio), f"'{asked.sound.role}'")
        if asked.speed != 1.0:
            raise RenderError(
                f"'{asked.sound.role}' of the pack '{asked.pack.name}' is made without end by the recipe "
                f"'{recipe.name}': it has no speed to change; use its settings, or 'pitch'"
            )
        values = chosen(source, recipe, asked.settings)
        # Not the pack's: when packs are swapped, a gust comes where it came.
        seed = chance.seed("bed", self._script_seed, asked.sound.role, number, asked.seed)
        bed = EndlessBed(recipe.ambience, values, self._rate_hz, seed)
        # Measured once for all scripts, scenes and seeds: its level is the recipe's, not that of one stretch of chance.
        rate_hz = min(self._rate_hz, LISTEN_HZ)
        ambience = recipe.ambience

        def minute(which: int) -> Callable[[int, int], Audio]:
            more = (which,) if which else ()
            seed = chance.seed("loudness", asked.sound.role, number, *more)
            return EndlessBed(ambience, values, rate_hz, seed).read

        kept = self._cache.data(
            self._name(asked, "endless", number, LISTEN_HZ, endless=False),
            lambda: {"lufs": endless_lufs(minute, round(LISTEN_S * rate_hz), rate_hz)},
        )
        bed.loudness_lufs = float(str(kept["lufs"]))
        return bed

    def _recorded(self, asked: Asked, number: int, body: Body, made_once: str = "") -> BedSource:
        if asked.speed != 1.0:
            body = self._stretched(asked, body)
        listened = min(body.length, round(RECORDED_S * self._rate_hz))
        kept = self._cache.data(
            self._name(asked, "recorded", number, endless=False),
            lambda: {"lufs": loudness_lufs(body.read, listened, body.channels, self._rate_hz)},
        )
        level = float(str(kept["lufs"]))
        if not asked.loop:
            return OnceBed(Eased(body, gain(level), self._rate_hz), level, made_once)
        name = self._name(asked, "turn", number, endless=False)
        loop = Loop.from_data(
            self._cache.data(name, lambda: find_loop(body, self._rate_hz, self._loop_s(asked)).as_data())
        )
        return LoopedBed(body, loop, level, made_once)

    def _loop_s(self, asked: Asked) -> tuple[float, float] | None:
        if asked.sound.loop_s is None:
            return None
        start_s, end_s = asked.sound.loop_s
        return start_s / asked.speed, end_s / asked.speed

    def _stretched(self, asked: Asked, body: Body) -> Body:
        if body.length > STRETCH_S * self._rate_hz:
            raise RenderError(
                f"'{asked.sound.role}' of the pack '{asked.pack.name}' is longer than {STRETCH_S / 60:g} min: "
                "its speed cannot be changed; cut the file shorter, or use 'pitch'"
            )
        return Whole(stretched(Made(body.read(0, body.length), 0), self._rate_hz, asked.speed).audio)

    def _loudness(self, bed: BedSource, name: str) -> float:
        rate_hz = self._rate_hz
        length = round(LISTEN_S * rate_hz) if bed.length is None else bed.length
        length = min(length, round(RECORDED_S * rate_hz))
        kept = self._cache.data(name, lambda: {"lufs": loudness_lufs(bed.read, length, bed.channels, rate_hz)})
        return float(str(kept["lufs"]))
