"""The ffmpeg that imageio-ffmpeg carries: where it is, and how it reads one file and nothing besides."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer.errors import RenderError
from producer.watched import PATIENCE_S, Watched

QUIETLY = ("-hide_banner", "-nostdin")
_SOUNDS = "aac,ac3,aiff,amr,ape,asf,au,caf,eac3,flac,matroska,mov,mp3,ogg,tta,w64,wav,wv"
"""What may be read, as ffmpeg calls it: no list that leads to other files is among them."""


@cache
def executable() -> str:
    """Path of the carried program; RenderError when this machine has none."""
    import imageio_ffmpeg

    try:
        named = str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as found:
        raise _none(str(found)) from None
    path = shutil.which(named)
    if path is None:
        wrong = "may not be run" if Path(named).is_file() else "is not there"
        raise _none(f"{named} {wrong}")
    return path


def reading(path: Path, container: str = "") -> list[str]:
    """Arguments for a file that is read: whatever it is called and whatever is in it, no other one is opened.

    Args:
        container: what the file is, as ffmpeg calls it, where that is known: an MP3 of five frames is not always known
            for one by what is in it.
    """
    told = ["-f", container] if container else []
    return ["-protocol_whitelist", "file,pipe", "-format_whitelist", _SOUNDS, *told, "-i", f"file:{path}"]


def about(path: Path, container: str = "") -> str:
    """What it says of a file without decoding it, complaints among it. RenderError when there is no ffmpeg."""
    command = [executable(), *QUIETLY, *reading(path, container)]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=PATIENCE_S)
    except subprocess.TimeoutExpired:
        return ""
    except OSError as wrong:
        raise _none(f"{command[0]} cannot be run: {wrong.strerror}") from None
    return done.stderr.decode("utf-8", "replace")


def decoded(decoder: Watched, channels: int, at_once: int) -> Iterator[NDArray[np.float32]]:
    """What a running ffmpeg writes as `f32le`, in blocks of at most `at_once` samples, shape (n, channels)."""
    pipe, frame = decoder.process.stdout, 4 * channels
    assert pipe is not None
    while True:
        with decoder.waiting():
            raw = pipe.read(at_once * frame)
        if not raw:
            return
        yield np.frombuffer(raw[: len(raw) // frame * frame], "<f4").reshape(-1, channels)


def _none(why: str) -> RenderError:
    return RenderError(f"no ffmpeg for this machine: {why}; set IMAGEIO_FFMPEG_EXE to one")
