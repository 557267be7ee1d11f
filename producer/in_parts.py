"""A mix in a file whose parts are encoded side by side, listened to each by itself, and joined.

A part that was made before is taken from the cache; what its neighbours are does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer import master
from producer.audit.cells import Album, Seen, Whole, look
from producer.audit.parts import Part as PartHeard
from producer.audit.parts import listened
from producer.audit.programme import Heard, Hearing
from producer.audit.rows import Room
from producer.cache import Cache, key
from producer.deliver import encode, ffmpeg, mp3
from producer.dsp.true_peak import in_db
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixing import Programme, made_by
from producer.packed import packed, unpacked
from producer.production import Crew, Finish, Watch

_PEAKS = 4
"""How often a part is encoded with a lower ceiling when a peak comes out too high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPart:
    """A part, encoded and listened to."""

    frames: bytes
    count: int
    crc: int
    heard: PartHeard
    seen: Seen

    def to_bytes(self) -> bytes:
        """To be kept."""
        seen = self.seen
        arrays: dict[str, NDArray[Any]] = {
            "frames": np.frombuffer(self.frames, np.uint8),
            "heard": np.frombuffer(self.heard.to_bytes(), np.uint8),
            "cells": seen.cell_codes,
            "moments": seen.moment_codes,
            "channels": seen.channels,
        }
        return packed([self.count, self.crc, seen.rate_hz, seen.samples], arrays)

    @classmethod
    def from_bytes(cls, raw: bytes) -> FinishedPart:
        """What `to_bytes` kept. Raises ValueError or KeyError."""
        (count, crc, rate_hz, samples), arrays = unpacked(raw)
        return cls(
            frames=arrays["frames"].tobytes(),
            count=count,
            crc=crc,
            heard=PartHeard.from_bytes(arrays["heard"].tobytes()),
            seen=Seen(
                rate_hz=rate_hz,
                samples=samples,
                cell_codes=arrays["cells"],
                moment_codes=arrays["moments"],
                channels=arrays["channels"],
            ),
        )


def written(
    mix: Programme, how: Finish, audio: Path, cache: Cache, jobs: int, watch: Watch, room: Room, crew: Crew | None
) -> tuple[Heard, Whole]:
    """Make the file `audio` of a mix; each part is heard as a player decodes it. Raises RenderError."""
    watch.stage("master", mix.samples)
    heard, seen = Hearing(room), Album(room)
    make = partial(finished_part, mix, how, cache)
    with encode.joining(how.profile, mix.samples, audio) as file:
        if crew is None:
            coming = in_order(make, range(len(mix.parts)), jobs)
        else:
            coming = map(make, _by_crew(mix, how, cache, crew))
        for part, made in zip(mix.parts, coming, strict=True):
            file.add(made.frames, made.count, made.crc)
            heard.add(made.heard)
            seen.add(made.seen)
            watch.done(part.core.end)
    return heard.heard(), seen.whole()


def _by_crew(mix: Programme, how: Finish, cache: Cache, crew: Crew) -> Iterator[int]:
    """Each part's number, when a crew has made it."""
    names = [_name(mix, how, part) for part in mix.parts]
    left = [part.index for part, name in zip(mix.parts, names, strict=True) if not cache.has(name)]
    coming, wanted = crew.finish(how, left), frozenset(left)
    for part in mix.parts:
        if part.index in wanted:
            next(coming, None)
        yield part.index


def finished_part(mix: Programme, how: Finish, cache: Cache, index: int) -> FinishedPart:
    """One part of the file, from the cache where it was made before."""
    part, plan, profile = mix.parts[index], how.plan, how.profile
    name = _name(mix, how, part)
    kept = cache.read(name)
    if kept is not None:
        return FinishedPart.from_bytes(kept)
    first, last = _ends(mix, part)
    core = part.inside
    for _ in range(_PEAKS):
        programme = master.mastered(mix.read(part.index), plan, profile, spent=True)
        encoded = encode.encode_part(programme, core, profile, mix.mixing.folder, first=first, last=last)
        decoded, before = encode.decode_part(encoded, core.length, profile)
        heard = listened(decoded, part.core.start - before, part.core.start, part.core.end, profile.rate_hz)
        del decoded
        lower = master.lowered(plan, in_db(heard.true_peak), profile)
        if lower is None:
            break
        plan = lower  # of this part alone: nothing is heard of where a ceiling is a little lower
    made = FinishedPart(
        frames=encoded.frames,
        count=encoded.count,
        crc=mp3.crc16(encoded.frames),
        heard=heard,
        seen=look(programme, part.reach.start, part.core.start, part.core.end, profile.rate_hz),
    )
    cache.write(name, made.to_bytes())
    return made


def _name(mix: Programme, how: Finish, part: Part) -> str:
    """What names a part as it is finished."""
    settings = [how.plan.gain_db, how.plan.ceiling_dbtp, repr(how.profile), *_ends(mix, part), ffmpeg.identity()]
    return key("encoded", made_by(), mix.name(part.index), settings)


def _ends(mix: Programme, part: Part) -> tuple[bool, bool]:
    """Whether a part is the first, and whether it is the last."""
    return part.core.start == 0, part.core.end == mix.samples
