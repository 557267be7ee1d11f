"""Sound files of any kind -> blocks of samples, at most two channels, nothing but finite numbers.

WAV, FLAC, Ogg, Opus, AIFF, CAF, AU, W64 and RF64 are read by libsndfile, in blocks; MP3, M4A and the rest, what it
cannot read of Ogg, and a FLAC that does not say how long it is, through a pipe from the ffmpeg that imageio-ffmpeg
carries (libsndfile cannot read AAC, and its MP3 reader prints to our stderr). Which of them is told by the file's first
bytes, so that a wrong suffix does not mislead. ffmpeg is told the container to expect, and gives float samples: what is
encoded over full scale keeps its shape.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from producer.audio import Audio
from producer.bounds import BOUNDS, how_to_raise
from producer.carried import QUIETLY, about, decoded, executable, reading
from producer.digests import CHANGED, sha256_of
from producer.frozen import dataclass
from producer.sounds import speakers
from producer.sounds.speakers import Speakers, fold
from producer.watched import Watched

MAX_SECONDS = BOUNDS.sound_minutes * 60
BLOCK = 1 << 16  # frames
LOWEST_HZ, HIGHEST_HZ = 2_000, 768_000
MOST_CHANNELS = 8
_UNSAID = 2**63 - 1
"""How many frames libsndfile gives a FLAC that does not say: one that was written into a pipe. It cannot read that."""

_MAGIC = (b"RIFF", b"RIFX", b"RF64", b"fLaC", b"OggS", b"FORM", b"caff", b"riff", b"BW64", b".snd")
_CONTAINERS = {
    ".mp3": "mp3",
    ".m4a": "mp4",
    ".m4b": "mp4",
    ".mp4": "mp4",
    ".aac": "aac",
    ".wma": "asf",
    ".webm": "matroska",
    ".mka": "matroska",
    ".mkv": "matroska",
    ".mov": "mp4",
    ".3gp": "mp4",
    ".3g2": "mp4",
    ".amr": "amr",
    ".ac3": "ac3",
    ".eac3": "eac3",
    ".mp2": "mp3",
    ".ape": "ape",
    ".tta": "tta",
    ".wv": "wv",
}


class UndecodableError(Exception):
    """What keeps a file from being heard, in words; the caller knows the file's name and place."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A file as it comes out, in order and once."""

    rate_hz: int
    channels: int  # 1 or 2, as in the blocks
    blocks: Iterator[Audio]
    written: int  # channels of the file itself


def decode(path: Path, max_s: float = MAX_SECONDS) -> Decoded:
    """The sound in `path`. Reading on through its blocks raises UndecodableError too.

    Raises:
        UndecodableError: it is no sound file, is broken, longer than `max_s`, has more than 8 channels, a rate that no
            recorder has, a sample that is not a number, or no samples.
    """
    try:
        found = path.stat()
        if not stat.S_ISREG(found.st_mode):  # to open a pipe would wait for its other end
            raise UndecodableError("is a device or a pipe, not a file")
        with path.open("rb") as file:
            head = file.read(12)
    except OSError as wrong:
        raise UndecodableError(f"cannot be opened: {wrong.strerror}") from None
    if found.st_size > BOUNDS.bytes("sound_mib"):
        raise UndecodableError(f"is larger than {BOUNDS.sound_mib:g} MiB ({how_to_raise('sound_mib')})")
    if not head:
        raise UndecodableError("is empty")
    if head[:4] in _MAGIC:
        return _by_soundfile(path, max_s)
    container = _CONTAINERS.get(path.suffix.lower())
    if container is None:
        raise UndecodableError(f"is called {path.suffix}, but what is in it is no such sound")
    return _by_ffmpeg(path, container, max_s)


def still(path: Path, sha256: str) -> None:
    """Raises UndecodableError when a file is not what it was when it was summed up.

    To be asked once it was decoded: what is kept under a file's sum would else be another file's sound, for good.
    """
    try:
        same = sha256_of(path) == sha256
    except OSError as wrong:
        raise UndecodableError(f"cannot be opened: {wrong.strerror}") from None
    if not same:
        raise UndecodableError(CHANGED)


def header_length_s(path: Path) -> float:
    """How long the file says it is, or 0 where only decoding would tell."""
    try:
        with path.open("rb") as file:
            known = file.read(4) in _MAGIC
        found = soundfile.info(str(path)) if known else None
        return 0.0 if found is None or found.frames == _UNSAID else float(found.duration)
    except (OSError, soundfile.LibsndfileError):
        return 0.0


def is_float(path: Path) -> bool:
    """Whether what is decoded can go over full scale: float samples, or a codec that gives such."""
    try:
        with path.open("rb") as file:
            known = file.read(4) in _MAGIC
        if not known:
            return path.suffix.lower() in _CONTAINERS
        return str(soundfile.info(str(path)).subtype) in ("FLOAT", "DOUBLE", "VORBIS", "OPUS")
    except (OSError, soundfile.LibsndfileError):
        return False


def _by_soundfile(path: Path, max_s: float) -> Decoded:
    try:
        file = soundfile.SoundFile(str(path))
    except soundfile.LibsndfileError as wrong:
        if probe(path, "ogg") is not None:  # FLAC and Speex in an Ogg, which it does not read
            return _by_ffmpeg(path, "ogg", max_s)
        raise UndecodableError(f"cannot be read: {wrong.error_string.rstrip('.')}") from None
    if file.frames == _UNSAID and file.format == "FLAC":
        file.close()
        return _by_ffmpeg(path, "flac", max_s)
    try:
        _plausible(file.samplerate, file.channels, file.frames, max_s)
    except UndecodableError:
        file.close()
        raise
    blocks = _sane(_soundfile_blocks(file), _meant(path, file), file.samplerate, max_s)
    return Decoded(file.samplerate, min(file.channels, 2), blocks, file.channels)


def _meant(path: Path, file: Any) -> Speakers:
    if file.channels <= 2:
        return ()
    if file.subtype in ("VORBIS", "OPUS"):
        return speakers.VORBIS[file.channels]
    return speakers.in_wav(path, file.channels)


def _soundfile_blocks(file: Any) -> Iterator[NDArray[np.float32]]:
    with file:
        while True:
            try:
                block = file.read(BLOCK, dtype="float32", always_2d=True)
            except soundfile.LibsndfileError as wrong:
                raise UndecodableError(f"is broken: {wrong.error_string.rstrip('.')}") from None
            if not len(block):
                return
            yield block


def _by_ffmpeg(path: Path, container: str, max_s: float) -> Decoded:
    header = probe(path, container)
    if header is None:
        raise _no_such_sound(path)
    _plausible(header.rate_hz, header.channels, max(1, round(header.claims_s * header.rate_hz)), max_s)
    wanted = ["-t", str(int(max_s) + 2), "-f", "f32le", "-ar", str(header.rate_hz), "-ac", str(header.channels)]
    source = [*QUIETLY, "-loglevel", "fatal", *reading(path, container), "-map", "0:a:0"]
    blocks = _ffmpeg_blocks(path, [executable(), *source, *wanted, "pipe:1"], header.channels)
    named = header.speakers if len(header.speakers) == header.channels else speakers.WAV.get(header.channels, ())
    sane = _sane(blocks, named, header.rate_hz, max_s)
    return Decoded(header.rate_hz, min(header.channels, 2), sane, header.channels)


def _ffmpeg_blocks(path: Path, command: list[str], channels: int) -> Iterator[NDArray[np.float32]]:
    left = BOUNDS.bytes("sound_decoded_mib")
    with Watched(command, fed=False) as decoder:
        for block in decoded(decoder, channels, BLOCK):
            left -= block.nbytes
            if left < 0:
                what = f"holds more than {BOUNDS.sound_decoded_mib:g} MiB of samples"
                raise UndecodableError(f"{what} ({how_to_raise('sound_decoded_mib')})")
            yield block
        if decoder.ended() != 0:
            raise _no_such_sound(path)


def _no_such_sound(path: Path) -> UndecodableError:
    return UndecodableError(f"is called {path.suffix}, but what is in it is no such sound, or broken")


@dataclass(frozen=True, slots=True)
class Header:
    """What ffmpeg says of a file without decoding it; `claims_s` is 0 where the file does not say how long it is."""

    rate_hz: int
    channels: int
    claims_s: float
    speakers: Speakers = ()  # empty where it does not name them, or not in a way that is known


def probe(path: Path, container: str | None = None) -> Header | None:
    """The header of a file's first sound; None when there is none, or its suffix is of no container that is known.

    Args:
        container: which one it is, where more is known than its suffix.
    """
    container = container or _CONTAINERS.get(path.suffix.lower())
    said = "" if container is None else about(path, container)
    found = _STREAM.search(said)
    if found is None:
        return None
    lasts = None if "Estimating duration from bitrate" in said else _DURATION.search(said)
    claims_s = int(lasts[1]) * 3600 + int(lasts[2]) * 60 + float(lasts[3]) if lasts else 0.0
    layout = found[2]
    named = speakers.LAYOUTS.get(layout.split("(")[0], ())
    channels = int(layout.split()[0]) if layout.endswith("channels") else len(named) or 2
    return Header(int(found[1]), channels, claims_s, named)


_STREAM = re.compile(r"Stream #.*?Audio: [^\n]*?(\d+) Hz, (\d+ channels|[\w.()]+)")
_DURATION = re.compile(r"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)")


def _shown(seconds: float) -> str:
    return f"{seconds / 60:g} min" if seconds >= 60 else f"{seconds:g} s"


def _plausible(rate_hz: int, channels: int, frames: int, max_s: float) -> None:
    if not 1 <= channels <= MOST_CHANNELS:
        raise UndecodableError(f"has {channels} channels; at most {MOST_CHANNELS} can be folded to stereo")
    if not LOWEST_HZ <= rate_hz <= HIGHEST_HZ:
        raise UndecodableError(f"claims a rate of {rate_hz} Hz, which no recording has")
    if frames == 0:
        raise UndecodableError("holds no sound: it has a header and no samples")
    if frames > max_s * rate_hz:
        raise UndecodableError(f"is longer than {_shown(max_s)}, the most that one sound may last")


def _sane(blocks: Iterator[NDArray[np.float32]], meant: Speakers, rate_hz: int, max_s: float) -> Iterator[Audio]:
    """At most two channels; a header that lied about the length, or a sample that is no number, stops it."""
    frames, peak = 0, 0.0
    for block in blocks:
        frames += len(block)
        if frames > max_s * rate_hz:
            raise UndecodableError(f"is longer than {_shown(max_s)}, the most that one sound may last")
        top = float(np.abs(block).max())
        if not np.isfinite(top):
            raise UndecodableError("holds a sample that is not a number (NaN or infinity)")
        if top > 1000.0:
            raise UndecodableError(f"holds a sample {20 * np.log10(top):.0f} dB over full scale; this is no recording")
        peak = max(peak, top)
        yield fold(block, meant)
    if frames == 0:
        raise UndecodableError("holds no sound: it has a header and no samples")
    if peak == 0.0:
        raise UndecodableError("holds nothing but silence")
