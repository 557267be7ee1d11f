"""The audition page in a real browser, opened from the disk. CI installs chromium; without it these are skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.audition_helpers import EVIL, audition_of
from tests.chromium import browser, until, with_chromium

__all__ = ["browser"]
pytestmark = with_chromium

AT_ONCE = """async (take) => {
  await new Promise(requestAnimationFrame); // what a viewer sees is a whole picture
  const [head, pictures] = [".playhead", ".pictures"].map((one) => document.querySelector(`${take} ${one}`));
  const [there, around] = [head.getBoundingClientRect(), pictures.getBoundingClientRect()];
  return [document.querySelector("#player-a").currentTime, (there.x - around.x) / around.width, there.height];
}"""
"""Where a sound is, how far over its pictures the playhead stands, and how high that is: all of one moment."""


@dataclass
class Opened:
    """The page, and all that it asked for and complained of."""

    page: Page
    said: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def number(self, expression: str) -> float:
        return float(self.page.evaluate(expression))

    @property
    def at_s(self) -> float:
        return self.number("document.querySelector('#player-a').currentTime")

    def sounding(self) -> bool:
        return bool(self.page.evaluate("!document.querySelector('#player-a').paused"))

    def take(self, label: str) -> str:
        return f'.take[data-label="{label}"]'

    def current(self) -> str:
        return str(self.page.get_attribute(".take[aria-current]", "data-label"))

    def until(self, expression: str) -> None:
        until(self.page, expression, self.said)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> str:
    return audition_of(tmp_path_factory.mktemp("audition page")).page.as_uri()


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Opened]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    page = context.new_page()
    found = Opened(page)
    page.on("console", lambda message: found.said.append(f"{message.type}: {message.text}"))
    page.on("pageerror", lambda error: found.said.append(str(error)))
    page.on("requestfailed", lambda request: found.said.append(f"{request.url}: {request.failure}"))
    page.on("request", lambda request: found.asked.append(request.url))
    page.on("dialog", lambda dialog: found.said.append(dialog.message))
    page.goto(address)
    yield found
    context.close()
    # A src that changes while it loads ends the older request: that is no fault of the page.
    assert [line for line in found.said if "ERR_ABORTED" not in line] == []
    folder = address.rsplit("/", 1)[0]
    assert [url for url in found.asked if not url.startswith((folder, "data:"))] == []


def test_it_opens_from_the_disk_with_every_picture(opened: Opened) -> None:
    page = opened.page
    page.evaluate("document.querySelectorAll('img').forEach((image) => image.loading = 'eager')")
    opened.until("[...document.images].every((image) => image.complete && image.naturalWidth > 0)")
    sizes = page.evaluate(
        "[...document.images].map((image) => [image.naturalWidth, image.naturalHeight, image.width, image.height])"
    )
    assert len(sizes) == 22
    for natural_width, natural_height, width, height in sizes:
        assert (natural_width, natural_height) in {(512, 56), (512, 144), (1024, 64), (1024, 176)}
        assert height == natural_height  # a row of the picture is a row of the screen
        assert width > 300
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_no_title_runs(opened: Opened) -> None:
    assert opened.page.evaluate("window.hurt") is None
    assert EVIL in (opened.page.text_content("h1") or "")
    assert EVIL in (opened.page.text_content(".readme pre") or "")
    assert opened.page.evaluate("document.scripts.length") == 1
    # And were the template ever to let one through, the page's policy would not.
    opened.page.evaluate(
        "() => { const made = document.createElement('script'); made.textContent = 'window.hurt = 5';"
        " document.body.append(made); }"
    )
    assert opened.page.evaluate("window.hurt") is None
    opened.said[:] = [line for line in opened.said if "Content Security Policy" not in line]


def test_a_sound_plays_and_its_playhead_moves_over_both_pictures(opened: Opened) -> None:
    take = opened.take("air · stretch")
    opened.page.click(f"{take} .play")
    opened.until("document.querySelector('#player-a').currentTime > 0.4")
    assert opened.number("document.querySelector('#player-a').duration") == pytest.approx(12.0, abs=0.005)
    at_s, share, height = opened.page.evaluate(AT_ONCE, take)
    assert height == pytest.approx(64 + 176, abs=1)
    assert share == pytest.approx(at_s / 12.0, abs=0.03)
    assert opened.page.get_attribute(f"{take} .play", "aria-pressed") == "true"
    opened.page.click(f"{take} .play")
    assert not opened.sounding()


def test_a_click_in_the_spectrogram_goes_there(opened: Opened) -> None:
    image = opened.page.locator(f"{opened.take('air · stretch')} .spectrum img")
    image.scroll_into_view_if_needed()
    box = image.bounding_box()
    assert box
    opened.page.mouse.click(box["x"] + 0.75 * box["width"], box["y"] + 50)
    opened.until("document.querySelector('#player-a').currentTime >= 8.9")
    assert 8.9 < opened.at_s < 10.5
    assert opened.sounding()


def test_keys_play_stop_and_move(opened: Opened) -> None:
    keyboard = opened.page.keyboard
    keyboard.press("ArrowRight")
    assert opened.current() == "air · stretch"
    keyboard.press("ArrowRight")
    assert opened.current() == "surf · stretch"
    keyboard.press("ArrowDown")
    assert opened.current() == "boots · a walk"
    keyboard.press("ArrowUp")
    assert opened.current() == "surf · stretch"
    assert not opened.sounding()
    keyboard.press(" ")  # the focus is on the take's own button
    opened.until("document.querySelector('#player-a').currentTime > 0.1")
    keyboard.press("ArrowRight")  # what plays goes along
    assert opened.current() == "surf · seam"
    opened.until(
        "document.querySelector('#player-a').src.includes('surf-02') && "
        "document.querySelector('#player-a').currentTime > 0.1"
    )
    keyboard.press("Escape")
    assert not opened.sounding()
    opened.page.evaluate("document.activeElement.blur()")
    keyboard.press(" ")
    opened.until("!document.querySelector('#player-a').paused")


def test_the_filter_leaves_what_has_all_the_words(opened: Opened) -> None:
    page = opened.page
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "filter"
    page.keyboard.type("recordings bang")
    names = "[...document.querySelectorAll('.sound')].filter((s) => s.offsetParent).map((s) => s.dataset.name)"
    assert page.evaluate(names) == ["bang"]
    assert page.text_content("#found") == "1 of 6 sounds"
    assert page.locator("nav li:visible").all_text_contents() == ["bang"]
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowRight")
    assert opened.current() == "bang · 1"
    page.keyboard.press("ArrowLeft")  # nothing before it is shown
    assert opened.current() == "bang · 1"
    page.fill("#filter", "no such sound")
    assert page.is_visible("#nothing")
    page.focus("#filter")
    page.keyboard.press("Escape")
    assert len(page.evaluate(names)) == 6


def test_equal_loudness_and_own_level_are_two_volumes_of_one_file(opened: Opened) -> None:
    take = opened.take("bang · 2")  # far over full scale: turned down when levelled
    opened.page.click(f"{take} .play")
    volume = "document.querySelector('#player-a').volume"
    levelled = float(opened.page.get_attribute(take, "data-levelled") or "nan")
    assert levelled < 0.2
    assert opened.number(volume) == pytest.approx(levelled, abs=1e-6)
    opened.page.keyboard.press("l")
    assert opened.number(volume) == pytest.approx(float(opened.page.get_attribute(take, "data-own") or "nan"))
    assert opened.page.get_attribute("#level", "aria-pressed") == "false"


def test_two_takes_are_compared_at_the_same_moment(opened: Opened) -> None:
    page = opened.page
    page.click(f"{opened.take('air · stretch')} .play")
    opened.until("document.querySelector('#player-a').currentTime > 0.5")
    page.click(f"{opened.take('surf · stretch')} .play", modifiers=["Shift"])
    opened.until("document.querySelector('#player-b').currentTime > 0.8")
    muted = "[document.querySelector('#player-a').muted, document.querySelector('#player-b').muted]"
    apart = "document.querySelector('#player-a').currentTime - document.querySelector('#player-b').currentTime"
    opened.until(f"Math.abs({apart}) < 0.03")
    page.keyboard.press("x")
    assert page.evaluate(muted) == [False, True]
    assert opened.current() == "air · stretch"
    assert page.locator(".which:visible").all_text_contents() == ["A", "B"]
    page.click("#apart")
    assert page.locator(".which:visible").count() == 0
    assert page.evaluate(muted)[0] is False


def test_the_key_compares_what_plays_with_the_one_before_and_stops_nothing(opened: Opened) -> None:
    page = opened.page
    page.click(f"{opened.take('air · stretch')} .play")
    opened.until("document.querySelector('#player-a').currentTime > 0.3")
    page.keyboard.press("c")  # nothing was heard before it
    assert opened.sounding()
    page.keyboard.press("ArrowRight")  # what plays goes along
    opened.until("document.querySelector('#player-a').currentTime > 0.3 && !document.querySelector('#player-a').paused")
    page.keyboard.press("c")
    opened.until("document.querySelector('#player-b').currentTime > 0.5")
    assert opened.sounding() and opened.current() == "air · stretch"
    assert page.locator(".which:visible").all_text_contents() == ["B", "A"]
    page.keyboard.press("c")
    assert opened.current() == "surf · stretch"
    page.click("#apart")
    page.focus(f"{opened.take('surf · seam')} .play")
    page.keyboard.press("c")
    opened.until(
        "document.querySelector('#player-b').src.includes('surf-02') && !document.querySelector('#player-b').paused"
    )
    assert opened.current() == "surf · seam"


def test_all_in_a_row_plays_one_after_the_other(opened: Opened) -> None:
    page = opened.page
    page.evaluate(
        "() => { window.heard = []; const player = document.querySelector('#player-a');"
        " player.addEventListener('playing', () => window.heard.push(player.getAttribute('src').slice(-6))); }"
    )
    page.click('.sound[data-name="boots"] .row')
    opened.until("window.heard.length >= 3 && document.querySelector('#player-a').paused")
    assert page.evaluate("window.heard") == ["02.mp3", "03.mp3", "04.mp3"]


@pytest.mark.parametrize(("width", "scheme"), [(360, "light"), (360, "dark"), (800, "light"), (1920, "dark")])
def test_it_fits_every_screen(opened: Opened, width: int, scheme: str) -> None:
    page = opened.page
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    small = page.evaluate(
        "[...document.querySelectorAll('.take .play')].filter((b) => b.getBoundingClientRect().width < 24).length"
    )
    assert small == 0


def test_paper_is_light(opened: Opened) -> None:
    colours = "[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]"
    light = opened.page.evaluate(colours)
    opened.page.emulate_media(color_scheme="dark")
    assert opened.page.evaluate(colours) != light
    opened.page.emulate_media(color_scheme="dark", media="print")
    assert opened.page.evaluate(colours) == light


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_program_that_looks_for_barriers_finds_none(browser: Browser, address: str, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the page would keep the program itself out.
    context = browser.new_context(bypass_csp=True, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto(address)
    page.click("details.keys summary")
    found = Axe().run(page).response["violations"]
    context.close()
    assert [(one["id"], [node["html"][:120] for node in one["nodes"][:3]]) for one in found] == []


def test_a_reader_who_wants_less_motion_gets_less(opened: Opened, tmp_path: Path) -> None:
    page = opened.page
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "auto"
    page.emulate_media(reduced_motion="no-preference")
    assert page.evaluate("getComputedStyle(document.documentElement).scrollBehavior") == "smooth"
