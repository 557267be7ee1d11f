"""From a mixed episode to its audio files: each mix mastered, encoded and verified part by part; stems written."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer import master
from producer.audio import Audio
from producer.audit.cells import Seen, look
from producer.audit.parts import Part as PartHeard
from producer.audit.parts import listened
from producer.audit.programme import Heard, figures
from producer.cache import Cache, key
from producer.deliver import encode, ffmpeg, mp3
from producer.deliver.files import Staging
from producer.deliver.stems import stem_files
from producer.dsp.loudness import Loudness, in_db
from producer.errors import RenderError
from producer.mix import night
from producer.mix.parallel import in_order
from producer.mix.parts import Part
from producer.mixing import Mixdown, Mixed, made_by
from producer.model.formats import Format, in_format, own_format
from producer.model.mixes import STANDARD, MixStyle
from producer.model.profile import Profile
from producer.one_go import written as in_one_go
from producer.packed import packed, unpacked
from producer.production import Delivered, NoWatch, Watch
from producer.toned import toned

NIGHTS = 3
"""How often a ridden mix is drawn anew when the decoded file's range is too wide."""
_PEAKS = 4
"""How often a part is encoded with a lower ceiling when a peak comes out too high."""


@dataclass(frozen=True, slots=True)
class Mastered:
    """A mix in its file, as it holds the profile."""

    plan: master.Plan
    heard: Heard  # in the decoded file
    seen: Seen  # of what went into the encoder
    rounds: int

    @property
    def measured(self) -> Loudness:
        return self.heard.loudness


@dataclass(frozen=True, slots=True, kw_only=True)
class _Bench:
    """What it takes to finish a mix."""

    profile: Profile
    cache: Cache
    jobs: int
    watch: Watch


def all_finished(
    mix: Mixed,
    styles: Sequence[MixStyle],
    kinds: Sequence[Format],
    profile: Profile,
    audio: Callable[[MixStyle, Format], Path],
    cache: Cache,
    jobs: int,
    watch: Watch,
) -> tuple[Delivered, ...]:
    """Every mix in every kind of file, side by side: all of the first kind first, in the order of `styles`.

    Args:
        audio: the file for a mix in a kind.

    Raises RenderError when one cannot hold the profile.
    """
    wanted = [(style, kind) for kind in kinds for style in styles]

    def one(asked: tuple[MixStyle, Format]) -> Delivered:
        style, kind = asked
        own_jobs = jobs if alone else max(1, jobs // len(wanted))
        return finished(mix, style, kind, profile, audio(style, kind), cache, own_jobs, watch if alone else NoWatch())

    alone = len(kinds) == 1  # then each has all cores, one after the other
    if alone:
        return tuple(map(one, wanted))
    mix = _taking_turns(mix)
    watch.stage("formats", len(wanted))
    made: list[Delivered] = []
    for delivered in in_order(one, wanted, jobs):
        made.append(delivered)
        watch.done(len(made))
    return tuple(made)


def _taking_turns(mix: Mixed) -> Mixed:
    """The same, read by many at once: who wants a part that somebody else is mixing waits for it."""
    turns = [Lock() for _ in mix.parts]

    def read(mixdown: Mixdown, index: int) -> Audio:
        with turns[index]:
            return mixdown.read(index)

    return replace(mix, mixes={name: replace(one, read=partial(read, one)) for name, one in mix.mixes.items()})


def finished(
    mix: Mixed, style: MixStyle, kind: Format, profile: Profile, audio: Path, cache: Cache, jobs: int, watch: Watch
) -> Delivered:
    """One mix as a listener gets it, in the file `audio`. Raises RenderError when it cannot hold the profile."""
    named = "the episode" if style == STANDARD else f"the mix '{style.name}'"
    if kind != own_format(profile):
        named += f" as {kind.name}"
    profile = in_format(profile, kind)
    bench = _Bench(profile=profile, cache=cache, jobs=jobs, watch=watch)

    def mastered(mixdown: Mixdown) -> Mastered:
        return _mastered(toned(mixdown, profile), bench, audio, named)

    if style.range_lu is None:
        made = mastered(mix.mixes[style.name])
    else:
        made = _ridden(mix.standard, style.range_lu, profile.rate_hz, mastered)
    margins = mix.margins[style.name]
    return Delivered(
        style=style,
        kind=kind,
        file=audio,
        heard=made.heard,
        reference=mix.witness.reference(made.seen, margins, profile.name, style.name, style.bus_gain_db),
        margins=margins,
        plan=made.plan,
        rounds=made.rounds,
    )


def write_stems(mix: Mixed, plan: master.Plan, profile: Profile, staging: Staging, watch: Watch) -> None:
    """The stems of the standard mix as files: at the master's gain, before its limiter."""
    if not mix.stems:
        return
    watch.stage("stems", len(mix.stems))
    for done, (name, file) in enumerate(zip(mix.stems, stem_files(mix.stems), strict=True), 1):
        encode.write_stem(mix.stem(name, plan.gain_db), profile.rate_hz, staging.path(file))
        watch.done(done)


def _ridden(standard: Mixdown, range_lu: float, rate_hz: int, mastered: Callable[[Mixdown], Mastered]) -> Mastered:
    """The standard mix ridden until the decoded file's range is within `range_lu`, or as near to it as it gets."""
    levels, wanted, all_rounds = standard.levels, range_lu, 0
    drawn: night.Ride | None = None
    for _ in range(NIGHTS):
        before, drawn = drawn, night.ride(levels.powers, levels.seconds_per_hop, rate_hz, wanted)
        if before is not None and np.array_equal(before.db, drawn.db):
            break  # nearer than this it does not get
        made = mastered(
            replace(
                standard,
                read=partial(_moved, standard, drawn),
                name=partial(_moved_name, standard, drawn),
                levels=levels.ridden(drawn.db),
            )
        )
        all_rounds += made.rounds
        if made.measured.range_lu <= range_lu:
            break
        wanted -= made.measured.range_lu - range_lu + 0.25
    return replace(made, rounds=all_rounds)


def _moved(mix: Mixdown, ride: night.Ride, index: int) -> Audio:
    reach = mix.parts[index].reach
    return mix.read(index) * ride.gains(reach.start, reach.end)[:, None]


def _moved_name(mix: Mixdown, ride: night.Ride, index: int) -> bytes:
    reach = mix.parts[index].reach
    return mix.name(index) + ride.gains(reach.start, reach.end).tobytes()


def _mastered(mix: Mixdown, bench: _Bench, audio: Path, named: str) -> Mastered:
    """Encode and decode until what a listener gets holds the profile. Raises RenderError when it will not."""
    profile = bench.profile
    plan = planned(mix.levels, profile, bench.cache)
    rounds = 0
    while rounds < master.ROUNDS:
        rounds += 1
        written = _in_parts if encode.in_parts(profile) else _in_one_go
        heard, seen = written(mix, plan, bench, audio)
        measured = heard.loudness
        rms_db = figures(heard).rms_db if profile.rms_db is not None else None
        following = master.corrected(plan, measured, profile, rms_db)
        if following is None:
            break
        plan = following
    if not master.holds(measured, profile, rms_db):
        raise RenderError(
            f"{named} cannot be brought to the profile '{profile.name}': after {rounds} rounds it is at "
            f"{measured.integrated_lufs:.1f} LUFS with a true peak of {measured.true_peak_dbtp:.1f} dBTP; "
            "it is quiet for most of its length with a few very loud moments: lower those"
        )
    if measured.samples != mix.samples:
        raise AssertionError(f"{measured.samples} samples came back of {mix.samples}")
    bench.cache.write(_plan_name(mix.levels, profile), json.dumps([plan.gain_db, plan.ceiling_dbtp]).encode())
    return Mastered(plan, heard, seen, rounds)


def planned(levels: master.Levels, profile: Profile, cache: Cache) -> master.Plan:
    """The plan that brought a mix of these levels to the profile, or the first to be tried."""
    kept = cache.read(_plan_name(levels, profile))
    return master.first_plan(levels, profile) if kept is None else master.Plan(*json.loads(kept))


def _plan_name(levels: master.Levels, profile: Profile) -> str:
    return key("plan", made_by(), levels.powers.tobytes(), levels.peaks.tobytes(), repr(profile))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
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
    def from_bytes(cls, raw: bytes) -> _Made:
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


def _in_parts(mix: Mixdown, plan: master.Plan, bench: _Bench, audio: Path) -> tuple[Heard, Seen]:
    """The file, made of parts that are encoded side by side; each is heard as a player decodes it."""
    profile, watch = bench.profile, bench.watch
    watch.stage("master", mix.samples)
    heard: list[PartHeard] = []
    seen: list[Seen] = []
    with encode.joining(profile, mix.samples, audio) as file:
        make = partial(_part, mix, plan, bench, audio.parent)
        for part, made in zip(mix.parts, in_order(make, mix.parts, bench.jobs), strict=True):
            file.add(made.frames, made.count, made.crc)
            heard.append(made.heard)
            seen.append(made.seen)
            watch.done(part.core.end)
    return Heard.joined(heard), Seen.joined(seen)


def _part(mix: Mixdown, plan: master.Plan, bench: _Bench, folder: Path, part: Part) -> _Made:
    """One part of the file, from the cache where it was made before."""
    profile = bench.profile
    first, last = part.core.start == 0, part.core.end == mix.samples
    settings = [plan.gain_db, plan.ceiling_dbtp, repr(profile), first, last, ffmpeg.identity()]
    name = key("encoded", made_by(), mix.name(part.index), settings)
    kept = bench.cache.read(name)
    if kept is not None:
        return _Made.from_bytes(kept)
    audio, core = mix.read(part.index), part.inside
    for _ in range(_PEAKS):
        programme = master.mastered(audio, plan, profile)
        encoded = encode.encode_part(programme, core, profile, folder, first=first, last=last)
        decoded, before = encode.decode_part(encoded, core.length, profile)
        heard = listened(decoded, part.core.start - before, part.core.start, part.core.end, profile.rate_hz)
        lower = master.lowered(plan, in_db(heard.true_peak), profile)
        if lower is None:
            break
        plan = lower  # of this part alone: nothing is heard of where a ceiling is a little lower
    made = _Made(
        frames=encoded.frames,
        count=encoded.count,
        crc=mp3.crc16(encoded.frames),
        heard=heard,
        seen=look(programme, part.reach.start, part.core.start, part.core.end, profile.rate_hz),
    )
    bench.cache.write(name, made.to_bytes())
    return made


def _in_one_go(mix: Mixdown, plan: master.Plan, bench: _Bench, audio: Path) -> tuple[Heard, Seen]:
    """The file of a codec that cannot be joined, or is too quick to be worth it."""
    return in_one_go(mix, plan, bench.profile, audio, bench.cache, bench.jobs, bench.watch)
