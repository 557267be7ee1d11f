"""A mix in a file whose parts are encoded side by side, listened to each by itself, and joined.

A part that was made before is taken from the cache; what its neighbours are does not matter.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer import master
from producer.audit.cells import Album, Seen, Whole, look
from producer.audit.compared import Compared, Comparison
from producer.audit.compared import compared as compare
from producer.audit.parts import Part as PartHeard
from producer.audit.parts import listened
from producer.audit.programme import Heard, Hearing
from producer.audit.rows import Room
from producer.cache import Cache, key
from producer.deliver import encode, mp3
from producer.dsp.true_peak import in_db, peak_near
from producer.frozen import dataclass
from producer.made_by import made_by_program
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixdown import Programme
from producer.packed import packed, unpacked
from producer.production import Crew, Finish, Watch

_PEAKS = 4
"""How often a part is encoded with a lower ceiling when a peak comes out too high."""


_FEW = 8
"""So many finished parts may wait until it is their turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedPart:
    """A part, encoded and listened to."""

    frames: bytes | memoryview
    count: int
    crc: int
    heard: PartHeard
    seen: Seen
    compared: Compared

    def to_bytes(self) -> bytes:
        """To be kept: as plain arrays, for it is read ten times as often as it is made."""
        heard, seen, compared = self.heard, self.seen, self.compared
        facts = {
            "frames": [self.count, self.crc],
            "seen": [seen.rate_hz, seen.samples],
            "heard": [heard.channels, heard.sample_peak, heard.true_peak, heard.peak_at, heard.flat],
        }
        arrays: dict[str, NDArray[Any]] = {"frames": np.frombuffer(self.frames, np.uint8), "powers": heard.powers}
        for side, looked in (("seen", seen), ("heard", heard.seen)):
            for name in _SEEN:
                arrays[f"{side} {name}"] = getattr(looked, name)
        return packed(facts, arrays | {f"compared {name}": array for name, array in compared.arrays().items()})

    @classmethod
    def from_bytes(cls, raw: bytes) -> FinishedPart:
        """What `to_bytes` kept. Raises ValueError or KeyError."""
        facts, arrays = unpacked(raw)
        count, crc = facts["frames"]
        rate_hz, samples = facts["seen"]
        channels, sample_peak, true_peak, peak_at, flat = facts["heard"]
        seen, heard = (
            Seen(rate_hz=rate_hz, samples=samples, **{name: arrays[f"{side} {name}"] for name in _SEEN})
            for side in ("seen", "heard")
        )
        return cls(
            frames=arrays["frames"].data,
            count=count,
            crc=crc,
            heard=PartHeard(
                channels=channels,
                seen=heard,
                powers=arrays["powers"],
                sample_peak=sample_peak,
                true_peak=true_peak,
                peak_at=peak_at,
                flat=tuple((channel, start, end) for channel, start, end in flat),
            ),
            seen=seen,
            compared=Compared.known({name.removeprefix("compared "): array for name, array in arrays.items()}),
        )


_SEEN = ("cell_codes", "moment_codes", "channels")


def written(
    mix: Programme, how: Finish, audio: Path, cache: Cache, jobs: int, watch: Watch, room: Room, crew: Crew | None
) -> tuple[Heard, Whole]:
    """Make the file `audio` of a mix; each part is heard as a player decodes it. Raises RenderError."""
    watch.stage("master", mix.samples)
    heard, seen, compared = Hearing(room), Album(room), Comparison()
    make = partial(finished_part, mix, how, cache)
    names = [_name(mix, how, part) for part in mix.parts]
    left = [part.index for part, name in zip(mix.parts, names, strict=True) if not cache.has(name)]
    with encode.joining(how.profile, mix.samples, audio) as file, ThreadPoolExecutor(jobs) as pool:
        if crew is None:
            coming = in_order(_few_first(make, left, jobs, pool), range(len(mix.parts)), jobs)
        else:
            coming = map(make, _by_crew(mix.parts, crew.finish(how, left), left))
        for part, name, made in zip(mix.parts, names, coming, strict=True):
            file.add(made.frames, made.count, made.crc)
            heard.add(made.heard)
            seen.add(made.seen)
            compared.add(made.compared, name)
            watch.done(part.core.end)
    return heard.heard(compared=compared.whole()), seen.whole()


def _few_first(
    make: Callable[[int], FinishedPart], left: Sequence[int], jobs: int, pool: Executor
) -> Callable[[int], FinishedPart]:
    """What has a part by its number. Where few are to be made, they are begun at once: others are read meanwhile."""
    begun = {index: pool.submit(make, index) for index in left} if jobs > 1 and len(left) <= _FEW else {}
    return lambda index: begun.pop(index).result() if index in begun else make(index)


def _by_crew(parts: Sequence[Part], coming: Iterator[int], left: Sequence[int]) -> Iterator[int]:
    """Each part's number, when a crew has made it."""
    wanted = frozenset(left)
    for part in parts:
        if part.index in wanted:
            next(coming, None)
        yield part.index


def finished_part(mix: Programme, how: Finish, cache: Cache, index: int) -> FinishedPart:
    """One part of the file, from the cache where it was made before."""
    kept = kept_part(mix, how, cache, index)
    if kept is not None:
        return kept
    part, plan, profile = mix.parts[index], how.plan, how.profile
    first, last = _ends(mix, part)
    core = part.inside
    for _ in range(_PEAKS):
        programme = master.mastered(mix.read(part.index), plan, profile, spent=True)
        encoded = encode.encode_part(programme, core, profile, mix.mixing.folder, first=first, last=last)
        decoded, before = encode.decode_part(encoded, core.length, profile)
        heard = listened(decoded, part.core.start - before, part.core.start, part.core.end, profile.rate_hz)
        del decoded
        fed_dbtp = peak_near(programme, core.start + heard.peak_at)
        lower = master.lowered(plan, in_db(heard.true_peak), profile, fed_dbtp)
        if lower is None:
            break
        plan = lower  # of this part alone: nothing is heard of where a ceiling is a little lower
    seen = look(programme, part.reach.start, part.core.start, part.core.end, profile.rate_hz)
    made = FinishedPart(
        frames=encoded.frames,
        count=encoded.count,
        crc=mp3.crc16(encoded.frames),
        heard=heard,
        seen=seen,
        compared=compare(seen, heard.seen),
    )
    cache.write(_name(mix, how, part), made.to_bytes())
    return made


def kept_part(mix: Programme, how: Finish, cache: Cache, index: int) -> FinishedPart | None:
    """One part of the file as it was made before; None when it was not."""
    kept = cache.read(_name(mix, how, mix.parts[index]))
    return None if kept is None else FinishedPart.from_bytes(kept)


def is_kept(mix: Programme, how: Finish, cache: Cache, index: int) -> bool:
    """Whether `kept_part` has something, which may still turn out to be damaged."""
    return cache.has(_name(mix, how, mix.parts[index]))


def _name(mix: Programme, how: Finish, part: Part) -> str:
    """What names a part as it is finished."""
    settings = [how.plan.gain_db, how.plan.ceiling_dbtp, repr(how.profile), *_ends(mix, part), encode.part_encoder()]
    return key("encoded", made_by_program(), mix.name(part.index), settings)


def _ends(mix: Programme, part: Part) -> tuple[bool, bool]:
    """Whether a part is the first, and whether it is the last."""
    return part.core.start == 0, part.core.end == mix.samples
