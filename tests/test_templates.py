"""Compiled templates that are kept: taken again, never wrong, never in the way."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from producer.templates import _Beside, templates


def _said(source: Path, kept: Path) -> str:
    """What a template says in an environment of its own, as another run would have it."""
    page = Environment(loader=FileSystemLoader(source), bytecode_cache=_Beside(kept)).get_template("page.html")
    return page.render(name="Ann")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, Path]:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    source = tmp_path / "templates"
    source.mkdir()
    source.joinpath("page.html").write_text("Hello {{ name }}", "utf-8")
    return source, source / "__pycache__"


def test_a_template_is_compiled_once(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    source, kept = folders
    assert _said(source, kept) == "Hello Ann"
    assert len(list(kept.iterdir())) == 1

    def never(*_: object, **__: object) -> None:
        raise AssertionError("it was compiled again")

    monkeypatch.setattr(Environment, "compile", never)
    assert _said(source, kept) == "Hello Ann"


def test_what_was_kept_of_another_text_is_not_taken(folders: tuple[Path, Path]) -> None:
    source, kept = folders
    _said(source, kept)
    source.joinpath("page.html").write_text("Bye, {{ name }}", "utf-8")
    assert _said(source, kept) == "Bye, Ann"


@pytest.mark.parametrize("damage", [b"", b"\x00" * 40, None])
def test_what_is_damaged_is_compiled_again(folders: tuple[Path, Path], damage: bytes | None) -> None:
    source, kept = folders
    _said(source, kept)
    (file,) = kept.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[: len(whole) // 2] if damage is None else damage)
    assert _said(source, kept) == "Hello Ann"
    assert file.read_bytes() == whole


def test_where_nothing_may_be_written_nothing_is(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    source, kept = folders
    kept.write_text("no folder")
    assert _said(source, kept) == "Hello Ann"
    kept.unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert _said(source, kept) == "Hello Ann"
    assert not kept.exists()


def test_the_same_page_comes_of_what_was_kept() -> None:
    asked = "from producer.templates import templates; print(templates('producer.audit').get_template('audit.html').render(title='<A>', files=[]))"  # noqa: E501
    said = [
        subprocess.run(
            [sys.executable, "-c", asked], capture_output=True, check=True, env={**os.environ, **more}
        ).stdout
        for more in ({"PYTHONDONTWRITEBYTECODE": "1"}, {"PYTHONDONTWRITEBYTECODE": ""})
    ]
    assert said[0] == said[1]
    assert b"&lt;A&gt;" in said[0]
    assert templates("producer.audit") is templates("producer.audit")


PRODUCER = Path(__file__).parent.parent / "producer"
POLICY = re.compile(r'<meta http-equiv="Content-Security-Policy" content="([^"]*)">')
PAGES = [
    file for file in sorted(PRODUCER.rglob("*.html")) if PRODUCER / "studio" not in file.parents
]  # it sends its own


@pytest.mark.parametrize("file", PAGES, ids=lambda file: file.relative_to(PRODUCER).as_posix())
def test_a_page_has_a_policy_that_allows_no_script_but_its_own(file: Path) -> None:
    (policy,) = POLICY.findall(file.read_text("utf-8"))
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["base-uri"] == rules["form-action"] == "'none'"
    assert re.fullmatch(r"'none'|'sha256-\{\{ \w+ \}\}'", rules.get("script-src", "'none'"))
