"""Recordings that begin or end in mid-wave do not click, and are as they were but for their ends."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from producer.audio import Audio
from producer.cache import Cache
from producer.model.sound import SoundRef
from producer.sounds import edges
from producer.sounds.looping import Whole
from tests.sounds_helpers import RATE, palette_of, rested, tone, write, write_pack

LOW = np.concatenate([tone(0.5, 100.0), tone(0.5, 100.0)[: RATE // 400]])
"""It ends at the top of its wave, and begins at rest."""


def played(audio: Audio, folder: Path) -> Audio:
    write_pack(folder, "  a: {files: a.wav}\n")
    write(folder / "a.wav", audio, subtype="FLOAT")
    with Cache(folder / "cache") as cache:
        return palette_of(folder, cache).audio(SoundRef(role="a"))


def largest_step(audio: NDArray[np.floating]) -> float:
    """From nothing before it to nothing after it."""
    none = np.zeros((1, audio.shape[1]))
    return float(np.abs(np.diff(np.concatenate([none, audio, none]), axis=0)).max())


@pytest.mark.parametrize("late", [LOW, LOW[::-1]], ids=["ends", "begins"])
def test_what_is_cut_off_in_mid_wave_does_not_click(late: Audio, tmp_path: Path) -> None:
    heard = played(late, tmp_path / "p")
    assert largest_step(late) > 0.4
    assert largest_step(heard) < 0.1 * largest_step(late)
    assert len(heard) == len(late)
    ends = round(edges.INTO_S * RATE), len(late) - round(edges.OUT_S * RATE)
    assert np.array_equal(heard[ends[0] : ends[1]], late[ends[0] : ends[1]])


def test_a_blow_that_is_cut_close_stays_as_sharp(tmp_path: Path) -> None:
    t = np.arange(RATE // 2) / RATE
    blow = (0.8 * np.cos(2 * np.pi * 900.0 * t) * np.exp(-30.0 * t)).astype(np.float32)[:, None]
    heard = played(blow, tmp_path / "p")
    assert largest_step(heard) < 0.2 * largest_step(blow)
    assert np.abs(heard).max() > 0.95 * np.abs(blow).max()
    assert np.abs(heard[: RATE // 500]).max() == np.abs(heard).max()  # within 2 ms


def test_what_rests_at_both_ends_is_as_it_was(tmp_path: Path) -> None:
    audio = rested(LOW)
    assert np.array_equal(played(audio, tmp_path / "p"), audio)


@pytest.mark.parametrize("samples", [1, 2, 3, 50])
def test_ends_that_are_most_of_a_sound_leave_something_of_it(samples: int) -> None:
    audio = np.full((samples, 2), 0.5, np.float32)
    assert np.abs(edges.edges(Whole(audio), 0.5, RATE).ease(audio, 0)).max() > 0.4


def test_easing_is_the_same_however_a_recording_is_read() -> None:
    audio = np.full((2000, 1), 0.5, np.float32)
    eased = edges.Eased(Whole(audio), 0.5, RATE)
    at = [0, 1, 7, 500, 1999, 2000]
    pieces = [eased.read(start, stop) for start, stop in pairwise(at)]
    assert np.array_equal(np.concatenate(pieces), eased.read(0, 2000))
