"""A throat: cords that open and shut, turbulence where air is squeezed, and a tube of resonances that moves.

Source and filter after Fant, Acoustic Theory of Speech Production (1960). The tube is a cascade of resonators and of
anti-resonators, for the branch of the nose (Klatt, J. Acoust. Soc. Am. 67, 1980); it rings on after each pulse as a
throat does and never before it. Its shape is set anew every 5 ms.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from producer.foley.bench import BENCH_HZ, Wave, clock
from producer.foley.contact import hits, slips, smooth
from producer.frozen import dataclass
from producer.later import signal

BLOCK = 256
"""Samples that share one shape of the tube: 5 ms, less than any muscle of the mouth needs."""
_LOUDNESS_OF_FLOW = 1.66  # Gavriely and Cugell, J. Appl. Physiol. 80, 1996: amplitude of breath sounds over flow


@dataclass(frozen=True, slots=True)
class Tube:
    """Resonances and what they are measured against, over time: each field has shape (resonances, blocks).

    A resonance is a pair of poles over a pair of zeros. Where nothing branches off, the zeros are those of the same
    tube at rest with ends that swallow everything, whose spectrum is flat: so the formants that do not move need not
    be computed, and no air is dull for want of them.
    """

    poles_hz: Wave
    widths_hz: Wave
    zeros_hz: Wave
    zero_widths_hz: Wave


def block_times(n: int) -> Wave:
    """The middle of each block of a sound of `n` samples, seconds, shape (blocks,); none is later than its end."""
    middles = np.arange(max(1, -(-n // BLOCK))) + 0.5
    return np.asarray(np.minimum(middles * (BLOCK / BENCH_HZ), n / BENCH_HZ), float)


def tube(
    times_s: Wave,
    poles_hz: Sequence[ArrayLike],
    widths_hz: Sequence[ArrayLike],
    apart_hz: float,
    branches_hz: Sequence[tuple[ArrayLike, ArrayLike]] = (),
) -> Tube:
    """A tube from one value or one curve, shape (blocks,), for each resonance.

    Args:
        times_s: of the blocks.
        poles_hz, widths_hz: of its formants, lowest first, and then one for each branch.
        apart_hz: how far the formants would lie apart if the tube were even: the speed of sound over twice its length.
        branches_hz: frequency and width of what each side branch takes away.
    """
    own = len(poles_hz) - len(branches_hz)
    rest = [(apart_hz * (number + 0.5), 1.05 * apart_hz) for number in range(own)]
    zeros = [*rest, *branches_hz]

    def rows(values: Sequence[ArrayLike]) -> Wave:
        return np.array([np.broadcast_to(np.asarray(value, float), times_s.shape) for value in values])

    return Tube(
        rows(poles_hz), rows(widths_hz), rows([centre for centre, _ in zeros]), rows([wide for _, wide in zeros])
    )


def path(times_s: Wave, knots_s: ArrayLike, targets: ArrayLike) -> Wave:
    """From target to target as muscles go: at rest on each, swiftest half-way, shape as `times_s`."""
    at, values = np.asarray(knots_s, float), np.asarray(targets, float)
    left = np.clip(np.searchsorted(at, times_s, side="right") - 1, 0, len(at) - 2)
    share = np.clip((times_s - at[left]) / np.maximum(at[left + 1] - at[left], 1e-9), 0.0, 1.0)
    return np.asarray(values[left] + (values[left + 1] - values[left]) * share * share * (3.0 - 2.0 * share), float)


def through(wave: Wave, shape: Tube) -> Wave:
    """`wave`, shape (n,), through a tube that moves; every resonance passes the lowest frequencies unchanged."""
    poles = _quadratic(shape.poles_hz, shape.widths_hz)
    zeros = _quadratic(shape.zeros_hz, shape.zero_widths_hz)
    zeros *= poles.sum(axis=0) / zeros.sum(axis=0)
    sections = np.concatenate([zeros, poles]).transpose(2, 1, 0).copy()
    if not np.ptp(sections, axis=0).any():
        return np.asarray(signal.sosfilt(sections[0], wave), float)
    state = np.zeros((sections.shape[1], 2))
    out = np.empty(len(wave))
    for block in range(-(-len(wave) // BLOCK)):
        part = slice(block * BLOCK, (block + 1) * BLOCK)
        out[part], state = signal.sosfilt(sections[block], wave[part], zi=state)
    return out


def _quadratic(centres_hz: Wave, widths_hz: Wave) -> Wave:
    """1 - 2 r cos θ z⁻¹ + r² z⁻², shape (3, resonances, blocks)."""
    radius = np.exp(-np.pi * widths_hz / BENCH_HZ)
    angle = 2.0 * np.pi * np.minimum(centres_hz, 0.45 * BENCH_HZ) / BENCH_HZ
    return np.stack([np.ones_like(radius), -2.0 * radius * np.cos(angle), radius * radius])


def turbulence(flow: Wave, area: Wave | float) -> Wave:
    """How loud the jet behind a constriction is, for a flow and an area relative to their usual, shape as `flow`."""
    return np.asarray(np.maximum(flow, 0.0) ** _LOUDNESS_OF_FLOW / np.maximum(area, 0.02), float)


@dataclass(frozen=True, slots=True)
class Pulses:
    """Moments at which cords clap shut, and how hard; shape (pulses,) each."""

    at_s: Wave
    levels: Wave

    def flow(self, n: int, open_s: float, edge_hz: float) -> Wave:
        """The slope of the air's flow, shape (n,): rising slowly, cut off at once, nothing while shut.

        A pulse of Rosenberg's form C (J. Acoust. Soc. Am. 49, 1971); `edge_hz` rounds its closing: pressed cords close
        sharply, slack ones do not.
        """
        up, down = round(0.62 * open_s * BENCH_HZ), max(round(0.38 * open_s * BENCH_HZ), 2)
        rise = np.sin(np.pi * np.arange(up) / up) / up
        fall = -np.sin(0.5 * np.pi * np.arange(1, down + 1) / down) / down
        slope = np.concatenate([rise / rise.sum(), fall / -fall.sum()])
        # The clap is what is timed; what leads up to it comes before.
        struck = np.zeros(n + len(slope))
        struck[: n + 1] = hits(n + 1, self.at_s, self.levels)
        made = signal.oaconvolve(struck[None], slope[None], axes=1)[0, len(slope) - 1 :][:n]
        return smooth(made, edge_hz) * len(slope)

    def gate(self, n: int, lasts_s: float) -> Wave:
        """How far the cords stand open, about 0 … 1, shape (n,): each clap lets a puff of air go with it."""
        return np.asarray(smooth(smooth(hits(n, self.at_s, self.levels), 0.5 / lasts_s), 1.0 / lasts_s), float) * (
            0.9 * lasts_s * BENCH_HZ
        )


def cords(
    pitch_hz: Wave, stray: float, chance: np.random.Generator, second: float = 1.0, shimmer: float = 0.0
) -> Pulses:
    """The claps of cords at a pitch over time.

    Args:
        pitch_hz: shape (n,).
        stray: jitter, the spread of each moment in periods.
        chance: whose cords.
        second: the level of every second clap: below 1, an octave opens below. Cords slip out of step now and then.
        shimmer: the spread of the claps' levels.
    """
    times = slips(chance, pitch_hz, stray)
    missed = np.cumsum(chance.random(len(times)) < 0.07)
    weak = (np.arange(len(times)) + missed) % 2 == 1
    levels = np.where(weak, second, 1.0) * np.exp(shimmer * chance.standard_normal(len(times)) - shimmer**2)
    return Pulses(times, np.clip(levels, 0.0, 1.6))


def curve(values: Wave, n: int) -> Wave:
    """One value per block, shape (blocks,), as a line through every sample, shape (n,)."""
    return np.asarray(np.interp(clock(n), block_times(n), values), float)
