"""Loudness as ITU-R BS.1770-5 and EBU Tech 3341/3342 define it, fed in blocks of any size.

Conventions: audio is shape (samples, channels), full scale 1; powers are mean squares after K-weighting, summed over
channels with the standard's weights; loudness is in LUFS, ranges in LU, peaks in dBTP. Silence is -inf, never NaN.
"""

from __future__ import annotations

from math import lcm

import numpy as np
from numpy.typing import NDArray

from producer.dsp.grid import hop_samples
from producer.dsp.k_weighting import CHANNEL_WEIGHT, SMOOTH_SAMPLES, KWeighted, k_weighting
from producer.dsp.true_peak import TruePeakMeter, in_db
from producer.frozen import dataclass
from producer.later import signal

Floats = NDArray[np.float64]

OFFSET = -0.691  # BS.1770-5 annex 1, equation 2
ABSOLUTE_GATE_LUFS = -70.0
RELATIVE_GATE_LU = -10.0
RANGE_GATE_LU = -20.0  # Tech 3342 section 3
_SHORT = 400  # windows of so many hops are summed up one by one
_HOPS, _PERIODS = 1 << 14, 1 << 8  # what is worked on at a time
HOP_S = 0.01  # Tech 3341 case 13 cannot be met with a hop of 100 ms


def lufs(power: Floats | float) -> Floats:
    """Loudness of channel-summed K-weighted mean squares; -inf where there is nothing."""
    with np.errstate(divide="ignore"):
        return np.asarray(OFFSET + 10.0 * np.log10(np.asarray(power, float)))


_STRETCH = 1 << 15  # samples that are worked on at once, so that what is made of them fits into the cache


class PowerMeter:
    """Turns audio, in blocks of any size, into K-weighted power per hop of 10 ms."""

    def __init__(self, rate_hz: int, channels: int, hop_s: float = HOP_S) -> None:
        self.hop = round(rate_hz * hop_s)
        self.seconds_per_hop = self.hop / rate_hz
        self._weighted = KWeighted(rate_hz, channels)
        self._rest = np.zeros((0, channels), np.float32)
        self._powers: list[Floats] = []

    def push(self, block: NDArray[np.floating]) -> None:
        """Take the next samples, shape (n, channels)."""
        for at in range(0, len(block), _STRETCH):
            weighted = self._weighted(block[at : at + _STRETCH])
            missing = -len(self._rest) % self.hop
            if missing:
                self._rest = np.concatenate([self._rest, weighted[:missing]])
                weighted = weighted[missing:]
                if len(self._rest) < self.hop:
                    continue
                self._powers.append(_means(self._rest, self.hop))
            whole = len(weighted) // self.hop * self.hop
            if whole:
                self._powers.append(_means(weighted[:whole], self.hop))
            self._rest = weighted[whole:].copy()  # a view would keep the whole block alive

    def powers(self) -> Floats:
        """Mean weighted square of each whole hop so far, shape (hops,)."""
        if len(self._powers) > 1:
            self._powers = [np.concatenate(self._powers)]
        return self._powers[0] if self._powers else np.zeros(0)


def _means(weighted: NDArray[np.float32], hop: int) -> Floats:
    """Mean squares of whole hops, summed over channels."""
    hops = weighted.reshape(-1, hop * weighted.shape[1]).astype(float)
    return np.asarray(np.vecdot(hops, hops) / hop)


def grid_powers(before: NDArray[np.floating], audio: NDArray[np.floating], rate_hz: int) -> Floats:
    """K-weighted mean squares of each hop of `grid.hop_samples`, shape (hops,); what is no whole hop counts as one.

    Args:
        before: what comes before `audio`, shape (m, channels): the filter runs in on it. From 0.1 s on, the same comes
            out as if it had heard all that was before.
    """
    weighted = KWeighted(rate_hz, audio.shape[1])
    for at in range(0, len(before), _STRETCH):
        weighted(before[at : at + _STRETCH])
    hop = hop_samples(rate_hz)
    stretch = _STRETCH // lcm(hop, SMOOTH_SAMPLES) * lcm(hop, SMOOTH_SAMPLES)
    made = [np.zeros(0)]
    for at in range(0, len(audio), stretch):
        part = weighted(audio[at : at + stretch])
        whole = len(part) // hop * hop
        made.append(_means(part[:whole], hop))
        if whole < len(part):
            made.append(_means(part[whole:], len(part) - whole))
    return np.concatenate(made)


def even_hops(fine: Floats, samples: int, rate_hz: int) -> tuple[Floats, float]:
    """Powers of hops of 10 ms, as `PowerMeter` has them, from those of `grid_powers`.

    A hop has of each finer one that it meets as much as lies within it; a sum over no more than a few, so that nothing
    of a loud passage is left in a quiet one.

    Args:
        fine: of a whole programme of `samples`.

    Returns:
        Shape (whole hops,), and the seconds of a hop.
    """
    hop, finer = round(rate_hz * HOP_S), hop_samples(rate_hz)
    hops, again = samples // hop, lcm(hop, finer)  # after so many samples both begin anew
    starts, each = np.arange(0, again, hop), again // finer
    periods = -(-hops * hop // again)
    padded = np.zeros(periods * each + 2, fine.dtype)
    padded[: len(fine)] = fine[: len(padded)]
    made = np.zeros((periods, len(starts)))
    rows = np.lib.stride_tricks.sliding_window_view(padded, each + 2)[::each] if periods else padded[:0, None]
    for step in range(hop // finer + 2):
        index = starts // finer + step
        inside = np.minimum((index + 1) * finer, starts + hop) - np.maximum(index * finer, starts)
        met = inside > 0
        for low in range(0, periods, _PERIODS):
            some = slice(low, low + _PERIODS)
            made[some, met] += rows[some, index[met]] * (inside[met] / hop)
    return made.reshape(-1)[:hops], hop / rate_hz


def sliding(powers: Floats, seconds: float, seconds_per_hop: float = HOP_S) -> Floats:
    """Mean power over windows of `seconds`, one per hop, shape (hops - window + 1,); empty when too short."""
    width = round(seconds / seconds_per_hop)
    if len(powers) < width:
        return np.zeros(0)
    # A running sum would carry the rounding of loud passages into silence; blockwise convolution does not.
    return np.maximum(
        signal.fftconvolve(powers, np.ones(width) / width, "valid")
        if width > _SHORT
        else np.convolve(powers, np.ones(width) / width, "valid"),
        0.0,
    )


def sparse(powers: NDArray[np.floating], seconds: float, seconds_per_hop: float, step: int) -> Floats:
    """Every `step`th of what `sliding` gives; only a few minutes are worked on at a time."""
    exact: Floats = np.asarray(powers, np.float64)
    width = round(seconds / seconds_per_hop)
    if width <= min(_SHORT, len(exact)):  # `sliding` sums each window up by itself, too: to the same bits
        windows = np.lib.stride_tricks.sliding_window_view(exact, width)[::step]
        return np.asarray(np.maximum(np.vecdot(windows, np.ones(width) / width), 0.0))
    stretch = _HOPS // step * step
    starts = range(0, len(exact) - width + 1, stretch)
    made = [sliding(exact[at : at + stretch + width - 1], seconds, seconds_per_hop)[::step] for at in starts]
    return np.concatenate([np.zeros(0), *made])


def _every(powers: Floats, seconds: float, seconds_per_hop: float) -> Floats:
    """Mean power over windows of `seconds`, one every 100 ms."""
    return sparse(powers, seconds, seconds_per_hop, max(1, round(0.1 / seconds_per_hop)))


def integrated(powers: Floats, seconds_per_hop: float = HOP_S) -> float:
    """Gated loudness of hop powers, LUFS; -inf when nothing passes the gates ("no programme").

    Source: BS.1770-5 annex 1: 400 ms blocks every 100 ms, gates at -70 LUFS and 10 LU under the mean of what passed.
    """
    return gated(_every(powers, 0.4, seconds_per_hop), RELATIVE_GATE_LU)


def gated(blocks: Floats, relative_lu: float) -> float:
    """Loudness of the mean of those block powers that pass the absolute and then the relative gate."""
    loud = blocks[lufs(blocks) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return float("-inf")
    kept = loud[lufs(loud) > lufs(loud.mean()) + relative_lu]
    return float(lufs(kept.mean()))


def loudness_range(powers: Floats, seconds_per_hop: float = HOP_S) -> float:
    """Loudness range, LU; 0 when there is no programme.

    Source: EBU Tech 3342: short-term loudness every 100 ms, gates at -70 LUFS and -20 LU, 10th to 95th percentile.
    A file meter lets 1.5 s of silence follow, so that the end is counted like the middle.
    """
    whole = _every(powers, 3.0, seconds_per_hop)
    rest = powers[len(whole) * max(1, round(0.1 / seconds_per_hop)) :]
    ends = _every(np.concatenate([rest, np.zeros(round(1.5 / seconds_per_hop))]), 3.0, seconds_per_hop)
    short = np.concatenate([whole, ends])
    loud = short[lufs(short) > ABSOLUTE_GATE_LUFS]
    if not len(loud):
        return 0.0
    kept = np.sort(lufs(loud[lufs(loud) > lufs(loud.mean()) + RANGE_GATE_LU]))
    low, high = (kept[round((len(kept) - 1) * p)] for p in (0.10, 0.95))
    return float(high - low)


def loudness(audio: NDArray[np.floating], rate_hz: int) -> float:
    """How loud a whole sound is, LUFS: integrated, or for less than 400 ms its energy over its own length.

    Args:
        audio: shape (samples, channels), at most 5 channels.
    """
    if len(audio) < 0.4 * rate_hz:
        return own_length_loudness(audio, rate_hz)
    meter = PowerMeter(rate_hz, audio.shape[1])
    meter.push(audio)
    found = integrated(meter.powers(), meter.seconds_per_hop)
    return found if np.isfinite(found) else own_length_loudness(audio, rate_hz)


def own_length_loudness(audio: NDArray[np.floating], rate_hz: int) -> float:
    """Ungated loudness over exactly the samples given, LUFS; what filters ring on after the end counts too."""
    if not len(audio):
        return float("-inf")
    padded = np.concatenate([np.asarray(audio, float), np.zeros((round(0.05 * rate_hz), audio.shape[1]))])
    weighted = signal.sosfilt(k_weighting(rate_hz), np.ascontiguousarray(padded.T), axis=1)
    return float(lufs((CHANNEL_WEIGHT[: audio.shape[1]] @ np.square(weighted)).sum() / len(audio)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Loudness:
    """What the meters say of a whole programme."""

    integrated_lufs: float
    range_lu: float
    max_momentary_lufs: float
    max_short_term_lufs: float
    true_peak_dbtp: float
    sample_peak_db: float
    samples: int


def measured(
    powers: Floats, seconds_per_hop: float, *, sample_peak: float, true_peak_dbtp: float, samples: int
) -> Loudness:
    """The figures of a programme of `samples`, from its hops' powers and its peaks."""

    def highest(seconds: float) -> float:
        width, most = round(seconds / seconds_per_hop), 0.0
        for low in range(0, len(powers) - width + 1, _HOPS):
            most = max(most, float(sliding(powers[low : low + _HOPS + width - 1], seconds, seconds_per_hop).max()))
        return float(lufs(most))

    return Loudness(
        integrated_lufs=integrated(powers, seconds_per_hop),
        range_lu=loudness_range(powers, seconds_per_hop),
        max_momentary_lufs=highest(0.4),
        max_short_term_lufs=highest(3.0),
        true_peak_dbtp=true_peak_dbtp,
        sample_peak_db=in_db(sample_peak),
        samples=samples,
    )


class Meter:
    """All of it at once, for a programme that comes in blocks of any size."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self.power = PowerMeter(rate_hz, channels)
        self.peak = TruePeakMeter(channels)
        self.samples = 0

    def push(self, block: NDArray[np.floating]) -> None:
        """Take the next samples, shape (n, channels)."""
        self.power.push(block)
        self.peak.push(block)
        self.samples += len(block)

    def result(self) -> Loudness:
        """The figures so far."""
        return measured(
            self.power.powers(),
            self.power.seconds_per_hop,
            sample_peak=self.peak.sample_peak,
            true_peak_dbtp=self.peak.result_dbtp(),
            samples=self.samples,
        )
