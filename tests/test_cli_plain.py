"""Plain values of the command line: what is read here is what Typer reads, to the words of its complaints."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from producer.cli.commands import _Commands, _of, app


def _told(cls: Any, args: list[str]) -> tuple[Any, ...]:
    """What a command with every kind of parameter that we have gets, or how it is refused."""
    got: list[Any] = []
    app = typer.Typer(cls=cls, rich_markup_mode=None, add_completion=False)

    @app.command()
    def one(
        script: Annotated[Path | None, typer.Argument()] = None,
        output: Annotated[Path | None, typer.Option("-o")] = None,
        name: Annotated[str | None, typer.Option()] = None,
        mix: Annotated[list[str] | None, typer.Option()] = None,
        scene: Annotated[int | None, typer.Option(min=1)] = None,
        jobs: Annotated[int, typer.Option(min=0, max=9)] = 0,
        count: Annotated[int, typer.Option(min=0, max=9, clamp=True)] = 0,
        there: Annotated[Path | None, typer.Option(exists=True, dir_okay=False)] = None,
        rate: Annotated[float, typer.Option()] = 1.5,
        flag: Annotated[bool, typer.Option("--flag")] = False,
    ) -> None:
        got.append((script, output, name, mix, scene, jobs, count, there, rate, flag))

    @app.command()
    def many(files: Annotated[list[Path], typer.Argument()]) -> None:
        got.append(files)

    done = CliRunner().invoke(app, args)
    return done.exit_code, done.output, *((type(value), value) for values in got for value in values)


@pytest.mark.parametrize(
    "args",
    [
        ["one"],
        [
            "one",
            "a.yaml",
            "-o",
            "out",
            "--name",
            "x",
            "--mix",
            "a",
            "--mix",
            "b",
            "--scene",
            "3",
            "--jobs",
            "2",
            "--flag",
        ],
        ["one", ""],
        ["one", "--name", ""],
        ["one", "--name", "3"],
        *(["one", "--scene", text] for text in ("0", "-1", "03", " 3", "+3", "3.0", "3.5", "1_000", "x", "", "9" * 30)),
        *(["one", "--jobs", text] for text in ("0", "9", "10", "x")),
        *(["one", "--count", text] for text in ("9", "10", "x")),
        ["one", "--rate", "2"],
        ["one", "--rate", "x"],
        ["one", "--there", "gone"],
        ["one", "--there", "."],
        ["one", "-o", "."],
        ["one", "--mix"],
        ["one", "--nothing"],
        ["one", "--help"],
        ["many"],
        ["many", "a", "b"],
        ["none"],
        [],
        ["--help"],
    ],
)
def test_values_and_complaints_are_typers(args: list[str]) -> None:
    assert _told(_Commands, args) == _told(typer.core.TyperGroup, args)


_SEEN = """
import sys
from producer.cli.commands import app
try:
    app()
except SystemExit:
    print("pydantic" in sys.modules, file=sys.stderr)
"""


def test_a_command_of_plain_values_starts_without_pydantic() -> None:
    """Otherwise a later Typer reads its values in another way, and previews begin late again."""
    done = subprocess.run([sys.executable, "-c", _SEEN, "schema"], capture_output=True, text=True, check=True)
    assert done.stderr == "False\n"


NAMES = [one.callback.__name__ for one in app.registered_commands if one.callback]


@pytest.mark.parametrize("args", [[name, "--help"] for name in NAMES] + [["episode", "--bad"], ["episode", "a", "b"]])
def test_a_command_that_is_made_alone_is_the_same(args: list[str]) -> None:
    alone, among = CliRunner().invoke(_of(args[:1]), args), CliRunner().invoke(app, args)
    assert len(_of(args[:1]).registered_commands) == 1
    assert (alone.exit_code, alone.output) == (among.exit_code, among.output)


@pytest.mark.parametrize("first", [[], ["--help"], ["--version"], ["pack"], ["takes"], ["epsode"]])
def test_all_commands_are_there_where_more_than_one_may_be_meant(first: list[str]) -> None:
    assert _of(first) is app
