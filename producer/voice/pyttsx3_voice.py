"""The default voices: pyttsx3, driving the espeak-ng that espeakng-loader carries.

espeak-ng keeps state between utterances (the phase of its oscillators, filters, echo, random breath), and its own
Terminate and Initialize do not clear it. So every utterance gets a freshly loaded library: the last one is unloaded,
and pyttsx3's driver modules, which hold its functions, are imported anew. That costs 2 ms.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib
import io
import math
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, cached_property, partial
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.installed import version
from producer.voice import espeak_names
from producer.voice.engine import Spoken, UnspeakableError, Utterance
from producer.voice.espeak_ipa import MNEMONICS
from producer.voice.espeak_now import SYNCHRONOUS, said_at_once
from producer.voice.espeak_text import markup
from producer.voice.espeak_timing import PHONEME, WORD, Event, onsets, sounds
from producer.voice.wording import is_known

RATE_HZ = 22050  # what pyttsx3 writes into its files, and what every formant voice of espeak-ng has
PHONEME_EVENTS = 1  # espeakINITIALIZE_PHONEME_EVENTS
SSML_WITH_PHONEMES = 0x10 | 0x100  # espeakSSML, espeakPHONEMES
SLOWEST = 80
"""espeak-ng's own least speed; below it, its sound is stretched, period by period, by the sonic that it carries."""
STRETCH_LAG_S = 0.003
"""How much later than in proportion sounds come out of it, on average; single ones stray by half a pitch period."""


class Pyttsx3:
    """Every espeak-ng language and variant, by names such as `en-gb` and `en-us+f3`."""

    speeds = (50.0, 80.0, 120.0, 180.0, 270.0, 400.0)

    speed_per_wpm = 0.75

    def version(self, name: str) -> str:
        del name  # all voices come with the program
        return self._version

    @cached_property
    def _version(self) -> str:
        return "1 " + " ".join(self._packages)

    @cached_property
    def _packages(self) -> tuple[str, ...]:
        return tuple(f"{package} {version(package)}" for package in ("pyttsx3", "espeakng-loader"))

    def made_of(self, name: str) -> dict[str, str]:
        return {"engine": "espeak-ng", "version": ", ".join(self._packages), "model": name.casefold()}

    def grace_s(self, name: str) -> float:
        del name
        return 20.0

    def lack(self, name: str) -> str:
        del name
        return ""

    def names(self) -> frozenset[str]:
        return frozenset(espeak_names.voice_files())

    def absence(self) -> str:
        return ""  # they come with the program

    def variants(self) -> frozenset[str]:
        return frozenset(espeak_names.variant_files())

    def language(self, name: str) -> str:
        base = name.casefold().partition("+")[0]
        return espeak_names.voice_files()[base].rpartition("/")[2].partition("-")[0].casefold()

    def worded(self, name: str) -> str:
        # espeak-ng says plain numbers in a hundred languages; money, units and clocks in none.
        language = name.casefold().partition("+")[0]
        return language if is_known(language) else ""

    def reads_ipa(self, name: str) -> bool:
        del name
        return True

    def pitches(self, name: str) -> tuple[float, float]:
        tilt = _tilt(name)
        low, high = (math.trunc(100.0 * (base - 1.0) / (1.0 + tilt)) for base in (0.5, 1.97))
        return float(low), float(high)

    def say(self, utterance: Utterance) -> Spoken:
        name, language = espeak_names.espeak_name(utterance.voice), self.language(utterance.voice)
        written = markup(
            utterance.tokens,
            ends=utterance.ends,
            english=language == "en",
            has=_inventory(name).__contains__,
        )
        if not written.text.strip():
            return Spoken(np.zeros(0, np.float32), RATE_HZ, ())
        with _fresh_library() as synth:
            samples, events = synth.say(written.text, name, utterance.speed, _pitch(utterance.voice, utterance.pitch))
        alone = partial(_phonemes_alone, name)
        said = onsets(utterance.tokens, written, events, len(samples), language, alone)
        return Spoken(samples, RATE_HZ, said)


@dataclass(frozen=True, slots=True)
class _Pitch:
    """espeak-ng's two parameters of the melody, 0 … 100, both 50 for the voice's own."""

    base: int
    range: int


_OWN_PITCH = _Pitch(50, 50)


def _tilt(name: str) -> float:
    """How far espeak-ng moves a voice's base against a change of its range, as a share of the base.

    Source: espeak-ng 1.52, its reading of `pitch` in voice files and its setting of the pitch for a phrase.
    """
    low, high = espeak_names.pitch_hz(name)
    return 18.0 * 108.0 * (high - low) / (4096.0 * (low - 9))


def _pitch(name: str, percent: float) -> _Pitch:
    """The parameters that move the whole melody, base and range alike, by `percent`; within 1 % as measured."""
    ratio = 1.0 + percent / 100.0
    base = ratio + (ratio - 1.0) * _tilt(name)
    # espeak-ng's parameter is an octave each way.
    return _Pitch(round(50.0 + 50.0 * math.log2(base)), round(50.0 * ratio))


def _carried_library() -> ctypes.CDLL:
    import espeakng_loader

    return ctypes.CDLL(espeakng_loader.get_library_path(), mode=getattr(ctypes, "RTLD_GLOBAL", 0))


def _unload(library: ctypes.CDLL) -> None:
    import _ctypes

    # Windows calls it FreeLibrary; both drop the one reference that CDLL took.
    release: Callable[[int], object] = getattr(_ctypes, "FreeLibrary", None) or _ctypes.dlclose
    release(library._handle)
    mode = getattr(os, "RTLD_NOLOAD", None)
    if mode is not None:
        with contextlib.suppress(OSError):  # the one right outcome: it is not there any more
            ctypes.CDLL(library._name, mode=mode)
            raise RuntimeError("espeak-ng stayed loaded: the next line would depend on this one")


class _Synth:
    """pyttsx3 on one freshly loaded espeak-ng."""

    def __init__(self, library: ctypes.CDLL, espeak: ModuleType, engine: Any) -> None:
        self._library, self._espeak, self._engine, self._driver = library, espeak, engine, engine.proxy._driver
        self._events: list[Event] = []
        self._faults: list[Exception] = []
        engine.connect("error", lambda name, exception: self._faults.append(exception))
        espeak.SetSynthCallback(self._on_synth)
        espeak.Synth = said_at_once(espeak, self._driver, SSML_WITH_PHONEMES)  # type: ignore[attr-defined]
        # Otherwise the second of the clock seeds the breath of some voices.
        library.espeak_ng_SetRandSeed(ctypes.c_long(1))

    def say(self, text: str, voice: str, speed: float, pitch: _Pitch) -> tuple[NDArray[np.float32], tuple[Event, ...]]:
        """Samples (n,) and events of `text`; raises `UnspeakableError` when espeak-ng refuses it."""
        self._events.clear()
        sound = io.BytesIO()
        self._engine.setProperty("voice", voice)
        self._engine.setProperty("rate", max(SLOWEST, round(speed)))
        self._engine.setProperty("pitch", pitch.base)
        self._espeak.SetParameter(self._espeak.RANGE, pitch.range, 0)  # which pyttsx3 has no property for
        self._engine.save_to_file(text, sound)
        self._engine.runAndWait()
        if self._faults:
            raise UnspeakableError(f"was refused by pyttsx3: {self._faults[0]}")
        import wave

        sound.seek(0)
        with wave.open(sound) as file:
            pcm = np.frombuffer(file.readframes(file.getnframes()), "<i2")
        events = tuple(self._events)
        if speed < SLOWEST:
            slow = self._stretched(pcm, SLOWEST / speed)
            late = round(STRETCH_LAG_S * RATE_HZ)
            events = tuple(replace(e, sample=round(e.sample * len(slow) / len(pcm)) + late) for e in events)
            pcm = slow
        return pcm.astype(np.float32) / np.float32(32768.0), events

    def _stretched(self, pcm: NDArray[np.int16], factor: float) -> NDArray[np.int16]:
        """As much longer as `factor` says, at the same pitch."""
        create, speed = self._library.sonicCreateStream, self._library.sonicSetSpeed
        create.restype = ctypes.c_void_p
        stream = ctypes.c_void_p(create(RATE_HZ, 1))
        speed.argtypes = [ctypes.c_void_p, ctypes.c_float]
        speed(stream, 1.0 / factor)
        sound = np.ascontiguousarray(pcm, np.int16)
        self._library.sonicWriteShortToStream(stream, sound.ctypes.data_as(ctypes.c_void_p), len(sound))
        self._library.sonicFlushStream(stream)
        longer = np.zeros(self._library.sonicSamplesAvailable(stream), np.int16)
        self._library.sonicReadShortFromStream(stream, longer.ctypes.data_as(ctypes.c_void_p), len(longer))
        self._library.sonicDestroyStream(stream)
        return longer

    def _on_synth(self, wav: Any, samples: int, events: Any) -> int:
        index = 0
        while events[index].type:
            event = events[index]
            if event.type in (WORD, PHONEME):
                name = ctypes.string_at(ctypes.addressof(event) + self._espeak.EVENT.id.offset, 8).split(b"\0")[0]
                phoneme = name.decode("utf-8", "replace") if event.type == PHONEME else ""
                self._events.append(Event(event.type, event.text_position, event.sample, phoneme))
            index += 1
        return int(self._driver._onSynth(wav, samples, events))


@contextlib.contextmanager
def _fresh_library() -> Iterator[_Synth]:
    import pyttsx3
    import pyttsx3.drivers

    library = _carried_library()
    for name in ("espeak", "_espeak"):
        sys.modules.pop(f"pyttsx3.drivers.{name}", None)
        pyttsx3.drivers.__dict__.pop(name, None)
    pyttsx3._activeEngines.clear()
    loader = ctypes.cdll.__dict__.get("LoadLibrary")
    # pyttsx3 looks for an installed espeak-ng by a list of places; it gets ours whatever it asks for.
    ctypes.cdll.LoadLibrary = lambda _: library  # type: ignore[method-assign, assignment]
    try:
        espeak = importlib.import_module("pyttsx3.drivers._espeak")
        driver = importlib.import_module("pyttsx3.drivers.espeak")
    finally:
        if loader is None:
            del ctypes.cdll.LoadLibrary
    start = espeak.Initialize
    # Synchronous: no background thread, and the driver's loop has nothing to sleep for. It also prints.
    espeak.Initialize = lambda _, ms: start(SYNCHRONOUS, ms, b".", PHONEME_EVENTS)  # type: ignore[attr-defined]
    driver.time = SimpleNamespace(sleep=lambda _: None)  # type: ignore[attr-defined]
    driver.print = lambda *_: None  # type: ignore[attr-defined]
    try:
        # From beside its data, since espeak-ng ends the process when the path to them has over 160 characters.
        with contextlib.chdir(espeak_names.data_folder().parent):
            yield _Synth(library, espeak, pyttsx3.init("espeak"))
    finally:
        library.espeak_Terminate()
        _unload(library)


@cache
def _inventory(name: str) -> frozenset[str]:
    """The mnemonics that the voice's language has: those that give a phoneme when it is asked for them."""
    text = ""
    starts = {}
    for mnemonic in MNEMONICS:
        starts[len(text) + 1] = mnemonic
        text += f"[[{mnemonic}]] "
    with _fresh_library() as synth:
        _, events = synth.say(text, name, 400, _OWN_PITCH)
    heard = {event.position for event in events if event.kind == PHONEME and sounds(event)}
    positions = sorted(starts)
    return frozenset(
        starts[max(start for start in positions if start <= position)] for position in heard if position >= positions[0]
    )


@cache
def _phonemes_alone(name: str, word: str) -> int:
    """How many phonemes a word has when it is said by itself; at least 1."""
    with _fresh_library() as synth:
        _, events = synth.say(word, name, 400, _OWN_PITCH)
    return max(1, sum(event.kind == PHONEME and sounds(event) for event in events))
