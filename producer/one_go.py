"""A mix in a file that is encoded from its beginning to its end, and then listened to part by part.

What a lossy encoder made is kept in the cache with what was heard in it: it takes longest. What a lossless one makes
is large, and quick to make again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer import master
from producer.audio import Audio
from producer.audit.cells import Album, Seen, Whole, look
from producer.audit.parts import BrokenPartError, listened
from producer.audit.parts import Part as PartHeard
from producer.audit.programme import Heard
from producer.audit.rows import MEMORY, Room
from producer.cache import Cache, key
from producer.deliver import encode, ffmpeg
from producer.dsp.grid import quantum_samples
from producer.dsp.true_peak import in_db, peak_near
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.made_by import made_by_program
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixdown import Programme
from producer.model.profile import Profile
from producer.packed import packed, unpacked
from producer.production import Watch

_PEAKS = 3
"""How often the file is encoded with a lower ceiling in those parts where a peak comes out too high."""
_SPARE_DB = 0.3
_KEPT_BYTES = 4 << 20
"""A file is kept in pieces of this size, so that none of any length is ever in memory."""


@dataclass(frozen=True, slots=True)
class Written:
    """What was heard of a file, and seen of what went into it, part by part."""

    heard: tuple[PartHeard, ...]
    seen: tuple[Seen, ...]

    def joined(self, room: Room) -> tuple[Heard, Whole]:
        album = Album(room)
        for one in self.seen:
            album.add(one)
        return Heard.joined(self.heard, room=room), album.whole()


def written(
    mix: Programme,
    plan: master.Plan,
    profile: Profile,
    audio: Path,
    cache: Cache,
    jobs: int,
    watch: Watch,
    room: Room = MEMORY,
) -> tuple[Heard, Whole]:
    """Make the file `audio` of a mix, and listen to it as a player decodes it.

    Raises RenderError where it cannot be written or read again.
    """
    name = key(
        "in one go",
        made_by_program(),
        b"".join(mix.name(part.index) for part in mix.parts),
        [plan.gain_db, plan.ceiling_dbtp, repr(profile), ffmpeg.identity()],
    )
    lossless = profile.codec in encode.LOSSLESS
    kept = None if lossless else _taken(cache, name, audio)
    if kept is not None:
        watch.stage("verify", 1)
        watch.done(1)
        return kept.joined(room)
    plans = [plan] * len(mix.parts)
    for _ in range(_PEAKS):
        made = _encoded_and_heard(mix, plans, profile, audio, jobs, watch)
        lower = [
            _lower(mix, part, own, heard, profile)
            for part, own, heard in zip(mix.parts, plans, made.heard, strict=True)
        ]
        if not any(lower):
            break
        plans = [own if less is None else _spared(less) for own, less in zip(plans, lower, strict=True)]
    if not lossless:
        _keep(cache, name, audio, made)
    return made.joined(room)


def _lower(mix: Programme, part: Part, plan: master.Plan, heard: PartHeard, profile: Profile) -> master.Plan | None:
    """What a part is to be made by when a peak of it came out too high, or None when none did."""
    peak_dbtp = in_db(heard.true_peak)
    if master.lowered(plan, peak_dbtp, profile) is None:
        return None
    programme = master.mastered(mix.read(part.index), plan, profile)
    return master.lowered(plan, peak_dbtp, profile, peak_near(programme, part.inside.start + heard.peak_at))


def _spared(plan: master.Plan) -> master.Plan:
    """The plan with its ceiling lower still: what is a little lower overshoots elsewhere, and a round costs much."""
    assert plan.ceiling_dbtp is not None
    return replace(plan, ceiling_dbtp=plan.ceiling_dbtp - _SPARE_DB)


def _encoded_and_heard(
    mix: Programme, plans: Sequence[master.Plan], profile: Profile, audio: Path, jobs: int, watch: Watch
) -> Written:
    seen: list[Seen] = []

    def mastered(part: Part) -> tuple[Audio, Seen]:
        programme = master.mastered(mix.read(part.index), plans[part.index], profile)
        looked = look(programme, part.reach.start, part.core.start, part.core.end, profile.rate_hz)
        return programme[part.inside.start : part.inside.end], looked

    def blocks() -> Iterator[Audio]:
        for part, (block, looked) in zip(mix.parts, in_order(mastered, mix.parts, jobs), strict=True):
            seen.append(looked)
            yield block
            watch.done(part.core.end)

    watch.stage("master", mix.samples)
    encode.encode(blocks(), profile, audio)
    watch.stage("verify", mix.samples)
    heard: list[PartHeard] = []
    stretches = _stretches(encode.decode(audio, profile), mix, profile)
    for part, one in zip(mix.parts, in_order(partial(_listened, profile), stretches, jobs), strict=True):
        heard.append(one)
        watch.done(part.core.end)
    return Written(tuple(heard), tuple(seen))


_Stretch = tuple[Part, Audio, int]


def _listened(profile: Profile, stretch: _Stretch) -> PartHeard:
    part, audio, begin = stretch
    floating = profile.bits == 32
    return listened(audio, begin, part.core.start, part.core.end, profile.rate_hz, floating=floating)


def _stretches(blocks: Iterable[Audio], mix: Programme, profile: Profile) -> Iterator[_Stretch]:
    """Each part of a decoded file, with what must be heard around it and the sample where that begins.

    Raises RenderError when it is longer or shorter than what went in.
    """
    around, coming = quantum_samples(profile.rate_hz), iter(blocks)
    held, begin = np.zeros((0, profile.channels), np.float32), 0
    for part in mix.parts:
        wanted = min(part.core.end + around, mix.samples)
        pieces = [held]
        there = begin + len(held)
        while there < wanted and (block := next(coming, None)) is not None:
            pieces.append(block)
            there += len(block)
        if there < wanted:
            raise RenderError(f"{there} samples came back of {mix.samples} that were encoded as {profile.codec}")
        held = np.concatenate(pieces)
        yield part, held[: wanted - begin], begin
        kept = max(begin, part.core.end - around)
        held, begin = held[kept - begin :], kept
    left = begin + len(held) + sum(len(block) for block in coming)
    if left != mix.samples:
        raise RenderError(f"{left} samples came back of {mix.samples} that were encoded as {profile.codec}")


def _keep(cache: Cache, name: str, audio: Path, made: Written) -> None:
    pieces = 0
    with audio.open("rb") as file:
        while piece := file.read(_KEPT_BYTES):
            if not cache.write(key("piece", name, pieces), piece):
                return
            pieces += 1
    arrays: dict[str, NDArray[Any]] = {}
    for number, (heard, seen) in enumerate(zip(made.heard, made.seen, strict=True)):
        arrays |= {
            f"heard {number}": np.frombuffer(heard.to_bytes(), np.uint8),
            f"cells {number}": seen.cell_codes,
            f"moments {number}": seen.moment_codes,
            f"channels {number}": seen.channels,
        }
    cache.write(name, packed([pieces, [[one.rate_hz, one.samples] for one in made.seen]], arrays))


def _taken(cache: Cache, name: str, audio: Path) -> Written | None:
    """What was kept, with its file written to `audio`; None when not all of it is there."""
    raw = cache.read(name)
    if raw is None:
        return None
    try:
        (pieces, seen), arrays = unpacked(raw)
        made = Written(
            tuple(PartHeard.from_bytes(arrays[f"heard {number}"].tobytes()) for number in range(len(seen))),
            tuple(
                Seen(
                    rate_hz=rate_hz,
                    samples=samples,
                    cell_codes=arrays[f"cells {number}"],
                    moment_codes=arrays[f"moments {number}"],
                    channels=arrays[f"channels {number}"],
                )
                for number, (rate_hz, samples) in enumerate(seen)
            ),
        )
    except (ValueError, KeyError, BrokenPartError):
        return None
    with audio.open("wb") as file:
        for number in range(pieces):
            piece = cache.read(key("piece", name, number))
            if piece is None:
                return None
            file.write(piece)
    return made
