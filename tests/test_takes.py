"""Recorded takes in a production: cues stay on the actor's words, levels and margins hold, what is wrong is told."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
import soxr
from scipy import signal

from producer import project, render, voice
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import VoiceError
from producer.mix.mixer import Mixer
from producer.model.script import Script
from producer.model.timeline import Clip
from producer.model.voice import Take
from producer.units import DIALOGUE_LUFS
from producer.voice import condition, recorded
from producer.voice.engine import Spoken, Utterance
from producer.voice.naming import names
from producer.voice.pool import Pool
from tests.takes_helpers import RATE_HZ, Acted, Actor, Floats, acted, in_a_room
from tests.voice_helpers import kept_voices

__all__ = ["kept_voices"]

SCRIPT = """\
title: The lamp
packs: [ruins]
cast:
  ada: {name: Ada, voice: en-us+f3, pan: left 20}
  ben: {name: Ben, voice: en-gb, level: -2 LU}
  both: {together: [ada, ben]}
say: {Aoife: EE-fa}
credits: no
scenes:
  - title: The quay
    play:
      - bed: wind_through_ruins level -16 LU
      - ada: Who's there? [pause 900 ms] Who is it, at this [rope_creak] hour of the night?
        id: who
      - ben: >
          Nobody had lit the lamp for a year. [knock wait] Nobody had needed to, and {112|one hundred and twelve}
          steps are a long way up.
      - sound: glass_tick at word "lamp", wait no
      - sound: keys at word "hundred" of who_else, wait no
      - ada: Aoife knew it. [beat] Count them, one hundred and twelve of them, [mark turn] every night.
        id: who_else
      - both: Come up and see!
        id: come
      - ben: I thought you had gone home hours ago, Thomas.
        id: thomas
"""
WORDS = {"rope_creak": ("who", "hour"), "glass_tick": ("line-2", "lamp"), "keys": ("who_else", "hundred")}
"""Each sound that hangs on a word: the line and the word."""


@dataclass(frozen=True)
class Stage:
    """A project with takes, and what the actors did in them."""

    root: Path
    cache: Path
    truth: dict[tuple[str, int], Acted]

    @property
    def project(self) -> project.Project:
        return project.find(self.root / "script" / "lamp.yaml", self.root)[0]

    @property
    def folder(self) -> Path:
        return self.root / "takes" / "lamp"

    def plan(self) -> render.Placed:
        with Cache(self.cache) as kept:
            return render.plan(render.Order(project=self.project, jobs=2), kept, render.NoWatch())

    def script(self) -> Script:
        with Cache(self.cache) as kept:
            return render.read_script(self.project, (), kept)[0]


ACTOR = Actor("en-us+m3", 135.0, 6.0)


def stage(root: Path, cache: Path, *, recorded: bool = True, text: str = SCRIPT, actor: Actor = ACTOR) -> Stage:
    (root / "script").mkdir(parents=True)
    (root / "script" / "lamp.yaml").write_text(text, "utf-8")
    (root / "takes" / "lamp").mkdir(parents=True)
    made = Stage(root, cache, {})
    with Cache(cache) as kept:
        truth = acted(made.script().lines, actor, kept)
    made.truth.update(truth)
    called = names(made.script().lines)
    for number, (speech, take) in enumerate(truth.items()):
        if recorded and speech[0] != "thomas":
            write(made.folder / f"{called[speech]}.wav", in_a_room(take.samples, number, 45.0, 0.15))
    return made


def write(path: Path, samples: Floats, gain: float = 0.6) -> None:
    soundfile.write(path, samples * gain, RATE_HZ, subtype="PCM_24")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("takes-cache")


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Stage:
    return stage(tmp_path_factory.mktemp("takes") / "play", cache)


@pytest.fixture(scope="module")
def placed(taken: Stage) -> render.Placed:
    return taken.plan()


@pytest.fixture
def bare(tmp_path: Path, cache: Path) -> Stage:
    """A stage on which nothing is recorded yet."""
    return stage(tmp_path / "play", cache, recorded=False)


def heard_at(played: Floats, recorded: Floats, rate_hz: int) -> int:
    """Where in a recording (at RATE_HZ) a phrase that is played begins: by the waves, not by the aligner."""
    low = soxr.resample(played, rate_hz, 16000)
    wave = soxr.resample(recorded, RATE_HZ, 16000)
    return int(signal.fftconvolve(wave, low[::-1], "valid").argmax()) * (RATE_HZ // 16000)


def word_at(placed: render.Placed, clip: Clip, take: Take, truth: Acted, token: int) -> int:
    """The timeline sample at which the actor's word begins."""
    rate = placed.timeline.rate_hz
    for part in clip.parts:
        phrase = take.phrases[part.phrase]
        if token in {word.token for word in phrase.words}:
            begins = heard_at(phrase.audio[:, 0].astype(float), truth.samples, rate)
            start = next(start for index, start, _ in truth.words if index == token)
            return part.start + round((start - begins) * rate / RATE_HZ)
    raise AssertionError(token)


def token_of(placed: render.Placed, line_id: str, word: str) -> int:
    line = next(one for one in placed.script.lines if one.id == line_id)
    return next(n for n, token in enumerate(line.tokens) if token.written.strip(".,!?").casefold() == word)


def test_cues_are_on_the_actors_words(taken: Stage, placed: render.Placed) -> None:
    clips = {clip.id: clip for clip in placed.timeline.clips}
    for role, (line_id, word) in WORDS.items():
        cue = next(clip for clip in placed.timeline.clips if clip.name == role)
        token = token_of(placed, line_id, word)
        spoken = word_at(placed, clips[line_id], placed.takes[line_id, 0], taken.truth[line_id, 0], token)
        assert abs(cue.hit - spoken) <= 0.050 * placed.timeline.rate_hz, role


def test_every_word_is_where_the_actor_says_it(taken: Stage, placed: render.Placed) -> None:
    clips = {clip.id: clip for clip in placed.timeline.clips}
    off = []
    for line in placed.script.lines:
        if line.id == "thomas":
            continue
        clip, take, truth = clips[line.id], placed.takes[line.id, 0], taken.truth[line.id, 0]
        for number, (index, _, _) in enumerate(truth.words):
            off.append(abs(clip.words[number].start - word_at(placed, clip, take, truth, index)))
    assert np.median(off) <= 0.020 * placed.timeline.rate_hz
    assert np.percentile(off, 95) <= 0.060 * placed.timeline.rate_hz


def test_the_scripts_rests_stand_between_the_phrases(placed: render.Placed) -> None:
    clip = next(clip for clip in placed.timeline.clips if clip.id == "who")
    first, second = clip.parts
    assert second.start - (first.start + first.length) == round(0.9 * placed.timeline.rate_hz)
    there, who = clip.words[1], clip.words[2]
    assert there.end <= first.start + first.length
    assert second.start <= who.start


def test_no_consonant_is_cut_off(taken: Stage, placed: render.Placed) -> None:
    """Every phrase holds its words whole, as the actor said them, and little else."""
    rate = placed.timeline.rate_hz
    for (line_id, index), take in placed.takes.items():
        if "take" not in take.source:
            continue
        truth = taken.truth[line_id, index]
        for phrase in take.phrases:
            begins = heard_at(phrase.audio[:, 0].astype(float), truth.samples, rate) / RATE_HZ
            ends = begins + len(phrase.audio) / rate
            said = [word for word in truth.words if word[0] in {one.token for one in phrase.words}]
            assert begins <= said[0][1] / RATE_HZ, (line_id, index)
            assert ends >= said[-1][2] / RATE_HZ, (line_id, index)
            assert begins >= said[0][1] / RATE_HZ - 0.15, (line_id, index)
            assert ends <= said[-1][2] / RATE_HZ + 0.35, (line_id, index)


def test_takes_have_the_dialogues_loudness(placed: render.Placed) -> None:
    rate = placed.timeline.rate_hz
    for speech, take in placed.takes.items():
        whole = np.concatenate([phrase.audio for phrase in take.phrases])
        assert loudness(whole, rate) == pytest.approx(DIALOGUE_LUFS, abs=0.5), speech


def test_the_timeline_names_the_take_and_its_bytes(taken: Stage, placed: render.Placed) -> None:
    sources = {clip.id: clip.source for clip in placed.timeline.clips if clip.kind == "speech"}
    assert sources["who"]["take"] == "takes/lamp/who.wav"
    assert len(sources["who"]["sha256"]) == 64
    assert sources["come"]["take"] == "takes/lamp/come.ada.wav"
    assert sources["come-2"]["take"] == "takes/lamp/come.ben.wav"
    assert sources["thomas"] == {"voice": "pyttsx3:en-gb"}
    assert [one.remarks for one in placed.recorded.takes] == [()] * 5, placed.recorded.takes


def test_speech_still_stands_above_the_bed(placed: render.Placed) -> None:
    mixer = Mixer(placed.timeline, placed.script, placed.takes, placed.palette)
    mixer.prepare(2)
    assert all(one.over_beds_lu >= one.asked_beds_lu - 0.1 for one in mixer.margins), mixer.margins
    assert len(mixer.margins) >= 5


def test_two_renders_have_the_same_bytes_and_say_who_was_recorded(
    taken: Stage, placed: render.Placed, tmp_path: Path
) -> None:
    """One listens to the recordings by one job; the other has what two jobs have made of them for the tests before."""
    assert placed.takes
    folders = []
    for turn, jobs, cache in (("first", 1, tmp_path / "fresh"), ("second", 2, taken.cache)):
        out = tmp_path / turn
        with Cache(cache) as kept:
            report = render.episode(render.Order(project=taken.project, output=out, jobs=jobs), kept, render.NoWatch())
        folders.append({path.name: path.read_bytes() for path in out.iterdir()})
    assert folders[0] == folders[1]
    credits = folders[0]["credits.txt"].decode()
    assert "Ada: recorded" in credits
    assert "Ben: recorded" in credits
    assert "Ben: synthetic voice (pyttsx3:en-gb)" in credits  # his last line is not recorded
    assert "synthetic" not in credits.split("Ada:")[1].splitlines()[0]
    assert b"AI Voice: Ben" in folders[0]["lamp.mp3"] or "AI Voice: Ben".encode("utf-16-le") in folders[0]["lamp.mp3"]
    assert abs(report.measured.integrated_lufs + 16.0) <= 0.5
    document = json.loads(folders[0]["timeline.json"])
    assert {"take", "sha256"} == set(next(c for c in document["clips"] if c["id"] == "who")["source"])


class _Mute(Pool):
    """Workers that must not be asked."""

    def say(self, engine: str, utterance: Utterance) -> Spoken:
        raise AssertionError(f"spoken again: {utterance.tokens}")


def test_a_replaced_line_re_speaks_nothing_else(bare: Stage) -> None:
    before = bare.plan()
    write(bare.folder / "thomas.wav", bare.truth["thomas", 0].samples)
    after = bare.plan()
    with Cache(bare.cache) as kept:
        left = [line for line in after.script.lines if line.id != "thomas"]
        again = voice.speak_lines(left, after.timeline.rate_hz, kept, pool=_Mute(1))
    for speech, take in again.items():
        for first, second in zip(before.takes[speech].phrases, take.phrases, strict=True):
            assert np.array_equal(first.audio, second.audio)
    assert after.takes["thomas", 0].source["take"] == "takes/lamp/thomas.wav"


def test_a_lost_take_is_made_again_of_the_same_recording_only(bare: Stage, tmp_path: Path) -> None:
    write(bare.folder / "thomas.wav", bare.truth["thomas", 0].samples)
    recordings = list(voice.look(bare.root, "lamp", bare.script().lines).chosen.values())
    with Cache(tmp_path / "lost") as lost, Cache(tmp_path / "kept") as kept:
        made, other = (voice.record_lines(recordings, "en", 48000, c, render.listen) for c in (lost, kept))
        (phrase,), (same,) = (one["thomas", 0].take.phrases for one in (made, other))
        shutil.rmtree(lost.root)
        assert np.array_equal(phrase.audio, same.audio)
    shutil.rmtree(lost.root)
    write(bare.folder / "thomas.wav", bare.truth["thomas", 0].samples, 0.3)
    with pytest.raises(
        VoiceError,
        match=r"lamp\.yaml:\d+:\d+: line .thomas.: the recording takes/lamp/thomas\.wav was changed meanwhile",
    ):
        _ = phrase.audio


def test_a_take_that_is_replaced_while_it_is_read_is_told_and_never_heard_for_the_one_before(bare: Stage) -> None:
    samples = bare.truth["thomas", 0].samples
    file = bare.folder / "thomas.wav"
    write(file, samples)
    chosen = list(voice.look(bare.root, "lamp", bare.script().lines).chosen.values())
    write(file, samples[: len(samples) * 3 // 4])
    with Cache(bare.cache) as kept:
        with pytest.raises(VoiceError, match=r"the recording takes/lamp/thomas\.wav was changed meanwhile"):
            voice.record_lines(chosen, "en", 48000, kept, render.listen)
        write(file, samples)
        heard = voice.record_lines(chosen, "en", 48000, kept, render.listen)["thomas", 0].report
    with Cache(bare.cache.with_name("clean")) as kept:
        assert heard == voice.record_lines(chosen, "en", 48000, kept, render.listen)["thomas", 0].report


def test_the_last_take_is_heard_unless_the_script_says_which(bare: Stage) -> None:
    samples = bare.truth["thomas", 0].samples
    write(bare.folder / "thomas.wav", samples)
    write(bare.folder / "thomas_2.wav", samples, 0.3)
    write(bare.folder / "spare.wav", samples, 0.2)

    def source(take: str = "") -> str:
        text = SCRIPT + (f"        take: {take}\n" if take else "")
        (bare.root / "script" / "lamp.yaml").write_text(text, "utf-8")
        folder = voice.look(bare.root, "lamp", bare.script().lines)
        return folder.chosen["thomas", 0].file if ("thomas", 0) in folder.chosen else "the voice"

    assert source() == "takes/lamp/thomas_2.wav"
    assert source("1") == "takes/lamp/thomas.wav"
    assert source("spare.wav") == "takes/lamp/spare.wav"
    assert source("takes/lamp/spare.wav") == "takes/lamp/spare.wav"
    assert source("none") == "the voice"
    for wrong, why in {
        "3": "there is no take 3 of this line; there is 1, 2",
        "spore.wav": "'spore.wav' is not there; did you mean 'spare.wav'?",
        "../spare.wav": "leaves the project's folder",
        "/etc/passwd": "leaves the project's folder",
    }.items():
        with pytest.raises(VoiceError, match=r"lamp\.yaml:\d+:\d+: take: ") as told:
            source(wrong)
        assert why in str(told.value)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("line-2.wav", "changes when lines are added; if this is “Nobody had lit"),
        ("come.wav", "is said together, with one take for each member: come.ada, come.ben"),
        ("tomas.wav", "no line is called so; did you mean 'thomas'?"),
        ("ben-nobody_had_lit_the_candle-0a1b.wav", "the words have changed since"),
    ],
)
def test_a_recording_that_is_nobodys_is_told(bare: Stage, name: str, why: str) -> None:
    write(bare.folder / name, np.zeros(100))
    folder = voice.look(bare.root, "lamp", bare.script().lines)
    assert folder.chosen == {}
    assert [stray.file for stray in folder.strays] == [f"takes/lamp/{name}"]
    assert why in folder.strays[0].why


def test_the_name_of_a_line_without_an_id_stays_when_lines_are_added(bare: Stage) -> None:
    before = names(bare.script().lines)["line-2", 0]
    more = SCRIPT.replace("      - ada: Who's", "      - ben: Listen.\n      - ben: Listen.\n      - ada: Who's")
    (bare.root / "script" / "lamp.yaml").write_text(more, "utf-8")
    after = names(bare.script().lines)
    assert after["line-4", 0] == before
    assert after["line-1", 0] != after["line-2", 0]
    assert len(set(after.values())) == len(after)


def test_silence_and_what_is_no_sound_is_an_error_at_its_line(bare: Stage) -> None:
    write(bare.folder / "thomas.wav", np.zeros(RATE_HZ))
    rng = np.random.default_rng(0)
    write(bare.folder / "who.wav", rng.standard_normal(RATE_HZ) * 1e-5)
    (bare.folder / "who_else.wav").write_bytes(b"RIFF and nothing else")
    with pytest.raises(VoiceError) as told:
        bare.plan()
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    assert all("lamp.yaml:" in one and ": the recording takes/lamp/" in one for one in lines), lines
    assert "holds nothing but silence" in str(told.value)
    assert "is silence: its loudest 10 ms have -1" in str(told.value)


@pytest.mark.parametrize(
    ("kind", "remark"),
    [
        ("clipped", "clipped: the wave is cut off flat"),
        ("noisy", "noisy: the voice stands only 1"),
        ("roomy", "roomy: the room rings for 0."),
        ("too long", "far too long: "),
        ("another line", "says something else than the line"),
    ],
)
def test_a_take_that_is_not_good_is_played_and_told(bare: Stage, kind: str, remark: str) -> None:
    samples = bare.truth["thomas", 0].samples
    if kind == "clipped":
        samples = np.clip(samples, -0.4 * np.abs(samples).max(), 0.4 * np.abs(samples).max())
    elif kind == "noisy":
        samples = in_a_room(samples, 1, 18.0, 0.0)
    elif kind == "roomy":
        samples = in_a_room(samples, 1, 55.0, 0.9)
    elif kind == "too long":
        middle = bare.truth["thomas", 0].words[5][1]
        samples = np.concatenate([samples[:middle], np.zeros(8 * RATE_HZ), samples[middle:]])
    else:
        samples = bare.truth["line-2", 0].samples
    write(bare.folder / "thomas.wav", samples)
    placed = bare.plan()
    (report,) = placed.recorded.takes
    assert len(report.remarks) == 1, report.remarks
    assert report.remarks[0].startswith(remark), report.remarks
    assert placed.takes["thomas", 0].source["take"] == "takes/lamp/thomas.wav"


CLOSE = """\
title: Close
cast: {ann: {voice: en-gb}}
scenes:
  - play:
      - id: cut
        ann: If you really want to hear about it, the first thing you'll want to know is where I was born.
"""


@pytest.mark.parametrize("padding_s", [0.0, 0.4])
@pytest.mark.parametrize("actor", [Actor("en-gb+f2", 175.0), Actor("en-us+f4", 200.0)], ids=["first", "second"])
def test_a_recording_that_is_cut_close_keeps_its_ends_and_is_not_called_noisy(
    tmp_path: Path, cache: Path, padding_s: float, actor: Actor
) -> None:
    """Soft sounds of speech are no noise, where nothing else is in the file, or an editor's digital silence."""
    close = stage(tmp_path / "play", cache, recorded=False, text=CLOSE, actor=actor)
    take = close.truth["cut", 0].samples
    heard = np.flatnonzero(np.abs(take) > 0.001 * np.abs(take).max())
    take = take[heard[0] : heard[-1] + 1]
    dead = np.zeros(round(padding_s * RATE_HZ))
    write(close.folder / "cut.wav", np.concatenate([dead, take, dead]))
    placed = close.plan()
    (report,) = placed.recorded.takes
    assert report.remarks == ()
    assert report.length_s >= len(take) / RATE_HZ - 0.03


def test_digital_silence_around_a_recording_does_not_hide_its_noise(bare: Stage) -> None:
    """It is told of, and cut off, as if the padding were not there."""
    noisy = in_a_room(bare.truth["thomas", 0].samples, 1, 18.0, 0.0)
    write(bare.folder / "thomas.wav", noisy)
    alone = bare.plan()
    dead = np.zeros(RATE_HZ)
    write(bare.folder / "thomas.wav", np.concatenate([dead, noisy, dead[: RATE_HZ // 2]]))
    padded = bare.plan()
    one, other = (placed.recorded.takes[0] for placed in (alone, padded))
    assert one.remarks[0].startswith("noisy: the voice stands only 1")
    assert other.remarks == one.remarks
    assert other.length_s == one.length_s
    told, again = (placed.takes["thomas", 0].phrases[0] for placed in (alone, padded))
    assert again.words == told.words
    assert np.allclose(again.audio, told.audio, atol=1e-4)


def test_where_something_is_said_twice_is_told_by_the_files_own_clock(bare: Stage) -> None:
    take = bare.truth["thomas", 0]
    middle = (take.words[3][1], take.words[-1][2])
    twice = np.concatenate([take.samples[: middle[1]], np.zeros(RATE_HZ // 3), take.samples[middle[0] :]])
    twice = in_a_room(twice, 1, 40.0, 0.0)
    for padding in (0, 2 * RATE_HZ):
        write(bare.folder / "thomas.wav", np.concatenate([np.zeros(padding), twice]))
        (remark,) = bare.plan().recorded.takes[0].remarks
        at = float(remark.split("first at 0:")[1].split(":")[0])
        assert at == pytest.approx((padding + middle[0]) / RATE_HZ, abs=0.3), remark


def test_one_channel_that_is_cut_off_is_told(bare: Stage) -> None:
    """Beside one that is not: what is heard is the mean of both, and nowhere flat."""
    take = bare.truth["thomas", 0].samples
    top = 0.4 * np.abs(take).max()
    both = np.stack([np.clip(take, -top, top), 0.5 * take], axis=1)
    soundfile.write(bare.folder / "thomas.wav", both, RATE_HZ, subtype="PCM_24")
    (remark,) = bare.plan().recorded.takes[0].remarks
    assert remark.startswith("clipped: the wave is cut off flat"), remark
    assert remark.endswith(f"at {20.0 * np.log10(top):.1f} dBFS"), remark


def test_breath_stays_and_rumble_goes(bare: Stage) -> None:
    """A breath 300 ms before the first word is heard; a lorry at 25 Hz and direct current are not."""
    rng = np.random.default_rng(5)
    take = bare.truth["thomas", 0]
    first = take.words[0][1]
    breath = signal.lfilter(*signal.butter(2, [500, 4000], "bandpass", fs=RATE_HZ), rng.standard_normal(9600))
    samples = np.concatenate([np.zeros(RATE_HZ), take.samples])
    at = RATE_HZ + first - round(0.35 * RATE_HZ)
    samples[at : at + len(breath)] += 0.012 * np.hanning(len(breath)) * breath / np.abs(breath).max()
    samples += 0.05 + 0.1 * np.sin(2 * np.pi * 25.0 * np.arange(len(samples)) / RATE_HZ)
    write(bare.folder / "thomas.wav", samples)
    placed = bare.plan()
    rate = placed.timeline.rate_hz
    (phrase,) = placed.takes["thomas", 0].phrases
    assert 0.28 <= phrase.words[0].start / rate <= 0.45
    audio = phrase.audio[:, 0].astype(float)
    spectrum = np.abs(np.fft.rfft(audio * np.hanning(len(audio))))
    hz = np.fft.rfftfreq(len(audio), 1 / rate)
    assert spectrum[hz < 35].max() < 0.03 * spectrum.max()


@pytest.mark.parametrize(("ring_s", "snr_db"), [(0.2, 45.0), (0.35, 30.0), (0.6, 30.0), (0.9, 50.0)])
def test_how_long_a_room_rings_is_measured(taken: Stage, ring_s: float, snr_db: float) -> None:
    found = condition.decay_s(condition.levels(in_a_room(taken.truth["thomas", 0].samples, 2, snr_db, ring_s), RATE_HZ))
    assert found == pytest.approx(ring_s, rel=0.35)


@pytest.mark.parametrize("seed", range(4))
def test_of_a_noisy_recording_no_room_is_told(taken: Stage, seed: int) -> None:
    """Quick falls are lost in it: the slow ones that are left would make a dead room ring for half a second."""
    for take in taken.truth.values():
        assert condition.decay_s(condition.levels(in_a_room(take.samples, seed, 21.0, 0.0), RATE_HZ)) is None


def test_a_low_tone_is_not_taken_for_a_clipped_one() -> None:
    tone = np.sin(2 * np.pi * 110.0 * np.arange(RATE_HZ) / RATE_HZ) * np.hanning(RATE_HZ)
    assert condition.clipped_runs(tone) < condition.CLIPPED_RUNS
    assert condition.clipped_runs(np.clip(tone, -0.7, 0.7)) > 50


def test_an_actor_who_does_not_pause_is_cut_and_told(bare: Stage) -> None:
    with Cache(bare.cache) as kept:
        lines = [line for line in bare.script().lines if line.id == "who"]
        write(bare.folder / "who.wav", acted(lines, Actor("en-us+m3", 150.0), kept, rest_s=0.0)["who", 0].samples)
    placed = bare.plan()
    assert placed.recorded.takes[0].remarks == ("no pause after “there”, where the script has one: it is cut there",)
    clip = next(clip for clip in placed.timeline.clips if clip.id == "who")
    assert clip.parts[1].start - clip.parts[0].start - clip.parts[0].length == round(0.9 * placed.timeline.rate_hz)


def test_two_files_of_one_take_are_an_error(bare: Stage) -> None:
    for name in ("thomas_2.wav", "thomas_02.wav"):
        write(bare.folder / name, bare.truth["thomas", 0].samples)
    with pytest.raises(VoiceError, match=r"lamp\.yaml:24:9: take 2 of “I thought .* is there twice: thomas_02"):
        bare.plan()


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("es", "Nadie había encendido la lámpara en un año, y nadie la había echado de menos."),
        ("ru", "Никто не зажигал лампу целый год, и никому она не была нужна."),
        ("en-us", "At 10:30 she paid £3.50 for 112 lamps, and Dr. Reed took the 2nd of them away."),
    ],
)
def test_other_languages_and_figures_are_aligned_by_their_own_voices(
    tmp_path: Path, cache: Path, voice: str, text: str
) -> None:
    script = f"title: X\nlanguage: {voice}\ncast: {{ana: {{voice: {voice}}}}}\n"
    script += f"scenes:\n  - play:\n      - id: one\n        ana: {text}\n"
    made = stage(tmp_path / "play", cache, text=script, actor=Actor(f"{voice}+f2", 140.0))
    take = made.truth["one", 0]
    placed = made.plan()
    assert [one.remarks for one in placed.recorded.takes] == [()]
    (clip,) = (clip for clip in placed.timeline.clips if clip.kind == "speech")
    wanted = [start - take.words[0][1] for _, start, _ in take.words]
    found = [(word.start - clip.words[0].start) * RATE_HZ / placed.timeline.rate_hz for word in clip.words]
    assert np.percentile(np.abs(np.subtract(found, wanted)), 95) <= 0.060 * RATE_HZ


def test_no_take_is_no_stage(bare: Stage) -> None:
    (bare.folder).rmdir()
    placed = bare.plan()
    assert placed.recorded == render.Recorded()


def test_a_channel_of_noise_is_not_mixed_in(bare: Stage) -> None:
    take = bare.truth["thomas", 0].samples
    both = np.stack([take * 0.5, np.random.default_rng(1).standard_normal(len(take)) * 0.01], axis=1)
    soundfile.write(bare.folder / "thomas.wav", both, RATE_HZ, subtype="PCM_24")
    stereo = bare.plan()
    write(bare.folder / "thomas.wav", take, 0.5)
    mono = bare.plan()
    one, other = (placed.takes["thomas", 0].phrases[0].audio for placed in (stereo, mono))
    assert np.allclose(one, other, atol=1e-4)
    assert replace(stereo.recorded.takes[0], file="") == replace(mono.recorded.takes[0], file="")


AGAIN = """\
title: Again
cast: {thomas: {voice: en-gb}}
scenes:
  - play:
      - id: first
        thomas: Who is there, at this hour?
      - pause: 1 s
      - id: second
        thomas: Who is there, at this hour?
"""


def test_the_same_recording_of_the_same_words_is_listened_to_once(
    tmp_path: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    twice = stage(tmp_path / "play", cache, recorded=False, text=AGAIN)
    for name in ("first", "second"):
        write(twice.folder / f"{name}.wav", twice.truth["first", 0].samples)
    listened: list[str] = []
    real = recorded.hear

    def counted(one: recorded.Recording, *others: Any) -> recorded.Heard:
        listened.append(one.file)
        return real(one, *others)

    monkeypatch.setattr(recorded, "hear", counted)
    with Cache(tmp_path / "cache") as kept:
        placed = render.plan(render.Order(project=twice.project, jobs=1), kept, render.NoWatch())
    assert len(listened) == 1
    reports = placed.recorded.takes
    assert [Path(one.file).stem for one in reports] == ["first", "second"]
    assert replace(reports[0], line="", place=reports[1].place, file="") == replace(reports[1], line="", file="")
    sources = [placed.takes[name, 0].source["take"] for name in ("first", "second")]
    assert [Path(source).stem for source in sources] == ["first", "second"]
