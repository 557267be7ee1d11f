"""A decoded file at the palette's rate, read from anywhere in it without being held whole.

Decoding writes chunks of a fixed length to the cache, named by the file's content; reading takes from there what it
wants, and no more. What is shifted off zero is decoded a second time, without its shift. When the cache cannot keep
them (a full disk), reading decodes again: slower, never different.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import soxr

from producer import cache as entries
from producer import dsp, sounds
from producer.audio import Audio
from producer.cache import Cache
from producer.made_by import made_by
from producer.sounds.decode import Decoded, decode
from producer.sounds.kept import Kept
from producer.sounds.shift import Shift, taken_out

CHUNK = 1 << 18  # samples: 5.5 s at 48 kHz, 2 MiB in stereo


class Recording:
    """The samples of one file; `length` and `channels` are known, any stretch can be read. Safe in threads."""

    def __init__(self, path: Path, sha256: str, rate_hz: int, cache: Cache, kept: Kept) -> None:
        """Decodes the file unless the cache knows it. Raises UndecodableError."""
        self._path, self._rate_hz, self._cache, self._kept = path, rate_hz, cache, kept
        self._name = ("recording", made_by(sounds, dsp), sha256, rate_hz, CHUNK)
        known = cache.data(entries.key(*self._name), self._measure)
        self.length, self.channels = int(str(known["length"])), int(str(known["channels"]))
        self._shifted = bool(known["shifted"])

    def read(self, start: int, stop: int) -> Audio:
        """Samples [start, stop), shape (stop - start, channels); both within 0 … length."""
        pieces = [
            self._piece(at // CHUNK, at % CHUNK, min(CHUNK, at % CHUNK + stop - at))
            for at in [start, *range((start // CHUNK + 1) * CHUNK, stop, CHUNK)]
            if at < stop
        ]
        if not pieces:
            return np.zeros((0, self.channels), np.float32)
        return pieces[0] if len(pieces) == 1 else np.concatenate(pieces)

    def _piece(self, number: int, first: int, last: int) -> Audio:
        """Samples [first, last) of a chunk, read from its file: memory that is read once is not worth holding."""
        piece = self._cache.stretch(self._called(number), first, last)
        return self._chunk(number)[first:last] if piece is None else piece

    def _chunk(self, number: int) -> Audio:
        name = self._called(number)
        return self._kept.get(name, lambda: self._cache.audio(name, lambda: self._decoded_chunk(number)))

    def _called(self, number: int) -> str:
        return entries.key(*self._name, number, *(["unshifted"] if self._shifted else []))

    def _decoded_chunk(self, wanted: int) -> Audio:
        for number, chunk in enumerate(self._chunks(decode(self._path))):
            if number == wanted:
                return chunk
            self._hold(number, chunk)
        raise IndexError(f"chunk {wanted} of {self._path.name}")

    def _measure(self) -> dict[str, object]:
        self._shifted = False
        shift = self._hold_all()
        if shift.is_one():
            self._shifted = True
            self._hold_all()
        return {"length": self.length, "channels": self.channels, "shifted": self._shifted}

    def _hold_all(self) -> Shift:
        decoded = decode(self._path)
        shift = Shift(decoded.rate_hz, decoded.channels)
        self.length, self.channels = 0, decoded.channels
        for number, chunk in enumerate(self._chunks(decoded, shift)):
            self._hold(number, chunk)
            self.length += len(chunk)
        return shift

    def _hold(self, number: int, chunk: Audio) -> None:
        name = self._called(number)
        self._kept.put(name, chunk)
        self._cache.keep(name, chunk)

    def _chunks(self, decoded: Decoded, shift: Shift | None = None) -> Iterator[Audio]:
        blocks = decoded.blocks if shift is None else shift.heard(decoded.blocks)
        if self._shifted:
            blocks = taken_out(blocks, decoded.rate_hz)
        waiting = [np.zeros((0, decoded.channels), np.float32)]
        held = made = 0
        for block in _resampled(blocks, decoded.rate_hz, self._rate_hz, decoded.channels):
            waiting.append(block)
            held, made = held + len(block), made + len(block)
            while held >= CHUNK:
                whole = np.concatenate(waiting)
                yield whole[:CHUNK].copy()
                waiting, held = [whole[CHUNK:]], held - CHUNK
        if not made:  # one sample at a high rate can be less than half a sample here
            waiting, held = [np.zeros((1, decoded.channels), np.float32)], 1
        if held:
            yield np.concatenate(waiting)


def _resampled(blocks: Iterator[Audio], rate_hz: int, wanted_hz: int, channels: int) -> Iterator[Audio]:
    """The same sound at `wanted_hz`; one block late, because the resampler must be told which is the last."""
    if rate_hz == wanted_hz:
        yield from blocks
        return
    stream = soxr.ResampleStream(rate_hz, wanted_hz, channels, dtype="float32", quality="VHQ")
    late: Audio | None = None
    for block in blocks:
        if late is not None:
            yield stream.resample_chunk(late)
        late = block
    if late is not None:
        yield stream.resample_chunk(late, last=True)
