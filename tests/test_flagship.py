"""The first production, whole: rendered as a user renders it, measured as a listener gets it."""

import hashlib
import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from mutagen import id3

from producer import project, render
from producer.audio import Audio
from producer.cache import Cache
from producer.deliver import ffmpeg
from producer.mix.mixer import Mixer
from producer.model.script import Anchor, Line, Script
from producer.model.timeline import Clip, Timeline
from producer.units import Samples, Span
from tests.face_helpers import cache

__all__ = ["cache"]

FOLDER = Path(__file__).parent.parent
SCRIPT = FOLDER / "script" / "flagship.yaml"
OTHERS = ("clear_speech", "night")
TEN_MS = 0.010


@dataclass(frozen=True)
class Rendered:
    folder: Path
    cache: Path
    report: render.Report

    @property
    def mp3(self) -> Path:
        return self.folder / "flagship.mp3"


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Rendered:
    """Whatever other tests have spoken and computed of it: `test_another_render_gives_the_same_bytes` has nothing."""
    folder = tmp_path_factory.mktemp("flagship") / "out"
    with Cache(cache) as kept:
        order = render.Order(project=project.find(SCRIPT, FOLDER)[0], output=folder, mixes=OTHERS, jobs=2)
        return Rendered(folder, cache, render.episode(order, kept, render.NoWatch()))


def planned(rendered: Rendered, script: Path = SCRIPT) -> render.Placed:
    with Cache(rendered.cache) as kept:
        order = render.Order(project=project.find(script, FOLDER)[0], jobs=2)
        return render.plan(order, kept, render.NoWatch())


@pytest.fixture(scope="session")
def placed(rendered: Rendered) -> render.Placed:
    return planned(rendered)


def test_it_lasts_nine_to_twelve_minutes(rendered: Rendered) -> None:
    timeline = rendered.report.timeline
    assert 9 * 60 <= timeline.duration / timeline.rate_hz <= 12 * 60


def test_ffmpegs_meter_reads_minus_16_lufs_and_a_true_peak_under_minus_1(rendered: Rendered) -> None:
    command = [ffmpeg.executable(), "-hide_banner", "-nostats", "-i", str(rendered.mp3)]
    command += ["-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stderr.decode().rpartition("Summary:")[2]
    loudness = float(re.search(r"I:\s+(-?[\d.]+) LUFS", said)[1])  # type: ignore[index]
    peak = float(re.search(r"Peak:\s+(-?[\d.]+) dBFS", said)[1])  # type: ignore[index]
    assert loudness == pytest.approx(-16, abs=0.5)
    assert peak <= -1.0
    assert rendered.report.measured.integrated_lufs == pytest.approx(loudness, abs=0.11)
    assert rendered.report.measured.true_peak_dbtp == pytest.approx(peak, abs=0.3)


def test_the_mp3_decodes_to_the_timelines_length_to_the_sample(rendered: Rendered) -> None:
    document = json.loads((rendered.folder / "timeline.json").read_text("utf-8"))
    decoded = sum(map(len, ffmpeg.decode(rendered.mp3, 2, document["rate_hz"])))
    assert decoded == document["duration"] == rendered.report.timeline.duration


def test_chapters_are_the_scenes_with_titles_in_mutagen_and_ffmpeg(rendered: Rendered) -> None:
    timeline = rendered.report.timeline
    wanted = [(s.title, round(s.span.start * 1000 / timeline.rate_hz)) for s in timeline.scenes if s.title]
    frames = sorted(id3.ID3(rendered.mp3).getall("CHAP"), key=lambda frame: frame.start_time)
    assert [(str(frame.sub_frames["TIT2"]), frame.start_time) for frame in frames] == wanted
    listed = [ffmpeg.executable(), "-hide_banner", "-i", str(rendered.mp3)]
    said = subprocess.run(listed, capture_output=True, check=False).stderr.decode()  # fails: no output was asked for
    starts = re.findall(r"Chapter #0:\d+: start ([\d.]+)", said)
    assert [round(float(start) * 1000) for start in starts] == [start for _, start in wanted]


def test_every_beat_of_the_story_names_its_clip(rendered: Rendered) -> None:
    heard = {clip.id for clip in rendered.report.timeline.clips}
    for beat in range(1, 19):
        assert any(name.startswith(f"beat_{beat:02d}_") for name in heard), f"beat {beat} has no clip"


def test_the_stillness_before_the_first_word_and_the_silence_after_the_blast(placed: render.Placed) -> None:
    timeline, rate = placed.timeline, placed.timeline.rate_hz
    first = min(clip.hit for clip in timeline.clips if clip.kind == "speech")
    assert first >= 8 * rate
    mixer = Mixer(timeline, placed.script, placed.takes, placed.palette)
    boom = next(clip for clip in timeline.clips if clip.id == "beat_07_boom")
    assert boom.cut is not None
    silent = mixer.block(Span(boom.cut.end, Samples(boom.cut.end + 2 * rate))).sum()
    assert not silent.any()


def marked_words(script: Script) -> dict[str, tuple[Line, int]]:
    """Every mark that stands in a line right before a word, with the line and the word's number."""
    return {
        mark.name: (line, mark.before_token)
        for line in script.lines
        for mark in line.marks
        if mark.before_token < len(line.tokens) and all(rest.after_token != mark.before_token for rest in line.rests)
    }


def words_hung_on(placed: render.Placed) -> Iterator[tuple[Clip, int]]:
    """Every sound whose moment is a word, or a mark right before one, with the sample of that word's onset."""
    marked = marked_words(placed.script)
    timeline = placed.timeline
    clips = {clip.id: clip for clip in timeline.clips}
    lines = {line.id: line for line in placed.script.lines}
    for cue in placed.script.cues:
        if cue.id not in clips:
            continue
        if cue.before_token is not None and not cue.on_rest:
            line = next(one for one in lines.values() if cue in one.cues)
            spoken = clips[line.id].words
            if cue.before_token < len(line.tokens):
                yield clips[cue.id], spoken[cue.before_token].start
        elif cue.at is not None and cue.at.anchor is Anchor.WORD and cue.at.offset_s == 0:
            line = lines[cue.at.target]
            wanted = re.sub(r"\W", "", cue.at.words.split()[0]).casefold()
            hits = [w.start for w in clips[line.id].words if re.sub(r"\W", "", w.text).casefold() == wanted]
            yield clips[cue.id], hits[(cue.at.nth or 1) - 1]
        elif cue.at is not None and cue.at.anchor is Anchor.MARK and cue.at.offset_s == 0 and cue.at.target in marked:
            line, token = marked[cue.at.target]
            yield clips[cue.id], clips[line.id].words[token].start


def heard_alone(placed: render.Placed, clip: Clip) -> tuple[Audio, int]:
    """A sound by itself, dry and near, and the timeline sample of the first one."""
    alone = replace(clip, room="none", treat="none")
    timeline: Timeline = replace(placed.timeline, clips=(alone,), hears=())
    start = Samples(max(0, clip.span.start - 2000))
    end = Samples(min(placed.timeline.duration, clip.span.end + 2000))
    return Mixer(timeline, placed.script, {}, placed.palette).block(Span(start, end)).sounds, start


def onset_of(audio: Audio, rate_hz: int) -> int:
    """Where a sound is first within 20 dB of the highest that a 1 ms mean of it reaches: not the producer's own way."""
    power = np.square(audio.astype(float)).sum(axis=1)
    width = rate_hz // 1000
    smooth = np.convolve(power, np.ones(width) / width)[: len(power)]  # looks back only
    return int(np.flatnonzero(smooth >= smooth.max() * 0.01)[0])


@pytest.mark.parametrize("recast", ["as written", "another voice", "another rate"])
def test_a_cue_on_a_word_is_heard_within_10_ms_of_that_words_onset(
    rendered: Rendered, placed: render.Placed, tmp_path: Path, recast: str
) -> None:
    if recast != "as written":
        text = SCRIPT.read_text("utf-8")
        changed = (
            text.replace("voice: en-gb,", "voice: en-us+m3,")
            if recast == "another voice"
            else text.replace("rate: 152 wpm", "rate: 178 wpm")
        )
        assert changed != text
        script = tmp_path / "script" / "flagship.yaml"
        script.parent.mkdir()
        script.write_text(changed, "utf-8")
        placed = planned(rendered, script)
    rate = placed.timeline.rate_hz
    found = list(words_hung_on(placed))
    assert len(found) >= 8
    late = {}
    for clip, word in found:
        audio, start = heard_alone(placed, clip)
        late[clip.id] = (start + onset_of(audio, rate) - word) / rate
    assert {name: off for name, off in late.items() if abs(off) > TEN_MS} == {}


def test_the_report_holds_every_line_to_its_margin(rendered: Rendered) -> None:
    assert [margin.clip for margin in rendered.report.margins if not margin.kept] == []


def test_the_audit_finds_every_line_and_cue_and_nothing_to_mend(rendered: Rendered) -> None:
    assert [audit.mix for audit in rendered.report.audits] == ["standard", *OTHERS]
    for audit in rendered.report.audits:
        assert [str(one) for one in audit.findings] == [], audit.mix
        assert {one.match.state for one in audit.clips} == {"found"}
        assert audit.compared
        assert audit.verdicts["podcast"].passes


def test_another_render_gives_the_same_bytes(rendered: Rendered, tmp_path: Path) -> None:
    with Cache(tmp_path / "cache") as kept:  # empty: everything is spoken and computed again
        order = render.Order(project=project.find(SCRIPT, FOLDER)[0], output=tmp_path / "elsewhere", jobs=1)
        render.episode(order, kept, render.NoWatch())
    folders = (rendered.folder, tmp_path / "elsewhere")
    first, second = ({p.name: digest(p) for p in folder.iterdir()} for folder in folders)
    beside = {f"flagship.{name}.mp3" for name in OTHERS} | {f"reference.{name}.npz" for name in OTHERS}
    of_all = {
        "audit.json",
        "audit.html",
        "episode.json",
        "index.html",
        "manifest.json",
    }  # they tell of every mix that was made
    assert {name: found for name, found in first.items() if name not in beside | of_all} == {
        name: found for name, found in second.items() if name not in of_all
    }
    assert beside | of_all <= first.keys()
    assert {"flagship.mp3", "reference.npz", "timeline.json", "transcript.vtt", "credits.txt"} <= second.keys()
    told = [json.loads((folder / "audit.json").read_text("utf-8"))["files"] for folder in folders]
    assert told[0][0] == told[1][0]


def test_every_mix_has_the_length_the_loudness_and_the_chapters_of_the_standard_one(rendered: Rendered) -> None:
    for mix in rendered.report.mixes:
        assert mix.measured.samples == rendered.report.timeline.duration, mix.style.name
        assert mix.measured.integrated_lufs == pytest.approx(-16, abs=0.5), mix.style.name
        assert mix.measured.true_peak_dbtp <= -1, mix.style.name
        assert id3.ID3(mix.file).getall("CHAP") == id3.ID3(rendered.mp3).getall("CHAP"), mix.style.name
    assert [mix.style.name for mix in rendered.report.mixes] == ["standard", *OTHERS]


def test_clear_speech_stands_at_least_6_lu_further_above_on_every_line(rendered: Rendered) -> None:
    clear = {line.clip: line for line in rendered.report.mix("clear_speech").margins}
    assert len(clear) > 40
    for line in rendered.report.margins:
        for kind in ("over_beds_lu", "over_music_lu", "over_freed_lu"):
            assert getattr(clear[line.clip], kind) >= getattr(line, kind) + 6.0, line.clip
        assert clear[line.clip].kept


def test_night_has_a_range_of_at_most_6_lu_and_nothing_that_startles(rendered: Rendered) -> None:
    night, standard = rendered.report.mix("night").measured, rendered.report.measured
    assert standard.range_lu > 10
    assert night.range_lu <= 6.0
    assert standard.max_momentary_lufs - standard.integrated_lufs > 8
    assert night.max_momentary_lufs - night.integrated_lufs <= 6.5


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_any_block_size_gives_the_same_mix(placed: render.Placed) -> None:
    mixer = Mixer(placed.timeline, placed.script, placed.takes, placed.palette)
    start = next(scene.span.start for scene in placed.timeline.scenes if scene.id == "something")
    stretch = Span(start, Samples(start + 12 * placed.timeline.rate_hz))
    whole = mixer.block(stretch).sum()
    for size in (997, 50_000):
        cut = [
            mixer.block(Span(Samples(at), Samples(min(at + size, stretch.end)))).sum()
            for at in range(stretch.start, stretch.end, size)
        ]
        assert np.array_equal(np.concatenate(cut), whole)


def test_every_word_of_the_script_is_in_the_transcript(rendered: Rendered) -> None:
    read = json.loads((rendered.folder / "transcript.json").read_text("utf-8"))
    said = " ".join(segment["body"] for segment in read["segments"])
    assert said.split() == " ".join(line.text for line in rendered.report.script.lines).split()
