"""`render diff`, on real renders of three lines: what changed is said once, and what was carried along is not."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from producer.diff import report
from tests.face_helpers import ROOT, Shell, cache, shell

__all__ = ["cache", "shell"]

EVIL = '</script><img src=x onerror="window.hurt=1"> "quay" {{ 7*7 }}'
BASE = f"""\
title: {json.dumps(EVIL)}
packs: [ruins]
cast:
  narrator: {{voice: en-gb}}
  mara: {{voice: en-us+f3}}
scenes:
  - title: Quay
    play:
      - bed: wind_through_ruins
      - narrator: Nobody had lit the lamp.
      - mara: Then who [knock] knocked at the door?
      - sound: door_slam
      - narrator: She went down alone.
      - mara: Nobody came.
      - narrator: And that was all.
credits: no
"""
ORDER = """\
      - narrator: She went down alone.
      - mara: Nobody came.
"""
EXCHANGE = """\
      - bed: wind_through_ruins level -14 LU, over 1 s
      - narrator: She went down alone.
      - sound: knock every 400 ms, repeat 3
      - hear: muffled over 1 s
      - mara: Nobody came.
      - hear: none at end of line, over 300 ms
"""
EDITS = {
    "edited": ("lit the lamp.", "lit the old lamp for years."),
    "inserted": ("      - mara:", "      - mara: Not once.\n      - mara:"),
    "removed": ("      - narrator: She went down alone.\n", ""),
    "pack": ("[ruins]", "[winter]"),
    "louder": ("door_slam", "door_slam level -6 LU"),
    "voice": ("en-us+f3", "en-us+f2"),
    "moved": ("who [knock] knocked", "who knocked [knock]"),
    "pause": ("      - sound:", "      - pause: 2 s\n      - sound:"),
    "reordered": (ORDER, "".join(reversed(ORDER.splitlines(keepends=True)))),
    "respelled": ("title: ", "title: A"),
    "credited": ("credits: no\n", ""),
    "others": ("[ruins]", "[theirs]"),
    "rich": (ORDER, EXCHANGE),
    "roomy": ("scenes:\n", "rooms: {hut: {preset: small room, decay: 0.4 s}}\nscenes:\n"),
    "in a hut": ("title: Quay\n", "title: Quay\n    room: hut\n"),
    "repeat": ("repeat 3", "repeat 4"),
    "every": ("every 400 ms", "every 300 ms"),
    "unmuffled late": ("none at end of line,", "none at end of line + 1 s,"),
    "muffled at once": ("muffled over 1 s", "muffled over 100 ms"),
    "radio": ("muffled", "radio"),
    "slow ride": ("LU, over 1 s", "LU, over 3 s"),
    "ringing": ("decay: 0.4 s", "decay: 1.5 s"),
    "clearer": ("scenes:\n", "speech_margin: {beds: 22 LU}\nscenes:\n"),
    "gusty": ("bed: wind_through_ruins", "bed: wind_through_ruins set gusts 0.95"),
    "remarked": ("title: ", "# nothing that is heard\ntitle: "),
    "slower": ("en-us+f3", "en-us+f3, rate: 150 wpm"),
    "ended": ("was all.\n", "was all.\n      - pause: 1 s\n      - end: wind_through_ruins\n      - pause: 4 s\n"),
    "faded": ("      - pause: 4 s\n", "        fade_out: 4.9 s\n      - pause: 4 s\n"),
    "together": (ORDER, ORDER + "      - both: Come in.\n"),
    "both": ("scenes:\n", "  both: {together: [narrator, mara]}\nscenes:\n"),
    "shouted": ("Come in.", "Go away, all of you!"),
    "softly": ("Come in.\n", "Come in.\n        level: -3 LU\n"),
    "by one": ("both: Come", "mara: Come"),
    "aside": ("en-us+f3", "en-us+f3, pan: left 40"),
    "ended late": ("was all.\n      - pause: 1 s", "was all.\n      - pause: 4 s"),
}
CHEAPLY = ("--format", "wav", "--jobs", "1")
"""What is compared is the plan and the master's figures: as MP3 a render of these would cost a fifth more."""
FIGURES = ("loudness_lufs", "loudness_range_lu", "true_peak_dbtp")
Compare = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diff")
    (folder / "script").mkdir()
    shutil.copytree(ROOT / "sfx", folder / "sfx")
    (folder / "sfx/winter").rename(folder / "sfx/theirs")
    pack = folder / "sfx/theirs/pack.yaml"
    text = pack.read_text("utf-8")
    pack.write_text(text.replace("pack: winter", "pack: theirs").replace("Producer foley", "Somebody else"), "utf-8")
    shutil.copytree(ROOT / "sfx/winter", folder / "sfx/winter")
    return folder


@pytest.fixture(scope="module")
def compared(project: Path, shell: Shell) -> Compare:
    def rendered(name: str, text: str) -> Path:
        name = name.replace("+", "_").replace(" ", "_")
        output = project / "output" / name
        if not output.exists():
            (project / "script" / f"{name}.yaml").write_text(text, "utf-8")
            done = shell("episode", f"script/{name}.yaml", "--quiet", *CHEAPLY, cwd=project)
            assert (done.code, done.err) == (0, "")
        return output

    def text_of(name: str) -> str:
        text = BASE
        for edit in name.split("+"):
            old, new = EDITS.get(edit, ("", ""))
            assert old in text
            text = text.replace(old, new, 1) if old else text
        return text

    def compare(name: str, beside: str = "base") -> dict[str, Any]:
        rendered(beside, text_of(beside))
        rendered(name, text_of(name))
        folders = [f"output/{one}".replace("+", "_").replace(" ", "_") for one in (beside, name)]
        done = shell("diff", *folders, "--json", cwd=project)
        assert (done.code, done.err) == (0, "")
        found: dict[str, Any] = json.loads(done.out)
        return found

    return compare


def said(found: dict[str, Any]) -> list[tuple[str, str, list[str]]]:
    return [(one["state"], one["name"], [each["what"] for each in one["changes"]]) for one in found["items"]]


def test_a_render_against_itself_says_nothing(compared: Compare, project: Path, shell: Shell) -> None:
    found = compared("base")
    assert (found["same"], found["items"], found["whole"]) == (True, [], [])
    done = shell("diff", "output/base", "output/base", cwd=project)
    assert (done.code, done.out, done.err) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("edited", [("changed", "narrator", ["edited"])]),
        ("inserted", [("added", "mara", [])]),
        ("removed", [("removed", "narrator", [])]),
        ("louder", [("changed", "door_slam", ["louder"])]),
        ("voice", [("changed", "mara", ["re-voiced"])] * 2),
        ("moved", [("changed", "knock", ["moved"])]),
        ("pause", [("changed", "door_slam", ["moved"])]),
        ("respelled", []),
        ("reordered", [("changed", "mara", ["moved"])]),
    ],
)
def test_one_change_is_one_entry(compared: Compare, name: str, expected: list[tuple[str, str, list[str]]]) -> None:
    assert said(compared(name)) == expected


RICH = "rich+roomy+in a hut"


@pytest.mark.parametrize(
    ("edit", "what", "old", "new"),
    [
        ("repeat", "strikes", 3, 4),
        ("every", "every", 0.4, 0.3),
        ("slow ride", "over", 1.0, 3.0),
    ],
)
def test_what_strikes_and_what_moves_is_told_by_its_times(
    compared: Compare, edit: str, what: str, old: float, new: float
) -> None:
    (one,) = compared(f"{RICH}+{edit}", RICH)["items"]
    (change,) = one["changes"]
    assert (change["what"], change["from"], change["to"]) == (what, old, new)


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        ("unmuffled late", "hear muffled in “Quay”, 0:04.5 (script/it.yaml:18:9): ends 1.000 s later"),
        ("muffled at once", "hear muffled in “Quay”, 0:04.5 (script/it.yaml:18:9): over: 1 -> 0.1 s"),
        ("radio", "hear in “Quay”, 0:04.5 (script/it.yaml:18:9): muffled -> radio"),
        ("ringing", "room hut: preset small room, decay 0.4 s -> preset small room, decay 1.5 s"),
        ("clearer", "speech margin: beds 15 LU, music 10 LU -> beds 22 LU, music 10 LU"),
    ],
)
def test_what_is_of_a_scene_is_told_with_its_place(compared: Compare, edit: str, says: str) -> None:
    found = compared(f"{RICH}+{edit}", RICH)
    (one,) = [each for each in found["whole"] if each["what"] not in ("length_s", *FIGURES)]
    said = re.sub(r"\d:\d\d\.\d \(script/\w+", "0:04.5 (script/it", report.change(one), count=1)
    assert (said.partition(" (0:")[0] if "later" in said else said, found["same"], found["items"]) == (says, False, [])


@pytest.mark.parametrize(
    ("edit", "expected"),
    [
        ("shouted", [("changed", "narrator and mara", ["edited"])]),
        ("softly", [("changed", "narrator and mara", ["softer"])]),
        ("by one", [("changed", "mara", ["speaker", "re-voiced"])]),
        ("aside", [("changed", "mara", ["pan"])] * 2 + [("changed", "narrator and mara", ["pan of mara"])]),
    ],
)
def test_what_is_said_together_is_one_line(
    compared: Compare, edit: str, expected: list[tuple[str, str, list[str]]]
) -> None:
    found = compared(f"both+together+{edit}", beside="both+together")
    assert said(found) == expected
    if edit == "softly":
        assert (found["items"][0]["changes"][0]["from"], found["items"][0]["changes"][0]["to"]) == (0.0, -3.0)


def test_what_no_timeline_says_is_told_by_the_sound_and_a_remark_is_not(compared: Compare) -> None:
    found = compared("gusty")
    assert "sound" in [one["what"] for one in found["whole"]]
    assert not found["same"]
    assert compared("remarked")["same"]


def test_a_line_said_more_slowly_has_another_pace_and_carries_the_rest_along(compared: Compare) -> None:
    found = compared(f"{RICH}+slower", RICH)
    assert said(found) == [("changed", "mara", ["pace"])] * 2
    (change,) = found["items"][0]["changes"]
    assert change["by_s"] == pytest.approx(change["to"] - change["from"], abs=0.0011)
    assert [one["what"] for one in found["whole"] if one["what"] not in FIGURES] == ["length_s"]


def test_a_bed_ends_later_beside_what_is_before_its_end(compared: Compare) -> None:
    for beside in ("ended", "ended+credited", "ended+faded+credited"):  # well within its scene, at its end, and beyond
        (one,) = compared(f"{beside}+ended late", beside)["items"]
        (change,) = one["changes"]
        assert (change["what"], change["by_s"]) == ("ends", 3.0)


def test_a_pack_swap_is_sounds_and_no_lines(compared: Compare) -> None:
    found = compared("pack")
    assert said(found) == [("changed", name, ["re-sounded"]) for name in ("wind_through_ruins", "knock", "door_slam")]
    packs = [(one["changes"][0]["from"]["pack"], one["changes"][0]["to"]["pack"]) for one in found["items"]]
    assert packs == [("ruins", "winter")] * 3


def test_made_credits_are_said_of_the_whole_and_are_no_lines(compared: Compare) -> None:
    begun = compared("credited")
    assert said(begun) == [("changed", "wind_through_ruins", ["ends", "fade_out"])]  # a scene follows it now
    whole = {one["what"]: one for one in begun["whole"]}
    assert "scene" not in whole
    assert whole["credits"]["from"] is None
    assert "Producer foley" in whole["credits"]["to"]
    swapped = compared("credited+others", "credited")
    assert {name for _, name, _ in said(swapped)} == {"wind_through_ruins", "knock", "door_slam"}
    assert swapped["counts"]["lines_changed"] == 0
    (credits,) = [one for one in swapped["whole"] if one["what"] == "credits"]
    assert ("Producer foley" in credits["from"], "Somebody else" in credits["to"]) == (True, True)


def test_amounts_are_those_of_the_script(compared: Compare) -> None:
    (louder,) = compared("louder")["items"][0]["changes"]
    assert louder["by_lu"] == pytest.approx(louder["to"] - louder["from"])
    assert louder["to"] == -6.0
    (moved,) = compared("pause")["items"][0]["changes"]
    assert moved["by_s"] == pytest.approx(2.0, abs=0.02)
    whole = {one["what"]: one for one in compared("pause")["whole"]}
    assert whole["length_s"]["by_s"] == pytest.approx(2.0, abs=0.02)
    assert "title" in {one["what"] for one in compared("respelled")["whole"]}


def test_what_was_said_stands_in_quotation_marks() -> None:
    assert report.change({"what": "edited", "from": "Stop!", "to": "No. Stop!"}) == "edited: “Stop!” -> “No. Stop!”"


def test_what_is_no_render_is_one_message(compared: Compare, project: Path, shell: Shell) -> None:
    compared("base")
    done = shell("diff", "output/base", "script", cwd=project)
    assert done.code == 1
    assert done.err == "script holds no timeline.json, so it is no output folder of render episode\n"
    broken = project / "broken"
    broken.mkdir()
    for text, says in (("{", "is no JSON"), ('{"version": 2}', "version 2"), ('{"version": 1}', "no render's")):
        (broken / "timeline.json").write_text(text, "utf-8")
        done = shell("diff", "broken", "output/base", cwd=project)
        assert (done.code, done.err.count("\n")) == (1, 1)
        assert says in done.err


def test_the_page_names_two_sounds_and_nothing_else(compared: Compare, project: Path, shell: Shell) -> None:
    compared("moved")
    done = shell("diff", "output/base", "output/moved", "--page", "output/page.html", "--quiet", cwd=project)
    assert (done.code, done.out, done.err) == (0, "", "")
    page = (project / "output" / "page.html").read_text("utf-8")
    assert re.findall(r'src="([^"]*)"', page) == ["./base/base.wav", "./moved/moved.wav"]
    assert page.count("</script>") == 1 and "<img" not in page and "{{ 7*7 }}" in page
    assert "http" not in page.replace("http-equiv", "")
