"""Samples to files: each codec is one entry of a table."""

from __future__ import annotations

import errno
import io
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import soundfile

from producer.audio import Audio
from producer.deliver import ffmpeg, lame, mp3, wave
from producer.deliver.samples import at_rate, dithered
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.model.formats import OPUS_RATE_HZ
from producer.model.profile import Profile
from producer.units import Span

LOSSLESS = ("flac", "wav")
"""Codecs that give back what went in."""
_MORE_FRAMES = 3
"""So many more after the last one make libsndfile's guess of a length, which it makes from the bytes, long enough."""
_AT_ONCE = 1 << 15  # samples that fit into a core's own cache
_LONG_FRAMES = 200
"""A part of so many frames, which are five seconds, is encoded in halves."""
_DECODER_FRAMES = 6
"""How many frames before a part are decoded with it: a decoder needs two, a meter some more."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How ffmpeg is told to write a format."""

    suffix: str
    options: tuple[str, ...]


def _mp3(profile: Profile) -> Codec:
    if profile.vbr:
        quality = "2" if profile.rate_hz >= 32000 else "4"  # LAME's V2: 190 kbps or so for a full mix
        return Codec(".mp3", ("-c:a", "libmp3lame", "-q:a", quality, "-id3v2_version", "0", "-f", "mp3"))
    # Without a reservoir each frame stands alone, so that stretches can be joined.
    options = ("-c:a", "libmp3lame", "-b:a", f"{profile.kbps}k", "-reservoir", "0", "-id3v2_version", "0", "-f", "mp3")
    return Codec(".mp3", options)


def _aac(profile: Profile) -> Codec:
    # Without noise that each decoder makes up for itself: what is measured here is what others hear. Without shaping in
    # time: ffmpeg's gathers what is left out of a frame into a click, now and then. Times in the file's index are
    # counted in samples, or its length would be rounded to a millisecond.
    options = ("-c:a", "aac", "-b:a", f"{profile.kbps}k", "-aac_pns", "0", "-aac_tns", "0")
    exact = ("-movie_timescale", str(profile.rate_hz), "-movflags", "+faststart")
    return Codec(".m4a", (*options, *exact, "-f", "ipod"))


def _opus(profile: Profile) -> Codec:
    return Codec(".opus", ("-c:a", "libopus", "-b:a", f"{profile.kbps}k", "-f", "opus"))


def codec(profile: Profile) -> Codec:
    """How the profile's file is written."""
    if profile.codec in LOSSLESS:
        return Codec(f".{profile.codec}", ())  # no work for ffmpeg
    return {"mp3": _mp3, "aac": _aac, "opus": _opus}[profile.codec](profile)


def whole_frames(samples: int, profile: Profile) -> int:
    """The least length from `samples` on that the codec holds exactly.

    Encoders that count in frames say in the file how much of the last one is padding, and ffmpeg's decoder can only
    take off up to one frame: a programme of whole MP3 frames always comes back to the sample.
    """
    if profile.codec != "mp3":
        return samples
    frame = mp3.frame_samples(profile.rate_hz)
    return -(-samples // frame) * frame


def in_parts(profile: Profile) -> bool:
    """Whether the codec's file can be made of parts that are encoded side by side."""
    return profile.codec == "mp3" and not profile.vbr


def part_encoder() -> str:
    """What names the program or library that encodes parts, for what is kept of what it made."""
    return lame.identity() or ffmpeg.identity()


@dataclass(frozen=True, slots=True)
class Encoded:
    """A part of an MP3."""

    frames: bytes
    """The frames of the part itself, and how many they are."""
    count: int
    around: Sequence[bytes]
    """These with some before and after them, for a decoder to find its way in and out."""
    before: int
    """How many frames `around` has before the part, and how many can be decoded after it."""
    after: int


def encode_part(
    audio: Audio, core: Span, profile: Profile, folder: Path, *, first: bool, last: bool, quick: bool = False
) -> Encoded:
    """The MP3 frames of a part.

    Args:
        audio: the programme in and around the part: at least `mp3.LEAD_FRAMES` more before it, and after it
            `mp3.TRAIL_FRAMES`, but where the programme begins or ends.
        core: the part in samples of `audio`, whole frames.
        folder: for what ffmpeg writes, where LAME is not at hand by itself.
        first, last: whether it is the first part, or the last.
        quick: in half the time, and not as good.

    Raises RenderError when the encoder stops.
    """
    frame = mp3.frame_samples(profile.rate_hz)
    lead = 0 if first else mp3.LEAD_FRAMES
    trail = 0 if last else mp3.TRAIL_FRAMES
    low, high, frames = core.start - lead * frame, core.end + trail * frame, core.length // frame

    def encoded(start: int, end: int) -> list[bytes]:
        blocks = _in_range(audio[at : min(at + _AT_ONCE, end)] for at in range(start, end, _AT_ONCE))
        if lame.available():
            stream = lame.encoded(blocks, profile.rate_hz, profile.channels, _kbps(profile), quick=quick)
        else:
            stream = _by_ffmpeg(blocks, profile, folder, quick=quick)
        return list(mp3.frames(stream))

    if frames < _LONG_FRAMES:
        made = encoded(low, high)
    else:  # in two halves, whoever makes them: where nothing else is left to do, they take both cores
        middle = core.start + frames // 2 * frame
        with ThreadPoolExecutor(1) as beside:
            later = beside.submit(encoded, middle - mp3.LEAD_FRAMES * frame, high)
            made = encoded(low, middle + mp3.TRAIL_FRAMES * frame)[: lead + frames // 2]
            made += later.result()[mp3.LEAD_FRAMES :]
    stop = None if last else lead + frames
    before = min(lead, _DECODER_FRAMES)
    own = made[lead:stop]
    return Encoded(b"".join(own), len(own), made[lead - before :], before, min(trail, 1))


def decode_part(encoded: Encoded, core_samples: int, profile: Profile) -> tuple[Audio, int]:
    """What a player gets of a part, with some before it and after it, and how many samples are before.

    Raises RenderError when it does not decode.
    """
    frame = mp3.frame_samples(profile.rate_hz)
    before, after = encoded.before * frame, encoded.after * frame
    inside = decode_frames(encoded.around, profile)[: before + core_samples + after]
    if len(inside) < before + core_samples:
        raise RenderError(f"{len(inside) - before} samples came back of {core_samples} that were encoded")
    return inside, before


def decode_frames(frames: Sequence[bytes], profile: Profile) -> Audio:
    """What a decoder finds in MP3 frames, from the first sample of the first one on.

    The decoder is `mp3.DELAY_SAMPLES` late: who wants all of a frame has one more follow it. What comes after the last
    one is nothing that was encoded.

    Raises RenderError when they do not decode.
    """
    try:
        stream = io.BytesIO(b"".join([*frames, *[frames[-1]] * _MORE_FRAMES]))
        audio, _ = soundfile.read(stream, dtype="float32", always_2d=True)
    except soundfile.LibsndfileError as wrong:
        raise RenderError(f"what the encoder made does not decode: {wrong.error_string.rstrip('.')}") from None
    if audio.shape[1] != profile.channels:
        raise RenderError(f"{audio.shape[1]} channels came back of {profile.channels} that were encoded")
    heard: Audio = audio[mp3.DELAY_SAMPLES :]
    return heard


@contextmanager
def joining(profile: Profile, samples: int, to: Path) -> Iterator[mp3.Joined]:
    """An MP3 file to which parts are added; whole when all went well. Raises RenderError where it cannot be written."""
    opening = _opening(profile, to.parent)
    try:
        with to.open("wb") as file:
            made = mp3.Joined(opening, profile.rate_hz, file)
            yield made
            made.close(samples)
    except OSError as found:
        raise RenderError(f"cannot write {to.name}: {found.strerror}") from None


def _opening(profile: Profile, folder: Path) -> bytes:
    """What the encoder writes before a programme: the same for all of a profile."""
    if lame.available():
        return lame.info_frame(profile.rate_hz, profile.channels, _kbps(profile))
    if profile not in _openings:
        silent = np.zeros((mp3.frame_samples(profile.rate_hz), profile.channels), np.float32)
        _openings[profile] = next(mp3.frames(_in_file([silent], profile, folder)))
    return _openings[profile]


_NO_ROOM_BYTES = 1 << 16
"""Less than this is free on a disk where a block of audio could not be written for want of room."""
_openings: dict[Profile, bytes] = {}
"""What ffmpeg writes there, by profile: 0.03 s each time."""


def encode(blocks: Iterable[Audio], profile: Profile, to: Path) -> None:
    """Write a programme to the file `to` in one go, as the profile says."""
    if profile.bits == 16:
        blocks = dithered(blocks)
    if profile.codec == "wav":
        form = wave.Form(profile.rate_hz, profile.channels, profile.bits or 24)
        wave.write(blocks if form.floating else _in_range(blocks), form, to)
    elif profile.codec == "flac":
        _flac(_in_range(blocks), profile, to)
    elif profile.codec == "opus":
        at_its_own = at_rate(_in_range(blocks), profile.rate_hz, OPUS_RATE_HZ, profile.channels)
        ffmpeg.encode(at_its_own, OPUS_RATE_HZ, profile.channels, list(codec(profile).options), to)
    else:
        _run(blocks, profile, to)


def decode(path: Path, profile: Profile) -> Iterator[Audio]:
    """What a listener's player gets from the file, in blocks, at the profile's rate: all of it, to the sample."""
    if profile.codec != "opus":
        return ffmpeg.decode(path, profile.channels, profile.rate_hz, "mp3" if profile.codec == "mp3" else "")
    return back_from_opus(path, profile.channels, profile.rate_hz)


def back_from_opus(path: Path, channels: int, rate_hz: int) -> Iterator[Audio]:
    """An Opus file's samples at the rate that its programme had: as many as went in."""
    return at_rate(ffmpeg.decode(path, channels, OPUS_RATE_HZ), OPUS_RATE_HZ, rate_hz, channels)


def write_stem(blocks: Iterable[Audio], rate_hz: int, to: Path) -> None:
    """Write a stereo stem to the file `to` as it is: WAV with 32-bit float samples, which no level can clip.

    A file of over 4 GiB becomes RF64 by itself (EBU Tech 3306).
    """
    ffmpeg.encode(blocks, rate_hz, 2, ["-c:a", "pcm_f32le", "-rf64", "auto", "-f", "wav"], to)


def _kbps(profile: Profile) -> int:
    assert profile.kbps is not None  # only a profile of constant bitrate is made in parts
    return profile.kbps


def _by_ffmpeg(blocks: Iterable[Audio], profile: Profile, folder: Path, *, quick: bool) -> bytes:
    """The frames of a part by ffmpeg's LAME, which is another build, and so gives other bytes; through `folder`."""
    hurry = ("-compression_level", "9") if quick else ()
    return _in_file(blocks, profile, folder, "-write_xing", "0", *hurry)


def _in_file(blocks: Iterable[Audio], profile: Profile, folder: Path, *more: str) -> bytes:
    """What ffmpeg makes; through a file, so that it can go back and fill in its header."""
    with tempfile.TemporaryDirectory(prefix=".mp3-", dir=folder) as place:
        file = Path(place) / "part.mp3"
        _run(blocks, profile, file, *more)
        return file.read_bytes()


def _run(blocks: Iterable[Audio], profile: Profile, to: Path, *more: str) -> int:
    options = [*codec(profile).options[:-2], *more, *codec(profile).options[-2:]]
    return ffmpeg.encode(_in_range(blocks), profile.rate_hz, profile.channels, options, to)


def _flac(blocks: Iterable[Audio], profile: Profile, to: Path) -> None:
    """Whole steps, rounded here: ffmpeg cuts them off, and libsndfile's full scale is a step lower than everybody's."""
    bits = profile.bits or 24
    kind = f"PCM_{bits}"
    try:
        with soundfile.SoundFile(to, "w", profile.rate_hz, profile.channels, kind, format="FLAC") as file:
            for block in blocks:
                file.write(wave.steps(block, bits) << (32 - bits))
    except soundfile.LibsndfileError as found:
        # libsndfile calls every error of the system by one name
        full = shutil.disk_usage(to.parent).free < _NO_ROOM_BYTES
        why = os.strerror(errno.ENOSPC) if full else found.error_string.rstrip(".")
        raise RenderError(f"cannot write {to.name}: {why}") from None


def _in_range(blocks: Iterable[Audio]) -> Iterator[Audio]:
    """A sample over full scale would wrap in an integer format; without a limiter there may be one."""
    for block in blocks:
        yield np.clip(block, -1.0, 1.0)
