"""What is held in memory: of sounds what is heard, of a part no more than is needed, of an episode little."""

from __future__ import annotations

import gc
import shutil
import tracemalloc
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer import master, memory, project, render
from producer.audio import Audio
from producer.audit.cells import cells
from producer.audit.rows import MEMORY
from producer.audit.tap import Tap
from producer.cache import Cache
from producer.deliver import cover
from producer.deliver.shelf import shelf
from producer.digests import sha256_of
from producer.dsp.grid import frame_samples
from producer.hand import Hand
from producer.levels import _BETWEEN_SAMPLES_DB, RELEASE_DB_S, Levels
from producer.mix.buses import added
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.model.profile import PROFILES
from producer.notes import LevelsTaken
from producer.production import Finish, Placed
from producer.sounds import looping
from producer.sounds.kept import Kept
from producer.sounds.recording import CHUNK, Recording
from producer.units import gain

RATE_HZ = 44_100

SCRIPT = """\
title: Three minutes
packs: [ruins]
cast:
  ada: {voice: en-us}
scenes:
  - title: Reading
    play:
      - bed: rain level -18 LU
""" + "".join(
    f"      - ada: What is said here is number {number} of several, and each takes a while to be said to the end.\n"
    "      - pause: 6 s\n"
    for number in range(16)
)


def noise(samples: int, channels: int = 2, seed: int = 1) -> Audio:
    return np.random.default_rng(seed).normal(0.0, 0.1, (samples, channels)).astype(np.float32)


def peak(work: Callable[[], object]) -> int:
    """The most bytes that were held at a time of what was made meanwhile."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def recording(folder: Path, audio: Audio) -> tuple[Recording, Cache, Kept]:
    """A recording in a cache, of which nothing is held."""
    file, cache, held = folder / "sound.wav", Cache(folder / "cache"), Kept()
    soundfile.write(file, audio, RATE_HZ, "FLOAT")
    made = Recording(file, sha256_of(file), RATE_HZ, cache, held)
    held.clear()
    return made, cache, held


def test_of_a_recording_no_more_is_read_than_is_heard(tmp_path: Path) -> None:
    audio = noise(2 * CHUNK + 5000)
    made, _, held = recording(tmp_path, audio)
    made.read(0, 10)
    made.read(CHUNK, CHUNK + 10)
    for start, stop in ((0, 1), (77, 50_077), (CHUNK - 3, CHUNK + 4), (100, CHUNK), (2 * CHUNK, len(audio)), (9, 9)):
        heard: list[Audio] = []
        most = peak(lambda start=start, stop=stop, heard=heard: heard.append(made.read(start, stop)))  # type: ignore[misc]
        assert np.array_equal(heard[0], audio[start:stop])
        assert most < 2.1 * heard[0].nbytes + 20_000
    assert np.array_equal(made.read(0, len(audio)), audio)
    assert held.bytes == 0


@pytest.mark.parametrize("at", [20, 500_000])
def test_damage_in_a_recording_is_seen_before_it_is_heard(tmp_path: Path, at: int) -> None:
    audio = noise(CHUNK + 5000)
    made, cache, _ = recording(tmp_path, audio)
    (path,) = (one for one in cache.root.glob("*/*") if one.stat().st_size > 1 << 20)
    raw = bytearray(path.read_bytes())
    raw[at] ^= 1
    path.write_bytes(raw)
    assert np.array_equal(made.read(0, len(audio)), audio)
    assert cache.faults.damaged == {path.name}
    assert np.array_equal(made.read(1000, 2000), audio[1000:2000])


def test_a_recording_is_heard_though_its_cache_was_emptied(tmp_path: Path) -> None:
    audio = noise(CHUNK + 5000)
    made, cache, _ = recording(tmp_path, audio)
    made.read(0, 10)
    shutil.rmtree(cache.root)
    assert np.array_equal(made.read(CHUNK - 10, CHUNK + 10), audio[CHUNK - 10 : CHUNK + 10])


def test_a_loop_that_many_scenes_play_has_one_pair_of_fades() -> None:
    body = looping.Whole(noise(RATE_HZ * 8))
    loop = looping.find_loop(body, RATE_HZ)
    assert loop.fade
    one, other = (looping.LoopedBed(body, loop, -23.0) for _ in range(2))
    assert one._out is other._out
    assert one._into is other._into
    tracemalloc.start()
    seam = loop.end - loop.fade
    heard = [bed.read(seam - 1000, seam + loop.period + 1000) for bed in (one, other)]
    del heard[0]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < heard[0].nbytes + 20_000
    whole = one.read(0, 3 * loop.end)
    for first, last in pairwise(range(0, len(whole), 10_007)):
        assert np.array_equal(one.read(first, last), whole[first:last])


def test_a_sum_may_use_the_room_of_its_first_term() -> None:
    terms = [noise(1000, seed=seed) for seed in range(3)]
    fresh = added(terms)
    again = added([one.copy() for one in terms], spent=True)
    assert np.array_equal(fresh, again)
    first = terms[0].copy()
    assert added([first, *terms[1:]], spent=True) is first
    alone = terms[0].copy()
    assert added([alone, np.broadcast_to(np.float32(0.0), alone.shape)], spent=True) is alone
    assert np.array_equal(alone, terms[0])


@pytest.mark.parametrize("profile", ["podcast", "acx"])
def test_a_master_may_use_the_room_of_its_mix(profile: str) -> None:
    made_for, mix = PROFILES[profile], noise(200_000) * np.float32(4.0)
    for plan in (master.Plan(-3.0, -1.5), master.Plan(2.0, None)):
        kept = mix.copy()
        fresh = master.mastered(kept, plan, made_for)
        assert np.array_equal(kept, mix)
        assert np.array_equal(master.mastered(kept, plan, made_for, spent=True), fresh)
        if made_for.channels == 2:
            assert not np.array_equal(kept, mix)
    silent = np.broadcast_to(np.float32(0.0), (50_000, 2))
    assert not master.mastered(silent, master.Plan(-3.0, -1.5), made_for, spent=True).any()


def test_the_limiter_is_guessed_at_as_over_the_whole() -> None:
    hops, rng = 50_000, np.random.default_rng(3)
    levels = Levels(rng.uniform(0.0, 0.2, hops), rng.uniform(0.0, 1.5, hops), np.zeros(hops, np.bool_), 0.0087)
    gain_db, ceiling = 4.0, -1.0
    over = 20.0 * np.log10(np.maximum(levels.peaks * gain(gain_db + _BETWEEN_SAMPLES_DB - ceiling), 1.0))
    release = RELEASE_DB_S * levels.seconds_per_hop * np.arange(hops)
    held = np.maximum.accumulate(over + release) - release
    assert np.array_equal(
        levels.limited(gain_db, ceiling), levels.powers * 10.0 ** (gain_db / 10.0) * 10.0 ** (-held / 10.0)
    )


def test_levels_are_taken_down_part_by_part() -> None:
    rng = np.random.default_rng(5)
    parts = [Levels(rng.random(n), rng.random(n), rng.random(n) < 0.5, 0.01) for n in (100, 1, 250)]
    taken = LevelsTaken(MEMORY)
    for part in parts:
        taken.add(part)
    whole, joined = taken.levels(), Levels.joined(parts)
    assert np.array_equal(whole.powers, joined.powers.astype(np.float32))
    assert np.array_equal(whole.peaks, joined.peaks.astype(np.float32))
    assert np.array_equal(whole.spoken, joined.spoken)
    assert whole.seconds_per_hop == 0.01


@pytest.mark.parametrize("samples", [1, 767, 768, 5000, 300_013])
@pytest.mark.parametrize("lead", [0, 1, 767])
def test_a_clip_is_seen_where_it_lies_as_with_silence_around_it(samples: int, lead: int) -> None:
    hop, audio = frame_samples(RATE_HZ), noise(samples)
    before = hop + hop // 2 + lead
    around = np.zeros((lead + samples + 4 * hop, 2), np.float32)
    around[before : before + samples] = audio
    tap = Tap(RATE_HZ)
    tap.heard("clip", 2 * hop + lead, audio, long=False)
    found = tap.clips()["clip"]
    assert found.first == 1
    assert np.array_equal(found.powers, cells(around, RATE_HZ))


def test_a_cover_is_drawn_in_strips_as_in_one() -> None:
    along = np.arange(cover.SIDE, dtype=np.float32) / cover.SIDE
    near = np.exp(-(((along - 0.68) / 0.75) ** 2 + ((along[:, None] - 0.70) / 0.30) ** 2))
    grain = np.random.Generator(np.random.Philox(key=7)).standard_normal((cover.SIDE, cover.SIDE), np.float32)
    top, glow = (
        np.array(cover._colour(0.3 + shift, s, v), np.float32)
        for shift, s, v in ((0.02, 0.45, 0.10), (0.0, 0.55, 0.62))
    )
    shades = (near * (glow - top)[:, None, None] + top[:, None, None]) + grain * np.float32(1.6)
    assert np.array_equal(cover._sky(0.3), np.clip(shades, 0, 255).astype(np.uint8).transpose(1, 2, 0))


@pytest.fixture(scope="module")
def placed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Placed]:
    folder = tmp_path_factory.mktemp("three")
    (folder / "three.yaml").write_text(SCRIPT, "utf-8")
    found, _ = project.find(folder / "three.yaml", folder)
    with Cache(folder / "cache") as cache:
        yield render.plan(render.Order(project=found, output=folder / "out", jobs=1), cache, render.NoWatch())


def test_a_script_is_read_and_placed_without_circles_and_not_looked_through_after(tmp_path: Path) -> None:
    """What is let go is gone at once: nobody need look for it, which for an hour's script takes a tenth of a second."""
    (tmp_path / "three.yaml").write_text(SCRIPT, "utf-8")
    found, _ = project.find(tmp_path / "three.yaml", tmp_path)
    order = render.Order(project=found, output=tmp_path / "out", jobs=1)
    looked: list[str] = []
    with Cache(tmp_path / "cache") as cache:
        render.plan(order, cache, render.NoWatch())
        gc.collect()
        thresholds, frozen = gc.get_threshold(), gc.get_freeze_count()
        gc.unfreeze()  # what others froze (`conftest`)
        gc.set_threshold(100, 20, 20)  # as an hour's script is to what a command has
        gc.callbacks.append(lambda phase, info: looked.append(phase) if inside else None)
        try:
            inside = True
            with memory.uncollected():
                written = render.plan(order, cache, render.NoWatch())
            after = [[] for _ in range(50)]
            inside = False
            gc.set_debug(gc.DEBUG_SAVEALL)
            gc.collect()
            left = {type(one).__qualname__ for one in gc.garbage if type(one).__module__.startswith("producer.script")}
        finally:
            gc.set_debug(0)
            gc.garbage.clear()
            gc.callbacks.pop()
            gc.set_threshold(*thresholds)
            if frozen:
                gc.freeze()
    assert (left, looked) == (set(), [])
    assert written.timeline.clips
    assert len(after) == 50


def test_a_hand_holds_little_more_than_a_part(placed: Placed, tmp_path: Path) -> None:
    with shelf(tmp_path) as there:
        hand = Hand(placed, (STANDARD,), "none", there)
        parts = hand._mixing.mixer.parts
        assert len(parts) >= 4
        size = max(part.reach.length for part in parts) * 2 * 4
        hand.mix(0)
        hand.mix(1)
        mixing = peak(lambda: hand.mix(2))
        how = Finish(style="standard", ride=None, tone=None, plan=master.Plan(-3.0, -1.5), profile=placed.profile)
        hand.finish(how, 0)
        finishing = peak(lambda: hand.finish(how, 1))
    # Its own sounds, what is heard and asked of the next part, and clips that are made; the mix is made in their room.
    assert mixing < 3.4 * size
    # The mix, which becomes the master, and what a listener gets of it.
    assert finishing < 2.3 * size


def test_what_was_asked_long_before_is_let_go_and_known_when_it_is_wanted(placed: Placed, tmp_path: Path) -> None:
    with shelf(tmp_path / "work") as there, Cache(tmp_path / "cache") as cache:
        mixing = Mixing(placed, (STANDARD,), "none", there, cache)
        last = len(mixing.mixer) - 1
        for index in range(last + 1):
            mixing.alone(index)
        first = there.get("standard 0")
        assert first is not None
        assert not mixing.mixer.is_asked(0)
        assert mixing.mixer.is_asked(last)
        there._path("standard 0").unlink()
        assert np.array_equal(mixing.read("standard", 0), first)
        assert mixing.kept(0) is not None
        assert mixing.ducking().keys() == mixing.mixer.reductions.keys()
        assert all(mixing.mixer.is_asked(part.index) for part in mixing.mixer.parts if part.lines)
