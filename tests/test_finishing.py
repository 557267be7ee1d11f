"""What `finishing` decides by itself; whole renders are in `test_mixes.py` and `test_flagship.py`."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np

from producer import finishing, master
from producer.audit.programme import Listener
from producer.dsp.loudness import Loudness, loudness_range
from producer.levels import Levels
from producer.mix import night
from producer.mix.parts import Part
from producer.model.profile import PROFILES
from producer.model.timeline import Timeline
from producer.units import Samples, Span
from tests.test_night import DRAMA, RATE_HZ, powers_of

SECONDS = sum(seconds for seconds, _ in DRAMA)


class Widening:
    """A master and an encoder that leave the range wider than it came, by so many LU."""

    def __init__(self, by_lu: float) -> None:
        self.by_lu = by_lu
        self.came: list[float] = []

    def __call__(self, mix: finishing.Mixdown) -> finishing.Mastered:
        self.came.append(loudness_range(mix.levels.powers, mix.levels.seconds_per_hop))
        levels = {"integrated_lufs": -16.0, "max_momentary_lufs": -10.0, "max_short_term_lufs": -12.0}
        measured = Loudness(
            range_lu=self.came[-1] + self.by_lu,
            true_peak_dbtp=-1.5,
            sample_peak_db=-1.6,
            samples=mix.programme.samples,
            **levels,
        )
        heard = replace(Listener(RATE_HZ, 2).heard(), loudness=measured)
        return finishing.Mastered(master.Plan(float(len(self.came)), -1.0), heard, heard.seen, 2, mix.levels)


def ridden(widening: Widening, powers: np.ndarray | None = None) -> finishing.Mastered:
    powers = powers_of(DRAMA) if powers is None else powers
    levels = Levels(powers, np.sqrt(powers), np.zeros(len(powers), np.bool_), 0.01)
    whole = Span(Samples(0), Samples(round(SECONDS * RATE_HZ)))
    timeline = Timeline(rate_hz=RATE_HZ, duration=whole.end, scenes=(), clips=())
    parts = [Part(index=0, core=whole, reach=whole, lines=())]
    mixing = SimpleNamespace(mixer=SimpleNamespace(parts=parts, timeline=timeline))
    standard = finishing.Mixdown(finishing.Programme(mixing, "standard"), levels)  # type: ignore[arg-type]
    return finishing._ridden(standard, 6.0, replace(PROFILES["podcast"], rate_hz=RATE_HZ), widening)


def test_the_night_is_drawn_anew_when_the_decoded_file_is_too_wide() -> None:
    widening = Widening(1.6)
    made = ridden(widening)
    assert len(widening.came) == 2 and widening.came[1] < widening.came[0]
    assert made.measured.range_lu <= 6.0
    assert (made.plan.gain_db, made.rounds) == (2.0, 4)  # what was delivered last, and all the rounds that it took


def test_a_range_that_cannot_be_had_ends_with_the_nearest() -> None:
    widening = Widening(30.0)
    made = ridden(widening)
    assert len(widening.came) <= finishing.NIGHTS
    assert made.measured.range_lu > 6.0
    assert widening.came[-1] == min(widening.came)


def test_the_night_is_drawn_on_what_the_limiter_leaves() -> None:
    powers = powers_of(DRAMA)
    powers[round(30.0 / 0.01) : round(31.0 / 0.01)] = 10.0 ** (12.0 / 10.0)  # a clap of thunder, over all that is said
    made = ridden(Widening(0.0), powers)
    plan = master.first_plan(made.levels, PROFILES["podcast"])
    left = made.levels.limited(plan.gain_db, plan.ceiling_dbtp)
    assert loudness_range(left) <= 6.0
    without = night.ride(powers, 0.01, RATE_HZ, 6.0)
    plan = master.first_plan(replace(made.levels, powers=powers).ridden(without.db), PROFILES["podcast"])
    left = replace(made.levels, powers=powers).ridden(without.db).limited(plan.gain_db, plan.ceiling_dbtp)
    assert loudness_range(left) > 9.0
