"""Beds: loops without a seam, foley without an end, music that plays once."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import RenderError
from producer.model import chance
from producer.sounds.looping import Loop, LoopedBed, Whole, fades, find_loop
from producer.sounds.measuring import endless_lufs
from tests.sounds_helpers import RATE, noise, palette_of, rested, tone, write, write_pack


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "cache") as kept:
        yield kept


def sea(seconds: float, seed: int = 1, rate_hz: int = RATE) -> Audio:
    """Low-passed noise that swells every few seconds, in stereo."""
    draw = chance.rng("sea", seed)
    n = round(seconds * rate_hz)
    soft = signal.lfilter([0.05], [1, -0.95], draw.standard_normal((n, 2)), axis=0)
    swell = 1.0 + 0.5 * np.sin(2 * np.pi * np.arange(n) / rate_hz / 3.7)
    return (0.3 * soft * swell[:, None]).astype(np.float32)


def humming(seconds: float) -> Audio:
    """A mains hum: every seam out of phase is heard as a dip."""
    t = np.arange(round(seconds * RATE)) / RATE
    hum = sum(np.sin(2 * np.pi * 50 * k * t + k) / k for k in range(1, 8))
    return (0.2 * np.asarray(hum)).astype(np.float32)[:, None] + 0.002 * noise(seconds)


def faded(audio: Audio, seconds: float) -> Audio:
    edge = np.linspace(0, 1, round(seconds * RATE), dtype=np.float32)[:, None]
    out = audio.copy()
    out[: len(edge)] *= edge
    out[-len(edge) :] *= edge[::-1]
    return out


def short_levels_db(audio: Audio) -> NDArray[np.float64]:
    hops = np.square(audio[: len(audio) // 4800 * 4800].astype(float)).mean(axis=1).reshape(-1, 4800).mean(axis=1)
    return np.asarray(10 * np.log10(hops + 1e-30))


def drips(seconds: float) -> Audio:
    """A tone that dies away, now and then, over next to nothing."""
    draw = chance.rng("drips")
    audio = 0.0005 * draw.standard_normal(round(seconds * RATE))
    t = np.arange(RATE // 5) / RATE
    for at in np.cumsum(draw.exponential(0.8, round(seconds))):
        begin = round(at * RATE)
        if begin + len(t) < len(audio):
            drop = draw.uniform(0.1, 0.4) * np.sin(2 * np.pi * draw.uniform(800, 2500) * t) * np.exp(-t / 0.03)
            audio[begin : begin + len(t)] += drop
    return audio.astype(np.float32)[:, None]


def crickets(seconds: float) -> Audio:
    """Trills with pauses between them."""
    t = np.arange(round(seconds * RATE)) / RATE
    trill = np.clip(3 * np.sin(2 * np.pi * 30 * t), 0, 1) * np.clip(3 * np.sin(2 * np.pi * 0.9 * t), 0, 1)
    return (0.2 * trill * np.sin(2 * np.pi * 4600 * t)).astype(np.float32)[:, None] + 0.01 * noise(seconds)


def tune(seconds: float) -> Audio:
    """A plucked note every half second, in stereo."""
    draw = chance.rng("tune")
    audio = np.zeros(round(seconds * RATE))
    for begin in range(0, len(audio), RATE // 2):
        t = np.arange(min(RATE, len(audio) - begin)) / RATE
        hz = 220 * 2 ** (draw.integers(0, 12) / 12)
        note = sum(np.sin(2 * np.pi * hz * k * t) / k for k in (1, 2, 3))
        audio[begin : begin + len(t)] += 0.2 * np.minimum(t / 0.002, 1.0) * np.exp(-t / 0.4) * note
    return np.stack([audio, np.roll(audio, 40)], axis=1).astype(np.float32)


def babble(seconds: float) -> Audio:
    """Six voices that come and go."""
    n = round(seconds * RATE)
    audio = np.zeros(n)
    for voice in range(6):
        draw = chance.rng("babble", voice)
        spoken = np.maximum(
            0.0, signal.sosfiltfilt(signal.butter(2, 4, fs=RATE, output="sos"), draw.standard_normal(n))
        )
        buzz = signal.square(2 * np.pi * np.cumsum(110 + 20 * voice + 5 * np.sin(np.arange(n) / RATE * 3)) / RATE, 0.2)
        throat = signal.iirpeak(500 + 150 * voice, 3, fs=RATE)
        audio += 4.0 * spoken * signal.lfilter(*throat, buzz + 0.3 * draw.standard_normal(n))
    return audio.astype(np.float32)[:, None]


BEDS = {
    "sea": sea(12.0),
    "hum": humming(9.0),
    "faded": faded(sea(14.0, 2), 1.0),
    "short": noise(0.7),
    "very short": noise(0.3),
    "slap": sea(1.9),
    "noise": noise(8.0),
    "with dc": noise(8.0) + np.float32(0.3),
    "hum with dc": humming(6.0) + np.float32(0.2),
    "wide": np.concatenate([noise(8.0), -noise(8.0)], axis=1) + 0.01 * noise(8.0, seed=2),
    "drips": drips(15.0),
    "crickets": crickets(12.0),
    "tune": tune(12.0),
    "babble": babble(10.0),
}


@pytest.mark.parametrize("name", sorted(BEDS))
def test_a_loop_has_no_step_at_its_seams_that_the_recording_has_not(name: str) -> None:
    audio = BEDS[name]
    loop = find_loop(Whole(audio), RATE)
    bed = LoopedBed(Whole(audio), loop, -20.0)
    steps = np.abs(np.diff(audio, axis=0))
    usual = np.quantile(steps, 0.999)
    for number in range(3):
        seam = loop.end - loop.fade + number * loop.period
        for edge in (seam, seam + loop.fade):  # where one place of the recording takes over from another
            around = bed.read(max(0, edge - 8), edge + 8)
            assert np.abs(np.diff(around, axis=0)).max() <= usual
        over = np.abs(np.diff(bed.read(seam - 1, seam + loop.fade + 1), axis=0))
        assert np.quantile(over, 0.999) <= 1.01 * usual
        assert over.max() <= 1.05 * steps.max()


@pytest.mark.parametrize("name", ["sea", "hum", "faded", "noise", "with dc", "hum with dc", "wide", "tune", "crickets"])
def test_a_loop_keeps_its_level_over_the_seam(name: str) -> None:
    audio = BEDS[name]
    loop = find_loop(Whole(audio), RATE)
    bed = LoopedBed(Whole(audio), loop, -20.0)
    seam = loop.end - loop.fade
    rest = audio.mean(axis=0)  # DC is not heard
    usual = short_levels_db(audio[loop.start : loop.end] - rest)
    over = short_levels_db(bed.read(seam, seam + loop.fade) - rest)
    # Trills that are joined in phase are faded with equal gain: the floor in their pauses, 40 dB below, dips by 3 dB.
    assert over.min() >= usual.min() - (3.1 if name == "crickets" else 1.0)
    assert over.max() <= usual.max() + 1.0


def test_a_hum_is_joined_in_phase() -> None:
    audio = BEDS["hum"]
    loop = find_loop(Whole(audio), RATE)
    assert loop.likeness > 0.99
    assert loop.period % 960 == pytest.approx(0, abs=2) or loop.period % 960 >= 958  # a period of 50 Hz is 960 samples


def test_a_recordings_own_fades_are_heard_once_and_not_in_the_loop() -> None:
    audio = BEDS["faded"]
    loop = find_loop(Whole(audio), RATE)
    bed = LoopedBed(Whole(audio), loop, -20.0)
    assert np.array_equal(bed.read(0, RATE), audio[:RATE])
    later = short_levels_db(bed.read(20 * RATE, 60 * RATE))
    assert later.min() > short_levels_db(audio)[20:-20].min() - 1.5


def test_a_pack_may_say_where_its_bed_loops(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: a.wav, kind: bed, loop: {start: 2 s, end: 6 s}}\n")
    audio = sea(9.0)
    write(folder / "a.wav", audio, subtype="FLOAT")
    bed = palette_of(folder, cache).bed("a", "x", loop=True)
    near = RATE // 50  # both points may be moved together by as much, to where the waveform is calm
    assert np.array_equal(bed.read(0, 5 * RATE - near), audio[: 5 * RATE - near])  # a quarter of the loop is its fade
    assert np.array_equal(bed.read(6 * RATE + near, 9 * RATE - near), audio[2 * RATE + near : 5 * RATE - near])
    assert np.array_equal(bed.read(10 * RATE + near, 13 * RATE), bed.read(6 * RATE + near, 9 * RATE))


@pytest.mark.parametrize(("start", "end"), [(2.0, 6.0), (0.0, 6.0), (0.2, 8.9), (3.0, 9.0), (1.0, 1.4)])
def test_a_loop_that_a_pack_gives_keeps_its_length_and_turns_where_it_is_calm(start: float, end: float) -> None:
    audio = sea(9.0)
    loop = find_loop(Whole(audio), RATE, (start, end))
    assert loop.period == round(end * RATE) - round(start * RATE)
    bed = LoopedBed(Whole(audio), loop, -20.0)
    usual = np.quantile(np.abs(np.diff(audio, axis=0)), 0.999)
    for edge in (loop.end - loop.fade, loop.end, loop.end + loop.period):
        assert np.abs(np.diff(bed.read(edge - 8, edge + 8), axis=0)).max() <= usual


def test_a_file_that_is_a_loop_from_end_to_end_is_joined_as_it_is_and_one_that_clicks_is_eased() -> None:
    t = np.arange(RATE) / RATE
    round_and_round = (0.3 * np.sin(2 * np.pi * 5 * t)).astype(np.float32)[:, None]
    assert find_loop(Whole(round_and_round), RATE, (0.0, 1.0)).fade == 0
    clicks = (0.3 * np.cos(np.pi * 5 * t)).astype(np.float32)[:, None]  # ends where it began, upside down
    loop = find_loop(Whole(clicks), RATE, (0.0, 1.0))
    bed = LoopedBed(Whole(clicks), loop, -20.0)
    assert loop.fade == RATE // 50
    assert np.abs(np.diff(bed.read(0, 3 * RATE), axis=0)).max() < 0.002


def test_a_bed_of_drips_turns_between_two_of_them() -> None:
    audio = BEDS["drips"]
    loop = find_loop(Whole(audio), RATE)
    seam = LoopedBed(Whole(audio), loop, -20.0).read(loop.end - loop.fade, loop.end)
    assert np.abs(seam).max() < 0.1 * np.abs(audio).max()


@given(length=st.integers(1, 500), likeness=st.floats(0.0, 1.0))
@settings(deadline=None)
def test_crossfade_gains_keep_the_power_of_sounds_that_are_alike(length: int, likeness: float) -> None:
    out, into = (gains.astype(float) for gains in fades(length, likeness))
    assert np.allclose(out**2 + into**2 + 2 * likeness * out * into, 1.0, atol=1e-5)


@settings(max_examples=60, deadline=None)
@given(
    start=st.integers(0, 20),
    fade=st.integers(0, 10),
    rest=st.integers(1, 20),
    cuts=st.lists(st.integers(0, 200), max_size=5),
)
def test_a_loop_is_the_same_however_it_is_cut(start: int, fade: int, rest: int, cuts: list[int]) -> None:
    end = start + fade + max(rest, fade)
    body = Whole(np.arange(1, end + 4, dtype=np.float32)[:, None])
    bed = LoopedBed(body, Loop(start, end, fade, 0.3), -20.0)
    whole = bed.read(0, 200)
    edges = sorted({0, 200, *cuts})
    assert np.array_equal(np.concatenate([bed.read(a, b) for a, b in itertools.pairwise(edges)]), whole)
    turn = end - fade
    assert np.array_equal(whole[:turn, 0], np.arange(1, turn + 1))
    period = end - fade - start
    assert np.array_equal(whole[turn : 200 - period], whole[turn + period :])


def test_music_plays_once_and_then_is_silent(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  theme: {files: a.wav, kind: bed}\n")
    audio = rested(sea(3.0))
    write(folder / "a.wav", audio, subtype="FLOAT")
    music = palette_of(folder, cache).bed("theme", "x", loop=False)
    assert music.length == 3 * RATE
    assert np.array_equal(music.read(0, 3 * RATE), audio)
    after = music.read(3 * RATE - 100, 3 * RATE + 100)
    assert after.shape == (200, 2)
    assert not after[100:].any()
    assert music.read(5 * RATE, 5 * RATE + 10).shape == (10, 2)


def test_music_that_is_cut_off_in_mid_wave_is_eased_at_both_ends(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  theme: {files: a.wav, kind: bed}\n")
    audio = np.roll(tone(3.0, 100.0), -RATE // 400, axis=0)  # it begins at the top of its wave
    write(folder / "a.wav", audio, subtype="FLOAT")
    music = palette_of(folder, cache).bed("theme", "x", loop=False)
    whole = np.concatenate([np.zeros((1, 1)), music.read(0, RATE), music.read(RATE, 3 * RATE), np.zeros((1, 1))])
    assert np.abs(np.diff(whole, axis=0)).max() < 0.1 * np.abs(audio).max()
    inside = slice(RATE // 500, 3 * RATE - RATE // 100)
    assert np.array_equal(whole[1:-1][inside], audio[inside])


def test_beds_say_how_loud_they_are(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  rec: {files: a.wav, kind: bed}\n  air: {foley: hiss}\n")
    audio = sea(9.0)
    write(folder / "a.wav", audio, subtype="FLOAT")
    made = palette_of(folder, cache)
    assert made.bed("rec", "x").loudness_lufs == pytest.approx(loudness(audio, RATE), abs=0.01)
    air = made.bed("air", "x")
    assert air.loudness_lufs == pytest.approx(loudness(air.read(100 * RATE, 120 * RATE), RATE), abs=0.2)
    half = made.bed("air", "x", (("strength", 0.25),))
    assert air.loudness_lufs - half.loudness_lufs == pytest.approx(6.02, abs=0.05)


def test_a_foley_bed_is_its_scripts_and_its_cues_own(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  air: {foley: hiss, settings: {strength: 0.8}}\n")
    first = palette_of(folder, cache, seed="one").bed("air", "x").read(0, 1000)
    assert np.array_equal(first, palette_of(folder, cache, seed="one").bed("air", "x").read(0, 1000))
    assert not np.array_equal(first, palette_of(folder, cache, seed="two").bed("air", "x").read(0, 1000))
    assert not np.array_equal(first, palette_of(folder, cache, seed="one").bed("air", "y").read(0, 1000))


def test_a_knob_is_ridden_while_the_others_stay(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  air: {foley: hiss, settings: {strength: 0.8}}\n")
    bed = palette_of(folder, cache).bed("air", "x")

    def rising(times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {"strength": np.minimum(times_s, 1.0)}

    plain, ridden = bed.read(0, RATE), bed.read(0, RATE, rising)
    assert np.allclose(ridden, plain / 0.8 * (np.arange(RATE) / RATE)[:, None], atol=1e-6)
    halves = [bed.read(0, 10_000, rising), bed.read(10_000, RATE, rising)]
    assert np.array_equal(np.concatenate(halves), ridden)


def test_a_ride_keeps_its_time_at_another_pitch(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  air: {foley: hiss}\n")
    bed = palette_of(folder, cache).bed("air", "x", pitch_cents=-1200.0)

    def late(times_s: NDArray[np.float64]) -> dict[str, NDArray[np.float64]]:
        return {"strength": (times_s >= 1.0).astype(float)}

    heard = bed.read(0, 2 * RATE, late)
    assert np.abs(heard[: RATE - 100]).max() < 1e-6
    assert np.abs(heard[RATE + 100 :]).max() > 0.05


@pytest.mark.parametrize("cents", [-1200.0, -37.0, 50.0, 700.0])
def test_a_bed_at_another_pitch_is_clean(tmp_path: Path, cache: Cache, cents: float) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: a.wav, kind: bed}\n")
    write(folder / "a.wav", tone(4.0, 3000.0), subtype="FLOAT")
    bed = palette_of(folder, cache).bed("a", "x", loop=False, pitch_cents=cents)
    heard = bed.read(10_000, 10_000 + RATE)[:, 0]
    spectrum = np.abs(np.fft.rfft(heard * signal.windows.blackmanharris(RATE)))
    wanted = 3000.0 * 2 ** (cents / 1200)
    assert spectrum.argmax() == pytest.approx(wanted, abs=1)
    away = np.abs(np.arange(len(spectrum)) - wanted) > 12
    assert 20 * np.log10(spectrum[away].max() / spectrum.max()) < -85
    assert bed.length == pytest.approx(4 * RATE / 2 ** (cents / 1200), abs=1)


def test_a_bed_above_its_pitch_does_not_alias(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: a.wav, kind: bed}\n")
    write(folder / "a.wav", tone(3.0, 18_000.0), subtype="FLOAT")
    bed = palette_of(folder, cache).bed("a", "x", loop=False, pitch_cents=1200.0)
    assert np.abs(bed.read(10_000, 40_000)).max() < 0.5 * 10 ** (-80 / 20)


def test_speed_stretches_a_recorded_bed_and_is_refused_where_there_is_no_end(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: a.wav, kind: bed}\n  air: {foley: hiss}\n")
    write(folder / "a.wav", sea(4.0), subtype="FLOAT")
    made = palette_of(folder, cache)
    assert made.bed("a", "x", loop=False, speed=0.5).length == 8 * RATE
    assert np.abs(made.bed("a", "x", loop=True, speed=0.5).read(19 * RATE, 20 * RATE)).max() > 0.1
    with pytest.raises(RenderError, match="'air' of the pack 'p' is made without end by the recipe 'hiss'"):
        made.bed("air", "x", speed=0.5)


def test_a_hit_that_plays_as_a_bed_can_be_set_but_not_ridden(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  drag: {foley: scrape, kind: bed}\n")
    bed = palette_of(folder, cache).bed("drag", "x", (("force", 0.2),), loop=True)
    assert (bed.length, bed.channels) == (None, 1)
    assert np.abs(bed.read(59 * RATE, 60 * RATE)).max() > 0.05
    with pytest.raises(RenderError, match="'drag' is made before it plays: 'force'"):
        bed.read(0, 10, lambda times_s: {"force": np.ones(len(times_s))})


def test_a_bed_of_layers_is_their_sum_at_their_levels(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  air: {foley: hiss}\n  l: {kind: bed, layers: [{files: a.wav}, {files: b.wav, level: -6 dB, delay: 1 s}]}\n"
        "  m: {kind: bed, layers: [{files: a.wav}, {foley: hiss}]}\n",
    )
    write(folder / "a.wav", tone(4.0, 1000.0, level=0.9), subtype="FLOAT")
    write(folder / "b.wav", tone(4.0, 1000.0, level=0.01), subtype="FLOAT")
    made = palette_of(folder, cache)
    bed = made.bed("l", "x", loop=False)
    assert bed.length == 5 * RATE
    first, last = (np.abs(bed.read(at, at + 4800)).max() for at in (0, round(4.5 * RATE)))
    assert 20 * np.log10(last / first) == pytest.approx(-6.0, abs=0.05)
    mixed = made.bed("m", "x", loop=True)
    assert (mixed.length, mixed.channels) == (None, 2)
    assert mixed.loudness_lufs == pytest.approx(-20.0, abs=0.6)  # two at -23


def test_a_pool_of_beds_is_chosen_from_by_weight_and_seed(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {kind: bed, files: [{file: a.wav, weight: 3}, {file: b.wav}]}\n")
    write(folder / "a.wav", sea(2.0), subtype="FLOAT")
    write(folder / "b.wav", noise(2.0), subtype="FLOAT")
    made = palette_of(folder, cache)
    drawn = [made.bed_member("a", f"scene-{number}") for number in range(200)]
    assert 35 < sum(drawn) < 65
    for number in range(4):
        first = made.bed("a", f"scene-{number}").read(0, 100)
        assert first.shape[1] == (2 if drawn[number] == 0 else 1)


@pytest.mark.parametrize(("heard", "minutes"), [("evenly", 1), ("now and then", 5)])
def test_a_bed_without_end_is_listened_to_until_its_level_is_known(heard: str, minutes: int) -> None:
    rate_hz, asked = 8_000, []

    def minute(which: int) -> Callable[[int, int], Audio]:
        asked.append(which)
        audio = noise(60.0, rate_hz, channels=2, seed=which)
        if heard != "evenly":  # a call now and then in one half of the minute, and in the next minute twice as many
            calls = np.zeros(len(audio), bool)
            for at in range(2 + which % 2, 30, 4 - 2 * (which % 2)):
                calls[at * rate_hz : at * rate_hz + rate_hz // 2] = True
            audio[~calls] = 0.0
        return lambda start, stop: audio[start:stop]

    found = endless_lufs(minute, 60 * rate_hz, rate_hz)
    assert asked == list(range(minutes))
    each = [loudness(minute(which)(0, 60 * rate_hz), rate_hz) for which in range(minutes)]
    assert found == pytest.approx(10 * np.log10(np.mean(10 ** (np.array(each) / 10))), abs=0.01)
