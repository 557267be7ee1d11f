"""Listening pages made by hand in a real browser: what is told, and what a mix or a key comes to."""

from __future__ import annotations

import re
import wave
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from producer.audit import page as audit_page
from producer.deliver import transcripts
from producer.page import season
from tests.chromium import browser, with_chromium
from tests.deliver_helpers import timeline_of
from tests.page_browser import PLACE, open_page
from tests.page_helpers import full, written
from tests.script_helpers import resolved
from tests.test_season_page import GOOD

__all__ = ["browser", "open_page"]

pytestmark = with_chromium

TOLD = "document.getElementById('seek').getAttribute('aria-valuetext')"


def test_the_slider_says_its_place_at_once_and_wherever_a_hand_moves_it(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    assert found.value(TOLD) == "0 seconds of 12 seconds, One"
    found.page.focus("#seek")
    found.play_from(1.0)
    assert found.value(TOLD) == "1 second of 12 seconds, One"
    found.until("producerPage.player.place() > 2.1")
    assert found.value(TOLD) == "1 second of 12 seconds, One"  # as it runs it is not read out every second
    found.page.keyboard.press("ArrowRight")
    assert found.value(f"{TOLD}.endsWith(' of 12 seconds, Two')")
    found.value("producerPage.player.seek(2.0)")
    found.until("producerPage.player.place() > 3.1")
    found.value("producerPage.player.pause()")
    found.until(f"{TOLD} === '3 seconds of 12 seconds, One'")


def test_a_mix_that_is_missing_is_told_of_at_once_and_the_other_plays_on(open_page: Any, tmp_path: Path) -> None:
    address = written(full(), tmp_path)
    (tmp_path / "night.wav").rename(tmp_path / "elsewhere.wav")
    found = open_page(address)
    found.play_from(1.0)
    found.page.locator(".mixes").hover()  # from here on the mixes are fetched
    found.page.wait_for_timeout(100)
    asked = "producerPage.player.choose(1).then((taken) => [taken, performance.now() - window.began])"
    taken, waited_ms = found.value(f"(window.began = performance.now(), {asked})")
    assert taken is False and waited_ms < 3000
    assert "is night.wav beside this page?" in found.page.text_content("#trouble")
    assert found.page.is_visible("#trouble")
    assert found.page.is_checked("input[value=standard]")
    assert found.value("producerPage.store.get('playing') && producerPage.player.element.src.endsWith('standard.wav')")
    (tmp_path / "elsewhere.wav").rename(tmp_path / "night.wav")
    assert found.value("producerPage.player.choose(1)") is True
    assert found.page.is_hidden("#trouble")
    found.said[:] = [line for line in found.said if "ERR_FILE_NOT_FOUND" not in line]


def test_after_the_end_every_mix_begins_anew(open_page: Any, tmp_path: Path) -> None:
    address = written(full(), tmp_path)
    with wave.open(str(tmp_path / "night.wav"), "wb") as file:  # encoders leave files of slightly different lengths
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\0" * round(8000 * 12.03))
    found = open_page(address)
    found.play_from(10.8)
    found.until("producerPage.player.element.ended && !producerPage.store.get('playing')")
    assert found.value("producerPage.player.choose(1)") is True
    found.page.click(".listen")
    found.until(f"producerPage.store.get('playing') && {PLACE} > 0.1 && {PLACE} < 5")


def test_keys_go_by_their_place_on_a_keyboard_of_another_script_and_altgr_writes_brackets(
    open_page: Any, tmp_path: Path
) -> None:
    found = open_page(written(full(), tmp_path))

    def pressed(key: str, code: str, **more: bool) -> float:
        found.value("producerPage.player.seek(11)")
        event = {"key": key, "code": code, "bubbles": True, "cancelable": True} | more
        found.page.evaluate("(event) => document.body.dispatchEvent(new KeyboardEvent('keydown', event))", event)
        return found.at_s

    assert pressed("о", "KeyJ") == pytest.approx(1, abs=0.01)  # Russian
    assert pressed("ح", "KeyP") == 11  # Arabic; P does nothing
    assert pressed("ü", "BracketLeft") == 11  # German
    altgr = {"ctrlKey": True, "altKey": True}
    assert pressed("[", "Digit8", **altgr) == 11
    assert pressed("[", "Digit8", **altgr, modifierAltGraph=True) < 11


@pytest.mark.parametrize("chosen", ["", "dark"])
def test_paper_is_light_and_nothing_is_folded_on_it(open_page: Any, tmp_path: Path, chosen: str) -> None:
    found = open_page(written(full(), tmp_path), color_scheme="light" if chosen else "dark")
    if chosen:
        found.page.keyboard.press("t")
    found.value("producerPage.player.seek(1.2)")
    found.page.click("summary")
    found.page.mouse.move(2, 2)  # over nothing that is drawn, however the page lies
    drawn = "[...document.querySelectorAll('canvas')].map((one) => one.toDataURL()).join()"
    found.page.wait_for_timeout(200)
    dark = found.value(f"window.dark = {drawn}")
    found.value("dispatchEvent(new Event('beforeprint'))")
    paper = found.value(f"window.paper = {drawn}")
    found.page.emulate_media(media="print")
    ink, word, legend = found.value(
        "[getComputedStyle(document.body).color, getComputedStyle(document.querySelector('.w.now')).color,"
        " getComputedStyle(document.querySelector('.legend li'), '::before').printColorAdjust]"
    )
    assert (ink, legend) == (word, "exact")
    assert max(map(int, re.findall(r"\d+", ink)[:3])) < 80
    assert found.value("[...document.querySelectorAll('details')].every((one) => one.open)")
    found.page.emulate_media(media="screen")
    found.value("dispatchEvent(new Event('afterprint'))")
    assert not found.value("[...document.querySelectorAll('details')].every((one) => one.open)")
    assert found.value("document.documentElement.dataset.theme || ''") == chosen
    found.until(f"{drawn} === window.dark")
    assert dark != paper
    found.page.emulate_media(color_scheme="light")
    if chosen:
        found.page.keyboard.press("t")
    found.until(f"{drawn} === window.paper")


def test_a_list_is_one_stop_whatever_was_chosen_before(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    stops = "[...document.querySelectorAll('#cues [tabindex=\"0\"]')].map((one) => one.dataset.clip)"
    for kind in ("music", "all", "sound", "all", "bed", "all"):
        found.page.locator(f"input[name=kind][value={kind}]").check()
        assert len(found.value(stops)) == 1, kind
    found.value(
        "() => { const told = JSON.parse(document.getElementById('data').textContent);"
        " for (const one of document.querySelectorAll('#transcript .time')) one.tabIndex = -1;"  # as they come anew
        " document.dispatchEvent(new CustomEvent('producer:data', { detail: told })); }"
    )
    assert found.page.locator("#transcript [tabindex='0']").count() == 1


def test_a_time_says_that_it_is_gone_to_as_it_plays_nothing(open_page: Any, tmp_path: Path) -> None:
    found = open_page(written(full(), tmp_path))
    found.page.get_by_role("button", name="Go to 0:06").click()
    assert found.value("[producerPage.player.place(), producerPage.store.get('playing')]") == [6, False]


LONG = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk" * 4


@pytest.mark.parametrize("name", ["audit", "transcript", "season"])
def test_a_long_word_in_a_title_breaks(open_page: Any, tmp_path: Path, name: str) -> None:
    script = resolved(f"title: {LONG}\nlanguage: en\nscenes: [{{play: [{{pause: 6 s}}]}}]\n")
    pages = {
        "audit": audit_page.html([], LONG),
        "transcript": transcripts.html(timeline_of(6.0, (), (("", 0.0),)), script, (), ()),
        "season": season.html([replace(GOOD, title=LONG), replace(GOOD, show=LONG)]),
    }
    (tmp_path / "index.html").write_text(pages[name], "utf-8")
    found = open_page((tmp_path / "index.html").as_uri(), width=1280)
    assert LONG in found.page.content()
    wide = "(one) => one.scrollWidth - one.clientWidth"
    assert max(found.value(f"[...document.querySelectorAll('html, .frame')].map({wide})")) <= 0
    found.page.set_viewport_size({"width": 360, "height": 740})
    assert found.value(f"({wide})(document.documentElement)") <= 0
