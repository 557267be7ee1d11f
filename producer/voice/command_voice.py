"""Voices that are programs of the user's own: any command that reads a text and writes a WAV.

What is run stands in the user's settings (`settings.py`), never in a script. There is no shell; the text goes by a file
or by standard input, so nothing in a script can become an argument. The program works in an empty folder that is
removed afterwards, and is ended, with all that it started, when its time is over.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from producer.voice import plain_text
from producer.voice.bending import PITCHES, changed
from producer.voice.engine import BrokenVoiceError, Spoken, Utterance
from producer.voice.identity import sha256_of
from producer.voice.program_run import run
from producer.voice.program_wav import read_wav

if TYPE_CHECKING:
    from producer.voice.settings import CommandVoice

_MADE = 2
"""Part of every version: raise it when the same program should come out differently."""
GRACE_S = 20.0
"""How long a worker may take over the program itself, so that the program is always ended by its own limit."""


class Command:
    """Every `[voices.command.NAME]` of the user's settings, by its name there."""

    speeds = (0.5, 1.0, 2.0)
    speed_per_wpm = 1.0 / 170.0

    def version(self, name: str) -> str:
        voice = _voice(name)
        files = [sha256_of(path) for path in _files(voice)]
        return json.dumps([_MADE, voice.model_dump(exclude={"time_limit_s"}), files], sort_keys=True)

    def made_of(self, name: str) -> dict[str, str]:
        voice = _voice(name)
        said = {"engine": Path(voice.run[0]).name, "version": voice.version}
        files = [*_files(voice)]
        if files:
            said |= {"engine_sha256": sha256_of(files[0])}
        if len(files) > 1:  # a script or a model that the command names
            said |= {"model": files[1].name, "sha256": sha256_of(files[1])}
        return {fact: value for fact, value in said.items() if value}

    def names(self) -> frozenset[str]:
        return frozenset(_voices())

    def absence(self) -> str:
        from producer.voice.settings import settings_file

        return "" if self.names() else f"voices of this kind are named in {settings_file()}"

    def variants(self) -> frozenset[str]:
        return frozenset()

    def language(self, name: str) -> str:
        return _voice(name).language.casefold().replace("_", "-").partition("-")[0]

    def worded(self, name: str) -> str:
        voice = _voice(name)
        return voice.language if voice.normalise else ""

    def reads_ipa(self, name: str) -> bool:
        return _voice(name).text == "ssml"

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
            from producer.voice import ssml  # most commands take plain text

            text = ssml.document(utterance.tokens, voice.language, ends=utterance.ends)
        else:
            text = plain_text.without_ipa(utterance.tokens, ends=utterance.ends)
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
        run(words, source, target, printed, place / "told", work, voice.time_limit_s)
        return read_wav(target)


def _filled(word: str, marks: dict[str, str]) -> str:
    for mark, value in marks.items():
        word = word.replace(mark, value)
    return word
