"""A part of a programme, listened to by itself: what is kept of it, so that it need not be listened to again.

Parts are the same wherever in a programme they stand, given `run_in` of what comes before them, and are joined by
putting one after another. Version 1 in bytes is a header (the version, rate, channels, samples, place and heights of
the peaks), then compressed: runs at full scale, powers (float32), cells and moments (a byte each, less the one before
it), and for each frame the amplitudes of left and right and their correlation (float16).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.audit.cells import BANDS, MOMENTS, Seen, look, stretch
from producer.audit.levels import from_steps, steps
from producer.dsp import grid
from producer.dsp.crests import EDGE, HIGHEST_RISE, crests, highest_sample
from producer.dsp.loudness import grid_powers
from producer.frozen import dataclass

FULL_SCALE = 1.0 - 2.0**-15
"""From here on a 16 bit player has nothing higher."""
CLIPPED_SAMPLES = 3
"""So many samples in a row at full scale are no peak any more but a flat top."""

Run = tuple[int, int, int]
"""A channel, and samples [start, end) in which it is at full scale."""

_VERSION = 1
_AT_ONCE = 1 << 14  # samples in which peaks are looked for, so that the cache holds them
_HEAD = struct.Struct("<4sHHIIffI")  # mark, version, channels, rate, samples, sample peak, true peak, its place
_MARK = b"PART"


class BrokenPartError(Exception):
    """The bytes are no part of this version."""


def run_in(rate_hz: int) -> int:
    """Samples before a part that what is measured of it depends on: the meter's filter needs about 0.1 s."""
    return grid.quantum_samples(rate_hz)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Samples [start, stop) of a programme, listened to; places are counted from `start`."""

    channels: int
    seen: Seen
    powers: NDArray[np.float32]
    """K-weighted mean squares of each hop of `grid.hop_samples`, shape (hops,); what is no whole hop counts as one."""
    sample_peak: float
    true_peak: float
    """At least the sample peak."""
    peak_at: int
    flat: tuple[Run, ...]
    """Every run of `CLIPPED_SAMPLES`, and shorter ones at the two ends, which may go on in another part."""

    def to_bytes(self) -> bytes:
        """What `from_bytes` reads: about 2 kB a second."""
        seen = self.seen
        head = _HEAD.pack(
            _MARK, _VERSION, self.channels, seen.rate_hz, seen.samples, self.sample_peak, self.true_peak, self.peak_at
        )
        body = [
            struct.pack("<I", len(self.flat)),
            np.array(self.flat, "<u4").tobytes(),
            self.powers.astype("<f4").tobytes(),
            steps(seen.cell_codes).tobytes(),
            steps(seen.moment_codes).tobytes(),
            _packed(seen.channels).T.tobytes(),
        ]
        packer = zlib.compressobj(strategy=zlib.Z_HUFFMAN_ONLY)  # nothing in it comes twice, and so it is fast
        # Flushed after each of them, so that each has a code of its own.
        return head + b"".join(packer.compress(one) + packer.flush(zlib.Z_SYNC_FLUSH) for one in body) + packer.flush()

    @classmethod
    def from_bytes(cls, data: bytes) -> Part:
        """The part in `to_bytes`. Raises BrokenPartError when there is none."""
        try:
            mark, version, channels, rate_hz, samples, sample_peak, true_peak, peak_at = _HEAD.unpack_from(data)
            if (mark, version) != (_MARK, _VERSION):
                raise BrokenPartError(f"is no part of version {_VERSION}")
            body = zlib.decompress(data[_HEAD.size :])
        except (struct.error, zlib.error) as wrong:
            raise BrokenPartError(f"is no part of a programme: {wrong}") from None
        frames = -(-samples // grid.frame_samples(rate_hz))
        hops = -(-samples // grid.hop_samples(rate_hz))
        runs = int.from_bytes(body[:4], "little")
        sizes = [12 * runs, 4 * hops, BANDS * frames, 2 * MOMENTS * frames, 6 * frames]
        if len(body) != 4 + sum(sizes):
            raise BrokenPartError("is a part that does not fit together")
        ends = np.cumsum([4, *sizes]).tolist()
        flat, powers, cells, moments, pairs = (body[a:b] for a, b in pairwise(ends))
        return cls(
            channels=channels,
            seen=Seen(
                rate_hz=rate_hz,
                samples=samples,
                cell_codes=from_steps(np.frombuffer(cells, np.uint8).reshape(BANDS, -1)),
                moment_codes=from_steps(np.frombuffer(moments, np.uint8).reshape(2, -1)),
                channels=_unpacked(np.frombuffer(pairs, "<f2").reshape(3, frames).T),
            ),
            powers=np.frombuffer(powers, "<f4").astype(np.float32),
            sample_peak=sample_peak,
            true_peak=true_peak,
            peak_at=peak_at,
            flat=tuple((int(a), int(b), int(c)) for a, b, c in np.frombuffer(flat, "<u4").reshape(-1, 3).tolist()),
        )


def _packed(channels: NDArray[np.float32]) -> NDArray[np.float16]:
    """Amplitudes and correlation of each frame: half precision keeps them to 0.004 dB."""
    levels = np.sqrt(channels[:, :2])
    alike = channels[:, 2] / np.maximum(levels[:, 0] * levels[:, 1], np.float32(1e-12))
    return np.column_stack([levels, np.clip(alike, -1.0, 1.0)]).astype("<f2")


def _unpacked(packed: NDArray[np.float16]) -> NDArray[np.float32]:
    left, right, alike = packed.astype(np.float32).T
    return np.column_stack([left * left, right * right, alike * left * right])


def listened(audio: Audio, begin: int, start: int, stop: int, rate_hz: int, *, floating: bool = False) -> Part:
    """Listen to samples [start, stop) of a programme. The same to the last bit however much more of it is given.

    Args:
        audio: shape (n, 1 or 2), from sample `begin` of the programme on: at least `run_in` before `start` and half a
            frame after `stop`, unless the programme begins or ends there.
        start: on a frame; so is `stop`, unless the programme ends there.
        floating: the file holds samples over full scale as they are (`runs_at_top`).
    """
    lead = min(start, run_in(rate_hz))
    if start - lead < begin:
        raise ValueError(f"what is heard from sample {start} on needs {lead} samples before it")
    before = audio[start - lead - begin : start - begin]
    inside = audio[start - begin : stop - begin]
    top = highest_sample(inside)
    true_peak, peak_at = _peak(stretch(audio, start - EDGE - begin, len(inside) + 2 * EDGE), top)
    seen = look(audio, begin, start, stop, rate_hz)
    packed = _packed(seen.channels)
    return Part(
        channels=audio.shape[1],
        seen=Seen(
            rate_hz=rate_hz,
            samples=seen.samples,
            cell_codes=seen.cell_codes,
            moment_codes=seen.moment_codes,
            channels=_unpacked(packed),  # as it is kept: what was read again is the same
        ),
        powers=grid_powers(before, inside, rate_hz).astype(np.float32),
        sample_peak=float(np.float32(top)),
        true_peak=float(np.float32(true_peak)),
        peak_at=peak_at,
        flat=_flat(inside, floating=floating),
    )


def _peak(around: Audio, top: float) -> tuple[float, int]:
    """The true peak and its place; `top` is the highest sample of `around`, which has `EDGE` more at each end."""
    highest, place = top, 0
    floor = max(top / HIGHEST_RISE, 1e-9)
    for first in range(0, len(around) - 2 * EDGE, _AT_ONCE):
        some = around[first : first + _AT_ONCE + 2 * EDGE]
        if highest_sample(some[EDGE:-EDGE]) < floor:
            continue
        at, heights = crests(some, floor)
        if len(at) and (heights.max() > highest or (heights.max() == highest and not place)):
            highest, place = float(heights.max()), first + int(at[heights.argmax()]) - EDGE
    return highest, place


def runs_at_top(channel: Audio, *, floating: bool) -> list[tuple[int, int]]:
    """Samples [start, end) of every run at full scale, however short.

    Args:
        channel: shape (n,).
        floating: the file holds what is over full scale: only where samples stay equal is a wave cut off.
    """
    top = np.abs(channel) >= FULL_SCALE
    on = top[1:] & top[:-1]  # each sample but the first: it goes on with the run of the one before
    if floating:
        on &= channel[1:] == channel[:-1]
    starts = np.flatnonzero(top & ~np.concatenate([[False], on]))
    ends = np.flatnonzero(top & ~np.concatenate([on, [False]])) + 1
    return list(zip(starts.tolist(), ends.tolist(), strict=True))


def _flat(audio: Audio, *, floating: bool) -> tuple[Run, ...]:
    if highest_sample(audio) < FULL_SCALE:
        return ()
    found: list[Run] = []
    for channel in range(audio.shape[1]):
        found += [
            (channel, start, end)
            for start, end in runs_at_top(audio[:, channel], floating=floating)
            # what reaches the next part may go on there; of floating samples it is not known whether they stay equal
            if end - start >= CLIPPED_SAMPLES or (not floating and (start == 0 or end == len(audio)))
        ]
    return tuple(found)


class FlatTops:
    """Puts the flat tops of parts that follow on each other together."""

    def __init__(self) -> None:
        self._found: list[Run] = []
        self._still: dict[int, Run] = {}  # by channel, what reached the end of the part before
        self._at = 0

    def add(self, flat: Sequence[Run], samples: int) -> None:
        """The next part's runs, and how long it is."""
        end_at = self._at + samples
        reached: dict[int, Run] = {}
        for channel, start, end in flat:
            run = (channel, start + self._at, end + self._at)
            if run[1] == self._at and channel in self._still:
                run = (channel, self._still.pop(channel)[1], run[2])
            if run[2] == end_at:
                reached[channel] = run
            else:
                self._keep(run)
        for run in self._still.values():
            self._keep(run)
        self._still, self._at = reached, end_at

    def _keep(self, run: Run) -> None:
        if run[2] - run[1] >= CLIPPED_SAMPLES:
            self._found.append(run)

    def all(self) -> tuple[tuple[int, int], ...]:
        """Samples [start, end) of every flat top so far."""
        ended = [*self._found, *(run for run in self._still.values() if run[2] - run[1] >= CLIPPED_SAMPLES)]
        return tuple(sorted((start, end) for _, start, end in ended))
