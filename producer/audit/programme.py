"""What can be said of any finished file: loudness, peaks, clipping, floor, silences, how the channels relate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.audit.cells import Recorder, Seen
from producer.audit.parts import CLIPPED_SAMPLES, FULL_SCALE, Part, flat_tops
from producer.dsp.grid import frame_s, frames_of
from producer.dsp.loudness import Loudness, Meter, even_hops, in_db, measured

Floats = NDArray[np.float64]

FLOOR_S = 0.4
FLOOR_HOP_S = 0.1
SILENT_DB = -80.0
SILENCE_S = 0.5
_LOWEST_DB = -120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A whole file, listened to once."""

    seen: Seen
    loudness: Loudness
    powers: Floats  # K-weighted, per hop of 10 ms
    hop_s: float
    channels: int
    peak_at: int  # sample
    flat_tops: tuple[tuple[int, int], ...]
    """Samples [start, end) of every flat top."""
    damage: str = ""
    """What the decoder said where it could not go on."""

    @staticmethod
    def joined(parts: Sequence[Part], damage: str = "") -> Heard:
        """A whole programme from parts that follow on each other; all but the last are whole frames."""
        seen = Seen.joined([part.seen for part in parts])
        powers, hop_s = even_hops(np.concatenate([part.powers for part in parts]), seen.samples, seen.rate_hz)
        starts = np.cumsum([0, *(part.seen.samples for part in parts)])
        top = max(range(len(parts)), key=lambda index: parts[index].true_peak)
        return Heard(
            seen=seen,
            loudness=measured(
                powers,
                hop_s,
                sample_peak=max(part.sample_peak for part in parts),
                true_peak_dbtp=in_db(parts[top].true_peak),
                samples=seen.samples,
            ),
            powers=powers,
            hop_s=hop_s,
            channels=parts[0].channels,
            peak_at=int(starts[top]) + parts[top].peak_at,
            flat_tops=flat_tops(parts),
            damage=damage,
        )

    @property
    def length_s(self) -> float:
        return self.seen.samples / self.seen.rate_hz


class Listener:
    """Listens while a decoded file goes by."""

    def __init__(self, rate_hz: int, channels: int) -> None:
        self._recorder = Recorder(rate_hz)
        self._channels = channels
        self.meter = Meter(rate_hz, channels)
        self._flat: list[tuple[int, int]] = []
        self._open = np.zeros(channels, np.int64)  # how long each channel has been at full scale

    def listen(self, blocks: Iterable[Audio]) -> Iterator[Audio]:
        """The blocks as they come; call `heard` when all have come."""
        for block in self._recorder.listen(0, blocks):
            self._flat_tops(block)
            self.meter.push(block)
            yield block

    def _flat_tops(self, block: Audio) -> None:
        at = self.meter.samples
        top = np.abs(block) >= FULL_SCALE
        if not (top.any() or self._open.any()):
            return
        for channel in range(block.shape[1]):
            edges = np.flatnonzero(np.diff(np.concatenate([[0], top[:, channel].astype(np.int8), [0]])))
            starts, ends = edges[::2] + at, edges[1::2] + at
            if len(starts) and starts[0] == at:
                starts[0] -= self._open[channel]
            elif self._open[channel] >= CLIPPED_SAMPLES:
                self._flat.append((at - int(self._open[channel]), at))
            still = len(ends) > 0 and ends[-1] == at + len(block)
            self._open[channel] = ends[-1] - starts[-1] if still else 0
            done = slice(None, -1) if still else slice(None)
            runs = zip(starts[done].tolist(), ends[done].tolist(), strict=True)
            self._flat += [(start, end) for start, end in runs if end - start >= CLIPPED_SAMPLES]

    def heard(self, damage: str = "") -> Heard:
        """What was heard."""
        loudness = self.meter.result()
        still = [(loudness.samples - int(run), loudness.samples) for run in self._open if run >= CLIPPED_SAMPLES]
        return Heard(
            seen=self._recorder.seen(),
            loudness=loudness,
            powers=self.meter.power.powers(),
            hop_s=self.meter.power.seconds_per_hop,
            channels=self._channels,
            peak_at=self.meter.peak.peak_at,
            flat_tops=tuple(sorted(self._flat + still)),
            damage=damage,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A file in numbers, as profiles ask for them. Levels are in dB of full scale, unweighted."""

    rms_db: float
    floor_db: float
    """RMS of the quietest 0.4 s."""
    floor_at_s: float
    head_s: float
    """Until there is sound: 10 dB above the floor, and at least at -60 dB."""
    tail_s: float
    balance_db: float
    """Left against right; 0 for mono."""
    correlation: float
    mono_loss_lu: float
    """What the whole loses when both channels become one."""
    silences: tuple[tuple[float, float], ...]
    """Seconds [start, end) of every 0.5 s or more below -80 dB."""


def figures(heard: Heard) -> Figures:
    """The numbers of a file. ACX's are measured as Audacity's ACX Check does (standards page, section 1.4)."""
    power = heard.seen.channels.astype(float)
    level = (power[:, 0] + power[:, 1]) / 2.0
    whole = power.mean(axis=0) if len(power) else np.zeros(3)
    rate_hz, long_s = heard.seen.rate_hz, frame_s(heard.seen.rate_hz)
    width, hop = max(1, frames_of(FLOOR_S, rate_hz)), max(1, frames_of(FLOOR_HOP_S, rate_hz))
    windows = np.convolve(level, np.ones(width) / width, "valid")[::hop] if len(level) >= width else level[:1]
    quietest = int(windows.argmin()) if len(windows) else 0
    floor_db = _db(float(windows[quietest])) if len(windows) else _LOWEST_DB
    sounding = np.flatnonzero(_dbs(level) > max(floor_db + 10.0, -60.0))
    length_s = heard.length_s
    left, right, both = (float(value) for value in whole)
    folded = (left + right + 2.0 * both) / 2.0
    return Figures(
        rms_db=_db(float(level.mean()) if len(level) else 0.0),
        floor_db=floor_db,
        floor_at_s=quietest * hop * long_s,
        head_s=float(sounding[0] * long_s) if len(sounding) else length_s,
        tail_s=max(0.0, length_s - float((sounding[-1] + 1) * long_s)) if len(sounding) else length_s,
        balance_db=_db(left) - _db(right),
        correlation=both / float(np.sqrt(max(left * right, 1e-24))),
        mono_loss_lu=_db(left + right) - _db(folded),
        silences=silences(_dbs(level), long_s, length_s),
    )


def silences(level_db: Floats, long_s: float, length_s: float) -> tuple[tuple[float, float], ...]:
    """Seconds of every stretch of at least `SILENCE_S` whose frames, each `long_s`, are below `SILENT_DB`."""
    return tuple(
        (start * long_s, min(end * long_s, length_s))
        for start, end in runs(level_db < SILENT_DB)
        if (end - start) * long_s >= SILENCE_S
    )


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Indices [start, end) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _db(power: float) -> float:
    return float(10.0 * np.log10(max(power, 1e-12)))


def _dbs(power: Floats) -> Floats:
    return np.asarray(10.0 * np.log10(np.maximum(power, 1e-12)))
