"""Parts that are encoded by themselves: a peak that the encoder lifts far over what it was given."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from producer import in_parts, master
from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.grid import quantum_samples
from producer.dsp.true_peak import in_db, peak_near, true_peak
from producer.mix.parts import Part
from producer.model.mixes import STANDARD
from producer.model.profile import PROFILES
from producer.production import Finish
from producer.units import Samples, Span

PODCAST = PROFILES["podcast"]
RATE_HZ = PODCAST.rate_hz
QUANTUM = quantum_samples(RATE_HZ)
START, END, LENGTH = 30 * QUANTUM, 70 * QUANTUM, 100 * QUANTUM
CLICK = 50 * QUANTUM


def programme() -> Audio:
    """Next to silence, and a click in it."""
    chance = np.random.default_rng(8)
    audio = chance.standard_normal((LENGTH, 2)) * 0.003
    t_s = np.arange(400) / RATE_HZ
    click = chance.standard_normal(len(t_s)) * np.exp(-t_s / 0.001)
    audio[CLICK : CLICK + len(click)] += (0.6 * click / np.abs(click).max())[:, None] * [1.0, 0.5]
    return audio.astype(np.float32)


AUDIO = programme()


class Mix:
    """Its middle part, which nobody needs to mix."""

    def __init__(self, folder: Path) -> None:
        self.samples, self.mixing = LENGTH, SimpleNamespace(folder=folder)
        core = Span(Samples(START), Samples(END))
        self.parts = [Part(index=0, core=core, reach=Span(Samples(0), Samples(LENGTH)), lines=())]

    def read(self, index: int) -> Audio:
        return AUDIO.copy()

    def name(self, index: int) -> bytes:
        return b"the middle"


def finished(folder: Path, how: Finish) -> in_parts.FinishedPart:
    with Cache(folder / "cache") as cache:
        return in_parts.finished_part(Mix(folder), how, cache, 0)  # type: ignore[arg-type]


def test_what_lies_well_under_the_ceiling_can_come_out_too_high(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only a ceiling under what was fed there is felt there: steps from the ceiling down would take ten rounds."""
    lost = 0.265  # what LAME takes off at this bitrate, and the first gain makes up for
    plan = master.Plan(lost, -1.0)
    fed_dbtp = true_peak(AUDIO * np.float32(10.0 ** (lost / 20.0)))
    assert fed_dbtp < -2.5
    once = finished(tmp_path, Finish(style=STANDARD, ride=None, tone=None, plan=plan, profile=PODCAST))
    came_dbtp = in_db(once.heard.true_peak)
    asked = replace(PODCAST, peak_dbtp=came_dbtp - 0.3)
    ceilings: list[float | None] = []
    real = master.mastered

    def counted(audio: Audio, used: master.Plan, *others: object, **more: object) -> Audio:
        ceilings.append(used.ceiling_dbtp)
        return real(audio, used, *others, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(master, "mastered", counted)
    made = finished(tmp_path, Finish(style=STANDARD, ride=None, tone=None, plan=plan, profile=asked))
    assert in_db(made.heard.true_peak) <= came_dbtp - 0.3
    assert len(ceilings) <= 3
    assert ceilings[0] == -1.0
    assert ceilings[1] == pytest.approx(fed_dbtp - 0.3 - 0.1, abs=0.15)
    # No lower than that, and nothing else of the part is touched.
    assert in_db(made.heard.true_peak) > came_dbtp - 1.5


def test_a_peak_is_found_near_its_place_alone() -> None:
    audio = np.zeros((4000, 2), np.float32)
    audio[1000, 0], audio[1200, 1] = 0.5, -0.8
    assert peak_near(audio, 1000) == pytest.approx(in_db(0.5), abs=0.01)
    assert peak_near(audio, 1010) == pytest.approx(in_db(0.5), abs=0.01)
    assert peak_near(audio, 1190) == pytest.approx(in_db(0.8), abs=0.01)
    assert peak_near(audio, 2000) == float("-inf")
    audio[3, 0] = 0.125  # at the very beginning
    assert peak_near(audio, 0) == pytest.approx(in_db(0.125), abs=0.01)
    assert peak_near(audio[:10], 0) == pytest.approx(in_db(0.125), abs=0.01)
    audio[20, 0] = 0.25
    assert peak_near(audio, 5) == pytest.approx(in_db(0.25), abs=0.01)
