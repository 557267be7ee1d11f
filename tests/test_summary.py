"""What a producer reads when an episode is done, and the same as JSON."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from producer import master, summary
from producer.audio import silence
from producer.audit.cells import Album, look
from producer.audit.programme import Listener
from producer.dsp.loudness import Loudness
from producer.errors import Place
from producer.mix.margin import LineMargin
from producer.model.formats import FORMATS
from producer.model.mixes import MIXES
from producer.model.profile import PROFILES
from producer.model.voice import TakeReport
from producer.page.reading import clock as page_clock
from producer.production import Delivered, Recorded, Report
from producer.season.report import clock as season_clock
from producer.timeline.cue_sheet import cue_sheet
from producer.units import Samples, Span
from producer.witness import Witness
from tests.deliver_helpers import RATE, script_of, speech, timeline_of

LOUD = Loudness(
    integrated_lufs=-16.04,
    range_lu=6.26,
    max_momentary_lufs=-11.0,
    max_short_term_lufs=-13.0,
    true_peak_dbtp=-1.31,
    sample_peak_db=-1.5,
    samples=100 * RATE,
)


def margin(line: str, start: float, **over: float) -> LineMargin:
    span = Span(Samples(round(start * RATE)), Samples(round((start + 1) * RATE)))
    figures = {"over_beds_lu": math.inf, "over_music_lu": math.inf, "asked_beds_lu": 15.0, "asked_music_lu": 10.0}
    figures |= {"reduced_beds_db": 0.0, "reduced_music_db": 0.0, "over_freed_lu": math.inf}
    return LineMargin(line=line, clip=line, span=span, speech_lufs=-23.0, **(figures | over))


def delivered(name: str, file: Path, margins: tuple[LineMargin, ...], measured: Loudness = LOUD) -> Delivered:
    listener = Listener(RATE, 2)
    witness = Witness(timeline_of(1.0, (), (("One", 0.0),)))
    album = Album()
    assert sum(map(len, listener.listen([silence(RATE)]))) == RATE
    album.add(look(silence(RATE), 0, 0, RATE, RATE))
    return Delivered(
        style=MIXES[name],
        kind=FORMATS["mp3"],
        file=file,
        heard=replace(listener.heard(), loudness=measured),
        reference=witness.reference(album.whole(), margins, "podcast", name),
        margins=margins,
        plan=master.Plan(6.0, -1.0),
        rounds=1,
    )


def report(folder: Path, *margins: LineMargin, measured: Loudness = LOUD) -> Report:
    clips = tuple(
        speech(one.line, "keeper", [("Hello", one.span.start / RATE, one.span.end / RATE)]) for one in margins
    )
    return Report(
        script=script_of("The Last Lamp"),
        timeline=timeline_of(99.6, clips, (("One", 0.0), ("Two", 50.0))),
        profile=PROFILES["podcast"],
        mixes=(delivered("standard", folder / "output" / "lamp" / "lamp.mp3", margins, measured),),
        filled={"winter": ("door", "wind"), "ruins": ("gull",)},
        audits=(),
        files=(folder / "output" / "lamp" / "lamp.mp3", folder / "output" / "lamp" / "timeline.json"),
    )


def test_the_facts_are_one_json_object_with_rounded_figures(tmp_path: Path) -> None:
    facts = summary.facts(report(tmp_path, margin("line-1", 3.0, over_beds_lu=16.251)), tmp_path)
    assert json.loads(json.dumps(facts, allow_nan=False)) == {
        "title": "The Last Lamp",
        "profile": "podcast",
        "length_s": 99.6,
        "loudness_lufs": -16.04,
        "loudness_range_lu": 6.26,
        "true_peak_dbtp": -1.31,
        "rounds": 1,
        "packs": {"winter": ["door", "wind"], "ruins": ["gull"]},
        "untranslated": [],
        "changed": [],
        "recorded": {"lines": 2, "takes": [], "strays": []},
        "tightest_margin": {
            "beds": {
                "margin_lu": 16.25,
                "asked_lu": 15.0,
                "line": "line-1",
                "at_s": 3.0,
                "where": "script/test.yaml:1:1",
            }
        },
        "over_freed": None,
        "credits": {"spoken": [], "why_not": ""},
        "mixes": {},
        "formats": [],
        "warnings": [],
        "stems": [],
        "audit": [],
        "findings": [],
        "files": ["output/lamp/lamp.mp3", "output/lamp/timeline.json"],
    }


@pytest.mark.parametrize("length_s", [59.99, 68.62, 69.0])
def test_a_length_is_the_same_on_the_screen_and_on_the_pages(tmp_path: Path, length_s: float) -> None:
    found = summary.facts(report(tmp_path, margin("line-1", 3.0, over_beds_lu=16.0)), tmp_path)
    said = summary.text(found | {"length_s": length_s}).splitlines()[0]
    assert said == f"The Last Lamp: {page_clock(length_s)} for podcast"
    assert season_clock(length_s) == page_clock(length_s)


def test_the_text_names_the_tightest_line(tmp_path: Path) -> None:
    made = report(
        tmp_path,
        margin("line-1", 3.0, over_beds_lu=16.25, over_music_lu=10.5),
        margin("line-2", 59.98, over_beds_lu=15.02),
        # further above its beds than others, but less so than it was asked to be
        margin("line-3", 75.0, over_beds_lu=20.01, asked_beds_lu=20.0),
    )
    assert summary.text(summary.facts(made, tmp_path)).splitlines() == [
        "The Last Lamp: 1:39 for podcast",
        "loudness   -16.0 LUFS, range 6.3 LU",
        "true peak  -1.3 dBTP, on the decoded file",
        "sounds     2 roles from winter, 1 from ruins (gull)",
        "speech     20.0 LU over beds at least (asked 20.0): line-3 at 1:15.0, script/test.yaml:1:1",
        "speech     10.5 LU over music at least (asked 10.0): line-1 at 0:03.0, script/test.yaml:1:1",
        "wrote      output/lamp/lamp.mp3",
        "wrote      output/lamp/timeline.json",
    ]


def test_what_duck_no_frees_is_reported_apart(tmp_path: Path) -> None:
    over, under = (margin(f"line-{n}", start, over_freed_lu=lu) for n, start, lu in ((1, 3.0, 7.8), (2, 9.0, -10.04)))
    made = report(tmp_path, over, under)
    rate = made.timeline.rate_hz
    crowd = replace(made.timeline.clips[0], id="b", kind="bed", name="crowd", duck=False)
    crowd = replace(crowd, span=Span(Samples(0), Samples(5 * rate)))
    pumps = replace(crowd, id="c", name="pumps", span=Span(Samples(0), Samples(20 * rate)))
    wind = replace(pumps, id="d", name="wind", duck=None)
    clips = (*made.timeline.clips, crowd, pumps, wind)
    made = replace(made, timeline=replace(made.timeline, clips=clips))
    facts: dict[str, Any] = summary.facts(made, tmp_path)
    assert facts["over_freed"] == {
        "margin_lu": -10.04,
        "freed": ["pumps"],
        "line": "line-2",
        "at_s": 9.0,
        "where": "script/test.yaml:1:1",
    }
    assert (
        "speech     10.0 LU under what duck: no frees ('pumps'): line-2 at 0:09.0, script/test.yaml:1:1"
        in summary.text(facts).splitlines()
    )
    made = replace(made, mixes=(delivered("standard", made.standard.file, (over,), LOUD),))
    facts = summary.facts(made, tmp_path)
    assert "speech     7.8 LU over what duck: no frees ('crowd', 'pumps'): line-1 at 0:03.0" in summary.text(facts)
    again = replace(made, mixes=(*made.mixes, delivered("clear_speech", tmp_path / "a.mp3", (under,), LOUD)))
    assert "dBTP; speech 10.0 LU under what duck: no frees\n" in summary.text(summary.facts(again, tmp_path))


def test_each_mix_has_its_figures_and_stems_are_one_row(tmp_path: Path) -> None:
    folder = tmp_path / "output" / "lamp"
    line = margin("line-1", 3.0, over_beds_lu=16.25)
    clear = replace(line, over_beds_lu=22.75, asked_beds_lu=21.0)
    alone = replace(line, over_beds_lu=math.inf)
    one = report(tmp_path, line)
    stems = (folder / "stems" / "beds" / "wind.wav", folder / "stems" / "beds.wav")
    made = replace(
        one,
        mixes=(
            *one.mixes,
            delivered("clear_speech", folder / "lamp.clear_speech.mp3", (clear,)),
            delivered("narration_only", folder / "lamp.narration_only.mp3", (alone,), replace(LOUD, range_lu=5.1)),
        ),
        stems=stems,
        files=(*one.files, *stems),
    )
    facts: dict[str, Any] = summary.facts(made, tmp_path)
    assert facts["mixes"]["clear_speech"] == {
        "loudness_lufs": -16.04,
        "loudness_range_lu": 6.26,
        "true_peak_dbtp": -1.31,
        "rounds": 1,
        "tightest_margin": {
            "beds": {
                "margin_lu": 22.75,
                "asked_lu": 21.0,
                "line": "line-1",
                "at_s": 3.0,
                "where": "script/test.yaml:1:1",
            }
        },
        "over_freed": None,
        "file": "output/lamp/lamp.clear_speech.mp3",
    }
    assert facts["stems"] == ["output/lamp/stems/beds/wind.wav", "output/lamp/stems/beds.wav"]
    assert summary.text(facts).splitlines()[5:] == [
        "mix        clear_speech: -16.0 LUFS, range 6.3 LU, true peak -1.3 dBTP; speech 22.8 LU over beds at least",
        "mix        narration_only: -16.0 LUFS, range 5.1 LU, true peak -1.3 dBTP",
        "wrote      output/lamp/lamp.mp3",
        "wrote      output/lamp/timeline.json",
        "wrote      output/lamp/stems/: 2 stems",
    ]


@pytest.mark.parametrize(("at_s", "clock"), [(59.94, "0:59.9"), (59.96, "1:00.0"), (0.04, "0:00.0"), (90.05, "1:30.")])
def test_a_time_never_has_sixty_seconds(tmp_path: Path, at_s: float, clock: str) -> None:
    facts = summary.facts(report(tmp_path, margin("line-1", at_s, over_beds_lu=16.0)), tmp_path)
    assert f"line-1 at {clock}" in summary.text(facts)


def test_silence_has_no_figures_and_no_line_is_tight_over_nothing(tmp_path: Path) -> None:
    nothing = dict.fromkeys(("integrated_lufs", "max_momentary_lufs", "true_peak_dbtp", "sample_peak_db"), -math.inf)
    silent = Loudness(range_lu=0.0, max_short_term_lufs=-math.inf, samples=0, **nothing)
    facts: dict[str, Any] = summary.facts(report(tmp_path, margin("line-1", 1.0), measured=silent), tmp_path)
    assert (facts["loudness_lufs"], facts["true_peak_dbtp"], facts["tightest_margin"]) == (None, None, {})
    assert "loudness   none LUFS" in summary.text(facts)
    json.dumps(facts, allow_nan=False)


def test_files_are_named_from_here_or_in_full(tmp_path: Path) -> None:
    made = report(tmp_path / "project")
    assert summary.facts(made, tmp_path)["files"][0] == "project/output/lamp/lamp.mp3"  # type: ignore[index]
    away = summary.facts(made, tmp_path / "elsewhere")["files"]
    assert away == [str(path) for path in made.files]


def test_a_cue_is_a_row_for_people_and_an_object_for_programs() -> None:
    timeline = timeline_of(4.0, (speech("line-1", "keeper", [("Hello", 1.25, 2.0)]),), (("The quay", 0.0),))
    scene, line = cue_sheet(timeline)
    assert summary.cue(line) == {
        "kind": "speech",
        "id": "line-1",
        "name": "keeper",
        "start": 55125,
        "end": 88200,
        "time": "0:01.250",
        "level_lu": 0.0,
        "at": {"file": "script/test.yaml", "line": 1, "column": 1},
    }
    assert summary.cue_line(line).split() == [
        *("0:01.250", "speech", "+0.0", "LU", "keeper", "line-1", "script/test.yaml:1:1")
    ]
    assert "The quay" in summary.cue_line(scene) and " LU " not in summary.cue_line(scene)
    assert summary.cue_line(line).index("keeper") == summary.cue_line(scene).index("The quay")
    assert scene.where == Place("script/test.yaml", 1, 1)


def test_takes_that_are_not_good_are_named_with_their_figures(tmp_path: Path) -> None:
    good = TakeReport(
        **{"line": "gate", "place": Place("script/lamp.yaml", 12, 9), "member": "ada", "file": "takes/lamp/gate.wav"},
        **{"length_s": 2.5, "wpm": 140.0, "peak_dbfs": -9.0, "noise_db": 51.0, "room_s": 0.21, "remarks": ()},
    )
    bad = replace(good, file="takes/lamp/quay.wav", remarks=("clipped: the wave is cut off flat 80 times", "noisy"))
    strays = (("takes/lamp/gaet.wav", "no line is called so; did you mean 'gate'?"),)
    made = replace(report(tmp_path), recorded=Recorded((good, bad), strays))
    told = [
        line for line in summary.text(summary.facts(made, tmp_path)).splitlines() if line.startswith(("rec", "tak"))
    ]
    assert told == [
        "recorded   2 of 2 lines; what is left is synthetic",
        "take       takes/lamp/quay.wav (script/lamp.yaml:12:9): clipped: the wave is cut off flat 80 times",
        "take       takes/lamp/quay.wav (script/lamp.yaml:12:9): noisy",
        "take       takes/lamp/gaet.wav is not heard: no line is called so; did you mean 'gate'?",
    ]
    assert summary.take_figures(good) == "2.5 s, 140 wpm, peak -9.0 dBFS, 51 dB over its noise, room 0.21 s"
