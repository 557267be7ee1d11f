"""Samples to files: each codec is one entry of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.deliver import ffmpeg
from producer.model.profile import Profile


@dataclass(frozen=True, slots=True)
class Codec:
    """How ffmpeg is told to write a format."""

    suffix: str
    options: tuple[str, ...]


def _mp3(profile: Profile) -> Codec:
    # Joint stereo and the Info frame (delay, padding, exact length) are libmp3lame's defaults to a file.
    return Codec(
        ".mp3",
        ("-c:a", "libmp3lame", "-b:a", f"{profile.kbps}k", "-write_xing", "1", "-id3v2_version", "0", "-f", "mp3"),
    )


def _wav(profile: Profile) -> Codec:
    return Codec(".wav", ("-c:a", f"pcm_s{profile.bits}le", "-rf64", "auto", "-f", "wav"))


def _flac(profile: Profile) -> Codec:
    return Codec(
        ".flac", ("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", str(profile.bits), "-f", "flac")
    )


def codec(profile: Profile) -> Codec:
    """How the profile's file is written."""
    return {"mp3": _mp3, "wav": _wav, "flac": _flac}[profile.codec](profile)


def whole_frames(samples: int, profile: Profile) -> int:
    """The least length from `samples` on that the codec holds exactly.

    Encoders that count in frames say in the file how much of the last one is padding, and ffmpeg's decoder can only
    take off up to one frame: a programme of whole MP3 frames always comes back to the sample.
    """
    if profile.codec != "mp3":
        return samples
    frame = 1152 if profile.rate_hz >= 32000 else 576  # MPEG-1, MPEG-2 (ISO 11172-3, 13818-3)
    return -(-samples // frame) * frame


def encode(blocks: Iterable[Audio], profile: Profile, to: Path) -> int:
    """Write the mastered blocks to the file `to` as the profile says; returns samples written."""
    return ffmpeg.encode(_in_range(blocks), profile.rate_hz, profile.channels, list(codec(profile).options), to)


def decode(path: Path, profile: Profile) -> Iterator[Audio]:
    """What a listener's player gets from the file, in blocks."""
    return ffmpeg.decode(path, profile.channels, profile.rate_hz)


def _in_range(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """A sample over full scale would wrap in an integer format; without a limiter there may be one."""
    for block in blocks:
        yield np.clip(block, -1.0, 1.0)
