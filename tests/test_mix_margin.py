import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.dsp.loudness import loudness, own_length_loudness
from producer.mix.margin import ATTACK_DB_PER_S, LEAD_S, RELEASE_DB_PER_S, LineMeter, needed_db, solve
from producer.model.script import Margin
from producer.units import Samples, Span
from tests.mix_helpers import noise, voice

RATE_HZ = 8000
DURATION = 20 * RATE_HZ


def span(start_s: float, end_s: float) -> Span:
    return Span(Samples(round(start_s * RATE_HZ)), Samples(round(end_s * RATE_HZ)))


LINES = st.lists(
    st.tuples(st.floats(0, 16), st.floats(0.1, 4), st.floats(0, 30)).map(
        lambda line: (span(line[0], line[0] + line[1]), line[2])
    ),
    max_size=6,
)


@settings(deadline=None, max_examples=60)
@given(LINES)
def test_every_line_has_what_it_needs_and_nothing_moves_too_fast(lines: list[tuple[Span, float]]) -> None:
    made = solve([line for line, _ in lines], [need for _, need in lines], DURATION, RATE_HZ)
    for line, need in lines:
        lead = max(0, line.start - round(LEAD_S * RATE_HZ))
        gains = made.gains(lead, line.end)
        assert need == 0 or (gains is not None and np.all(-20 * np.log10(gains) >= need - 1e-4))
    steps = np.diff(made.db) * 100  # dB per second
    assert np.all(steps <= ATTACK_DB_PER_S + 1e-6)
    assert np.all(steps >= -RELEASE_DB_PER_S - 1e-6)
    assert ATTACK_DB_PER_S <= 30
    assert RELEASE_DB_PER_S <= 30


def test_between_close_lines_it_stays_down_and_between_far_ones_it_comes_back() -> None:
    close = solve([span(5, 7), span(7.8, 9)], [6.0, 6.0], DURATION, RATE_HZ)
    assert close.db[500:900].min() == pytest.approx(6.0)
    far = solve([span(3, 4), span(9, 10)], [6.0, 6.0], DURATION, RATE_HZ)
    assert far.db[650] == 0.0


def test_a_reduction_cut_anywhere_is_the_same() -> None:
    made = solve([span(3, 4), span(9, 10)], [6.0, 9.0], DURATION, RATE_HZ)
    whole = np.concatenate(
        [
            made.gains(s, s + 8000) if made.gains(s, s + 8000) is not None else np.ones(8000)
            for s in range(0, DURATION, 8000)
        ]
    )
    odd = [made.gains(s, min(s + 1777, DURATION)) for s in range(0, DURATION, 1777)]
    pieces = np.concatenate([np.ones(min(1777, DURATION - i * 1777)) if g is None else g for i, g in enumerate(odd)])
    assert np.array_equal(whole.astype(np.float32), pieces.astype(np.float32))


def test_a_line_is_measured_as_a_judge_measures_it() -> None:
    speech, under = np.repeat(voice(3.0, RATE_HZ), 2, axis=1), noise(3 * RATE_HZ, 2, "under", 0.01)
    line = span(0.7, 2.9)
    meter = LineMeter("line-1", "line-1", line, Margin(), RATE_HZ)
    silent = np.zeros_like(under)
    for start in range(0, len(speech), 1111):
        part = slice(start, start + 1111)
        meter.push(start, speech[part], under[part], silent[part], silent[part])
    heard = meter.heard()
    cut = slice(line.start, line.end)
    assert heard.speech_lufs == pytest.approx(loudness(speech[cut], RATE_HZ), abs=1e-6)
    asked = own_length_loudness(under[cut], RATE_HZ) + 15.0 - heard.speech_lufs
    assert needed_db(heard.speech_lufs, heard.beds, 15.0) == pytest.approx(max(0.0, asked + 0.1), abs=0.02)
    assert needed_db(heard.speech_lufs, heard.music, 10.0) == 0.0


def test_a_line_that_is_not_heard_asks_for_nothing() -> None:
    assert needed_db(float("-inf"), np.ones(10), 15.0) == 0.0
