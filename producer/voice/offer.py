"""What this machine can speak with, and a sentence in one of its voices."""

from __future__ import annotations

import contextlib
import io
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.cache import Cache
from producer.errors import Place, RenderError, nearest
from producer.model.script import Line, Token, VoiceUse
from producer.replaced import put_file
from producer.units import Wpm
from producer.voice.engine import Voice
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.pace import PASSAGES
from producer.voice.settings import settings_file
from producer.voice.speak import speak_lines
from producer.voice.there import split_voice, voice_fault

RATE_HZ = 48000
PLAYERS = (
    ("afplay", "{wav}"),
    ("pw-play", "{wav}"),
    ("paplay", "{wav}"),
    ("aplay", "-q", "{wav}"),
    ("play", "-q", "{wav}"),
    ("ffplay", "-nodisp", "-autoexit", "-loglevel", "error", "{wav}"),
)
"""Programs that systems have for playing a file: macOS, PipeWire, PulseAudio, ALSA, SoX, ffmpeg."""
_SLACK_S = 10.0  # that a player may take beyond the sound


def facts(language: str = "", voices: Mapping[str, Voice] = VOICES) -> dict[str, object]:
    """Every engine with its voices, for JSON; with `language` (`en`, `en-gb`), only voices of that language.

    Raises RenderError for a language that no voice here speaks.
    """
    base = language.casefold().replace("_", "-").partition("-")[0]
    engines = []
    for engine, voice in voices.items():
        said = [
            {
                "voice": name if engine == DEFAULT else f"{engine}:{name}",
                "language": voice.language(name),
                "lacks": voice.lack(name),
            }
            for name in sorted(voice.names())
            if not base or voice.language(name) == base
        ]
        variants = sorted(sign for sign in voice.variants()) if said else []
        engines.append(
            {
                "engine": engine,
                "default": engine == DEFAULT,
                "voices": said,
                "variants": variants,
                "absence": voice.absence(),
            }
        )
    if base and not any(one["voices"] for one in engines):
        known = {voice.language(name) for voice in voices.values() for name in voice.names()}
        raise RenderError(f"no voice here speaks '{language}'{nearest(base, known)}")
    return {"settings": str(settings_file()), "engines": engines}


def sentence(voice: str, text: str, cache: Cache, wpm: float = 150.0) -> Audio:
    """A text in a voice, shape (n, 1) at `RATE_HZ`, levelled as lines are; without a text, one in its language.

    Raises RenderError for a voice that is not there, and VoiceError when it cannot say the text.
    """
    use = VoiceUse(member="voice", voice=voice, rate_wpm=Wpm(wpm))
    fault = voice_fault(use)
    if fault:
        raise RenderError(f"--play: {fault}")
    engine, name = split_voice(voice)
    language = VOICES[engine].language(name)
    text = text.strip() or PASSAGES.get(language, "").partition(". ")[0]
    if not any(letter.isalnum() for letter in text):
        raise RenderError(f"--play: there is no sentence here in the language of '{voice}'; give one with --text")
    said = text if text.endswith((".", "!", "?", "…")) else text + "."
    words = tuple(Token(word, word) for word in said.split())
    line = Line(id="sentence", scene="voices", place=Place("--play"), tokens=words, rests=(), voices=(use,))
    (take,) = speak_lines([line], RATE_HZ, cache).values()
    return np.concatenate([phrase.audio for phrase in take.phrases])


def wave_file(file: Path) -> None:
    """Hold a name against what is written. Raises RenderError for a name that says that it is something else."""
    if file.suffix.lower() != ".wav":
        raise RenderError(f"-o: what is written is a WAV, and {file.name} would not say so; end its name in .wav")


def write(audio: Audio, file: Path) -> None:
    """A WAV of 16 bits, all of it or none. Raises RenderError when it cannot be written."""
    import soundfile

    whole = io.BytesIO()  # libsndfile does not say why a file cannot be written
    soundfile.write(whole, audio, RATE_HZ, subtype="PCM_16", format="WAV")
    put_file(file, whole.getvalue())


def play(audio: Audio) -> str:
    """To the sound device by the first player that reaches one; its name, or nothing where none does."""
    with tempfile.TemporaryDirectory(prefix="producer-play-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / "voice.wav"
        write(audio, file)
        if sys.platform == "win32":
            import winsound

            with contextlib.suppress(RuntimeError):
                winsound.PlaySound(str(file), winsound.SND_FILENAME)
                return "Windows"
        for program, *words in PLAYERS:
            found = shutil.which(program)
            if found is None:
                continue
            command = [found, *(word.replace("{wav}", str(file)) for word in words)]
            quiet = subprocess.DEVNULL
            try:
                limit_s = len(audio) / RATE_HZ + _SLACK_S
                subprocess.run(command, check=True, timeout=limit_s, stdin=quiet, stdout=quiet, stderr=quiet)
            except (OSError, subprocess.SubprocessError):  # no device for this one; another may know a way
                continue
            return program
    return ""
