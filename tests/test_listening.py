"""Listener mixes and stems of small episodes: what each changes, and that it changes nothing else."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from producer.audio import Audio
from producer.dsp.loudness import loudness, own_length_loudness
from producer.mix.listening import REST, Listening, StemName, Stems, margins_in
from producer.mix.margin import LineMargin
from producer.mix.mixer import Mixer
from producer.mix.parts import Part
from producer.model.mixes import MIXES, wanted
from producer.model.timeline import Clip, HearSpan, Ramp
from producer.units import Samples, Span
from tests.mix_helpers import Sounds, bed, bed_of, clip, hit, noise, script, spoken, take, timeline, voice

RATE_HZ = 8000
SECONDS = 10
SAID = voice(1.5, RATE_HZ)
KNOCK = noise(1600, 1, "knock", 0.2)
PALETTE = Sounds(
    RATE_HZ,
    {"knock": KNOCK},
    {"wind": bed_of(noise(RATE_HZ * 9, 2, "wind"), RATE_HZ), "sea": bed_of(noise(RATE_HZ * 7, 2, "sea"), RATE_HZ)},
)


def at(seconds: float) -> int:
    return round(seconds * RATE_HZ)


def clips() -> list[Clip]:
    """Two who speak, from the sides, over two beds (one of them freed) and music."""
    glide = Ramp(((at(3), -90.0), (at(4.5), 90.0)))
    return [
        bed("wind", 0, at(9), level=-15.0, room=""),
        bed("sea", at(1), at(8), level=-12.0, duck=False, room=""),
        clip("music", "sea", at(2), at(9), level=-8.0, id="theme", room=""),
        hit("knock", at(2), KNOCK, level=-6.0, room="hall"),
        spoken("line-1", at(1.2), SAID, pan=-80.0, room=""),
        spoken("line-2", at(3), SAID, pan=glide, room="small room"),
        replace(spoken("line-3", at(5), SAID, pan=60.0, level=-6.0, room=""), name="keeper"),
        replace(spoken("line-4", at(6), SAID, room="small stone room"), name="keeper"),
    ]


def mixer(what: list[Clip], hears: tuple[HearSpan, ...] = (), **treatments: object) -> Mixer:
    takes = {(one.line, 0): take(SAID) for one in what if one.kind == "speech"}
    made = Mixer(timeline(what, at(SECONDS), RATE_HZ, hears=hears), script(**treatments), takes, PALETTE, part_hops=100)
    made.prepare()
    return made


@dataclass(frozen=True)
class Heard:
    """A part in every mix, its stems and the lines' margins."""

    part: Part
    mixes: dict[str, Audio]
    stems: dict[StemName, Audio]
    margins: dict[str, tuple[LineMargin, ...]]


def heard(listening: Listening, stems: Stems = "none", jobs: int = 1) -> list[Heard]:
    found = []
    for one in listening.parts(jobs):
        part = one.mixed.part
        core = slice(part.core.start - part.reach.start, part.core.end - part.reach.start)
        said = {
            style.name: margins_in(style, one.mixed.margins, one.said.get(style.name, {})) for style in listening.styles
        }
        mixes = {name: audio[core] for name, audio in one.mixes.items()}
        found.append(Heard(part, mixes, dict(listening.stems(one.mixed, stems)), said))
    return found


def joined(parts: list[Heard], name: str) -> Audio:
    return np.concatenate([part.mixes[name] for part in parts])


def stem(parts: list[Heard], name: StemName) -> Audio:
    nothing = np.zeros((at(SECONDS), 2), np.float32)
    for one in parts:
        if name in one.stems:
            nothing[one.part.core.start : one.part.core.end] = one.stems[name]
    return nothing


def stems_of(parts: list[Heard]) -> set[StemName]:
    return {name for part in parts for name in part.stems}


def margins(parts: list[Heard], style: str) -> list[LineMargin]:
    return [line for part in parts for line in part.margins[style]]


@pytest.fixture(scope="module")
def made() -> list[Heard]:
    return heard(Listening(mixer(clips()), wanted(["all"])), "each")


def test_the_standard_mix_is_the_same_whatever_is_made_beside_it(made: list[Heard]) -> None:
    alone = heard(Listening(mixer(clips()), wanted([])), jobs=2)
    assert np.array_equal(joined(alone, "standard"), joined(made, "standard"))
    assert all(not stretch.stems for stretch in alone)


@pytest.mark.parametrize("jobs", [2, 3])
def test_no_mix_and_no_stem_depends_on_the_number_of_jobs(made: list[Heard], jobs: int) -> None:
    again = heard(Listening(mixer(clips()), wanted(["all"])), "each", jobs)
    for name in ("standard", "clear_speech", "narration_only"):
        assert np.array_equal(joined(again, name), joined(made, name))
    assert stems_of(again) == stems_of(made)
    assert all(np.array_equal(stem(again, name), stem(made, name)) for name in stems_of(made))


def test_narration_only_is_the_speech_stem(made: list[Heard]) -> None:
    assert np.array_equal(joined(made, "narration_only"), stem(made, ("speech", None)))


def under(made: list[Heard], name: str, span: Span) -> Audio:
    """Beds and music of a mix where a line is spoken, which no line has a part in."""
    down = np.float32(10 ** (-MIXES[name].lower_db / 20))
    whole = (stem(made, ("beds", None)) + stem(made, ("music", None))) * down
    return whole[span.start : span.end]


def test_every_line_of_clear_speech_stands_6_lu_further_above_all_that_is_under_it(made: list[Heard]) -> None:
    clear, knock = joined(made, "clear_speech"), stem(made, ("sounds", None))
    standard = {line.clip: line for line in margins(made, "standard")}
    for line in margins(made, "clear_speech"):
        part = slice(line.span.start, line.span.end)
        below = under(made, "clear_speech", line.span)
        speech = loudness(clear[part] - knock[part] - below, RATE_HZ)
        whole = loudness(stem(made, ("speech", None))[part], RATE_HZ)
        was = whole - own_length_loudness(under(made, "standard", line.span), RATE_HZ)
        assert speech - own_length_loudness(below, RATE_HZ) >= was + 6.0
        assert line.speech_lufs == pytest.approx(speech, abs=0.02)
        assert line.kept
        for kind in ("over_beds_lu", "over_music_lu", "over_freed_lu"):
            assert getattr(line, kind) >= getattr(standard[line.clip], kind) + 6.0
        assert line.asked_beds_lu == standard[line.clip].asked_beds_lu + 6.0


def test_clear_speech_stands_near_the_centre_as_loud_as_before(made: list[Heard]) -> None:
    said = slice(at(1.2), at(2.0))  # line-1, hard left and in no room
    clear = joined(made, "clear_speech") - under(made, "clear_speech", Span(Samples(0), Samples(at(SECONDS))))
    standard = stem(made, ("speech", None))

    def side(audio: Audio) -> float:
        left, right = np.square(audio[said].astype(float)).mean(axis=0)
        return float(10 * np.log10(left / right))

    def angle(pan: float) -> float:
        return (pan + 100) * np.pi / 400

    assert side(standard) == pytest.approx(20 * np.log10(1 / np.tan(angle(-80))), abs=0.1)
    assert side(clear) == pytest.approx(20 * np.log10(1 / np.tan(angle(-32))), abs=0.1)
    assert loudness(clear[said], RATE_HZ) == pytest.approx(loudness(standard[said], RATE_HZ), abs=0.02)


def test_a_mix_may_have_a_mixer_of_its_own_that_takes_the_margins_as_they_were_solved(made: list[Heard]) -> None:
    """Another way of hearing, here with the knock alone in another place, is no reason to solve anything again."""
    moved = [replace(one, pan=Ramp.still(90.0)) if one.kind == "sound" else one for one in clips()]
    own = Mixer(
        timeline([one for one in moved if one.kind != "speech"], at(SECONDS), RATE_HZ),
        script(),
        {},
        PALETTE,
        part_hops=100,
    )
    style = replace(MIXES["standard"], name="elsewhere")
    found = heard(Listening(mixer(clips()), [MIXES["standard"], style], {"elsewhere": own}), "buses", 2)
    assert np.array_equal(joined(found, "standard"), joined(made, "standard"))
    beds = stem(found, ("beds", None)) + stem(found, ("music", None))  # turned down for speech that `own` has not
    knock = joined(found, "elsewhere") - beds
    assert np.abs(knock[: at(2)]).max() < 1e-6
    assert np.abs(knock[:, 1]).max() > 2 * np.abs(knock[:, 0]).max()


def test_speech_that_nobody_moves_is_not_mixed_again() -> None:
    still = [replace(one, pan=Ramp.still(0.0)) if one.kind == "speech" else one for one in clips()]
    stretches = heard(Listening(mixer(still), wanted(["clear_speech"])), "buses")
    rest = joined(stretches, "clear_speech") - under(stretches, "clear_speech", Span(Samples(0), Samples(at(SECONDS))))
    assert np.abs(rest - stem(stretches, ("sounds", None)) - stem(stretches, ("speech", None))).max() < 1e-6


def residual_db(*parts: Audio, whole: Audio) -> float:
    left = whole.astype(float) - sum(part.astype(float) for part in parts)
    return float(20 * np.log10(np.abs(left).max() + 1e-12))


def test_stems_sum_to_the_mix_and_each_part_to_its_bus(made: list[Heard]) -> None:
    buses = [stem(made, (bus, None)) for bus in ("speech", "sounds", "beds", "music")]
    assert residual_db(*buses, whole=joined(made, "standard")) < -110
    parts = {"speech": ("keeper", "narrator"), "beds": ("sea", "wind"), "music": ("sea",)}
    assert stems_of(made) == {(bus, None) for bus in ("speech", "sounds", "beds", "music")} | {
        (bus, name) for bus, names in parts.items() for name in names
    }
    for bus, names in parts.items():
        heard = [stem(made, (bus, name)) for name in names]  # type: ignore[arg-type]
        assert all(one.any() for one in heard)
        assert residual_db(*heard, whole=stem(made, (bus, None))) < -110  # type: ignore[arg-type]


@pytest.mark.parametrize("treat", ["muffled", "radio"])
def test_what_a_colour_over_the_scene_does_to_all_at_once_is_the_rest(treat: str) -> None:
    hears = (
        HearSpan(
            scene="scene-1",
            span=Span(Samples(at(1)), Samples(at(8))),
            treat=treat,
            amount=Ramp(((at(1), 0.0), (at(2), 1.0), (at(7), 1.0), (at(8), 0.0))),
            level=Ramp.still(0.0),
        ),
    )
    both = [replace(one, pan=Ramp.still(0.0)) for one in clips()]
    both[-2] = replace(both[-2], span=Span(Samples(at(3.2)), both[-2].span.end))  # they speak at once
    part = replace(both[-2].parts[0], start=Samples(at(3.2)), hit=Samples(at(3.2)))
    both[-2] = replace(both[-2], parts=(part,), hit=part.hit)
    both[1] = replace(both[1], duck=None)  # and the beds are of one stem
    stretches = heard(Listening(mixer(both, hears), wanted([])), "each", 2)
    found = stems_of(stretches)
    for bus in ("speech", "beds", "music"):
        parts = [stem(stretches, name) for name in found if name[0] == bus and name[1] is not None]
        assert residual_db(*parts, whole=stem(stretches, (bus, None))) < -110  # type: ignore[arg-type]
    assert (("beds", REST) in found) == (treat == "radio")  # a filter alone leaves nothing; a radio is driven
    assert ("speech", REST) not in found  # each line is treated by itself


def test_all_names_every_mix_and_the_standard_one_comes_first() -> None:
    assert [style.name for style in wanted(["all"])] == list(MIXES)
    assert [style.name for style in wanted(["night", "night", "standard"])] == ["standard", "night"]
    assert [style.name for style in wanted([])] == ["standard"]
    with pytest.raises(KeyError, match="nigth"):
        wanted(["nigth"])
