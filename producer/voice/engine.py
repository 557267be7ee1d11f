"""What a voice engine is: the seam between the voice stage and whatever makes speech.

To add an engine, write a module like `pyttsx3_voice.py` and name it in `engines.VOICES`; the tests find it there.
`say` runs in a worker process only; everything else must not load the synthesiser, for it runs in the main process.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.model.script import Token


class UnspeakableError(Exception):
    """The engine cannot say this; the message, which follows the voice's name, says why and what to write instead."""


class BrokenVoiceError(UnspeakableError):
    """The engine crashed, hung, or gave what is no speech: it would do so at every line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Utterance:
    """One phrase to be said, in the engine's own terms."""

    voice: str  # the engine's name for it, checked: `en-gb`, `en-us+f3`
    speed: float  # the engine's own number; `speeds` bounds it
    pitch: float  # percent above or below the voice's own
    tokens: tuple[Token, ...]
    ends: bool  # False when the sentence goes on after a rest: the voice should not fall


@dataclass(frozen=True, slots=True)
class Onset:
    """One spoken word. Samples from the start of the utterance; the end is where the word's own sounds end."""

    token: int  # index into Utterance.tokens
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Spoken:
    """What came out: mono, shape (n,), float32, full scale 1, silence at both ends allowed."""

    samples: NDArray[np.float32]
    rate_hz: int
    onsets: tuple[Onset, ...]
    """In order of time; a token may have several, or none. An engine that knows no times gives none at all: then they
    are found beside a reading that has them (`timing.py`)."""


class Voice(Protocol):
    """An engine. The same utterance gives the same samples, whatever was said before, in every process."""

    def version(self, name: str) -> str:
        """Part of every cache key of a voice: changes whenever the same utterance could sound different."""

    def made_of(self, name: str) -> dict[str, str]:
        """What made a voice's lines, for the manifest: `engine` and its `version`, `model` and its `sha256`, as far as
        they are known. Names and digests alone: no path and nothing else that would tell of this machine."""

    @property
    def speeds(self) -> tuple[float, ...]:
        """The engine's speeds at which a voice is measured, rising; the first and the last bound what it can do."""

    @property
    def speed_per_wpm(self) -> float:
        """About what speed a word per minute takes: the first try, in languages without a passage (`pace.PASSAGES`)."""

    def grace_s(self, name: str) -> float:
        """How long a worker may take over one utterance of a voice, beside what it takes per character (`pool.py`)."""

    def lack(self, name: str) -> str:
        """What a voice of `names` has not here and cannot speak without (`has no program 'x' …`); empty: nothing."""

    def pitches(self, name: str) -> tuple[float, float]:
        """The least and the greatest pitch of a voice, in percent above or below its own."""

    def names(self) -> frozenset[str]:
        """The voices it has here."""

    def absence(self) -> str:
        """Why there are none, where `names` is empty, and what to do about it; empty where there are some."""

    def variants(self) -> frozenset[str]:
        """What may be added to a name, with its sign (`+f3`)."""

    def language(self, name: str) -> str:
        """The base language of a voice (`en` of `en-us+f3`); empty when it is not known."""

    def worded(self, name: str) -> str:
        """The language (`en-gb`) in which figures and abbreviations are put into words for a voice beforehand; empty
        when it is to have the text as written (`wording.py`)."""

    def reads_ipa(self, name: str) -> bool:
        """Whether a voice, which lacks nothing, says what is given to it in IPA; else `say` refuses it."""

    def say(self, utterance: Utterance) -> Spoken:
        """Speak one phrase; raises `UnspeakableError`."""
