"""What a voice, or an actor, gives for a line."""

from __future__ import annotations

from dataclasses import dataclass

from producer.audio import Audio
from producer.errors import Place


@dataclass(frozen=True, slots=True)
class TimedWord:
    """One token of the line as it was said. Samples from the start of its phrase; half-open."""

    token: int  # index into Line.tokens
    start: int
    end: int
    said: tuple[tuple[str, int], ...] = ()
    """Each spoken word of the token with its onset, when a token is said in several words."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """What is said between two rests of a line: mono, shape (n, 1), levelled, no silence at either end."""

    audio: Audio
    words: tuple[TimedWord, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """One member's reading of one line.

    `phrases` are as many as the line's rests leave (a phrase without words is empty audio). Played at gain 1 they have
    the dialogue loudness (`units.DIALOGUE_LUFS`, BS.1770 integrated, as one mono channel) as a whole.
    """

    phrases: tuple[Phrase, ...]
    source: dict[str, str]  # for the timeline: {"voice": "pyttsx3:en-gb"} or {"take": "…", "sha256": "…"}
    wpm: float  # as measured, pauses apart


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
