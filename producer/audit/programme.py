"""What can be said of any finished file: loudness, peaks, clipping, floor, silences, how the channels relate."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.audit.cells import Album, Whole, look
from producer.audit.compared import Compared
from producer.audit.parts import CLIPPED_SAMPLES, FULL_SCALE, FlatTops, Part, runs_at_top
from producer.audit.rows import MEMORY, Room, Rows
from producer.dsp.grid import frame_s, frame_samples, frames_of
from producer.dsp.loudness import Loudness, Meter, even_hops, lufs, measured
from producer.dsp.true_peak import in_db
from producer.frozen import dataclass

Floats = NDArray[np.float64]

FLOOR_S = 0.4
FLOOR_HOP_S = 0.1
SILENT_DB = -80.0
SILENCE_S = 0.5
CURVE_S = 0.5
_AHEAD = 64  # frames that a listener waits for
_AT_ONCE = 1 << 16  # frames that are read at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """A whole file, listened to once."""

    seen: Whole
    loudness: Loudness
    momentary_lufs: Floats  # every `CURVE_S`, at the window's end
    short_term_lufs: Floats
    channels: int
    peak_at: int  # sample
    flat_tops: tuple[tuple[int, int], ...]
    """Samples [start, end) of every flat top."""
    damage: str = ""
    """What the decoder said where it could not go on."""
    compared: Compared | None = None
    """How it differs from what was planned, where its parts were held against that when they were made."""

    @staticmethod
    def joined(parts: Iterable[Part], damage: str = "", room: Room = MEMORY) -> Heard:
        """A whole programme from parts that follow on each other; all but the last are whole frames."""
        hearing = Hearing(room)
        for part in parts:
            hearing.add(part)
        return hearing.heard(damage)

    @property
    def length_s(self) -> float:
        return self.seen.samples / self.seen.rate_hz


class Hearing:
    """Puts together what was heard of the parts of a programme."""

    def __init__(self, room: Room = MEMORY) -> None:
        self._album = Album(room)
        self._powers = Rows(room, 1, np.float32)
        self._tops = FlatTops()
        self._samples, self._channels = 0, 0
        self._sample_peak = 0.0
        self._true_peak, self._peak_at = -1.0, 0

    def add(self, part: Part) -> None:
        """The next part."""
        self._album.add(part.seen)
        self._powers.append(part.powers[:, None])
        self._tops.add(part.flat, part.seen.samples)
        self._sample_peak = max(self._sample_peak, part.sample_peak)
        if part.true_peak > self._true_peak:
            self._true_peak, self._peak_at = part.true_peak, self._samples + part.peak_at
        self._samples, self._channels = self._samples + part.seen.samples, part.channels

    def heard(self, damage: str = "", compared: Compared | None = None) -> Heard:
        """All of it. Raises ValueError when nothing was added."""
        seen = self._album.whole()
        powers, hop_s = even_hops(self._powers[:].ravel(), seen.samples, seen.rate_hz)
        return Heard(
            seen=seen,
            loudness=measured(
                powers,
                hop_s,
                sample_peak=self._sample_peak,
                true_peak_dbtp=in_db(self._true_peak),
                samples=seen.samples,
            ),
            momentary_lufs=curve(powers, 0.4, hop_s),
            short_term_lufs=curve(powers, 3.0, hop_s),
            channels=self._channels,
            peak_at=self._peak_at,
            flat_tops=self._tops.all(),
            damage=damage,
            compared=compared,
        )


def curve(powers: Floats, seconds: float, hop_s: float) -> Floats:
    """Loudness over windows of `seconds` every `CURVE_S`, LUFS, each value at its window's end."""
    width, step = round(seconds / hop_s), max(1, round(CURVE_S / hop_s))
    early = [powers[:end].sum() / width for end in range(1, min(width, len(powers) + 1), step)]
    if len(powers) < width:
        return lufs(np.array(early, float))
    view = np.lib.stride_tricks.sliding_window_view(powers, width)
    return lufs(np.concatenate([early, view[1 + len(early) * step - width :: step].mean(axis=1)]))


class Listener:
    """Listens while a decoded file goes by; one that is `floating` holds what is over full scale (`runs_at_top`)."""

    def __init__(self, rate_hz: int, channels: int, room: Room = MEMORY, *, floating: bool = False) -> None:
        self._album = Album(room, rate_hz)
        self._rate_hz, self._channels = rate_hz, channels
        self.meter = Meter(rate_hz, channels)
        self._flat: list[tuple[int, int]] = []
        self._floating = floating
        self._last = np.zeros(channels, np.float32)  # the sample before the next block
        self._open = np.zeros(channels, np.int64)  # how long each channel has been at full scale

    def listen(self, blocks: Iterable[Audio]) -> Iterator[Audio]:
        """The blocks as they come; call `heard` when all have come."""
        for block in self._looked(blocks):
            self._flat_tops(block)
            self.meter.push(block)
            yield block

    def _looked(self, blocks: Iterable[Audio]) -> Iterator[Audio]:
        """The blocks as they come; what they look like is taken down some frames at a time."""
        hop = frame_samples(self._rate_hz)
        waiting: list[Audio] = []
        held, begin, frame = 0, 0, 0  # how many samples wait, the place of the first, and the next frame
        try:
            for block in blocks:
                yield block
                waiting.append(np.asarray(block))
                held += len(block)
                ready = (begin + held - hop // 2) // hop
                if ready - frame >= _AHEAD:
                    joined = np.concatenate(waiting)
                    self._album.add(look(joined, begin, frame * hop, ready * hop, self._rate_hz))
                    frame = ready
                    kept = joined[max(0, frame * hop - hop // 2 - begin) :].copy()
                    begin += len(joined) - len(kept)
                    waiting, held = [kept], len(kept)
        finally:  # what broke off is seen up to there
            if begin + held > frame * hop:
                self._album.add(look(np.concatenate(waiting), begin, frame * hop, begin + held, self._rate_hz))

    def _flat_tops(self, block: Audio) -> None:
        at = self.meter.samples
        if not len(block) or not (self._open.any() or (np.abs(block) >= FULL_SCALE).any()):
            return
        for channel in range(block.shape[1]):
            runs = [(at + start, at + end) for start, end in runs_at_top(block[:, channel], floating=self._floating)]
            goes_on = not self._floating or block[0, channel] == self._last[channel]
            if goes_on and runs and runs[0][0] == at:
                runs[0] = (at - int(self._open[channel]), runs[0][1])
            elif self._open[channel] >= CLIPPED_SAMPLES:
                self._flat.append((at - int(self._open[channel]), at))
            still = bool(runs) and runs[-1][1] == at + len(block)
            self._open[channel] = runs[-1][1] - runs[-1][0] if still else 0
            self._flat += [
                (start, end) for start, end in runs[: -1 if still else None] if end - start >= CLIPPED_SAMPLES
            ]
        self._last = block[-1].copy()

    def heard(self, damage: str = "") -> Heard:
        """What was heard."""
        loudness = self.meter.result()
        powers, hop_s = self.meter.power.powers(), self.meter.power.seconds_per_hop
        still = [(loudness.samples - int(run), loudness.samples) for run in self._open if run >= CLIPPED_SAMPLES]
        return Heard(
            seen=self._album.whole(),
            loudness=loudness,
            momentary_lufs=curve(powers, 0.4, hop_s),
            short_term_lufs=curve(powers, 3.0, hop_s),
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
    channels = heard.seen.channels
    level, whole = np.zeros(len(channels)), np.zeros(3)
    for low in range(0, len(channels), _AT_ONCE):
        power = channels[low : low + _AT_ONCE].astype(float)
        level[low : low + len(power)] = (power[:, 0] + power[:, 1]) / 2.0
        whole += power.sum(axis=0)
    whole /= max(1, len(channels))
    rate_hz, long_s = heard.seen.rate_hz, frame_s(heard.seen.rate_hz)
    width, hop = max(1, frames_of(FLOOR_S, rate_hz)), max(1, frames_of(FLOOR_HOP_S, rate_hz))
    quietest, least = 0, float(level[0]) if len(level) else 0.0
    for low in range(0, len(level) - width + 1, _AT_ONCE // hop * hop):
        some = level[low : low + _AT_ONCE // hop * hop + width - 1]
        windows = np.convolve(some, np.ones(width) / width, "valid")[::hop]
        if not low or windows.min() < least:
            quietest, least = low // hop + int(windows.argmin()), float(windows.min())
    floor_db = _db(least)
    sounding = np.flatnonzero(_over(level, max(floor_db + 10.0, -60.0)))
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
        silences=silences(~_over(level, SILENT_DB, equal=True), long_s, length_s),
    )


def silences(silent: NDArray[np.bool_], long_s: float, length_s: float) -> tuple[tuple[float, float], ...]:
    """Seconds of every stretch of at least `SILENCE_S` whose frames, each `long_s`, are silent."""
    return tuple(
        (start * long_s, min(end * long_s, length_s))
        for start, end in runs(silent)
        if (end - start) * long_s >= SILENCE_S
    )


def runs(flags: NDArray[np.bool_]) -> list[tuple[int, int]]:
    """Indices [start, end) of every run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], np.asarray(flags, np.int8), [0]])))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def wider(flags: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """`flags` with so many more before and after each run."""
    made = flags.copy()
    for start, end in runs(flags):
        made[max(0, start - by) : end + by] = True
    return made


def _db(power: float) -> float:
    return float(10.0 * np.log10(max(power, 1e-12)))


def _over(power: Floats, level_db: float, *, equal: bool = False) -> NDArray[np.bool_]:
    """Which powers are above a level, or at it."""
    made = np.zeros(len(power), np.bool_)
    for low in range(0, len(power), _AT_ONCE):
        db = 10.0 * np.log10(np.maximum(power[low : low + _AT_ONCE], 1e-12))
        made[low : low + _AT_ONCE] = db >= level_db if equal else db > level_db
    return made
