"""What the cache has of takes and raw readings.

A take is two things there: its record (how long its phrases are, their words and digests), which is small and read at
every start, and each phrase's samples, which are laid down by themselves and read when they are heard.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer import dsp, voice
from producer.audio import Audio
from producer.cache import Cache, key
from producer.digests import code_of
from producer.errors import Place, Problem, VoiceError
from producer.frozen import dataclass
from producer.made_by import made_by
from producer.model.script import Line, VoiceUse
from producer.model.voice import Phrase, Take, TimedWord
from producer.voice import finish
from producer.voice.engine import Onset, Voice
from producer.voice.finish import Trimmed
from producer.voice.phrasing import Piece, told

MADE = 1
"""Part of every key: raise it when an engine is to say the same line anew."""

Again = Callable[[], object]
"""Makes a take again, and lays its samples down."""


def names(
    parts: Sequence[Piece], use: VoiceUse, engine: str, name: str, voice: Voice, rate_hz: int, *, rough: bool = False
) -> tuple[str, str]:
    """What a line's reading and its take's record are called in the cache."""
    wanted = [told(part.tokens) for part in parts]  # as written: what the voice makes of figures is its version's
    ends = [part.ends for part in parts]
    said = [said_by(), engine, voice.version(name), name.casefold(), use.rate_wpm, use.pitch, rough]
    reading = key("reading", said, wanted, ends)
    return reading, key("take's record", reading, finished_by(), rate_hz, [part.first for part in parts])


def said_by() -> list[object]:
    """What decides, beside the engine, what is kept of a reading: the code that cuts it out of its silence."""
    return [MADE, code_of(Path(finish.__file__))]


def finished_by() -> list[object]:
    """What makes takes of readings and recordings."""
    return made_by(voice, dsp)


@dataclass(frozen=True, slots=True)
class LaidDown:
    """A phrase's samples in the cache (`model.voice.Held`)."""

    length: int
    digest: str
    cache: Cache
    again: Again
    line: str
    """The id of the line, for a message."""
    at: Place

    def __reduce__(self) -> tuple[type[LaidDown], tuple[int, str, Cache, Again, str, Place]]:
        """In another process the samples can be read, and not made again."""
        return LaidDown, (self.length, self.digest, self.cache, _elsewhere, self.line, self.at)

    def read(self) -> Audio:
        """The samples, made again when they have vanished. Raises `VoiceError` when they come out otherwise then."""
        found = self.cache.samples(self.digest)
        if found is None:
            self.again()
            found = self.cache.samples(self.digest)
        if found is None:
            what = "what was kept of it is gone, and it does not come out the same again; render once more"
            raise VoiceError([Problem(self.at, f"line '{self.line}': {what}")])
        return found


def _elsewhere() -> None:
    """What was handed to another process is made again by the process that has the voice."""


def laid_down(take: Take, rate_hz: int, cache: Cache, again: Again, line: Line) -> Take:
    """The take of a line with its samples in the cache instead of in memory, as far as the disk takes them."""

    def down(phrase: Phrase) -> Phrase:
        digest = cache.lay_down(phrase.audio, rate_hz)
        if digest is None:
            return phrase
        return Phrase(LaidDown(phrase.length, digest, cache, again, line.id, line.place), phrase.words)

    return replace(take, phrases=tuple(map(down, take.phrases)))


def pack_take(take: Take) -> bytes:
    """A take's record: everything but its samples."""
    head = {
        "phrases": [[phrase.length, phrase.digest] for phrase in take.phrases],
        "words": [[[w.token, w.start, w.end, w.said] for w in phrase.words] for phrase in take.phrases],
        "source": take.source,
        "wpm": take.wpm,
    }
    return json.dumps(head, sort_keys=True).encode()


def unpack_take(record: bytes, cache: Cache, again: Again, line: Line) -> Take | None:
    """The take of a line from its record; None when samples of it are not there any more."""
    head = json.loads(record)
    if not all(cache.is_laid_down(digest) for _, digest in head["phrases"]):
        return None
    phrases = []
    for (length, digest), words in zip(head["phrases"], head["words"], strict=True):
        timed = tuple(TimedWord(t, s, e, tuple((word, onset) for word, onset in said)) for t, s, e, said in words)
        phrases.append(Phrase(LaidDown(length, digest, cache, again, line.id, line.place), timed))
    return Take(phrases=tuple(phrases), source=head["source"], wpm=head["wpm"])


def pack_reading(phrases: Sequence[Trimmed], wpm: float) -> bytes:
    """A reading as an engine gave it: a line of JSON, then the samples as little-endian float32."""
    head = {
        "lengths": [len(phrase.samples) for phrase in phrases],
        "rates_hz": [phrase.rate_hz for phrase in phrases],
        "onsets": [[[o.token, o.start, o.end] for o in phrase.onsets] for phrase in phrases],
        "wpm": wpm,
    }
    raw = b"".join(np.ascontiguousarray(phrase.samples, "<f4").tobytes() for phrase in phrases)
    return json.dumps(head, sort_keys=True).encode() + b"\n" + raw


def unpack_reading(payload: bytes) -> tuple[tuple[Trimmed, ...], float]:
    head, samples = _unpacked(payload)
    phrases, at = [], 0
    for length, rate_hz, onsets in zip(head["lengths"], head["rates_hz"], head["onsets"], strict=True):
        phrases.append(Trimmed(samples[at : at + length], rate_hz, tuple(Onset(*onset) for onset in onsets)))
        at += length
    return tuple(phrases), head["wpm"]


def _unpacked(payload: bytes) -> tuple[dict[str, Any], NDArray[np.float32]]:
    line, _, raw = payload.partition(b"\n")
    return json.loads(line), np.frombuffer(raw, "<f4")
