"""The audit of a long episode: what it says of a short one, in memory that hardly grows, and what it is read from."""

from __future__ import annotations

import dataclasses
import gc
import io
import json
import tempfile
import tracemalloc
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO, cast

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from producer import auditing
from producer.audit import report
from producer.audit.archive import Archive
from producer.audit.audit import Audit, audit
from producer.audit.cells import BANDS, MOMENTS, Album, Seen
from producer.audit.clips import ClipsTaken
from producer.audit.field import Windows
from producer.audit.laid import laid
from producer.audit.planned import Plan, plan_of
from producer.audit.programme import Heard, curve
from producer.audit.reference import BrokenReferenceError, Reference, relation
from producer.audit.rows import MEMORY, Room, Rows
from producer.audit.tap import ClipCells
from producer.dsp.grid import COARSE, frame_samples
from producer.dsp.loudness import lufs
from tests.audit_helpers import RATE, Made, good

FRAME = frame_samples(RATE)
CUE = "sound-glass-758520"


def on_disk() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(good(), tmp_path_factory.mktemp("audit"))


@pytest.fixture(scope="module")
def muted(made: Made) -> Heard:
    """The episode without one of its cues."""
    made.remixed(lambda clip: None if clip.id == CUE else clip, "muted")
    return auditing.listen(made.folder / "muted.mp3")[1]


class Long:
    """An episode that is the good one again and again, each time as a stretch of its own; `heard` says as what."""

    def __init__(self, made: Made, heard: list[Heard], room: Room) -> None:
        self.made, self.frames = made, len(made.reference.cell_codes) // COARSE * COARSE
        frames, one = self.frames, made.reference
        pieces, powers = one.clips.within(0)
        taken = ClipsTaken(
            {f"{name}.{n}": ("speech", True) for name in one.clips.names for n in range(len(heard))}, room
        )
        planned, sounding = Album(room), Album(room)
        for number, again in enumerate(heard):
            clips = {}
            for piece in pieces:
                rows = min(piece.rows, frames // piece.step - piece.first)
                first = piece.first + number * frames // piece.step
                name = f"{one.clips.names[piece.clip]}.{number}"
                clips[name] = ClipCells(first, piece.step, powers[piece.at : piece.at + rows])
            taken.add(frames, clips, {})
            planned.add(self._seen(one.cell_codes, one.outline_codes, again.seen.channels))
            sounding.add(self._seen(again.seen.cell_codes, again.seen.moment_codes, again.seen.channels))
        should, seen = planned.whole(), sounding.whole()
        self.reference = dataclasses.replace(
            one,
            samples=should.samples,
            cell_codes=should.cell_codes,
            outline_codes=should.moment_codes,
            channels=relation(should),
            clips=taken.clips(),
            margins={},
        )
        self.heard = dataclasses.replace(heard[0], seen=seen)
        self.plan = self._plan(plan_of(made.document), len(heard))

    def _seen(self, cells: Rows, moments: Rows, channels: Rows) -> Seen:
        return Seen(
            rate_hz=RATE,
            samples=self.frames * FRAME,
            cell_codes=cells[: self.frames],
            moment_codes=moments[: self.frames * MOMENTS],
            channels=channels[: self.frames],
        )

    def _plan(self, plan: Plan, times: int) -> Plan:
        long_s = self.frames * FRAME / RATE
        clips = tuple(
            dataclasses.replace(
                clip,
                id=f"{clip.id}.{number}",
                start_s=clip.start_s + number * long_s,
                end_s=min(clip.end_s, long_s) + number * long_s,
            )
            for number in range(times)
            for clip in plan.clips
        )
        return dataclasses.replace(plan, samples=times * self.frames * FRAME, clips=clips)

    def audited(self) -> Audit:
        facts = auditing.probe(self.made.file)
        return audit("long.mp3", facts, self.heard, plan=self.plan, reference=self.reference)


def test_what_is_missing_in_a_long_episode_is_named_there_and_nothing_else(made: Made, muted: Heard) -> None:
    well = auditing.listen(made.file)[1]
    long = Long(made, [well, well, well, muted, well], on_disk).audited()
    assert [(one.kind, one.clip) for one in long.findings] == [("missing", f"{CUE}.3")]
    short = {one.clip.id: one.match for one in made.audited().clips}
    for one in long.clips:
        name, _, number = one.clip.id.rpartition(".")
        if number != "3":
            assert one.match.state == "found"
            assert one.match.level_off_db == pytest.approx(short[name].level_off_db, abs=0.1)
            assert one.match.over_db == pytest.approx(short[name].over_db, abs=0.2)


def test_the_audit_hardly_takes_more_memory_the_longer_an_episode_is(made: Made) -> None:
    well = auditing.listen(made.file)[1]
    Long(made, [well], on_disk).audited()  # what is loaded once is loaded

    def most(times: int) -> int:
        long = Long(made, [well] * times, on_disk)
        gc.collect()
        tracemalloc.start()
        try:
            assert long.audited().findings == ()
            long.reference.write(io.BufferedWriter(Nowhere()))
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    ten, forty = most(25), most(100)
    # What grows is what is said of each clip (here 35 a minute), and a few numbers of each frame.
    assert forty - ten < 4.5e6
    assert forty < 12e6


class Nowhere(io.RawIOBase):
    """A file that keeps nothing."""

    def writable(self) -> bool:
        return True

    def write(self, data: object) -> int:
        return len(memoryview(data))  # type: ignore[arg-type]


def test_what_was_found_out_of_stretches_before_changes_nothing(made: Made, muted: Heard) -> None:
    well, kept = auditing.listen(made.file)[1], dict[str, bytes]()
    makes: list[str] = []

    def keep(name: str, make: Callable[[], bytes]) -> bytes:
        if name not in kept:
            makes.append(name)
            kept[name] = make()
        return kept[name]

    def said(heard: list[Heard], names: tuple[str, ...]) -> tuple[Audit, bytes, int]:
        long = Long(made, heard, MEMORY)
        known = dataclasses.replace(long.reference, names=names)
        makes.clear()
        found = audit("long.mp3", auditing.probe(made.file), long.heard, plan=long.plan, reference=known, keep=keep)
        file = io.BytesIO()
        known.write(file, keep)
        assert file.getvalue() == long.reference.to_bytes()
        assert report.document([found]) == report.document([long.audited()])
        return found, file.getvalue(), len(makes)

    one, _, made_of_one = said([well, muted, well], ("well", "muted", ""))
    assert [finding.kind for finding in one.findings] == ["missing"] and made_of_one == 4
    assert said([well, muted, well], ("well", "muted", "well"))[2] == 0
    # Another stretch changes what the whole's level is, by a hair, but not what is kept of this one.
    assert said([well, muted, muted], ("well", "muted", "another"))[2] == 2


def test_a_long_reference_reads_as_it_was_written_and_says_the_same(made: Made, muted: Heard, tmp_path: Path) -> None:
    well = auditing.listen(made.file)[1]
    long = Long(made, [well, muted, well], on_disk)
    auditing.write(long.reference, tmp_path / "reference.npz")
    with (tmp_path / "reference.npz").open("rb") as file:
        again = Reference.read(file, on_disk)
    assert again.to_bytes() == (tmp_path / "reference.npz").read_bytes()
    found = audit("long.mp3", auditing.probe(made.file), long.heard, plan=long.plan, reference=again)
    assert [(one.kind, one.clip) for one in found.findings] == [("missing", f"{CUE}.1")]
    levels = {one.clip.id: one.match.level_off_db for one in long.audited().clips if one.match.level_off_db is not None}
    for one in found.clips:  # powers are in steps of half a decibel there
        if one.clip.id in levels:
            assert one.match.level_off_db == pytest.approx(levels[one.clip.id], abs=0.3)


@settings(max_examples=60, deadline=None)
@given(
    clips=st.lists(st.tuples(st.integers(0, 110), st.integers(1, 60), st.sampled_from([1, COARSE])), max_size=5),
    cuts=st.sets(st.integers(1, 19), max_size=4),
)
def test_what_parts_say_of_a_clip_is_added_up_where_they_overlap(
    clips: list[tuple[int, int, int]], cuts: set[int]
) -> None:
    frames, chance = 20 * COARSE, np.random.default_rng(len(clips))
    taken = ClipsTaken({f"clip {n}": ("sounds", False) for n in range(len(clips))})
    edges = [0, *(cut * COARSE for cut in sorted(cuts)), frames]
    wanted = np.zeros((len(clips), frames + 3 * COARSE, BANDS), np.float32)
    for start, end in pairwise(edges):
        part = {}
        for number, (first, rows, step) in enumerate(clips):
            low, high = max(first, start) // step, min(first + rows * step, end + 2 * step) // step
            if low * step < end and low < high:  # a part says more of what begins in it: windows reach over
                powers = chance.random((high - low, BANDS), np.float32)
                part[f"clip {number}"] = ClipCells(low, step, powers)
                wanted[number, low * step : high * step] += np.repeat(powers, step, axis=0)
        taken.add(end - start, part, {})
    found = taken.clips()
    for stretch, (start, end) in enumerate(found.stretches):
        for piece in found.within(stretch)[0]:
            assert start <= piece.first * piece.step < end
    for name, clip in found.placed.items():
        assert np.array_equal(found.own(clip, 0, frames), wanted[int(name.split()[1]), :frames])
    assert {f"clip {n}" for n in range(len(clips)) if wanted[n].any()} == found.placed.keys()


@given(
    clips=st.lists(st.tuples(st.integers(0, 110), st.integers(1, 60), st.integers(0, 3)), max_size=6),
    cuts=st.sets(st.integers(1, 19), max_size=4),
    renamed=st.booleans(),
)
def test_parts_that_were_laid_out_by_themselves_come_to_the_same(
    clips: list[tuple[int, int, int]], cuts: set[int], renamed: bool
) -> None:
    kinds = (("sounds", False), ("speech", True), ("beds", False), ("beds", True))
    # Names that a clip has now may be in another order than those that it had when its part was kept.
    named = [f"clip {9 - n}" if renamed else f"clip {n}" for n in range(len(clips))]
    frames, chance = 20 * COARSE, np.random.default_rng(len(clips))
    buses = {name: kinds[kind] for name, (_, _, kind) in zip(named, clips, strict=True)}
    whole, again = ClipsTaken(buses), ClipsTaken(buses)
    edges = [0, *(cut * COARSE for cut in sorted(cuts)), frames]
    for start, end in pairwise(edges):
        part = {}
        for number, (first, rows, kind) in enumerate(clips):
            step = COARSE if kind > 1 else 1
            low = max(first, start) // step
            high = min(first + rows * step, end if step > 1 else end + 2) // step
            if low * step < end and low < high:
                powers = chance.random((high - low, BANDS), np.float32)
                part[f"clip {number}"] = ClipCells(low - start // step, step, powers)
        beds = {"beds": np.float32(0.1) * chance.random(((end - start) // COARSE, BANDS), np.float32)}
        once = {f"clip {number}": kinds[kind] for number, (_, _, kind) in enumerate(clips)}
        kept = laid(part, beds, once, end - start)
        now = dataclasses.replace(kept, names=tuple(named[int(name.split()[1])] for name in kept.names))
        whole.add(end - start, {name: one.moved(start) for name, one in now.cells().items()}, beds)
        again.lay(end - start, now)
    one, other = whole.clips(), again.clips()
    assert (one.names, one.edges) == (other.names, other.edges)
    assert np.array_equal(one.pieces, other.pieces) and np.array_equal(one.highest, other.highest)
    walked = [max(one.own(clip, clip.first, clip.last).max(), 0.0) for clip in one.placed.values()]
    assert np.array_equal(one.highest, np.array(walked, np.float32))
    for stretch in range(len(one.edges) - 1):
        assert np.array_equal(one.within(stretch)[1], other.within(stretch)[1])


def test_beds_are_as_far_down_as_their_bus_in_every_stretch() -> None:
    ledger = ClipsTaken({"bed": ("beds", False), "free": ("beds", True)})
    for number, share in enumerate((0.25, 0.5)):
        bed = ClipCells(4 * number, COARSE, np.full((4, BANDS), 0.02, np.float32))
        free = ClipCells(4 * number, COARSE, np.full((4, BANDS), 0.001, np.float32))
        bus = np.full((4, BANDS), share * 0.02 + 0.001, np.float32)
        ledger.add(4 * COARSE, {"bed": bed, "free": free}, {"beds": bus})
    clips = ledger.clips({"beds": -10.0})
    own = clips.own(clips.placed["bed"], 0, 8 * COARSE)
    assert own[:24] == pytest.approx(0.25 * 0.002, rel=1e-3) and own[24:] == pytest.approx(0.5 * 0.002, rel=1e-3)
    assert clips.own(clips.placed["free"], 0, 48) == pytest.approx(0.0001, rel=1e-3)
    assert ledger.clips({"beds": -float("inf")}).names == ()


@pytest.mark.parametrize("hops", [0, 1, 39, 40, 50, 51, 299, 300, 351, 2003])
def test_a_curve_has_the_loudness_of_each_window_at_its_end(hops: int) -> None:
    powers = np.random.default_rng(hops).random(hops)
    for seconds, width in ((0.4, 40), (3.0, 300)):
        wanted = [float(lufs(powers[max(0, end - width) : end].sum() / width)) for end in range(1, hops + 1, 50)]
        assert curve(powers, seconds, 0.01).tolist() == pytest.approx(wanted, abs=1e-9)


def test_rows_are_read_as_they_were_added_and_their_file_goes_with_them() -> None:
    files: list[BinaryIO] = []

    def room() -> BinaryIO:
        files.append(on_disk())
        return files[-1]

    rows, all_of_them = Rows(room, 3, np.float32), np.arange(60, dtype=np.float32).reshape(20, 3)
    for low in range(0, 20, 7):
        rows.append(all_of_them[low : low + 7])
    assert rows.shape == (20, 3)
    for start, stop in ((0, 20), (3, 9), (-4, None), (18, 99), (20, 25), (5, 5)):
        assert np.array_equal(rows[start:stop], all_of_them[start:stop])
    with pytest.raises(ValueError, match="rows of 3"):
        rows.append(np.zeros((2, 4)))
    del rows
    gc.collect()
    assert files[0].closed


def test_windows_are_made_when_they_are_asked_for_and_keep_what_was_written() -> None:
    asked: list[int] = []
    edges = list(range(0, 401, 10))

    def make(number: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
        asked.append(number)
        return np.arange(10 * number, 10 * number + 10)

    windows = Windows(edges, make)
    assert windows[35:62].tolist() == list(range(35, 62)) and asked == [3, 4, 5, 6]
    windows[48:52] = np.zeros(4, int)
    for low in range(0, 400, 10):
        assert len(windows[low : low + 10]) == 10
    assert windows[46:54].tolist() == [46, 47, 0, 0, 0, 0, 52, 53]
    assert asked.count(4) == 1 and asked.count(0) == 1
    windows[0:10]
    assert asked.count(0) == 2  # it was let go
    assert windows[7:7].tolist() == []


def test_an_archive_is_one_that_numpy_reads_and_its_bytes_do_not_vary() -> None:
    arrays = {
        "levels": np.arange(600, dtype=np.uint8).reshape(12, 50) % 5,
        "0/none": np.zeros((12, 0), np.uint8),
        "places": np.array([[1, 2], [3, 4]], np.int64),
    }

    def written() -> bytes:
        file = io.BytesIO()
        archive = Archive(file)
        for name, array in arrays.items():
            archive.add(name, array)
        archive.close()
        return file.getvalue()

    data = written()
    assert data == written()
    with zipfile.ZipFile(io.BytesIO(data)) as found:
        assert found.testzip() is None
        assert {entry.date_time for entry in found.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    with np.load(io.BytesIO(data)) as loaded:
        assert loaded.files == list(arrays)
        for name, array in arrays.items():
            assert np.array_equal(loaded[name], array) and loaded[name].dtype == array.dtype


def test_a_reference_of_the_version_before_is_refused_with_what_to_do() -> None:
    file = io.BytesIO()
    np.savez_compressed(file, about=np.frombuffer(json.dumps({"version": 2}).encode(), np.uint8))
    with pytest.raises(BrokenReferenceError, match="of version 2; this Producer reads 3: render the episode again"):
        Reference.from_bytes(file.getvalue())


@pytest.mark.parametrize(
    ("which", "change"),
    [
        ("edges", lambda found: found[:-1]),
        ("edges", lambda found: found[::-1]),
        ("edges", lambda found: found.astype(float)),
        ("pieces", lambda found: found[::-1]),
        ("pieces", lambda found: found + np.array([0, 0, 1 << 40, 0, 0])),
        ("pieces", lambda found: found + np.array([0, 0, 0, 0, 5])),
        ("pieces", lambda found: found[1:]),
        ("channels", lambda found: found[:, 1:]),
        ("0/cells", lambda found: found[1:]),
        ("0/clips", lambda found: found.astype(object)),
    ],
)
def test_what_does_not_fit_together_is_refused(made: Made, which: str, change: Callable[..., object]) -> None:
    with np.load(io.BytesIO(made.reference.to_bytes())) as found:
        arrays = {name: found[name] for name in found.files}
    arrays[which] = cast("np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", change(arrays[which]))
    file = io.BytesIO()
    np.savez(file, **arrays)  # type: ignore[arg-type]
    with pytest.raises(BrokenReferenceError):
        Reference.from_bytes(file.getvalue())
