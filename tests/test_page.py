"""The listening page of a rendered episode, opened from the disk in a real browser: what is heard, and where."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.chromium import browser, with_chromium
from tests.face_helpers import Shell, cache, shell
from tests.page_browser import PLACE, Opened, open_page
from tests.page_helpers import SCRIPT

__all__ = ["browser", "cache", "open_page", "shell"]

pytestmark = with_chromium

FOCUS = """() => {
  const one = document.activeElement, seen = one.matches("input[type=radio]") ? one.nextElementSibling : one;
  const name = one.dataset.do || one.dataset.clip || one.name || one.id || one.className || one.tagName;
  return [name, getComputedStyle(seen).outlineStyle, one.closest("[id]")?.id || ""];
}"""
"""What has the focus, how that is shown, and what it is in."""
HANDED = """() => {
  window.handed = [];
  document.addEventListener("volumechange", ({ target }) => {
    const others = [...document.querySelectorAll("audio")].filter((one) => one !== target && !one.paused);
    if (!target.muted && target.volume === 0 && others.length)
      window.handed.push(target.currentTime - others[0].currentTime);
  }, true);
}"""
"""Notes how far two mixes are apart when the one begins to be heard in the place of the other."""
WHERE = """(word) => {
  const line = [...document.querySelectorAll(".line p")].find((one) => one.textContent.includes(word));
  const range = document.createRange(), at = line.textContent.indexOf(word), text = line.firstChild;
  range.setStart(text, at);
  range.setEnd(text, at + word.length);
  const box = range.getBoundingClientRect();
  return [box.x + box.width / 2, box.y + box.height / 2];
}"""
"""The middle of a word of a line that nobody has pointed at."""
SOUNDING = "[...document.querySelectorAll('audio')].filter((one) => !one.paused)"


@pytest.fixture(scope="module")
def episode(tmp_path_factory: pytest.TempPathFactory, shell: Shell) -> Path:
    """The output folder of an episode with three mixes."""
    folder = tmp_path_factory.mktemp("a listener's")
    (folder / "script").mkdir()
    (folder / "script" / "well & stairs.yaml").write_text(SCRIPT, "utf-8")
    done = shell("episode", "--quiet", cwd=folder)
    assert (done.code, done.err) == (0, "")
    return next((folder / "output").iterdir())


@pytest.fixture
def heard(open_page: Any, episode: Path) -> Opened:
    found: Opened = open_page((episode / "index.html").as_uri())
    found.until("producerPage.player.element.readyState >= 2")
    return found


def timeline(episode: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads((episode / "timeline.json").read_text("utf-8"))
    return read


def words(episode: Path) -> list[tuple[str, float, float]]:
    read = timeline(episode)
    spoken = [word for clip in read["clips"] for word in clip.get("words", ())]
    return [(word["text"], word["start"] / read["rate_hz"], word["end"] / read["rate_hz"]) for word in spoken]


def test_it_plays_from_the_disk_for_as_long_as_the_episode_is(heard: Opened, episode: Path) -> None:
    read = timeline(episode)
    assert heard.value("producerPage.player.element.duration") == pytest.approx(
        read["duration"] / read["rate_hz"], abs=0.002
    )
    heard.page.click(".listen")
    heard.until(f"{PLACE} > 0.4")
    assert heard.page.text_content(".listen span") == "Pause"
    assert heard.page.is_visible(".transport .main .icon:nth-of-type(2)")
    heard.page.click(".transport .main")
    assert heard.value("producerPage.player.element.paused")
    stopped = heard.at_s
    heard.page.wait_for_timeout(150)
    assert heard.at_s == stopped


def test_the_words_follow_the_voice(heard: Opened, episode: Path) -> None:
    spoken = words(episode)
    heard.play_from(spoken[0][1] - 0.2)
    looked = heard.value(
        """async () => {
          const seen = [];
          for (let turn = 0; turn < 120; turn++) {
            await new Promise((done) => setTimeout(done, 33));
            await new Promise(requestAnimationFrame); // what a viewer sees is a whole picture
            const marked = [...document.querySelectorAll(".w.now")].map((one) => one.textContent);
            seen.push([producerPage.player.place(), marked]);
          }
          return seen;
        }"""
    )
    named = [(at, marked) for at, marked in looked if marked]
    assert len({marked[0] for _, marked in named}) >= 6
    for at, marked in looked:
        assert len(marked) <= 1
        near = [text for text, start, end in spoken if start - 0.1 <= at <= end + 0.1]
        sure = [text for text, start, end in spoken if start + 0.1 <= at <= end - 0.1]
        assert set(marked) <= set(near), (at, marked, near)
        assert set(sure) <= set(marked), (at, marked, sure)


def test_a_click_on_a_word_goes_to_it(heard: Opened, episode: Path) -> None:
    start = next(start for text, start, _ in words(episode) if text == "lighting")
    heard.page.locator(".line", has_text="lighting").scroll_into_view_if_needed()
    heard.page.mouse.click(*heard.value(f"({WHERE})('lighting')"))
    assert heard.at_s == pytest.approx(start, abs=0.002)
    assert heard.page.text_content(".w.now") == "lighting"
    assert heard.page.text_content(".chapters .current bdi") == "The stairs"


def test_every_sound_has_its_name_and_can_be_gone_to(heard: Opened, episode: Path) -> None:
    read = timeline(episode)
    noises = {clip["id"]: clip for clip in read["clips"] if clip["kind"] != "speech"}
    listed = heard.value("[...document.querySelectorAll('#cues button')].map((one) => one.dataset.clip)")
    assert listed == list(noises)
    for clip in noises.values():
        heard.page.click(f'#cues [data-clip="{clip["id"]}"]')
        assert heard.at_s == pytest.approx(clip["start"] / read["rate_hz"], abs=0.002)
    heard.page.locator("input[name=kind][value=music]").check()
    assert (
        heard.page.locator("#cues li:visible").count() == sum(clip["kind"] == "music" for clip in noises.values()) == 1
    )


def test_a_click_in_the_wave_and_in_the_lanes_goes_there(heard: Opened, episode: Path) -> None:
    length = timeline(episode)["duration"] / timeline(episode)["rate_hz"]
    box = heard.page.locator("#overview").bounding_box()
    assert box
    heard.page.mouse.click(box["x"] + box["width"] * 0.6, box["y"] + 70)
    assert heard.at_s == pytest.approx(length * 0.6, abs=length / box["width"] * 1.5)
    heard.value("producerPage.player.seek(0)")
    lanes = heard.page.locator("#lanes")
    lanes.scroll_into_view_if_needed()
    first = next(clip for clip in timeline(episode)["clips"] if clip["kind"] == "speech")
    start = first["start"] / timeline(episode)["rate_hz"]
    heard.value("document.addEventListener('producer:pick', ({ detail }) => { window.picked = detail; })")
    box = lanes.bounding_box()
    assert box
    left, right = heard.value("producerPage.store.get('view')")
    x = box["x"] + (start + 0.8 - left) / (right - left) * box["width"]
    heard.page.mouse.move(x, box["y"] + 26 + 54 + 20)
    assert "Ada Vane" in (heard.page.text_content(".tip") or "")
    heard.page.mouse.click(x, box["y"] + 26 + 54 + 20)
    assert heard.value("window.picked")["clip"] == first["id"]
    assert heard.at_s == pytest.approx(start, abs=0.002)


def test_the_keyboard_does_all_of_it(heard: Opened, episode: Path) -> None:
    press = heard.page.keyboard.press
    press("Space")
    heard.until("producerPage.store.get('playing')")
    press("k")
    heard.until("!producerPage.store.get('playing')")
    heard.value("producerPage.player.seek(6)")
    for key, at in (("ArrowRight", 11), ("ArrowLeft", 6), ("l", 16), ("j", 6), ("j", 0)):
        press(key)
        assert heard.at_s == pytest.approx(at, abs=0.01), key
    scenes = [scene["start"] / timeline(episode)["rate_hz"] for scene in timeline(episode)["scenes"]]
    press("]")
    assert heard.at_s == pytest.approx(scenes[1], abs=0.002)
    assert heard.page.text_content("#status") == "The stairs"
    press("[")
    assert heard.at_s == 0
    press(".")
    assert heard.at_s == pytest.approx(words(episode)[0][1], abs=0.002)
    press("2")
    heard.until("producerPage.player.element.src.endsWith('.clear_speech.mp3')")
    press("t")
    assert heard.value("document.documentElement.dataset.theme") == "dark"
    press("?")
    assert heard.page.is_visible("dialog#keys")
    heard.page.uncheck("#single-keys")
    press("Escape")
    before = heard.at_s
    press("l")
    assert heard.at_s == before  # keys by themselves are off; the arrows go on
    press("ArrowRight")
    assert heard.at_s == pytest.approx(before + 5, abs=0.01)


def test_what_has_the_focus_is_seen_and_lists_are_one_stop_each(heard: Opened) -> None:
    stops = []
    for _ in range(40):
        heard.page.keyboard.press("Tab")
        stop = heard.value(FOCUS)
        if stop[0] == "BODY":
            break
        assert stop[1] == "solid", stop
        stops.append((stop[0], stop[2]))
    assert stops[0][0] == "skip"
    assert sum(where == "transcript" for _, where in stops) == 1
    assert sum(where == "cues" for _, where in stops) == 1
    assert [name for name, _ in stops].count("toggle") == 2
    heard.page.focus("#transcript .time[tabindex='0']")
    heard.page.keyboard.press("ArrowDown")
    heard.page.keyboard.press("Enter")
    assert heard.at_s == pytest.approx(
        heard.value("Number(document.activeElement.closest('.line').dataset.at)") / 1000, abs=0.002
    )
    assert heard.at_s > 1


def test_another_mix_goes_on_at_the_same_moment(heard: Opened) -> None:
    heard.value(HANDED)
    heard.play_from(2.0)
    for turn, index in enumerate((1, 2, 0, 1), 1):
        heard.page.keyboard.press(str(index + 1))
        heard.until(f"window.handed.length >= {turn} && {SOUNDING}.length === 1")
        assert heard.page.is_checked(f"input[name=mix] >> nth={index}")
        assert heard.value(f"{SOUNDING}.filter((one) => !one.muted && one.volume === 1).length") == 1
    assert max(map(abs, heard.value("window.handed"))) <= 0.05
    heard.page.keyboard.press("k")
    heard.until("!producerPage.store.get('playing')")
    stopped = heard.at_s
    heard.page.check("input[value=narration_only]")
    heard.until("producerPage.player.element.src.endsWith('.narration_only.mp3')")
    assert heard.at_s == pytest.approx(stopped, abs=5e-6)  # browsers round to microseconds: a quarter of a sample
    assert heard.page.is_visible('.of-mix[data-mix="narration_only"]')
    assert not heard.page.is_visible('.of-mix[data-mix="standard"]')


@pytest.mark.parametrize("name", ["audit.html", "index.html"])
@pytest.mark.parametrize("width", [360, 1280])
def test_the_pages_of_a_render_have_no_barriers(browser: Browser, episode: Path, name: str, width: int) -> None:
    from axe_playwright_python.sync_playwright import Axe

    # The policy of the listening page would keep the program itself out.
    with browser.new_context(bypass_csp=True, viewport={"width": width, "height": 800}) as context:
        page = context.new_page()
        page.goto((episode / name).as_uri())
        found = Axe().run(page).response["violations"]
    assert [(one["id"], one["nodes"][0]["html"][:80]) for one in found] == []
