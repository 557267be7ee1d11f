"""What stands between the listener and a scene: `hear: muffled` and its like, on everything of the scene at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from producer.audio import Audio
from producer.dsp.envelopes import along, amplitude
from producer.frozen import dataclass
from producer.mix.treatments import Chain, likeness, likeness_of, line_make_up, scene_make_up
from producer.model.timeline import HearSpan

Share = np.ndarray[tuple[int], np.dtype[np.float32]]
_DRY = Chain(())
Read = Callable[[int, int], Audio]
"""Timeline samples [start, stop) of what is to be heard through something, shape (stop - start, 2)."""


@dataclass(frozen=True, slots=True)
class Ear:
    """One `hear` of a scene, ready to be played."""

    treatment: Chain
    hear: HearSpan

    def before(self, rate_hz: int) -> int:
        """Samples that a stretch needs before it."""
        return round(self.treatment.before_s * rate_hz)

    def after(self, rate_hz: int) -> int:
        """Samples that a stretch needs after it."""
        return round(self.treatment.after_s * rate_hz)

    def reach(self, rate_hz: int) -> int:
        """Samples that a stretch needs around it."""
        return max(self.before(rate_hz), self.after(rate_hz))

    def active(self, start: int, stop: int) -> bool:
        """Whether any of it is heard in [start, stop)."""
        at, values = zip(*self.hear.amount.points, strict=True)
        edges = np.interp((start, stop - 1), at, values)
        return bool(edges.any()) or any(value for sample, value in self.hear.amount.points if start <= sample < stop)

    def share(self, start: int, stop: int, rate_hz: int) -> Share | None:
        """How much of it is heard, shape (stop - start,), or None where nothing is.

        The amount is held beyond the hear's own ends: a scene that ends muffled fades out muffled.
        """
        amount = along(self.hear.amount, start, stop, rate_hz)
        if not np.any(amount):
            return None
        return np.broadcast_to(np.asarray(amount, np.float32), (stop - start,))


class AsLoud(Protocol):
    """What keeps something as loud through a `hear` as it was."""

    def make_up(self, ear: Ear) -> float:
        """The gain that leaves it as loud."""
        ...

    def likeness(self, one: Ear | None, other: Ear | None) -> float:
        """How far it adds up as one through two of them, -1 … 1; None is without any."""
        ...


@dataclass(frozen=True, slots=True)
class AverageSpeech:
    """What average speech needs, for beds, music and sounds, which so keep their balance."""

    rate_hz: int

    def make_up(self, ear: Ear) -> float:
        return scene_make_up(ear.treatment, self.rate_hz)

    def likeness(self, one: Ear | None, other: Ear | None) -> float:
        return likeness(_chain(one), _chain(other), self.rate_hz)


@dataclass(frozen=True, slots=True)
class OneLine:
    """What a line itself needs: voices are unlike each other, and a low-pass takes more from one than from another."""

    said: Callable[[], Audio]
    """The line as it is in its scene, from its beginning, shape (n, 2)."""
    start: int
    """Where it begins."""
    rate_hz: int
    known: dict[object, float]
    """What was found out before, whatever its times were counted from."""

    def make_up(self, ear: Ear) -> float:
        key = self._key(ear)
        if key not in self.known:
            self.known[key] = line_make_up(*key, self.said(), self.rate_hz)
        return self.known[key]

    def likeness(self, one: Ear | None, other: Ear | None) -> float:
        key = self._key(one), self._key(other)
        if key not in self.known:
            self.known[key] = likeness_of(*key, self.said(), self.rate_hz)
        return self.known[key]

    def _key(self, ear: Ear | None) -> tuple[Chain, int]:
        """The treatment, and its own sample at which the line begins: what wavers in it counts from its `hear`."""
        return (_DRY, 0) if ear is None else (ear.treatment, self.start - ear.hear.span.start)


def _chain(ear: Ear | None) -> Chain:
    return _DRY if ear is None else ear.treatment


def through(ears: Sequence[Ear], read: Read, start: int, stop: int, rate_hz: int, loud: AsLoud) -> Audio:
    """Samples [start, stop) of a scene as its `hear`s let them through, shape (stop - start, 2).

    Dry and treated cross in a straight line, lifted by what the two lack of being alike: so what is heard is as loud
    through a treatment as without, as `loud` knows it, and all the way there. Each `hear`'s level goes with its share.
    """
    dry = read(start, stop)
    rest = np.ones(stop - start, np.float32)
    made = np.zeros_like(dry)
    shares: list[tuple[Ear | None, Share]] = []
    for ear in ears:
        share = ear.share(start, stop, rate_hz)
        if share is None:
            continue
        rest -= share
        shares.append((ear, share))
        heard = np.flatnonzero(share)
        low, high = int(heard[0]), int(heard[-1]) + 1  # where nothing of it is heard nothing is treated
        level = np.asarray(amplitude(along(ear.hear.level, start + low, start + high, rate_hz)), np.float32)
        treated = _treated(ear, dry[low:high], read, start + low, start + high, rate_hz, loud)
        made[low:high] += treated * (share[low:high] * level)[:, None]
    rest = np.maximum(rest, np.float32(0.0))
    made += dry * rest[:, None]
    return made * _lift([*shares, (None, rest)], loud)[:, None]


def _lift(shares: Sequence[tuple[Ear | None, Share]], loud: AsLoud) -> Share:
    """What keeps the power while shares of it cross, shape (n,): 1 where there is only one."""
    power = np.zeros(len(shares[0][1]), np.float32)
    for number, (one, share) in enumerate(shares):
        power += share * share
        for other, its in shares[:number]:
            crossing = share * its
            if crossing.any():
                power += np.float32(2.0 * loud.likeness(one, other)) * crossing
    return np.asarray(1.0 / np.sqrt(np.maximum(power, np.float32(0.25))), np.float32)


def _treated(ear: Ear, dry: Audio, read: Read, start: int, stop: int, rate_hz: int, loud: AsLoud) -> Audio:
    if not ear.treatment.steps:
        return dry
    before, after = ear.before(rate_hz), ear.after(rate_hz)
    made = ear.treatment.stretch(read(start - before, stop + after), rate_hz, start - before - ear.hear.span.start)
    return made[before : before + stop - start] * np.float32(loud.make_up(ear))
