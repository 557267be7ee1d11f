"""What a voice, or an actor, gives for a line."""

from __future__ import annotations

import hashlib
from typing import Protocol

import numpy as np

from producer.audio import Audio
from producer.errors import Place
from producer.frozen import dataclass


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One token of the line as it was said. Samples from the start of its phrase; half-open."""

    token: int  # index into Line.tokens
    start: int
    end: int
    said: tuple[tuple[str, int], ...] = ()
    """Each spoken word of the token with its onset, when a token is said in several words."""


class Held(Protocol):
    """A phrase's samples that are not in memory: what there is to know of them, and how to have them."""

    @property
    def length(self) -> int:
        """Samples."""

    @property
    def digest(self) -> str:
        """Hexadecimal digits that stand for the samples and their rate: other digits, other sound."""

    def read(self) -> Audio:
        """The samples, shape (length, 1), not to be written to. Raises `VoiceError` when they are not to be had."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said between two rests of a line: mono, levelled, no silence at either end.

    A phrase may be in memory, or held somewhere and read each time `audio` is asked for: take it once, use it, let go.
    """

    held: Audio | Held
    words: tuple[TimedWord, ...]

    @property
    def audio(self) -> Audio:
        """Shape (length, 1); not to be written to."""
        return self.held if isinstance(self.held, np.ndarray) else self.held.read()

    @property
    def length(self) -> int:
        """Samples; nothing is read for it."""
        return len(self.held) if isinstance(self.held, np.ndarray) else self.held.length

    @property
    def digest(self) -> str:
        """Hexadecimal digits that stand for the samples; of what is held, for their rate, too. Nothing is read."""
        if isinstance(self.held, np.ndarray):
            return hashlib.sha256(np.ascontiguousarray(self.held, "<f4").tobytes()).hexdigest()
        return self.held.digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One member's reading of one line.

    `phrases` are as many as the line's rests leave (a phrase without words is empty audio). Played at gain 1 they have
    the dialogue loudness (`units.DIALOGUE_LUFS`, BS.1770 integrated, as one mono channel) as a whole.
    """

    phrases: tuple[Phrase, ...]
    source: dict[str, str]  # for the timeline: {"voice": "pyttsx3:en-gb"} or {"take": "…", "sha256": "…"}
    wpm: float  # as measured, pauses apart

    @property
    def digest(self) -> str:
        """Hexadecimal digits that stand for the sound of all phrases, in order; not for their words."""
        return hashlib.sha256(" ".join(phrase.digest for phrase in self.phrases).encode()).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeReport:
    """What was heard in an actor's recording of a line: figures, and what a producer should know of it."""

    line: str  # its id
    place: Place
    member: str
    file: str  # from the project's folder
    length_s: float  # as it is played
    wpm: float  # pauses apart
    peak_dbfs: float
    noise_db: float
    """How far the voice stands above the recording's noise."""
    room_s: float | None
    """How long the room rings (RT60); None when nothing tells."""
    remarks: tuple[str, ...]
    """What is not as it should be, with figures; empty for a good take."""
