"""`manifest.json` and `render verify`: what was delivered is what was rendered, or it is said which file is not."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import mutagen
import pytest
from mutagen.flac import FLAC
from mutagen.id3 import ID3
from PIL import Image

from producer import render
from producer.bounds import BOUNDS
from producer.cache import Cache
from producer.deliver import manifest
from producer.deliver.stated import stated
from producer.errors import RenderError, ScriptError
from producer.model.sound import Origin
from producer.production import NoWatch, Order
from producer.project import Project
from producer.verifying import Verified, read_manifest, verify
from tests.deliver_helpers import script_of, speech, timeline_of
from tests.face_helpers import Shell, cache, files, shell
from tests.test_cli import project

__all__ = ["cache", "shell"]

SCRIPT = """\
title: Two boards
packs: [mine, ruins]
cast:
  ada: {name: Ada, voice: en-us+f3}
  ben: {name: "Ben “the knock”", voice: en-gb}
scenes:
  - title: Below
    play:
      - ada: Who is down there? [thud]
      - ben: Nobody.
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> Path:
    """The project of an episode with stems and a session; nobody changes it."""
    folder = project(tmp_path_factory.mktemp("made"), SCRIPT, "two.yaml")
    done = shell("episode", "--stems", "--session", "labels", cwd=folder)
    assert (done.code, done.err) == (0, "")
    return folder


class Meddler(NoWatch):
    """Somebody who saves a file while an episode is made of it."""

    def __init__(self, **saving: Callable[[], object]) -> None:
        self.saving = saving

    def stage(self, name: str, total: int) -> None:
        self.saving.get(name, int)()


def test_the_manifest_tells_of_a_pack_as_it_was_read_and_a_cover_that_is_saved_anew_is_told(
    tmp_path: Path, cache: Path
) -> None:
    folder = project(tmp_path, SCRIPT.replace("packs:", "cover: art.png\npacks:"), "two.yaml")
    art, described = folder / "art.png", folder / "sfx" / "mine" / "pack.yaml"
    Image.new("RGB", (32, 32)).save(art)
    read = described.read_bytes()
    order = Order(project=Project(folder / "script" / "two.yaml", folder), output=folder / "out", stems="buses")
    with Cache(cache) as kept:
        render.episode(order, kept, Meddler(timeline=lambda: described.write_bytes(read + b"# more\n")))
        said = json.loads((folder / "out" / "manifest.json").read_text("utf-8"))
        pack = next(one for one in said["inputs"] if one["kind"] == "pack" and one["pack"] == "mine")
        assert (pack["sha256"], pack["bytes"]) == (hashlib.sha256(read).hexdigest(), len(read))
        before = files(folder / "out")
        with pytest.raises(
            ScriptError, match=r"two\.yaml:2:8: cover: art\.png was changed meanwhile; render once more"
        ):
            render.episode(order, kept, Meddler(stems=lambda: Image.new("RGB", (48, 48)).save(art)))
        assert files(folder / "out") == before


@pytest.fixture
def out(made: Path, tmp_path: Path) -> Path:
    """A copy of its output folder, to be damaged."""
    return Path(shutil.copytree(made / "output" / "two", tmp_path / "two"))


def said(found: Verified) -> dict[str, str]:
    return {one.file: one.what for one in found.findings}


def sha256(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def rewritten(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """The manifest changed by someone who knows how it is written: its own digests are right again."""
    document = json.loads((folder / "manifest.json").read_text("utf-8"))
    change(document)
    document["made_from"] = manifest.digest(document)
    document["sha256"] = manifest.own_digest(document)
    (folder / "manifest.json").write_text(manifest.listed(document), "utf-8")


# ---- what it holds


def test_the_manifest_names_every_other_file_with_its_digest_and_size(made: Path) -> None:
    there = files(made / "output" / "two")
    document = json.loads(there.pop("manifest.json"))
    assert {one["file"]: (one["sha256"], one["bytes"]) for one in document["outputs"]} == {
        name: (sha256(raw), len(raw)) for name, raw in there.items()
    }
    assert {"two.mp3", "stems/speech.wav", "session/two.cues.csv"} <= there.keys()


def test_it_names_what_the_episode_is_made_of_and_nothing_that_is_not_heard(made: Path) -> None:
    document = json.loads((made / "output" / "two" / "manifest.json").read_text("utf-8"))
    inputs = {(one["kind"], one.get("pack", ""), one["file"]): one for one in document["inputs"]}
    (heard,) = (file for kind, _, file in inputs if kind == "sound")  # one member of the pool; the others are not heard
    assert set(inputs) == {("script", "", "script/two.yaml"), ("pack", "mine", "pack.yaml"), ("sound", "mine", heard)}
    for (_, pack, name), one in inputs.items():
        raw = (made / ("sfx/" + pack if pack else "") / name).read_bytes()
        assert (one["sha256"], one["bytes"]) == (sha256(raw), len(raw))
    ada, ben = document["voices"]
    assert (ada["name"], ada["kind"], ada["voice"], ada["engine"]) == ("Ada", "tts", "pyttsx3:en-us+f3", "espeak-ng")
    assert "pyttsx3 " in ben["version"] and ben["lines"] == 1
    (thud,) = document["sounds"]
    assert (thud["author"], thud["spdx"], thud["pack"]) == ("Tests", "CC0-1.0", "mine 1.0.0")
    assert document["settings"]["packs"] == ["mine", "ruins"] and document["settings"]["profile"] == "podcast"
    assert document["asked"] == {
        "mixes": ["standard"],
        "formats": ["mp3"],
        "stems": "buses",
        "session": ["labels"],
    }
    assert {"producer", "ffmpeg", "lame", "lameenc", "numpy", "scipy", "pyttsx3", "mutagen"} <= document[
        "versions"
    ].keys()


def test_the_audio_file_says_itself_what_it_is_made_of_and_whose_voices_are_synthetic(made: Path) -> None:
    (field,) = ID3(made / "output" / "two" / "two.mp3").getall("TXXX:PROVENANCE")
    told = json.loads(str(field))
    document = json.loads((made / "output" / "two" / "manifest.json").read_text("utf-8"))
    part = {name: document[name] for name in ("inputs", "voices", "sounds", "settings", "versions")}
    plain = json.dumps(part, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert told["made_from"] == "sha256:" + sha256(plain.encode()) == f"sha256:{document['made_from']}"
    assert told["synthetic_voices"] == ["Ada (pyttsx3:en-us+f3)", "Ben “the knock” (pyttsx3:en-gb)"]
    assert told["digital_source"].endswith("/compositeWithTrainedAlgorithmicMedia")  # the thud was recorded


def test_stems_and_mixes_beside_it_change_nothing_in_the_episode(made: Path, tmp_path: Path, shell: Shell) -> None:
    done = shell("episode", "--mix", "narration_only", "-o", tmp_path / "two", cwd=made)
    assert (done.code, done.err) == (0, "")
    assert (tmp_path / "two" / "two.mp3").read_bytes() == (made / "output" / "two" / "two.mp3").read_bytes()
    assert not verify(tmp_path / "two").findings


def test_a_flac_says_it_too(made: Path, tmp_path: Path, shell: Shell) -> None:
    assert shell("episode", "--profile", "archive", "-o", tmp_path / "a", cwd=made).code == 0
    found = verify(tmp_path / "a" / "two.flac")
    assert not found.findings and found.statement is not None
    (field,) = FLAC(tmp_path / "a" / "two.flac")["PROVENANCE"]
    assert json.loads(field)["made_from"] == found.statement.made_from


def origin(**more: Any) -> Origin:
    return Origin(pack="p", version="1", title="a", author="b", licence="CC0-1.0", **more)


@pytest.mark.parametrize(
    ("source", "origins", "kind"),
    [
        ({"voice": "pyttsx3:en-gb"}, (), "trainedAlgorithmicMedia"),
        ({"voice": "pyttsx3:en-gb"}, (origin(foley="wind"),), "trainedAlgorithmicMedia"),
        ({"voice": "pyttsx3:en-gb"}, (origin(file="a.wav"),), "compositeWithTrainedAlgorithmicMedia"),
        ({"take": "takes/x/a.wav", "sha256": "0"}, (origin(foley="wind"),), "humanEdits"),
        (None, (origin(foley="wind"),), "algorithmicMedia"),
        (None, (origin(file="a.wav"), origin(foley="wind")), "humanEdits"),
    ],
)
def test_what_kind_of_programme_it_is(source: dict[str, str] | None, origins: tuple[Origin, ...], kind: str) -> None:
    from dataclasses import replace

    clips = () if source is None else (replace(speech("line-1", "keeper", [("Hello", 0, 1)]), source=source),)
    script, timeline = script_of(), timeline_of(4, clips, (("One", 0), ("Two", 2)))
    of = manifest.MadeOf(
        inputs=(),
        voices=manifest.voices(timeline, script, {"pyttsx3:en-gb": {"engine": "espeak-ng"}}),
        sounds=manifest.sounds(origins),
        settings={},
        versions={"producer": "0"},
    )
    assert manifest.digital_source(of).rpartition("/")[2] == kind
    synthetic = source is not None and "voice" in source
    assert json.loads(manifest.statement(of))["synthetic_voices"] == (
        ["The <Keeper> & co (pyttsx3:en-gb)"] if synthetic else []
    )
    if source is not None:
        assert [voice["kind"] for voice in of.voices] == ["tts" if synthetic else "human"]


# ---- what verify says


def test_a_fresh_render_passes_as_a_folder_and_file_by_file(made: Path, shell: Shell) -> None:
    folder = made / "output" / "two"
    done = shell("verify", "output/two", "--inputs", cwd=made)
    count = len(files(folder)) - 1
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith(f"Two boards: {count} files as rendered, made from 3 files, unchanged\n")
    assert "synthetic voices: Ada (pyttsx3:en-us+f3)" in done.out
    for name in files(folder):
        assert not verify(folder / name).findings, name


def test_one_changed_byte_anywhere_is_found_and_its_file_named(out: Path) -> None:
    for name, raw in files(out).items():
        if name == "manifest.json":
            continue
        for at in {0, len(raw) // 2, len(raw) - 1}:
            changed = bytearray(raw)
            changed[at] ^= 1
            (out / name).write_bytes(changed)
            assert said(verify(out)) == {name: "changed"}, (name, at)
            assert said(verify(out / name)) == {name: "changed"}, (name, at)
        (out / name).write_bytes(raw)
    assert not verify(out).findings


def test_a_changed_byte_of_the_manifest_is_found_too(out: Path) -> None:
    raw = (out / "manifest.json").read_bytes()
    for at in range(0, len(raw), 17):
        changed = bytearray(raw)
        changed[at] ^= 1
        (out / "manifest.json").write_bytes(changed)
        try:
            found = verify(out)
        except RenderError as broken:
            assert "manifest.json is no manifest of a render" in str(broken)
        else:
            assert found.findings, raw[max(0, at - 20) : at + 20]
    (out / "manifest.json").write_bytes(raw + b"\n")
    assert said(verify(out)) == {"manifest.json": "changed"}


def test_what_is_missing_and_what_is_of_no_render_is_said(out: Path, shell: Shell) -> None:
    (out / "transcript.srt").unlink()
    (out / "two.night.mp3").write_bytes(b"an older render's")
    (out / "stems" / "old.wav").write_bytes(b"")
    done = shell("verify", "two", cwd=out.parent)
    assert done.code == 1
    assert done.err.splitlines() == [
        "transcript.srt: it is missing",
        "stems/old.wav: the manifest does not know it; it is not of this render",
        "two.night.mp3: the manifest does not know it; it is not of this render",
    ]


def test_what_came_later_or_is_somebodys_own_is_mentioned_and_no_fault(made: Path, out: Path, shell: Shell) -> None:
    later = {".DS_Store", "Thumbs.db", "cover.jpg", "feed-item.xml", "preview/two.mp3", "session/mine.rpp"}
    (out / "preview").mkdir()
    assert shell("takes", "booth", "-o", out / "booth", cwd=made).code == 0
    sheets = {f"booth/{one.name}" for one in (out / "booth").iterdir()}
    for name in later:
        (out / name).write_bytes(b"x")
    done = shell("verify", "two", "--json", cwd=out.parent)
    assert (done.code, done.err) == (0, "")
    document = json.loads(done.out)
    assert document["ok"] and sheets
    assert {note.partition(":")[0] for note in document["notes"]} == later | sheets


def test_a_file_goes_by_what_is_in_it_when_it_was_renamed(out: Path, tmp_path: Path, shell: Shell) -> None:
    away = tmp_path / "away"
    away.mkdir()
    shutil.copy(out / "two.mp3", away / "ep 1.mp3")
    alone = shell("verify", "away/ep 1.mp3", cwd=tmp_path)
    assert alone.code == 1 and "there is no manifest.json beside it" in alone.err
    assert json.loads((out / "manifest.json").read_text("utf-8"))["made_from"] in alone.err
    named = shell("verify", "away/ep 1.mp3", "--manifest", "two/manifest.json", cwd=tmp_path)
    assert (named.code, named.err) == (0, "") and "it is two.mp3 under another name" in named.out
    tags = ID3(away / "ep 1.mp3")
    tags.delall("TXXX:AI-DISCLOSURE")
    tags.save(v2_version=3)
    assert shell("verify", "away/ep 1.mp3", "--manifest", "two/manifest.json", cwd=tmp_path).code == 1


def test_a_manifest_that_was_forged_around_a_file_does_not_fit_what_the_file_says(out: Path) -> None:
    def forged(document: dict[str, Any]) -> None:
        document["voices"][0]["kind"] = "human"

    rewritten(out, forged)
    assert said(verify(out)) == {"two.mp3": "not made of that"}


def test_inputs_that_have_changed_since_are_named(made: Path, tmp_path: Path, shell: Shell) -> None:
    copy = Path(shutil.copytree(made, tmp_path / "made"))
    script = copy / "script" / "two.yaml"
    script.write_bytes(script.read_bytes() + b"# seen again\n")
    (heard,) = (one for one in json.loads((copy / "output/two/manifest.json").read_bytes())["sounds"])
    (copy / "sfx" / "mine" / heard["file"]).unlink()
    done = shell("verify", "output/two", "--inputs", cwd=copy)
    assert done.code == 1
    assert [line.partition(": ")[0] for line in done.err.splitlines()] == ["script/two.yaml", f"mine/{heard['file']}"]
    shutil.move(copy / "sfx" / "mine", tmp_path / "mine")
    assert "the pack 'mine' is not in" in shell("verify", "output/two", "--inputs", cwd=copy).err
    assert not said(verify(made / "output" / "two", root=made)).keys()
    moved = verify(copy / "output" / "two", root=copy, packs=[tmp_path / "mine"])
    assert said(moved) == {"script/two.yaml": "changed", f"mine/{heard['file']}": "missing"}


# ---- manifests that nobody rendered


@pytest.fixture
def trap(tmp_path: Path) -> Iterator[Path]:
    """A file outside that must not be read: whoever does waits for ever."""
    path = tmp_path / "trap"
    os.mkfifo(path)
    yield path


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
@pytest.mark.parametrize(
    "name",
    ["../trap", "stems/../../trap", "/etc/passwd", "C:\\x", "c:x", "~/x", "a\\b", "a\0b", "", "./x", "a//b"],
)
def test_a_name_that_leaves_the_folder_is_refused_and_nothing_is_read(out: Path, trap: Path, name: str) -> None:
    rewritten(out, lambda document: document["outputs"].append({"file": name, "sha256": "0" * 64, "bytes": 0}))
    with pytest.raises(RenderError, match="is no manifest of a render: ") as refused:
        verify(out)
    assert len(str(refused.value)) < 500


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes with names")
def test_links_and_pipes_are_not_followed(out: Path, trap: Path) -> None:
    inside = {"linked.txt", "folder/trap", "pipe"}
    (out / "linked.txt").symlink_to(trap)
    (out / "folder").symlink_to(out.parent, target_is_directory=True)
    os.mkfifo(out / "pipe")
    for name in sorted(inside):
        listed: dict[str, Any] = {"file": name, "sha256": sha256(b""), "bytes": 0}
        rewritten(out, lambda document, listed=listed: document["outputs"].append(listed))  # type: ignore[misc]
    assert said(verify(out)) == {"folder": "unknown", **dict.fromkeys(inside, "changed")}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "no manifest"),
        (b"{}", "no manifest"),
        (b'{"version": 2}', "version"),
        (b'{"version": NaN}', "version"),
        (b" " * (BOUNDS.bytes("document_mib") + 2), "larger than"),
    ],
    ids=["empty", "no text", "deep", "a list", "nothing in it", "newer", "NaN", "huge"],
)
def test_what_is_no_manifest_is_one_message(out: Path, content: bytes, why: str) -> None:
    (out / "manifest.json").write_bytes(content)
    with pytest.raises(RenderError, match=why) as refused:
        read_manifest(out / "manifest.json")
    assert "\n" not in str(refused.value)


def test_a_manifest_with_other_types_or_a_file_twice_is_refused(out: Path) -> None:
    whole = (out / "manifest.json").read_bytes()

    def refused(change: Callable[[dict[str, Any]], object]) -> str:
        (out / "manifest.json").write_bytes(whole)
        rewritten(out, change)
        with pytest.raises(RenderError) as found:
            verify(out)
        return str(found.value)

    assert "outputs.0.bytes" in refused(lambda document: document["outputs"][0].update(bytes="12"))
    assert "outputs.0.bytes" in refused(lambda document: document["outputs"][0].update(bytes=-1))
    assert "outputs.0.sha256" in refused(lambda document: document["outputs"][0].update(sha256="abc"))
    assert "twice" in refused(lambda document: document["outputs"].append(document["outputs"][0]))


def test_no_folder_no_manifest(tmp_path: Path, shell: Shell) -> None:
    assert "there is no file or folder" in shell("verify", "nothing", cwd=tmp_path).err
    (tmp_path / "empty").mkdir()
    done = shell("verify", "empty", cwd=tmp_path)
    assert done.code == 1 and done.err == "there is no manifest.json in empty; render the episode again to have one\n"


def test_audio_that_says_nothing_or_nonsense_says_nothing(tmp_path: Path, made: Path) -> None:
    copy = Path(shutil.copy(made / "output" / "two" / "two.mp3", tmp_path))
    for text in ("[" * 70_000, "{}", '{"made_with": 1}', "no JSON"):
        tags = ID3(copy)
        tags.setall("TXXX:PROVENANCE", [mutagen.id3.TXXX(encoding=3, desc="PROVENANCE", text=text)])
        tags.save(v2_version=3)
        assert stated(copy) is None
    (tmp_path / "none.mp3").write_bytes(b"\0" * 4000)
    assert stated(tmp_path / "none.mp3") is None
