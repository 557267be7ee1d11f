"""K-weighting, which makes a mean square a loudness: ITU-R BS.1770-5, annex 1, for blocks of any size and any rate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.audio import is_heard
from producer.frozen import dataclass
from producer.later import signal

Floats = NDArray[np.float64]

CHANNEL_WEIGHT = np.array([1.0, 1.0, 1.0, 1.41, 1.41])
"""L, R, C, Ls, Rs (BS.1770-5 annex 1, table 3); mono is one channel of weight 1."""
_WIDTH = 32
"""Samples of a block, all channels together."""
_GROUPS = (8, 32)
"""How many blocks make a group, and how many groups one of the next size."""
SMOOTH_SAMPLES = 4096
"""Stretches of a multiple of this many samples have nothing left over that is worked on one by one."""


def k_weighting(rate_hz: int) -> Floats:
    """The K-weighting filter as second-order sections, shape (2, 6), for any rate.

    Source: BS.1770-5 annex 1, with the analogue prototype's constants so that other rates answer as 48 kHz does.
    """
    f0, gain_db, q = 1681.974450955533, 3.999843853973347, 0.7071752369554196
    k = np.tan(np.pi * f0 / rate_hz)
    high = 10.0 ** (gain_db / 20.0)
    band = high**0.4996667741545416
    d = 1.0 + k / q + k * k
    shelf = [(high + band * k / q + k * k) / d, 2.0 * (k * k - high) / d, (high - band * k / q + k * k) / d]
    shelf += [1.0, 2.0 * (k * k - 1.0) / d, (1.0 - k / q + k * k) / d]
    f0, q = 38.13547087602444, 0.5003270373238773
    k = np.tan(np.pi * f0 / rate_hz)
    d = 1.0 + k / q + k * k
    return np.array([shelf, [1.0, -2.0, 1.0, 1.0, 2.0 * (k * k - 1.0) / d, (1.0 - k / q + k * k) / d]])


class _Filter:
    """The K-weighting filter as products of matrices, for interleaved channels.

    A recursive filter waits for itself at every sample. Here its state is taken apart into modes, each of which only
    decays: what it makes of a block of samples is a sum of the block's and of the modes before it, and how the modes
    come from block to block is found out the same way, a group of blocks at a time, and a group of groups. Vectors are
    rows; a state is the real parts of the modes and then the imaginary ones, each of them channel by channel.
    """

    def __init__(self, rate_hz: int, channels: int) -> None:
        transition, into, out, direct = signal.tf2ss(*signal.sos2tf(k_weighting(rate_hz)))
        poles, ways = np.linalg.eig(transition)
        into, out = (np.linalg.inv(ways) @ into)[:, 0], (out @ ways)[0]
        kept = poles.imag > 0.0  # the others are their mirror images: a real part counts twice
        if 2 * kept.sum() != len(poles):
            raise ValueError(f"no K-weighting for {rate_hz} Hz")
        self._poles, into, out = poles[kept], into[kept], 2.0 * out[kept]
        self.channels, self.block = channels, max(1, _WIDTH // channels)
        self.state = 2 * len(self._poles) * channels
        decay = self._poles ** np.arange(self.block)[:, None]
        answer = np.concatenate([direct[0], ((decay * into) @ out).real[:-1]])
        whole = np.zeros((self.block, self.block))
        for number in range(self.block):
            whole[number, number:] = answer[: self.block - number]
        fed, heard = decay[::-1] * into, decay * out
        weighed = np.diag(np.sqrt(CHANNEL_WEIGHT[:channels]))
        self.answer = np.kron(whole, weighed).astype(np.float32)
        self.heard = np.kron(np.concatenate([heard.real, -heard.imag], axis=1).T, weighed).astype(np.float32)
        self.fed = self._each(np.concatenate([fed.real, fed.imag], axis=1)).astype(np.float32)
        self._levels = []
        samples = self.block
        for size in _GROUPS:
            self._levels.append(self._level(samples, size))
            samples *= size
        self._last = self.step(samples)

    def _each(self, matrix: Floats) -> Floats:
        """The same for every channel."""
        return np.asarray(np.kron(matrix, np.eye(self.channels)), float)

    def step(self, samples: int) -> Floats:
        """What becomes of a state after so many samples of silence: shape (state, state)."""
        turn = self._poles**samples
        real, imag = np.diag(turn.real), np.diag(turn.imag)
        return self._each(np.block([[real, imag], [-imag, real]]))

    def _level(self, samples: int, size: int) -> _Level:
        """A group of `size` steps of `samples` each."""
        steps = [self.step(samples * count) for count in range(size + 1)]
        none = np.zeros_like(steps[0])
        within = [[none if to <= of else steps[to - of - 1] for to in range(size + 1)] for of in range(size)]
        return _Level(
            size=size,
            step=steps[1],
            within=np.block(within).astype(np.float32),
            before=np.concatenate(steps[:-1], axis=1).astype(np.float32),
        )

    def states(self, came: NDArray[np.float32], state: Floats, level: int = 0) -> tuple[NDArray[np.float32], Floats]:
        """The state before each step, shape as `came`, and after the last.

        Args:
            came: what each step adds to the state, shape (steps, state).
            state: before the first.
        """
        made = np.empty_like(came)
        one, grouped = self._last, 0
        if level < len(self._levels):
            group = self._levels[level]
            one, grouped = group.step, len(came) // group.size * group.size
            width = group.size * self.state
            found = came[:grouped].reshape(-1, width) @ group.within
            tops, state = self.states(found[:, width:], state, level + 1)
            found[:, :width] += tops @ group.before
            made[:grouped] = found[:, :width].reshape(-1, self.state)
        for number in range(grouped, len(came)):
            made[number] = state
            state = state @ one + came[number]
        return made, state


@dataclass(frozen=True, slots=True)
class _Level:
    """What takes a group of steps at once."""

    size: int
    step: Floats
    """One step, shape (state, state)."""
    within: NDArray[np.float32]
    """From what each step adds to the state before each of them, and to that after the last."""
    before: NDArray[np.float32]
    """From the state before the group to that before each step."""


_filter = lru_cache(maxsize=8)(_Filter)


class KWeighted:
    """The K-weighting of audio that comes in blocks of any size."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        if not 1 <= channels <= len(CHANNEL_WEIGHT):
            raise ValueError(f"the meter knows 1 to 5 channels, not {channels}")
        self._filter = _filter(rate_hz, channels)
        self._state: Floats = np.zeros(self._filter.state)

    def __call__(self, block: NDArray[np.floating]) -> NDArray[np.float32]:
        """The next samples, shape (n, channels): weighted, channels as well, so that squares need no weights."""
        flat = np.ascontiguousarray(block, np.float32).reshape(-1)
        if not (is_heard(flat) or self._state.any()):
            return np.zeros(block.shape, np.float32)
        kit = self._filter
        made = np.empty_like(flat)
        wide = kit.block * kit.channels
        whole = len(flat) // wide * wide
        blocks, out = flat[:whole].reshape(-1, wide), made[:whole].reshape(-1, wide)
        np.matmul(blocks, kit.answer, out=out)
        states, self._state = kit.states(blocks @ kit.fed, self._state)
        out += states @ kit.heard
        if whole < len(flat):
            made[whole:] = self._rest(flat[whole:])
        return made.reshape(block.shape)

    def _rest(self, flat: NDArray[np.float32]) -> NDArray[np.float32]:
        """What is less than a block."""
        kit, count = self._filter, len(flat)
        made = flat @ kit.answer[:count, :count] + self._state.astype(np.float32) @ kit.heard[:, :count]
        self._state = self._state @ kit.step(count // kit.channels) + flat @ kit.fed[-count:]
        return np.asarray(made)
