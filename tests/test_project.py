"""Which script is meant, which folder is its project, what its outputs and packs are called."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from producer.deliver.listed import listed
from producer.errors import RenderError
from producer.project import Project, file_name, find, shipped

SCRIPT = "title: x\n"


def tree(root: Path, *paths: str) -> Path:
    """Files (or, with a slash at the end, folders) under `root`."""
    for path in paths:
        if path.endswith("/"):
            (root / path).mkdir(parents=True, exist_ok=True)
        else:
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(SCRIPT, "utf-8")
    return root


# ---- which script


@pytest.mark.parametrize("here", ["", "sfx/mine", "script", "output/lamp"])
def test_the_only_script_is_found_from_anywhere_in_the_project(
    tmp_path: Path, here: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tree(tmp_path, "script/lamp.yaml", "script/notes.txt", "script/schema.json", "sfx/mine/", "output/lamp/")
    monkeypatch.chdir(tmp_path / here)
    project, why = find(None, tmp_path / here)
    assert why == "script/lamp.yaml (the only script)"
    assert (project.root, project.slug, project.script_name) == (tmp_path, "lamp", "script/lamp.yaml")
    assert not project.script.is_absolute()
    assert (tmp_path / here / project.script).resolve() == (tmp_path / "script" / "lamp.yaml").resolve()


@pytest.mark.parametrize("name", ["lamp.yaml", "lamp.yml", "Lamp.YAML"])
def test_a_script_may_end_in_either_way(tmp_path: Path, name: str) -> None:
    tree(tmp_path, f"script/{name}", "script/._lamp.yaml", "script/folder.yaml/")
    assert find(None, tmp_path)[1] == f"script/{name} (the only script)"


def test_of_several_pyproject_says_which(tmp_path: Path) -> None:
    tree(tmp_path, "script/a.yaml", "script/b.yaml", "elsewhere/c.yaml")
    with pytest.raises(RenderError, match=r"^there are several scripts: a\.yaml, b\.yaml; name one, or set it in"):
        find(None, tmp_path)
    for named in ("script/b.yaml", "elsewhere/c.yaml", str(tmp_path / "script" / "a.yaml")):
        (tmp_path / "pyproject.toml").write_text(f"[tool.producer]\nscript = '{named}'\n", "utf-8")
        project, why = find(None, tmp_path)
        assert why == f"{named} (pyproject.toml names it)"
        assert (tmp_path / project.script).resolve() == (tmp_path / named).resolve()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        (
            "[tool.producer]\nscript = 'script/none.yaml'",
            r"pyproject\.toml: \[tool\.producer\] script: there is no file",
        ),
        ("[tool.producer]\nscript = 5", "there is no file 5"),
        ("[tool.producer]\nscript = ''", "there is no file "),
        ("[tool.producer", r"pyproject\.toml: "),
        ("\xff", r"pyproject\.toml: "),
    ],
)
def test_a_pyproject_that_does_not_help_is_told(tmp_path: Path, settings: str, message: str) -> None:
    tree(tmp_path, "script/a.yaml")
    (tmp_path / "pyproject.toml").write_bytes(settings.encode("latin-1"))
    with pytest.raises(RenderError, match=message):
        find(None, tmp_path)


@pytest.mark.parametrize("settings", ["", "tool = 3", "[tool]\nproducer = 'x'", "[tool.ruff]\nline-length = 100"])
def test_a_pyproject_that_says_nothing_is_no_hindrance(tmp_path: Path, settings: str) -> None:
    tree(tmp_path, "script/a.yaml")
    (tmp_path / "pyproject.toml").write_text(settings, "utf-8")
    assert find(None, tmp_path)[1] == "script/a.yaml (the only script)"


def test_a_project_without_a_script_and_no_project_at_all(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match="there is no folder 'script' here or above"):
        find(None, tmp_path)
    tree(tmp_path, "script/")
    with pytest.raises(RenderError, match=r"^there is no script in .*script; start one with: render new NAME$"):
        find(None, tmp_path)


def test_what_is_no_script_is_told_with_what_would_be(tmp_path: Path) -> None:
    tree(tmp_path, "script/lamp.yaml", "empty/", "play/script/one.yaml")
    for path, message in {
        "script/lamb.yaml": r"there is no such file; did you mean 'lamp\.yaml'\?$",
        "nowhere/lamp.yaml": "there is no such file$",
        "script": r"is a folder; name the script in it: .*lamp\.yaml$",
        "play": r"is a folder; name the script in it: .*one\.yaml$",
        "empty": "is a folder; name the script in it$",
    }.items():
        with pytest.raises(RenderError, match=message):
            find(tmp_path / path, tmp_path)


# ---- which project


@pytest.mark.parametrize(
    ("script", "root"),
    [
        ("p/script/lamp.yaml", "p"),
        ("p/script/season_1/lamp.yaml", "p"),
        ("p/drafts/lamp.yaml", "p"),  # p holds script/
        ("q/lamp.yaml", "q"),  # q holds sfx/
        ("lone/lamp.yaml", "lone"),
    ],
)
def test_the_project_is_the_folder_around_the_script(tmp_path: Path, script: str, root: str) -> None:
    tree(tmp_path, "p/script/", "q/sfx/", script)
    project, why = find(tmp_path / script, tmp_path)
    assert (project.root, why) == ((tmp_path / root).resolve(), "")
    assert project.script_name == PurePosixPath(script).relative_to(root).as_posix()
    assert project.output == project.root / "output" / "lamp"


def test_the_projects_own_packs_come_before_those_that_ship(tmp_path: Path) -> None:
    tree(tmp_path, "script/lamp.yaml")
    project, _ = find(None, tmp_path)
    assert project.pack_roots == (shipped("sfx"),)
    tree(tmp_path, "sfx/mine/")
    assert project.pack_roots == (tmp_path / "sfx", shipped("sfx"))
    assert (shipped("sfx") / "ruins" / "pack.yaml").is_file()


def test_an_output_of_another_script_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    tree(tmp_path, "script/a b.yaml", "script/a_b.yaml", "output/a_b/")
    one, other = (find(tmp_path / "script" / name, tmp_path)[0] for name in ("a b.yaml", "a_b.yaml"))
    assert one.own_output() == other.own_output() == tmp_path / "output" / "a_b"
    made = {"version": 1, "rate_hz": 48000, "duration": 1, "script": {"file": one.script_name, "sha256": "0"}}
    (one.output / "timeline.json").write_text(listed({**made, "scenes": []}), "utf-8")
    assert one.own_output("booth") == one.output / "booth"
    with pytest.raises(RenderError, match=r"a_b is what was made of script/a b\.yaml, .* rename one of the two"):
        other.own_output()
    one.script.unlink()  # it was renamed
    assert other.own_output() == other.output
    for name in ("/etc/passwd", "../x.yaml", "\0", ""):
        (one.output / "timeline.json").write_text(listed({**made, "script": {"file": name}}), "utf-8")
        assert other.own_output() == other.output


# ---- names


@pytest.mark.parametrize(
    ("stem", "slug"),
    [
        ("the_last_lamp", "the_last_lamp"),
        ("The Last Lamp", "The_Last_Lamp"),
        ("a: b?", "a_b"),
        ("v1.2-draft", "v1.2-draft"),
        ("..", "episode"),
        ("-rf", "rf"),
        ("Straße 9", "Straße_9"),
        ("हिन्दी", "हिन्दी"),
        (unicodedata.normalize("NFD", "Café"), "Café"),
        ("🎧", "episode"),
    ],
)
def test_an_output_is_called_like_its_script(tmp_path: Path, stem: str, slug: str) -> None:
    assert Project(tmp_path / f"{stem}.yaml", tmp_path).slug == slug


@given(st.text(max_size=40))
def test_a_file_name_holds_nothing_that_a_system_minds(written: str) -> None:
    name = file_name(written)
    assert name
    assert not set(name) & set("/\\:*?\"<>|\0\n\t $`'&;()[]{}!#~%")
    assert name[0] not in ".-" and name[-1] not in ". "
    assert file_name(name) == name
    assert unicodedata.normalize("NFC", name) == name
