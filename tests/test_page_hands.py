"""Listening pages made by hand in a real browser: what is told, and what a mix or a key comes to, where it is unusual."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.chromium import browser, with_chromium
from tests.page_browser import open_page
from tests.page_helpers import full, written

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
