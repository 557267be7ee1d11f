"""Names of files that lead elsewhere, wherever a script or a pack may name one: each is a message at its place."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from producer.deliver.files import Staging
from producer.errors import RenderError
from tests.face_helpers import ROOT, Shell, cache, files, shell

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


LINKED = {
    "sheets": ("output", ("takes", "booth"), "output is a link that leaves the project; name the folder with -o"),
    "takes": ("takes", ("takes", "import", "in"), "takes is a link that leaves the project; put a folder in its place"),
    "takes of it": ("takes/s", ("takes", "import", "in"), "takes/s is a link that leaves the project"),
    "season": ("output", ("season", "."), "output is a link that leaves the project; name the folder with -o"),
    "season of it": ("output/s", ("season", "."), "output/s is a link that leaves output; put a folder in its place"),
    "preview": ("output/s/preview", ("episode", "--draft"), "output/s/preview is a link that leaves the project"),
    "new pack": ("sfx", ("pack", "new", "mine"), "sfx is a link that leaves the project"),
    "installed pack": ("sfx", ("pack", "install", "p.zip"), "sfx is a link that leaves the project; name the folder"),
    "audition": ("output", ("pack", "audition", "--recipes", "knock"), "output is a link that leaves the project"),
    "draft": ("script", ("draft", "story.txt"), "script is a link that leaves the project; name the file with -o"),
}


@pytest.mark.parametrize("name", LINKED)
def test_nothing_is_written_where_a_link_leads_out_of_the_project(name: str, tmp_path: Path, shell: Shell) -> None:
    link, arguments, message = LINKED[name]
    inside, outside = tmp_path / "show", tmp_path / "elsewhere"
    project(inside)
    (inside / "in").mkdir()
    (inside / "in" / "ada.wav").touch()
    (inside / "story.txt").write_text("Once upon a time.", "utf-8")
    with zipfile.ZipFile(inside / "p.zip", "w") as zipped:
        zipped.writestr("q/pack.yaml", PACK.format(made="{kind: hit, foley: knock}").replace("pack: p", "pack: q"))
    there = inside / link
    if there.is_dir():
        shutil.rmtree(there) if link != "script" else there.rename(outside)
    there.parent.mkdir(parents=True, exist_ok=True)
    outside.mkdir(exist_ok=True)
    there.symlink_to(outside)
    before = sorted(outside.rglob("*"))
    done = shell(*arguments, cwd=inside)
    assert (done.code, sorted(outside.rglob("*"))) == (1, before), done
    assert message in done.err.replace(f"{inside}/", ""), done.err


def test_what_a_link_in_an_output_folder_leads_to_is_neither_replaced_nor_cleared(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    mine = tmp_path / "elsewhere" / "mine.wav"
    mine.write_bytes(b"mine")
    output = tmp_path / "output"
    output.mkdir()
    (output / "stems").symlink_to(tmp_path / "elsewhere")
    with Staging(output) as staging:
        staging.text("timeline.json", "{}")
        staging.publish(stale=["stems/**/*.wav"])
    assert mine.read_bytes() == b"mine"
    with Staging(output) as staging, pytest.raises(RenderError, match="stems is a link that leaves"):
        staging.text("stems/mine.wav", "ours")
        staging.publish()
    assert files(tmp_path / "elsewhere") == {"mine.wav": b"mine"}
