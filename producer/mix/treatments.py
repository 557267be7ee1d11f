"""Plays the colours of `model.treatment`: chains of effects on a voice, a sound, a bed or a whole scene.

A voice or sound is treated in one piece (`whole`). Beds and scenes go on for as long as they like, so they are
treated in stretches, with enough sound before and after each that the joins are not there; for them the pitch is
shifted by grains, which have fixed places, because a phase vocoder is different wherever it is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from producer.audio import Audio
from producer.dsp import colour
from producer.dsp.filters import SETTLE_S, high_pass, low_pass
from producer.dsp.loudness import loudness
from producer.dsp.reverb import convolve, tail
from producer.dsp.speechlike import heard_energy, speech_noise
from producer.frozen import dataclass
from producer.later import pedalboard, signal
from producer.model.script import Effect
from producer.model.treatment import NAMED
from producer.units import DIALOGUE_LUFS, gain

Play = Callable[[Audio, float, int, int], Audio]
"""(audio, value in the effect's unit, rate in Hz, position of the first sample) -> as many samples."""
Reach = Callable[[float], float]
"""Value -> seconds of sound that it needs before (or after) what is wanted."""

_RATIO = 4.0  # compressor
_PEAKS_DB = -10.0
"""Where a voice at dialogue loudness has its peaks; a compressor set to n dB takes n dB from those."""
_REFERENCE = 0.1
"""A voice's middling amplitude: `drive` leaves that one where it was."""
_ECHO_DB = (-8.0, -17.0)
_HALL_DB = -9.0
_HALL_DELAY_S = 0.018
_MAKE_UP_MOST_DB = 12.0


def _boarded(audio: Audio, plugin: pedalboard.Plugin, rate_hz: int) -> Audio:
    made = plugin(np.ascontiguousarray(audio.T, np.float32), rate_hz)
    return np.asarray(made.T, np.float32)


def _shelf(low: bool) -> Play:
    def play(audio: Audio, db: float, rate_hz: int, _: int) -> Audio:
        if low:
            return _boarded(audio, pedalboard.LowShelfFilter(250.0, db, 0.7), rate_hz)
        return _boarded(audio, pedalboard.HighShelfFilter(min(6000.0, 0.4 * rate_hz), db, 0.7), rate_hz)

    return play


def _presence(audio: Audio, db: float, rate_hz: int, _: int) -> Audio:
    return _boarded(audio, pedalboard.PeakFilter(min(3000.0, 0.4 * rate_hz), db, 0.7), rate_hz)


def _drive(audio: Audio, db: float, rate_hz: int, _: int) -> Audio:
    kept = _REFERENCE / np.tanh(_REFERENCE * 10.0 ** (db / 20.0))
    return _boarded(audio, pedalboard.Distortion(db), rate_hz) * np.float32(kept)


def _compress(audio: Audio, db: float, rate_hz: int, _: int) -> Audio:
    threshold_db = _PEAKS_DB - db / (1.0 - 1.0 / _RATIO)
    return _boarded(audio, pedalboard.Compressor(threshold_db, _RATIO, attack_ms=4.0, release_ms=110.0), rate_hz)


def _crush(audio: Audio, bits: float, rate_hz: int, _: int) -> Audio:
    return _boarded(audio, pedalboard.Bitcrush(bits), rate_hz)


def _hall(decay_s: float, rate_hz: int, channels: int) -> Audio:
    """The colour's own hall with the direct sound in it, shape (taps, channels)."""
    field = tail(decay_s * 1.1, decay_s, decay_s * 0.55, rate_hz, "colour")[:, :channels]
    one = field / np.float32(np.sqrt(heard_energy(field, rate_hz) / channels)) * np.float32(10.0 ** (_HALL_DB / 20.0))
    impulse = np.concatenate([np.zeros((max(1, round(_HALL_DELAY_S * rate_hz)), channels), np.float32), one])
    impulse[0] = 1.0
    return impulse


def _reverb(audio: Audio, decay_s: float, rate_hz: int, _: int) -> Audio:
    return convolve(audio, _hall(decay_s, rate_hz, audio.shape[1]))[: len(audio)]


def _vocoder(audio: Audio, cents: float, rate_hz: int) -> Audio:
    """A voice at another pitch, in step with itself as it was."""
    if not cents or not len(audio):
        return audio
    return _in_step(_boarded(audio, pedalboard.PitchShift(cents / 100.0), rate_hz), audio, rate_hz)


def _in_step(made: Audio, original: Audio, rate_hz: int) -> Audio:
    """`made` moved by the few milliseconds by which its loudness runs before or after that of `original`."""
    step = max(1, rate_hz // 2000)
    smooth = np.ones(max(1, round(0.012 * rate_hz / step)))

    def outline(audio: Audio) -> colour.Floats:
        power = np.square(audio.astype(float)).sum(axis=1)
        power = np.add.reduceat(power, np.arange(0, len(power), step))
        return np.asarray(np.sqrt(np.convolve(power, smooth, "same")))

    most = round(0.03 * rate_hz / step)
    likeness = signal.correlate(outline(made), outline(original), "full", method="fft")
    middle = len(outline(original)) - 1
    window = likeness[max(0, middle - most) : middle + most + 1]
    lag = (int(window.argmax()) - min(most, middle)) * step
    shifted = np.zeros_like(made)
    if lag >= 0:
        shifted[: len(made) - lag] = made[lag:]
    else:
        shifted[-lag:] = made[:lag]
    return shifted


@dataclass(frozen=True, slots=True)
class _Kind:
    play: Play
    before_s: Reach = lambda _: 0.0
    after_s: Reach = lambda _: 0.0
    rings: bool = False
    """What goes in is heard for `before_s` longer."""


def _settle(_: float) -> float:
    return SETTLE_S


def _grain_ratio(cents: float) -> float:
    return float(2.0 ** (cents / 1200.0))


def _grain_reach(cents: float) -> float:
    return colour.grain_reach_s(_grain_ratio(cents))


KINDS: Mapping[str, _Kind] = {
    "high_pass": _Kind(lambda x, hz, rate, _: high_pass(x, hz, rate), _settle),
    "low_pass": _Kind(lambda x, hz, rate, _: low_pass(x, hz, rate), _settle),
    "low_shelf": _Kind(_shelf(low=True), _settle),
    "presence": _Kind(_presence, _settle),
    "high_shelf": _Kind(_shelf(low=False), _settle),
    "drive": _Kind(_drive),
    "compress": _Kind(_compress, lambda _: 2.0),
    "crush": _Kind(_crush),
    "pitch": _Kind(
        lambda x, cents, rate, start: colour.shifted(x, _grain_ratio(cents), rate, start), _grain_reach, _grain_reach
    ),
    "ring": _Kind(colour.ring),
    "chorus": _Kind(
        lambda x, percent, rate, start: colour.chorus(x, percent / 100.0, rate, start),
        lambda _: colour.CHORUS_BEFORE_S,
        rings=True,
    ),
    "echo": _Kind(
        lambda x, ms, rate, _: colour.echoes(x, ms / 1000.0, _ECHO_DB, rate),
        lambda ms: len(_ECHO_DB) * ms / 1000.0 + 0.001,
        rings=True,
    ),
    "reverb": _Kind(_reverb, lambda s: 1.35 * s + 0.05, rings=True),
    "breath": _Kind(
        lambda x, percent, rate, start: colour.whisper(x, percent / 100.0, rate, start),
        lambda _: colour.WHISPER_FRAME_S,
        lambda _: colour.WHISPER_FRAME_S,
    ),
}
"""How each of `model.treatment.EFFECTS` is played."""


@dataclass(frozen=True, slots=True)
class Chain:
    """A treatment, ready to be played."""

    steps: tuple[Effect, ...]

    @property
    def before_s(self) -> float:
        """Sound that a stretch needs before it for its joins not to be heard."""
        return sum(KINDS[step.name].before_s(step.value) for step in self.steps)

    @property
    def after_s(self) -> float:
        """Sound that a stretch needs after it."""
        return sum(KINDS[step.name].after_s(step.value) for step in self.steps)

    @property
    def rings_s(self) -> float:
        """How long it is heard after its input has ended."""
        return sum(KINDS[step.name].before_s(step.value) for step in self.steps if KINDS[step.name].rings)

    def stretch(self, audio: Audio, rate_hz: int, start: int) -> Audio:
        """A stretch of something longer, treated.

        As many samples; at the ends (`before_s`, `after_s`) they are not final.
        """
        made = audio
        for step in self.steps:
            made = KINDS[step.name].play(made, step.value, rate_hz, start)
        return made

    def whole(self, audio: Audio, rate_hz: int) -> Audio:
        """A voice or sound in one piece, treated, and as loud as it was.

        Longer by what rings on. Words stay where they were.
        """
        if not self.steps or not len(audio):
            return audio
        made = np.concatenate([audio, np.zeros((round(self.rings_s * rate_hz), audio.shape[1]), np.float32)])
        for step in self.steps:
            if step.name == "pitch":
                made = _vocoder(made, step.value, rate_hz)
            else:
                made = KINDS[step.name].play(made, step.value, rate_hz, 0)
        return made * np.float32(_make_up(loudness(audio, rate_hz), loudness(made, rate_hz)))


def _make_up(was_lufs: float, is_lufs: float) -> float:
    """Gain from one loudness to another; 1 where there is nothing to hear."""
    known = np.isfinite(was_lufs) and np.isfinite(is_lufs)
    return float(10.0 ** ((was_lufs - is_lufs) / 20.0)) if known else 1.0


def chain(name: str, own: Mapping[str, tuple[Effect, ...]]) -> Chain:
    """The treatment called `name`: the script's own, else a named one; KeyError for neither."""
    return Chain(own[name] if name in own else NAMED[name])


def stretch_make_up(treatment: Chain, probe: Audio, rate_hz: int) -> float:
    """The gain that makes a bed as loud after `treatment` as before.

    Args:
        probe: a stretch of it, from its beginning, to judge by.
    """
    skip = min(round(treatment.before_s * rate_hz), len(probe) // 2)
    made = treatment.stretch(probe, rate_hz, 0)
    return _make_up(loudness(probe[skip:], rate_hz), loudness(made[skip:], rate_hz))


@lru_cache(maxsize=32)
def scene_make_up(treatment: Chain, rate_hz: int) -> float:
    """The gain that what is no speech gets in a scene heard through `treatment`: it leaves average speech as loud.

    At most +12 dB: what a low-pass takes must not come back as rumble.
    """
    made = treatment.stretch(_probe(rate_hz), rate_hz, 0)
    return min(_make_up(float(DIALOGUE_LUFS), loudness(made, rate_hz)), gain(_MAKE_UP_MOST_DB))


def line_make_up(treatment: Chain, start: int, said: Audio, rate_hz: int) -> float:
    """The gain that leaves a line as loud in a scene heard through `treatment`; at most +12 dB, as there.

    Args:
        start: position of the line's first sample, for what wavers in the treatment.
        said: the line as it is in its scene, shape (n, 2).
    """
    return _line_make_up(_line_through(treatment, start, said, rate_hz), said, rate_hz)


def likeness_of(one: tuple[Chain, int], other: tuple[Chain, int], said: Audio, rate_hz: int) -> float:
    """As `likeness`, of a line: each treatment with the position of the line's first sample in it."""
    if one == other:
        return 1.0
    both = np.zeros_like(said)
    for treatment, start in (one, other):
        made = _line_through(treatment, start, said, rate_hz)
        both += made * np.float32(_line_make_up(made, said, rate_hz) / 2.0)
    as_one = _make_up(loudness(both, rate_hz), loudness(said, rate_hz))
    return float(np.clip(2.0 * as_one * as_one - 1.0, -1.0, 1.0))


def _line_through(treatment: Chain, start: int, said: Audio, rate_hz: int) -> Audio:
    """A line, treated, as far as it is said: what rings on makes no word louder."""
    after = np.zeros((round(treatment.after_s * rate_hz), said.shape[1]), np.float32)
    return treatment.stretch(np.concatenate([said, after]), rate_hz, start)[: len(said)]


def _line_make_up(made: Audio, said: Audio, rate_hz: int) -> float:
    return min(_make_up(loudness(said, rate_hz), loudness(made, rate_hz)), gain(_MAKE_UP_MOST_DB))


@lru_cache(maxsize=64)
def likeness(one: Chain, other: Chain, rate_hz: int) -> float:
    """How far average speech through `one` and through `other` adds up as one: 1 the same, 0 strangers, -1 undone."""
    if one == other:
        return 1.0
    probe = _probe(rate_hz)
    both = sum(
        treatment.stretch(probe, rate_hz, 0) * np.float32(scene_make_up(treatment, rate_hz) / 2.0)
        for treatment in (one, other)
    )
    power = 10.0 ** ((loudness(np.asarray(both, np.float32), rate_hz) - float(DIALOGUE_LUFS)) / 10.0)
    return float(np.clip(2.0 * power - 1.0, -1.0, 1.0))


@lru_cache(maxsize=4)
def _probe(rate_hz: int) -> Audio:
    """A voice as a scene has it, shape (n, 2): in the middle, each channel 3 dB under what a compressor would know."""
    return np.repeat(speech_noise(6.0, rate_hz), 2, axis=1) * np.float32(np.sqrt(0.5))
