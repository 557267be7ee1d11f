"""The flagship in Spanish, whole: the same sounds on the same marks, the same margins, the same loudness."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from producer import project, render
from producer.cache import Cache
from producer.model.script import Cue, Script
from producer.model.timeline import Clip
from tests.face_helpers import cache
from tests.test_flagship import FOLDER, SCRIPT, TEN_MS, heard_alone, marked_words, onset_of, words_hung_on

__all__ = ["cache"]

EDITION = FOLDER / "script" / "flagship_es.yaml"


def script_of(file: Path, cache: Cache) -> Script:
    return render.read_script(project.find(file, FOLDER)[0], (), cache)[0]


def mix_of(cue: Cue) -> tuple[object, ...]:
    """What a cue asks of the mix, and what chance goes by."""
    return (cue.id, cue.key, cue.role, cue.level_lu, cue.path, cue.room, cue.treat, cue.every, cue.repeat, cue.settings)


def test_only_the_words_and_the_voice_are_the_editions_own(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        english, spanish = script_of(SCRIPT, cache), script_of(EDITION, cache)
    assert spanish.untranslated == ()
    assert (spanish.language, spanish.edition_of.rpartition("/")[2]) == ("es", "flagship.yaml")
    assert [mix_of(cue) for cue in spanish.cues] == [mix_of(cue) for cue in english.cues]
    assert [(bed.id, bed.key, bed.level_lu, bed.at) for bed in spanish.beds] == [
        (bed.id, bed.key, bed.level_lu, bed.at) for bed in english.beds
    ]
    assert (spanish.packs, spanish.rooms, spanish.profile) == (english.packs, english.rooms, english.profile)
    for theirs, ours in zip(english.lines, spanish.lines, strict=True):
        assert ours.id == theirs.id
        assert ours.text != theirs.text
        assert {mark.name for mark in ours.marks} == {mark.name for mark in theirs.marks}
        assert {use.voice for use in ours.voices} == {"es"}
        assert ours.place.file.endswith("flagship_es.yaml")
    assert not {scene.title for scene in spanish.scenes if scene.title} & {scene.title for scene in english.scenes}


def test_the_edition_is_heard_on_its_marks_with_the_same_margins_and_loudness(tmp_path: Path, cache: Path) -> None:
    """One whole render: 35 s of processor time."""
    order = render.Order(project=project.find(EDITION, FOLDER)[0], output=tmp_path / "out", jobs=2)
    with Cache(cache) as kept:
        report = render.episode(order, kept, render.NoWatch())
        placed = render.plan(order, kept, render.NoWatch())
    assert report.measured.integrated_lufs == pytest.approx(-16, abs=0.5)
    assert report.measured.true_peak_dbtp <= -1.0
    assert {scene.margin for scene in placed.timeline.scenes} == {placed.script.scenes[0].speech_margin}
    assert [one.clip for one in report.margins if not one.kept] == []
    assert len(report.margins) == len(placed.script.lines)
    rate = placed.timeline.rate_hz
    found = list(words_hung_on(placed))
    assert len(found) >= 8
    assert {clip.id: clip.hit - word for clip, word in found if clip.hit != word} == {}
    assert late(placed, found, rate) == {}
    clips = {clip.id: clip for clip in placed.timeline.clips}
    line, token = marked_words(placed.script)["lit"]
    assert clips["beat_15_hum"].span.start == clips[line.id].words[token].start  # a bed comes in as its eyes come on
    document = json.loads((tmp_path / "out" / "timeline.json").read_text("utf-8"))
    assert document["script"]["file"] == "script/flagship_es.yaml"
    files = {clip["kind"]: clip["at"].get("file") for clip in document["clips"] if clip["kind"] in ("speech", "bed")}
    assert files == {"speech": None, "bed": "script/flagship.yaml"}


def late(placed: render.Placed, found: list[tuple[Clip, int]], rate: int) -> dict[str, float]:
    """Every sound whose onset, measured on its own samples, is not within 10 ms of its word: by how many seconds."""
    off = {}
    for clip, word in found:
        audio, start = heard_alone(placed, clip)
        off[clip.id] = (start + onset_of(audio, rate) - word) / rate
    return {name: by for name, by in off.items() if abs(by) > TEN_MS}
