"""The page of the bench: typed in the order of the page, its commands print what it shows."""

from __future__ import annotations

import re
import shlex
import shutil
import zipfile
from pathlib import Path

import pytest

from tests.face_helpers import ROOT, Shell, cache, shell
from tests.test_pack_check import CASES

__all__ = ["cache", "shell"]

PAGE = ROOT / "docs" / "pack-bench.md"
BLOCK = re.compile(r"^```console\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def typed(line: str, here: Path, shell: Shell) -> str:
    """What a line of the page prints."""
    inner = re.fullmatch(r"\(cd (\w+) && (.*)\)", line.strip())
    if inner:
        return typed(inner[2], here / inner[1], shell)
    command, *arguments = shlex.split(line)
    if command == "render":
        done = shell(*arguments, cwd=here)
        return done.out + done.err
    if command == "zip":
        name, folder = arguments[1:]
        with zipfile.ZipFile(here / name, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in sorted((here / folder).rglob("*")):
                archive.write(path, path.relative_to(here).as_posix())
    else:
        {"cp": shutil.copyfile, "mv": shutil.move}[command](here / arguments[0], here / arguments[1])
    return ""


def said(text: str) -> list[str]:
    """What is left when figures may move: recipes are improved, and what they measure moves with them."""
    return [
        re.sub(r"\s+", " ", re.sub(r"\b[\da-f]{12}\b|-?\d[\da-f.]*", "0", line)).strip() for line in text.splitlines()
    ]


def test_what_the_page_shows_is_what_is_printed(tmp_path: Path, shell: Shell, request: pytest.FixtureRequest) -> None:
    assert shell("new", "play", cwd=tmp_path).code == 0
    page = PAGE.read_text("utf-8")

    def played(block: re.Match[str]) -> str:
        lines = [line for line in block[1].splitlines(keepends=True) if line.startswith("$ ")]
        return "```console\n" + "".join(line + typed(line[2:], tmp_path / "play", shell) for line in lines) + "```"

    now = BLOCK.sub(played, page)
    if request.config.getoption("--update-golden"):
        PAGE.write_text(now, "utf-8")
    assert said(now) == said(PAGE.read_text("utf-8")), "run: python -m pytest tests/test_pack_page.py --update-golden"


def test_the_page_names_every_check() -> None:
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), re.MULTILINE)
    assert set(rows) == {check for check, *_ in CASES.values()} | {"pack", "seam", "not_finite"}
    assert len(rows) == len(set(rows))
