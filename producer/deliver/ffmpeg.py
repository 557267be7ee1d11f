"""The ffmpeg that imageio-ffmpeg carries, run so that nothing but local files and pipes can be reached."""

from __future__ import annotations

import subprocess
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.errors import RenderError

_READ_SAMPLES = 1 << 16


@cache
def executable() -> str:
    """Path of the carried program; RenderError when this machine has none."""
    import imageio_ffmpeg

    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as found:
        raise RenderError(f"no ffmpeg for this machine: {found}; set IMAGEIO_FFMPEG_EXE to one") from None


@cache
def identity() -> str:
    """What names the program, for what is kept of what it made: its file's name and size."""
    path = Path(executable())
    return f"{path.name} {path.stat().st_size}"


def _base() -> list[str]:
    return [executable(), "-hide_banner", "-nostdin", "-loglevel", "error", "-protocol_whitelist", "file,pipe"]


def encode(blocks: Iterable[Audio], rate_hz: int, channels: int, options: list[str], to: Path) -> int:
    """Feed float32 blocks through a pipe; ffmpeg writes the file `to` (so that it can go back and fill in its header).

    Returns the number of samples fed. Raises RenderError with ffmpeg's own words when it fails.
    """
    source = ["-f", "f32le", "-ar", str(rate_hz), "-ac", str(channels), "-i", "pipe:0"]
    plain = ["-map_metadata", "-1", "-fflags", "+bitexact", "-flags:a", "+bitexact"]
    process = subprocess.Popen(
        [*_base(), *source, *plain, *options, "-y", f"file:{to}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None and process.stderr is not None
    fed = 0
    try:
        with process.stdin as pipe:
            for block in blocks:
                pipe.write(np.ascontiguousarray(block, "<f4").data)
                fed += len(block)
    except BrokenPipeError:
        pass  # the exit code and its words say more
    except BaseException:
        process.kill()
        process.wait()
        raise
    said = process.stderr.read().decode("utf-8", "replace").strip()
    process.stderr.close()
    if process.wait() != 0:
        raise RenderError(f"the encoder stopped while writing {to.name}: {said or 'no reason given'}")
    return fed


def decode(path: Path, channels: int, rate_hz: int) -> Iterator[Audio]:
    """The samples of an encoded file in blocks, shape (n, channels), as ffmpeg decodes it at its own rate.

    Raises RenderError when the file cannot be read or ends in damage.
    """
    wanted = ["-f", "f32le", "-ar", str(rate_hz), "-ac", str(channels), "pipe:1"]
    process = subprocess.Popen(
        [*_base(), "-i", f"file:{path}", "-map", "0:a:0", *wanted],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    frame = 4 * channels
    try:
        while raw := process.stdout.read(_READ_SAMPLES * frame):
            yield np.frombuffer(raw, "<f4").reshape(-1, channels)
    finally:
        process.stdout.close()
        said = process.stderr.read().decode("utf-8", "replace").strip()
        process.stderr.close()
        failed = process.wait() != 0
    if failed or said:
        raise RenderError(f"{path.name} does not decode cleanly: {said or 'no reason given'}")
