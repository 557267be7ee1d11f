"""LAME in this process: the C interface of the library that lameenc carries.

lameenc's own methods take 16-bit samples and leave the bit reservoir on, so its library is called as LAME's `lame.h`
describes it. A part so is encoded without a process to start and a pipe to feed. Where a build shows nothing of the
library (Windows), parts are encoded by ffmpeg's LAME, as `encode` does then.
"""

from __future__ import annotations

import ctypes
import importlib.util
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.deliver.mp3 import bitrates_kbps, frame_samples
from producer.errors import RenderError

_JOINT_STEREO, _MONO = 1, 3
_QUICK = 9
_BITRATE_AT = 140
"""Where the file's bitrate stands in an Info frame, counted from its name."""
_FRAME_BYTES = 1441
"""The longest frame there is: 320 kbps at 32 kHz, and its padding."""
_POINTER = ctypes.c_void_p
_ROOM = (_POINTER, ctypes.c_int)
_SET = (
    *("num_channels", "in_samplerate", "out_samplerate", "brate", "quality", "mode", "disable_reservoir"),
    *("bWriteVbrTag", "write_id3tag_automatic"),
)
_REPORTS = ("errorf", "msgf", "debugf")


@cache
def available() -> bool:
    """Whether this machine's lameenc shows LAME's own functions."""
    return _library() is not None


@cache
def identity() -> str:
    """What names the library, for what is kept of what it made: its file's name and size; "" where there is none."""
    path = _path()
    return f"{path.name} {path.stat().st_size}" if path is not None and available() else ""


@cache
def version() -> str:
    """LAME's own version, as "4.0"."""
    return str(_found().get_lame_version().decode("ascii"))


def encoded(blocks: Iterable[Audio], rate_hz: int, channels: int, kbps: int, *, quick: bool = False) -> bytes:
    """The MP3 frames of some audio, at one bitrate, each standing alone; none of them an Info frame.

    Args:
        blocks: float32, shape (n, channels), full scale 1.
        quick: in half the time, and not as good.

    Raises RenderError when LAME refuses the settings or the samples.
    """
    with running(rate_hz, channels, kbps, quick=quick) as encoder:
        return b"".join([*(encoder.fed(block) for block in blocks), encoder.rest()])


def info_frame(rate_hz: int, channels: int, kbps: int) -> bytes:
    """The Info frame that LAME writes for a file of one frame of silence with such settings.

    Where frames of that bitrate have no room for it, it is the least longer one that has. Raises RenderError.
    """
    for roomy_kbps in (had for had in bitrates_kbps(rate_hz) if had >= kbps):
        with running(rate_hz, channels, roomy_kbps, info=True) as encoder:
            encoder.fed(np.zeros((frame_samples(rate_hz), channels), np.float32))
            encoder.rest()
            made = bytearray(encoder.info())
        if made:
            made[made.index(b"Info") + _BITRATE_AT] = min(kbps, 255)
            return bytes(made)
    raise RenderError(f"LAME has no Info frame for {rate_hz} Hz")


class Encoder:
    """One run of LAME; the samples go in and the frames come out."""

    def __init__(self, library: ctypes.CDLL, handle: int, channels: int) -> None:
        self._library, self._handle, self._channels = library, handle, channels
        self._room = np.empty(0, np.uint8)

    def fed(self, block: Audio) -> bytes:
        """The frames that are ready once a block is in."""
        samples = np.ascontiguousarray(block, np.float32)
        if not np.isfinite(samples.sum()):  # LAME would end the whole process
            raise RenderError("LAME was given samples that are not finite")
        length = len(samples)
        at = samples.ctypes.data
        if self._channels == 2:
            call = partial(self._library.lame_encode_buffer_interleaved_ieee_float, self._handle, at, length)
        else:
            call = partial(self._library.lame_encode_buffer_ieee_float, self._handle, at, at, length)
        return self._made(call, length * 5 // 4 + 7200)  # as much as lame.h says that it may take

    def rest(self) -> bytes:
        """The frames of what was still held."""
        return self._made(partial(self._library.lame_encode_flush, self._handle), 7200)

    def info(self) -> bytes:
        """The Info frame, once all is encoded; nothing where a frame has no room for it."""
        room = np.empty(_FRAME_BYTES, np.uint8)
        length = int(self._library.lame_get_lametag_frame(self._handle, room.ctypes.data, len(room)))
        return room[:length].tobytes()

    def _made(self, call: partial[int], most: int) -> bytes:
        if len(self._room) < most:
            self._room = np.empty(most, np.uint8)
        length = call(self._room.ctypes.data, len(self._room))
        if length < 0:
            raise RenderError(f"LAME stopped with its code {length}")
        return self._room[:length].tobytes()


@contextmanager
def running(rate_hz: int, channels: int, kbps: int, *, quick: bool = False, info: bool = False) -> Iterator[Encoder]:
    """An encoder with such settings, as `encoded` has them.

    Args:
        info: the first frame that it gives is empty, for its Info frame.
    """
    library = _found()
    handle = library.lame_init()
    if not handle:
        raise RenderError("LAME found no memory")
    try:
        asked = {
            "num_channels": channels,
            "in_samplerate": rate_hz,
            "out_samplerate": rate_hz,
            "brate": kbps,
            "mode": _JOINT_STEREO if channels == 2 else _MONO,
            "disable_reservoir": 1,  # each frame stands alone, so that stretches can be joined
            "bWriteVbrTag": int(info),
            "write_id3tag_automatic": 0,
            **({"quality": _QUICK} if quick else {}),
        }
        for setting, value in asked.items():
            getattr(library, f"lame_set_{setting}")(handle, value)
        for report in _REPORTS:
            getattr(library, f"lame_set_{report}")(handle, None)  # its words would go to the terminal
        ready = library.lame_init_params(handle) >= 0
        # What it does not have, it takes the nearest of.
        if not ready or (library.lame_get_brate(handle), library.lame_get_out_samplerate(handle)) != (kbps, rate_hz):
            raise RenderError(f"LAME cannot encode {channels} channels of {rate_hz} Hz at {kbps} kbps")
        yield Encoder(library, handle, channels)
    finally:
        library.lame_close(handle)


def _found() -> ctypes.CDLL:
    library = _library()
    if library is None:
        raise RenderError("this build of lameenc does not show LAME's functions")
    return library


@cache
def _library() -> ctypes.CDLL | None:
    """The library with the types of what is called of it."""
    path = _path()
    if path is None:
        return None
    try:
        library = ctypes.CDLL(str(path))
        library.lame_init.restype = _POINTER
        library.get_lame_version.restype = ctypes.c_char_p
        for setting in _SET:
            getattr(library, f"lame_set_{setting}").argtypes = [_POINTER, ctypes.c_int]
        for report in _REPORTS:
            getattr(library, f"lame_set_{report}").argtypes = [_POINTER, _POINTER]
        for name in ("lame_init_params", "lame_get_brate", "lame_get_out_samplerate", "lame_close"):
            getattr(library, name).argtypes = [_POINTER]
        library.lame_encode_buffer_interleaved_ieee_float.argtypes = [_POINTER, _POINTER, ctypes.c_int, *_ROOM]
        library.lame_encode_buffer_ieee_float.argtypes = [_POINTER, _POINTER, _POINTER, ctypes.c_int, *_ROOM]
        library.lame_encode_flush.argtypes = [_POINTER, *_ROOM]
        library.lame_get_lametag_frame.argtypes = [_POINTER, _POINTER, ctypes.c_size_t]
        library.lame_get_lametag_frame.restype = ctypes.c_size_t
    except (OSError, AttributeError):  # a build that hides them
        return None
    return library


@cache
def _path() -> Path | None:
    found = importlib.util.find_spec("lameenc")
    return Path(found.origin) if found is not None and found.origin else None
