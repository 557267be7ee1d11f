"""Passages with known answers: who speaks, and what is heard. docs/draft.md says which were written when."""

from __future__ import annotations

import pytest

from tests.draft_helpers import score


@pytest.mark.parametrize("folder", ["tuning", "heldout"])
def test_speakers_and_sounds_are_found(folder: str) -> None:
    found = score(folder)
    assert found.lines >= 55 and found.marked >= 20
    assert found.right >= 0.9 * found.lines, "\n".join(found.notes)
    assert found.found >= 0.8 * found.marked, "\n".join(found.notes)
    assert found.false * 200 <= found.words, "\n".join(found.notes)
