"""Producer as its users meet it: the `render` command in a process of its own, in a project of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENTRY = "from producer.cli import main; main()"  # what the installed `render` runs
_SHELL = """
import contextlib, io, json, os, sys
from producer.cli import main
from producer.voice import pool

pool.keep()  # as a season does: what speaks need not begin anew for each command
for line in sys.stdin:
    folder, arguments = json.loads(line)
    os.chdir(folder)
    sys.argv = ["render", *arguments]
    out, err, code = io.StringIO(), io.StringIO(), 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main()
        except SystemExit as left:
            code = left.code or 0
    print(json.dumps([code, out.getvalue(), err.getvalue()]), flush=True)
"""


@dataclass(frozen=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for every test that does not need its own: what one has spoken, the next need not.

    All of pytest's workers share it: each has its own folder below that of the session.
    """
    own = tmp_path_factory.getbasetemp()
    return (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "cache-of-the-session"


class Shell:
    """A process in which one command after another is typed: it starts once, and the libraries are read once."""

    def __init__(self, cache: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", _SHELL],
            env=_environment(cache),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def __call__(self, *arguments: str | Path, cwd: Path) -> Done:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps([str(cwd), [str(argument) for argument in arguments]]) + "\n")
        self._process.stdin.flush()
        return Done(*json.loads(self._process.stdout.readline()))

    def close(self) -> None:
        assert self._process.stdin and self._process.stdout
        self._process.stdin.close()
        self._process.stdout.close()
        assert self._process.wait(60) == 0


@pytest.fixture(scope="session")
def shell(cache: Path) -> Iterator[Shell]:
    opened = Shell(cache)
    yield opened
    opened.close()


def render(
    *arguments: str | Path, cwd: Path, cache: Path, env: Mapping[str, str] | None = None, stdout: int = subprocess.PIPE
) -> Done:
    """The installed command with these arguments."""
    done = subprocess.run(
        [sys.executable, "-c", ENTRY, *map(str, arguments)],
        cwd=cwd,
        env=_environment(cache) | dict(env or {}),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        check=False,
        timeout=300,
    )
    return Done(done.returncode, (done.stdout or b"").decode(), done.stderr.decode())


def _environment(cache: Path) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("PRODUCER_", "COLUMNS"))}
    return plain | {"PRODUCER_CACHE": str(cache), "PYTHONIOENCODING": "utf-8"}


def files(folder: Path) -> dict[str, bytes]:
    """Every file under `folder` by its path in it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def is_messages(text: str) -> bool:
    """Whether `text` is one located message a line, each perhaps with the mended lines, indented, below it."""
    lines = text.splitlines()
    return bool(lines) and all(line.startswith("    ") or ": " in line for line in lines) and "Traceback" not in text
