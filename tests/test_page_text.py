"""The listening page as text: what it holds, what cannot run in it, that it is compact and always the same."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from producer import page
from producer.model.profile import PROFILES
from producer.page import colours, data, values
from producer.page.figures import figures
from producer.page.html import link, relative
from producer.page.picture import embedded
from producer.page.reading import clock, passages, spoken_length
from tests.deliver_helpers import timeline_of
from tests.page_helpers import EVIL, LONG_CUES, LONG_LINES, bare, full, line, long, noise, shown


class Read(HTMLParser):
    """Every element with its attributes, and what stands in the scripts."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.scripts: list[str] = []
        self.style = ""
        self._in = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        self._in = tag

    def handle_endtag(self, tag: str) -> None:
        self._in = ""

    def handle_data(self, found: str) -> None:
        if self._in == "script":
            self.scripts.append(found)
        elif self._in == "style":
            self.style += found


def test_the_same_values_give_the_same_page() -> None:
    assert page.html(full()) == page.html(full())


def test_nothing_that_comes_from_outside_is_markup_or_code() -> None:
    tame, wild = Read(page.html(full())), Read(page.html(full(evil=EVIL)))
    assert [tag for tag, _ in wild.elements if tag in ("script", "img", "iframe", "style", "link", "meta", "base")] == [
        tag for tag, _ in tame.elements if tag in ("script", "img", "iframe", "style", "link", "meta", "base")
    ]
    assert len(wild.scripts) == 3
    assert wild.scripts[-1] == tame.scripts[-1]  # the program is the same whatever it is about
    for _, attributes in wild.elements:
        assert [name for name in attributes if name.startswith("on") or name in ("style", "srcdoc")] == []
        for name in ("href", "src"):
            assert re.match(r"(\./|data:[,i]|#|https://)", attributes.get(name, "#")), attributes
    assert "{{ 7 * 7 }}" in page.html(full(evil=EVIL))


def test_each_paragraph_of_the_summary_stands_by_itself() -> None:
    shown = full()
    told = page.html(replace(shown, facts=replace(shown.facts, summary="One lamp, on one quay.\nNobody lit <it>.")))
    assert "<p>One lamp, on one quay.</p><p>Nobody lit &lt;it&gt;.</p></div>" in told


def test_the_policy_lets_these_programs_run_and_no_other() -> None:
    read = Read(page.html(full()))
    policy = next(a["content"] for tag, a in read.elements if tag == "meta" and "http-equiv" in a)
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    for kind, text in (("script-src", read.scripts[-1]), ("style-src", read.style)):
        assert rules[kind] == f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
    assert rules["default-src"] == "'none'"
    assert "connect-src" not in rules  # so nothing may be fetched


def test_the_data_can_be_read_back_and_holds_no_sign_of_markup() -> None:
    raw = Read(page.html(full(evil=EVIL))).scripts[1]
    assert not set(raw) & {"<", ">", "&", "\u2028", "\u2029"}
    assert json.loads(raw)["title"] == EVIL


@pytest.mark.parametrize(
    "bad", ["javascript:alert(1)", "JaVaScRiPt:x", "data:text/html,x", "//evil", "file:///x", "http://", "https://["]
)
def test_only_addresses_of_the_web_are_links(bad: str) -> None:
    assert link(bad) == ""
    assert link("https://example.org/a") == "https://example.org/a"


def test_a_file_is_named_so_that_no_name_is_an_address() -> None:
    assert relative("javascript:a.mp3") == "./javascript%3Aa.mp3"
    assert relative("stems/a b?.wav") == "./stems/a%20b%3F.wav"


WORDS = st.lists(
    st.text(st.characters(exclude_categories=["Cs", "Z", "C"]), min_size=1, max_size=6), min_size=1, max_size=8
)


@given(WORDS)
def test_words_are_where_javascript_finds_them(words: list[str]) -> None:
    clip = line(1, 1.0, " ".join(words))
    places = data.word_places(clip, timeline_of(60.0, (clip,), (("", 0.0),)))
    units = clip.text.encode("utf-16-le")
    at, ms, found = 0, 0, []
    for skip, length, later, lasts in zip(*(places[part::4] for part in range(4)), strict=True):
        found.append((units[2 * (at + skip) : 2 * (at + skip + length)].decode("utf-16-le"), ms + later, lasts))
        at, ms = at + skip + length, ms + later
    assert [word for word, _, _ in found] == clip.text.split()
    assert [start for _, start, _ in found] == [round(1000 * (1.0 + 0.3 * n)) for n in range(len(found))]
    assert {lasts for _, _, lasts in found} <= {269, 270, 271}


def test_loudness_is_a_quarter_of_a_lu_true() -> None:
    values = [None, -70.0, -40.13, -16.0, -9.9, -6.5]
    codes = base64.b64decode(data.loudness_bytes(values))
    back = [None if code == 0 else (code - 1) / 4 - 70 for code in codes]
    assert back[0] is None
    for written, read in zip(values[1:], back[1:], strict=True):
        assert read == pytest.approx(written, abs=0.13)


def _contrast(one: str, other: str) -> float:
    """Source: WCAG 2.2, relative luminance and contrast ratio."""
    lights = []
    for colour in (one, other):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        lights.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    return (max(lights) + 0.05) / (min(lights) + 0.05)


@pytest.mark.parametrize("hue", range(0, 360, 20))
def test_whatever_the_cover_everything_can_be_read(hue: int) -> None:
    for made in colours.palettes(float(hue)):
        for ground in ("page", "raised", "sunk", "glow"):
            assert _contrast(made["ink"], made[ground]) >= 7, (hue, ground)
            assert _contrast(made["soft"], made[ground]) >= 4.5, (hue, ground)
        for text in ("accent", "good", "bad"):
            assert _contrast(made[text], made["page"]) >= 4.5, (hue, text)
        assert _contrast(made["on-accent"], made["accent"]) >= 4.5
        for kind in ("speech", "sound", "bed", "music"):
            assert _contrast(made["ink"], made[kind]) >= 7, (hue, kind)
            assert _contrast(made[f"{kind}-edge"], made["sunk"]) >= 3, (hue, kind)
        assert made["sound-edge"] != made["music-edge"] != made["speech-edge"]


def test_a_cover_is_made_small_and_gives_the_page_its_hue() -> None:
    out = io.BytesIO()
    Image.new("RGB", (1500, 1500), (20, 90, 60)).save(out, "PNG")
    found = embedded(out.getvalue())
    for address, side in ((found.cover, 560), (found.icon, 64)):
        kind, _, code = address.partition(",")
        assert kind == "data:image/jpeg;base64"
        assert Image.open(io.BytesIO(base64.b64decode(code))).size == (side, side)
    assert found.hue == pytest.approx(colours.hue_of(20 / 255, 90 / 255, 60 / 255)[0], abs=2.0)
    green = colours.palettes(found.hue)[0]["accent"]
    assert int(green[3:5], 16) > max(int(green[1:3], 16), int(green[5:7], 16))
    assert embedded(b"no picture") == embedded(None)


def test_grey_covers_leave_the_page_its_own_hue() -> None:
    out = io.BytesIO()
    Image.new("RGB", (300, 300), (90, 90, 90)).save(out, "JPEG")
    assert embedded(out.getvalue()).hue == colours.PLAIN_HUE


def test_an_hour_is_a_compact_page() -> None:
    text = page.html(long())
    read = json.loads(Read(text).scripts[1])
    assert len(read["clips"]) == LONG_LINES + LONG_CUES + 36
    assert len(base64.b64decode(read["wave"]["peak"])) == 72_000
    assert len(read["wave"]["peak"]) + len(read["wave"]["body"]) < 60 * 3300  # a minute of wave is 3.2 kB
    assert len(text) < 1_000_000


def test_what_is_read_stands_under_its_chapter_and_names_who_speaks_once() -> None:
    clips = (line(1, 1.0, "a b"), line(2, 3.0, "c d"), line(3, 6.0, "e f", name="radio"), line(4, 9.0, "g h"))
    made = shown(
        timeline_of(12.0, clips, (("One", 0.0), ("Two", 8.0))),
        chapters=(
            values.Chapter(title="One", start_s=0.0, end_s=8.0),
            values.Chapter(title="Two", start_s=8.0, end_s=12.0),
        ),
        noises=(values.Noise(start_s=2.0, text="a gull"),),
        speakers={"line-1": "K", "line-2": "K", "line-3": "R", "line-4": "R"},
    )
    parts = passages(made)
    assert [[(one.clip, one.same) for one in part.passages] for part in parts] == [
        [("line-1", False), ("", False), ("line-2", True), ("line-3", False)],
        [("line-4", False)],
    ]


def test_figures_say_what_the_profile_asks_and_whether_it_holds() -> None:
    mix = full().mixes[0]
    said = {one.name: (one.value, one.asked, one.holds) for one in figures(mix)}
    assert said["Loudness"] == ("−16.0", "−16 ±0.5", True)
    assert said["True peak"] == ("−0.4", "at most −1", False)
    assert said["Loudness range"] == ("6.2", "", None)
    mono = values.Mix(
        name="standard",
        title="",
        says="",
        file="a",
        measured=values.Measured(rms_db=-20.1, floor_db=-61.2, channels=1),
        profile=PROFILES["acx"],
    )
    said = {one.name: (one.value, one.asked, one.holds) for one in figures(mono)}
    assert said["RMS"] == ("−20.1", "−23 to −18", True)
    assert said["Noise floor"] == ("−61.2", "at most −60", True)
    assert said["Loudness"] == ("–", "", None)
    assert "Lost in mono" not in said


def test_times_for_people() -> None:
    assert [clock(seconds) for seconds in (0, 59.99, 61, 3600, 3725.4)] == [
        "0:00",
        "0:59",
        "1:01",
        "1:00:00",
        "1:02:05",
    ]
    assert [spoken_length(s) for s in (1.2, 40, 669, 3600, 7380)] == [
        "1 second",
        "40 seconds",
        "11 minutes",
        "1 hour",
        "2 hours 3 minutes",
    ]


def test_silence_and_what_is_missing_are_no_numbers_in_the_data() -> None:
    wave = values.Wave(step_s=0.05, peak_db=np.full(4, -np.inf), body_db=np.array([-np.inf, 0.0, -60.0, -30.0]))
    made = data.document(shown(timeline_of(0.2, (noise("a", "sound", 0.0, 0.1),), (("", 0.0),)), wave=wave))
    assert base64.b64decode(made["wave"]["peak"]) == bytes(4)
    assert list(base64.b64decode(made["wave"]["body"])) == [0, 255, 0, 128]
    assert data.document(bare())["wave"] is None
    assert "NaN" not in data.safe_json(made)
