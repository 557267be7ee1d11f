"""The audition page as files: what the pictures show, what the figures say, and that nothing a pack says runs."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image
from scipy import signal

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.dsp.true_peak import true_peak
from producer.errors import RenderError, UsageError
from producer.model.pace import Pace
from producer.packs.audition import Audition, write, write_recipes
from producer.packs.audition.colours import level_colours, lightness
from producer.packs.audition.figures import measured
from producer.packs.audition.page import OWN_FILE, stem, ticks
from producer.packs.audition.pictures import LEVELS, RANGE_DB, STEP_DB, spectrogram_png, waveform_png
from producer.packs.audition.sheet import Heard, Take
from producer.packs.audition.showing import CEILING_DBTP, Shown, shown
from producer.packs.audition.spectrum import FLOOR_DB, row_at, row_hz, spectrogram
from producer.packs.audition.walk import STEPS, walked
from producer.sounds.measuring import onset
from tests.audition_helpers import EVIL, audition_of, hostile_pack
from tests.sounds_helpers import RECIPES, noise, palette_of, tone, write_pack

RATE = 44_100
ROWS, COLUMNS = 144, 512


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Audition:
    return audition_of(tmp_path_factory.mktemp("audition"))


def text_of(made: Audition) -> str:
    return made.page.read_text("utf-8")


# ---- the spectrogram ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("hz", [63.0, 100.0, 320.0, 999.0, 1000.0, 3200.0, 5000.0, 15_000.0])
@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_a_sine_is_a_ridge_in_its_row_with_its_power(hz: float, rate_hz: int) -> None:
    seen = spectrogram(tone(1.0, hz, rate_hz, level=0.5), rate_hz, COLUMNS, ROWS)
    middle = seen[:, COLUMNS // 4 : -COLUMNS // 4]
    assert np.all(np.abs(middle.argmax(axis=0) + 0.5 - row_at(hz, ROWS)) <= 1.0)
    whole = 10.0 * np.log10(np.power(10.0, middle / 10.0).sum(axis=0))
    assert np.all(np.abs(whole - 20.0 * np.log10(0.5)) < 1.5)  # between two windows a little less is shown, never more
    assert np.all(whole < 20.0 * np.log10(0.5) + 0.25)


def test_an_octave_is_the_same_number_of_rows_everywhere() -> None:
    rows = [row_at(hz, ROWS) for hz in (50.0, 100.0, 200.0, 12_800.0)]
    assert rows[0] - rows[1] == pytest.approx(rows[1] - rows[2])
    assert row_at(20_000.0, ROWS) == 0.0
    assert row_at(40.0, ROWS) == pytest.approx(ROWS)
    assert row_at(float(row_hz(ROWS)[100]), ROWS) == pytest.approx(100.5)


def test_a_click_is_a_column_and_nothing_before_or_after_it() -> None:
    audio = np.zeros((RATE, 1), np.float32)
    audio[round(0.6 * RATE)] = 1.0
    seen = spectrogram(audio, RATE, 500, ROWS)
    high = seen[: int(row_at(2000.0, ROWS))]
    assert np.all(np.abs(high.argmax(axis=1) - 300) <= 1)
    assert np.all(high[:, :290] < high.max(axis=1, keepdims=True) - 60.0)
    assert np.all(high[:, 311:] < high.max(axis=1, keepdims=True) - 60.0)
    low = seen[int(row_at(100.0, ROWS)) :]  # low down a click is wide, but no wider than the longest window
    assert np.all(low[:, :250] == FLOOR_DB) or np.all(low[:, :250] < low.max() - 60.0)


def test_no_click_is_missed_however_long_the_sound_is() -> None:
    for at in (100_000, 100_333, 100_777, 101_111):  # between two columns, too
        audio = np.zeros((20 * RATE, 1), np.float32)
        audio[at] = 1.0
        assert spectrogram(audio, RATE, COLUMNS, ROWS)[4].max() > -80.0


def test_silence_is_the_floor_and_its_picture_is_the_darkest_colour() -> None:
    seen = spectrogram(np.zeros((RATE, 2), np.float32), RATE, COLUMNS, ROWS)
    assert np.all(seen == FLOOR_DB)
    pixels = np.asarray(Image.open(io.BytesIO(spectrogram_png(seen))))
    assert pixels.shape == (ROWS, COLUMNS)
    assert not pixels.any()


def test_channels_in_opposition_are_seen_all_the_same() -> None:
    mono = noise(0.5, RATE)
    against = np.concatenate([mono, -mono], axis=1)
    alone = spectrogram(mono, RATE, 64, ROWS)
    assert np.allclose(spectrogram(against, RATE, 64, ROWS), alone, atol=1e-6)


def test_white_noise_rises_three_db_an_octave_without_a_step_between_the_windows() -> None:
    power = np.power(10.0, spectrogram(noise(20.0, RATE), RATE, 256, ROWS) / 10.0).mean(axis=1)
    hz = row_hz(ROWS)
    over = 10.0 * np.log10(power / hz)
    within = (hz > 60.0) & (hz < 16_000.0)
    assert np.ptp(over[within]) < 2.0


@pytest.mark.parametrize("length", [1, 2, 40, 700])
def test_a_sound_shorter_than_its_picture_is_still_a_picture(length: int) -> None:
    audio = np.full((length, 1), 0.5, np.float32)
    assert spectrogram(audio, RATE, COLUMNS, ROWS).shape == (ROWS, COLUMNS)
    assert Image.open(io.BytesIO(waveform_png(audio, COLUMNS, 56))).size == (COLUMNS, 56)


# ---- pictures and colours -----------------------------------------------------------------------------------------


def test_the_colours_climb_in_even_steps_of_lightness() -> None:
    levels = [lightness(colour) for colour in level_colours(LEVELS)]
    steps = np.diff(levels)
    assert steps.min() > 0.0  # told apart without any colour at all
    assert steps.max() < 1.6 * np.median(steps)
    assert levels[0] < 0.2
    assert levels[-1] > 0.9


def test_the_picture_has_two_db_a_step_down_from_the_loudest() -> None:
    levels = np.array([[-10.0, -12.0, -20.0, -10.0 - RANGE_DB, -150.0, FLOOR_DB]])
    pixels = np.asarray(Image.open(io.BytesIO(spectrogram_png(levels))))[0]
    top = LEVELS - 1
    assert pixels.tolist() == [top, top - 1, top - round(10.0 / STEP_DB), 0, 0, 0]


def test_the_waveform_has_the_left_channel_above_and_reaches_the_edge_at_its_peak() -> None:
    audio = np.zeros((1000, 2), np.float32)
    audio[250:260, 0], audio[250:260, 1] = 0.2, -0.05
    audio[255, 0] = 0.4
    pixels = np.asarray(Image.open(io.BytesIO(waveform_png(audio, 100, 60))))
    assert pixels[0, 25] == 1  # the peak, at the upper edge of the upper lane
    assert pixels[0].astype(bool).sum() <= 2
    assert not pixels[30:40].any()  # the right channel goes down from its middle, and less far
    assert pixels[45:48, 25].all()


def test_time_ticks_are_round_and_within_the_sound() -> None:
    for length_s in (0.03, 0.35, 1.0, 2.4, 12.0, 60.0):
        found = list(ticks(length_s, 5))
        assert found[0] == (0.0, found[0][1])
        assert 3 <= len(found) <= 6
        assert found[-1][0] < length_s
        assert all(float(label.removesuffix(" s")) == pytest.approx(at) for at, label in found)


# ---- figures ------------------------------------------------------------------------------------------------------


def test_figures_are_what_the_meters_say() -> None:
    audio = np.concatenate([tone(1.0, 997.0, RATE, 0.25)] * 2, axis=1) + np.float32(0.01)
    found = measured(audio, RATE, 441)
    assert found.length_s == 1.0
    assert found.onset_s == pytest.approx(0.01)
    assert found.loudness_lufs == pytest.approx(loudness(audio, RATE))
    assert found.dc_db == pytest.approx(-40.0, abs=0.05)
    assert found.sample_peak_db == pytest.approx(20.0 * np.log10(0.26), abs=0.02)
    assert found.correlation == pytest.approx(1.0)
    assert found.fold_loss_lu == pytest.approx(0.0, abs=0.01)


def test_a_sound_that_cancels_in_mono_says_so() -> None:
    mono = noise(1.0, RATE)
    found = measured(np.concatenate([mono, -mono], axis=1), RATE, None)
    assert found.correlation == pytest.approx(-1.0)
    assert found.fold_loss_lu > 100.0
    apart = np.concatenate([mono, noise(1.0, RATE, seed=2)], axis=1)
    assert measured(apart, RATE, None).fold_loss_lu == pytest.approx(3.0, abs=0.3)


# ---- a take -------------------------------------------------------------------------------------------------------


def take_of(audio: np.ndarray, name: str, **more: int) -> Take:
    return Take(label="1", name=name, make=lambda: Heard(audio=audio, **more))


def heard_in(made: Shown) -> np.ndarray:
    audio, rate_hz = soundfile.read(io.BytesIO(made.mp3), dtype="float32", always_2d=True)
    assert rate_hz == RATE
    return audio


@pytest.mark.parametrize("level", [0.0008, 0.02, 0.9])
def test_a_take_is_heard_at_equal_loudness_and_at_its_own_level(level: float, tmp_path: Path) -> None:
    white = noise(2.0, RATE, 2, level=level / 8)
    audio = signal.lfilter([1.0], [1.0, -0.8], white, axis=0).astype(np.float32)  # an MP3 has nothing over 19 kHz
    made = shown(take_of(audio, "x"), RATE, Cache(tmp_path))
    assert isinstance(made, Shown)
    file = heard_in(made)
    assert len(file) == len(audio)  # so that a click in the picture finds its sample
    levelled, own = made.volumes
    assert max(levelled, own) == pytest.approx(1.0)
    assert loudness(file * levelled, RATE) == pytest.approx(-23.0, abs=0.3)
    assert loudness(file * own, RATE) == pytest.approx(loudness(audio, RATE), abs=0.3)


def test_a_peak_holds_the_levelling_down(tmp_path: Path) -> None:
    audio = np.zeros((RATE, 1), np.float32)
    audio[1000:1003, 0] = (0.2, 0.5, 0.2)
    made = shown(take_of(audio, "click"), RATE, Cache(tmp_path))
    assert isinstance(made, Shown)
    assert made.held_by_peak
    assert made.levelled_db == pytest.approx(CEILING_DBTP - true_peak(audio))


def test_a_take_is_made_once_for_what_it_is_made_of(tmp_path: Path) -> None:
    asked: list[str] = []

    def make() -> Heard:
        asked.append("made")
        return Heard(audio=noise(0.3, RATE), onset=7, marks=(20,))

    cache = Cache(tmp_path)
    first = shown(Take(label="1", name="a", make=make), RATE, cache)
    assert shown(Take(label="2", name="a", make=make), RATE, cache) == first
    assert len(asked) == 1
    shown(Take(label="1", name="b", make=make), RATE, cache)
    assert len(asked) == 2


def test_a_walk_is_the_timelines(tmp_path: Path) -> None:
    folder = write_pack(
        tmp_path / "mine",
        "  boots: {kind: steps, foley: knock, variations: 4, pace: 0.5 s ± 0 %, vary: {level: ± 3 dB}}\n",
    )
    palette = palette_of(folder, Cache(tmp_path / "cache"), RATE)
    heard = walked(palette, "boots", Pace(0.5, 0.5), ("w",))
    hits = [heard.onset or 0, *heard.marks]
    assert len(hits) == STEPS
    assert np.allclose(np.diff(hits), 0.5 * RATE, atol=1)
    for hit in hits[1:]:  # each blow is where its line is drawn
        around = heard.audio[hit - 2000 : hit + 4000]
        assert abs(onset(around, RATE) - 2000) < 0.004 * RATE
    peaks = [float(np.abs(heard.audio[hit : hit + 4000]).max()) for hit in hits]
    assert max(peaks) > 1.1 * min(peaks)  # vary is heard


# ---- the folder ---------------------------------------------------------------------------------------------------


class Tags(HTMLParser):
    """Every element with its attributes, as a browser would have them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def test_every_role_and_variation_has_its_files(made: Audition) -> None:
    tags = Tags(text_of(made)).found
    takes = [attrs for tag, attrs in tags if tag == "div" and "data-src" in attrs]
    names = [attrs["data-name"] for tag, attrs in tags if tag == "article"]
    assert names == ["air", "surf", "boots", "bang", "ruin", "swell"]  # by kind, and within it as the pack has them
    assert len(takes) == 1 + 2 + 4 + 2 + 0 + 2
    assert (made.sounds, made.takes) == (6, 12)
    folder = made.page.parent
    wanted = {f"{take['id']}{suffix}" for take in takes for suffix in (".mp3", "-wave.png", "-spectrum.png")}
    there = {file.name for file in folder.iterdir()}
    assert there == wanted | {"index.html"}
    assert all(OWN_FILE.fullmatch(name) for name in wanted)
    assert made.bytes == sum(file.stat().st_size for file in folder.iterdir())


def test_the_marks_stand_where_the_hits_are(made: Audition) -> None:
    text = text_of(made)
    high = text[text.index('data-label="bang · 1"') :]
    place = re.search(r'class="mark onset" style="left:([\d.]+)%"', high)
    assert place is not None
    assert float(place[1]) == pytest.approx(100.0 * 0.1 / 0.6, abs=0.3)  # a tone after 100 ms of nothing
    walk = text[text.index('data-label="boots · a walk"') : text.index('data-label="boots · 1"')]
    assert walk.count('class="mark"') == STEPS - 1
    assert 'data-label="surf · seam"' in text
    assert 'data-label="air · seam"' not in text  # foley never goes round


def test_what_cannot_be_heard_says_why_in_its_place(made: Audition) -> None:
    assert len(made.unheard) == 1
    assert "broken.wav" in made.unheard[0]
    assert 'class="take broken"' in text_of(made)


def test_nothing_a_pack_says_is_more_than_words(made: Audition) -> None:
    text = text_of(made)
    tags = Tags(text).found
    assert EVIL not in text
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not [attrs for _, attrs in tags if any(name.startswith("on") for name in attrs)]
    links = [attrs["href"] or "" for tag, attrs in tags if tag == "a"]
    assert "https://example.org/bang" in links
    assert all(link.startswith("#") or link.startswith("https://") or OWN_FILE.fullmatch(link) for link in links)
    sources = [attrs["src"] or "" for tag, attrs in tags if "src" in attrs]
    assert all(OWN_FILE.fullmatch(source) for source in sources)
    assert "javascript:window.hurt=4" in text  # shown, so that the designer sees what the pack says


def test_knobs_and_owners_are_written_out(made: Audition) -> None:
    text = text_of(made)
    assert "strength <b>0.7</b>" in text
    assert "B. Author · CC-BY-4.0" in text
    assert "trimmed" in text
    assert "2 : 1" in text  # weights
    assert "after 120 ms" in text
    assert "walking" in text


def test_the_same_pack_gives_the_same_bytes(made: Audition) -> None:
    root = made.page.parent.parent
    again = audition_of(root, "again", jobs=1)  # from the cache, in another order
    names = sorted(file.name for file in made.page.parent.iterdir())
    assert names == sorted(file.name for file in again.page.parent.iterdir())
    for name in names:
        assert (made.page.parent / name).read_bytes() == (again.page.parent / name).read_bytes(), name


def test_some_roles_replace_what_an_earlier_page_left(tmp_path: Path) -> None:
    pack = hostile_pack(tmp_path / "evil")
    out = tmp_path / "out"
    out.mkdir()
    (out / "mine.mp3").write_bytes(b"the user's own")
    with Cache(tmp_path / "cache") as cache:
        write(pack, out, RECIPES, cache, roles=["walking", "bang"])
        assert (out / f"{stem(1, 'boots', 4)}.mp3").exists()
        write(pack, out, RECIPES, cache, roles=["bang"])
        left = {file.name for file in out.iterdir()}
        assert left == {"mine.mp3", "index.html"} | {
            f"{stem(1, 'bang', take)}{suffix}" for take in (1, 2) for suffix in (".mp3", "-wave.png", "-spectrum.png")
        }
        with pytest.raises(UsageError, match="did you mean 'bang'"):
            write(pack, out, RECIPES, cache, roles=["bamg"])


def test_a_page_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    pack = hostile_pack(tmp_path / "evil")
    site = tmp_path / "site"
    site.mkdir()
    (site / "index.html").write_text("<h1>my homepage</h1>", "utf-8")
    with Cache(tmp_path / "cache") as cache, pytest.raises(RenderError, match="not an audition"):
        write(pack, site, RECIPES, cache, roles=["bang"])
    assert [file.name for file in site.iterdir()] == ["index.html"]


def test_a_fault_leaves_nothing_behind(tmp_path: Path) -> None:
    pack = hostile_pack(tmp_path / "evil")

    class Stops:
        def stage(self, name: str, total: int) -> None: ...

        def done(self, steps: int) -> None:
            if steps == 2:
                raise KeyboardInterrupt

    with Cache(tmp_path / "cache") as cache, pytest.raises(KeyboardInterrupt):
        write(pack, tmp_path / "out", RECIPES, cache, roles=["boots"], watch=Stops())
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cache", "evil"]


def test_recipes_are_heard_at_rest_and_at_both_ends_of_every_knob(tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as cache:
        made = write_recipes(RECIPES, tmp_path / "out", cache, names=["knock", "hiss"], jobs=2)
        with pytest.raises(UsageError, match="no recipe"):
            write_recipes(RECIPES, tmp_path / "out", cache, names=["knok"])
    assert re.findall(r'data-label="([^"]+)"', text_of(made)) == [
        *("hiss · at rest", "hiss · strength 0", "hiss · strength 1", "hiss · tone 50 Hz", "hiss · tone 4000 Hz"),
        *("knock · at rest 1", "knock · at rest 2", "knock · at rest 3", "knock · force 0", "knock · force 1"),
    ]
