"""Takes and raw readings as bytes, for the cache: a line of JSON, then samples as little-endian float32."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.model.voice import Phrase, Take, TimedWord
from producer.voice.engine import Onset
from producer.voice.finish import Trimmed


def pack_take(take: Take) -> bytes:
    head = {
        "lengths": [len(phrase.audio) for phrase in take.phrases],
        "words": [[[w.token, w.start, w.end, w.said] for w in phrase.words] for phrase in take.phrases],
        "source": take.source,
        "wpm": take.wpm,
    }
    return _packed(head, [phrase.audio for phrase in take.phrases])


def unpack_take(payload: bytes) -> Take:
    head, samples = _unpacked(payload)
    phrases, at = [], 0
    for length, words in zip(head["lengths"], head["words"], strict=True):
        timed = tuple(TimedWord(t, s, e, tuple((word, onset) for word, onset in said)) for t, s, e, said in words)
        phrases.append(Phrase(samples[at : at + length, None], timed))
        at += length
    return Take(phrases=tuple(phrases), source=head["source"], wpm=head["wpm"])


def pack_reading(phrases: Sequence[Trimmed], wpm: float) -> bytes:
    head = {
        "lengths": [len(phrase.samples) for phrase in phrases],
        "rates_hz": [phrase.rate_hz for phrase in phrases],
        "onsets": [[[o.token, o.start, o.end] for o in phrase.onsets] for phrase in phrases],
        "wpm": wpm,
    }
    return _packed(head, [phrase.samples for phrase in phrases])


def unpack_reading(payload: bytes) -> tuple[tuple[Trimmed, ...], float]:
    head, samples = _unpacked(payload)
    phrases, at = [], 0
    for length, rate_hz, onsets in zip(head["lengths"], head["rates_hz"], head["onsets"], strict=True):
        phrases.append(Trimmed(samples[at : at + length], rate_hz, tuple(Onset(*onset) for onset in onsets)))
        at += length
    return tuple(phrases), head["wpm"]


def _packed(head: dict[str, object], parts: Sequence[NDArray[np.float32]]) -> bytes:
    raw = b"".join(np.ascontiguousarray(part, "<f4").tobytes() for part in parts)
    return json.dumps(head, sort_keys=True).encode() + b"\n" + raw


def _unpacked(payload: bytes) -> tuple[dict[str, Any], NDArray[np.float32]]:
    line, _, raw = payload.partition(b"\n")
    return json.loads(line), np.frombuffer(raw, "<f4")
