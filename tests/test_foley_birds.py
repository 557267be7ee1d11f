"""Birds: that they sweep, trill, caw and coo, know their songs, and are heard over a distance."""

from __future__ import annotations

import numpy as np

from producer.foley import RECIPES
from producer.foley.birds import Notes, sung
from tests.foley_bed_helpers import RATE, bed, centroid_hz, envelope, level_db, mono, pitch_hz, share, spectrum


class TestBirds:
    @staticmethod
    def notes(seconds: float = 120.0, seed: int = 5, **given: float) -> Notes:
        filled = RECIPES["birds"].filled(given)
        return sung(lambda t: {knob: np.full(len(t), value) for knob, value in filled.items()}, 0.0, seconds, seed)

    def test_song_sweeps_between_one_and_a_half_and_eight_kilohertz(self) -> None:
        found = self.notes()
        lowest, highest = (pick(found.from_hz, found.to_hz) for pick in (np.minimum, np.maximum))
        assert np.percentile(lowest, 5) > 1200.0
        assert highest.max() <= 8200.0
        assert np.percentile(highest, 95) > 3500.0
        assert np.median(highest / lowest) > 1.15, "notes are gestures, not tones"
        assert share(bed("birds", 20.0, density=0.8), 1300.0, 8500.0) > 0.97

    def test_a_swept_note_is_heard_as_the_sweep_it_is(self) -> None:
        found = self.notes(60.0, seed=9, density=0.05, trill=0.0, distance=0.0)
        line = mono(bed("birds", 60.0, density=0.05, trill=0.0, distance=0.0))
        swept = np.flatnonzero((found.long_s > 0.08) & (np.abs(np.log2(found.to_hz / found.from_hz)) > 0.3))
        right = []
        for k in swept:
            at, long = round(found.at_s[k] * RATE), round(found.long_s[k] * RATE)
            if at < 2000 or at + long + 2000 > len(line):
                continue
            heard = pitch_hz(line[at - 1000 : at + long + 1000], 900.0, 9000.0)[1000 : 1000 + long]
            early, late = np.median(heard[long // 5 : 2 * long // 5]), np.median(heard[3 * long // 5 : 4 * long // 5])
            right.append((late > early) == (found.to_hz[k] > found.from_hz[k]))
        assert len(right) > 5
        assert np.mean(right) > 0.7

    def test_a_bird_knows_its_songs_and_sings_them_again(self) -> None:
        found = self.notes(400.0, density=1.0, trill=0.0)
        for singer in (0, 3, 7):
            own = np.round(found.from_hz[found.singer == singer], 3)
            assert len(np.unique(own)) <= 60, "at most five songs of twelve notes"
            assert len(own) > 2 * len(np.unique(own))
        assert len(np.unique(np.round(found.from_hz))) > 200, "and no two birds the same"

    def test_more_birds_join_and_those_that_sang_sing_on(self) -> None:
        few, many = (
            {(a, s) for a, s in zip(n.at_s, n.singer, strict=True)} for n in (self.notes(density=d) for d in (0.2, 0.9))
        )
        assert few < many
        assert len(many) > 3 * len(few)

    def test_a_trill_is_one_note_again_and_again(self) -> None:
        found = self.notes(60.0, trill=1.0, density=0.1)
        gaps = np.diff(found.at_s[found.singer == found.singer[0]])
        quick = gaps[(gaps > 0.0) & (gaps < 0.5)]
        assert 7.0 < 1.0 / np.median(quick) < 25.0
        assert quick.std() / quick.mean() < 0.5

    def test_a_caw_is_rough_and_full_of_harmonics_and_a_coo_is_low_and_pure(self) -> None:
        song, caw, coo = (bed("birds", 20.0, pitch=0.2, trill=0.0, **of) for of in ({}, {"harsh": 1.0}, {"coo": 1.0}))
        flat = []
        for made in (song, caw, coo):
            hz, power = spectrum(made, resolution_hz=20.0)
            band = power[(hz > 200.0) & (hz < 5000.0)]
            flat.append(np.exp(np.mean(np.log(band))) / band.mean())
        assert flat[1] > 2.0 * flat[0]
        assert flat[1] > 4.0 * flat[2]
        assert 250.0 < centroid_hz(coo) < 700.0

    def test_distance_takes_the_highs_and_leaves_an_echo(self) -> None:
        near, far = (bed("birds", 30.0, distance=d, pitch=0.9) for d in (0.0, 1.0))
        assert level_db(far) < level_db(near) - 3.0
        quiet = [np.percentile(envelope(m, 1000.0, 9000.0, 0.02), 60) / 10 ** (level_db(m) / 20) for m in (near, far)]
        assert quiet[1] > 1.5 * quiet[0]

    def test_without_density_nobody_sings(self) -> None:
        assert level_db(bed("birds", 5.0, density=0.0)) < -120.0
