"""The operating system's own voices, by pyttsx3's driver for it: macOS (`nsss`), Windows (`sapi5`), else espeak-ng's.

Elsewhere there are voices only where the system has an espeak-ng of its own; ours (`pyttsx3_voice.py`) stays apart.
The driver runs in a process of its own for every question (`system_speech.py`), the list of voices included: what it
does, prints or breaks there reaches nobody. The list is asked for once, when somebody wants to know a voice.
"""

from __future__ import annotations

import json
import math
import os
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.installed import version
from producer.voice import plain_text
from producer.voice.bending import PITCHES, changed
from producer.voice.engine import BrokenVoiceError, Spoken, Utterance
from producer.voice.program_run import run
from producer.voice.program_wav import WAVS, read_wav
from producer.voice.system_names import Record, named, record, tag
from producer.voice.wording import is_known

_MADE = 1
"""Part of every version: raise it when the same driver should come out differently."""
LIST_S, SAY_S = 30.0, 60.0
"""How long the list and one phrase may take; a system that has not spoken since it started loads its voices first."""
GRACE_S = 20.0
"""How long a worker may take over that."""
FORMS = (*WAVS, "AIFF", "CAF")
"""macOS writes AIFF whatever its file is called."""
SAPI_WPM, SAPI_STEP = 156.63, 1.11
"""Words per minute at SAPI's rate 0, and the factor of one step of it, −10 … 10. Source: pyttsx3's driver."""
DRIVERS = {"darwin": "nsss", "win32": "sapi5"}
SPEEDS = {
    "nsss": (90.0, 130.0, 180.0, 250.0, 350.0),
    "sapi5": tuple(SAPI_WPM * SAPI_STEP**step for step in (-9, -5, -1, 3, 7)),
    "espeak": (80.0, 120.0, 180.0, 270.0, 400.0),
}


@dataclass(frozen=True, slots=True)
class Listed:
    """What the system has: its voices by name, and why there are none where there are not."""

    voices: Mapping[str, Record]
    version: str
    absence: str


class System:
    """Every voice of the operating system, by a short name of it (`system_names.named`)."""

    def __init__(self, platform: str = sys.platform) -> None:
        self._driver = DRIVERS.get(platform, "espeak")
        self._listed: Listed | None = None
        self._listing = threading.Lock()  # lines are spoken from several threads

    @property
    def speeds(self) -> tuple[float, ...]:
        return SPEEDS[self._driver]

    @property
    def speed_per_wpm(self) -> float:
        return 0.75 if self._driver == "espeak" else 1.0  # the others count in words per minute

    def version(self, name: str) -> str:
        found = self._found()
        voice = found.voices[name.casefold()].id
        return json.dumps([_MADE, version("pyttsx3"), self._driver, found.version, voice])

    def made_of(self, name: str) -> dict[str, str]:
        found = self._found()
        return {
            "engine": {"nsss": "macOS", "sapi5": "Windows SAPI 5"}.get(self._driver, "espeak-ng"),
            "version": f"{found.version}, pyttsx3 {version('pyttsx3')}",
            "model": name.casefold(),
        }

    def names(self) -> frozenset[str]:
        return frozenset(self._found().voices)

    def absence(self) -> str:
        return self._found().absence

    def variants(self) -> frozenset[str]:
        return frozenset()

    def language(self, name: str) -> str:
        return self._tag(name).partition("-")[0]

    def worded(self, name: str) -> str:
        language = self._tag(name)
        return language if is_known(language) else ""

    def reads_ipa(self, name: str) -> bool:
        del name
        return False

    def pitches(self, name: str) -> tuple[float, float]:
        del name  # no driver but espeak's has a pitch
        return PITCHES

    def grace_s(self, name: str) -> float:
        del name
        return LIST_S + SAY_S + GRACE_S

    def lack(self, name: str) -> str:
        del name
        return ""

    def say(self, utterance: Utterance) -> Spoken:
        text = defused(plain_text.without_ipa(utterance.tokens, ends=utterance.ends))
        voice = self._found().voices.get(utterance.voice.casefold())
        if voice is None:
            raise BrokenVoiceError(f"is not there: {self._found().absence or 'the system does not list it'}")
        samples, rate_hz = _spoken(self._driver, voice.id, driver_rate(self._driver, utterance.speed), text)
        return Spoken(changed(samples, rate_hz, 1.0, utterance.pitch), rate_hz, ())

    def _tag(self, name: str) -> str:
        voice = self._found().voices.get(name.casefold())
        return "" if voice is None else tag(voice)

    def _found(self) -> Listed:
        with self._listing:
            if self._listed is None:
                self._listed = listed(self._driver)
            return self._listed


def driver_rate(driver: str, speed: float) -> float:
    """The rate that a driver is set to for a speed, in its own words per minute.

    SAPI has whole steps of 11 %, to which pyttsx3 cuts a rate down towards 0: a quarter of a step beyond the nearest
    is that one. Source: pyttsx3's `sapi5.py`.
    """
    if driver == "sapi5":
        step = min(max(round(math.log(speed / SAPI_WPM, SAPI_STEP)), -10), 10)
        return float(SAPI_WPM * SAPI_STEP ** (step + math.copysign(0.25, step)))
    return float(round(speed))


def defused(text: str) -> str:
    """A text with nothing in it that a system's synthesiser takes for a command: `[[rate 9]]` of macOS, SAPI's XML."""
    return text.replace("<", " ").replace("[[", "[ [")


def listed(driver: str) -> Listed:
    """The voices that a driver has; a driver that fails in any way has none, and it is said why."""
    try:
        with tempfile.TemporaryDirectory(prefix="producer-voice-", ignore_cleanup_errors=True) as folder:
            told = _asked({"driver": driver}, Path(folder), LIST_S)
    except (BrokenVoiceError, OSError) as wrong:
        return Listed({}, "", f"pyttsx3's driver '{driver}' {wrong}")
    voices = named(found for one in told["voices"] if (found := record(one)) is not None)
    return Listed(voices, str(told["version"]), "" if voices else f"pyttsx3's driver '{driver}' lists no voices")


def _spoken(driver: str, voice: str, rate: float, text: str) -> tuple[NDArray[np.float32], int]:
    if not text.strip():
        return np.zeros(0, np.float32), 22050
    with tempfile.TemporaryDirectory(prefix="producer-voice-", ignore_cleanup_errors=True) as folder:
        file = Path(folder) / ("speech.aiff" if driver == "nsss" else "speech.wav")
        # espeak-ng's driver takes whole numbers only.
        exact = round(rate) if driver == "espeak" else rate
        question = {"driver": driver, "voice": voice, "rate": exact, "text": text, "file": str(file)}
        _asked(question, Path(folder), SAY_S)
        return read_wav(file, FORMS)


def _asked(question: Mapping[str, object], folder: Path, limit_s: float) -> dict[str, Any]:
    """What a process of its own answers; raises BrokenVoiceError when it does not, or says that it cannot."""
    source, printed, work = folder / "question.json", folder / "answer.json", folder / "work"
    work.mkdir()
    source.write_text(json.dumps(question), "utf-8")
    words = [sys.executable, "-P", "-m", "producer.voice.system_speech"]
    # It runs in another folder, and finds this program where we did.
    paths = os.pathsep.join(str(Path(path).absolute()) for path in sys.path if path)
    target = Path(str(question.get("file", printed)))
    run(words, source, target, printed, folder / "told", work, limit_s, {**os.environ, "PYTHONPATH": paths})
    try:
        told = json.loads(printed.read_bytes())
    except ValueError:
        raise BrokenVoiceError("ended without an answer") from None
    if "error" in told:
        raise BrokenVoiceError(f"failed ({told['error'][:300]})")
    return dict(told)
