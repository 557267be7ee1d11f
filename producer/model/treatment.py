"""The named voice and sound colours, and the steps they are built from.

A treatment is a chain of effects, each a name and one number in that effect's unit.
`producer.mix.treatments` plays them.
"""

from __future__ import annotations

from collections.abc import Mapping

from producer.frozen import dataclass
from producer.model.script import Effect


@dataclass(frozen=True, slots=True)
class EffectKind:
    """One step that a treatment may have: the unit of its number and what is safe."""

    unit: str
    low: float
    high: float
    does: str


EFFECTS: Mapping[str, EffectKind] = {
    "high_pass": EffectKind("Hz", 20, 12000, "takes away what is lower, 12 dB an octave"),
    "low_pass": EffectKind("Hz", 60, 20000, "takes away what is higher, 12 dB an octave"),
    "low_shelf": EffectKind("dB", -24, 24, "lifts or lowers what is under 250 Hz"),
    "presence": EffectKind("dB", -24, 24, "lifts or lowers a broad band around 3 kHz"),
    "high_shelf": EffectKind("dB", -24, 24, "lifts or lowers what is over 6 kHz"),
    "drive": EffectKind("dB", 0, 40, "pushes into soft saturation, level kept"),
    "compress": EffectKind("dB", 0, 30, "evens out: how far peaks are held down"),
    "crush": EffectKind("bit", 4, 16, "fewer steps of level, as in old digital lines"),
    "pitch": EffectKind("cents", -2400, 2400, "higher or lower, length kept"),
    "ring": EffectKind("Hz", 10, 1000, "multiplies by a tone: robot, intercom from hell"),
    "chorus": EffectKind("%", 0, 100, "doubles that drift"),
    "echo": EffectKind("ms", 10, 1000, "one repeat, 8 dB down, with a fainter one after it"),
    "reverb": EffectKind("s", 0.1, 12, "a hall of that decay in the colour itself"),
    "breath": EffectKind("%", 0, 100, "turns voiced sound into whispered sound of the same shape"),
}


def _chain(**steps: float) -> tuple[Effect, ...]:
    return tuple(Effect(name, value) for name, value in steps.items())


NAMED: Mapping[str, tuple[Effect, ...]] = {
    "none": (),
    "warm": _chain(high_pass=70, low_shelf=2.5, presence=1.0, high_shelf=-2.5, compress=6),
    "close": _chain(low_shelf=4, high_shelf=3, compress=10),
    "thought": _chain(high_pass=120, high_shelf=-4, chorus=25, echo=70, reverb=1.8),
    "whisper": _chain(high_pass=250, breath=85, high_shelf=4, compress=8),
    "telephone": _chain(drive=10, compress=12, high_pass=320, low_pass=3300),
    "radio": _chain(drive=18, crush=10, compress=14, high_pass=380, low_pass=4200),
    "tannoy": _chain(drive=14, high_pass=500, low_pass=3800, echo=190, reverb=2.2),
    "muffled": _chain(low_pass=700, low_shelf=2),
    "through_wall": _chain(low_pass=380, high_pass=60),
    "underwater": _chain(low_pass=480, chorus=60, low_shelf=4),
    "monster": _chain(pitch=-650, drive=9, low_shelf=6, chorus=30),
    "huge": _chain(pitch=-380, low_shelf=5, reverb=1.6),
    "robot": _chain(ring=58, crush=9, high_pass=180, presence=4),
    "memory": _chain(high_pass=220, low_pass=5200, chorus=20, reverb=2.8),
}
