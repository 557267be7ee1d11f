import numpy as np
import pytest
from scipy import signal

from producer.dsp.loudness import loudness
from producer.dsp.reverb import convolve, tail
from producer.dsp.speechlike import heard_energy, speech_noise

RATE_HZ = 32000


def rt60(channel: np.ndarray, centre_hz: float) -> float:
    """Decay by Schroeder's backward integration over an octave, from -5 to -25 dB, times three (ISO 3382-1, T20)."""
    band = signal.butter(
        4, [centre_hz / np.sqrt(2), min(centre_hz * np.sqrt(2), 0.49 * RATE_HZ)], "band", fs=RATE_HZ, output="sos"
    )
    power = np.square(signal.sosfilt(band, channel.astype(float)))
    left_db = 10 * np.log10(np.cumsum(power[::-1])[::-1] / power.sum())
    first, last = (int(np.argmax(left_db < level)) for level in (-5, -25))
    return 3.0 * (last - first) / RATE_HZ


@pytest.mark.parametrize(("low", "mid", "high"), [(0.9, 0.8, 0.5), (2.4, 2.1, 1.1), (0.45, 0.35, 0.25)])
def test_each_band_decays_in_its_own_time(low: float, mid: float, high: float) -> None:
    # One narrow low band of one short tail is too little noise to measure a decay by.
    made = np.concatenate([tail(low, mid, high, RATE_HZ, name) for name in "abcdef"], axis=1)
    for centre_hz, asked in ((125.0, low), (1000.0, mid), (8000.0, high)):
        measured = np.mean([rt60(channel, centre_hz) for channel in made.T])
        assert measured == pytest.approx(asked, rel=0.15)


def test_the_channels_agree_low_and_differ_high() -> None:
    made = tail(1.5, 1.5, 1.0, RATE_HZ, "test").astype(float)
    for kind, hz, low, high in (("lowpass", 100.0, 0.7, 1.0), ("highpass", 1000.0, -0.2, 0.2)):
        sides = signal.sosfilt(signal.butter(4, hz, kind, fs=RATE_HZ, output="sos"), made, axis=0)
        assert low <= np.corrcoef(sides.T)[0, 1] <= high


def test_a_tail_is_the_same_every_time_and_ends_in_silence() -> None:
    first = tail(0.5, 0.5, 0.3, RATE_HZ, "a").copy()
    tail.cache_clear()
    assert np.array_equal(first, tail(0.5, 0.5, 0.3, RATE_HZ, "a"))
    assert not np.array_equal(first, tail(0.5, 0.5, 0.3, RATE_HZ, "b"))
    assert np.abs(first[-5:]).max() < 1e-4 * np.abs(first).max()


def test_convolution_is_exact() -> None:
    audio = speech_noise(1.0, 8000)
    impulse = np.zeros((50, 2), np.float32)
    impulse[7] = (1.0, 0.5)
    made = convolve(audio, impulse)
    assert made.shape == (len(audio) + 49, 2)
    assert np.allclose(made[7 : 7 + len(audio)], audio * [1.0, 0.5], atol=1e-6)


def test_energy_of_an_impulse_foretells_loudness() -> None:
    audio = speech_noise(4.0, RATE_HZ)
    made = convolve(audio, tail(0.3, 0.3, 0.2, RATE_HZ, "test"))
    grew_lu = loudness(made, RATE_HZ) - loudness(audio, RATE_HZ)
    assert grew_lu == pytest.approx(10 * np.log10(heard_energy(tail(0.3, 0.3, 0.2, RATE_HZ, "test"), RATE_HZ)), abs=1.0)


def test_speech_noise_has_dialogue_loudness() -> None:
    assert loudness(speech_noise(3.0, 16000), 16000) == pytest.approx(-23.0, abs=0.05)
