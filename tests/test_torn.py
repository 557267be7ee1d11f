"""Recordings cut off or broken inside: in every format refused, or heard with a warning that gives both lengths."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fuzz import sounds
from producer.cache import Cache
from producer.digests import sha256_of
from producer.sounds.decode import UndecodableError, decode
from producer.sounds.torn import kept_shortfall, kept_shortfalls, shortfall
from tests.face_helpers import cache, render

__all__ = ["cache"]

REFUSED = {"a.flac", "a.caf", "a.m4a"}  # by their decoders: what is left of them cannot be read at all
UNKNOWN = {"a.aac"}  # has no header that says how long it is
SCRIPT = "title: T\npacks: [p]\ncast: {ada: {voice: en-gb}}\nscenes:\n  - title: One\n    play:\n"
SCRIPT += "      - ada: Listen.\n      - sound: torn\n"


@pytest.mark.parametrize("kind", sounds.KINDS)
def test_half_a_file_is_refused_or_told_with_what_is_there(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    path.write_bytes(sounds.whole(kind))
    assert shortfall(path) == ""
    path.write_bytes(sounds.whole(kind)[: len(sounds.whole(kind)) * 7 // 10])
    try:
        found = decode(path)
        heard_s = sum(len(block) for block in found.blocks) / found.rate_hz
    except UndecodableError:
        assert kind in REFUSED or kind.endswith((".opus", ".ogg"))
        return
    said = shortfall(path)
    if kind in UNKNOWN:
        assert said == ""
        return
    assert said.startswith("is cut off: ")
    assert f"{heard_s:.2f} s of it are there" in said
    if not kind.endswith((".ogg", ".opus")):
        claims_s = float(said.split("lasts ")[1].split(" s")[0])
        assert abs(claims_s - sounds.SECONDS) < 0.2


@pytest.mark.parametrize("kind", sounds.KINDS)
def test_what_is_broken_inside_a_file_is_refused_or_told_or_heard_to_its_end(kind: str, tmp_path: Path) -> None:
    path, content = tmp_path / kind, sounds.whole(kind, 6.0)
    broken = np.random.default_rng(2).bytes(len(content) // 4)
    path.write_bytes(content[: len(content) // 2] + broken + content[len(content) * 3 // 4 :])
    try:
        found = decode(path)
        heard_s = sum(len(block) for block in found.blocks) / found.rate_hz
    except UndecodableError:
        return
    if kind in UNKNOWN or heard_s > 5.8:
        return
    said = shortfall(path)
    assert said.startswith("is damaged: it says that it lasts 6.0") or said.startswith("is cut off: ")
    assert f" and {heard_s:.2f} s of it " in said


@pytest.mark.parametrize("kind", sounds.KINDS)
@pytest.mark.parametrize("seconds", [0.05, 30.0])
def test_a_whole_file_of_any_length_is_whole(kind: str, seconds: float, tmp_path: Path) -> None:
    (tmp_path / kind).write_bytes(sounds.whole(kind, seconds))
    assert shortfall(tmp_path / kind) == ""


def test_of_many_files_the_same_is_told_as_of_each(tmp_path: Path) -> None:
    """One that becomes another while they are asked about is nothing to tell of, and is asked about once more."""
    content = sounds.whole("pcm16.wav")
    files = [tmp_path / f"{number}.wav" for number in range(3)]
    for number, path in enumerate(files):
        path.write_bytes(content[: len(content) - number * len(content) // 4])
    cache = Cache(tmp_path / "one")
    named = [(path, sha256_of(path)) for path in files]
    each = [kept_shortfall(*one, cache) for one in named]
    assert [bool(what) for what in each] == [False, True, True]
    assert kept_shortfalls(named, cache) == each
    for path in files:
        path.write_bytes(b"")  # what is kept of their content is told, and no file is read
    assert kept_shortfalls(named, cache) == each
    other = Cache(tmp_path / "other")
    assert kept_shortfalls(named, other) == ["", "", ""]
    for number, path in enumerate(files):
        path.write_bytes(content[: len(content) - number * len(content) // 4])
    assert kept_shortfalls(named, other) == each


def test_a_render_warns_of_it_and_a_strict_one_refuses(tmp_path: Path, cache: Path) -> None:
    (tmp_path / "sfx" / "p").mkdir(parents=True)
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "s.yaml").write_text(SCRIPT, "utf-8")
    pack = "pack: p\ntitle: P\nlicence: CC0-1.0\nsounds:\n  torn: {kind: hit, files: [cut.wav]}\n"
    (tmp_path / "sfx" / "p" / "pack.yaml").write_text(pack, "utf-8")
    content = sounds.whole("pcm16.wav")
    (tmp_path / "sfx" / "p" / "cut.wav").write_bytes(content[: len(content) // 2])
    what = "'cut.wav' is cut off: its header says that it lasts 1.50 s, and 0.75 s of it are there"
    strict = render("episode", "script/s.yaml", "--strict", cwd=tmp_path, cache=cache)
    assert (strict.code, strict.out) == (1, "")
    assert strict.err == f"sfx/p/pack.yaml:5:29: {what}\n"
    done = render("episode", "script/s.yaml", cwd=tmp_path, cache=cache)
    assert (done.code, done.err) == (0, "")
    assert f"warning    sfx/p/pack.yaml:5:29: {what}" in done.out.splitlines()
