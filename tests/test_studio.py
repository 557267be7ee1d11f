"""The studio: a real server on a real port, real saves, and a real browser."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from scipy.ndimage import maximum_filter1d

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import RenderError
from producer.model.timeline import Timeline
from producer.production import Order
from producer.project import find
from producer.studio import making, server, serving
from producer.studio.desk import Selection
from producer.studio.states import moved
from producer.studio.turns import Turns
from producer.studio.watching import folders
from tests.chromium import browser, until, with_chromium
from tests.face_helpers import ENTRY
from tests.page_browser import PLACE
from tests.studio_helpers import SCRIPT, Studio, studio

__all__ = ["browser"]
TEXT = SCRIPT.format(title="The lamp")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module", autouse=True)
def no_listeners() -> Iterator[None]:
    """What is served is read as fast as it comes, where a listener's player would wait until it is needed."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(server, "_PACE", 100.0)
        yield


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Studio]:
    with studio(tmp_path_factory.mktemp("project"), cache) as made:
        yield made


@pytest.fixture
def lamp(running: Studio) -> Studio:
    """The studio with its script as it was."""
    if running.script.read_text("utf-8") != TEXT or running.state["problems"]:
        running.saved(TEXT)
    return running


# -- what is heard


def test_what_is_served_is_the_episode_at_its_loudness(lamp: Studio) -> None:
    audio = lamp.sound()
    version = lamp.open.maker.state.version
    assert version is not None
    assert len(audio) == version.desk.placed.timeline.duration
    assert loudness(audio, 44100) == pytest.approx(-16.0, abs=0.5)


def test_a_profile_of_one_channel_is_heard_on_both_sides_and_to_its_end(lamp: Studio) -> None:
    lamp.saved(lamp.script.read_text("utf-8").replace("packs:", "profile: acx\npacks:"))
    version = lamp.open.maker.state.version
    assert version is not None
    piece = version.desk.part(0, Selection())
    assert len(piece) == 4 * version.desk.mixer.parts[0].core.length  # or whoever asks for all of it waits for ever
    audio = lamp.sound()
    assert len(audio) == version.desk.placed.timeline.duration
    assert np.array_equal(audio[:, 0], audio[:, 1])
    assert -23.0 <= 10.0 * np.log10(np.square(audio).mean()) <= -18.0
    assert 10.0 * np.log10(np.square(audio[-22050:]).mean()) == pytest.approx(-68.0, abs=3.0)  # its room tone


def test_ranges_are_the_bytes_of_the_whole(lamp: Studio) -> None:
    path = f"/audio/{lamp.state['version']}.wav"
    whole = lamp.ask(path).body
    size = len(whole)
    for asked, begin, end in (
        ("bytes=0-", 0, size),
        ("bytes=0-43", 0, 44),
        ("bytes=40-99", 40, 100),
        (f"bytes={size // 2}-{size // 2 + 400_000}", size // 2, size // 2 + 400_001),
        ("bytes=-1000", size - 1000, size),
        (f"bytes={size - 5}-{size * 9}", size - 5, size),
        (f"bytes=-{size * 2}", 0, size),
        (f"bytes=0-{'9' * 5000}", 0, size),
        (f"bytes=-{'9' * 5000}", 0, size),
        (f"bytes={'0' * 5000}7-9", 7, 10),
    ):
        got = lamp.ask(path, Range=asked)
        assert got.status == 206, asked
        assert got.headers["content-range"] == f"bytes {begin}-{end - 1}/{size}"
        assert got.headers["content-length"] == str(end - begin)
        assert got.body == whole[begin:end]
    for asked in (f"bytes={size}-", "bytes=-0", f"bytes={size * 3}-{size * 4}", f"bytes={'9' * 5000}-"):
        got = lamp.ask(path, Range=asked)
        assert (got.status, got.headers["content-range"]) == (416, f"bytes */{size}")
    for asked in ("bytes=9-3", "bytes=-", "bytes=a-b", "lines=0-1", "bytes=0-1,5-9", "bytes=-²"):
        got = lamp.ask(path, Range=asked.encode().decode("latin-1"))
        assert (got.status, len(got.body)) == (200, size), asked
    head = lamp.ask(path, "HEAD")
    assert (head.status, head.headers["content-length"], head.body) == (200, str(size), b"")
    assert lamp.ask("/audio/999.wav").status == 404


def test_mute_and_solo_are_what_they_say(lamp: Studio) -> None:
    whole, names = lamp.sound(), lamp.state["names"]
    assert names == {
        "speech": ["ada", "ben"],
        "sounds": ["door_creak", "leather_grip"],
        "beds": ["room_tone"],
    } or names == {
        "speech": ("ada", "ben"),
        "sounds": ("door_creak", "leather_grip"),
        "beds": ("room_tone",),
    }
    ada, ben = lamp.clip("ada"), lamp.clip("ben")
    alone = lamp.sound(query="?solo=speech/ada")
    assert np.abs(alone[ben.span.start : ben.span.end]).max() == 0.0
    inside = slice(ada.span.start, ada.span.end)
    assert np.abs(alone[inside]).max() > 0.05
    parts = [lamp.sound(query=f"?solo={name}") for name in ("speech", "sounds", "beds")]
    total = np.sum(parts, axis=0)
    loud = maximum_filter1d(np.abs(total).max(axis=1), 2 * 44100) > 0.5
    assert 0.2 < loud.mean() < 0.9  # where it is not, the limiter leaves everything as it is
    assert np.abs(total - whole)[~loud].max() < 4 / 32767
    without = lamp.sound(query="?mute=beds,sounds/door_creak")
    creak = lamp.clip("door_creak").span
    middle = slice((creak.start + creak.end) // 2, creak.end)
    assert np.abs(whole[middle]).max() > 100 * np.abs(without[middle]).max()
    assert not lamp.sound(query="?mute=speech,sounds,beds").any()


def test_a_selection_hears_what_is_soloed_and_not_muted() -> None:
    assert Selection().hears("beds", "wind")
    solo = Selection(solo=frozenset({"speech", "beds/wind"}))
    assert [solo.hears("speech", "ada"), solo.hears("beds", "wind"), solo.hears("beds", "rain")] == [True, True, False]
    assert not Selection(mute=frozenset({"beds/wind"}), solo=frozenset({"beds"})).hears("beds", "wind")


# -- saves


def test_a_save_is_heard_and_only_where_it_changed(lamp: Studio) -> None:
    before = lamp.sound()
    made = lamp.saved(TEXT.replace("door_creak level -8", "door_creak level -20"))
    after, creak = lamp.sound(made["version"]), lamp.clip("door_creak").span
    first = creak.start - 100
    assert np.array_equal(before[:first], after[:first])
    loud = slice(creak.start, creak.end)
    ratio = np.sqrt((after[loud] ** 2).mean() / (before[loud] ** 2).mean())
    assert 20 * np.log10(ratio) == pytest.approx(-12.0, abs=1.5)  # the bed under it stays


def test_a_comment_is_another_version_of_the_same_sound(lamp: Studio) -> None:
    before = lamp.state
    made = lamp.saved(TEXT.replace("# under it all", "# beneath"))
    assert made["version"] > before["version"] and made["sound"] == before["sound"]


def test_a_mistake_shows_its_place_and_the_last_good_episode_plays_on(lamp: Studio) -> None:
    good, sound = lamp.state, lamp.sound()
    lamp.save(TEXT.replace("sound: door_creak", "sound: door_creek").replace("- ben:", "- bin:"))
    state = lamp.until(lambda state: len(state["problems"]) == 2, "refused")
    first = state["problems"][0]
    assert first["where"] == "script/lamp.yaml:14:16"
    assert "did you mean 'door_creak'" in first["what"]
    assert first["quoted"] == "      - sound: door_creek level -8 LU, wait no"
    assert state["problems"][1]["where"].startswith("script/lamp.yaml:16:")
    assert (state["version"], state["sound"]) == (good["version"], good["sound"])
    assert np.array_equal(lamp.sound(), sound)
    assert lamp.saved(TEXT)["problems"] == []


def test_what_a_voice_cannot_say_shows_its_place_too(lamp: Studio) -> None:
    lamp.save(TEXT.replace("Who was it?", "ひかり。").replace("Nobody but", "いりえ"))
    state = lamp.until(lambda state: bool(state["problems"]), "refused")
    assert [one["where"] for one in state["problems"]] == ["script/lamp.yaml:12:9", "script/lamp.yaml:16:9"]
    assert [one["quoted"] for one in state["problems"]] == [
        "      - ada: The lamp is out. [leather_grip level -12 LU] ひかり。",
        "      - ben: いりえ the wind.",
    ]
    assert lamp.saved(TEXT)["problems"] == []


def test_a_script_that_is_gone_for_a_moment_is_a_problem_and_no_end(lamp: Studio) -> None:
    lamp.script.unlink()
    state = lamp.until(lambda state: bool(state["problems"]), "missed")
    assert "cannot read" in state["problems"][0]["what"]
    lamp.saved(TEXT)


def test_a_cache_that_takes_nothing_costs_speed_and_no_more(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", "utf-8")
    with studio(tmp_path / "project", tmp_path / "file" / "cache") as made:
        assert made.sound().any()


def test_what_goes_wrong_behind_a_save_is_told_and_the_next_save_is_heard(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with studio(tmp_path / "project", cache, finish=True) as made:
        with monkeypatch.context() as gone:  # as by an upgrade meanwhile
            gone.setattr(sys, "executable", str(tmp_path / "no-python"))
            made.saved(TEXT.replace("level -8", "level -9"))
            state = made.until(lambda state: bool(state["problems"]), "told")
            assert "no-python" in state["problems"][0]["what"]
        assert made.saved(TEXT.replace("level -8", "level -10"))["problems"] == []


_WHOLE = """
import sys
from pathlib import Path
from producer.cache import Cache
from producer.production import Order
from producer.project import find
from producer.studio import making
from producer.studio.making import Maker
script = Path(sys.argv[1])
making._RENDER = sys.argv[2]  # which gives way to nobody
with Cache(script.parent / "cache") as cache:
    said = Maker(Order(project=find(script, script.parent)[0], jobs=1), cache)._episode()
sys.stdout.buffer.write(str(said).encode())
"""


def test_what_the_whole_says_is_read_as_it_was_written_whatever_the_locale(tmp_path: Path) -> None:
    script = tmp_path / "script" / "lamp.yaml"
    script.parent.mkdir()
    script.write_text(TEXT.replace("door_creak", "Tür"), "utf-8")
    plain = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    command = [sys.executable, "-c", _WHOLE, str(script), ENTRY]
    done = subprocess.run(command, env=plain, capture_output=True, check=False)
    assert "'Tür'" in done.stdout.decode(), done.stderr.decode()


def test_a_script_that_is_a_link_to_itself_is_a_problem_and_the_next_save_is_seen(lamp: Studio) -> None:
    lamp.script.unlink()
    lamp.script.symlink_to(lamp.script)
    lamp.until(lambda state: any("symbolic links" in one["what"] for one in state["problems"]), "missed")
    assert folders(lamp.open.maker.order, (str(lamp.script),))  # what the watcher looks at, again and again
    lamp.script.unlink()
    lamp.saved(TEXT)


def test_ten_saves_in_a_second_end_in_the_last(lamp: Studio) -> None:
    for number in range(10):
        lamp.save(TEXT.replace("door_creak level -8", f"door_creak level -{20 + number}"))
        time.sleep(0.1)
    last = TEXT.replace("door_creak level -8", "door_creak level -29")
    assert lamp.script.read_text("utf-8") == last
    lamp.saved(last)
    assert lamp.clip("door_creak").level.first == -29.0
    lamp.until(lambda state: not state["doing"], "at rest")
    assert lamp.clip("door_creak").level.first == -29.0


def test_a_save_is_seen_however_an_editor_writes_it(lamp: Studio) -> None:
    part = lamp.script.with_name("lamp.yaml~")
    new = TEXT.replace("level -8", "level -9")
    part.write_text(new, "utf-8")
    part.replace(lamp.script)  # a new file in the old one's place
    lamp.until(lambda _: lamp.clip("door_creak").level.first == -9.0, "seen")


def test_a_pack_that_is_saved_is_heard(lamp: Studio) -> None:
    before = lamp.state
    pack = lamp.script.parent.parent / "sfx" / "own"
    pack.mkdir(parents=True)
    (pack / "pack.yaml").write_text("name: broken\n", "utf-8")
    lamp.until(lambda state: state["version"] > before["version"] or bool(state["problems"]), "looked at")


def place_after(moves: Iterable[tuple[int, int]], at_ms: float) -> float:
    """Where the moment `at_ms` is after moves: as the page has it (`panel.js`)."""
    shift = 0.0
    for start, to in moves:
        if start > at_ms:
            break
        shift = to - start
    return max(0.0, at_ms + shift)


def test_a_moment_is_found_again_by_what_is_heard_there(lamp: Studio) -> None:
    def timeline() -> Timeline:
        version = lamp.open.maker.state.version
        assert version is not None
        return version.desk.placed.timeline

    before = timeline()
    made = lamp.saved(TEXT.replace("- pause: 1 s", "- pause: 3 s"))
    ada = before.clips[[clip.name for clip in before.clips].index("ada")].span.start * 1000 / before.rate_hz
    assert [tuple(one) for one in made["moved"]] == list(moved(before, timeline()))
    assert place_after(made["moved"], ada + 250) == pytest.approx(ada + 2250, abs=2)
    assert place_after(made["moved"], 100) == 100
    assert moved(before, before) == ()


# -- nudges and other packs


def test_a_nudge_is_written_and_nothing_else(lamp: Studio) -> None:
    lamp.script.chmod(0o640)
    asked = {"version": lamp.state["version"], "clip": lamp.clip("leather_grip").id, "key": "level", "value": -17.5}
    shown = lamp.post("/nudge", asked).json
    assert shown["after"] == shown["before"].replace("-12 LU", "-17.5 LU") and shown["line"] == 12
    assert lamp.script.read_text("utf-8") == TEXT
    done = lamp.post("/write", asked)
    assert done.status == 200
    assert lamp.script.read_bytes() == TEXT.replace("-12 LU", "-17.5 LU").encode()
    assert stat.S_IMODE(lamp.script.stat().st_mode) == 0o640
    assert [path.name for path in lamp.script.parent.iterdir()] == ["lamp.yaml"]
    lamp.until(lambda _: lamp.clip("leather_grip").level.first == -17.5, "heard")


def test_a_nudge_of_what_was_saved_since_is_refused(lamp: Studio) -> None:
    asked = {"version": lamp.state["version"], "clip": lamp.clip("door_creak").id, "key": "pan", "value": -40}
    other = "# somebody was quicker\n" + TEXT
    lamp.save(other)
    assert lamp.post("/write", asked).status == 409
    assert lamp.script.read_text("utf-8") == other
    lamp.saved(other)
    assert lamp.post("/write", asked).status == 409  # that version is no more


def test_a_nudge_that_makes_no_sense_is_refused(lamp: Studio) -> None:
    asked: dict[str, Any] = {"version": lamp.state["version"], "clip": lamp.clip("door_creak").id}
    for more, status in (
        ({"key": "level", "value": 1e9}, 400),
        ({"key": "level", "value": "-3 LU\n- cut: all"}, 400),
        ({"key": "level", "value": True}, 400),
        ({"key": "level", "value": 10**400}, 400),
        ({"key": "level", "value": float("nan")}, 400),
        ({"key": "level", "value": float("-inf")}, 400),
        ({"key": "text", "value": 1}, 400),
        ({"key": "at", "value": 1}, 422),
        ({"key": "level", "value": -3, "clip": "nobody"}, 400),
        ({"key": "level", "value": -3, "version": "1"}, 400),
    ):
        assert lamp.post("/write", asked | more).status == status, more
    assert lamp.post("/write", [1]).status == 400
    assert lamp.script.read_text("utf-8") == TEXT


def test_what_can_be_done_with_a_cue(lamp: Studio) -> None:
    found = lamp.ask(f"/cue?version={lamp.state['version']}&clip={lamp.clip('door_creak').id}").json
    assert found["where"] == "script/lamp.yaml:14:9"
    assert found["values"] == {"level": -8.0, "pan": 0, "at": 0.0}
    assert list(found["refused"]) == ["at"] and "pause" in found["refused"]["at"]
    assert found["pack"] == "ruins" and "winter" in found["packs"]


def test_the_level_of_what_is_said_together_is_the_lines_own(lamp: Studio) -> None:
    cast = "  both: {together: [ada, ben]}\nscenes:"
    text = lamp.script.read_text("utf-8").replace("scenes:", cast).replace("- ben: Nobody", "- both: Nobody")
    lamp.saved(text)
    clip = lamp.clip("ben")
    asked = {"version": lamp.state["version"], "clip": clip.id}
    assert lamp.ask(f"/cue?version={asked['version']}&clip={clip.id}").json["values"]["level"] == 0.0
    assert lamp.post("/nudge", asked | {"key": "level", "value": -2}).json["after"] == "        level: -2 LU"
    lamp.saved(text.replace("- both: Nobody but the wind.", "- both: Nobody but the wind.\n        level: -2 LU"))
    assert lamp.clip("ben").level.first == pytest.approx(clip.level.first - 2.0)
    asked["version"] = lamp.state["version"]
    assert lamp.ask(f"/cue?version={asked['version']}&clip={clip.id}").json["values"]["level"] == -2.0


def test_b_is_another_pack_for_one_role_and_a_stays(lamp: Studio) -> None:
    a = lamp.sound()
    creak = lamp.clip("door_creak")
    asked = {"version": lamp.state["version"], "clip": creak.id, "pack": "winter"}
    done = lamp.post("/try", asked)
    assert done.status == 200, done.body
    state = lamp.state
    assert (state["trial"], state["trying"]) == (done.json["trial"], "door_creak from winter")
    b = lamp.sound(done.json["trial"])
    first = creak.span.start - 1000
    assert np.array_equal(a[:first], b[:first])
    assert not np.array_equal(a[first : first + 44100], b[first : first + 44100])
    assert np.array_equal(lamp.sound(state["version"]), a)
    assert lamp.post("/try", asked | {"pack": "nobody"}).status == 400
    assert lamp.post("/forget", {}).status == 200 and lamp.state["trial"] == 0


def test_b_is_a_nudge_that_is_not_written(lamp: Studio) -> None:
    clip = lamp.clip("door_creak")
    asked = {"version": lamp.state["version"], "clip": clip.id, "key": "pan", "value": -100}
    done = lamp.post("/try", asked)
    assert done.status == 200, done.body
    loud = slice(clip.span.start, clip.span.end)
    left, right = (np.sqrt((lamp.sound(done.json["trial"])[loud, side] ** 2).mean()) for side in (0, 1))
    assert left > 3 * right
    for value in (-90, -80, -70, -60):
        assert lamp.post("/try", asked | {"value": value}).status == 200
    assert lamp.ask(f"/audio/{asked['version']}.wav", "HEAD").status == 200  # A, however often B was another
    assert lamp.script.read_text("utf-8") == TEXT
    lamp.post("/forget", {})


# -- who may ask


def test_it_listens_on_the_loopback_alone(lamp: Studio) -> None:
    with socket.socket() as other:
        other.settimeout(2)
        mine = socket.gethostbyname(socket.gethostname())
        if mine.startswith("127."):
            mine = "127.0.0.2"  # another address of this machine, on which nothing of ours listens
        assert other.connect_ex((mine, lamp.port)) != 0


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 403),
        ({"Host": "evil.example:{port}"}, 403),
        ({"Host": "127.0.0.1.evil.example:{port}"}, 403),
        ({"Host": "127.0.0.1"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "https://127.0.0.1:{port}"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "localhost:{port}"}, 200),
        ({"Origin": "http://127.0.0.1:{port}", "Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
    ],
)
def test_only_this_server_by_its_own_name_is_asked(lamp: Studio, headers: dict[str, str], status: int) -> None:
    given = {name: value.format(port=lamp.port) for name, value in headers.items()}
    for path in ("/", f"/audio/{lamp.state['version']}.wav", "/panel.js"):
        got = lamp.ask(path, **given)
        assert got.status == status
        assert "access-control-allow-origin" not in got.headers
        assert got.headers["cross-origin-resource-policy"] == "same-origin"
        assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"X-Producer-Token": "guess"},
        {"X-Producer-Token": ""},
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Host": "evil.example"},
    ],
)
def test_another_page_writes_nothing(lamp: Studio, headers: dict[str, str]) -> None:
    asked = {"version": lamp.state["version"], "clip": lamp.clip("door_creak").id, "key": "level", "value": -3}
    assert lamp.post("/write", asked, **headers).status in (403, 415)
    assert lamp.script.read_text("utf-8") == TEXT


def test_a_write_without_an_origin_is_refused(lamp: Studio) -> None:
    body = json.dumps({"version": 1}).encode()
    got = lamp.ask("/write", "POST", body, Content_Type="application/json", X_Producer_Token=lamp.open.token)
    assert got.status == 403


def test_what_is_huge_is_refused(lamp: Studio) -> None:
    assert lamp.post("/write", {"clip": "x" * 70_000}).status == 413
    own = {"Origin": f"http://127.0.0.1:{lamp.port}", "Content-Type": "application/json"}
    own |= {"X-Producer-Token": lamp.open.token}
    chunks = b"".join(b"4000\r\n" + b"x" * 0x4000 + b"\r\n" for _ in range(8)) + b"0\r\n\r\n"
    with socket.create_connection(("127.0.0.1", lamp.port), 10) as raw:  # a length that is not told beforehand
        head = "".join(f"{name}: {value}\r\n" for name, value in {"Host": f"127.0.0.1:{lamp.port}", **own}.items())
        raw.sendall(f"POST /write HTTP/1.1\r\n{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        with contextlib.suppress(OSError):
            raw.sendall(chunks)
        assert b"413" in raw.recv(64)
    assert lamp.ask("/" + "a" * 6000).status == 414
    assert lamp.ask("/", Content_Length="99999999999999999999").status in (400, 413)


@pytest.mark.parametrize(
    "path",
    [
        "/../script/lamp.yaml",
        "/..%2fscript%2flamp.yaml",
        "/%2e%2e/%2e%2e/etc/passwd",
        "//etc/passwd",
        "/script/lamp.yaml",
        "/lamp.yaml",
        "/audio/../lamp.yaml",
        "/audio/1.wav/..%2f..%2fscript",
        "/audio/-1.wav",
        "/..\\script\\lamp.yaml",
        "/lamp.mp3%00.yaml",
        "/timeline.json",
        "/cue?version=1&clip=../../x",
    ],
)
def test_no_path_leads_out(lamp: Studio, path: str) -> None:
    got = lamp.ask(path)
    assert got.status in (400, 404, 409)
    assert b"The lamp is out" not in got.body and b"root:" not in got.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH", "TRACE"])
def test_no_other_method_does_anything(lamp: Studio, method: str) -> None:
    assert lamp.ask("/write", method).status in (403, 405, 415)


# -- the rest


def test_older_versions_wait_for_the_newest() -> None:
    turns = Turns()
    turns.published(2)
    assert turns.wait_s(2) == 0 and turns.wait_s(3) == 0 and turns.wait_s(1) > 0
    turns.published(1)
    assert turns.wait_s(2) == 0


def test_without_the_extra_there_is_one_clear_message(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "watchfiles", None)
    with pytest.raises(RenderError, match=r"the extra 'studio': pip install 'producer-audio-drama\[studio\]'"):
        serving.parts()


def test_a_port_that_is_taken_is_said(lamp: Studio) -> None:
    with (
        pytest.raises(RenderError, match="--port"),
        serving.running(lamp.open.maker.order, lamp.open.maker.cache, lamp.port),
    ):
        pass


def test_a_port_can_be_had_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, _ = serving._listening(0)
    number = first.getsockname()[1]
    with socket.create_connection(("127.0.0.1", number)) as page:
        answer, _ = first.accept()
        answer.close()  # whoever closes first keeps the connection, as a studio does that ends under an open page
        assert page.recv(1) == b""
        first.close()
    again, instead = serving._listening(number)
    assert instead == ""
    monkeypatch.setattr(serving, "PORT", number)  # now it is really taken
    other, instead = serving._listening(None)
    assert f"port {number} is not to be had" in instead
    assert other.getsockname()[1] != number
    again.close()
    other.close()


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole is finished beside all else that this machine does, not behind it: other tests never rest.

    Nor is it waited for whether anybody goes on writing.
    """
    assert "nice" in making._RENDER
    monkeypatch.setattr(making, "_RENDER", ENTRY)
    monkeypatch.setattr(making, "QUIET_S", 0.25)


@pytest.mark.usefixtures("at_once")
def test_a_quiet_moment_finishes_the_whole(tmp_path: Path, cache: Path) -> None:
    with studio(tmp_path, cache, finish=True) as made:
        state = made.until(lambda state: state["whole"] == state["version"] > 0, "finished")
        output = tmp_path / "output" / "lamp"
        assert not state["problems"]
        assert (output / "lamp.mp3").stat().st_size > 50_000
        assert json.loads((output / "timeline.json").read_text())["duration"] == len(made.sound())
        page = made.ask("/")
        assert b"Loudness" in page.body and b"/panel.js" in page.body and b"http-equiv" not in page.body
        assert "unsafe" not in page.headers["content-security-policy"]
        part = made.ask("/lamp.mp3", Range="bytes=-10")
        assert (part.status, part.body) == (206, (output / "lamp.mp3").read_bytes()[-10:])


# -- in a browser

EVIL = "</script><script>window.hurt=1</script><img src=x onerror=window.hurt=2>"


class Tab:
    """A page of a studio in a real browser."""

    def __init__(self, browser: Any, url: str, **more: Any) -> None:
        self.context = browser.new_context(viewport={"width": 1280, "height": 900}, **more)
        self.page = self.context.new_page()
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(message.text))
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.goto(url)
        self.until(
            "window.producerStudio && producerStudio.heard > 0 && producerPage.player.element.src.includes('/audio/')"
        )

    def value(self, expression: str) -> Any:
        return self.page.evaluate(expression)

    def until(self, expression: str) -> None:
        until(self.page, expression, self.said)

    def play_from(self, seconds: float) -> None:
        self.value(f"producerPage.player.seek({seconds}, true)")
        self.until(f"{PLACE} > {seconds} + 0.05 && producerPage.store.get('playing')")


@pytest.fixture
def tab(browser: Any, lamp: Studio) -> Iterator[Tab]:
    made = Tab(browser, lamp.open.url)
    yield made
    made.context.close()
    assert made.said == []


@with_chromium
def test_a_save_plays_on_at_the_same_moment(lamp: Studio, tab: Tab) -> None:
    tab.play_from(2.0)
    before = lamp.state["version"]
    lamp.saved(TEXT.replace("- pause: 1 s", "- pause: 4 s"))
    tab.until(f"producerPage.player.element.src.endsWith('/audio/{lamp.state['version']}.wav')")
    assert lamp.state["version"] > before
    at = float(tab.value(PLACE))
    assert at > 5.0 and tab.value("producerPage.store.get('playing')")
    tab.until("document.querySelectorAll('audio[src]').length === 1")
    tab.until(f"Math.abs(producerPage.data().duration - {len(lamp.sound()) / 44100}) < 0.01")
    ada = lamp.clip("ada").span.start / 44100
    assert tab.value("producerPage.data().clips.find((one) => one.kind === 'speech').start") == pytest.approx(
        ada, abs=0.01
    )


@with_chromium
def test_chapters_come_and_go_while_it_plays_on(lamp: Studio, tab: Tab) -> None:
    titles = "[...document.querySelectorAll('#chapters bdi')].map((one) => one.textContent).join()"
    tab.until(f"{titles} === 'The lamp,Credits'")
    tab.value("window.same = true")
    tab.play_from(2.0)
    lamp.saved(TEXT + "  - id: two\n    title: The stairs\n    play:\n      - ada: Then who lit it?\n")
    tab.until(f"{titles} === 'The lamp,The stairs,Credits'")
    at = float(tab.value(PLACE))
    assert at > 2.0 and tab.value("window.same && producerPage.store.get('playing')")
    tab.page.locator("#chapters button").nth(1).click()
    tab.until("document.querySelector('.now-chapter').textContent === 'The stairs'")
    tab.until("document.querySelector('#chapters .current')?.textContent.includes('The stairs')")
    lamp.saved(TEXT)
    tab.until(f"{titles} === 'The lamp,Credits'")
    lamp.saved(TEXT.replace("    title: The lamp\n", "").replace("packs:", "credits: no\npacks:"))  # no chapter is left
    tab.until(f"{titles} === ''")
    lamp.saved(TEXT)
    tab.until(f"{titles} === 'The lamp,Credits'")
    assert tab.value("window.same && document.querySelector('.beside nav #chapters') !== null")


@with_chromium
def test_a_mistake_is_shown_over_the_page_which_plays_on(lamp: Studio, tab: Tab) -> None:
    tab.play_from(1.0)
    lamp.save(TEXT.replace("sound: door_creak", "sound: door_creek"))
    tab.until("!document.getElementById('studio-problems').hidden")
    shown = tab.page.locator("#studio-problems").inner_text()
    assert "script/lamp.yaml:14:16" in shown and "did you mean 'door_creak'" in shown
    assert tab.page.locator("#studio-problems mark").inner_text() == "door_creek level -8 LU, wait no"
    at = float(tab.value(PLACE))
    tab.until(f"{PLACE} > {at} + 0.2 && producerPage.store.get('playing')")
    lamp.saved(TEXT)
    tab.until("document.getElementById('studio-problems').hidden")


@with_chromium
def test_a_cue_is_nudged_by_mouse_and_written(lamp: Studio, tab: Tab) -> None:
    tab.page.locator("#cues button", has_text="door").first.click()
    slider = tab.page.locator("input[data-key=level]")
    slider.wait_for()
    box = slider.bounding_box()
    assert box is not None
    y = box["y"] + box["height"] / 2
    tab.page.mouse.move(box["x"] + box["width"] * 0.74, y)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + box["width"] * 0.4, y, steps=5)
    tab.page.mouse.up()
    value = float(slider.input_value())
    assert -40 < value < -15
    line = f"      - sound: door_creak level {value:g} LU, wait no"
    tab.until(f"document.querySelector('.studio-line').dataset.text === {json.dumps(line)}")
    assert lamp.script.read_text("utf-8") == TEXT
    tab.page.get_by_role("button", name="Write it").click()
    lamp.until(lambda _: lamp.clip("door_creak").level.first == value, "heard")
    assert lamp.script.read_text("utf-8") == TEXT.replace("door_creak level -8 LU", f"door_creak level {value:g} LU")
    tab.until(f"producerPage.player.element.src.endsWith('/audio/{lamp.state['version']}.wav')")


@with_chromium
def test_a_cue_is_nudged_by_arrow_keys_and_what_has_the_focus_keeps_its_keys(lamp: Studio, tab: Tab) -> None:
    tab.page.locator("#cues button", has_text="door").first.click()
    slider = tab.page.locator("input[data-key=level]")
    slider.wait_for()
    at = float(tab.value(PLACE))
    slider.focus()
    spoken = [one.get_attribute("aria-valuetext") for one in tab.page.locator("#studio input[type=range]").all()]
    assert spoken == tab.page.locator("#studio output").all_text_contents() != []
    for key in ("ArrowRight", "ArrowRight", "ArrowLeft", "ArrowUp"):
        tab.page.keyboard.press(key)
    assert (slider.input_value(), float(tab.value(PLACE))) == ("-7", at)
    tab.until("document.querySelector('.studio-line').dataset.text?.includes('level -7 LU')")
    tab.page.locator(".studio-pack select").focus()
    for key in ("t", "m", "ArrowRight"):
        tab.page.keyboard.press(key)
    assert tab.value("[document.documentElement.dataset.theme, producerPage.player.element.muted]") == [None, False]
    assert float(tab.value(PLACE)) == at
    tab.page.locator("#seek").focus()
    tab.page.keyboard.press("ArrowLeft")
    assert float(tab.value(PLACE)) == pytest.approx(max(0.0, at - 5), abs=0.01)


@with_chromium
def test_mute_solo_and_b_change_what_plays_and_not_where(lamp: Studio, tab: Tab) -> None:
    tab.play_from(1.0)
    at = float(tab.value(PLACE))
    tab.page.get_by_role("button", name="mute Beds").click()
    tab.until("producerPage.player.element.src.endsWith('?mute=beds')")
    assert at < float(tab.value(PLACE)) < at + 10
    tab.page.get_by_role("button", name="mute Beds").click()
    tab.until("producerPage.player.element.src.endsWith('.wav')")
    tab.page.locator("#cues button", has_text="door").first.click()
    tab.page.locator(".studio-pack select").select_option("winter")
    tab.page.locator(".studio-pack button").click()
    tab.until("producerStudio.side === 'b' && producerStudio.state.trial > 0")
    tab.until("producerPage.player.element.src.endsWith(`/audio/${producerStudio.state.trial}.wav`)")
    tab.page.locator("[data-side=a]").click()
    tab.until("producerPage.player.element.src.endsWith(`/audio/${producerStudio.state.version}.wav`)")
    tab.page.get_by_role("button", name="Leave B").click()
    tab.until("producerStudio.state.trial === 0 && document.querySelector('.studio-compare').hidden")


@with_chromium
@pytest.mark.usefixtures("at_once")
def test_the_page_takes_up_what_was_finished(tmp_path: Path, cache: Path, browser: Any) -> None:
    with studio(tmp_path, cache, finish=True) as made:
        tab = Tab(browser, made.open.url)
        tab.until("producerStudio.state.whole > 0 && document.querySelectorAll('.figures dd').length > 2")
        tab.until("producerPage.data().wave !== null && producerPage.data().mixes[0].short.length > 3")
        axe = Tab(browser, made.open.url, bypass_csp=True, reduced_motion="reduce")  # colours that change do so at once
        axe.page.locator("#cues button", has_text="door").first.click()
        axe.page.locator("input[data-key=level]").wait_for()
        made.save(TEXT.replace("sound: door_creak", "sound: door_creek"))
        axe.until("!document.getElementById('studio-problems').hidden")
        found = Axe().run(axe.page).response["violations"]
        assert [(one["id"], [node["html"][:160] for node in one["nodes"][:3]]) for one in found] == []
        assert tab.said == [] and axe.said == []
        tab.context.close()
        axe.context.close()


@with_chromium
def test_a_script_that_is_wrong_from_the_beginning_is_waited_for(tmp_path: Path, cache: Path, browser: Any) -> None:
    script = tmp_path / "script" / "lamp.yaml"
    script.parent.mkdir()
    script.write_text(TEXT.replace("sound: door_creak", "sound: door_creek"), "utf-8")
    project, _ = find(script, tmp_path)
    with Cache(cache) as kept, serving.running(Order(project=project, jobs=1), kept, 0, finish=False) as opened:
        page = browser.new_page()
        page.goto(opened.url)
        said = "document.querySelector('.studio-wait').textContent"
        until(page, f"{said} === 'There is 1 problem. Save the script again when it is mended.'", ())
        script.write_text(TEXT, "utf-8")
        page.locator(".studio-wait").wait_for(state="detached", timeout=60_000)
        page.close()


@with_chromium
def test_what_a_script_says_never_runs(tmp_path: Path, cache: Path, browser: Any) -> None:
    with studio(tmp_path, cache, title=json.dumps(EVIL)) as made:
        tab = Tab(browser, made.open.url)
        assert EVIL in tab.page.locator("h1").inner_text()
        made.save(
            made.script.read_text("utf-8").replace("- ada: The", f"- sound: {EVIL.partition('>')[0]}\n      - ada: The")
        )
        tab.until("!document.getElementById('studio-problems').hidden")
        assert tab.value("window.hurt === undefined")
        assert tab.page.locator("#studio-problems img, #studio-problems script").count() == 0
        tab.context.close()
        assert tab.said == []
