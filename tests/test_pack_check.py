"""`render pack check`: each thing that it finds, on a pack that has it and on one that has not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fuzz import sounds
from producer.packs import hearing, remarks
from tests.bench_helpers import HEAD, KNOCK, RATE, as_json, bed, findings, hit, noise, pack, write
from tests.face_helpers import Shell, cache, is_messages, shell

__all__ = ["cache", "shell"]

Make = Callable[[Path], object]
CLEAN = "clean"


def one_hit(audio: np.ndarray, rate: int = RATE, subtype: str = "PCM_24", more: str = "") -> Make:
    """A pack with one sound of one file."""

    def make(root: Path) -> None:
        folder = pack(root, "p", KNOCK.replace("]}", f"]{more}}}"))
        write(folder / "knock" / "a.wav", audio, rate, subtype)

    return make


def one_bed(audio: np.ndarray, more: str = "") -> Make:
    def make(root: Path) -> None:
        folder = pack(root, "p", f"  air: {{ucs: WIND, kind: bed, files: air.wav{more}}}\n")
        write(folder / "air.wav", audio)

    return make


def pool(*audio: np.ndarray, rates: tuple[int, ...] = (), sounds: str = KNOCK) -> Make:
    """A pack with one sound of several files: 0.wav, 1.wav …"""

    def make(root: Path) -> None:
        folder = pack(root, "p", sounds)
        for number, one in enumerate(audio):
            write(folder / "knock" / f"{number}.wav", one, rates[number] if rates else RATE)

    return make


def credited(head: str, more: str = "") -> Make:
    def make(root: Path) -> None:
        folder = pack(root, "p", KNOCK.replace("]}", f"]{more}}}"), head)
        write(folder / "knock" / "a.wav", hit())

    return make


def with_stray(root: Path) -> None:
    one_hit(hit())(root)
    write(root / "sfx" / "p" / "old" / "take 3.wav", hit())


def shadowed(order: str) -> Make:
    """Two packs with one role, and a script that lists them in this order."""

    def make(root: Path) -> None:
        for name in ("p", "q"):
            folder = pack(root, name, KNOCK)
            write(folder / "knock" / "a.wav", hit(seed=len(name)))
        (root / "script").mkdir()
        text = f"title: T\npacks: [{order}]\nscenes:\n  - title: S\n    play:\n      - sound: knock\n"
        (root / "script" / "t.yaml").write_text(text, "utf-8")

    return make


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * RATE))


def half(root: Path) -> None:
    one_hit(hit())(root)
    path = root / "sfx" / "p" / "knock" / "a.wav"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


STEPS = "  walk: {ucs: FEETHmn, kind: steps, files: [knock/*.wav]}\n"
TWICE = "  knock: {{ucs: DOORKnck, files: [{}]}}\n"
FACES = np.stack([noise(0.3, seed=2), -0.8 * noise(0.3, seed=2)], axis=1) * 0.1
WIDE = np.stack([noise(2, seed=2), noise(2, seed=3)], axis=1) * 0.05
BEATS = bed(12.0) * (1 + 0.3 * np.sin(2 * np.pi * np.arange(12 * RATE) / RATE))
RISING = bed(20.0) * 10 ** (np.linspace(-12, 12, 20 * RATE) / 20)
OFF_RAIL = 0.999 * np.sin(np.arange(RATE) * 2 * np.pi * 997 / RATE)
BY = HEAD.replace("CC0-1.0", "CC-BY-4.0")

CASES: dict[str, tuple[str, Make, Make, tuple[str, str, float | None]]] = {
    # name: (check, a pack that has it, one that has not, (severity, where, figure))
    "clipped": (
        "clipping",
        one_hit(np.clip(hit(level=3.0), -1, 1)),
        one_hit(OFF_RAIL),
        ("error", "knock/a.wav", None),
    ),
    "clipped in float": (
        "clipping",
        one_hit(np.clip(hit(level=3.0), -1, 1), subtype="FLOAT"),
        one_hit(hit(level=3.0), subtype="FLOAT"),
        ("error", "knock/a.wav", None),
    ),
    "over full scale": (
        "over_full_scale",
        one_hit(hit(level=7.94), subtype="FLOAT"),
        one_hit(hit(level=0.99), subtype="FLOAT"),
        ("warning", "knock/a.wav", 18.0),
    ),
    "nearly silent": (
        "near_silence",
        one_hit(hit(level=0.001)),
        one_hit(hit(level=0.005)),
        ("warning", "knock/a.wav", -60.0),
    ),
    "shifted": (
        "dc",
        one_hit(hit() + 0.02),
        one_hit(0.5 * np.sin(np.arange(RATE // 2) * 2 * np.pi * 70 / RATE) * np.exp(-9 * np.arange(RATE // 2) / RATE)),
        ("warning", "knock/a.wav", -34.0),
    ),
    "gone in mono": ("mono", one_hit(FACES), one_hit(WIDE), ("warning", "knock/a.wav", 19.1)),
    "a low rate": (
        "rate",
        one_hit(hit(rate=22050), 22050),
        one_hit(hit(rate=44100), 44100),
        ("warning", "knock/a.wav", 22050),
    ),
    "late": (
        "lead_in",
        one_hit(np.concatenate([silence(0.2), hit()])),
        one_hit(np.concatenate([silence(0.04), hit()])),
        ("warning", "knock/a.wav", 0.2),
    ),
    "late on purpose": (
        "lead_in",
        one_hit(np.concatenate([silence(0.2), hit()])),
        one_hit(np.concatenate([silence(0.2), hit()]), more=", onset: 200 ms"),
        ("warning", "knock/a.wav", 0.2),
    ),
    "cut off in mid-wave": (
        "ends_mid_wave",
        one_hit(0.4 * np.cos(np.arange(RATE // 4) * 2 * np.pi * 200 / RATE)),
        one_hit(hit()),
        ("warning", "knock/a.wav", None),
    ),
    "a dead tail": (
        "tail",
        one_hit(np.concatenate([hit(), silence(0.8)])),
        one_hit(np.concatenate([hit(), silence(0.4)])),
        ("warning", "knock/a.wav", 0.8),
    ),
    "a bed with a hole": (
        "tail",
        one_bed(np.concatenate([bed(), silence(0.8)])),
        one_bed(np.concatenate([bed(), silence(0.3)])),
        ("warning", "air.wav", 0.8),
    ),
    "a click of a hit": ("too_short", one_hit(hit(0.005)), one_hit(hit(0.05)), ("warning", "knock/a.wav", 0.005)),
    "a short bed": ("too_short", one_bed(bed(4.0)), one_bed(bed(11.0)), ("warning", "air.wav", 4.0)),
    "a walk in one file": (
        "too_long",
        pool(bed(4.0), hit(), sounds=STEPS),
        pool(hit(), hit(seed=2), sounds=STEPS),
        ("warning", "knock/0.wav", 4.0),
    ),
    "a level that jumps": ("seam_level", one_bed(RISING), one_bed(bed(20.0)), ("warning", "air.wav", None)),
    "a level that beats": (
        "seam_level",
        one_bed(RISING, ", loop: {start: 2 s, end: 18 s}"),
        one_bed(BEATS, ", loop: {start: 2 s, end: 6 s}"),  # turns where it swells fastest, as it does each second
        ("warning", "air.wav", None),
    ),
    "one step": (
        "one_step",
        pool(hit(), sounds=STEPS),
        pool(hit(), hit(seed=2), sounds=STEPS),
        ("warning", "pack.yaml:7:3", 1),
    ),
    "mixed rates": (
        "mixed_rates",
        pool(hit(), hit(rate=44100, seed=2), rates=(48000, 44100)),
        pool(hit(rate=44100), hit(rate=44100, seed=2), rates=(44100, 44100)),
        ("note", "pack.yaml:7:3", 2),
    ),
    "mono and stereo": (
        "mixed_channels",
        pool(hit(), np.stack([hit(seed=2)] * 2, axis=1)),
        pool(hit(), hit(seed=2)),
        ("warning", "pack.yaml:7:3", 1),
    ),
    "uneven": (
        "spread",
        pool(hit(level=0.5), 0.25 * hit(level=0.5, seed=1)),
        pool(hit(level=0.5), 0.6 * hit(level=0.5, seed=1)),
        ("warning", "pack.yaml:7:3", 12.0),
    ),
    "half a file": ("cut_off", half, one_hit(hit()), ("warning", "knock/a.wav", None)),
    "a copy": ("copy", pool(hit(), hit()), pool(hit(), hit(seed=2)), ("warning", "knock/1.wav", None)),
    "a weight that cannot be": (
        "weight",
        pool(hit(), hit(seed=2), sounds=TWICE.format("{file: knock/0.wav, weight: 3}, knock/1.wav")),
        pool(hit(), hit(seed=2), sounds=TWICE.format("{file: knock/0.wav, weight: 1}, knock/1.wav")),
        ("note", "pack.yaml:7:3", 0.75),
    ),
    "a stray file": ("unused", with_stray, one_hit(hit()), ("warning", "old/take 3.wav", None)),
    "an entry too late": (
        "unreachable",
        pool(hit(), hit(seed=2), sounds=TWICE.format('"knock/*.wav", {file: "knock/1*.wav", weight: 2}')),
        pool(hit(), hit(seed=2), sounds=TWICE.format('{file: knock/1.wav, weight: 2}, "knock/*.wav"')),
        ("warning", "pack.yaml:7:56", None),
    ),
    "a role nobody reaches": ("unreachable", shadowed("q, p"), shadowed("p"), ("note", "pack.yaml:7:3", None)),
    "no author": (
        "author",
        credited(HEAD.replace("author: A. Author\n", "")),
        credited(HEAD),
        ("note", "pack.yaml:1:7", None),
    ),
    "no source": (
        "source",
        credited(BY),
        credited(BY, ', source: "https://example.org/1"'),
        ("warning", "pack.yaml:7:34", None),
    ),
    "ND, and varied": (
        "noderivatives",
        credited(BY.replace("BY", "BY-ND"), ", vary: {pitch: ± 20 cents}"),
        credited(BY.replace("BY", "BY-ND"), ", vary: {level: ± 1 dB}"),
        ("warning", "pack.yaml:7:34", None),
    ),
    "NC": (
        "noncommercial",
        credited(BY.replace("BY", "BY-NC")),
        credited(BY),
        ("note", "pack.yaml:7:34", None),
    ),
    "no category": (
        "ucs",
        lambda root: (pack(root, "p", "  knock: {files: k.wav}\n"), write(root / "sfx" / "p" / "k.wav", hit())),
        one_hit(hit()),
        ("note", "pack.yaml:7:3", None),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_it_is_found_where_it_is_and_only_there(case: str, tmp_path: Path, shell: Shell) -> None:
    check, bad, good, (severity, where, figure) = CASES[case]
    (tmp_path / "bad").mkdir()
    bad(tmp_path / "bad")
    found = [one for one in findings(shell, tmp_path / "bad", "p") if one["check"] == check]
    assert [one["severity"] for one in found] == [severity], found
    (one,) = found
    at = one["at"]
    place = at["file"] + (f":{at['line']}:{at['column']}" if at["line"] else "")
    assert place == f"sfx/p/{where}"
    assert one["what"] and one["mend"]
    if figure is not None:
        assert one["figure"]["value"] == pytest.approx(figure, abs=max(0.12, 0.01 * abs(figure)))
    (tmp_path / "good").mkdir()
    good(tmp_path / "good")
    assert check not in {one["check"] for one in findings(shell, tmp_path / "good", "p")}


def test_a_good_pack_has_nothing_to_mend(tmp_path: Path, shell: Shell) -> None:
    pool(hit(), hit(seed=2))(tmp_path)
    done = shell("pack", "check", "--strict", cwd=tmp_path)
    assert (done.code, done.out, done.err) == (0, "sfx/p: nothing to mend; listened to 2 files\n", "")


def test_half_an_mp3_is_told_with_both_lengths(tmp_path: Path, shell: Shell) -> None:
    folder = pack(tmp_path, "p", "  knock: {ucs: DOORKnck, files: a.mp3}\n")
    content = sounds.whole("a.mp3")
    (folder / "a.mp3").write_bytes(content[: len(content) // 2])
    (one,) = [one for one in findings(shell, tmp_path) if one["check"] == "cut_off"]
    assert one["at"]["file"] == "sfx/p/a.mp3" and "its header says that it lasts 1.5" in one["what"]


# ---- files that are hardly files


def junk(root: Path) -> None:
    one_hit(hit())(root)
    (root / "sfx" / "p" / "knock" / "a.wav").write_bytes(b"<html>404</html>" * 99)


def not_a_number(root: Path) -> None:
    audio = hit()
    audio[1000] = np.nan
    one_hit(audio, subtype="FLOAT")(root)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (junk, "what is in it is no such sound"),
        (not_a_number, "not a number"),
        (one_hit(np.stack([hit()] * 20, axis=1)), "20 channels"),
        (one_hit(silence(1.0)), "nothing but silence"),
    ],
    ids=["no audio", "NaN", "20 channels", "silence"],
)
def test_a_file_that_cannot_be_heard_is_one_error(make: Make, says: str, tmp_path: Path, shell: Shell) -> None:
    make(tmp_path)
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1
    assert is_messages(done.err) and len(done.err.splitlines()) == 1
    assert done.err.startswith("sfx/p/pack.yaml:7:") and "'knock/a.wav'" in done.err and says in done.err


@pytest.mark.parametrize("kind", ["hit", "bed", "steps"])
def test_a_sound_of_one_sample_is_only_short(kind: str, tmp_path: Path, shell: Shell) -> None:
    folder = pack(tmp_path, "p", f"  tick: {{ucs: DOORKnck, kind: {kind}, files: a.wav}}\n")
    write(folder / "a.wav", np.array([0.5]))
    checks = {one["check"] for one in findings(shell, tmp_path)}
    assert "too_short" in checks
    assert not {"clipping", "dc", "seam"} & checks


# ---- how it ends and what it prints


def test_errors_end_with_1_and_warnings_only_when_strict(tmp_path: Path, shell: Shell) -> None:
    one_hit(hit(level=0.001))(tmp_path)
    done = shell("pack", "check", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out.splitlines() == [
        "sfx/p/knock/a.wav: warning: nearly silent: peaks at -60.0 dBFS; "
        "record it nearer; the cue's level raises its noise with it",
        "sfx/p: 1 warning; listened to 1 file",
    ]
    strict = shell("pack", "check", "--strict", cwd=tmp_path)
    assert strict.code == 1 and strict.err.startswith("sfx/p/knock/a.wav: warning: nearly silent")
    assert shell("pack", "check", "--quiet", cwd=tmp_path).out == ""


def test_a_broken_pack_tells_all_its_mistakes_and_the_next_is_still_heard(tmp_path: Path, shell: Shell) -> None:
    pool(hit(), hit(seed=2))(tmp_path)
    pack(tmp_path, "broken", "  knock: {foley: knok}\n  wind: {foley: wind, settings: {strenght: 1}}\n")
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1
    assert [line.split(": ")[0] for line in done.err.splitlines()] == [
        "sfx/broken/pack.yaml:7:18",
        "sfx/broken/pack.yaml:8:34",
    ]
    assert done.out.splitlines() == [
        "sfx/broken: 2 errors; not listened to: mend these first",
        "sfx/p: nothing to mend; listened to 2 files",
    ]


def test_a_category_that_is_none_is_an_error(tmp_path: Path, shell: Shell) -> None:
    pool(hit(), sounds=KNOCK.replace("DOORKnck", "GunAudio"))(tmp_path)
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1 and "sfx/p/pack.yaml:7:16: 'GunAudio' is not a UCS CatID" in done.err


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (HEAD.replace("licence: CC0-1.0\n", ""), "no licence, no sound"),
        (HEAD.replace("CC0-1.0", "CC0"), "unknown licence 'CC0'"),
        (BY.replace("author: A. Author\n", ""), "asks for its author to be named"),
    ],
)
def test_a_licence_that_is_none_is_an_error(head: str, says: str, tmp_path: Path, shell: Shell) -> None:
    credited(head)(tmp_path)
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1 and says in done.err and is_messages(done.err)


def test_foley_is_listened_to_unless_one_says_no(tmp_path: Path, shell: Shell) -> None:
    pack(tmp_path, "p", "  knock: {ucs: DOORKnck, foley: knock, variations: 3}\n  air: {ucs: WIND, foley: wind}\n")
    (all_of_it,) = as_json(shell("pack", "check", "--json", cwd=tmp_path))
    (none,) = as_json(shell("pack", "check", "--json", "--no-foley", cwd=tmp_path))
    assert (all_of_it["variations"], none["variations"]) == (4, 0)
    assert all_of_it["findings"] == none["findings"] == []


def test_a_name_that_is_no_pack_says_which_there_are(tmp_path: Path, shell: Shell) -> None:
    pool(hit())(tmp_path)
    done = shell("pack", "check", "ruin", cwd=tmp_path)
    assert (done.code, done.err) == (1, "ruin: there is no such pack; did you mean 'ruins'?\n")
    (tmp_path / "empty").mkdir()
    none = shell("pack", "check", cwd=tmp_path / "empty")
    assert none.code == 0  # the project around it has packs


def test_a_project_without_packs_says_how_to_make_one(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "script").mkdir()
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1 and "render pack new NAME" in done.err


def test_a_library_named_by_ucs_is_checked_like_any_other(tmp_path: Path, shell: Shell) -> None:
    folder = tmp_path / "sfx" / "library"
    write(folder / "DOORKnck_Wood Knock 01_QH_001.wav", hit())
    write(folder / "DOORKnck_Wood Knock 02_QH_001.wav", np.concatenate([hit(seed=2), silence(1.0)]))
    (folder / "LICENSE.txt").write_text("CC0-1.0\n", "utf-8")
    (one,) = findings(shell, tmp_path)
    assert (one["check"], one["role"]) == ("tail", "wood_knock")
    assert one["at"]["file"] == "sfx/library/DOORKnck_Wood Knock 02_QH_001.wav"


def test_an_archive_is_to_be_unpacked_first(tmp_path: Path, shell: Shell) -> None:
    (tmp_path / "p.zip").write_bytes(b"PK")
    done = shell("pack", "check", "p.zip", cwd=tmp_path)
    assert (done.code, done.err) == (1, "p.zip: is an archive; unpack it first: render pack install p.zip\n")


# ---- the measurements themselves


def facts(audio: np.ndarray, size: int, floating: bool = False) -> hearing.Facts:
    samples = np.asarray(audio, np.float32).reshape(len(audio), -1)
    survey = hearing.Survey(RATE, samples.shape[1], floating=floating)
    for at in range(0, len(samples), size):
        survey.push(samples[at : at + size])
    return survey.facts()


@pytest.mark.parametrize("size", [1, 2, 7, 240, 65536])
def test_a_survey_is_the_same_however_it_is_cut(size: int) -> None:
    audio = np.clip(np.concatenate([silence(0.02), hit(0.04, level=3.0), silence(0.01)]), -1, 1)
    whole: Any = facts(audio, 1 << 20).as_data()
    cut: Any = facts(audio, size).as_data()
    assert cut.pop("dc") == pytest.approx(whole.pop("dc"), abs=1e-9)
    assert cut.pop("loudness_lufs") == pytest.approx(whole.pop("loudness_lufs"), abs=1e-6)
    assert cut == whole


@pytest.mark.parametrize(("run", "runs"), [(2, 0), (3, 1), (40, 1)])
def test_three_samples_at_the_rail_are_a_cut_top(run: int, runs: int) -> None:
    audio = np.full(1000, 0.1)
    audio[500 : 500 + run] = -1.0
    found = facts(audio, 501)
    assert (found.clipped_runs, found.clipped_at) == (runs, 500 if runs else -1)


def test_both_rails_in_turn_are_no_run() -> None:
    assert facts(np.tile([1.0, -1.0], 500), 999).clipped_runs == 0


def test_a_step_is_the_one_that_all_but_one_in_a_thousand_stay_under() -> None:
    audio = np.cumsum(np.r_[np.full(9990, 1e-4), np.full(9, 0.1)] * np.resize([1, -1], 9999))
    assert facts(audio, 4096).step == pytest.approx(1e-4, rel=0.05)


def around_a_seam(step: float, after_db: float) -> list[remarks.Remark]:
    t = np.arange(RATE)
    slow = 0.1 * np.sin(2 * np.pi * 100 * t / RATE)
    slow[RATE // 2 :] = slow[RATE // 2 :] * 10 ** (after_db / 20) + step
    audio = slow.astype(np.float32)[:, None]
    own = facts(0.1 * np.sin(2 * np.pi * 100 * t / RATE), RATE)
    return remarks.of_seam(audio, RATE // 2, 0, RATE, own, [0.5, 0.7])


def test_a_seam_clicks_when_it_steps_further_than_its_own_sound() -> None:
    assert around_a_seam(0.0, 0.0) == []
    assert around_a_seam(-0.001, 0.0) == []
    (click,) = around_a_seam(0.02, 0.0)
    assert click.check == "seam" and click.figure == pytest.approx(20 * np.log10(0.02 / 0.00131), abs=0.6)


def test_a_seam_may_move_in_level_as_far_as_its_sound_does_anyway() -> None:
    assert [one.check for one in around_a_seam(0.0, -6.0)] == ["seam_level"]
    t = np.arange(RATE)
    audio = (0.1 * np.sin(t)).astype(np.float32)[:, None]
    audio[RATE // 2 :] *= 0.5
    own = facts(0.1 * np.sin(t), RATE)
    assert remarks.of_seam(audio, RATE // 2, 0, RATE, own, [8.0, 9.0, 10.0]) == []


def test_variations_of_a_recipe_may_differ_in_loudness_for_nothing_but_the_cue_is_heard_of_it() -> None:
    soft, loud = (facts(hit(level=level), RATE) for level in (0.05, 0.5))
    assert [one.check for one in remarks.of_pool("hit", [soft, loud], [1, 1], recorded=True)] == ["spread"]
    assert remarks.of_pool("hit", [soft, loud], [1, 1], recorded=False) == []


def test_a_large_pool_has_no_rare_variations_unless_one_is_rarer_than_the_rest() -> None:
    own = facts(hit(), RATE)
    assert remarks.of_pool("hit", [own] * 300, [1.0] * 300, recorded=True) == []
    (rare,) = remarks.of_pool("hit", [own] * 300, [1.0] * 299 + [0.1], recorded=True)
    assert rare.check == "weight" and rare.figure == pytest.approx(0.1 / 299.1, abs=1e-3)


def test_silence_and_what_is_no_number_are_errors_with_figures_that_json_can_hold() -> None:
    broken = hit()
    broken[100] = np.nan
    for audio, check in ((broken, "not_finite"), (np.zeros(9999), "near_silence")):
        found = remarks.of_samples(facts(audio, 4096))
        assert [(one.severity, one.check, one.figure) for one in found] == [("error", check, None)]


def test_a_moment_beyond_the_end_of_a_file_is_an_error(tmp_path: Path, shell: Shell) -> None:
    one_hit(hit(), more=", onset: 9 s")(tmp_path)
    done = shell("pack", "check", cwd=tmp_path)
    assert done.code == 1
    assert "sfx/p/pack.yaml:7:" in done.err and "the hit is at 9 s, and 'knock/a.wav' lasts" in done.err
