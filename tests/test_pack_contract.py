"""The pack contract end to end: from a pack and a script to the moment, the level and the credit."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.loudness import loudness, own_length_loudness
from producer.model import chance
from producer.model.sound import SoundRef
from producer.sounds.measuring import heard_lufs
from producer.units import DIALOGUE_LUFS
from tests.pack_helpers import made, steps_at
from tests.sounds_helpers import RATE, encode, noise, palette_of, rested, tone, write, write_pack


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "cache") as kept:
        yield kept


def burst(seconds: float, level: float = 0.1, channels: int = 1, rate_hz: int = RATE, seed: int = 1) -> Audio:
    return noise(seconds, rate_hz, channels, level, seed)


# ---- pools ----------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(weights=st.lists(st.floats(0.01, 10.0), min_size=2, max_size=9), seed=st.integers(0, 10**6))
def test_a_pool_used_200_times_keeps_its_shares_and_never_repeats(weights: list[float], seed: int) -> None:
    drawn = chance.pool_order(weights, 200, chance.rng("test", seed))
    assert all(a != b for a, b in itertools.pairwise(drawn))
    share = np.array(weights) / sum(weights)
    if share.max() > 0.5:  # not every second draw: no more is possible without following itself
        share = np.where(share == share.max(), 0.5, share * 0.5 / (1.0 - share.max()))
    assert np.abs(np.bincount(drawn, minlength=len(weights)) / 200 - share).max() < 0.02


def test_a_pool_of_five_recordings_walked_200_times(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  a:\n    kind: steps\n    pace: 50 ms\n    files: [{file: 1.wav, weight: 2}, 2.wav, 3.wav, 4.wav, 5.wav]\n",
    )
    for number in range(1, 6):
        write(folder / f"{number}.wav", burst(0.02, seed=number))
    heard = made(tmp_path, cache, "      - sound: a repeat 200\n").members("a")
    assert len(heard) == 200
    assert all(a != b for a, b in itertools.pairwise(heard))
    shares = Counter(heard)
    for member, weight in enumerate((2, 1, 1, 1, 1)):
        assert shares[member] / 200 == pytest.approx(weight / 6, abs=0.05)


def ticks(tmp_path: Path) -> Path:
    folder = write_pack(
        tmp_path / "p",
        "  tick: {files: ['t*.wav'], vary: {pitch: ± 30 cents, level: ± 1 dB}}\n"
        "  tock: {files: ['t*.wav']}\n  feet: {files: ['t*.wav'], kind: steps, pace: 100 ms ± 10 %}\n",
    )
    for number in range(5):
        write(folder / f"t{number}.wav", burst(0.03, seed=number))
    return folder


@pytest.mark.parametrize(
    "play",
    ["      - sound: tick\n" * 200, "      - ann: >\n          " + "so [tick] " * 200 + "so.\n"],
    ids=["in a row", "in a line"],
)
def test_200_cues_that_nothing_tells_apart_are_one_walk_through_the_pool(
    tmp_path: Path, cache: Cache, play: str
) -> None:
    ticks(tmp_path)
    heard = made(tmp_path, cache, play).members("tick")
    assert len(heard) == 200
    assert all(a != b for a, b in itertools.pairwise(heard))
    assert all(abs(count / 200 - 0.2) < 0.05 for count in Counter(heard).values())
    one_less = made(tmp_path, cache, play.replace("      - sound: tick\n", "", 1).replace("[tick] ", "", 1))
    assert one_less.members("tick") == heard[:199]


LINES = ["Who is there?", "Nobody at all.", "I heard it [tick] again.", "It was the clock.", "No [tick] it was not."]


def scene(items: list[str]) -> str:
    return "".join(f"      - {item}\n" for item in items)


def test_adding_a_cue_changes_no_other_cues_choice(tmp_path: Path, cache: Cache) -> None:
    ticks(tmp_path)
    items = [f"ann: {line}" for line in LINES]
    items[1:1] = ["sound: feet repeat 5, id walk", "sound: tick id first"]
    items += ["sound: tick at end of line - 1 s, id last"]
    before = made(tmp_path, cache, scene(items))
    alone = {name.split()[-1]: chosen for name, chosen in before.choices().items()}
    for at, new in itertools.product(range(len(items) + 1), ("tock", "feet repeat 3", "tick level -3 LU")):
        more = [*items[:at], f"sound: {new}, id new" if " " in new else f"sound: {new} id new", *items[at:]]
        if new.split()[0] in ("tick", "feet") and at <= 3:
            continue  # cues that nothing but their order tells apart are a row: see below
        after = {name.split()[-1]: chosen for name, chosen in made(tmp_path, cache, scene(more)).choices().items()}
        for name in ("walk", "first", "last"):
            assert after[name] == alone[name], (at, new, name)


def test_an_added_cue_leaves_the_row_beside_it_in_order(tmp_path: Path, cache: Cache) -> None:
    ticks(tmp_path)
    row = ["ann: One.", *["sound: tick"] * 5, "ann: Two."]
    before = made(tmp_path, cache, scene(row)).members("tick")
    assert made(tmp_path, cache, scene([*row[:3], "sound: tick", *row[3:]])).members("tick")[:5] == before
    assert made(tmp_path, cache, scene([*row[:3], "sound: tock", *row[3:]])).members("tick") == before


# ---- level ----------------------------------------------------------------------------------------------------------


def level_in_the_mix(tmp_path: Path, cache: Cache, name: str, more: str = "", kind: str = "sound") -> float:
    """How loud a sound at -12 LU is heard, LU beside the dialogue."""
    write_pack(tmp_path / "p", f"  a: {{files: '{name}'{more}}}\n")
    episode = made(tmp_path, cache, f"      - {kind}: a level -12 LU\n      - pause: 100 ms\n")
    (clip,) = episode.timeline.clips
    heard = episode.sounds()[clip.span.start : clip.span.end]
    return heard_lufs(lambda start, stop: heard[start:stop], len(heard), 2, RATE) - DIALOGUE_LUFS


QUIET, FULL, HOT = 10 ** (-40 / 20), 1.0, 10 ** (18 / 20)


@pytest.mark.parametrize(
    ("audio", "rate_hz", "suffix"),
    [
        (QUIET * tone(1.0, level=1.0), RATE, "wav"),
        (FULL * tone(1.0, level=1.0), RATE, "flac"),
        (HOT * tone(1.0, level=1.0), RATE, "wav"),
        (burst(1.0, 0.05, channels=2), RATE, "wav"),
        (np.repeat(burst(1.0, 0.05), 2, axis=1), RATE, "wav"),
        (np.concatenate([burst(1.0, 0.05), 0 * burst(1.0)], axis=1), RATE, "wav"),
        (burst(1.0, 0.05, channels=6), RATE, "wav"),
        (burst(1.0, rate_hz=8_000), 8_000, "wav"),
        (burst(1.0, rate_hz=96_000), 96_000, "flac"),
        (burst(1.0, rate_hz=44_100), 44_100, "mp3"),
        (burst(0.030), RATE, "wav"),
        (burst(0.030, channels=2), RATE, "wav"),
        (burst(0.100, QUIET), 44_100, "wav"),
        (burst(0.399), RATE, "wav"),
        (burst(0.401), RATE, "wav"),
        (burst(4.0), RATE, "wav"),
    ],
)
def test_the_cues_lu_is_what_is_heard_whatever_the_file_is(
    tmp_path: Path, cache: Cache, audio: NDArray[np.float32], rate_hz: int, suffix: str
) -> None:
    (tmp_path / "p").mkdir()
    plain = write(tmp_path / ("p" if suffix == "wav" else ".") / "a.wav", audio, rate_hz, subtype="FLOAT")
    if suffix == "flac":
        write(tmp_path / "p" / "a.flac", 0.99 * audio, rate_hz)
    elif suffix == "mp3":
        encode(plain, tmp_path / "p" / "a.mp3", "-b:a", "192k")
    assert level_in_the_mix(tmp_path, cache, f"a.{suffix}") == pytest.approx(-12.0, abs=0.5)


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("pan", ["left 100", "left 30", "centre", "right 100"])
def test_the_cues_lu_is_what_is_heard_wherever_it_is_panned(
    tmp_path: Path, cache: Cache, channels: int, pan: str
) -> None:
    write(write_pack(tmp_path / "p", "  a: {files: a.wav}\n") / "a.wav", burst(0.5, 0.05, channels))
    heard = made(tmp_path, cache, f"      - sound: a level -12 LU, pan {pan}\n").sounds()[: RATE // 2]
    assert lufs_of(heard) - DIALOGUE_LUFS == pytest.approx(-12.0, abs=0.3)


@pytest.mark.parametrize("item", ["sound: a for 6 s,", "bed: a until now + 6 s,"])
@pytest.mark.parametrize("every", ["100 ms", "250 ms", "400 ms", "700 ms", "600 ms -> 150 ms"])
def test_a_walk_at_the_cues_pace_is_as_loud_as_its_level_in_a_pack_of_any_pace(
    tmp_path: Path, cache: Cache, every: str, item: str
) -> None:
    levels = []
    for own_ms in (130, 340, 550):
        root = tmp_path / str(own_ms)
        write(
            write_pack(root / "p", f"  a: {{files: a.wav, kind: steps, pace: {own_ms} ms}}\n") / "a.wav",
            rested(burst(0.03)),
        )
        episode = made(root, cache, f"      - {item} every {every}, level -12 LU\n      - pause: 6 s\n")
        heard = episode.sounds() + episode.beds()
        windows = [heard[at : at + 2 * RATE // 5] for at in range(0, 5 * RATE, RATE // 100)]
        levels.append(max(own_length_loudness(window, RATE) for window in windows) - DIALOGUE_LUFS)
    assert np.ptp(levels) < 0.1
    # While the pace glides, a window holds a step more or less than its share.
    assert np.array(levels) == pytest.approx(-12.0, abs=2.5 if "->" in every else 1.0)


@pytest.mark.parametrize("seconds", [0.03, 0.1, 0.3, 0.41, 1.0, 5.0])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_steady_sound_reads_as_the_standards_meter_has_it_and_a_short_one_over_its_own_length(
    seconds: float, channels: int
) -> None:
    audio = burst(seconds, channels=channels)
    meant = own_length_loudness(audio, RATE) if seconds < 0.4 else loudness(audio, RATE)
    assert heard_lufs(lambda start, stop: audio[start:stop], len(audio), channels, RATE) == pytest.approx(
        meant, abs=0.25
    )


def lufs_of(audio: Audio) -> float:
    return heard_lufs(lambda start, stop: audio[start:stop], len(audio), audio.shape[1], RATE)


def test_silence_around_a_sound_is_not_of_its_own_length() -> None:
    alone = lufs_of(burst(0.1))
    for before_s, after_s in ((0.0, 1.0), (0.5, 0.0), (0.3, 2.0)):
        silence = [np.zeros((round(seconds * RATE), 1), np.float32) for seconds in (before_s, after_s)]
        assert lufs_of(np.concatenate([silence[0], burst(0.1), silence[1]])) == pytest.approx(alone, abs=1.0)


def test_a_pool_of_uneven_takes_is_even_and_vary_comes_on_top(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: ['*.wav']}\n  b: {files: ['*.wav'], vary: {level: ± 6 dB}}\n")
    for number, (level, channels) in enumerate([(0.001, 1), (0.05, 2), (0.9, 1), (0.2, 2)]):
        write(folder / f"{number}.wav", burst(0.2, level, channels, seed=number), subtype="FLOAT")

    def levels(role: str) -> tuple[list[float], list[float]]:
        episode = made(tmp_path, cache, f"      - sound: {role} repeat 24, every 300 ms, level -12 LU\n")
        bus = episode.sounds()
        parts = episode.timeline.clips[0].parts
        heard = [lufs_of(bus[p.start : p.start + p.length]) - DIALOGUE_LUFS for p in parts]
        return heard, [part.gain_db for part in parts]

    even, _ = levels("a")
    assert even == pytest.approx([-12.0] * 24, abs=0.3)
    varied, strays = levels("b")
    assert varied == pytest.approx([-12.0 + stray for stray in strays], abs=0.3)
    assert max(strays) > 3.0 and min(strays) < -3.0


# ---- moments --------------------------------------------------------------------------------------------------------


def click_after(lead_s: float, rate_hz: int = RATE, channels: int = 1) -> Audio:
    """A quiet rush, then the blow."""
    lead = burst(lead_s, 0.003, channels, rate_hz)
    return np.concatenate([lead, burst(0.05, 0.5, channels, rate_hz, seed=3)])


@pytest.mark.parametrize(
    ("entry", "lead_s"),
    [
        ("{files: a.wav}", 0.2),
        ("{files: a.wav, onset: 150 ms}", 0.15),
        ("{files: [{file: a.wav, onset: 50 ms}], onset: 150 ms}", 0.05),
        ("{layers: [{files: a.wav}, {foley: knock, level: -20 dB, delay: 30 ms}]}", 0.2),
        ("{layers: [{files: a.wav, delay: 100 ms}, {foley: scrape, level: -30 dB}]}", 0.3),
    ],
)
def test_the_hit_lands_on_the_word_to_the_sample(tmp_path: Path, cache: Cache, entry: str, lead_s: float) -> None:
    folder = write_pack(tmp_path / "p", f"  a: {entry}\n")
    write(folder / "a.wav", click_after(0.2), subtype="FLOAT")
    episode = made(tmp_path, cache, "      - ann: It was there, [a] then it was gone.\n")
    clip = next(clip for clip in episode.timeline.clips if clip.kind == "sound")
    word = next(word for c in episode.timeline.clips for word in c.words if word.text.startswith("then"))
    assert clip.hit == word.start
    assert clip.hit - clip.parts[0].start == pytest.approx(lead_s * RATE, abs=0.002 * RATE)
    blow_at = clip.parts[0].start + round((0.3 if "100 ms" in entry else 0.2) * RATE)
    bus = np.abs(episode.sounds()).max(axis=1)
    assert bus[blow_at : blow_at + 480].max() > 3 * bus[: blow_at - 240].max()


def test_steps_walk_at_their_pace_until_the_moment_and_stray_within_their_spread(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(
        tmp_path / "p", "  feet: {files: ['s*.wav'], kind: steps, pace: 0.5 s ± 10 %, vary: {pitch: ± 60 cents}}\n"
    )
    for number in range(4):
        write(folder / f"s{number}.wav", click_after(0.01 * number), subtype="FLOAT")
    play = "      - sound: feet for 20 s\n      - ann: She went on {and|}walking and walking.\n"
    episode = made(tmp_path, cache, play.replace("{and|}", ""))
    clip = next(clip for clip in episode.timeline.clips if clip.kind == "sound")
    hits = [part.hit for part in clip.parts]
    gaps = np.diff(hits) / RATE
    assert gaps.min() >= 0.45 and gaps.max() <= 0.55 and abs(gaps.mean() - 0.5) < 0.02
    assert hits[-1] < hits[0] + 20 * RATE <= hits[-1] + 0.55 * RATE
    assert steps_at(episode.sounds(), 0.2 * float(np.abs(episode.sounds()).max())) == pytest.approx(
        hits, abs=0.003 * RATE
    )
    until = made(tmp_path, cache, "      - sound: feet until end of next line\n      - ann: She went on walking.\n")
    line = next(clip for clip in until.timeline.clips if clip.kind == "speech")
    walked = [part.hit for clip in until.timeline.clips if clip.kind == "sound" for part in clip.parts]
    assert walked[-1] < line.span.end <= walked[-1] + 0.55 * RATE


# ---- which pack, which file -----------------------------------------------------------------------------------------


def test_the_first_pack_that_fills_a_role_wins_by_alias_too(tmp_path: Path, cache: Cache) -> None:
    first = write_pack(tmp_path / "p", "  wind_outside: {files: a.wav, aliases: [wind]}\n")
    second = write_pack(
        tmp_path / "q", "  wind: {files: b.wav}\n  wind_outside: {files: b.wav}\n  bell: {files: b.wav}\n"
    )
    write(first / "a.wav", tone(0.3, 300.0))
    write(second / "b.wav", tone(0.3, 900.0))
    play = "      - sound: wind\n      - sound: bell\n      - sound: wind_outside\n"
    sources = {
        packs: [clip.source["pack"] for clip in made(tmp_path, cache, play, packs).timeline.clips]
        for packs in (("p", "q"), ("q", "p"))
    }
    assert sources == {("p", "q"): ["p", "q", "p"], ("q", "p"): ["q", "q", "q"]}


def test_one_pool_may_hold_every_rate_format_and_channel_count(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(tmp_path / "p", "  a: {files: ['s.*', 't.*', 'u.*', 'v.*'], kind: steps, pace: 500 ms}\n")
    write(folder / "s.wav", click_after(0.1, 8_000), 8_000)
    write(folder / "t.flac", click_after(0.1, 96_000, 2), 96_000)
    write(folder / "u.ogg", click_after(0.1, 44_100), 44_100)
    encode(write(tmp_path / "v.wav", click_after(0.1, 44_100, 2), 44_100), folder / "v.mp3", "-b:a", "128k")
    episode = made(tmp_path, cache, "      - sound: a repeat 8, level -12 LU\n")
    clip = episode.timeline.clips[0]
    assert sorted(set(episode.members("a"))) == [0, 1, 2, 3]
    bus = episode.sounds()
    for part in clip.parts:
        heard = bus[part.start : part.start + part.length]
        whole = np.pad(heard, ((0, max(0, round(0.4 * RATE) - len(heard))), (0, 0)))  # a step: momentary loudness
        assert own_length_loudness(whole, RATE) - DIALOGUE_LUFS == pytest.approx(-12.0, abs=1.0)
        after = bus[part.hit - RATE // 100 : part.hit + RATE // 20]
        assert steps_at(after, 0.25 * float(np.abs(heard).max()))[0] == pytest.approx(RATE // 100, abs=0.004 * RATE)


def test_a_folder_of_ucs_names_is_heard_like_any_pack(tmp_path: Path, cache: Cache) -> None:
    folder = tmp_path / "lib"
    for number in (1, 2):
        write(folder / f"METLImpt-INT_Pipe Hit 0{number}_QH_DORY_MKH.wav", click_after(0.1))
    write(folder / "AMBRoom_Cellar_QH_DORY.wav", burst(2.0))
    (folder / "LICENSE.txt").write_text("CC-BY-4.0\nAuthor: N. Name\n")
    episode = made(tmp_path, cache, "      - bed: cellar\n      - sound: pipe_hit repeat 6\n", ("lib",))
    assert set(episode.members("pipe_hit")) == {0, 1}
    assert episode.palette.sound("cellar").kind == "bed"
    assert episode.palette.origin("pipe_hit").author == "N. Name"


def test_layers_of_a_file_and_a_recipe_sound_as_one_at_their_levels(tmp_path: Path, cache: Cache) -> None:
    folder = write_pack(
        tmp_path / "p",
        "  both: {layers: [{files: t.wav}, {foley: scrape, level: -20 dB}]}\n"
        "  other: {layers: [{files: t.wav, level: -20 dB}, {foley: scrape}]}\n",
    )
    write(folder / "t.wav", tone(1.0, 1000.0, level=0.02))
    palette = palette_of(folder, cache)

    def share(role: str) -> float:
        spectrum = np.square(np.abs(np.fft.rfft(palette.audio(SoundRef(role=role))[:RATE, 0] * np.hanning(RATE))))
        return float(10 * np.log10(spectrum[995:1006].sum() / (spectrum.sum() - spectrum[995:1006].sum())))

    assert share("both") - share("other") == pytest.approx(40.0, abs=1.0)


def test_names_that_no_ucs_list_has_are_told_with_the_nearest(tmp_path: Path) -> None:
    from producer.sounds import ucs

    assert len(ucs.KNOWN) == 753 and max(map(len, ucs.KNOWN)) == 11
    assert sum(name.isupper() for name in ucs.KNOWN) == 24
    assert len({re.match(r"[A-Z]+(?![a-z])|[A-Z]+(?=[A-Z][a-z])", name)[0] for name in ucs.KNOWN}) > 80  # type: ignore[index]
    assert "did you mean 'GUNAuto'" in ucs.objection("GunAudio")
    assert "did you mean 'FEETHmn'" in ucs.objection("FEETHuman")
    assert not ucs.objection("WINDGust")


@pytest.mark.parametrize(
    ("stem", "parts"),
    [
        (
            "GUNAuto_Uzi 9mm Rapid Fire Close Up Short Bursts_TN_DORY",
            ("GUNAuto", "Uzi 9mm Rapid Fire Close Up Short Bursts"),
        ),
        ("GunAudio_UZI 9mm Rapid Fire Close Up Short Bursts_TN_DORY_WideStereoMKH8020", None),
        (
            "GUNAuto-INT_UZI 9mm Rapid Fire Close Up Short Bursts_TN_DORY",
            ("GUNAuto", "UZI 9mm Rapid Fire Close Up Short Bursts"),
        ),
        ("GUNAuto_UZI 9mm-Rapid Fire Close Up Short Bursts_TN_DORY", ("GUNAuto", "Rapid Fire Close Up Short Bursts")),
        (
            "GUNAuto-EXT_UZI 9mm-Rapid Fire Close Up Short Bursts_TN_NONE_416-MKH8040-DualMono",
            ("GUNAuto", "Rapid Fire Close Up Short Bursts"),
        ),
    ],
)
def test_the_specifications_own_file_names(stem: str, parts: tuple[str, str] | None) -> None:
    from producer.sounds import ucs

    read = ucs.parse_name(stem)
    assert (None if read is None else (read.cat, read.fx)) == parts
    assert parts is None or (read is not None and read.creator == "TN")
