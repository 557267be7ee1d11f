"""Which beds and music a script starts, as `render check` counts them."""

from __future__ import annotations

import pytest

from producer.script import begun
from tests.script_helpers import played, resolved

TWO = """\
title: Test
cast:
  ann: {voice: en-gb}
scenes:
  - play:
      - bed: sea%s
      - ann: Hi.
  - play:
      - bed: sea level -8 LU
      - ann: Ho.
"""


@pytest.mark.parametrize(
    ("items", "roles"),
    [
        ("- bed: sea level -14 LU\n- ann: Hi.\n- bed: sea level -6 LU, over 2 s\n- bed: sea level -30 LU", ["sea"]),
        ("- bed: sea\n- ann: Hi.\n- end: sea\n- ann: Ho.\n- bed: sea", ["sea", "sea"]),
        ("- bed: sea\n- bed: wind\n- ann: Hi.\n- cut: all\n- bed: wind", ["sea", "wind", "wind"]),
        ("- bed: sea\n  id: far\n- ann: Hi.\n- bed: far\n  level: -30 LU", ["sea"]),
        ("- bed: sea\n- music: theme\n- ann: Hi.\n- music: theme level -30 LU", ["sea", "theme"]),
    ],
)
def test_what_rides_a_bed_is_no_other_bed(items: str, roles: list[str]) -> None:
    assert [bed.role for bed in begun(played(items))] == roles


def test_a_bed_ends_with_its_scene_unless_it_is_carried() -> None:
    assert len(begun(resolved(TWO % ""))) == 2
    assert len(begun(resolved(TWO % "\n        carry: yes"))) == 1
