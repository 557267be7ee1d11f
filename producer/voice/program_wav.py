"""A WAV that a program of the user's wrote: nothing in it is trusted."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer.voice.engine import BrokenVoiceError

MOST_BYTES = 200_000_000
WAVS = ("WAV", "WAVEX", "RF64")
_RATES_HZ = (8000, 192_000)
_ENDLESS = 0x7F00_0000
"""A program that writes a WAV as a stream does not know its length, and says the most that there is, or nearly."""


def read_wav(path: Path, forms: Sequence[str] = WAVS) -> tuple[NDArray[np.float32], int]:
    """A program's WAV in one channel, shape (n,), full scale 1, and its rate. Raises BrokenVoiceError.

    The file is not trusted: it must be a plain one, of a size and rate that speech can have, of finite samples.
    `forms` are libsndfile's names of the formats that it may have.
    """
    import soundfile

    try:
        found = path.lstat()
    except OSError:
        raise BrokenVoiceError("wrote no WAV file") from None
    if not stat.S_ISREG(found.st_mode) or not found.st_size:
        raise BrokenVoiceError("wrote no WAV file")
    if found.st_size > MOST_BYTES:
        raise BrokenVoiceError(f"wrote a file of {found.st_size / 1e6:.0f} MB for one phrase")
    try:
        with soundfile.SoundFile(path) as file:
            rate_hz, channels, form = file.samplerate, file.channels, file.format
            if form not in forms:
                raise BrokenVoiceError(f"wrote a file that is no WAV, but {form}")
            if not _RATES_HZ[0] <= rate_hz <= _RATES_HZ[1] or channels > 2:
                what = f"wrote a WAV with {channels} channel{'s' if channels > 1 else ''} at {rate_hz} Hz"
                raise BrokenVoiceError(f"{what}; write one or two at {_RATES_HZ[0]} to {_RATES_HZ[1]} Hz")
            if form == "WAV" and _missing(path, found.st_size):
                raise BrokenVoiceError("wrote a WAV that is cut short: it says that it holds more than it does")
            audio = file.read(dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as wrong:
        raise BrokenVoiceError(f"wrote a file that cannot be read as WAV: {wrong.error_string}") from None
    if not np.isfinite(audio).all():
        raise BrokenVoiceError("wrote samples that are no numbers")
    return np.clip(audio.mean(axis=1), -1.0, 1.0).astype(np.float32), rate_hz


def _missing(path: Path, size: int) -> bool:
    """Whether a WAV says that it is longer than its file. One that is written as a stream says it is endless: no."""
    with path.open("rb") as file:
        says = int.from_bytes(file.read(8)[4:], "little") + 8
    return size < says < _ENDLESS
