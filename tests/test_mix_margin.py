from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.audio import Audio, silence
from producer.dsp import bands
from producer.dsp.bands import BANDS, IMPORTANCE, cross_powers
from producer.dsp.filters import high_pass, low_pass
from producer.dsp.grid import hop_samples
from producer.dsp.loudness import PowerMeter, loudness, lufs, own_length_loudness, sliding
from producer.mix import carve, solve
from producer.mix.carve import CARVE_DB, left_of, smallest
from producer.mix.margin import Heard, LineMargin
from producer.mix.margin import heard as heard_of
from producer.mix.reduction import ATTACK_DB_PER_S, HOLD_S, LEAD_S, RELEASE_DB_PER_S, Reduction, joined, nothing_wanted
from producer.mix.stems import Stem
from producer.model.script import Margin
from producer.units import Samples, Span
from tests.mix_helpers import noise, spoken, voice

RATE_HZ = 8000
HOP_S = hop_samples(RATE_HZ) / RATE_HZ
DURATION = 30 * RATE_HZ


def span(start_s: float, end_s: float) -> Span:
    return Span(Samples(round(start_s * RATE_HZ)), Samples(round(end_s * RATE_HZ)))


def hops(seconds: float) -> int:
    return round(seconds / HOP_S)


def nothing() -> np.ndarray:
    return nothing_wanted(0, hops(30))


def curves(*wanted: tuple[float, float, float]) -> Reduction:
    """The curves of cuts of all bands: from, to (seconds), dB."""
    asked = nothing()
    for start_s, end_s, db in wanted:
        part = slice(hops(start_s), hops(end_s))
        asked[part] = np.maximum(asked[part], db)
    return joined(asked, RATE_HZ)


WANTED = st.lists(st.tuples(st.floats(0, 24), st.floats(0.1, 5), st.floats(0, 30)), max_size=6)


@settings(deadline=None, max_examples=60)
@given(WANTED)
def test_what_is_wanted_is_there_in_time_and_nothing_moves_too_fast(lines: list[tuple[float, float, float]]) -> None:
    made = curves(*((start, start + length, db) for start, length, db in lines))
    for start, length, db in lines:
        lead = max(0, hops(start - LEAD_S) + 1)
        assert made.db[lead : hops(start + length)].min(initial=db) >= db - 1e-9
    steps = np.diff(made.db, axis=0) / HOP_S  # dB per second
    assert np.all(steps <= ATTACK_DB_PER_S + 1e-6)
    assert np.all(steps >= -RELEASE_DB_PER_S - 1e-6)
    assert max(ATTACK_DB_PER_S, RELEASE_DB_PER_S) <= 30
    # No corners: from one hop to the next the slope itself moves a little only.
    assert np.abs(np.diff(steps, axis=0)).max(initial=0.0) <= 0.2 * (ATTACK_DB_PER_S + RELEASE_DB_PER_S)


def test_between_near_lines_it_stays_down_and_between_far_ones_it_comes_back() -> None:
    near = curves((5, 7, 6.0), (7 + HOLD_S - LEAD_S - 0.1, 12, 8.0))
    assert near.db[hops(5) : hops(7 + HOLD_S)].min() == pytest.approx(6.0)
    far = curves((5, 7, 6.0), (7 + 2 * HOLD_S, 13, 6.0))
    assert far.db[hops(9)].max() == 0.0


def test_gains_cut_anywhere_are_the_same() -> None:
    asked = nothing()
    asked[hops(3) : hops(4)], asked[hops(9) : hops(10), 1] = 6.0, 4.0
    made = joined(asked, RATE_HZ)

    def read(size: int) -> np.ndarray:
        parts = []
        for start in range(0, DURATION, size):
            stop = min(start + size, DURATION)
            gains = made.gains(start, stop)
            parts.append(
                np.ones((stop - start, BANDS)) if gains is None else np.broadcast_to(gains, (stop - start, BANDS))
            )
        return np.concatenate(parts)

    assert np.array_equal(read(8000), read(1777))
    assert made.gains(0, 8000) is None
    assert made.gains(30000, 31000).shape == (1000, 1)  # type: ignore[union-attr]
    assert made.gains(73000, 74000).shape == (1000, BANDS)  # type: ignore[union-attr]


def test_a_tone_that_is_turned_down_gets_nothing_beside_it() -> None:
    """A steady bed under the curves: a click or a flutter of the gain would stand beside the tone's line."""
    rate_hz = 44100
    hop = hop_samples(rate_hz)
    tone = np.sin(2 * np.pi * 1000 * np.arange(16 * rate_hz) / rate_hz)
    window = np.blackman(rate_hz // 4)  # its own skirts are under -100 dB from 40 Hz on

    def beside_db(gains: np.ndarray) -> float:
        heard, worst = tone * gains, -np.inf
        for start in range(4 * rate_hz, 15 * rate_hz, rate_hz // 8):
            spectrum = np.abs(np.fft.rfft(heard[start : start + len(window)] * window)) / (window.sum() / 2)
            hz = np.fft.rfftfreq(len(window), 1 / rate_hz)
            worst = max(worst, float(20 * np.log10(spectrum[np.abs(hz - 1000) > 60].max())))
        return worst

    asked = nothing_wanted(0, round(16 * rate_hz / hop))
    asked[round(6 * rate_hz / hop) : round(9 * rate_hz / hop)] = 12.0
    made = joined(asked, rate_hz).gains(0, len(tone))
    assert made is not None
    assert beside_db(made[:, 0]) < -92
    stepped = np.repeat(made[::hop, 0], hop)[
        : len(tone)
    ]  # the same curve without the straight lines between its points
    assert beside_db(stepped) > -60


# ---- how the cut is shared among the bands


def white(seconds: float, name: str = "under", level: float = 0.01) -> Audio:
    return noise(round(seconds * RATE_HZ), 2, name, level)


def speech(seconds: float) -> Audio:
    return np.repeat(voice(seconds, RATE_HZ), 2, axis=1)


def powers_of(audio: Audio) -> tuple[np.ndarray, np.ndarray]:
    """Cross powers of a sound as one stretch, and its own power in each band."""
    cross = cross_powers(audio, RATE_HZ).mean(axis=0)
    return cross[None], np.diagonal(cross)


@pytest.mark.parametrize("loud", ["low", "high"])
def test_the_band_that_masks_is_cut_first_and_the_whole_less_for_it(loud: str) -> None:
    bed = {
        "low": low_pass(white(4), 250.0, RATE_HZ, 4) * 12 + white(4, "all", 0.0003),
        "high": high_pass(white(4), 1500.0, RATE_HZ, 4) + white(4, "all", 0.0003),
    }[loud].astype(np.float32)
    cross, _ = powers_of(bed)
    _, voiced = powers_of(speech(4.0))
    target = float(cross.sum()) / 10**0.5  # 5 dB less
    [cuts] = smallest(cross, voiced, target)
    assert left_of(cross, cuts[None])[0] <= target
    masks, others = (cuts[:1], cuts[1:]) if loud == "low" else (cuts[2:], cuts[:2])
    assert masks.min() > others.max() + 1.0
    assert cuts.min() < 4.5  # a fader would have taken 5 dB of every band
    assert cuts.max() - cuts.min() <= CARVE_DB + 1e-9


@settings(deadline=None, max_examples=80)
@given(
    st.lists(st.floats(-70, -10), min_size=BANDS, max_size=BANDS),
    st.lists(st.floats(-50, -20), min_size=BANDS, max_size=BANDS),
    st.floats(0.1, 30),
)
def test_cuts_are_enough_gentle_no_more_than_a_fader_and_no_less_clear(
    bed_db: list[float], voice_db: list[float], down_db: float
) -> None:
    own = 10 ** (np.array(bed_db) / 10)
    between = 0.05 * np.sqrt(own[:-1] * own[1:])
    cross = (np.diag(own) + np.diag(between, 1) + np.diag(between, -1))[None]
    voiced = 10 ** (np.array(voice_db) / 10)
    target = float(cross.sum()) / 10 ** (down_db / 10)
    [cuts] = smallest(cross, voiced, target)
    assert left_of(cross, cuts[None])[0] <= target * (1 + 1e-6)
    assert cuts.min() >= 0.0
    assert cuts.min() <= down_db + 1e-6
    assert cuts.max() - cuts.min() <= CARVE_DB + 1e-9

    def clear(down: np.ndarray | float) -> float:
        over = np.array(voice_db) - np.array(bed_db) + down
        return float(np.clip((over + 15) / 30, 0, 1) @ IMPORTANCE)

    assert clear(cuts) >= clear(down_db) - 1e-6


def test_nothing_is_cut_where_all_is_well_and_a_bed_under_silence_is_turned_down_as_a_whole() -> None:
    cross, own = powers_of(white(2))
    assert not smallest(cross, own, float(cross.sum()) * 1.01).any()
    [cuts] = smallest(cross, np.zeros(BANDS), float(cross.sum()) / 10)  # no voice in any band: nothing to be saved
    assert cuts == pytest.approx([10.0] * BANDS, abs=1e-5)


# ---- lines


def heard(line: Span, speech: Audio, under: Audio, margin: Margin | None = None) -> Heard:
    stems = {"speech": speech, "beds": under}
    clip = spoken("line-1", line.start, voice(line.length / RATE_HZ, RATE_HZ))
    return heard_of(replace(clip, span=line), line, margin or Margin(), stems.get, RATE_HZ)


class Episode:
    """One line over one bed, solved and turned down."""

    def __init__(self, line: Span, speech: Audio, under: Audio) -> None:
        self.line, self.speech, self.under = line, speech, under
        found = heard(line, speech, under)
        asked = solve.asked([found], self._bands)
        reductions = solve.turned_down(asked, Span(Samples(0), Samples(len(speech))), RATE_HZ)
        self.margin = solve.come_to(asked[0], reductions, self._bands, RATE_HZ)
        self.reduction = reductions["beds"]
        self.asked: list[LineMargin] = []

    def _bands(self, stem: Stem, inside: Span) -> np.ndarray:
        half = bands.half_frame(RATE_HZ)
        audio = self.speech if stem == "speech" else self.under
        around = np.concatenate([silence(half), audio[inside.start : inside.end + half], silence(half)])
        around[:half] = audio[inside.start - half : inside.start] if inside.start >= half else 0.0
        return cross_powers(around[: inside.length + 2 * half], RATE_HZ)

    def bed(self) -> Audio:
        beside, gains = bands.reach(RATE_HZ), self.reduction.gains(0, len(self.under))
        if gains is None:
            return self.under
        around = np.concatenate([silence(beside), self.under, silence(beside)])
        return bands.weighed(around, np.ascontiguousarray(np.broadcast_to(gains, (len(gains), BANDS))), RATE_HZ)

    def over(self, bed: Audio) -> tuple[float, float]:
        """What a judge finds: the line over its bed, and over the loudest 3 s of it."""
        part = slice(self.line.start, self.line.end)
        meter = PowerMeter(RATE_HZ, 2)
        meter.push(bed[part])
        powers = meter.powers()
        short = sliding(powers, min(3.0, len(powers) * meter.seconds_per_hop), meter.seconds_per_hop)
        loud = loudness(self.speech[part], RATE_HZ)
        return float(loud - lufs(powers.mean())), float(loud - lufs(short.max()))


def test_a_line_is_measured_as_a_judge_measures_it() -> None:
    said, under, line = speech(3.0), white(3), span(0.7, 2.9)
    found = heard(line, said, under)
    cut = slice(line.start, line.end)
    assert found.speech_lufs == pytest.approx(loudness(said[cut], RATE_HZ), abs=1e-6)
    over = found.speech_lufs - own_length_loudness(under[cut], RATE_HZ)
    assert found.over(found.under["beds"]) == pytest.approx(over, abs=0.02)
    assert found.over(found.under["music"]) == np.inf
    allowed = found.speech_lufs - lufs(found.target("beds"))
    assert allowed == pytest.approx(15.1, abs=1e-6)


def test_a_line_that_is_not_heard_asks_for_nothing() -> None:
    line = span(0.5, 2.5)
    one = Episode(line, silence(3 * RATE_HZ), white(3))
    assert one.margin.kept
    assert not one.reduction.db.any()


@pytest.mark.parametrize("seconds", [0.05, 0.3, 1.0, 2.99, 3.01, 4.2, 11.0])
@pytest.mark.parametrize("level", [0.02, 0.3])
def test_a_line_of_any_length_has_its_margin_and_little_more(seconds: float, level: float) -> None:
    line = span(1.0, 1.0 + seconds)
    one = Episode(line, speech(13.0), white(13, level=level))
    before, _ = one.over(one.under)
    whole, short = one.over(one.bed())
    assert before < 15.0  # without the reduction it fails
    assert whole >= 15.0
    assert short >= 15.0 - 0.05
    assert one.margin.over_beds_lu == pytest.approx(whole, abs=0.06)
    assert one.margin.kept
    if seconds < 3.0:
        assert whole < 16.0


def test_a_bed_that_swells_inside_a_long_line_comes_down_where_it_swells() -> None:
    swell = white(24) * np.interp(np.arange(24 * RATE_HZ) / RATE_HZ, [14, 18], [0.2, 2.0])[:, None].astype(np.float32)
    line = span(2.0, 22.0)
    one = Episode(line, speech(24.0), swell)
    whole, short = one.over(one.bed())
    assert whole >= 15.0
    assert short >= 15.0 - 0.05  # the end of the line is as clear as its beginning
    assert one.reduction.db[hops(1) : hops(10)].max() == 0.0  # which nobody has to hear turned down
    depth = one.reduction.db.mean(axis=1)
    assert depth[hops(18) : hops(21.5)].min() > 3.0
    back = depth[: hops(21.5)] - np.minimum.accumulate(depth[: hops(21.5)][::-1])[::-1]
    assert back.max() < 0.5  # down once, and not up again inside the line


def test_a_line_short_of_it_only_as_a_whole_is_held_too() -> None:
    """Loud at both ends and still between them: each 3 s may be quiet enough where the line is not."""
    at = np.arange(6 * RATE_HZ) / RATE_HZ
    ends = white(6) * np.where((at < 2.0) | (at >= 4.0), 1.0, 0.0)[:, None].astype(np.float32)
    line = span(1.0, 5.0)
    said = speech(6.0)
    powers = heard(line, said, ends).under["beds"]
    short, mean = sliding(powers, 3.0, HOP_S).max(), powers.mean()
    assert short < mean
    loud = loudness(said[line.start : line.end], RATE_HZ)
    level = 10 ** ((loud - 15.1 - lufs(np.sqrt(short * mean))) / 20)
    one = Episode(line, said, (ends * level).astype(np.float32))
    assert one.over(one.under)[0] < 15.1
    assert one.over(one.bed())[0] >= 15.0


def test_a_cut_is_carved_only_as_gently_as_it_says(monkeypatch: pytest.MonkeyPatch) -> None:
    hiss = (high_pass(white(6), 1500.0, RATE_HZ, 4) * 3).astype(np.float32)
    line = span(1.0, 4.0)
    gentle = Episode(line, speech(6.0), hiss)
    assert gentle.margin.over_beds_lu >= 15.0
    carved = max(gentle.margin.cut_beds_db) - gentle.margin.reduced_beds_db
    assert 1.0 < carved <= CARVE_DB + 1e-6
    monkeypatch.setattr(carve, "CARVE_DB", 0.0)
    fader = Episode(line, speech(6.0), hiss)
    assert fader.margin.over_beds_lu >= 15.0
    assert max(fader.margin.cut_beds_db) == pytest.approx(fader.margin.reduced_beds_db, abs=1e-4)
    assert gentle.margin.reduced_beds_db < fader.margin.reduced_beds_db - 0.5  # the bed keeps more of itself
