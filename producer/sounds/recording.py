"""A decoded file at the palette's rate, read from anywhere in it without being held whole.

Decoding writes chunks of a fixed length to the cache, each named by what is in it. Which they are is kept under the
file's sum, once it is sure that they are of that file and of no other that was put in its place meanwhile. Reading
takes from there what it wants, and no more. What is shifted off zero is decoded a second time, without its shift. When
the cache cannot keep them (a full disk), reading decodes again: slower, never different.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soxr

from producer import cache as entries
from producer import dsp, sounds
from producer.audio import Audio
from producer.cache import Cache
from producer.digests import CHANGED
from producer.made_by import made_by
from producer.sounds.decode import Decoded, UndecodableError, decode, still
from producer.sounds.kept import Kept
from producer.sounds.shift import Shift, taken_out

CHUNK = 1 << 18  # samples: 5.5 s at 48 kHz, 2 MiB in stereo


class Recording:
    """The samples of one file; `length` and `channels` are known, any stretch can be read. Safe in threads."""

    def __init__(
        self,
        path: Path,
        sha256: str,
        rate_hz: int,
        cache: Cache,
        kept: Kept,
        unheard: Callable[[str], Exception] = UndecodableError,
    ) -> None:
        """Decodes the file unless the cache knows it.

        Args:
            sha256: of its bytes.
            unheard: what is raised, here or by `read`, when it cannot be heard, from the words that say why.
        """
        self._path, self._sha256, self._rate_hz, self._cache, self._kept = path, sha256, rate_hz, cache, kept
        self._unheard = unheard
        name = entries.key("recording", made_by(sounds, dsp), sha256, rate_hz, CHUNK)
        try:
            known: dict[str, Any] = cache.data(name, self._measure)
        except UndecodableError as wrong:
            raise unheard(str(wrong)) from None
        self.length, self.channels, self._shifted = known["length"], known["channels"], known["shifted"]
        self._names: list[str] = known["chunks"]

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
        piece = self._cache.stretch(self._names[number], first, last)
        return self._chunk(number)[first:last] if piece is None else piece

    def _chunk(self, number: int) -> Audio:
        name = self._names[number]
        try:
            return self._kept.get(name, lambda: self._cache.audio(name, lambda: self._decoded_chunk(number)))
        except UndecodableError as wrong:
            raise self._unheard(str(wrong)) from None

    def _decoded_chunk(self, wanted: int) -> Audio:
        for number, chunk in enumerate(self._chunks(decode(self._path))):
            if number != wanted:
                self._hold(chunk)
            elif _name(chunk) == self._names[number]:
                return chunk
            else:
                break
        raise UndecodableError(CHANGED)

    def _measure(self) -> dict[str, object]:
        self._shifted = False
        shift = self._hold_all()
        if shift.is_one():
            self._shifted = True
            self._hold_all()
        still(self._path, self._sha256)
        return {
            "length": self.length,
            "channels": self.channels,
            "shifted": self._shifted,
            "chunks": self._names,
        }

    def _hold_all(self) -> Shift:
        decoded = decode(self._path)
        shift = Shift(decoded.rate_hz, decoded.channels)
        self.length, self.channels, self._names = 0, decoded.channels, []
        for chunk in self._chunks(decoded, shift):
            self._names.append(self._hold(chunk))
            self.length += len(chunk)
        return shift

    def _hold(self, chunk: Audio) -> str:
        name = _name(chunk)
        self._kept.put(name, chunk)
        self._cache.keep(name, chunk)
        return name

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


def _name(chunk: Audio) -> str:
    return entries.key("chunk of a recording", chunk.shape[1], np.ascontiguousarray(chunk, "<f4").tobytes())


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
