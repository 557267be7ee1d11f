"""Voices that are programs of the user's own: any command that reads a text and writes a WAV.

What is run stands in the user's settings (`settings.py`), never in a script. There is no shell; the text goes by a file
or by standard input, so nothing in a script can become an argument. The program works in an empty folder that is
removed afterwards, and is ended, with all that it started, when its time is over.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from producer.model.script import Token
from producer.voice import plain_text, ssml
from producer.voice.bending import PITCHES, changed
from producer.voice.engine import BrokenVoiceError, Spoken, UnspeakableError, Utterance
from producer.voice.identity import sha256_of
from producer.voice.phrasing import PUNCTUATION
from producer.voice.program_wav import MOST_BYTES, read_wav

if TYPE_CHECKING:
    from producer.voice.settings import CommandVoice

_MADE = 2
"""Part of every version: raise it when the same program should come out differently."""
GRACE_S = 20.0
"""How long a worker may take over the program itself, so that the program is always ended by its own limit."""
_LOOK_S = 0.25
_TOLD = 160  # characters of what a failing program said


class Command:
    """Every `[voices.command.NAME]` of the user's settings, by its name there."""

    speeds = (0.5, 1.0, 2.0)
    speed_per_wpm = 1.0 / 170.0

    def version(self, name: str) -> str:
        voice = _voice(name)
        files = [sha256_of(path) for path in _files(voice)]
        return json.dumps([_MADE, voice.model_dump(exclude={"time_limit_s"}), files], sort_keys=True)

    def names(self) -> frozenset[str]:
        return frozenset(_voices())

    def variants(self) -> frozenset[str]:
        return frozenset()

    def language(self, name: str) -> str:
        return _voice(name).language.casefold().replace("_", "-").partition("-")[0]

    def worded(self, name: str) -> str:
        voice = _voice(name)
        return voice.language if voice.normalise else ""

    def pitches(self, name: str) -> tuple[float, float]:
        del name
        return PITCHES

    def grace_s(self, name: str) -> float:
        return _voice(name).time_limit_s + GRACE_S

    def lack(self, name: str) -> str:
        program = _voice(name).run[0]
        return "" if _program(program) else f"has no program '{program}' on this machine"

    def say(self, utterance: Utterance) -> Spoken:
        voice = _voice(utterance.voice)
        if voice.text == "ssml":
            text = ssml.document(utterance.tokens, voice.language, ends=utterance.ends)
        else:
            text = _text(utterance.tokens, ends=utterance.ends)
        own = any("{" + mark + "}" in word for word in voice.run for mark in ("speed", "slowness", "wpm"))
        samples, rate_hz = _made(voice, text, utterance.speed if own else 1.0)
        tempo = 1.0 if own else utterance.speed
        return Spoken(changed(samples, rate_hz, tempo, utterance.pitch), rate_hz, ())


def _voice(name: str) -> CommandVoice:
    return _voices()[name.casefold()]


def _voices() -> dict[str, CommandVoice]:
    from producer.voice.settings import settings  # pydantic: workers of other engines need not wait for it

    return settings().voices.command


def _program(written: str) -> str | None:
    return shutil.which(str(Path(written).expanduser()) if written.startswith("~") else written)


def _words(voice: CommandVoice) -> list[str]:
    """The command's words with `~` put in, and the program as a whole path: it is run in another folder."""
    found = _program(voice.run[0])
    if found is None:
        raise BrokenVoiceError(f"has no program '{voice.run[0]}' on this machine")
    rest = [str(Path(word).expanduser()) if word.startswith("~") else word for word in voice.run[1:]]
    return [str(Path(found).absolute()), *rest]


def _files(voice: CommandVoice) -> Iterator[Path]:
    """The program and every file that its command names: a script, a model. Another in its place is another voice."""
    if _program(voice.run[0]) is None:
        return
    for word in _words(voice):
        path = Path(word)
        if path.is_absolute() and path.is_file():
            yield path


def _text(tokens: Sequence[Token], *, ends: bool) -> str:
    for token in tokens:
        if token.ipa:
            written = token.written.strip(PUNCTUATION)
            raise UnspeakableError(f"cannot read IPA; say '{written}' in letters, as in {{{written}|…}}")
    return plain_text.text(tokens, plain_text.words(tokens, english=False), ends=ends)


@lru_cache(maxsize=16)
def _made(voice: CommandVoice, text: str, speed: float) -> tuple[NDArray[np.float32], int]:
    """What the program makes of a text; remembered, for a line may be bent to its rate more than once."""
    with tempfile.TemporaryDirectory(prefix="producer-voice-", ignore_cleanup_errors=True) as folder:
        place = Path(folder)
        source, target, work = place / "text.txt", place / "speech.wav", place / "work"
        work.mkdir()
        source.write_text(text + "\n", "utf-8")
        marks = {
            "{text_file}": str(source),
            "{wav}": str(target),
            "{speed}": f"{speed:.4f}",
            "{slowness}": f"{1.0 / speed:.4f}",
            "{wpm}": f"{voice.wpm * speed:.0f}",
        }
        words = [_filled(word, marks) for word in _words(voice)]
        printed = target if not any("{wav}" in word for word in voice.run) else place / "printed"
        _run(words, source, target, printed, place / "told", work, voice.time_limit_s)
        return read_wav(target)


def _filled(word: str, marks: dict[str, str]) -> str:
    for mark, value in marks.items():
        word = word.replace(mark, value)
    return word


def _run(words: list[str], source: Path, target: Path, printed: Path, told: Path, work: Path, limit_s: float) -> None:
    """Run a program to its end. Files stand for its pipes: what it leaves running cannot hold one open."""
    with source.open("rb") as given, printed.open("wb") as out, told.open("wb") as err, _stoppable():
        try:
            process = subprocess.Popen(
                words, stdin=given, stdout=out, stderr=err, cwd=work, start_new_session=True, close_fds=True
            )
        except OSError as wrong:
            raise BrokenVoiceError(f"could not be started: {wrong.strerror}") from None
        try:
            code = _ended(process, limit_s, (target, printed, told))
        finally:
            _end(process)
    if code:
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        raise BrokenVoiceError(f"crashed ({how}){_last_words(told)}")


def _ended(process: subprocess.Popen[bytes], limit_s: float, files: Sequence[Path]) -> int:
    """The exit code of a program, looked at every so often so that it cannot fill the disk before its time is over."""
    for _ in range(math.ceil(limit_s / _LOOK_S)):
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(min(_LOOK_S, limit_s))
        size = max(map(_size, files))
        if size > MOST_BYTES:
            raise BrokenVoiceError(f"wrote a file of {size / 1e6:.0f} MB for one phrase and was stopped")
    raise BrokenVoiceError(f"gave no answer within {limit_s:g} s and was stopped")


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:  # not there yet
        return 0


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program and what it started, at once and for certain."""
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):  # all of them have ended
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()
    process.wait()


@contextlib.contextmanager
def _stoppable() -> Iterator[None]:
    """A worker that is told to end while a program runs ends that program first."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def leave(number: int, frame: FrameType | None) -> None:
        del frame
        raise SystemExit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _last_words(told: Path) -> str:
    with told.open("rb") as file:
        file.seek(max(0, told.stat().st_size - 4000))
        text = file.read().decode("utf-8", "replace")
    lines = ["".join(c if c.isprintable() else " " for c in line).strip() for line in text.splitlines()]
    said = next((line for line in reversed(lines) if line), "")
    return f": {said[:_TOLD]}" if said else ""
