"""Names of files that lead elsewhere, wherever a script or a pack may name one: each is a message at its place."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.face_helpers import ROOT, Shell, cache, shell

__all__ = ["cache", "shell"]

NAMES = {
    "above": "../../outside.wav",
    "above, hidden": "a/../../outside.wav",
    "from the root": "/etc/passwd",
    "from home": "~/outside.wav",
    "a file address": "file:///etc/passwd",
    "an address": "http://127.0.0.1:9/outside.wav",
    "escaped": "%2e%2e/outside.wav",
    "a device": "/dev/zero",
    "another device": "/dev/stdin.wav",
    "Windows' device": "NUL.wav",
    "Windows' drive": "C:\\outside.wav",
    "Windows' share": "\\\\host\\outside.wav",
    "too long": "a" * 300 + ".wav",
    "an option": "-i.wav",
    "a long option": "--version",
    "two files in one": "concat:/etc/passwd|/etc/hostname",
    "a part of a file": "subfile,,start,0,end,9,,:/etc/passwd",
    "a NUL": '"a\\0.wav"',
    "a folder": "folder.wav",
    "a link": "link.wav",
    "a loop of links": "loop.wav",
}
SCRIPT = "title: T\n{top}packs: [p]\ncast: {{ada: {{voice: en-gb}}}}\nscenes:\n  - title: One\n    play:\n"
SCRIPT += "      - ada: Hello there.\n{item}      - sound: one\n"
PACK = "pack: p\ntitle: P\nlicence: CC0-1.0\nsounds:\n  one: {made}\n"


def project(folder: Path, top: str = "", item: str = "", made: str = "{kind: hit, foley: knock}") -> Path:
    for part in ("script", "sfx/p", "takes/s"):
        (folder / part).mkdir(parents=True)
        (folder / part / "folder.wav").mkdir()
        (folder / part / "link.wav").symlink_to("/etc/hostname")
        (folder / part / "loop.wav").symlink_to("loop.wav")
    for name in ("link.wav", "loop.wav"):
        (folder / name).symlink_to("/etc/hostname" if name == "link.wav" else name)
    for name in ("link.wav", "loop.wav"):
        (folder / "takes" / "s" / name).unlink()  # they would be refused there by themselves
    (folder / "script" / "s.yaml").write_text(SCRIPT.format(top=top, item=item), "utf-8")
    (folder / "sfx" / "p" / "pack.yaml").write_text(PACK.format(made=made), "utf-8")
    return folder


@pytest.mark.parametrize("name", NAMES)
def test_what_leads_elsewhere_is_refused_at_its_place(name: str, tmp_path: Path, shell: Shell) -> None:
    written = NAMES[name] if NAMES[name].startswith('"') else f"'{NAMES[name]}'"
    cases = {
        "files": (project(tmp_path / "files", made=f"{{kind: hit, files: [{written}]}}"), "sfx/p/pack.yaml:5:28: "),
        "take": (project(tmp_path / "take", item=f"        take: {written}\n"), "script/s.yaml:"),
        "room": (project(tmp_path / "room", top=f"rooms: {{hall: {{impulse: {written}}}}}\n"), "script/s.yaml:2:"),
        "cover": (project(tmp_path / "cover", top=f"cover: {written}\n"), "script/s.yaml:2:"),
        "series": (project(tmp_path / "series", top=f"series: {written}\n"), "script/s.yaml:2:"),
    }
    for what, (folder, place) in cases.items():
        before = sorted(tmp_path.rglob("*"))
        done = shell("check", "script/s.yaml", cwd=folder)
        assert (done.code, done.out) == (1, ""), (what, done)
        assert all(line.startswith(place) for line in done.err.splitlines()), (what, done.err)
        assert "root:" not in done.err, "what another file holds is shown"
        assert sorted(tmp_path.rglob("*")) == before


def test_no_module_of_the_folder_one_is_in_is_run(tmp_path: Path, cache: Path) -> None:
    """Hands, voices' workers and those who read the scripts of a season are processes of their own."""
    spoiled = "import pathlib\npathlib.Path('run').touch()\nraise SystemExit('run')\n"
    for name in ("numpy", "json", "producer", "multiprocessing", "scipy", "soundfile", "pyttsx3"):
        (tmp_path / f"{name}.py").write_text(spoiled, "utf-8")
    (tmp_path / "script").mkdir()
    padding = "# a comment, so that hands are called at once\n" * 200
    for number in range(10):
        head = f"title: T {number}\ncredits: no\ncast: {{ada: {{voice: en-gb}}}}\n"
        text = f"{head}scenes:\n  - play:\n      - ada: Hello.\n{padding}"
        (tmp_path / "script" / f"s{number}.yaml").write_text(text, "utf-8")
    command = [sys.executable, "-P", "-c", "from producer.cli import main; main()"]
    env = {**os.environ, "PYTHONPATH": str(ROOT), "PRODUCER_CACHE": str(cache)}
    for asked in (["episode", "script/s0.yaml", "--jobs", "2"], ["season", ".", "--jobs", "2"]):
        words = [*command, *asked, "--quiet"]
        done = subprocess.run(words, cwd=tmp_path, env=env, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert not (tmp_path / "run").exists()
    assert (tmp_path / "output" / "season.html").is_file()
