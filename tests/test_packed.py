"""Arrays and facts as bytes: what comes back is what went in, and nothing else is taken for it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from producer.packed import packed, unpacked

KINDS = ("<f4", "<f8", "|u1", "<u2", "<i8", "|b1", ">f4")
ARRAYS = st.sampled_from(KINDS).flatmap(lambda kind: arrays.arrays(kind, arrays.array_shapes(min_dims=0, min_side=0)))
FACTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(FACTS, st.dictionaries(st.text(max_size=4), ARRAYS, max_size=4))
def test_what_was_packed_comes_back(facts: object, held: dict[str, NDArray[np.generic]]) -> None:
    said, found = unpacked(packed(facts, held))
    assert said == facts
    assert list(found) == list(held)
    for name, array in held.items():
        assert (found[name].dtype, found[name].shape) == (array.dtype, array.shape)
        assert found[name].tobytes() == array.tobytes()


def test_the_same_values_give_the_same_bytes_however_they_lie_in_memory() -> None:
    table = np.arange(24, dtype=np.float32).reshape(4, 6)
    turned = np.asfortranarray(table)
    assert packed({"a": 1, "b": 2}, {"x": turned, "y": table[:, ::2]}) == packed(
        {"b": 2, "a": 1}, {"x": table, "y": table[:, ::2].copy()}
    )


def test_what_comes_back_cannot_be_written_to() -> None:
    _, found = unpacked(packed(None, {"x": np.zeros(3)}))
    with pytest.raises(ValueError, match="read-only"):
        found["x"] += 1.0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xff\xff\xff{}",
        packed([1], {"x": np.arange(9)})[:-1],
        packed([1], {"x": np.arange(9)}) + b"\0",
        len(b"[1]").to_bytes(4, "little") + b"[1]",
        len(b'[1, [["x", "O", [1]]]]').to_bytes(4, "little") + b'[1, [["x", "O", [1]]]]' + bytes(64),
        len(b'[1, [["x", "<f4", [-1]]]]').to_bytes(4, "little") + b'[1, [["x", "<f4", [-1]]]]' + bytes(64),
    ],
)
def test_nothing_else_is_taken_for_it(raw: bytes) -> None:
    with pytest.raises(ValueError):
        unpacked(raw)


def test_only_numbers_are_packed() -> None:
    with pytest.raises(ValueError, match="numbers"):
        packed(None, {"x": np.array([object()])})
