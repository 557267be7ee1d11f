"""One transcript in three forms: the words of the script, each at one time, whatever stands in the text."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from producer import project, render
from producer.cache import Cache
from producer.deliver import captions, transcripts
from tests.chromium import browser, with_chromium
from tests.deliver_helpers import script_of, speech, timeline_of
from tests.face_helpers import cache

__all__ = ["browser", "cache"]

SCRIPT = """\
title: Words
packs: [ruins]
cast:
  ada: {name: "Ada <b> “the owl” 🦉", voice: en-us+f3}
  ben: {name: "בן & co", voice: en-gb}
  both: {name: Both, together: [ada, ben]}
scenes:
  - title: One
    play:
      - ada: >
          She climbed, {112|one hundred and twelve} steps & “one” <more>: 'up', [pause 1400 ms] and --> down. 🎭
          Then, at the top of all those long and winding stairs, she stopped. [metal_scrape] She listened.
      - ben: No!
      - both: Who is it?
      - ada: "{שלום,|shalom} I am."
        lead: 200 ms
      - pause: 1 s
      - sound: door_creak
      - ben: And so, goodbye.
"""
Row = tuple[int, int, str]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> render.Report:
    folder = tmp_path_factory.mktemp("words")
    (folder / "script").mkdir()
    (folder / "script" / "words.yaml").write_text(SCRIPT, "utf-8")
    found, _ = project.find(folder / "script" / "words.yaml", folder)
    with Cache(cache) as kept:
        return render.episode(render.Order(project=found, jobs=2), kept, render.NoWatch())


def ms(clock: str) -> int:
    hours, minutes, seconds = re.split("[:]", clock.replace(",", "."))
    return round(1000 * (60 * (60 * int(hours) + int(minutes)) + float(seconds)))


def cues(text: str) -> list[Row]:
    """Times and text of each cue of an SRT or WebVTT file."""
    found = re.findall(r"^(\d\d:\d\d:\d\d[.,]\d{3}) --> (\d\d:\d\d:\d\d[.,]\d{3})[^\n]*\n((?:[^\n]+\n?)+)", text, re.M)
    return [(ms(start), ms(end), " ".join(body.split())) for start, end, body in found]


def text(report: render.Report, name: str) -> str:
    (file,) = (file for file in report.files if file.name == name)
    return file.read_text("utf-8")


def test_every_form_has_the_same_times_and_words(report: render.Report) -> None:
    read = json.loads(text(report, "transcript.json"))
    vtt, srt = cues(text(report, "transcript.vtt")), cues(text(report, "transcript.srt"))
    times = [(round(one["startTime"] * 1000), round(one["endTime"] * 1000)) for one in read["segments"]]
    assert [row[:2] for row in vtt] == [row[:2] for row in srt] == times
    assert len(times) >= 8 and all(start < end for start, end in times)
    said = [re.fullmatch(r"<v ([^>]*)>(.*)</v>", body) for _, _, body in vtt]
    assert [html.unescape(one[1]) for one in said if one] == [one["speaker"] for one in read["segments"]]
    assert [html.unescape(one[2]) for one in said if one] == [one["body"] for one in read["segments"]]
    last = ""
    for one, (_, _, body) in zip(read["segments"], srt, strict=True):
        named = "" if one["speaker"] == last else f"{one['speaker']}: "
        last = one["speaker"]
        assert body == captions.unmarked(named + one["body"])


def test_the_words_are_the_scripts(report: render.Report) -> None:
    read = json.loads(text(report, "transcript.json"))
    said = " ".join(one["body"] for one in read["segments"])
    for line in report.script.lines:  # cards of lines that overlap are in the order of their times
        assert " ".join(line.text.split()) in said
    words = sorted(word for line in report.script.lines for word in line.text.split())
    assert sorted(said.split()) == words
    assert "112" in words and "one" not in words and "🎭" in words and "שלום," in words
    assert {one["speaker"] for one in read["segments"]} == {"Ada <b> “the owl” 🦉", "בן & co", "Both"}


def test_the_sounds_stand_in_a_field_of_their_own_at_the_times_of_the_captions(report: render.Report) -> None:
    read = json.loads(text(report, "transcript.json"))
    assert set(read) == {"version", "segments", "sounds"} and read["version"] == "1.0.0"
    assert all(set(one) == {"speaker", "startTime", "endTime", "body"} for one in read["segments"])
    sounds = [(round(one["startTime"] * 1000), round(one["endTime"] * 1000), one["body"]) for one in read["sounds"]]
    for name in ("captions.vtt", "captions.srt"):
        shown = [row for row in cues(text(report, name)) if row[2].startswith("[")]
        assert [(start, end, html.unescape(body)) for start, end, body in shown] == sounds
    assert len(sounds) == 2 and all(body.startswith("[") and body.endswith("]") for _, _, body in sounds)


@with_chromium
@pytest.mark.parametrize(("language", "text"), [("he", "מי שם?"), ("en-GB", "Who is there?")])
def test_the_page_to_read_fits_a_phone_and_names_stand_over_their_words(
    browser: Browser, tmp_path: Path, language: str, text: str
) -> None:
    words = [(word, float(at), at + 0.5) for at, word in enumerate(text.split())]
    timeline = timeline_of(4, (speech("line-1", "radio", words),), (("One", 0),))
    page = tmp_path / "transcript.html"
    page.write_text(transcripts.html(timeline, script_of(language=language), (), ()), "utf-8")
    with browser.new_context(viewport={"width": 360, "height": 740}, is_mobile=True) as phone:
        seen = phone.new_page()
        seen.goto(page.as_uri())
        assert seen.evaluate("innerWidth") == 360
        edge = "left" if language == "en-GB" else "right"
        ends = """(edge) => ["cite", "p"].map((name) => {
          const drawn = document.createRange();
          drawn.selectNodeContents(document.querySelector(name));
          return drawn.getBoundingClientRect()[edge];
        })"""
        cite, spoken = seen.evaluate(ends, edge)
    assert cite == pytest.approx(spoken, abs=2)
