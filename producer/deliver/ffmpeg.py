"""The ffmpeg that imageio-ffmpeg carries, run so that nothing but local files and pipes can be reached."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.carried import QUIETLY, decoded, executable, reading
from producer.errors import RenderError
from producer.watched import Watched

__all__ = ["decode", "encode", "executable", "identity"]

_READ_SAMPLES = 1 << 16
_FED_BYTES = 1 << 18
"""Fed at a time, so that whether the encoder goes on is seen soon."""


@cache
def identity() -> str:
    """What names the program, for what is kept of what it made: its file's name and size."""
    path = Path(executable())
    return f"{path.name} {path.stat().st_size}"


def _base() -> list[str]:
    return [executable(), *QUIETLY, "-loglevel", "error"]


def encode(blocks: Iterable[Audio], rate_hz: int, channels: int, options: list[str], to: Path) -> int:
    """Feed float32 blocks through a pipe; ffmpeg writes the file `to` (so that it can go back and fill in its header).

    Returns the number of samples fed. Raises RenderError with ffmpeg's own words when it fails.
    """
    source = [
        "-protocol_whitelist",
        "file,pipe",
        "-f",
        "f32le",
        "-ar",
        str(rate_hz),
        "-ac",
        str(channels),
        "-i",
        "pipe:0",
    ]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    fed = 0
    with Watched([*_base(), *source, *plain, *options, "-y", f"file:{to}"], fed=True) as encoder:
        pipe = encoder.process.stdin
        assert pipe is not None
        try:
            for block in blocks:
                raw = np.ascontiguousarray(block, "<f4").data.cast("B") if len(block) else b""
                for at in range(0, len(raw), _FED_BYTES):
                    with encoder.waiting():
                        pipe.write(raw[at : at + _FED_BYTES])
                fed += len(block)
            with encoder.waiting():
                pipe.close()
        except BrokenPipeError:
            pass  # the exit code and its words say more
        wrong = encoder.failed()
        if encoder.process.returncode != 0:
            raise RenderError(f"the encoder stopped while writing {to.name}: {wrong}")
    return fed


def decode(path: Path, channels: int, rate_hz: int, container: str = "") -> Iterator[Audio]:
    """The samples of an encoded file in blocks, shape (n, channels), as ffmpeg decodes it at its own rate.

    Args:
        container: what the file is, as ffmpeg calls it, where that is known (`reading`).

    Raises RenderError when the file cannot be read or ends in damage.
    """
    wanted = ["-f", "f32le", "-ar", str(rate_hz), "-ac", str(channels), "pipe:1"]
    with Watched([*_base(), *reading(path, container), "-map", "0:a:0", *wanted], fed=False) as decoder:
        yield from decoded(decoder, channels, _READ_SAMPLES)
        wrong = decoder.failed()
    if wrong:
        raise RenderError(f"{path.name} does not decode cleanly: {wrong}")
