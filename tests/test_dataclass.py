"""Dataclasses whose methods are written later: what they do is what the library's do."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, field, fields, replace
from typing import Any

import pytest

from producer import dataclass as later
from producer.frozen import built, changed, held

Decorator = Callable[..., Callable[[type], Any]]


def _classes(decorator: Any) -> dict[str, Any]:
    """The kinds of classes that the project has, made with one decorator."""

    @decorator(frozen=True, slots=True)
    class Place:
        file: str
        line: int = 0

        @property
        def shown(self) -> str:
            return f"{self.file}:{self.line}"

    @decorator(frozen=True, slots=True, kw_only=True)
    class Clip:
        """One sound."""

        name: str
        knobs: dict[str, float] = field(default_factory=dict)
        hidden: int = field(default=3, repr=False)
        aside: list[int] = field(default_factory=list, compare=False)
        made: tuple[int, ...] = field(default=(1, 2), init=False)
        own: list[int] = field(default_factory=list, init=False, repr=False, compare=False)

    @decorator(frozen=True, slots=True)
    class Checked:
        length: int

        def __post_init__(self) -> None:
            if self.length < 0:
                raise ValueError("too short")

    @decorator(frozen=True, slots=True)
    class Told:
        what: str

        def __repr__(self) -> str:
            return f"<{self.what}>"

    @decorator(frozen=True, slots=True)
    class Nothing:
        pass

    @decorator(frozen=True, slots=True, kw_only=True)
    class Outline:
        title: str
        length: float = 1.0

    @decorator(frozen=True, slots=True, kw_only=True)
    class Report(Outline):
        files: tuple[str, ...] = ()

    return {one.__name__: one for one in (Place, Clip, Checked, Told, Nothing, Outline, Report)}


THEIRS, OURS = _classes(dataclasses.dataclass), _classes(later.dataclass)
GIVEN: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Place", ("a", 2), {}),
    ("Place", ("a",), {"line": 3}),
    ("Clip", (), {"name": "gull"}),
    ("Clip", (), {"name": "gull", "knobs": {"x": 1.0}, "hidden": 4, "aside": [1]}),
    ("Checked", (1,), {}),
    ("Told", ("it",), {}),
    ("Nothing", (), {}),
    ("Report", (), {"title": "t", "files": ("a",)}),
]


@pytest.mark.parametrize(("name", "args", "named"), GIVEN)
def test_things_are_made_shown_compared_and_taken_apart_as_the_librarys(
    name: str, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    ours, theirs = OURS[name](*args, **named), THEIRS[name](*args, **named)
    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [one.name for one in fields(ours)] == [one.name for one in fields(theirs)]
    again = OURS[name](*args, **named)
    assert ours == again and ours != theirs and (ours == 3) is False
    assert copy.copy(ours) == ours and copy.deepcopy(ours) == ours
    assert type(ours).__match_args__ == type(theirs).__match_args__
    assert type(ours).__slots__ == type(theirs).__slots__ and not hasattr(ours, "__dict__")
    if name != "Clip":
        assert hash(ours) == hash(again) == hash(theirs)
    else:
        with pytest.raises(TypeError, match="unhashable"):
            hash(ours)


@pytest.mark.parametrize(
    ("name", "args", "named"),
    [("Place", (), {}), ("Place", ("a", 1, 2), {}), ("Place", ("a",), {"lin": 3}), ("Clip", ("gull",), {})],
)
def test_what_cannot_be_made_is_refused_in_the_same_words(
    name: str, args: tuple[Any, ...], named: dict[str, Any]
) -> None:
    said = []
    for kinds in (THEIRS, OURS):
        with pytest.raises(TypeError) as refused:
            kinds[name](*args, **named)
        said.append(str(refused.value))
    assert said[0] == said[1]


def test_what_is_left_out_of_a_comparison_is_left_out() -> None:
    clip = OURS["Clip"]
    assert clip(name="a", aside=[1]) == clip(name="a", aside=[2])
    assert clip(name="a", hidden=1) != clip(name="a", hidden=2)


def test_each_thing_has_a_default_of_its_own() -> None:
    one, other = OURS["Clip"](name="a"), OURS["Clip"](name="b")
    one.knobs["x"] = 1.0
    assert other.knobs == {} and other.own is not one.own


def test_things_are_frozen() -> None:
    place = OURS["Place"]("a")
    with pytest.raises(FrozenInstanceError, match="cannot assign to field 'line'"):
        place.line = 3
    with pytest.raises(FrozenInstanceError, match="cannot delete field 'line'"):
        del place.line
    assert place.shown == "a:0"


def test_what_is_checked_when_made_is_checked_when_replaced() -> None:
    with pytest.raises(ValueError, match="too short"):
        replace(OURS["Checked"](1), length=-1)


def test_things_can_be_changed_and_built_before_one_was_made() -> None:
    fresh = _classes(later.dataclass)["Outline"]
    made = built(fresh, ["t", 2.0])
    assert held(made) == ("t", 2.0)
    assert changed(made, length=3.0) == replace(made, length=3.0)


@later.dataclass(frozen=True, slots=True)
class _Sent:
    """One that another process can find."""

    what: str
    how: tuple[int, ...] = ()


def test_things_go_to_another_process() -> None:
    sent = _Sent("a", (1, 2))
    assert pickle.loads(pickle.dumps(sent)) == sent


def test_several_threads_may_be_the_first() -> None:
    with ThreadPoolExecutor(8) as pool:
        for _ in range(20):
            fresh = _classes(later.dataclass)["Place"]
            made = list(pool.map(fresh, "a" * 8, range(8)))
            assert [one.line for one in made] == list(range(8))


def test_other_classes_are_the_librarys() -> None:
    @later.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        at: int

    @later.dataclass
    class Open:
        at: int = 0

    assert Ordered(1) < Ordered(2)
    thing = Open()
    thing.at = 3
    assert thing == Open(3)
