"""A long episode in acts: nobody holds all of it, and it has the bytes that it has in one piece."""

from __future__ import annotations

import gc
import weakref
from pathlib import Path

import pytest

from producer import acts, apart, render
from producer.cache import Cache
from producer.crew import Crew
from producer.deliver.shelf import shelf
from producer.hand import Hand
from producer.mixing import Mixing
from producer.model.mixes import STANDARD
from producer.notes import Notes
from tests.crew_helpers import ordered, rendered
from tests.face_helpers import files
from tests.test_crew import needs_fork

SCRIPT = """\
title: Several acts
profile: alexa
packs: [ruins]
cast:
  ada: {voice: en-us}
  ben: {voice: en-gb, treat: telephone}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -14 LU
      - pause: 24 s
      - ada: Who is down there, and what do you want of us at this hour? [boom level -12 LU]
      - pause: 26 s
      - ben: Nobody. Nothing. Go back to sleep.
      - sound: metal_scrape level -10 LU
      - pause: 24 s
      - ada: The same as ever.
  - title: Above
    hear: muffled
    play:
      - bed: rain level -10 LU
        carry: yes
      - pause: 20 s
      - ada: It rains, and I cannot sleep any more.
      - pause: 21 s
  - title: Outside
    play:
      - pause: 15 s
      - ben: The lamp has gone out.
      - pause: 16 s
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose episode has several parts, and its render in one piece in `plain`."""
    return rendered(tmp_path_factory.mktemp("house"), SCRIPT)


@pytest.fixture(autouse=True)
def however_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "LONG_S", 0.0)
    monkeypatch.setattr(acts, "ACT_PARTS", 2)
    monkeypatch.setattr(apart, "FEWEST_BYTES", 1)


def test_an_act_has_less_than_the_whole_and_knows_its_parts_by_the_same_names(house: Path) -> None:
    with Cache(house / "cache") as cache, shelf(house) as room:
        placed = render.plan(ordered(house, "plain"), cache, render.NoWatch())
        whole = Mixing(placed, (STANDARD,), "none", room, cache)
        names = [whole.name(part.index) for part in whole.mixer.parts]
        parted = [*acts.acts(placed.without_words())]
        assert [first for first, _ in parted] == [*range(0, len(names), 2)] and len(parted) > 2
        for first, act in parted:
            assert len(act.timeline.clips) < len(placed.timeline.clips) and len(act.takes) < len(placed.takes)
            own = Mixing(act, (STANDARD,), "none", room, cache)
            assert [own.name(index) for index in range(first, min(first + 2, len(names)))] == names[first : first + 2]


def test_an_hour_is_one_act(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(acts, "LONG_S", 5400.0)
    with Cache(house / "cache") as cache:
        placed = render.plan(ordered(house, "plain"), cache, render.NoWatch())
    assert [*acts.acts(placed)] == [(0, placed)]


def test_a_hand_holds_one_act_and_keeps_what_it_knows_of_sounds(house: Path) -> None:
    with Cache(house / "cache") as cache, shelf(house) as room:
        placed = render.plan(ordered(house, "plain"), cache, render.NoWatch()).without_words()
        firsts, parted = zip(*acts.acts(placed), strict=True)
        asked: list[int] = []

        def act(number: int) -> render.Placed:
            asked.append(number)
            return parted[number]

        hand = Hand(parted[0], (STANDARD,), "none", room, act, firsts)
        first = weakref.ref(hand._at(1))
        assert not asked and first() is not None
        gc.collect()
        gc.freeze()  # as before processes part
        for part in (firsts[1], firsts[1] + 1, firsts[2]):
            assert hand._at(part).mixer.timeline.clips == parted[len(asked)].timeline.clips
        assert asked == [1, 2] and first() is None
        assert hand._at(firsts[2])._placed.palette is placed.palette
        gc.unfreeze()


@needs_fork
def test_a_crew_in_acts_leaves_the_bytes_of_one_piece(
    house: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def alone(mixing: Mixing, index: int) -> Notes:
        raise AssertionError(f"no hand made part {index}")

    monkeypatch.setattr(Mixing, "alone", alone)  # of this process: the hands are others
    with Cache(tmp_path / "cache") as cache, Crew(2) as crew:
        report = render.episode(ordered(house, str(tmp_path / "crew")), cache, render.NoWatch(), crew)
    assert files(tmp_path / "crew") == files(house / "plain")
    assert report.script.lines and report.timeline.clips[-1].kind, "all of the outline is there again"
    assert any(clip.words for clip in report.timeline.clips)
