"""Frozen dataclasses, taken apart and put together: the same things as `dataclasses.replace` and `pickle` give."""

from __future__ import annotations

import io
import pickle
from dataclasses import FrozenInstanceError, dataclass, field, replace
from fractions import Fraction

import pytest

from producer import parcels
from producer.errors import Place
from producer.foley import RECIPES
from producer.frozen import built, changed, held
from producer.model.timeline import Clip, Part, Ramp
from producer.units import Samples, Span


@dataclass(frozen=True, slots=True)
class Two:
    a: int
    b: tuple[int, ...] = field(default=(1,), repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Three(Two):
    c: str = "c"


@dataclass(frozen=True)
class Loose:
    a: int
    b: int = 2


@dataclass(frozen=True, slots=True)
class Tagged(Loose):
    c: int = 3


def clip() -> Clip:
    return Clip(
        id="a", kind="sound", name="knock", scene="one", span=Span(Samples(5), Samples(9)), place=Place("s.yaml", 3, 4),
        hit=Samples(6), level=Ramp(((0, 1.0), (7, 2.0))), pan=Ramp.still(0.0), distance=Ramp.still(1.0),
        parts=(Part(start=Samples(5), length=Samples(4), hit=Samples(6)),),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("thing", "values"),
    [
        (Two(1), {"a": 2}),
        (Three(1, (2,), c="x"), {"b": (3,), "c": "y"}),
        (Loose(1), {"b": 3}),
        (Tagged(1), {"a": 5, "c": 6}),
        (clip(), {"id": "b", "hit": Samples(7)}),
        (Span(Samples(1), Samples(2)), {"end": Samples(4)}),
    ],
)
def test_a_change_is_that_of_dataclasses(thing: Two, values: dict[str, object]) -> None:
    before = repr(thing)
    found, wanted = changed(thing, **values), replace(thing, **values)  # type: ignore[arg-type]
    assert (
        found == wanted and type(found) is type(wanted) and hash(found.a if isinstance(found, Two) else 0) is not None
    )
    assert repr(thing) == before


def test_what_is_made_is_as_frozen_as_what_it_was_made_of() -> None:
    made = changed(Two(1), a=2)
    with pytest.raises(FrozenInstanceError):
        made.a = 3  # type: ignore[misc]


def test_there_is_no_other_field() -> None:
    with pytest.raises(TypeError, match="no field 'z'"):
        changed(Two(1), z=1)
    with pytest.raises(TypeError):
        changed(Loose(1), z=1)


def test_what_looks_at_its_values_still_does() -> None:
    assert held(Span(Samples(1), Samples(2))) is None
    with pytest.raises(ValueError, match="cannot start"):
        changed(Span(Samples(1), Samples(2)), end=Samples(0))


def test_what_was_held_builds_the_same() -> None:
    values = held(clip())
    assert values is not None and built(Clip, values) == clip()
    assert held(Fraction(1, 2)) is held("text") is None


def test_a_hand_gets_what_it_was_sent() -> None:
    sent = (clip(), Three(1), Tagged(1), Fraction(1, 3), RECIPES, {"a": [Loose(4)]})
    file = io.BytesIO()
    parcels.pack(sent, file, {"recipes": RECIPES})
    got = parcels.unpacked(io.BytesIO(file.getvalue()), {"recipes": RECIPES})
    assert got == sent and got[4] is RECIPES
    assert len(file.getvalue()) < len(pickle.dumps(clip())) + 1000
    with pytest.raises(pickle.UnpicklingError, match="recipes"):
        parcels.unpacked(io.BytesIO(file.getvalue()), {})
