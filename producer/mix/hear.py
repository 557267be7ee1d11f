"""What stands between the listener and a scene: `hear: muffled` and its like, on everything of the scene at once."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from producer.audio import Audio
from producer.dsp.envelopes import along, amplitude
from producer.frozen import dataclass
from producer.mix.treatments import Chain, likeness, scene_make_up
from producer.model.timeline import HearSpan

Share = np.ndarray[tuple[int], np.dtype[np.float32]]
DRY = Chain(())
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


def through(ears: Sequence[Ear], read: Read, start: int, stop: int, rate_hz: int) -> Audio:
    """Samples [start, stop) of a scene as its `hear`s let them through, shape (stop - start, 2).

    Dry and treated cross in a straight line, lifted by what the two lack of being alike: so a voice is as loud through
    a treatment as without (see `scene_make_up`), and all the way there. Each `hear`'s level goes with its share.
    """
    dry = read(start, stop)
    rest = np.ones(stop - start, np.float32)
    made = np.zeros_like(dry)
    shares: list[tuple[Chain, Share]] = []
    for ear in ears:
        share = ear.share(start, stop, rate_hz)
        if share is None:
            continue
        rest -= share
        shares.append((ear.treatment, share))
        heard = np.flatnonzero(share)
        low, high = int(heard[0]), int(heard[-1]) + 1  # where nothing of it is heard nothing is treated
        level = np.asarray(amplitude(along(ear.hear.level, start + low, start + high, rate_hz)), np.float32)
        treated = _treated(ear, dry[low:high], read, start + low, start + high, rate_hz)
        made[low:high] += treated * (share[low:high] * level)[:, None]
    rest = np.maximum(rest, np.float32(0.0))
    made += dry * rest[:, None]
    return made * _lift([*shares, (DRY, rest)], rate_hz)[:, None]


def _lift(shares: Sequence[tuple[Chain, Share]], rate_hz: int) -> Share:
    """What keeps the power of a voice while shares of it cross, shape (n,): 1 where there is only one."""
    power = np.zeros(len(shares[0][1]), np.float32)
    for number, (one, share) in enumerate(shares):
        power += share * share
        for other, its in shares[:number]:
            crossing = share * its
            if crossing.any():
                power += np.float32(2.0 * likeness(one, other, rate_hz)) * crossing
    return np.asarray(1.0 / np.sqrt(np.maximum(power, np.float32(0.25))), np.float32)


def _treated(ear: Ear, dry: Audio, read: Read, start: int, stop: int, rate_hz: int) -> Audio:
    if not ear.treatment.steps:
        return dry
    before, after = ear.before(rate_hz), ear.after(rate_hz)
    made = ear.treatment.stretch(read(start - before, stop + after), rate_hz, start - before - ear.hear.span.start)
    return made[before : before + stop - start] * np.float32(scene_make_up(ear.treatment, rate_hz))
