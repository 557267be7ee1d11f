import threading
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.mix.memo import Memo
from producer.mix.parallel import in_order
from producer.mix.sources import Parts, Running
from producer.model.sound import SoundRef
from producer.model.timeline import Part, Ramp
from producer.units import Samples
from tests.mix_helpers import ArrayBed, Sounds, bed, clip, noise

RATE_HZ = 8000
RAMP = np.linspace(0.01, 1.0, 4000, dtype=np.float32)[:, None]


def ramp_bed(*, length: int | None = None, knob: str = "") -> Sounds:
    return Sounds(RATE_HZ, {}, {"ramp": ArrayBed(RAMP, -23.0, length, knob)})


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 20000), st.integers(1, 6000), st.booleans())
def test_a_running_source_is_the_same_however_it_is_cut(start: int, size: int, ends: bool) -> None:
    source = Running(clip("music", "ramp", 1000, 18000), ramp_bed(length=4000 if ends else None), RATE_HZ)
    half = size // 2
    pieces = [source.read(start, start + half), source.read(start + half, start + size)]
    assert np.array_equal(np.concatenate(pieces), source.read(start, start + size))
    assert not source.read(0, 1000).any()
    assert not source.read(18000, 19000).any()


def test_music_that_has_ended_is_silent() -> None:
    made = Running(clip("music", "ramp", 0, 9000, loop=False), ramp_bed(length=4000), RATE_HZ).read(0, 9000)
    assert np.array_equal(made[:4000], RAMP)
    assert not made[4000:].any()


def test_loop_pitch_and_speed_are_asked_of_the_palette() -> None:
    palette = ramp_bed()
    Running(bed("ramp", 0, 100, loop=True, pitch_cents=-300.0, speed=1.5), palette, RATE_HZ).read(0, 100)
    assert palette.asked == {"ramp": (True, -300.0, 1.5)}


def test_a_ridden_setting_reaches_the_bed_in_its_own_time() -> None:
    plan = bed("ramp", 500, 9000, rides={"strength": Ramp(((2500, 1.0), (4500, 3.0)))})
    palette = ramp_bed(knob="strength")
    made = Running(plan, palette, RATE_HZ).read(500, 9000) / RAMP[np.arange(8500) % 4000]
    assert made[[0, 2000, 3000, 4000, 8000], 0] == pytest.approx([1.0, 1.0, 2.0, 3.0, 3.0], abs=1e-3)


def test_parts_that_are_cut_into_are_eased_and_whole_ones_are_not() -> None:
    palette = Sounds(RATE_HZ, {"one": np.ones((2000, 1), np.float32)}, {})
    level = 10 ** ((-23.0 - palette.measure(SoundRef(role="one")).loudness_lufs) / 20)

    def read(length: int, skip: int) -> np.ndarray:
        part = Part(
            start=Samples(0), length=Samples(length), skip=Samples(skip), hit=Samples(0), sound=SoundRef(role="one")
        )
        return Parts(clip("sound", "one", 0, 2000, parts=(part,)), palette, None, RATE_HZ).read(0, 2000)[:, 0] / level

    assert read(2000, 0) == pytest.approx(np.ones(2000))
    cut = read(1000, 500)
    assert cut[0] < 0.01
    assert cut[999] < 0.01
    assert cut[100:900] == pytest.approx(np.ones(800))
    assert not cut[1000:].any()


def test_parts_add_up_each_at_its_own_gain() -> None:
    hit = noise(500, 1, "hit")
    palette = Sounds(RATE_HZ, {"hit": hit}, {})
    parts = tuple(
        Part(start=Samples(s), length=Samples(500), hit=Samples(s), sound=SoundRef(role="hit"), gain_db=g)
        for s, g in ((0, 0.0), (250, -6.0))
    )
    plan = clip("sound", "hit", 0, 1000, parts=parts)
    both = Parts(plan, palette, None, RATE_HZ).read(0, 1000)
    alone = [Parts(replace(plan, parts=(part,)), palette, None, RATE_HZ).read(0, 1000) for part in parts]
    assert np.allclose(both, alone[0] + alone[1])
    assert np.square(alone[1]).sum() == pytest.approx(np.square(alone[0]).sum() * 10**-0.6)


def test_a_memo_makes_a_thing_once_for_all_who_wait_and_forgets_the_oldest() -> None:
    made: list[int] = []
    gate = threading.Event()

    def slow(number: int) -> bytes:
        made.append(number)
        gate.wait(5)
        return bytes(number)

    memo: Memo[bytes] = Memo(25, len)
    threads = [threading.Thread(target=memo.get, args=("ten", slow, 10)) for _ in range(4)]
    for thread in threads:
        thread.start()
    gate.set()
    for thread in threads:
        thread.join()
    assert made == [10]
    memo.get("twelve", slow, 12)
    memo.get("ten", slow, 10)
    memo.get("nine", slow, 9)  # drops twelve, which was used longest ago
    memo.get("ten", slow, 10)
    assert made == [10, 12, 9]
    memo.get("twelve", slow, 12)
    assert made == [10, 12, 9, 12]


def test_a_memo_passes_on_what_goes_wrong_and_tries_again() -> None:
    memo: Memo[int] = Memo(10, lambda _: 1)
    with pytest.raises(ZeroDivisionError):
        memo.get("x", lambda: 1 // 0)
    assert memo.get("x", lambda: 7) == 7


@pytest.mark.parametrize("jobs", [1, 3])
def test_work_comes_back_in_order_and_never_runs_far_ahead(jobs: int) -> None:
    begun: list[int] = []

    def work(item: int) -> int:
        begun.append(item)
        return item * item

    for index, value in enumerate(in_order(work, range(40), jobs)):
        assert value == index * index
        assert len(begun) <= index + 1 + jobs + 1
