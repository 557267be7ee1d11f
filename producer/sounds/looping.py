"""A recording that goes round without a seam that can be heard."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property, lru_cache
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.model.sound import SettingsAt
from producer.sounds import turning
from producer.sounds.turning import Body

FADE_S = 1.5
SEARCH_S = 5.0
"""How far from its ends a better place to turn is looked for."""
JOIN_S = 0.02
"""The fade of a loop that has no sound outside of it to fade with, when its ends do not meet."""
_NOTHING = 1e-6  # -120 dB: what rounding makes of two equal steps
TRIES = 16
"""How many of the best ends are tried until one has no step that the recording has not."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A body that is held in memory."""

    audio: Audio

    @property
    def length(self) -> int:
        return len(self.audio)

    @property
    def channels(self) -> int:
        return int(self.audio.shape[1])

    def read(self, start: int, stop: int) -> Audio:
        return self.audio[start:stop]


@dataclass(frozen=True, slots=True)
class Loop:
    """Play to `end`; over its last `fade` samples the sound from `start` on comes in, and goes on from there."""

    start: int
    end: int
    fade: int
    likeness: float  # correlation of what is faded out with what is faded in, 0 … 1

    @property
    def period(self) -> int:
        return self.end - self.fade - self.start

    def as_data(self) -> dict[str, object]:
        return {"start": self.start, "end": self.end, "fade": self.fade, "likeness": self.likeness}

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Loop:
        start, end, fade = (int(str(data[name])) for name in ("start", "end", "fade"))
        return cls(start, end, fade, float(str(data["likeness"])))


def find_loop(body: Body, rate_hz: int, asked_s: tuple[float, float] | None = None) -> Loop:
    """Where `body` loops best.

    It turns where it is quiet and calm, at an end that is most like the beginning in shape and level, and so that no
    step from sample to sample over the seam is larger than the recording's own 99.9th percentile, where there is such
    a place.

    Args:
        asked_s: a start and an end that the pack gives: the loop is exactly as long as from one to the other, and both
            are moved together, by at most 20 ms, to where the waveform is calm.
    """
    usual = turning.usual_step(body)
    if asked_s is not None:
        start, end = (min(round(at * rate_hz), body.length) for at in asked_s)
        if end > start:
            return _asked(body, start, end, usual, rate_hz)
    start, end = turning.steady_part(body, rate_hz)
    fade = min(round(FADE_S * rate_hz), (end - start) // 4)
    if fade < 2:
        return Loop(0, body.length, 0, 0.0)
    search = min(round(SEARCH_S * rate_hz), (end - start) // 4)
    near = min(round(turning.NEAR_S * rate_hz), search)
    start = turning.quiet_start(body, start, fade, search - near, rate_hz)
    start += turning.calm_shift(turning.roughness(body, start + fade, start + fade + near + 1), usual, 0)
    best: tuple[float, Loop] | None = None
    for at in islice(turning.ends(body, start, end, fade, search, usual), TRIES):
        loop = Loop(start, at, fade, turning.likeness(body, start, at, fade))
        over = _seam_step(body, loop)
        if best is None or over < best[0]:
            best = over, loop
        if over <= usual:
            break
    return best[1] if best is not None else Loop(start, end, fade, turning.likeness(body, start, end, fade))


def _asked(body: Body, start: int, end: int, usual: float, rate_hz: int) -> Loop:
    """A loop of exactly end - start samples; the sound before it and after it is what it fades with."""
    wanted = min(round(FADE_S * rate_hz), (end - start) // 4)
    before = min(wanted, start)
    after = min(wanted - before, body.length - end)
    if before + after < min(wanted, round(JOIN_S * rate_hz)):
        joined = np.concatenate([body.read(end - 1, end), body.read(start, start + 1)])
        meets = float(np.abs(np.diff(joined, axis=0)).max()) <= usual + _NOTHING
        fade = 0 if meets else min(round(JOIN_S * rate_hz), wanted)
        return Loop(start, end, fade, turning.likeness(body, start, end, fade))
    most = round(turning.NEAR_S * rate_hz)
    down, up = min(most, start - before), min(most, body.length - end - after)
    rough = np.maximum(
        turning.roughness(body, end - before - down, end - before + up + 1),
        turning.roughness(body, start + after - down, start + after + up + 1),
    )
    shift = turning.calm_shift(rough, usual, down)
    start, end, fade = start - before + shift, end + after + shift, before + after
    return Loop(start, end, fade, turning.likeness(body, start, end, fade))


def _seam_step(body: Body, loop: Loop) -> float:
    bed = LoopedBed(body, loop, 0.0)
    turn = loop.end - loop.fade
    over = bed.read(max(0, turn - 1), turn + loop.fade + 1)
    return float(np.quantile(np.abs(np.diff(over, axis=0)), turning.QUANTILE))


@lru_cache(maxsize=8)
def fades(length: int, likeness: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gains out and in, shape (length, 1), that keep the power of two sounds with this correlation.

    Equal-power (sine and cosine) for sounds that have nothing in common, equal-gain for a sound with itself; both
    begin and end without a slope, so that neither end of a fade is a corner. A recording that many scenes loop has one
    pair for all: they are not to be written to.
    """
    angle = _ease(length) * np.pi / 2
    out, into = np.cos(angle), np.sin(angle)
    power = np.sqrt(1.0 + 2.0 * likeness * out * into)
    gains = (out / power).astype(np.float32)[:, None], (into / power).astype(np.float32)[:, None]
    for one in gains:
        one.flags.writeable = False
    return gains


@lru_cache(maxsize=8)
def _ease(length: int) -> NDArray[np.float64]:
    """From 0 to 1 without a slope at either end, shape (length,); not to be written to."""
    way = (np.arange(length) + 0.5) / max(length, 1)
    eased = np.asarray(way * way * (3.0 - 2.0 * way))
    eased.flags.writeable = False
    return eased


class LoopedBed:
    """A body that never ends."""

    length: int | None = None

    def __init__(self, body: Body, loop: Loop, loudness_lufs: float, made_once: str = "") -> None:
        """`made_once` names a sound that has knobs, but not while it plays; riding one is then refused."""
        self._body, self._loop, self._made_once = body, loop, made_once
        self.channels, self.loudness_lufs = body.channels, loudness_lufs
        self._out, self._into = fades(loop.fade, loop.likeness)

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop) of the endless bed."""
        refuse_rides(self._made_once, settings)
        loop = self._loop
        turn = loop.end - loop.fade
        pieces: list[Audio] = []
        at = start
        while at < stop:
            if at < turn:
                piece = self._body.read(at, min(stop, turn))
            else:
                since = (at - turn) % loop.period
                piece = self._round(since, min(stop - at, loop.period - since))
            pieces.append(piece)
            at += len(piece)
        if len(pieces) == 1:
            return pieces[0]
        return np.concatenate(pieces) if pieces else np.zeros((0, self.channels), np.float32)

    @cached_property
    def _rests(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """The DC of what fades out and of what fades in, shape (channels,).

        DC is one sound with itself, whatever the rest is: faded with equal power it would bulge.
        """
        loop = self._loop
        tail = self._body.read(loop.end - loop.fade, loop.end).mean(axis=0, dtype=float)
        head = self._body.read(loop.start, loop.start + loop.fade).mean(axis=0, dtype=float)
        return tail, head

    def _round(self, since: int, count: int) -> Audio:
        loop = self._loop
        piece = self._body.read(loop.start + since, loop.start + since + count)
        fading = min(count, loop.fade - since)
        if fading <= 0:
            return piece
        tail = self._body.read(loop.end - loop.fade + since, loop.end - loop.fade + since + fading)
        into, out = self._into[since : since + fading], self._out[since : since + fading]
        old, new = self._rests
        rest = (old + (new - old) * _ease(loop.fade)[since : since + fading, None]).astype(np.float32)
        faded = (piece[:fading] - new.astype(np.float32)) * into + (tail - old.astype(np.float32)) * out + rest
        return np.concatenate([faded, piece[fading:]])


class OnceBed:
    """A body that is played once: music."""

    def __init__(self, body: Body, loudness_lufs: float, made_once: str = "") -> None:
        self._body, self._made_once = body, made_once
        self.channels, self.loudness_lufs = body.channels, loudness_lufs
        self.length: int | None = body.length

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        """Samples [start, stop); silence past the end."""
        refuse_rides(self._made_once, settings)
        end = self._body.length
        piece = self._body.read(min(start, end), min(stop, end))
        return piece if len(piece) == stop - start else _padded(piece, stop - start)


def refuse_rides(made_once: str, settings: SettingsAt | None) -> None:
    """RenderError when a knob is ridden of a sound that is made once and then only played."""
    if made_once and settings is not None:
        ridden = sorted(settings(np.zeros(1)))
        if ridden:
            raise RenderError(
                f"{made_once} is made before it plays: '{ridden[0]}' can be set where it starts, not ridden"
            )


def _padded(piece: Audio, length: int) -> Audio:
    whole = np.zeros((length, piece.shape[1]), np.float32)
    whole[: len(piece)] = piece
    return whole
