"""The page of `render diff` in a real browser, opened from the disk."""

import json
import re

import numpy as np
import pytest
import soundfile
from playwright.sync_api import Browser, expect

from producer import diffing
from tests.chromium import browser, with_chromium

__all__ = ["browser"]
pytestmark = with_chromium
EVIL = '</script><img src=x onerror="window.hurt=1">'
BEGINS = """() => {
  window.began = {};
  for (const one of document.querySelectorAll("audio"))
    one.addEventListener("playing", () => { window.began[one.id] = one.currentTime; });
}"""
"""Notes where each side begins to be heard, however late anybody asks."""


def clip(number: int, text: str) -> dict[str, object]:
    start = 44100 * 2 * number
    return {
        **{
            "id": f'{EVIL}{number}"',
            "kind": "speech",
            "name": EVIL,
            "scene": "s",
            "start": start,
            "end": start + 44100,
        },
        **{"hit": start, "at": {"line": 3, "column": 1, "file": EVIL}, "level_lu": 0.0, "pan": 0.0, "distance_m": 1.0},
        **{"text": text, "words": [], "line": f"l{number}", "source": {"voice": EVIL}},
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    top = tmp_path_factory.mktemp("diff page")
    for name, words in (("a #1?", "one"), ("b 100%", f"two {EVIL}")):
        (top / name).mkdir()
        soundfile.write(top / name / "x #y?.wav", np.zeros((44100 * 6, 2)), 44100)
        document = {
            **{"version": 1, "rate_hz": 44100, "duration": 44100 * 6, "script": {"file": "x", "sha256": ""}},
            **{"scenes": [], "clips": [clip(0, words), clip(1, words + " more")]},
        }
        (top / name / "timeline.json").write_text(json.dumps(document), "utf-8")
        (top / name / "chapters.json").write_text(json.dumps({"title": EVIL}), "utf-8")
    a, b = top / "a #1?", top / "b 100%"
    diffing.write_page(diffing.folders(a, b), a, b, top / "page.html")
    return (top / "page.html").as_uri()


def test_both_are_heard_at_the_place_by_keys_and_no_title_runs(browser: Browser, address: str) -> None:
    page = browser.new_page()
    wrong: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(address)
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(":focus")).to_have_accessible_name(re.compile("^changed 0:02.0 .*two"))
    page.evaluate(BEGINS)
    for key, other in (("a", "b"), ("b", "a")):
        page.keyboard.press(key)
        for _ in range(1200):  # a minute: on a machine that does something else, too, it takes long now and then
            if f"sound-{key}" in (began := page.evaluate("window.began")):
                break
            page.wait_for_timeout(50)
        assert 1.0 <= began[f"sound-{key}"] < 2.0  # the second line begins at 2 s, and is heard from a second before
        assert not page.evaluate(f"document.getElementById('sound-{key}').paused")
        assert page.evaluate(f"document.getElementById('sound-{other}').paused")
    page.keyboard.press("Escape")
    assert page.evaluate("[...document.querySelectorAll('audio')].every((one) => one.paused)")
    assert page.evaluate("window.hurt") is None
    assert EVIL in (page.text_content("h1") or "")
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
    assert wrong == []
    assert [url for url in asked if not url.startswith((address.rsplit("/", 1)[0], "data:"))] == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_program_that_looks_for_barriers_finds_none(browser: Browser, address: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []
