"""What YAML would swallow, resolve or explode at: the table of traps, each through the command, each with its place."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.face_helpers import Shell, cache, shell

__all__ = ["cache", "shell"]

TOP = "title: {title}\ncast: {{narrator: {{voice: en-gb}}}}\nscenes:\n  - title: One\n    play:\n"
TOP += "      - narrator: {said}\n"
SWALLOWED = [  # on one line after `narrator:`; under > each is a text like any other
    *("Room #5 is shut", "[gull] Nobody.", "*word* said", '"Hello," he said', "'Tis late", "- no", "? what"),
    *("> x", "%x"),
    *("@x", '"x \\[ y"', "&x y", "She said: no", "!x y", "| x", "`x`", "{112|one hundred} steps"),
]
READ_AS_WRITTEN = ["Yes", "1984", "no", "1:30", "2026-11-22", "0x10", "017", "null of it", "1e3"]


def check(folder: Path, shell: Shell, text: str) -> tuple[int, str]:
    (folder / "script").mkdir()
    (folder / "script" / "s.yaml").write_text(text, "utf-8")
    done = shell("check", "script/s.yaml", cwd=folder)
    return done.code, done.err


@pytest.mark.parametrize("said", SWALLOWED)
def test_what_yaml_would_swallow_is_told_on_its_line(said: str, tmp_path: Path, shell: Shell) -> None:
    code, told = check(tmp_path, shell, TOP.format(title="T", said=said))
    assert code in (0, 1)
    lines = [line for line in told.splitlines() if not line.startswith("    ")]
    assert all(line.startswith("script/s.yaml:6:") for line in lines)
    assert bool(lines) == bool(code)
    if said not in ("- no", "[gull] Nobody."):
        assert code == 1, "it was read, and not as it stands there"


@pytest.mark.parametrize("said", READ_AS_WRITTEN)
def test_what_yaml_would_resolve_is_text(said: str, tmp_path: Path, shell: Shell) -> None:
    assert check(tmp_path, shell, TOP.format(title=said, said=said)) == (0, "")


BOMBS = {
    "aliases": "a: &a [x, x, x, x, x, x, x, x, x]\n"
    + "".join(f"{b}: &{b} [{', '.join([f'*{a}'] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)),
    "itself": "a: &a [*a]\n",
    "brackets": "title: " + "[" * 500 + "]" * 500 + "\n",
    "open brackets": "title: " + "[" * 100_000 + "\n",
    "code": "title: !!python/object/apply:os.system ['true']\n",
    "twice": "title: T\ntitle: U\n",
    "merge": "a: &a {x: y}\nb: {<<: *a}\n",
    "documents": "title: T\n---\ntitle: U\n",
    "equals": "title: =\n",
    "too large": "title: T\n" + "# " + "x" * (4 << 20) + "\n",
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_is_refused_at_once(bomb: str, tmp_path: Path, shell: Shell) -> None:
    code, told = check(tmp_path, shell, BOMBS[bomb])
    assert code == 1
    assert told.startswith("script/s.yaml")
    assert len(told) < 200_000
