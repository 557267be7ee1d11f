"""Samples to files: each codec is one entry of a table."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.deliver import ffmpeg, mp3
from producer.errors import RenderError
from producer.model.profile import Profile

Programme = Callable[[int, int], Iterable[Audio]]
"""Samples [start, stop) of what is delivered, in blocks. Asked from several threads at once."""

STRETCH_SAMPLES = 72 * 36864
"""Where an MP3 is cut, about once a minute: whole frames of MPEG-1 and MPEG-2."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How ffmpeg is told to write a format."""

    suffix: str
    options: tuple[str, ...]


def _mp3(profile: Profile) -> Codec:
    # Without a reservoir each frame stands alone, so that stretches can be joined.
    options = ("-c:a", "libmp3lame", "-b:a", f"{profile.kbps}k", "-reservoir", "0", "-id3v2_version", "0", "-f", "mp3")
    return Codec(".mp3", options)


def _wav(profile: Profile) -> Codec:
    return Codec(".wav", ("-c:a", f"pcm_s{profile.bits}le", "-rf64", "auto", "-f", "wav"))


def _flac(profile: Profile) -> Codec:
    options = ("-c:a", "flac", "-sample_fmt", "s32", "-bits_per_raw_sample", str(profile.bits), "-f", "flac")
    return Codec(".flac", options)


SUFFIXES = (".mp3", ".wav", ".flac")


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
    frame = mp3.frame_samples(profile.rate_hz)
    return -(-samples // frame) * frame


def encode(
    programme: Programme,
    samples: int,
    profile: Profile,
    to: Path,
    jobs: int = 1,
    progress: Callable[[int], None] = lambda done: None,
) -> None:
    """Write `samples` of the programme to the file `to` as the profile says; the bytes do not depend on `jobs`.

    Args:
        progress: told how many samples are written.
    """
    if profile.codec == "mp3":
        _encode_mp3(programme, samples, profile, to, jobs, progress)
    else:
        _run(programme(0, samples), profile, to)


def decode(path: Path, profile: Profile) -> Iterator[Audio]:
    """What a listener's player gets from the file, in blocks."""
    return ffmpeg.decode(path, profile.channels, profile.rate_hz)


def write_stem(blocks: Iterable[Audio], rate_hz: int, to: Path) -> None:
    """Write a stereo stem to the file `to` as it is: WAV with 32-bit float samples, which no level can clip.

    A file of over 4 GiB becomes RF64 by itself (EBU Tech 3306).
    """
    ffmpeg.encode(blocks, rate_hz, 2, ["-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav"], to)


def _encode_mp3(
    programme: Programme, samples: int, profile: Profile, to: Path, jobs: int, progress: Callable[[int], None]
) -> None:
    frame = mp3.frame_samples(profile.rate_hz)
    starts = range(0, samples, STRETCH_SAMPLES)
    with tempfile.TemporaryDirectory(prefix=".mp3-", dir=to.parent) as folder:
        part = Path(folder)

        def stretch(start: int) -> bytes:
            begin = max(0, start - mp3.LEAD_FRAMES * frame)
            last = start + STRETCH_SAMPLES >= samples
            stop = samples if last else start + STRETCH_SAMPLES + mp3.TRAIL_FRAMES * frame
            file = part / f"{start}.mp3"
            _run(programme(begin, min(stop, samples)), profile, file, "-write_xing", "0")
            made = list(mp3.frames(file.read_bytes()))
            file.unlink()
            first = (start - begin) // frame
            return b"".join(made[first : None if last else first + STRETCH_SAMPLES // frame])

        opening = part / "opening.mp3"
        _run([np.zeros((frame, profile.channels), np.float32)], profile, opening)
        stretches: list[bytes] = []
        with ThreadPoolExecutor(max(1, jobs)) as pool:
            for start, made in zip(starts, pool.map(stretch, starts), strict=True):
                stretches.append(made)
                progress(min(samples, start + STRETCH_SAMPLES))
        info = next(mp3.frames(opening.read_bytes()))
    try:
        to.write_bytes(mp3.joined(info, stretches, samples, profile.rate_hz))
    except OSError as found:
        raise RenderError(f"cannot write {to.name}: {found.strerror}") from None


def _run(blocks: Iterable[Audio], profile: Profile, to: Path, *more: str) -> int:
    options = [*codec(profile).options[:-2], *more, *codec(profile).options[-2:]]
    return ffmpeg.encode(_in_range(blocks), profile.rate_hz, profile.channels, options, to)


def _in_range(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """A sample over full scale would wrap in an integer format; without a limiter there may be one."""
    for block in blocks:
        yield np.clip(block, -1.0, 1.0)
