"""A second reader of REAPER projects, written from the grammar alone, and a player for what it reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass
class Chunk:
    """`<TAG words …` with its lines (lists of words) and its chunks, in order."""

    words: list[str]
    lines: list[list[str]] = field(default_factory=list)
    chunks: list[Chunk] = field(default_factory=list)

    def all(self, tag: str) -> list[Chunk]:
        return [chunk for chunk in self.chunks if chunk.words[0] == tag]

    def one(self, tag: str) -> list[str]:
        (found,) = [words[1:] for words in self.lines if words[0] == tag]
        return found

    def every(self, tag: str) -> list[list[str]]:
        return [words[1:] for words in self.lines if words[0] == tag]

    def walk(self) -> Iterator[Chunk]:
        yield self
        for chunk in self.chunks:
            yield from chunk.walk()


def words(row: str) -> list[str]:
    """One line's words: bare up to a space, or between two of the same quotation mark."""
    found, at = [], 0
    while at < len(row):
        if row[at] == " ":
            at += 1
        elif row[at] in "\"'`":
            end = row.index(row[at], at + 1)
            found.append(row[at + 1 : end])
            at = end + 1
        else:
            end = row.find(" ", at)
            end = len(row) if end < 0 else end
            found.append(row[at:end])
            at = end
    return found


def read(text: str) -> Chunk:
    """The project in `text`; ValueError when it is not well-formed."""
    root: Chunk | None = None
    open_chunks: list[Chunk] = []
    for row in (row.strip(" ") for row in text.split("\n") if row.strip(" ")):
        if row.startswith("|"):
            open_chunks[-1].lines.append([row])
        elif row == ">":
            closed = open_chunks.pop()
            if open_chunks:
                open_chunks[-1].chunks.append(closed)
            else:
                root = closed
        elif row.startswith("<"):
            if root is not None:
                raise ValueError("something follows the project")
            open_chunks.append(Chunk(words(row[1:])))
        else:
            open_chunks[-1].lines.append(words(row))
    if root is None or open_chunks:
        raise ValueError("a chunk is not closed")
    return root


def envelope(chunk: Chunk, at_s: Floats) -> Floats:
    """An envelope's values at times; only straight lines are known here."""
    points = [(float(time), float(value)) for time, value, shape in chunk.every("PT") if int(shape) == 0]
    assert len(points) == len(chunk.every("PT"))
    assert chunk.one("ACT")[0] == "1"
    return np.interp(at_s, *zip(*points, strict=True))


def played(item: Chunk, folder: Path, rate_hz: int) -> tuple[int, Floats]:
    """An item's first sample and what is heard of it, shape (n, 2)."""

    def samples(seconds: str) -> int:
        assert abs(float(seconds) * rate_hz - round(float(seconds) * rate_hz)) < 1e-3
        return round(float(seconds) * rate_hz)

    start, length, offset = (samples(item.one(tag)[0]) for tag in ("POSITION", "LENGTH", "SOFFS"))
    (source,) = item.all("SOURCE")
    file = folder / source.one("FILE")[0]
    assert file.resolve().is_relative_to(folder.resolve())
    audio, own_rate = soundfile.read(file, start=offset, frames=length, always_2d=True)
    assert own_rate == rate_hz
    assert len(audio) == length, f"{file.name} is shorter than its item"
    trim, pan, gain, _ = map(float, item.one("VOLPAN"))
    at = np.arange(length)
    volume = np.full(length, trim * gain)
    for tag, ends in (("FADEIN", at), ("FADEOUT", length - at)):
        shape, seconds, _, second_shape, *_ = item.one(tag)
        assert shape == second_shape == "0", "only straight fades are known here"
        if samples(seconds):
            volume *= np.clip(ends / samples(seconds), 0.0, 1.0)
    for chunk in item.all("VOLENV"):
        volume *= envelope(chunk, at / rate_hz)
    side = np.full(length, pan)
    for chunk in item.all("PANENV"):
        side = side - envelope(chunk, at / rate_hz)  # a pan envelope's 1 is the left
    both = np.repeat(audio, 2, axis=1) if audio.shape[1] == 1 else audio
    balance = np.stack([np.minimum(1.0, 1.0 - side), np.minimum(1.0, 1.0 + side)], axis=1)
    return start, both * volume[:, None] * balance


def buses(project: Chunk, folder: Path, rate_hz: int, samples: int) -> dict[str, Floats]:
    """What each folder track comes to, before any room: its tracks' items, faders and envelopes, shape (samples, 2)."""
    assert project.one("PANLAW") == ["1"]
    assert project.one("PANMODE") == ["3"]
    made: dict[str, Floats] = {}
    into, gain = "", np.ones(samples)
    for track in project.all("TRACK"):
        if track.one("MUTESOLO")[0] == "1":
            continue
        volume, pan = map(float, track.one("VOLPAN")[:2])
        assert pan == 0.0
        state, levels = map(int, track.one("ISBUS"))
        if state == 1:
            assert not into, "folders in folders are not known here"
            into = track.one("NAME")[0]
            made[into] = np.zeros((samples, 2))
            gain = np.full(samples, volume)
            for chunk in track.all("VOLENV2"):
                gain *= envelope(chunk, np.arange(samples) / rate_hz)
            continue
        for item in track.all("ITEM"):
            start, audio = played(item, folder, rate_hz)
            assert start >= 0
            assert start + len(audio) <= samples
            made[into][start : start + len(audio)] += audio * volume * gain[start : start + len(audio), None]
        if state == 2:
            assert levels == -1
            into = ""
    assert not into
    return made
