"""What is kept is named by the code that made it: nothing is taken up that an earlier version made otherwise."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

import producer.dsp
from producer import installed, project, render
from producer import made_by as made_by_module
from producer.cache import Cache
from producer.made_by import made_by, made_by_program
from tests.sounds_helpers import noise, write, write_pack

SCRIPT = """\
title: Kept
packs: [own]
cast: {ada: {voice: en-us}}
scenes:
  - play:
      - ada: Who is down there? [bang level -12 LU]
"""


def package(folder: Path, text: str) -> ModuleType:
    folder.mkdir()
    (folder / "one.py").write_text(text)
    made = ModuleType("made")
    made.__path__ = [str(folder)]
    return made


def test_code_is_named_by_what_is_in_its_files(tmp_path: Path) -> None:
    one, same, other = (
        package(tmp_path / name, text) for name, text in (("a", "x = 1\n"), ("b", "x = 1\n"), ("c", "x = 2\n"))
    )
    assert made_by(one) == made_by(same) != made_by(other)
    assert made_by(one, other) != made_by(other, one)


@pytest.mark.parametrize("library", ["numpy", "scipy", "soxr", "pedalboard", "soundfile", "imageio-ffmpeg"])
def test_what_another_version_of_a_library_made_is_made_anew(
    library: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key that has our code in it has the libraries that make samples in it, too."""
    before = made_by(producer.dsp), made_by_program()
    (tmp_path / f"{library.replace('-', '_')}-99.0.dist-info").mkdir()
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    _forget()
    try:
        assert made_by(producer.dsp) != before[0]
        assert made_by_program() != before[1]
    finally:
        monkeypatch.undo()
        _forget()
    assert (made_by(producer.dsp), made_by_program()) == before


def _forget() -> None:
    """What a process finds out once about the libraries."""
    for found in (installed._installed, made_by_module._versions, made_by_module._made_by, made_by_program):
        found.cache_clear()


@pytest.mark.parametrize("module", ["producer.sounds.making", "producer.sounds.recording", "producer.voice.keep"])
def test_what_other_code_made_is_made_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str) -> None:
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "kept.yaml").write_text(SCRIPT, "utf-8")
    pack = write_pack(tmp_path / "sfx" / "own", "  bang: {kind: hit, files: [bang.wav]}\n")
    write(pack / "bang.wav", noise(0.5))
    found, _ = project.find(tmp_path / "script" / "kept.yaml", tmp_path)

    def entries_after() -> int:
        with Cache(tmp_path / "cache") as cache:
            render.plan(render.Order(project=found), cache, render.NoWatch())
        return sum(1 for one in (tmp_path / "cache").rglob("*") if one.is_file())

    first = entries_after()
    assert entries_after() == first
    monkeypatch.setattr(f"{module}.made_by", lambda *_: ["other code"])
    assert entries_after() > first
