"""Reading and placing a script costs as much for each item of a long one as of a short one, counted in calls."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable

import pytest

from producer import memory
from producer.errors import ScriptError
from producer.model import words
from producer.script import quantities
from tests.script_helpers import resolved
from tests.timeline_helpers import place_script

HEAD = "title: Test\nseed: test\ncast: {ann: {voice: en-gb}}\nscenes:\n  - title: One\n    play:\n      - bed: sea\n"

STOPS = ("cut: all", "end: gull", "bed: sea")
KINDS: dict[str, Callable[[int], str]] = {
    "hung on the scene": lambda n: f"- sound: gull at start of scene + {n * 37 % 599}.{n % 10} s, level -{n % 30} LU",
    "at the playhead": lambda _: "- sound: knock wait no\n- pause: 50 ms",
    "cut and ended": lambda n: f"- sound: gull wait no\n- pause: 50 ms\n- {STOPS[n % 3]}",
    "beds that are ridden": lambda n: f"- bed: {('sea', 'wind')[n % 2]} level -{n % 30} LU\n- pause: 50 ms",
    "words": lambda n: f"- ann: one two number {n} [gull] five\n- sound: knock at word \"two\" + 0.1 s",
    "marks": lambda n: f"- mark: m{n}\n- sound: knock at mark m{n // 2} + 0.1 s\n- pause: 50 ms",
    "roles": lambda n: f"- sound: knock wait no\n- sound: gull at end of knock\n- pause: {n + 1} ms",  # mistakes, all
    "scenes": lambda n: f"- sound: gull\n- hear: muffled\n- pause: 1 s\nSCENE {n}",
}  # fmt: skip


def written(kind: str, count: int) -> str:
    """A script with so many of a kind."""
    items = "\n".join(KINDS[kind](number) for number in range(count))
    lines = []
    for line in items.split("\n"):
        scene = line.startswith("SCENE")
        lines.append(f"  - title: {line}\n    hear: radio\n    play:\n      - bed: wind" if scene else f"      {line}")
    return HEAD + "\n".join(lines) + "\n      - pause: 2 s\n"


def calls(text: str) -> int:
    """How many functions are called while a script is read and placed."""
    words.fold.cache_clear()
    quantities.measure.cache_clear()
    count = 0

    def counted(frame: object, event: str, arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    sys.setprofile(counted)
    try:
        place_script(resolved(text))
    except ScriptError:
        pass
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("kind", KINDS)
def test_four_times_as_many_cost_four_times_as_much(kind: str) -> None:
    few, many = calls(written(kind, 60)), calls(written(kind, 240))
    assert many < 4.3 * few, f"{many / few:.1f} times as many calls"


@pytest.mark.parametrize("on", [True, False])
def test_nothing_is_collected_within_a_stage_and_all_is_as_before_afterwards(on: bool) -> None:
    before = gc.isenabled()
    (gc.enable if on else gc.disable)()
    try:
        with memory.uncollected():
            assert not gc.isenabled()
        assert gc.isenabled() is on
        with pytest.raises(ZeroDivisionError), memory.uncollected():
            raise ZeroDivisionError
        assert gc.isenabled() is on
    finally:
        (gc.enable if before else gc.disable)()
