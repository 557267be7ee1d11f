"""A recording that goes round without a seam that can be heard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from scipy import signal

from producer.audio import Audio, as_mono
from producer.errors import RenderError
from producer.model.sound import SettingsAt

FADE_S = 1.5
SEARCH_S = 5.0
"""How far before the end a better turning point is looked for."""
FLOOR_DB = -6.0
"""A recording's own fade-in and fade-out, quieter than this beside its middle, are not a part of the loop."""
_HOP_S = 0.05


class Body(Protocol):
    """Samples that can be read from anywhere within 0 … length."""

    @property
    def length(self) -> int: ...

    @property
    def channels(self) -> int: ...

    def read(self, start: int, stop: int) -> Audio: ...


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
    """Where `body` loops best: the end, within the last seconds, that is most like the beginning in shape and level.

    Args:
        asked_s: a start and an end that the pack gives; then only the fade is ours.
    """
    if asked_s is not None:
        start, end = (min(round(at * rate_hz), body.length) for at in asked_s)
        if end > start:
            fade = min(round(FADE_S * rate_hz), (end - start) // 4)
            return Loop(start, end, fade, _likeness(body, start, end, fade))
    start, end = _steady_part(body, rate_hz)
    fade = min(round(FADE_S * rate_hz), (end - start) // 4)
    if fade < 2:
        return Loop(0, body.length, 0, 0.0)
    search = min(round(SEARCH_S * rate_hz), (end - start) // 4)
    end = _most_like(body, start, end, fade, search)
    return Loop(start, end, fade, _likeness(body, start, end, fade))


def _steady_part(body: Body, rate_hz: int) -> tuple[int, int]:
    hop = max(1, round(_HOP_S * rate_hz))
    per_read = hop * 100
    hops = np.concatenate(
        [_hop_powers(body.read(at, min(at + per_read, body.length)), hop) for at in range(0, body.length, per_read)]
    )
    if len(hops) < 8:
        return 0, body.length
    smooth = signal.convolve(hops, np.ones(4) / 4, "valid")
    loud = np.flatnonzero(smooth >= np.median(smooth) * 10.0 ** (FLOOR_DB / 10.0))
    start, end = int(loud[0]) * hop, (int(loud[-1]) + 4) * hop
    return (start, end) if end - start >= body.length // 2 else (0, body.length)


def _hop_powers(audio: Audio, hop: int) -> NDArray[np.float64]:
    power = np.square(as_mono(audio)[:, 0].astype(float))
    return np.asarray(power[: len(power) // hop * hop].reshape(-1, hop).mean(axis=1))


def _most_like(body: Body, start: int, end: int, fade: int, search: int) -> int:
    head = as_mono(body.read(start, start + fade))[:, 0].astype(float)
    tail = as_mono(body.read(end - search - fade, end))[:, 0].astype(float)
    together = signal.correlate(tail, head, "valid", method="fft")
    total = np.concatenate([[0.0], np.cumsum(np.square(tail))])
    energy = np.maximum(total[fade:] - total[:-fade], 1e-20)
    head_energy = max(float(np.square(head).sum()), 1e-20)
    alike = together / np.sqrt(energy * head_energy)
    level = np.minimum(energy / head_energy, head_energy / energy) ** 0.25
    return end - search + int(np.argmax((1.0 + alike) * level))


def _likeness(body: Body, start: int, end: int, fade: int) -> float:
    head = body.read(start, start + fade).astype(float).ravel()
    tail = body.read(end - fade, end).astype(float).ravel()
    scale = float(np.sqrt(np.square(head).sum() * np.square(tail).sum()))
    return float(np.clip(head @ tail / scale, 0.0, 1.0)) if scale > 0.0 else 0.0


def fades(length: int, likeness: float) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Gains out and in, shape (length, 1), that keep the power of two sounds with this correlation.

    Equal-power (sine and cosine) for sounds that have nothing in common, equal-gain for a sound with itself.
    """
    angle = (np.arange(length) + 0.5) / max(length, 1) * np.pi / 2
    out, into = np.cos(angle), np.sin(angle)
    power = np.sqrt(1.0 + 2.0 * likeness * out * into)
    return (out / power).astype(np.float32)[:, None], (into / power).astype(np.float32)[:, None]


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
        return np.concatenate(pieces) if pieces else np.zeros((0, self.channels), np.float32)

    def _round(self, since: int, count: int) -> Audio:
        loop = self._loop
        piece = self._body.read(loop.start + since, loop.start + since + count)
        fading = min(count, loop.fade - since)
        if fading <= 0:
            return piece
        tail = self._body.read(loop.end - loop.fade + since, loop.end - loop.fade + since + fading)
        into, out = self._into[since : since + fading], self._out[since : since + fading]
        return np.concatenate([piece[:fading] * into + tail * out, piece[fading:]])


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
