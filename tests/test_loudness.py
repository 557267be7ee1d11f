"""The meter against EBU Tech 3341 table 1 and Tech 3342, at three rates; figures are the documents' own tolerances."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal

from producer.dsp.k_weighting import k_weighting
from producer.dsp.loudness import (
    Meter,
    PowerMeter,
    integrated,
    loudness,
    loudness_range,
    lufs,
    sliding,
    sparse,
)
from producer.dsp.true_peak import TruePeakMeter, true_peak

RATES = (44100, 48000, 96000)
Signal = NDArray[np.float64]


def tones(rate: int, *parts: tuple[float, float], channels: int = 2) -> Signal:
    """1 kHz in phase, phase-continuous: (seconds, peak dBFS) one after another; -inf is silence."""
    level = np.concatenate([np.full(round(s * rate), 10 ** (db / 20)) for s, db in parts])
    wave = np.sin(2 * np.pi * 1000 * np.arange(len(level)) / rate) * level
    return np.repeat(wave[:, None], channels, axis=1)


def powers(audio: Signal, rate: int) -> tuple[Signal, float]:
    meter = PowerMeter(rate, audio.shape[1])
    for at in range(0, len(audio), 65536):
        meter.push(audio[at : at + 65536])
    return meter.powers(), meter.seconds_per_hop


SILENT = float("-inf")
INTEGRATED = {
    "case 1": [(20, -23)],
    "case 2": [(20, -33)],
    "case 3": [(10, -36), (60, -23), (10, -36)],
    "case 4": [(10, -72), (10, -36), (60, -23), (10, -36), (10, -72)],
    "case 5": [(20, -26), (20.1, -20), (20, -26)],
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", INTEGRATED)
def test_integrated_loudness_reads_as_tech_3341_requires(case: str, rate: int) -> None:
    wanted = -33.0 if case == "case 2" else -23.0
    found, hop_s = powers(tones(rate, *INTEGRATED[case]), rate)
    assert integrated(found, hop_s) == pytest.approx(wanted, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("level", [-23, -33])
def test_momentary_and_short_term_read_steady_tones(level: int, rate: int) -> None:
    found, hop_s = powers(tones(rate, (20, level)), rate)
    for window in (0.4, 3.0):
        assert lufs(sliding(found, window, hop_s)[-1]) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_five_channels_are_weighted_as_case_6_requires(rate: int) -> None:
    audio = np.concatenate([tones(rate, (20, db), channels=1) for db in (-28, -28, -24, -30, -30)], axis=1)
    found, hop_s = powers(audio, rate)
    assert integrated(found, hop_s) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_short_term_is_constant_in_case_9(rate: int) -> None:
    found, hop_s = powers(tones(rate, *[(1.34, -20), (1.66, -30)] * 5), rate)
    short = lufs(sliding(found, 3.0, hop_s))
    assert short == pytest.approx(np.full(len(short), -23.0), abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_momentary_is_constant_in_case_12(rate: int) -> None:
    found, hop_s = powers(tones(rate, *[(0.18, -20), (0.22, -30)] * 25), rate)
    momentary = lufs(sliding(found, 0.4, hop_s))[60:]
    assert momentary == pytest.approx(np.full(len(momentary), -23.0), abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_highest_short_term_does_not_depend_on_when_the_tone_begins_in_case_10(rate: int) -> None:
    for i in range(20):
        found, hop_s = powers(tones(rate, (i * 0.15, SILENT), (3, -23), (1, SILENT)), rate)
        assert lufs(sliding(found, 3.0, hop_s).max()) == pytest.approx(-23.0, abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_highest_momentary_does_not_depend_on_when_the_tone_begins_in_case_13(rate: int) -> None:
    for i in range(20):
        found, hop_s = powers(tones(rate, (i * 0.02, SILENT), (0.4, -23), (1, SILENT)), rate)
        assert lufs(sliding(found, 0.4, hop_s).max()) == pytest.approx(-23.0, abs=0.1)


def peak_tone(rate: int, divisor: float, amplitude: float, phase: float) -> Signal:
    t = np.arange(rate)
    fade = np.clip(np.minimum(t, t[::-1]) / (0.01 * rate), 0, 1)
    return (np.sin(2 * np.pi * t / divisor + np.radians(phase)) * amplitude * fade)[:, None].repeat(2, axis=1)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize(
    ("divisor", "amplitude", "phase", "wanted"),
    [(4, 0.5, 0, -6.0), (4, 0.5, 45, -6.0), (6, 0.5, 60, -6.0), (8, 0.5, 67.5, -6.0), (4, 1.41, 45, 3.0)],
    ids=["case 15", "case 16", "case 17", "case 18", "case 19"],
)
def test_true_peak_of_steady_tones(rate: int, divisor: float, amplitude: float, phase: float, wanted: float) -> None:
    found = true_peak(peak_tone(rate, divisor, amplitude, phase))
    assert wanted - 0.4 <= found <= wanted + 0.2


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("offset", range(4), ids=["case 20", "case 21", "case 22", "case 23"])
def test_true_peak_of_one_loud_period_at_any_sample_offset(rate: int, offset: int) -> None:
    high = rate * 4
    t = np.arange(high // 2)
    tone = 0.5 * np.sin(2 * np.pi * t / (6 * 4))
    begin = len(t) // 2 // 24 * 24  # where the phase of the slower tone is zero
    tone[begin : begin + 16] = np.sin(2 * np.pi * np.arange(16) / 16)
    fade = np.clip(np.minimum(t, t[::-1]) / (0.01 * high), 0, 1)
    smooth = signal.lfilter(signal.firwin(513, 0.49 * rate, fs=high), 1.0, tone * fade)
    found = true_peak(smooth[offset::4][:, None].repeat(2, axis=1))
    assert -0.4 <= found <= 0.2


RANGES = {
    "case 1": ([(20, -20), (20, -30)], 10),
    "case 2": ([(20, -20), (20, -15)], 5),
    "case 3": ([(20, -40), (20, -20)], 20),
    "case 4": ([(20, -50), (20, -35), (20, -20), (20, -35), (20, -50)], 15),
}


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("case", RANGES)
def test_loudness_range_reads_as_tech_3342_requires(case: str, rate: int) -> None:
    parts, wanted = RANGES[case]
    found, hop_s = powers(tones(rate, *[(float(s), float(db)) for s, db in parts]), rate)
    assert loudness_range(found, hop_s) == pytest.approx(wanted, abs=1.0)
    assert loudness_range(np.tile(found, 2), hop_s) == pytest.approx(loudness_range(found, hop_s), abs=0.2)


def test_the_filter_has_the_standards_coefficients_at_48_khz() -> None:
    shelf, high_pass = k_weighting(48000)
    b = [1.53512485958697, -2.69169618940638, 1.19839281085285]
    assert shelf == pytest.approx([*b, 1, -1.69065929318241, 0.73248077421585], abs=1e-13)
    assert high_pass == pytest.approx([1, -2, 1, 1, -1.99004745483398, 0.99007225036621], abs=1e-13)


@pytest.mark.parametrize("rate", RATES)
def test_full_scale_997_hz_on_one_channel_reads_minus_3_01(rate: int) -> None:
    tone = np.sin(2 * np.pi * 997 * np.arange(5 * rate) / rate)
    assert loudness(np.stack([tone, np.zeros_like(tone)], axis=1), rate) == pytest.approx(-3.01, abs=0.02)


def test_silence_is_minus_infinity_and_has_no_range() -> None:
    meter = Meter(48000, 2)
    meter.push(np.zeros((96000, 2), np.float32))
    result = meter.result()
    assert result.integrated_lufs == result.true_peak_dbtp == float("-inf")
    assert result.range_lu == 0.0


@pytest.mark.parametrize("size", [1, 97, 4096, 100_000])
def test_blocks_of_any_size_read_alike(size: int) -> None:
    chance = np.random.default_rng(4)
    audio = (chance.standard_normal((18_000 if size == 1 else 120_000, 2)) * 0.2).astype(np.float32)
    whole, cut = Meter(44100, 2), Meter(44100, 2)
    whole.push(audio)
    for at in range(0, len(audio), size):
        cut.push(audio[at : at + size])
    assert cut.result().integrated_lufs == pytest.approx(whole.result().integrated_lufs, abs=1e-8)
    assert cut.result().true_peak_dbtp == pytest.approx(whole.result().true_peak_dbtp, abs=1e-6)


def test_the_peak_meter_says_where_the_peak_is() -> None:
    audio = np.full((50_000, 1), 0.01)
    audio[31_234] = 0.7
    meter = TruePeakMeter(1)
    meter.push(audio)
    meter.result_dbtp()
    assert abs(meter.peak_at - 31_234) <= 1


@pytest.mark.parametrize("seconds", [0.4, 3.0, 5.0])
@pytest.mark.parametrize("hops", [0, 39, 40, 300, 1234, 40_000])
def test_every_tenth_window_has_the_bits_that_it_has_among_all(seconds: float, hops: int) -> None:
    found = np.random.default_rng(hops).random(hops) ** 8
    every, tenth = sliding(found, seconds), sparse(found, seconds, 0.01, 10)
    if seconds < 4.0:  # longer ones go through a transform, of a few minutes each
        assert np.array_equal(tenth, every[::10])
    assert tenth == pytest.approx(every[::10], abs=1e-12)
