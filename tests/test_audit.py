"""The audit of a good episode finds nothing; of each mistake, that one and nothing else."""

import dataclasses
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from producer import auditing
from producer.audit import foreseen, page, report
from producer.audit.audit import Audit, audit
from producer.audit.planned import plan_of
from producer.audit.reference import NOT_LIMITED, BrokenReferenceError, Limited, Reference
from producer.dsp.loudness import loudness
from producer.model.sound import SoundRef
from producer.model.timeline import Clip, Ramp
from producer.units import Samples, Span, gain
from tests.audit_helpers import HITS, PODCAST, RATE, Episode, Made, cue, episode, good, line
from tests.mix_helpers import bed

CUES = [
    "sound-knock-167580",
    "sound-glass-264600",
    "sound-thud-352800",
    "sound-latch-529200",
    "sound-knock-573300",
    "sound-glass-758520",
    "sound-thud-970200",
]
LINES = [f"line-{number}" for number in range(1, 6)]
THREE_HUNDRED_MS = 13230


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    return Made(good(), tmp_path_factory.mktemp("audit"))


def only(clip_id: str, change: Callable[[Clip], Clip | None]) -> Callable[[Clip], Clip | None]:
    return lambda clip: change(clip) if clip.id == clip_id else clip


def named(audit: Audit) -> list[tuple[str, str]]:
    return [(one.kind, one.clip) for one in audit.findings]


def test_the_good_episode_has_nothing_to_be_named_and_every_clip_is_found(made: Made) -> None:
    audit = made.audited()
    assert named(audit) == []
    assert {one.match.state for one in audit.clips} == {"found"}
    assert max(abs(one.match.level_off_db or 0.0) for one in audit.clips) < 0.5
    assert {one.clip.id for one in audit.clips} == {clip.id for clip in made.episode.timeline.clips}


def test_a_line_that_is_said_together_is_one_line(made: Made) -> None:
    good, together = made.audited(), json.loads(json.dumps(made.document))
    for clip in together["clips"]:
        if clip["id"] in LINES[:2]:
            clip["line"] = "both"
    facts, heard = auditing.listen(made.file)
    found = audit("x.mp3", facts, heard, plan=plan_of(together), reference=made.reference)
    assert report.heard_counts(good) == "all 5 lines, all 7 cues, all 2 beds found"
    assert report.heard_counts(found) == "all 4 lines, all 7 cues, all 2 beds found"
    lost = [
        dataclasses.replace(one, match=dataclasses.replace(one.match, state="missing"))
        if one.clip.id == LINES[0]
        else one
        for one in found.clips
    ]
    assert report.heard_counts(dataclasses.replace(found, clips=tuple(lost))).startswith("3 of 4 lines")


@pytest.mark.parametrize("which", [*CUES, LINES[1], "bed-rain-441000", "bed-wind-0"])
def test_what_is_muted_is_missing(made: Made, which: str) -> None:
    audit = made.remixed(only(which, lambda clip: None))
    assert named(audit) == [("missing", which)]
    wanted = made.episode.timeline.clip(which)
    assert audit.findings[0].where == wanted.place
    assert audit.findings[0].start_s == pytest.approx(wanted.span.start / RATE)


@pytest.mark.parametrize("which", CUES)
def test_what_is_buried_by_20_db_is_quiet_or_not_there(made: Made, which: str) -> None:
    audit = made.remixed(only(which, lambda clip: dataclasses.replace(clip, level=Ramp.still(clip.level.first - 20.0))))
    assert [clip for _, clip in named(audit)] == [which]
    assert audit.findings[0].kind in ("quiet", "missing")
    off = next(one.match.level_off_db for one in audit.clips if one.clip.id == which)
    assert off is None or off == pytest.approx(-20.0, abs=4.0)


@pytest.mark.parametrize("which", CUES)
def test_another_sound_in_the_place_of_a_cue_is_told_from_its_own(made: Made, which: str) -> None:
    other = "latch" if "glass" in which or "thud" in which else "glass"

    def swapped(clip: Clip) -> Clip:
        part = dataclasses.replace(clip.parts[0], sound=SoundRef(role=other), length=Samples(len(HITS[other])))
        end = Samples(clip.span.start + len(HITS[other]))
        return dataclasses.replace(clip, parts=(part,), span=Span(clip.span.start, end))

    assert named(made.remixed(only(which, swapped))) == [("replaced", which)]


def moved(clip: Clip, by: int) -> Clip:
    parts = tuple(
        dataclasses.replace(part, start=Samples(part.start + by), hit=Samples(part.hit + by)) for part in clip.parts
    )
    span = Span(Samples(clip.span.start + by), Samples(clip.span.end + by))
    return dataclasses.replace(clip, parts=parts, span=span, hit=Samples(clip.hit + by))


@pytest.mark.parametrize("by", [THREE_HUNDRED_MS, -THREE_HUNDRED_MS])
@pytest.mark.parametrize("which", [CUES[0], CUES[3], CUES[5], LINES[2]])
def test_what_is_moved_by_300_ms_is_found_there(made: Made, which: str, by: int) -> None:
    audit = made.remixed(only(which, lambda clip: moved(clip, by)))
    assert named(audit) == [("moved", which)]
    found = next(one.match for one in audit.clips if one.clip.id == which)
    assert found.moved_s == pytest.approx(by / RATE, abs=0.021)
    assert ("late" if by > 0 else "early") in audit.findings[0].what


@pytest.mark.parametrize("which", LINES)
def test_a_line_that_is_cut_short_is_named_with_its_last_word(made: Made, which: str) -> None:
    def cut(clip: Clip) -> Clip:
        at = clip.words[3].end
        return dataclasses.replace(clip, cut=Span(at, Samples(at + 200)))

    audit = made.remixed(only(which, cut))
    assert named(audit) == [("cut short", which)]
    assert "after “lamp”: the last 2 words are missing" in audit.findings[0].what


@pytest.mark.parametrize("second", [1.7, 5.9, 9.4, 15.1, 20.3])
def test_2_ms_that_drop_out_of_speech_are_found(made: Made, second: float) -> None:
    audio = made.decoded()
    loud = int(np.abs(audio[round(second * RATE) :][: RATE // 5, 0]).argmax()) + round(second * RATE)
    audio[loud - 44 : loud + 44] = 0.0
    audit = made.reencoded(audio)
    assert [one.kind for one in audit.findings] == ["dropout"]
    assert audit.findings[0].start_s == pytest.approx(loud / RATE, abs=0.005)
    assert audit.findings[0].where is not None


@pytest.mark.parametrize("second", [0.5, 2.0, 4.8, 8.6, 15.5, 21.5])
def test_a_click_is_found(made: Made, second: float) -> None:
    audio = made.decoded()
    audio[round(second * RATE)] += 0.5
    audit = made.reencoded(audio)
    assert [one.kind for one in audit.findings] == ["click"]
    assert audit.findings[0].start_s == pytest.approx(second, abs=0.005)


@pytest.mark.parametrize("seconds", [0.5, 1.0, 3.0])
def test_a_tail_that_is_cut_off_is_missed(made: Made, seconds: float) -> None:
    audio = made.decoded()
    audit = made.reencoded(audio[: -round(seconds * RATE)])
    assert [one.kind for one in audit.findings] == ["truncated"]
    assert audit.findings[0].end_s - audit.findings[0].start_s == pytest.approx(seconds, abs=0.03)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ("left inverted", "inverted"),
        ("right inverted", "inverted"),
        ("left missing", "the left channel is missing"),
        ("right missing", "the right channel is missing"),
        ("swapped", "swapped"),
        ("folded", "left and right are the same"),
        ("left twice", "left and right are the same"),
        ("left late", "less in common than planned"),
    ],
)
def test_channels_that_are_not_as_they_were_mixed(made: Made, wrong: str, says: str) -> None:
    audio = made.decoded()
    side, _, what = wrong.partition(" ")
    if wrong == "swapped":
        audio = audio[:, ::-1].copy()
    elif wrong == "folded":
        audio[:] = audio.mean(axis=1, keepdims=True)
    elif wrong == "left late":
        audio[RATE // 1000 :, 0] = audio[: -(RATE // 1000), 0].copy()
    elif wrong == "left twice":
        audio[:, 1] = audio[:, 0]
    else:
        audio[:, 0 if side == "left" else 1] *= -1.0 if what == "inverted" else 0.0
    audit = made.reencoded(audio)
    assert [one.kind for one in audit.findings] == ["channel"]
    assert says in audit.findings[0].what


@pytest.mark.parametrize("which", [CUES[0], CUES[3]])
def test_a_cue_on_the_other_side_is_named(made: Made, which: str) -> None:
    audit = made.remixed(only(which, lambda clip: dataclasses.replace(clip, pan=Ramp.still(-clip.pan.first))))
    assert named(audit) == [("channel", which)]
    assert "left and right are swapped for 0." in audit.findings[0].what


@pytest.mark.parametrize(
    ("level_db", "tones_hz", "says"),
    [(-30.0, (50, 100, 150), "from 50 to 155 Hz, as hum is"), (-23.0, (0,), "off zero")],
)
def test_what_is_steady_and_was_not_mixed_is_named(
    made: Made, level_db: float, tones_hz: tuple[int, ...], says: str
) -> None:
    audio = made.decoded()
    seconds = np.arange(len(audio)) / RATE
    steady = sum(np.cos(2.0 * np.pi * hz * seconds) for hz in tones_hz)
    audit = made.reencoded(audio + np.asarray(gain(level_db) * steady, np.float32)[:, None])
    assert [one for one in audit.findings if one.kind == "noise" and says in one.what]
    assert not {one.kind for one in audit.findings} - {"noise", "loudness", "click"}  # it is there to the last sample


def test_what_is_clipped_and_turned_down_again_has_no_holes(made: Made) -> None:
    audit = made.reencoded(np.clip(made.decoded(), -gain(-13.0), gain(-13.0)))
    assert [one.kind for one in audit.findings] == ["loudness"]


def test_2_db_too_loud_is_one_finding(made: Made) -> None:
    audit = made.reencoded(made.decoded() * np.float32(10.0**0.1))
    assert [one.kind for one in audit.findings] == ["loudness"]
    assert " LU too loud" in audit.findings[0].what


def test_2_db_too_quiet_is_one_finding(made: Made) -> None:
    assert [one.kind for one in made.reencoded(made.decoded() * np.float32(10.0**-0.1)).findings] == ["loudness"]


def test_too_loud_with_its_peaks_is_still_one_finding(made: Made) -> None:
    audit = made.reencoded(np.clip(made.decoded() * 3.0, -1.0, 1.0))
    assert [one.kind for one in audit.findings] == ["loudness"]
    assert "and its peaks with it" in audit.findings[0].what


def test_a_true_peak_over_the_limit_is_named_where_it_is(made: Made) -> None:
    audio = made.decoded()
    at = int(np.abs(audio[2 * RATE : 3 * RATE, 0]).argmax()) + 2 * RATE
    audio[at - 30 : at + 30] *= np.float32(0.97 / np.abs(audio[at]).max()) * np.hanning(60)[:, None].astype(np.float32)
    audit = made.reencoded(audio)
    assert [one.kind for one in audit.findings] == ["peak"]
    assert audit.findings[0].start_s == pytest.approx(at / RATE, abs=0.01)


def test_a_limiter_that_was_set_too_high_is_one_finding(made: Made) -> None:
    loud = Made(
        dataclasses.replace(
            made.episode,
            timeline=dataclasses.replace(
                made.episode.timeline, clips=(*made.episode.timeline.clips, cue("thud", 4.4, level=14.0))
            ),
        ),
        made.folder,
        "loud",
    )
    assert named(loud.audited()) == []
    assert loud.plan.ceiling_dbtp is not None
    higher = dataclasses.replace(loud.plan, ceiling_dbtp=loud.plan.ceiling_dbtp + 3.0)
    audit = loud.audited(loud.written(loud.mix, "over", plan=higher))
    assert [one.kind for one in audit.findings] == ["peak"]


def test_a_second_of_silence_that_nobody_asked_for(made: Made) -> None:
    audio = made.decoded()
    audio[round(14.5 * RATE) : round(15.5 * RATE)] = 0.0
    audit = made.reencoded(audio)
    assert [one.kind for one in audit.findings] == ["silence"]
    assert audit.findings[0].start_s == pytest.approx(14.5, abs=0.05)


def test_80_ms_that_drop_out_are_a_gap_and_no_missing_words(made: Made) -> None:
    audio = made.decoded()
    audio[round(15.0 * RATE) : round(15.08 * RATE)] = 0.0
    assert [one.kind for one in made.reencoded(audio).findings] == ["dropout"]


def test_a_cue_that_cannot_be_heard_by_plan_is_named_with_what_buries_it_and_its_mend(tmp_path: Path) -> None:
    whole = good()
    buried = cue("latch", 2.0, level=-34.0)
    clips = tuple(sorted((*whole.timeline.clips, buried), key=lambda clip: clip.span.start))
    episode = dataclasses.replace(whole, timeline=dataclasses.replace(whole.timeline, clips=clips))
    audit = Made(episode, tmp_path).audited()
    assert named(audit) == [("inaudible", buried.id)]
    assert audit.findings[0].where == buried.place
    raise_lu = int(audit.findings[0].mend.split("raise it by ")[1].split()[0])
    raised = dataclasses.replace(buried, level=Ramp.still(-34.0 + raise_lu))
    clips = tuple(raised if clip.id == buried.id else clip for clip in clips)
    mended = dataclasses.replace(whole, timeline=dataclasses.replace(whole.timeline, clips=clips))
    assert named(Made(mended, tmp_path).audited()) == []


def sparse(level_lu: float) -> Episode:
    """Two short lines in a minute of wind."""
    lines = [line(1, 20.0), line(2, 40.0)]
    return episode([*(clip for clip, _ in lines), bed("wind", 0, 60 * RATE, level=level_lu)], lines, 60.0)


def test_lines_that_a_near_bed_would_crush_are_spared_and_named_once(tmp_path: Path) -> None:
    loud = Made(sparse(-14.0), tmp_path)
    audit = loud.audited()
    assert named(audit) == [("limited", "line-1")]
    found = audit.findings[0]
    assert loud.plan.spares
    assert found.where == loud.episode.timeline.clip("line-1").place
    assert "1 other; more gain would crush the lines, so it is at" in found.what
    assert "LU too quiet (podcast" in found.what
    assert "(most of it is bed 'wind', test.yaml:" in found.mend
    lower_lu = int(found.mend.split(" by ")[1].split()[0])
    mended = Made(sparse(-14.0 - lower_lu), tmp_path, "mended")
    assert named(mended.audited()) == []
    assert not mended.plan.spares


def test_what_the_limiter_takes_off_a_line_is_in_the_report(tmp_path: Path) -> None:
    loud = Made(sparse(-14.0), tmp_path)
    off_db = {one.clip.id: one.limited_db for one in loud.audited().clips}
    assert off_db["bed-wind-0"] is None
    heard, was = loud.decoded(), loud.mix * np.float32(gain(loud.plan.gain_db))
    for name in ("line-1", "line-2"):
        span = loud.episode.timeline.clip(name).span
        taken_db = loudness(was[span.start : span.end], RATE) - loudness(heard[span.start : span.end], RATE)
        assert off_db[name] == pytest.approx(taken_db, abs=0.7)


def test_what_is_so_by_plan_explains_no_fault_of_the_whole(tmp_path: Path) -> None:
    loud = Made(sparse(-14.0), tmp_path)
    kinds = [one.kind for one in loud.audited(profile="broadcast").findings]
    assert sorted(kinds) == ["format", "limited", "loudness"]


def test_one_loud_line_is_told_to_be_lowered(made: Made) -> None:
    reference = dataclasses.replace(
        made.reference, limited=Limited(off_db={"line-2": 3.4, "line-3": 1.0}, lower_lu=None)
    )
    clips = {clip.id: clip for clip in plan_of(made.document).clips}
    (found,) = foreseen.limited(reference, clips)
    assert (found.clip, found.mend) == ("line-2", "lower it, or what is loudest over it")
    assert "3.4 dB nearer" in found.what and "other" not in found.what


def test_another_programme_is_no_rendering_of_the_timeline(made: Made) -> None:
    audit = made.reencoded(made.decoded()[::-1].copy())
    assert "unlike" in [one.kind for one in audit.findings]
    assert len(audit.findings) <= 3


def test_the_reference_is_read_as_it_was_written_and_its_bytes_do_not_vary(made: Made) -> None:
    data = made.reference.to_bytes()
    again = Reference.from_bytes(data)
    assert again.to_bytes() == data
    also = dataclasses.replace(made.reference, limited_as={"wav": Limited(off_db={"line-2": 0.5}, lower_lu=3)})
    assert Reference.from_bytes(also.to_bytes()).limited_as == also.limited_as
    assert (also.of_format("wav").limited.lower_lu, also.of_format("mp3").limited) == (3, made.reference.limited)
    assert again.clips.names == made.reference.clips.names
    assert np.array_equal(again.cell_codes[:], made.reference.cell_codes[:])
    assert len(data) < 24 * 3000  # under 1.5 MB for 10 minutes


@pytest.mark.parametrize("broken", [b"", b"PK\x03\x04", b"no zip at all" * 100])
def test_what_is_no_reference_is_refused_in_words(broken: bytes) -> None:
    with pytest.raises(BrokenReferenceError, match="no reference"):
        Reference.from_bytes(broken)


def saying(data: bytes, change: Callable[[dict[str, object]], object]) -> bytes:
    """A reference with its document changed."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "about.npy":
                about = json.loads(np.load(io.BytesIO(content)).tobytes())
                change(about)
                packed = io.BytesIO()
                np.save(packed, np.frombuffer(json.dumps(about).encode(), np.uint8))
                content = packed.getvalue()
            new.writestr(name, content)
    return made.getvalue()


def test_a_reference_that_does_not_tell_of_the_limiter_is_read(made: Made) -> None:
    """Earlier versions wrote none of it."""
    read = Reference.from_bytes(saying(made.reference.to_bytes(), lambda about: about.pop("limited")))
    assert read.limited == NOT_LIMITED
    assert read.margins == made.reference.margins


def test_how_far_lines_stand_over_what_duck_no_frees_is_in_the_report(tmp_path: Path) -> None:
    lines = [line(1, 2.0), line(2, 8.0)]
    freed = dataclasses.replace(bed("wind", 0, 6 * RATE, level=-8.0), duck=False)
    clips = [*(clip for clip, _ in lines), freed, bed("rain", 0, 12 * RATE, level=-26.0)]
    made = Made(episode(clips, lines, 12.0), tmp_path)
    audited = made.audited()
    (file,) = report.document([audited])["files"]
    said = {one["id"]: one["speech_margin"] for one in file["clips"] if one["kind"] == "speech"}
    measured = {one.clip: one.over_freed_lu for one in made.margins}
    assert said["line-1"]["over_freed_lu"] == pytest.approx(measured["line-1"], abs=0.01)
    assert 0.0 < said["line-1"]["over_freed_lu"] < 12.0 < said["line-1"]["over_beds_lu"]
    assert said["line-2"]["over_freed_lu"] is None
    assert "over what duck: no frees" in page.html([audited], "x")

    def shorten(about: dict[str, object]) -> None:
        assert isinstance(about["margins"], dict)
        for row in about["margins"].values():
            row.pop()

    older = saying(made.reference.to_bytes(), shorten)
    assert {one.freed_lu for one in Reference.from_bytes(older).margins.values()} == {None}


@pytest.mark.parametrize("key", ["limited", "limited_as", "margins"])
@pytest.mark.parametrize("value", [[], 3, {"off_db": [1]}, {"off_db": {"a": "loud"}, "lower_lu": "b", "spared": 1}])
def test_a_reference_that_tells_it_in_no_sense_is_refused(made: Made, key: str, value: object) -> None:
    with pytest.raises(BrokenReferenceError, match="no reference"):
        Reference.from_bytes(saying(made.reference.to_bytes(), lambda about: about.update({key: value})))


def test_one_that_lies_about_its_parts_is_refused(made: Made) -> None:
    lying = dataclasses.replace(made.reference, samples=made.reference.samples + RATE)
    with pytest.raises(BrokenReferenceError, match="do not fit"):
        Reference.from_bytes(lying.to_bytes())


def test_without_its_plan_only_what_can_be_known_is_said(made: Made) -> None:
    audits = auditing.target(made.file)
    assert [one.compared for one in audits] == [False]
    assert [one.kind for one in audits[0].findings] == []
    assert auditing.target(made.file, PODCAST.name)[0].verdicts["podcast"].passes
