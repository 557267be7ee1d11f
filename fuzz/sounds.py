"""Sound files of every kind that is read, whole and damaged."""

from __future__ import annotations

import io
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from random import Random

import imageio_ffmpeg
import numpy as np
import soundfile

from fuzz import mutate

SECONDS, RATE_HZ = 1.5, 44_100
BY_SOUNDFILE = {
    **{"pcm16.wav": ("WAV", "PCM_16"), "pcm24.wav": ("WAV", "PCM_24"), "float.wav": ("WAV", "FLOAT")},
    **{"double.wav": ("WAV", "DOUBLE"), "adpcm.wav": ("WAV", "IMA_ADPCM"), "a.flac": ("FLAC", "PCM_16")},
    **{
        "a.ogg": ("OGG", "VORBIS"),
        "a.aiff": ("AIFF", "PCM_16"),
        "a.caf": ("CAF", "PCM_24"),
        "a.w64": ("W64", "PCM_16"),
    },
    **{"a.rf64": ("RF64", "PCM_24"), "float.aiff": ("AIFF", "FLOAT")},
}
BY_FFMPEG = {
    **{"a.mp3": ["-b:a", "96k"], "a.m4a": ["-c:a", "aac"], "a.aac": ["-c:a", "aac"], "a.wma": ["-c:a", "wmav2"]},
    **{
        "a.webm": ["-c:a", "libopus"],
        "a.opus": ["-c:a", "libopus"],
        "late.m4a": ["-c:a", "aac", "-movflags", "+faststart"],
    },
}
KINDS = (*BY_SOUNDFILE, *BY_FFMPEG)


@cache
def whole(kind: str, seconds: float = SECONDS) -> bytes:
    """A sound file of a kind."""
    noise = np.random.default_rng(1).normal(0.0, 0.1, round(seconds * RATE_HZ)).astype(np.float32)
    made = io.BytesIO()
    if kind in BY_SOUNDFILE:
        form, subtype = BY_SOUNDFILE[kind]
        soundfile.write(made, noise, RATE_HZ if subtype != "OPUS" else 48_000, subtype=subtype, format=form)
        return made.getvalue()
    soundfile.write(made, noise, RATE_HZ, subtype="PCM_16", format="WAV")
    with tempfile.TemporaryDirectory() as folder:
        to = Path(folder) / kind
        command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0", *BY_FFMPEG[kind], str(to)]
        subprocess.run(command, input=made.getvalue(), check=True, capture_output=True)
        return to.read_bytes()


def damaged(chance: Random) -> tuple[str, bytes]:
    """A file's name and its bytes, cut off or changed; now and then of another kind than its name says."""
    kind = chance.choice(KINDS)
    content = whole(kind)
    how = chance.randrange(4)
    if how == 0:
        content = content[: chance.randrange(len(content))]
    elif how == 1:
        content = whole(chance.choice(KINDS))
        content = content if chance.random() < 0.3 else mutate.octets(chance, content)
    else:
        content = mutate.octets(chance, content, most=chance.choice((1, 3, 30)))
    return kind, content
