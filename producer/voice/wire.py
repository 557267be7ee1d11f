"""What a worker process and its owner say to each other.

One JSON document a line each way; after an answer's line, its samples follow as raw little-endian float32.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import IO

import numpy as np

from producer.model.script import Token
from producer.voice.engine import BrokenVoiceError, Onset, Spoken, Utterance


class EngineFaultError(Exception):
    """The engine raised, inside its worker, something that it should not have."""


def pack_utterance(engine: str, utterance: Utterance) -> bytes:
    return json.dumps({"engine": engine, "utterance": asdict(utterance)}).encode() + b"\n"


def unpack_utterance(line: bytes) -> tuple[str, Utterance]:
    said = json.loads(line)
    fields = dict(said["utterance"])
    fields["tokens"] = tuple(Token(**token) for token in fields["tokens"])
    return said["engine"], Utterance(**fields)


def pack_spoken(spoken: Spoken) -> bytes:
    head = {
        "samples": len(spoken.samples),
        "rate_hz": spoken.rate_hz,
        "onsets": [[onset.token, onset.start, onset.end] for onset in spoken.onsets],
    }
    return json.dumps(head).encode() + b"\n" + np.ascontiguousarray(spoken.samples, "<f4").tobytes()


def pack_refusal(kind: str, why: str) -> bytes:
    """An answer without sound; `kind` is `unspeakable`, `broken` or `fault`."""
    return json.dumps({kind: why}).encode() + b"\n"


def read_spoken(source: IO[bytes]) -> tuple[Spoken | None, str]:
    """One answer, or None and why the engine cannot say it.

    Raises EOFError when the other side went away, EngineFaultError when the engine broke but its worker did not, and
    BrokenVoiceError when the engine itself found that what it drives did.
    """
    line = source.readline()
    if not line.endswith(b"\n"):
        raise EOFError
    head = json.loads(line)
    if "fault" in head:
        raise EngineFaultError(head["fault"])
    if "broken" in head:
        raise BrokenVoiceError(head["broken"])
    if "unspeakable" in head:
        return None, head["unspeakable"]
    raw = source.read(head["samples"] * 4)
    if len(raw) < head["samples"] * 4:
        raise EOFError
    onsets = tuple(Onset(*onset) for onset in head["onsets"])
    return Spoken(np.frombuffer(raw, "<f4"), head["rate_hz"], onsets), ""
