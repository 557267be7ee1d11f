"""K-weighting, which makes a mean square a loudness: ITU-R BS.1770-5, annex 1, for blocks of any size and any rate."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from producer.later import signal

Floats = NDArray[np.float64]

CHANNEL_WEIGHT = np.array([1.0, 1.0, 1.0, 1.41, 1.41])
"""L, R, C, Ls, Rs (BS.1770-5 annex 1, table 3); mono is one channel of weight 1."""
_BLOCK = 64


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


class _Blocks:
    """The K-weighting filter for blocks of `_BLOCK` samples: what it makes of a block is a product of matrices.

    A recursive filter waits for itself at every sample. Here it does so once a block: its state is taken apart into the
    filter's modes, each of which only decays, and every sample of a block is a sum of the block's and the modes.
    """

    def __init__(self, rate_hz: int) -> None:
        transition, into, out, direct = signal.tf2ss(*signal.sos2tf(k_weighting(rate_hz)))
        poles, ways = np.linalg.eig(transition)
        into, out = (np.linalg.inv(ways) @ into)[:, 0], (out @ ways)[0]
        kept = poles.imag > 0.0  # the others are their mirror images: a real part counts twice
        if 2 * kept.sum() != len(poles):
            raise ValueError(f"no K-weighting for {rate_hz} Hz")
        self.poles, into, out = poles[kept], into[kept], 2.0 * out[kept]
        at = np.arange(_BLOCK)
        decay = self.poles ** at[:, None]
        answer = np.concatenate([direct[0], ((decay * into) @ out).real[:-1]])
        whole = np.zeros((_BLOCK, _BLOCK))
        for number in range(_BLOCK):
            whole[number, number:] = answer[: _BLOCK - number]
        self.answer = whole.astype(np.float32)
        fed = decay[::-1] * into
        self.fed = np.concatenate([fed.real, fed.imag], axis=1).astype(np.float32)
        self.heard = np.concatenate([(decay * out).real, -(decay * out).imag], axis=1).T.astype(np.float32)
        self.block_poles = self.poles**_BLOCK


_blocks = lru_cache(maxsize=8)(_Blocks)


class KWeighted:
    """The K-weighting of audio that comes in blocks of any size."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        if not 1 <= channels <= len(CHANNEL_WEIGHT):
            raise ValueError(f"the meter knows 1 to 5 channels, not {channels}")
        self._filter = _blocks(rate_hz)
        self._state = np.zeros((channels, len(self._filter.poles)), np.complex128)
        self._weight = np.sqrt(CHANNEL_WEIGHT[:channels, None]).astype(np.float32)

    def __call__(self, block: NDArray[np.floating]) -> NDArray[np.float32]:
        """The next samples, shape (n, channels): weighted, shape (channels, n), so that squares need no weights."""
        rows = np.ascontiguousarray(block.T, np.float32)
        if not (rows.any() or self._state.any()):
            return np.zeros(rows.shape, np.float32)
        made = np.empty_like(rows)
        whole = rows.shape[1] // _BLOCK * _BLOCK
        if whole:
            made[:, :whole] = self._whole_blocks(rows[:, :whole])
        if whole < rows.shape[1]:
            made[:, whole:] = self._rest(rows[:, whole:])
        return made * self._weight if self._weight.min() != self._weight.max() else made

    def _whole_blocks(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        kit, modes = self._filter, len(self._filter.poles)
        blocks = rows.reshape(-1, _BLOCK)
        fed = (blocks @ kit.fed).astype(np.float64).reshape(len(rows), -1, 2 * modes)
        states = np.empty((len(rows), fed.shape[1] + 1, modes), np.complex128)
        states[:, 0] = self._state
        for mode, pole in enumerate(kit.block_poles):
            came = fed[:, :, mode] + 1j * fed[:, :, modes + mode]
            states[:, 1:, mode], _ = signal.lfilter(
                [1.0], [1.0, -pole], came, axis=1, zi=pole * self._state[:, mode : mode + 1]
            )
        self._state = states[:, -1].copy()
        before = states[:, :-1].reshape(-1, modes)
        made = blocks @ kit.answer
        made += np.concatenate([before.real, before.imag], axis=1).astype(np.float32) @ kit.heard
        return np.asarray(made.reshape(len(rows), -1))

    def _rest(self, rows: NDArray[np.float32]) -> NDArray[np.float32]:
        """What is less than a block."""
        kit, count, modes = self._filter, rows.shape[1], len(self._filter.poles)
        state = np.concatenate([self._state.real, self._state.imag], axis=1).astype(np.float32)
        made = rows @ kit.answer[:count, :count] + state @ kit.heard[:, :count]
        fed = (rows @ kit.fed[-count:]).astype(np.float64)
        self._state = self._state * kit.poles**count + fed[:, :modes] + 1j * fed[:, modes:]
        return np.asarray(made)
