"""What an episode will play is foreseen before it is spoken, and a crew finds out about it meanwhile."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from producer import render
from producer.cache import Cache
from producer.crew import FEWEST_BYTES, Crew
from producer.deliver.shelf import shelf
from producer.sounds.palette import PackPalette
from producer.timeline.soon import BedRef, Soon, heard_soon
from tests.crew_helpers import house_of, ordered
from tests.face_helpers import files

SCRIPT = """\
title: Soon
packs: [ruins]
cast: {ada: {voice: en-us}}
scenes:
  - title: One
    play:
      - bed: wind level -14 LU, set strength 0.8
      - bed: wind level -14 LU, set strength 0.8
      - id: air
        bed: rain level -20 LU
      - bed: air level -10 LU
      - sound: boots_on_concrete repeat 5
      - sound: boots_on_concrete for 3 s
      - sound: boots_on_concrete until end of next line
      - ada: One, two [boom level -12 LU], three, four, and that was it.
      - sound: metal_scrape for 2 s
      - sound: knock repeat 3, every 400 ms
      - sound: knock, pitch 0 cents -> +300 cents, every 400 ms, for 2 s
      - pause: 2 s
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return house_of(tmp_path_factory.mktemp("house"), SCRIPT)


def foreseen(house: Path, cache: Cache) -> tuple[render.Placed, PackPalette, Soon]:
    told: list[tuple[PackPalette, Soon]] = []
    placed = render.plan(
        ordered(house, "out"), cache, render.NoWatch(), soon=lambda sounds, heard: told.append((sounds, heard()))
    )
    ((sounds, soon),) = told
    return placed, sounds, soon


def test_what_will_be_played_is_known_before_it_is_spoken(house: Path, tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        placed, _, soon = foreseen(house, cache)
    clips = placed.timeline.clips
    played = {part.sound for clip in clips for part in clip.parts if part.sound is not None}
    assert len(set(soon.sounds)) == len(soon.sounds)
    missed = played - set(soon.sounds)
    # Only what is made as long as the time that is left for it, or struck at a pitch that moves, is not known yet.
    assert {ref.role for ref in missed} <= {"metal_scrape", "knock"}
    assert len(played & set(soon.sounds)) > 0.7 * len(played)
    assert {ref.role for ref in soon.sounds} == {"boots_on_concrete", "boom", "metal_scrape", "knock"}
    beds = {
        BedRef(
            role=clip.name,
            seed=clip.bed_seed,
            settings=clip.bed_settings,
            loop=clip.loop,
            pitch_cents=clip.pitch_cents,
            speed=clip.speed,
        )
        for clip in clips
        if clip.kind == "bed"
    }
    assert set(soon.beds) == beds


def test_of_what_is_soon_found_out_about_only_beds_are_foreseen(house: Path, tmp_path: Path) -> None:
    """A recorded cue is read in no time; where a recorded bed turns is looked for."""
    with Cache(tmp_path / "cache") as cache:
        placed, sounds, soon = foreseen(house, cache)
        quick = heard_soon(placed.script, sounds, lambda role: False)
    assert quick == Soon((), soon.beds)
    assert quick.beds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: nobody is there to find out")
def test_a_crew_finds_out_what_then_is_only_read(house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = tmp_path / "long.yaml"
    long.write_text("#" * FEWEST_BYTES)
    with (
        Cache(tmp_path / "cache") as cache,
        Cache(tmp_path / "other") as other,
        Crew(2) as crew,
        shelf(tmp_path) as room,
    ):
        placed, _, soon = foreseen(house, other)

        def palette(kept: Cache) -> PackPalette:
            told = placed.palette
            return PackPalette(told.packs, told.rate_hz, kept, told._recipes, placed.script.seed, 1 << 26)

        def found_out(sounds: PackPalette) -> list[object]:
            for bed in soon.beds:
                sounds.bed(
                    bed.role, bed.seed, bed.settings, loop=bed.loop, pitch_cents=bed.pitch_cents, speed=bed.speed
                )
            return [sounds.measure(ref) for ref in soon.sounds]

        with Cache(tmp_path / "alone") as alone:
            measured = found_out(palette(alone))
        wanted = set(files(tmp_path / "alone"))
        assert len(wanted) > len(soon.sounds)
        asked = palette(cache)
        crew.warm(long)
        crew.listen(asked, lambda: soon, lambda: room)
        until_s = time.monotonic() + 60.0
        while not wanted <= set(files(tmp_path / "cache")):
            assert time.monotonic() < until_s
            time.sleep(0.05)

        def writes(*_: object) -> bool:
            raise AssertionError("it is found out again")

        monkeypatch.setattr(Cache, "write", writes)
        assert found_out(asked) == measured


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork: nobody is there to find out")
def test_an_errand_changes_no_byte_and_keeps_no_hand_from_its_work(house: Path, tmp_path: Path) -> None:
    order, long = ordered(house, "out"), tmp_path / "long.yaml"
    long.write_text("#" * FEWEST_BYTES)
    with Cache(tmp_path / "one") as cache:
        render.episode(order, cache, render.NoWatch())
    alone = files(house / "out")
    with Cache(tmp_path / "two") as cache, Crew(2) as crew:
        crew.warm(long)
        render.episode(order, cache, render.NoWatch(), crew)
    assert files(house / "out") == alone
