"""Where a render keeps what does not go into memory."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.workshop import Workshop

PIECE: Audio = np.linspace(-1, 1, 2000, dtype=np.float32).reshape(-1, 2)


def test_nothing_stays_of_it(tmp_path: Path) -> None:
    with Workshop(tmp_path) as workshop:
        workshop.shelf().put("a part", PIECE)
        room = workshop.room()
        room.write(b"rows")
        assert list(tmp_path.iterdir())
    assert not list(tmp_path.iterdir())
    assert room.closed


def test_shelves_can_go_before_the_rest_does(tmp_path: Path) -> None:
    with Workshop(tmp_path) as workshop:
        first, second = workshop.shelf(), workshop.shelf()
        for shelf in (first, second):
            shelf.put("a part", PIECE)
        room = workshop.room()
        room.write(b"rows")
        workshop.clear()
        assert not first.folder.exists()
        assert not second.folder.exists()
        room.seek(0)
        assert room.read() == b"rows"
        workshop.clear()  # nothing is left to do
    assert not list(tmp_path.iterdir())
    assert room.closed
