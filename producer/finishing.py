"""From a mixed episode to its audio files: each mix mastered, encoded and verified part by part; stems written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from producer import in_parts, master, memory, one_go
from producer.audit.cells import Whole
from producer.audit.foreseen import LIMITED_DB
from producer.audit.programme import Heard, figures
from producer.audit.reference import Limited
from producer.audit.rows import Room
from producer.cache import Cache, key
from producer.deliver import encode
from producer.deliver.files import Staging
from producer.deliver.stems import stem_files
from producer.dsp.loudness import Loudness
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.levels import Levels
from producer.made_by import made_by_program
from producer.mix import night
from producer.mix.margin import LineMargin
from producer.mix.parallel import in_order
from producer.mixdown import Mixdown, Programme
from producer.mixing import Mixed
from producer.model.formats import Format, in_format, own_format
from producer.model.mixes import STANDARD, MixStyle
from producer.model.profile import Profile
from producer.production import Crew, Delivered, Finish, NoWatch, Watch
from producer.toned import tone_under
from producer.units import gain
from producer.witness import Witness

NIGHTS = 3
"""How often a ridden mix is drawn anew when the decoded file's range is too wide."""


@dataclass(frozen=True, slots=True)
class Mastered:
    """A mix in its file, as it holds the profile."""

    plan: master.Plan
    heard: Heard  # in the decoded file
    seen: Whole  # of what went into the encoder
    rounds: int
    levels: Levels  # before all that

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
    room: Room
    crew: Crew | None


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
    """Every mix in every kind of file: all of the first kind first, in the order of `styles`.

    What is made in parts has all cores, one mix after the other; the rest is made side by side.

    Args:
        audio: the file for a mix in a kind.

    Raises RenderError when one cannot hold the profile.
    """
    wanted = [(style, kind) for kind in kinds for style in styles]
    in_turn = [one for one in wanted if len(kinds) == 1 or encode.in_parts(in_format(profile, one[1]))]
    beside = [one for one in wanted if one not in in_turn]
    made: dict[tuple[MixStyle, Format], Delivered] = {}
    for style, kind in in_turn:
        made[style, kind] = finished(mix, style, kind, profile, audio(style, kind), cache, jobs, watch)

    def one(asked: tuple[MixStyle, Format]) -> Delivered:
        own_jobs = max(1, jobs // len(beside))
        return finished(mix, *asked, profile, audio(*asked), cache, own_jobs, NoWatch())

    if beside:
        watch.stage("formats", len(beside))
    for done, (asked, delivered) in enumerate(zip(beside, in_order(one, beside, jobs), strict=True), 1):
        made[asked] = delivered
        watch.done(done)
    return tuple(made[asked] for asked in wanted)


def finished(
    mix: Mixed,
    style: MixStyle,
    kind: Format,
    profile: Profile,
    audio: Path,
    cache: Cache,
    jobs: int,
    watch: Watch,
) -> Delivered:
    """One mix as a listener gets it, in the file `audio`. Raises RenderError when it cannot hold the profile."""
    named = "the episode" if style == STANDARD else f"the mix '{style.name}'"
    if kind != own_format(profile):
        named += f" as {kind.name}"
    profile = in_format(profile, kind)
    bench = _Bench(profile=profile, cache=cache, jobs=jobs, watch=watch, crew=mix.crew, room=mix.room)

    def mastered(mixdown: Mixdown) -> Mastered:
        tone = tone_under(mixdown.levels, profile)
        over = replace(mixdown, programme=replace(mixdown.programme, tone=tone))
        return _mastered(over, bench, audio, named)

    if style.range_lu is None:
        made = mastered(mix.mixes[style.name])
    else:
        made = _ridden(mix.standard, style.range_lu, profile, mastered)
    margins = mix.margins[style.name]
    return Delivered(
        style=style,
        kind=kind,
        file=audio,
        heard=made.heard,
        reference=mix.witness.reference(
            made.seen,
            margins,
            profile.name,
            style.name,
            style.bus_gain_db,
            made.heard.compared,
            _limited(made, margins, mix.witness, profile),
        ),
        margins=margins,
        plan=made.plan,
        rounds=made.rounds,
    )


def _limited(made: Mastered, margins: Sequence[LineMargin], witness: Witness, profile: Profile) -> Limited:
    lines = {one.clip: one.span for one in margins}
    own = witness.own(lines)
    plan = made.plan
    off_db = made.levels.off_each_db(
        plan.gain_db, plan.ceiling_dbtp, list(lines.values()), list(own.values()), profile.rate_hz
    )
    told = plan.spares or max(off_db, default=0.0) >= LIMITED_DB
    return Limited(
        off_db=dict(zip(lines, off_db, strict=True)),
        lower_lu=master.lower_lu(made.levels, plan, profile) if told else None,
        spared=plan.spares and plan.ceiling_dbtp is not None,
    )


def write_stems(mix: Mixed, plan: master.Plan, profile: Profile, staging: Staging, watch: Watch) -> None:
    """The stems of the standard mix as files: as loud as they are heard in the delivered one, before its limiter.

    Args:
        profile: of the file that `plan` was made for.
    """
    if not mix.stems:
        return
    gain_db = plan.gain_db - master.loss_db(profile)
    watch.stage("stems", len(mix.stems))
    for done, (name, file) in enumerate(zip(mix.stems, stem_files(mix.stems), strict=True), 1):
        encode.write_stem(mix.stem(name, gain_db), profile.rate_hz, staging.path(file))
        watch.done(done)


def _ridden(standard: Mixdown, range_lu: float, profile: Profile, mastered: Callable[[Mixdown], Mastered]) -> Mastered:
    """The standard mix ridden until the decoded file's range is within `range_lu`, or as near to it as it gets.

    It is drawn on what the standard mix's gain and limiter leave of it: what those hold down need not be ridden down.
    """
    levels, wanted, all_rounds = standard.levels, range_lu, 0
    hop_s = levels.seconds_per_hop
    plan = master.first_plan(levels, profile)  # not the one that was kept: a cache would change what is heard
    powers = np.multiply(levels.powers, gain(plan.gain_db) ** 2, dtype=np.float64)
    loudness = levels.limited_lufs(plan.gain_db, plan.ceiling_dbtp)
    written = night.Written.on(standard.programme.timeline)
    memory.give_back()

    def limited(db: NDArray[np.float64]) -> NDArray[np.float64]:
        """The powers of the ridden mix, as loud as the other, after the limiter."""
        ridden, gain_db = levels.ridden(db), plan.gain_db
        off_db = loudness - ridden.limited_lufs(gain_db, plan.ceiling_dbtp) if db.any() else 0.0
        return ridden.limited(gain_db + (off_db if np.isfinite(off_db) else 0.0), plan.ceiling_dbtp)

    drawn: night.Ride | None = None
    for _ in range(NIGHTS):
        before, drawn = drawn, night.ride(powers, hop_s, profile.rate_hz, wanted, written, limited)
        if before is not None and np.array_equal(before.db, drawn.db):
            break  # nearer than this it does not get
        made = mastered(Mixdown(replace(standard.programme, ride=drawn), levels.ridden(drawn.db)))
        all_rounds += made.rounds
        if made.measured.range_lu <= range_lu:
            break
        wanted -= made.measured.range_lu - range_lu + 0.25
    return replace(made, rounds=all_rounds)


def _mastered(mix: Mixdown, bench: _Bench, audio: Path, named: str) -> Mastered:
    """Encode and decode until what a listener gets holds the profile. Raises RenderError when it will not.

    Where even the last round is not the one that is wanted, the nearest stands. The plan of what stands is kept, and is
    not corrected any more where it is found: else the same script would have other bytes each time.
    """
    profile = bench.profile
    kept = _kept_plan(mix.levels, profile, bench.cache)
    plan = _first_planned(mix.levels, profile) if kept is None else kept

    def made(plan: master.Plan) -> tuple[Heard, Whole, float | None, bool]:
        heard, seen = _written(mix.programme, plan, bench, audio)
        rms_db = figures(heard).rms_db if profile.rms_db is not None else None
        return heard, seen, rms_db, master.holds(heard.loudness, profile, rms_db, spares=plan.spares)

    tried: list[tuple[bool, float, master.Plan]] = []
    while True:
        heard, seen, rms_db, holds = made(plan)
        tried.append((not holds, master.missed_db(heard.loudness, profile, rms_db), plan))
        following = master.corrected(plan, heard.loudness, profile, rms_db, mix.levels)
        if following is None or (holds and kept is plan):
            break
        if len(tried) == master.ROUNDS:
            nearest = min(reversed(tried), key=lambda one: one[:2])[2]
            if nearest is not plan:
                plan = nearest
                heard, seen, rms_db, holds = made(plan)
            break
        plan = following
    measured, rounds = heard.loudness, len(tried)
    if not holds:
        raise RenderError(
            f"{named} cannot be brought to the profile '{profile.name}': after {rounds} rounds it is at "
            f"{measured.integrated_lufs:.1f} LUFS with a true peak of {measured.true_peak_dbtp:.1f} dBTP; "
            "it is quiet for most of its length with a few loud moments: lower those"
        )
    samples = mix.programme.samples
    if measured.samples != samples:
        raise AssertionError(f"{measured.samples} samples came back of {samples}")
    bench.cache.write(_plan_name(mix.levels, profile), json.dumps(astuple(plan)).encode())
    return Mastered(plan, heard, seen, rounds, mix.levels)


def planned(levels: Levels, profile: Profile, cache: Cache) -> master.Plan:
    """The plan that brought a mix of these levels to the profile, or the first to be tried."""
    return _kept_plan(levels, profile, cache) or _first_planned(levels, profile)


def _first_planned(levels: Levels, profile: Profile) -> master.Plan:
    """The first plan to be tried."""
    plan = master.first_plan(levels, profile)
    memory.give_back()  # several times what the levels take
    return plan


def _kept_plan(levels: Levels, profile: Profile, cache: Cache) -> master.Plan | None:
    kept = cache.read(_plan_name(levels, profile))
    return None if kept is None else master.Plan(*json.loads(kept))


def _plan_name(levels: Levels, profile: Profile) -> str:
    rows = (levels.powers, levels.peaks, levels.spoken)
    digests = [hashlib.sha256(np.ascontiguousarray(one).data).hexdigest() for one in rows]
    return key("plan", made_by_program(), digests, repr(profile))


def _written(mix: Programme, plan: master.Plan, bench: _Bench, audio: Path) -> tuple[Heard, Whole]:
    """The file, and what is heard in it."""
    if not encode.in_parts(bench.profile):
        return one_go.written(mix, plan, bench.profile, audio, bench.cache, bench.jobs, bench.watch, bench.room)
    how = Finish(style=mix.style, ride=mix.ride, tone=mix.tone, plan=plan, profile=bench.profile)
    return in_parts.written(mix, how, audio, bench.cache, bench.jobs, bench.watch, bench.room, bench.crew)
