"""The session's sound files: made a block at a time, each once, however often it is heard."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path

import numpy as np
import soundfile

from producer.audio import Audio
from producer.deliver.spill import Spill
from producer.errors import RenderError
from producer.session.names import file_part
from producer.session.nouns import Media

FOLDER = "media"
_BLOCK = 1 << 18
_MOST_GAIN = 2.0


class Files:
    """Writes sound files into `folder`/media and remembers them by what they are.

    A file's name ends with a sum of its samples: a session that somebody saved in that folder plays what it played,
    whatever is written beside it later.

    Args:
        folder: the session's.
        work: where a file is kept until its peak is known.
    """

    def __init__(self, folder: Path, work: Path, rate_hz: int) -> None:
        self._folder = folder
        self._work = work
        self._rate_hz = rate_hz
        self._known: dict[Hashable, Media | None] = {}

    def keep(
        self,
        key: Hashable,
        label: str,
        make: Callable[[], Iterator[Audio]],
        *,
        gain: float = 1.0,
        suffix: str = ".flac",
    ) -> Media | None:
        """The file of what `make` gives, stereo blocks in order; made when `key` is new. None for mere silence.

        A sound that is the same left and right becomes a mono file, what is silent at the end is left off, and what is
        over full scale is halved until it is not; 24 bits. Raises RenderError when it cannot be written.

        Args:
            gain: what the sound is played with. For more than 2, the most that some faders have, the file is doubled
                as often as it has room.
        """
        if key not in self._known:
            doublings = max(0, int(np.ceil(np.log2(gain / _MOST_GAIN))))
            self._known[key] = self._written(label, make(), suffix, doublings)
        return self._known[key]

    def _written(self, label: str, blocks: Iterator[Audio], suffix: str, doublings: int) -> Media | None:
        with Spill(self._work, 2) as whole:
            peak, samples, mono = 0.0, 0, True
            for block in blocks:
                heard = np.flatnonzero(block.any(axis=1))
                if len(heard):
                    samples = whole.samples + int(heard[-1]) + 1
                    peak = max(peak, float(np.abs(block).max()))
                    mono = mono and bool(np.array_equal(block[:, 0], block[:, 1]))
                whole.write(block)
            if not samples:
                return None
            halvings = max(-doublings, int(np.ceil(np.log2(peak))))
            channels = 1 if mono else 2
            file = self._write(file_part(label), suffix, whole, samples, channels, np.float32(0.5**halvings))
        return Media(file=file, samples=samples, channels=channels, scale=2.0**halvings)

    def _write(self, label: str, suffix: str, whole: Spill, samples: int, channels: int, gain: np.float32) -> str:
        """Returns the file's name, from the session's folder."""
        kind = {".flac": "FLAC", ".wav": "WAV"}[suffix]
        folder, total = self._folder / FOLDER, hashlib.sha256()
        part = folder / f"{label}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with soundfile.SoundFile(part, "w", self._rate_hz, channels, "PCM_24", format=kind) as file:
                for start in range(0, samples, _BLOCK):
                    block = whole.read(start, min(start + _BLOCK, samples))[:, :channels] * gain
                    total.update(np.ascontiguousarray(block).tobytes())
                    file.write(block)
            name = f"{FOLDER}/{label}_{total.hexdigest()[:8]}{suffix}"
            part.replace(self._folder / name)
        except (OSError, soundfile.SoundFileError) as found:
            raise RenderError(f"cannot write {label}{suffix}: {found}") from None
        return name
