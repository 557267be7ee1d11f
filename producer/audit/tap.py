"""What each clip sounds like by itself, taken down while the mix is made."""

from __future__ import annotations

from threading import Lock

import numpy as np

from producer.audio import Audio, is_heard
from producer.audit.cells import BANDS, cells, stretch
from producer.audit.levels import Powers
from producer.dsp.grid import COARSE, coarse_samples, frame_samples
from producer.frozen import dataclass

_ROWS = 256  # frames that are looked at together


@dataclass(frozen=True, slots=True)
class ClipCells:
    """A clip's own powers: frames, or coarse frames (`step` is `COARSE`) for what goes on for long."""

    first: int
    """Of the first row, counted in rows of this size from the start of the episode."""
    step: int
    powers: Powers  # shape (rows, BANDS)

    def moved(self, frames: int) -> ClipCells:
        """The same, so many frames later: whole ones of its own."""
        return ClipCells(frames // self.step + self.first, self.step, self.powers)


def coarse_cells(audio: Audio, rate_hz: int) -> Powers:
    """Power of each coarse frame and band, shape (coarse frames, BANDS): the mean of two windows in each.

    Args:
        audio: whole coarse frames, shape (n, 1 or 2).
    """
    hop = frame_samples(rate_hz)
    if not is_heard(audio):  # before all of it is laid out anew: silence of a part takes no room
        return np.zeros((len(audio) // (COARSE * hop), BANDS), np.float32)
    rows = cells(audio[hop // 2 :], rate_hz, COARSE // 2)  # their middles are at a quarter and three quarters
    return np.asarray(rows.reshape(-1, 2, BANDS).mean(axis=1), np.float32)


def _all_cells(audio: Audio, lead: int, rate_hz: int) -> Powers:
    """Power of each frame and band of a clip, with one frame more on both sides, since windows reach over.

    Args:
        lead: how many samples before it its first frame begins.
    """
    hop = frame_samples(rate_hz)
    first = -(hop + hop // 2 + lead)  # of the first window, in samples of `audio`
    rows = (lead + len(audio)) // hop + 3
    made = np.empty((rows, BANDS), np.float32)
    for at in range(0, rows, _ROWS):  # most of it is read where it lies
        count = min(_ROWS, rows - at)
        made[at : at + count] = cells(stretch(audio, first + at * hop, (count + 1) * hop), rate_hz)
    return made


class Tap:
    """Takes each clip as the mix adds it to its bus, from any thread, in any order; what comes twice counts once."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._hop = frame_samples(rate_hz)
        self._pieces: dict[str, dict[int, tuple[int, Powers]]] = {}
        self._steps: dict[str, int] = {}
        self._lock = Lock()

    def heard(self, clip: str, start: int, audio: Audio, *, long: bool) -> None:
        """Samples of `clip` from timeline sample `start` on, as they are in the mix before beds are turned down.

        Args:
            audio: shape (n, 2).
            long: whether the clip goes on for long, so that coarse frames will do.
        """
        with self._lock:
            if start in self._pieces.setdefault(clip, {}):
                return
        step = COARSE if long else 1
        lead = start % (self._hop * step)
        if not is_heard(audio):
            piece = (start // (self._hop * step), np.zeros((0, BANDS), np.float32))
        elif long:
            rows = -(-(lead + len(audio)) // (self._hop * step))
            piece = (
                start // (self._hop * step),
                coarse_cells(stretch(audio, -lead, rows * self._hop * step), self._rate_hz),
            )
        else:
            piece = (start // self._hop - 1, _all_cells(audio, lead, self._rate_hz))
        with self._lock:
            self._pieces[clip][start] = piece
            self._steps[clip] = step

    def clips(self) -> dict[str, ClipCells]:
        """Every clip that was heard, by id."""
        found = {}
        for clip, step in sorted(self._steps.items()):
            pieces = [piece for piece in self._pieces[clip].values() if len(piece[1])]
            if not pieces:
                continue
            first = max(0, min(at for at, _ in pieces))
            whole = np.zeros((max(at + len(rows) for at, rows in pieces) - first, BANDS), np.float32)
            for at, rows in pieces:
                skip = max(0, first - at)
                whole[at + skip - first : at - first + len(rows)] += rows[skip:]
            found[clip] = ClipCells(first, step, whole)
        return found


class BusMeter:
    """How loud each bus is in coarse frames, after beds and music are turned down."""

    def __init__(self, rate_hz: int) -> None:
        self._rate_hz = rate_hz
        self._size = coarse_samples(rate_hz)
        self._rest = {bus: np.zeros((0, 2), np.float32) for bus in ("beds", "music")}
        self._rows: dict[str, list[Powers]] = {bus: [] for bus in self._rest}

    def push(self, beds: Audio, music: Audio) -> None:
        """The next stretch of the two, shape (n, 2)."""
        for bus, audio in (("beds", beds), ("music", music)):
            waiting = np.concatenate([self._rest[bus], audio]) if len(self._rest[bus]) else audio
            whole = len(waiting) // self._size * self._size
            if whole:
                self._rows[bus].append(coarse_cells(waiting[:whole], self._rate_hz))
            self._rest[bus] = waiting[whole:].copy()

    def powers(self, bus: str) -> Powers:
        """Shape (coarse frames, BANDS)."""
        return np.concatenate([np.zeros((0, BANDS), np.float32), *self._rows[bus]])
