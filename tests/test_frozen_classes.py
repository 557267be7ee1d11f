"""Frozen dataclasses that are made quickly: each is what `dataclasses` would have made of it."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
import pkgutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, field, fields
from functools import cached_property
from importlib import import_module
from typing import Any

import numpy as np
import pytest

import producer
from producer import frozen

MAKERS = {"slow": dataclasses.dataclass, "quick": frozen.dataclass}


def classes(dataclass: Callable[..., Any]) -> dict[str, type]:
    """One of each kind that we have, by the decorator given."""

    @dataclass(frozen=True, slots=True)
    class Plain:
        a: int
        b: tuple[int, ...] = (1,)
        c: list[int] = field(default_factory=list, compare=False)
        d: str = field(default="d", repr=False)

    @dataclass(frozen=True, slots=True)
    class Derived(Plain):
        e: float = 0.5

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Named:
        a: int
        b: int = 2
        told: dict[str, int] = field(default_factory=dict, init=False, repr=False, compare=False)
        fixed: int = field(default=7, init=False)

    @dataclass(frozen=True)
    class Loose:
        a: int
        b: int = 2

        @cached_property
        def twice(self) -> int:
            return 2 * self.a

    @dataclass(frozen=True, slots=True)
    class One:
        a: Any

    @dataclass(frozen=True, slots=True)
    class Empty: ...

    @dataclass(frozen=True, slots=True)
    class Own:
        a: int

        def __repr__(self) -> str:
            return "own"

        def __eq__(self, other: object) -> bool:
            return isinstance(other, Own) and self.a % 2 == other.a % 2

        def __hash__(self) -> int:
            return self.a % 2

    return {one.__name__: one for one in (Plain, Derived, Named, Loose, One, Empty, Own)}


MADE = {name: classes(maker) for name, maker in MAKERS.items()}
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (1,), {}),
    ("Plain", (1, (2,), [3], "e"), {}),
    ("Plain", (), {"a": 1, "d": "x"}),
    ("Derived", (1, (2,)), {"e": 2.5}),
    ("Named", (), {"a": 4}),
    ("Named", (), {"a": 4, "b": 5}),
    ("Loose", (1,), {"b": 3}),
    ("One", ((1, 2),), {}),
    ("Empty", (), {}),
    ("Own", (3,), {}),
]
WRONG: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("Plain", (), {}),
    ("Plain", (1, (), [], "", 5), {}),
    ("Plain", (1,), {"z": 1}),
    ("Named", (1,), {}),
    ("Named", (), {"a": 1, "told": {}}),
    ("Empty", (1,), {}),
]


@pytest.mark.parametrize(("name", "values", "named"), CALLS)
def test_things_are_the_same(name: str, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    slow, quick = (MADE[maker][name](*values, **named) for maker in MAKERS)
    assert repr(quick) == repr(slow)
    for one in fields(slow):
        assert getattr(quick, one.name) == getattr(slow, one.name)
    assert [one.name for one in fields(quick)] == [one.name for one in fields(slow)]
    assert type(quick).__match_args__ == type(slow).__match_args__
    assert getattr(type(quick), "__slots__", None) == getattr(type(slow), "__slots__", None)
    assert hasattr(quick, "__dict__") == hasattr(slow, "__dict__")
    assert quick != slow
    other = type(quick)(*values, **named)
    assert quick == other and hash(quick) == hash(other) == hash(slow)
    if name != "Own":
        assert dataclasses.replace(quick) == quick if name != "Named" else True


@pytest.mark.parametrize(("name", "values", "named"), WRONG)
def test_a_wrong_call_is_the_same_type_error(name: str, values: tuple[Any, ...], named: dict[str, Any]) -> None:
    said = []
    for maker in MAKERS:
        with pytest.raises(TypeError) as wrong:
            MADE[maker][name](*values, **named)
        said.append(str(wrong.value))
    assert said[0] == said[1]


def test_what_is_compared_and_hashed_is_what_takes_part() -> None:
    plain = MADE["quick"]["Plain"]
    assert plain(1, c=[1]) == plain(1, c=[2]) != plain(2, c=[1])
    assert hash(plain(1, c=[1])) == hash(plain(1, c=[2]))
    assert plain(1) != MADE["quick"]["Derived"](1)
    assert plain(1) != (1, (1,), "d")
    one = MADE["quick"]["One"]
    shared = np.arange(3)
    assert one(shared) == one(shared)  # as with tuples: what is the same is equal
    with pytest.raises(TypeError):
        hash(one([]))
    with pytest.raises(ValueError, match="ambiguous"):
        assert one(np.arange(3)) == one(np.arange(3))


@pytest.mark.parametrize("name", ["Plain", "Loose", "Named"])
def test_nothing_is_set_or_deleted(name: str) -> None:
    said = []
    for maker in MAKERS:
        thing = MADE[maker][name](a=1)
        for wrong in (setattr, delattr):
            with pytest.raises(FrozenInstanceError) as refused:
                wrong(thing, "a", *([2] if wrong is setattr else []))
            said.append(str(refused.value))
        assert thing.a == 1
    assert said[:2] == said[2:]
    with pytest.raises(FrozenInstanceError):  # of a class with slots `dataclasses` says something else
        MADE["quick"][name](a=1).other = 2


def test_what_derives_without_being_a_dataclass_has_more_of_its_own() -> None:
    for maker in MAKERS:

        class More(MADE[maker]["Loose"]):  # type: ignore[misc]
            pass

        thing = More(1)
        thing.other = 5
        assert thing.other == 5
        del thing.other
        with pytest.raises(FrozenInstanceError):
            thing.a = 2


def test_a_factory_makes_one_for_each() -> None:
    plain = MADE["quick"]["Plain"]
    first, second = plain(1), plain(1)
    first.c.append(3)
    assert second.c == []


def test_what_is_cached_is_kept_and_a_thing_that_holds_itself_can_be_shown() -> None:
    loose = MADE["quick"]["Loose"](4)
    assert loose.twice == 8 == vars(loose)["twice"]
    one = MADE["quick"]["One"]([])
    one.a.append(one)
    assert "..." in repr(one)


@dataclasses.dataclass(frozen=True, slots=True)
class Slow:
    a: int
    b: str = "b"


@frozen.dataclass(frozen=True, slots=True)
class Quick:
    a: int
    b: str = "b"


@frozen.dataclass(frozen=True)
class WithDict:
    a: int
    b: str = "b"


@pytest.mark.parametrize("thing", [Quick(1, "x"), WithDict(2)])
def test_they_are_copied_and_pickled(thing: Any) -> None:
    assert copy.copy(thing) == copy.deepcopy(thing) == thing
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(thing, protocol)) == thing


def test_the_signature_is_known_once_one_was_made() -> None:
    Quick(1)
    assert list(inspect.signature(Quick).parameters) == list(inspect.signature(Slow).parameters)
    assert Quick.__init__.__qualname__ == "Quick.__init__"


def test_what_asks_for_more_is_left_to_dataclasses() -> None:
    @frozen.dataclass(frozen=True, slots=True, order=True)
    class Ordered:
        a: int

    @frozen.dataclass(frozen=True, slots=True)
    class Checked:
        a: int

        def __post_init__(self) -> None:
            if self.a < 0:
                raise ValueError("under 0")

    @frozen.dataclass
    class Open:
        a: int

    assert sorted([Ordered(2), Ordered(1)]) == [Ordered(1), Ordered(2)]
    with pytest.raises(ValueError, match="under 0"):
        Checked(-1)
    there = Open(1)
    there.a = 2
    assert there == Open(2)


def ours() -> Iterator[type]:
    for module in pkgutil.walk_packages(producer.__path__, "producer."):
        if module.name != "producer.__main__":
            import_module(module.name)
    for name, module in sorted(sys.modules.items()):
        if name.startswith("producer"):
            for one in vars(module).values():
                if isinstance(one, type) and dataclasses.is_dataclass(one) and one.__module__ == name:
                    yield one


def test_each_class_of_ours_takes_its_fields_in_an_order_that_python_takes() -> None:
    """What `dataclasses` says when a class is made, these would say only when the first thing is."""
    found = list(ours())
    assert len(found) > 300
    for kind in found:
        if kind.__init__.__name__ == "first":  # never called yet
            seen: dict[str, Any] = {}
            exec(frozen._init(kind, seen), seen)
            wanted = [one.name for one in fields(kind) if one.init and not one.kw_only]
            assert list(inspect.signature(seen["__init__"]).parameters)[1 : len(wanted) + 1] == wanted, kind
