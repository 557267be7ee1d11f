import numpy as np
import pytest

from producer.audio import Audio
from producer.dsp.loudness import loudness
from producer.mix.treatments import KINDS, Chain, chain, scene_make_up
from producer.model.script import Effect
from producer.model.treatment import EFFECTS, NAMED
from tests.mix_helpers import noise, voice

RATE_HZ = 24000


def said() -> Audio:
    """Syllables with silences, so that there is something to move."""
    made = voice(2.5, RATE_HZ)
    made[round(0.8 * RATE_HZ) : round(1.1 * RATE_HZ)] = 0.0
    made[: round(0.2 * RATE_HZ)] = 0.0
    return made


def outline(audio: Audio) -> np.ndarray:
    step = RATE_HZ // 1000
    power = np.square(audio[: len(audio) // step * step, 0].astype(float)).reshape(-1, step).mean(axis=1)
    return np.sqrt(np.convolve(power, np.ones(15) / 15, "same"))


def test_every_effect_can_be_played() -> None:
    assert set(KINDS) == set(EFFECTS)


@pytest.mark.parametrize("name", [name for name in NAMED if name != "none"])
def test_a_colour_is_heard_and_moves_neither_words_nor_level(name: str) -> None:
    audio = said()
    made = chain(name, {}).whole(audio, RATE_HZ)
    assert loudness(made, RATE_HZ) == pytest.approx(loudness(audio, RATE_HZ), abs=0.05)
    assert np.abs(made).max() < 1.0
    before, after = outline(audio), outline(made)[: len(outline(audio))]
    likeness = np.correlate(after - after.mean(), before - before.mean(), "full")
    assert abs(int(likeness.argmax()) - len(before) + 1) <= 5  # ms
    same = made[: len(audio)]
    assert np.square(same - audio).sum() > 0.05 * np.square(audio).sum()


@pytest.mark.parametrize("name", [name for name in NAMED if name != "none"])
def test_a_bed_in_a_colour_has_no_seam(name: str) -> None:
    treatment = chain(name, {})
    bed = noise(8 * RATE_HZ, 2, "bed")
    cut, end = 6 * RATE_HZ + 123, 7 * RATE_HZ

    def stretch(start: int, stop: int) -> Audio:
        low = start - round(treatment.before_s * RATE_HZ)
        made = treatment.stretch(bed[low : stop + round(treatment.after_s * RATE_HZ)], RATE_HZ, low)
        return made[start - low : stop - low]

    whole = stretch(5 * RATE_HZ, end)
    parts = np.concatenate([stretch(5 * RATE_HZ, cut), stretch(cut, end)])
    assert 20 * np.log10(np.abs(parts - whole).max() / np.abs(whole).max() + 1e-12) < -80


@pytest.mark.parametrize("name", sorted(EFFECTS))
def test_the_ends_of_every_effect_are_sound(name: str) -> None:
    audio = said()[:RATE_HZ]
    for value in (EFFECTS[name].low, EFFECTS[name].high):
        made = Chain((Effect(name, value),)).whole(audio, RATE_HZ)
        assert np.isfinite(made).all()
        assert np.abs(made).max() < 2.0
        assert len(made) >= len(audio)


def test_pitch_moves_frequencies_by_what_is_asked() -> None:
    tone = (0.1 * np.sin(2 * np.pi * 440 * np.arange(2 * RATE_HZ) / RATE_HZ)).astype(np.float32)[:, None]
    for made in (
        Chain((Effect("pitch", -700.0),)).whole(tone, RATE_HZ),
        Chain((Effect("pitch", -700.0),)).stretch(tone, RATE_HZ, 0),
    ):
        spectrum = np.abs(np.fft.rfft(made[:, 0] * np.hanning(len(made))))
        peak_hz = np.fft.rfftfreq(len(made), 1 / RATE_HZ)[spectrum.argmax()]
        assert peak_hz == pytest.approx(440 * 2 ** (-700 / 1200), rel=0.06)


def test_whispering_takes_the_harmonics() -> None:
    time = np.arange(2 * RATE_HZ) / RATE_HZ
    buzz = sum(np.sin(2 * np.pi * 120 * n * time) for n in range(1, 30)).astype(np.float32)[:, None] * np.float32(0.02)
    made = Chain((Effect("breath", 100.0),)).whole(buzz, RATE_HZ)

    def comb(audio: Audio) -> float:
        spectrum = np.abs(np.fft.rfft(audio[:, 0])) ** 2
        return float(spectrum[240:6000:240].sum() / spectrum[100:6100].sum())

    assert comb(buzz) > 0.9
    assert comb(made) < 0.1


def test_a_scene_through_any_colour_keeps_a_voice_as_loud() -> None:
    audio = np.repeat(voice(6.0, RATE_HZ), 2, axis=1) * np.float32(np.sqrt(0.5))  # as it stands in the middle of one
    for name in NAMED:
        treatment = chain(name, {})
        made = treatment.stretch(audio, RATE_HZ, 0) * np.float32(scene_make_up(treatment, RATE_HZ))
        assert loudness(made, RATE_HZ) == pytest.approx(-23.0, abs=0.5)


def test_the_script_own_colour_comes_first() -> None:
    own = {"radio": (Effect("high_pass", 400.0),)}
    assert chain("radio", own).steps == own["radio"]
    with pytest.raises(KeyError):
        chain("no such", own)
