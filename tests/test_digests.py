"""What code says: whoever changes a file, its name or its place has another digest; and what files say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from producer.deliver import essence
from producer.digests import code_under, sha256_of


def _code(folder: Path, **files: str) -> str:
    for name, text in files.items():
        file = folder / f"{name.replace('__', '/')}.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    return code_under(folder)


def test_the_same_code_has_one_digest_wherever_it_is(tmp_path: Path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    assert _code(here, a="1", b__c="2") == _code(there, b__c="2", a="1")
    (here / "b" / "notes.txt").write_text("not code")
    assert code_under(here) == code_under(there)


def test_any_change_of_code_shows(tmp_path: Path) -> None:
    said = [
        _code(tmp_path / "first", a="1", b__c="2"),
        _code(tmp_path / "text", a="1", b__c="3"),
        _code(tmp_path / "name", a="1", b__d="2"),
        _code(tmp_path / "place", a="1", c="2"),
        _code(tmp_path / "more", a="1", b__c="2", b__d__e=""),
    ]
    assert len({*said}) == len(said)


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs a file that opens and does not read")
@pytest.mark.parametrize("summed", [sha256_of, essence.digest])
def test_a_file_that_opens_and_does_not_read_is_named(summed: Callable[[Path], str | None]) -> None:
    with pytest.raises(OSError, match="/proc/self/mem"):
        summed(Path("/proc/self/mem"))
