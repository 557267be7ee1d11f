"""Arrays and facts as bytes, for what is kept between two renders: no pickles, the same values give the same bytes."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
_FACTS = "facts"


def packed(facts: object, arrays: Arrays) -> bytes:
    """JSON values and arrays, by name, as bytes."""
    file = io.BytesIO()
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    np.savez(file, **{_FACTS: np.frombuffer(said, np.uint8), **arrays})  # type: ignore[arg-type]
    return file.getvalue()


def unpacked(raw: bytes) -> tuple[Any, dict[str, NDArray[Any]]]:
    """What was packed. Raises ValueError, KeyError or OSError where it was not."""
    with np.load(io.BytesIO(raw), allow_pickle=False) as found:
        arrays = {name: found[name] for name in found.files if name != _FACTS}
        return json.loads(bytes(found[_FACTS]).decode()), arrays
