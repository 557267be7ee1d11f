"""Listening pages made by hand in a real browser: hostile, bare, long, from right to left, and what studios hook on."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.chromium import browser, with_chromium
from tests.page_browser import open_page
from tests.page_helpers import EVIL, LONG_CUES, LONG_LINES, LONG_WORDS, bare, full, long, written

__all__ = ["browser", "open_page"]

pytestmark = with_chromium


def test_a_missing_sound_is_told_and_found_again_is_not(open_page: Any, tmp_path: Path) -> None:
    address = written(bare(), tmp_path / "page")
    (tmp_path / "page" / "a.wav").rename(tmp_path / "page" / "b.wav")
    found = open_page(address)
    found.until("!document.getElementById('trouble').hidden")
    assert "is a.wav beside this page?" in found.page.text_content("#trouble")
    found.said[:] = [line for line in found.said if "ERR_FILE_NOT_FOUND" not in line]


def test_nothing_in_a_script_runs(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(evil=EVIL), tmp_path))
    assert found.page.text_content("h1") == EVIL
    assert EVIL in found.page.title()
    found.value("producerPage.player.seek(1.2)")
    found.page.hover("#lanes", position={"x": 300, "y": 100})
    found.page.click("summary >> nth=0")
    assert found.value("[window.hurt, document.scripts.length]") == [None, 3]
    # And were the template ever to let one through, the page's policy would not.
    found.value(
        "() => { const made = document.createElement('script'); made.textContent = 'window.hurt = 6';"
        " document.body.append(made);"
        " document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.hurt = 7\">'); }"
    )
    found.page.wait_for_timeout(100)
    assert found.value("window.hurt") is None
    assert len([line for line in found.said if "Content Security Policy" in line]) >= 2
    found.said[:] = [
        line for line in found.said if "Content Security Policy" not in line and "ERR_FILE_NOT_FOUND" not in line
    ]


def test_little_is_enough(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(bare(), tmp_path))
    assert found.page.locator(".mixes, .chapters, .cover, .findings, details").count() == 0
    assert found.page.locator(".cue-box").is_hidden()
    found.play_from(0.5)
    assert found.page.text_content(".w.now") in ("One", "two")


def test_without_programs_it_can_be_read_and_heard(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path), java_script_enabled=False)
    assert found.page.is_visible("text=The lamp is out again. Nobody lit it. >> nth=0")
    assert found.page.is_visible("audio[controls]")
    assert found.page.locator(".transport, .mixes, .zoom, .listen, .cue-box").filter(visible=True).count() == 0
    assert found.page.is_visible("a[href='https://creativecommons.org/licenses/by/4.0/']")


def test_findings_stand_at_their_places(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    found.page.click(".of-mix:not([hidden]) .findings button")
    assert found.at_s == pytest.approx(4.0, abs=0.001)
    box = found.page.locator("#loudness").bounding_box()
    assert box
    at = 34 + (box["width"] - 34) * 4 / 12
    red = """([x, y]) => {
      const row = document.querySelector("#loudness canvas").getContext("2d").getImageData(x - 40, y, 81, 1).data;
      return [0, 40, 80].map((at) => row[4 * at] > 120 && row[4 * at + 1] < 90 && row[4 * at + 2] < 90);
    }"""
    assert found.page.evaluate(red, [round(at), 40]) == [False, True, False]


def test_from_right_to_left(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full("المصباح انطفأ مرة أخرى", language="ar"), tmp_path))
    assert found.value("getComputedStyle(document.querySelector('.line p')).direction") == "rtl"
    line, who = (
        found.page.locator(".line p").first.bounding_box(),
        found.page.locator(".line .who").first.bounding_box(),
    )
    assert who["x"] > line["x"]  # who speaks stands before the words, which is to their right
    name, time = (found.page.locator(f".line .who {part}").first.bounding_box() for part in ("bdi", ".time"))
    assert time["x"] < name["x"]  # and the name before the time
    found.value(
        "() => { window.drawn = {}; const pen = CanvasRenderingContext2D.prototype; const own = pen.fillText;"
        " pen.fillText = function (text, ...at) { window.drawn[text] = this.direction; own.call(this, text, ...at); } }"
    )
    found.value("producerPage.player.seek(1.35)")
    assert found.page.text_content(".w.now") == "انطفأ"
    found.until("Object.keys(window.drawn).some((text) => text.startsWith('ا'))")
    written_from = found.value("Object.entries(window.drawn)")
    assert {way for text, way in written_from if text.startswith("ا")} == {"rtl"}
    assert {way for text, way in written_from if text.strip() in ("The keeper", "a knock")} == {"ltr"}


@pytest.mark.parametrize(("width", "scheme"), [(320, "dark"), (360, "light"), (820, "dark"), (1920, "light")])
def test_it_fits_every_screen(open_page: Any, tmp_path: Path, width: int, scheme: str) -> None:
    wild = open_page(written(full(evil=EVIL), tmp_path / "wild"), width=width, height=740)
    assert wild.value("document.documentElement.scrollWidth <= window.innerWidth")
    found = open_page(
        written(full("word " * 30 + "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"), tmp_path),
        width=width,
        height=740,
        color_scheme=scheme,
    )
    assert found.value("document.documentElement.scrollWidth <= window.innerWidth")
    small = (
        "[...document.querySelectorAll('button, input, summary')].filter((one) => one.checkVisibility())"
        ".map((one) => one.getBoundingClientRect())"
    )
    assert (
        found.value(
            f"{small}.filter((box) => box.width && (box.width < 24 || box.height < 24) && box.height < 16).length"
        )
        == 0
    )
    assert found.value(f"{small}.filter((box) => box.right > innerWidth + 1 || box.left < -1).length") == 0


@pytest.mark.parametrize(("width", "height"), [(320, 225), (568, 320)])
def test_a_screen_at_400_percent_is_not_full_of_the_player(
    open_page: Any, tmp_path: Path, width: int, height: int
) -> None:
    found = open_page(written(full(), tmp_path), width=width, height=height)
    dock = found.page.locator(".dock").bounding_box()
    assert dock["height"] <= 80 and dock["y"] + dock["height"] == height
    assert found.value("document.documentElement.scrollWidth <= window.innerWidth")
    boxes = [found.page.locator(one).bounding_box() for one in ("[data-do=back]", "[data-do=on]", "#seek", ".rate")]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= width for box in boxes)
    assert all(one["x"] + one["width"] <= two["x"] + 0.5 for one, two in itertools.pairwise(boxes))


def test_names_are_not_cut_in_two(open_page: Any, tmp_path: Path) -> None:
    names = dict(enumerate(("narrator", "Christopher", "Inspector Maximiliana Hohenlohe")))
    shown = long()
    speakers = {clip: names[number % len(names)] for number, clip in enumerate(shown.speakers)}
    found = open_page(written(replace(shown, speakers=speakers), tmp_path))
    found.value("document.querySelector('.line:last-child').scrollIntoView()")  # an hour in: times take most room
    lines = """(line) => {
      const name = line.querySelector("bdi").firstChild;
      return [...name.data.matchAll(/[^ ]+/g)].map((word) => {
        const drawn = document.createRange();
        drawn.setStart(name, word.index);
        drawn.setEnd(name, word.index + word[0].length);
        return [word[0], drawn.getClientRects().length];
      });
    }"""
    late = found.value(f"[...document.querySelectorAll('.line:not(.same)')].slice(-3).flatMap({lines})")
    assert {word for word, _ in late} == set(" ".join(names.values()).split())
    assert {count for _, count in late} == {1}


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 1280), ("light", 360), ("dark", 360)])
def test_a_program_that_looks_for_barriers_finds_none(
    browser: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the page would keep the program itself out; for who asks for less motion colours change at once.
    context = browser.new_context(
        bypass_csp=True,
        reduced_motion="reduce",
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": width, "height": 800},
    )
    page = context.new_page()
    page.goto(written(full(), tmp_path))
    page.evaluate("producerPage.player.seek(1.2)")
    page.click("summary >> nth=0")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []


def test_who_asks_for_less_motion_or_other_colours_gets_them(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path), reduced_motion="reduce", forced_colors="active")
    assert found.value("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    assert found.value("getComputedStyle(document.querySelector('.w, .round')).transitionDuration") == "0s"
    found.page.wait_for_timeout(200)
    colours = found.value(
        "[...document.querySelectorAll('canvas')].map((one) => new Set(new Uint32Array("
        "one.getContext('2d').getImageData(0, 0, one.width, one.height).data.buffer)).size)"
    )
    assert len(colours) == 3
    assert min(colours) > 2  # something is drawn, and not all of it in one colour
    assert found.value("getComputedStyle(document.documentElement).getPropertyValue('--ink')") == "CanvasText"


def test_light_and_dark_are_the_readers_own(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    ground = "getComputedStyle(document.body).backgroundColor"
    light = found.value(ground)
    found.page.click("[data-do=theme]")
    dark = found.value(ground)
    assert light != dark
    found.page.wait_for_timeout(500)  # what a page keeps reaches the disk a moment later, and no reader is as quick
    found.page.reload()
    assert found.value(ground) == dark
    found.page.click("[data-do=theme]")
    found.page.emulate_media(color_scheme="dark")  # back to the system's own, whatever that becomes
    assert found.value(ground) == dark


def test_an_hour_is_drawn_where_it_is_looked_at(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(long(), tmp_path))
    assert found.page.locator(".line").count() == LONG_LINES
    assert found.page.locator("#cues button").count() == LONG_CUES + 36
    assert found.page.locator(".w").count() < LONG_WORDS * 3  # words are elements where they are spoken
    skipped = (
        "[...document.querySelectorAll('.line p')]"
        ".filter((one) => !one.checkVisibility({ contentVisibilityAuto: true })).length"
    )
    assert found.value(skipped) > LONG_LINES * 0.9
    for at in (1803.0, 3540.0, 12.5, 2345.7):
        found.value(f"producerPage.store.set('at', {at})")
        found.until(
            f"(() => {{ const line = document.querySelector('[data-clip=\"line-{int((at - 2) // 5)}\"]');"
            " const pane = document.querySelector('#transcript').getBoundingClientRect();"
            " const box = line.getBoundingClientRect();"
            " return line.matches('.current') && box.top >= pane.top && box.bottom <= pane.bottom; })()"
        )
    assert found.page.text_content(".chapters .current bdi") == "Part 8"
    assert found.value("document.querySelector('.line.current').dataset.clip") == f"line-{int((2345.7 - 2) // 5)}"


def test_the_studio_can_take_hold_of_it(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    found.value(
        "() => { window.told = []; document.addEventListener('producer:pick', (event) => {"
        " window.told.push(event.detail); event.preventDefault(); });"
        " document.addEventListener('producer:mix', ({ detail }) => window.told.push(detail.value)); }"
    )
    found.page.click('#cues [data-clip="sound-1"]')
    assert found.at_s == 0  # it was kept from being jumped to
    found.value("document.dispatchEvent(new CustomEvent('producer:seek', { detail: { at: 6.5 } }))")
    assert found.at_s == 6.5
    found.value("document.dispatchEvent(new CustomEvent('producer:choose', { detail: { mix: 'night' } }))")
    found.until("producerPage.player.element.src.endsWith('night.wav')")
    assert found.value("window.told") == [{"clip": "sound-1", "kind": "sound", "start": 4}, 1]
    found.value(
        "() => { const raw = JSON.parse(document.getElementById('data').textContent);"
        " raw.names[raw.clips[2][2]] = 'a gong';"
        " document.dispatchEvent(new CustomEvent('producer:data', { detail: raw })); }"
    )
    assert found.page.text_content('#cues [data-clip="sound-1"] .name') == "a gong"
    assert found.at_s == 6.5
