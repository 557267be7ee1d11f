"""What an edit costs and what it leaves alone: the bytes of a clean render, and no part made again without need."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from producer import finishing, mixing, project, render
from producer.cache import Cache
from producer.deliver import encode, ffmpeg
from producer.dsp.loudness import loudness
from producer.errors import RenderError, ScriptError
from producer.mix.mixer import Mixer
from producer.production import Window
from tests.face_helpers import files

SCRIPT = """\
title: Three rooms
packs: [ruins]
cast:
  ada: {voice: en-us}
  ben: {voice: en-gb, treat: telephone}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -14 LU
      - pause: 2 s
      - ada: Who is down there, and what do you want of us at this hour?
      - sound: boots_on_boards path far left -> near right, repeat 6
      - ben: Nobody. Nothing. Go back to sleep.
      - pause: 3 s
  - title: Above
    play:
      - bed: rain level -16 LU
      - pause: 1 s
      - ada: It rains, and I cannot sleep any more. [boom level -12 LU]
      - hear: muffled over 1 s
      - ben: Then read.
      - pause: 6 s
  - title: Outside
    play:
      - bed: wind level -18 LU
      - pause: 2 s
      - ben: The lamp has gone out.
      - sound: metal_scrape level -10 LU
      - pause: 6 s
"""


@dataclass
class House:
    """A small production whose encoded parts are counted."""

    folder: Path
    caches: Path
    encoded: list[int] = field(default_factory=list)  # how long each part was that went through the encoder

    def copied(self, folder: Path) -> House:
        """The same in another folder, with its caches."""
        made = House(folder / "house", folder / "caches")
        shutil.copytree(self.folder, made.folder)
        shutil.copytree(self.caches, made.caches)
        return made

    def write(self, text: str) -> None:
        (self.folder / "script").mkdir(parents=True, exist_ok=True)
        (self.folder / "script" / "house.yaml").write_text(text, "utf-8")

    def order(self, **asked: object) -> render.Order:
        found, _ = project.find(self.folder / "script" / "house.yaml", self.folder)
        return render.Order(project=found, **({"jobs": 2} | asked))  # type: ignore[arg-type]

    def render(self, cache: str, **asked: object) -> render.Report:
        self.encoded.clear()
        with Cache(self.caches / cache) as kept:
            return render.episode(self.order(**asked), kept, render.NoWatch())

    def preview(self, cache: str, window: Window) -> render.Preview:
        self.encoded.clear()
        with Cache(self.caches / cache) as kept:
            return render.preview(self.order(), window, kept, render.NoWatch())


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> House:
    """The house, rendered once."""
    folder = tmp_path_factory.mktemp("rendered")
    made = House(folder / "house", folder / "caches")
    made.write(SCRIPT)
    made.render("kept")
    return made


@pytest.fixture
def house(rendered: House, tmp_path: Path) -> Iterator[House]:
    """A copy of it, with its cache."""
    made = rendered.copied(tmp_path)
    with counting(made):
        yield made


@contextlib.contextmanager
def mixes_noted() -> Iterator[set[int]]:
    """The numbers of the parts that are mixed meanwhile."""
    found = set[int]()
    real = Mixer.mix

    def noted(mixer: Mixer, index: int, *more: object) -> object:
        found.add(index)
        return real(mixer, index, *more)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Mixer, "mix", noted)
        yield found


@pytest.fixture
def mixed() -> Iterator[set[int]]:
    """The numbers of the parts that are mixed from now on."""
    with mixes_noted() as found:
        yield found


@contextlib.contextmanager
def counting(house: House) -> Iterator[None]:
    """Counts what it encodes meanwhile."""
    real = encode.encode_part

    def counted(*given: object, **named: object) -> encode.Encoded:
        house.encoded.append(given[1].length)  # type: ignore[attr-defined]
        return real(*given, **named)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(encode, "encode_part", counted)
        yield


EDITS: dict[str, tuple[str, str]] = {
    "a level": ("boom level -12 LU", "boom level -9 LU"),
    "a line": ("Then read.", "Then read something, or count the drops."),
    "a pause": ("- pause: 2 s\n      - ada: Who", "- pause: 3.217 s\n      - ada: Who"),
    "a cue more": ("      - ben: Nobody.", "      - sound: knock level -12 LU\n      - ben: Nobody."),
    "a bed": ("bed: rain level -16 LU", "bed: rain level -2 LU"),  # so loud that it must make way
    "a scene less": (SCRIPT[SCRIPT.index("  - title: Above") : SCRIPT.index("  - title: Outside")], ""),
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_edited_episode_has_the_bytes_of_a_clean_render(house: House, edit: str) -> None:
    was, becomes = EDITS[edit]
    assert SCRIPT.count(was) == 1
    house.write(SCRIPT.replace(was, becomes))
    house.render("kept")
    after_edit = files(house.folder / "output" / "house")
    shutil.rmtree(house.folder / "output")
    house.render("clean", jobs=1)
    clean = files(house.folder / "output" / "house")
    assert {name for name in clean if clean[name] != after_edit.get(name)} == set()
    assert set(clean) == set(after_edit)


LONG = """\
title: One room
packs: [ruins]
credits: no
cast: {ada: {voice: en-us}, ben: {voice: en-gb}}
scenes:
  - title: A night
    room: small stone room
    play:
      - bed: wind level -26 LU
      - bed: rain level -32 LU, treat muffled, pan left
      - pause: 20 s
      - ada: >
          It has been raining since we came here, and before that, I was told, since the end of the winter. Nobody has
          seen the other side of the valley. Nobody asks for it any more, and the boats are let in without a light.
      - bed: wind level -34 LU, over 3 s
      - pause: 10 s
      - ben: I had not heard.
      - pause: 18 s
      - hear: muffled over 1 s
      - bed: rain level -38 LU, over 2 s
      - ada: Then listen.
      - pause: 5 s
  - title: Morning
    play:
      - pause: 2 s
      - ben: It is over.
"""


@pytest.fixture(scope="module")
def long_rendered(tmp_path_factory: pytest.TempPathFactory) -> tuple[House, set[int]]:
    """That episode, and the parts of which it was mixed."""
    folder = tmp_path_factory.mktemp("long")
    made = House(folder / "house", folder / "caches")
    made.write(LONG)
    with mixes_noted() as found:
        made.render("kept")
    return made, found


@pytest.fixture
def long(long_rendered: tuple[House, set[int]], tmp_path: Path) -> Iterator[House]:
    """A copy of the long one, with its cache."""
    made = long_rendered[0].copied(tmp_path)
    with counting(made):
        yield made


def test_a_later_line_of_a_scene_leaves_its_earlier_parts_as_they_were(
    long: House, long_rendered: tuple[House, set[int]], mixed: set[int]
) -> None:
    """Beds go on to the scene's end, which moves: no earlier part knows when that is."""
    house = long
    assert long_rendered[1] == set(range(4))
    house.write(LONG.replace("- pause: 5 s", "- pause: 7.3 s"))
    house.render("kept")
    assert 2 in mixed
    assert mixed <= {2, 3}
    after_edit = files(house.folder / "output" / "house")
    shutil.rmtree(house.folder / "output")
    house.render("clean", jobs=1)
    assert files(house.folder / "output" / "house") == after_edit


NEAR = """\
title: The shore
packs: [ruins]
cast: {ada: {voice: en-us}}
credits: no
scenes:
  - play:
      - bed: wind level -14 LU
      - pause: 25 s
      - ada: Nobody asks for it any more, and the boats are let in without a light.
      - pause: 20 s
"""


def test_a_bed_too_near_for_the_loudness_is_said_at_its_line_and_the_line_is_spared(tmp_path: Path) -> None:
    shore = House(tmp_path / "house", tmp_path / "caches")
    shore.write(NEAR)
    made = shore.render("kept")
    (found,) = made.audits[0].findings
    assert str(found).startswith("script/house.yaml:9:9: 0:25.0 ada's line “Nobody asks")
    assert "LU too quiet (podcast: -16 ±0.5 LUFS)" in found.what and "bed 'wind', script/house.yaml:7:9" in found.mend
    whole = shore.preview("kept", Window(start_s=25.0, end_s=30.0))
    audio, line = decoded(made.standard.file), made.timeline.clips[-1].span
    assert whole.as_in_whole
    early = slice(25 * 44100 + 4410, 29 * 44100)
    there = decoded(whole.file)[early.start - round(whole.start_s * 44100) :][: early.stop - early.start]
    assert loudness(there, 44100) == pytest.approx(loudness(audio[early], 44100), abs=0.3)
    assert loudness(audio[line.start : line.end], 44100) < -11.2  # its peaks are those of speech at -13
    with pytest.raises(ScriptError, match="nearer to all that is quieter"):
        shore.render("kept", strict=True)
    lower_lu = int(found.mend.split(" by ")[1].split()[0])
    shore.write(NEAR.replace("-14 LU", f"{-14 - lower_lu} LU"))
    mended = shore.render("kept")
    assert mended.audits[0].findings == ()
    assert mended.measured.integrated_lufs == pytest.approx(-16.0, abs=0.5)


def test_a_scene_of_another_length_leaves_later_ones_as_they_were(house: House, mixed: set[int]) -> None:
    before = house.render("kept")
    house.write(SCRIPT.replace("- pause: 2 s\n      - ada: Who", "- pause: 1.8 s\n      - ada: Who"))
    after = house.render("kept")
    assert after.timeline.scenes[1].span.start < before.timeline.scenes[1].span.start
    assert after.standard.plan == before.standard.plan  # a gain that moves a step makes all parts anew
    assert 0 in mixed
    assert 2 not in mixed


def test_a_small_edit_encodes_one_part(house: House) -> None:
    house.write(SCRIPT.replace("metal_scrape level -10 LU", "metal_scrape level -10.02 LU"))
    house.render("kept")
    assert len(house.encoded) == 1


def test_nothing_changed_is_nothing_made(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    was = files(house.folder / "output" / "house")

    def mixes(*_: object, **__: object) -> None:
        raise AssertionError("a part is mixed again")

    monkeypatch.setattr(Mixer, "mix", mixes)
    monkeypatch.setattr(Mixer, "play", mixes)
    house.render("kept")
    assert house.encoded == []
    assert files(house.folder / "output" / "house") == was


@pytest.mark.parametrize("what", ["code", "libraries"])
def test_another_program_takes_nothing_from_the_cache(house: House, what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(finishing, "made_by_program", lambda: [what])
    monkeypatch.setattr(mixing, "made_by_program", lambda: [what])
    house.render("kept")
    assert len(house.encoded) >= 3


def decoded(path: Path) -> np.ndarray:
    return np.concatenate(list(ffmpeg.decode(path, 2, 44100)))


@pytest.mark.parametrize("draft", [False, True])
def test_a_preview_sounds_as_the_whole_does_there(house: House, draft: bool) -> None:
    report = house.render("kept")
    whole = decoded(report.standard.file)
    scene = report.timeline.scenes[1].span
    made = house.preview("kept", Window(scene=2, draft=draft))
    assert made.as_in_whole
    assert made.file == house.folder / "output" / "house" / "preview" / f"house.scene-2{'.draft' if draft else ''}.mp3"
    assert (made.start_s, made.end_s) == pytest.approx((scene.start / 44100, scene.end / 44100), abs=0.03)
    heard = decoded(made.file)
    start, inside = round(made.start_s * 44100), slice(2000, -2000)
    there = whole[start : start + len(heard)]
    assert len(heard) == round((made.end_s - made.start_s) * 44100)
    assert loudness(heard, 44100) == pytest.approx(loudness(there, 44100), abs=0.1)
    left = heard[inside] - there[inside]
    assert np.sqrt(np.mean(left**2)) < 0.15 * np.sqrt(np.mean(there[inside] ** 2))


def test_a_preview_takes_what_a_whole_render_has_encoded(long: House) -> None:
    """All but its two ends, which are eased: even where an edit has moved the gain, and changed one part."""
    house = long
    whole = decoded(house.folder / "output" / "house" / "house.mp3")
    made = house.preview("kept", Window(start_s=3.0, end_s=50.0, draft=True))
    assert made.as_in_whole
    assert house.encoded == [8 * 1152] * 2
    heard = decoded(made.file)
    start = round(made.start_s * 44100)
    there = whole[start : start + len(heard)]
    middle = slice(10 * 1152, -10 * 1152)
    assert np.abs(heard[middle] - there[middle]).max() < 1e-4
    for end in (slice(600, 10 * 1152), slice(-10 * 1152, -600)):
        left = heard[end] - there[end]
        assert np.sqrt(np.mean(left**2)) < 0.2 * np.sqrt(np.mean(there[end] ** 2))  # noise, encoded once more
    assert np.abs(heard[:40]).max() < 0.1 * np.abs(there[:4410]).max()
    assert np.abs(heard[-40:]).max() < 0.1 * np.abs(there[-4410:]).max()
    house.write(LONG.replace("I had not heard.", "I had not heard it."))
    house.encoded.clear()
    again = house.preview("kept", Window(scene=1, draft=True))
    assert again.as_in_whole
    assert 0 < len(house.encoded) < 4


def test_a_preview_of_less_than_a_second_is_encoded_by_itself(house: House) -> None:
    house.encoded.clear()
    made = house.preview("kept", Window(start_s=4.0, end_s=4.5, draft=True))
    assert house.encoded == [round((made.end_s - made.start_s) * 44100)]
    assert len(decoded(made.file)) == house.encoded[0]


def test_a_preview_before_the_first_render_says_that_it_is_levelled_by_itself(house: House) -> None:
    shutil.rmtree(house.folder / "output")
    made = house.preview("new", Window(start_s=3.0, end_s=9.5))
    assert not made.as_in_whole
    assert made.file.name == "house.0m3s-0m9.5s.mp3"
    assert loudness(decoded(made.file), 44100) == pytest.approx(-16.0, abs=1.5)  # its parts are, with what is around
    assert sorted(path.name for path in (house.folder / "output" / "house").iterdir()) == ["preview"]


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(scene=5), r"--scene 5: there are 3 scenes, and the credits \(--scene 4\)"),
        (Window(start_s=4000.0), "nothing of the episode in that window"),
        (Window(scene=1, start_s=300.0), "nothing of the episode in that window"),
    ],
)
def test_a_window_beside_the_episode_is_a_mistake(house: House, window: Window, said: str) -> None:
    with pytest.raises(RenderError, match=said):
        house.preview("kept", window)
