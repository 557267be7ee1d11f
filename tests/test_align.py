"""Words in recordings, against known truth: other voices and rates of the default engine are the actors."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soxr
from scipy import signal

from producer.cache import Cache
from producer.model.script import Line
from producer.voice import condition
from producer.voice.align import Aligned, align, is_short, word_spans
from producer.voice.departures import departures, is_other_text, likeness
from producer.voice.naming import Speech
from producer.voice.pairs import Reading
from producer.voice.reels import cut_reel
from producer.voice.reference import Reference, backwards, references
from producer.voice.spectra import RATE_HZ as HEARD_HZ
from tests.takes_helpers import RATE_HZ, Acted, Actor, Floats, acted, in_a_room
from tests.voice_helpers import kept_voices, line

__all__ = ["kept_voices"]

TEXTS = (
    "Nobody has asked for it in eleven years. I keep it anyway. Keeping is what I was built for, and no one has come.",
    "Weather. A low sky, wet, without a colour of its own. No birds. No leaves for the wind to use.",
    "I thought you had gone home hours ago, Thomas.",
    "Put the kettle on, will you, and I'll tell you what really happened at the harbour that night.",
)
LINES = tuple(line(text, number=number) for number, text in enumerate(TEXTS, 1))
ACTORS = (
    Actor("en-us+m3", 150.0),
    Actor("en-gb+f2", 175.0, 8.0),
    Actor("en-gb-scotland", 140.0, -10.0),
    Actor("en-us+f4", 200.0),
    Actor("en-gb+klatt2", 125.0),
)
ONE = line(TEXTS[0], number=1)
OTHER = line(TEXTS[3], number=4)


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cache]:
    with Cache(tmp_path_factory.mktemp("align")) as kept:
        yield kept


@pytest.fixture(scope="module")
def beside(cache: Cache) -> dict[Speech, Reference]:
    return dict(references([(one, 0) for one in LINES], "en-GB", cache, 2))


def heard(samples: Floats) -> np.ndarray:
    return soxr.resample(samples, RATE_HZ, HEARD_HZ, quality="HQ").astype(np.float32)


def errors_ms(found: Aligned, truth: Acted) -> list[float]:
    assert len(found.words) == len(truth.words)
    return [
        1000.0 * (word.start / HEARD_HZ - start / RATE_HZ)
        for word, (_, start, _) in zip(found.words, truth.words, strict=True)
        if word is not None
    ]


@pytest.mark.parametrize("where", ["in a dead room", "with noise at 20 dB", "in a small room with noise at 20 dB"])
def test_word_onsets_of_other_voices_are_found(where: str, cache: Cache, beside: dict[Speech, Reference]) -> None:
    off: list[float] = []
    words = 0
    for number, actor in enumerate(ACTORS):
        for speech, take in acted(LINES, actor, cache).items():
            samples = take.samples
            if where != "in a dead room":
                samples = in_a_room(samples, number, 20.0, 0.35 if "small room" in where else 0.0)
            found = align(heard(samples), beside[speech].readings)
            off += errors_ms(found, take)
            words += len(take.words)
    assert words > 250
    assert len(off) >= 0.99 * words  # hardly a word is thought to be missing
    assert np.median(np.abs(off)) <= 20.0
    assert np.percentile(np.abs(off), 95) <= 60.0
    assert abs(np.mean(np.clip(off, -60.0, 60.0))) <= 5.0  # neither early nor late


def breathing(take: Acted, rng: np.random.Generator, level_db: float) -> Floats:
    """A breath before the first word and in every pause of 0.3 s, 40 to 200 ms before the word that follows."""
    samples = take.samples.copy()
    speech = np.sqrt(np.square(samples[np.abs(samples) > 1e-3]).mean())
    pauses = [after[1] for before, after in pairwise(take.words) if after[1] - before[2] > 0.3 * RATE_HZ]
    for start in [take.words[0][1], *pauses]:
        length = min(round(rng.uniform(0.18, 0.3) * RATE_HZ), start)
        at = max(0, start - round(rng.uniform(0.04, 0.2) * RATE_HZ) - length)
        air = signal.sosfilt(
            signal.butter(2, [600, 5000], "bandpass", fs=RATE_HZ, output="sos"), rng.standard_normal(length)
        )
        air *= np.hanning(length) / np.sqrt(np.square(air).mean()) * 1.6
        samples[at : at + length] += air * speech * 10.0 ** (level_db / 20.0)
    return samples


@pytest.mark.parametrize("level_db", [-28.0, -20.0])
def test_a_breath_is_not_taken_for_the_h_of_the_next_word(level_db: float, cache: Cache) -> None:
    texts = ("Who's there? Who is it, at this hour?", "He never came back. Have you seen him?", "Show me how it works.")
    lines = [line(text, number=60 + number) for number, text in enumerate(texts)]
    beside = references([(one, 0) for one in lines], "en-GB", cache, 2)
    rng = np.random.default_rng(8)
    off, first = [], []
    for number, actor in enumerate(ACTORS):
        for speech, take in acted(lines, actor, cache).items():
            samples = in_a_room(breathing(take, rng, level_db), number, 40.0, 0.2)
            late = errors_ms(align(heard(samples), beside[speech].readings), take)
            off += late
            first.append(late[0])
    assert np.percentile(np.abs(off), 95) <= 60.0
    assert np.median(np.abs(first)) <= 20.0
    assert np.max(np.abs(first)) <= 80.0


def test_an_engine_without_times_of_words_gets_them_the_same_way(cache: Cache, beside: dict[Speech, Reference]) -> None:
    """What such an engine gives is samples and nothing else, at a rate of its own, with no silence at either end."""
    take = acted([ONE], Actor("de", 150.0), cache)["line-1", 0]  # a German reading English
    cut = soxr.resample(take.samples[RATE_HZ // 2 : -RATE_HZ // 2], RATE_HZ, 22050)
    spans = word_spans(cut, 22050, beside["line-1", 0].readings)
    off = [
        1000.0 * (span[0] / 22050 - (start - RATE_HZ // 2) / RATE_HZ)
        for span, (_, start, _) in zip(spans, take.words, strict=True)
        if span is not None
    ]
    assert len(off) == len(take.words)
    assert np.median(np.abs(off)) <= 20.0
    assert np.percentile(np.abs(off), 95) <= 60.0


def stretch(take: Acted, first: int, last: int) -> Floats:
    """Words [first, last) of a take."""
    end = take.words[last][1] if last < len(take.words) else take.words[-1][2]
    return take.samples[take.words[first][1] : end]


REST = np.zeros(RATE_HZ * 3 // 10)
SENTENCE = (8, 12)  # “I keep it anyway.”


def departed(kind: str, cache: Cache) -> Floats:
    one, other = (acted([x], ACTORS[0], cache)[x.id, 0] for x in (ONE, OTHER))
    everything = len(one.words)
    if kind == "missing":
        parts = [stretch(one, 0, SENTENCE[0]), stretch(one, SENTENCE[1], everything)]
    elif kind == "added":
        parts = [stretch(one, 0, SENTENCE[1]), REST, stretch(other, 6, 16), REST, stretch(one, SENTENCE[1], everything)]
    elif kind == "repeated":
        parts = [stretch(one, 0, SENTENCE[1]), REST, stretch(one, *SENTENCE), stretch(one, SENTENCE[1], everything)]
    elif kind == "another line":
        parts = [stretch(other, 0, len(other.words))]
    else:
        parts = [stretch(one, 0, everything)]
    return in_a_room(np.concatenate([REST, *parts, REST]), 7, 30.0, 0.2)


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("as written", ()),
        ("missing", ("words are missing after “years”: “I keep it anyway”",)),
        ("added", ("after “anyway”, are not in the script",)),
        ("repeated", ("said twice, first at 0:04", "“I keep it anyway”")),
    ],
)
def test_a_departure_is_told_with_its_words(
    kind: str, said: tuple[str, ...], cache: Cache, beside: dict[Speech, Reference]
) -> None:
    reference = beside["line-1", 0]
    samples = heard(departed(kind, cache))
    found = align(samples, reference.readings)
    assert not is_other_text(found, align(samples, [backwards(one) for one in reference.readings]), len(found.words))
    told = departures(found, [word for _, _, word in reference.words])
    assert len(told) == min(1, len(said)), told
    assert all(part in told[0] for part in said), told


STUMBLES = (
    ("I thought you had gone home home hours ago, Thomas.", "said twice, first at 0:0"),
    ("I thought thought you had gone home hours ago, Thomas.", "said twice, first at 0:0"),
    ("I thought you had gone back home hours ago, Thomas.", "are not in the script"),
    ("I thought you had already gone home hours ago, Thomas.", "are not in the script"),
)


def test_a_single_word_too_many_is_told_more_often_than_not(cache: Cache, beside: dict[Speech, Reference]) -> None:
    """Said by actors, not spliced. The same line as written is not remarked on, in noise and a room either."""
    reference = beside["line-3", 0]
    words = [word for _, _, word in reference.words]
    said = [line(text, number=70 + number) for number, (text, _) in enumerate(STUMBLES)]
    told = 0
    for number, actor in enumerate(ACTORS):
        takes = acted([LINES[2], *said], actor, cache)
        written = in_a_room(takes["line-3", 0].samples, number, 20.0, 0.35)
        assert departures(align(heard(written), reference.readings), words) == ()
        for one, (_, remark) in zip(said, STUMBLES, strict=True):
            found = align(heard(takes[one.id, 0].samples), reference.readings)
            told += any(remark in what for what in departures(found, words))
    assert told >= 0.6 * len(ACTORS) * len(STUMBLES)


def test_another_line_is_told_from_the_line(cache: Cache, beside: dict[Speech, Reference]) -> None:
    samples = heard(departed("another line", cache))
    for speech, reference in beside.items():
        found = align(samples, reference.readings)
        back = align(samples, [backwards(one) for one in reference.readings])
        assert is_other_text(found, back, len(found.words)) == (speech != ("line-4", 0)), likeness(found, back)


@pytest.mark.parametrize("text", ["No.", "Yes, sir.", "Sergei!", "Look out behind you!"])
def test_a_word_or_two_are_enough(text: str, cache: Cache) -> None:
    one = line(text, number=9)
    beside = references([(one, 0)], "en-GB", cache, 1)["line-9", 0]
    for number, actor in enumerate(ACTORS[:3]):
        take = acted([one], actor, cache)["line-9", 0]
        samples = heard(in_a_room(take.samples, number, 25.0, 0.2))
        found = align(samples, beside.readings)
        back = align(samples, [backwards(reading) for reading in beside.readings])
        assert not is_other_text(found, back, len(found.words), short=is_short(beside.readings[0]))
        assert departures(found, [word for _, _, word in beside.words]) == ()
        assert np.max(np.abs(errors_ms(found, take))) <= 60.0


def test_ten_minutes_in_one_file_are_cut_line_by_line_without_drift(tmp_path: Path, cache: Cache) -> None:
    lines: list[Line] = []
    for turn in range(len(NUMBERS)):
        for text in TEXTS:
            lines.append(line(f"{text} {NUMBERS[turn]}.", number=100 + len(lines)))
    takes = acted(lines, Actor("en-us+m3", 112.0), cache)
    rng = np.random.default_rng(3)
    parts, begins, at = [], {}, 0
    for one in lines:
        pause = np.zeros(round(rng.uniform(5.0, 18.0) * RATE_HZ))
        begins[one.id] = at + len(pause)
        parts += [pause, takes[one.id, 0].samples]
        at += len(pause) + len(parts[-1])
    reel = in_a_room(np.concatenate(parts), 4, 35.0, 0.2)
    assert len(reel) >= 600 * RATE_HZ
    reading = references([(one, 0) for one in lines], "en-GB", cache, 2)
    cuts, absent = cut_reel(reel, RATE_HZ, [(one.id, 0) for one in lines], reading)
    assert absent == ()
    assert [cut.speech[0] for cut in cuts] == [one.id for one in lines]
    for cut in cuts:
        truth = takes[cut.speech].moved(begins[cut.speech[0]] - cut.start)
        assert truth.words[0][1] > 0, cut
        assert truth.words[-1][2] < cut.end - cut.start, cut
    for cut in cuts[::6]:
        truth = takes[cut.speech].moved(begins[cut.speech[0]] - cut.start)
        found = align(heard(reel[cut.start : cut.end]), reading[cut.speech].readings)
        off = np.abs(errors_ms(found, truth))
        assert np.median(off) <= 20.0, cut
        assert np.percentile(off, 95) <= 60.0, cut


SHORT = {
    "gate": "The gate had been closed for years and nobody remembered who had locked it.",
    "in": "Come in.",
    "rain": "Only me and the rain, as always.",
    "no": "No.",
    "wait": "Wait a moment.",
}


@pytest.mark.parametrize("missing", [(), ("in",), ("gate",), ("in", "no"), ("rain",)])
@pytest.mark.parametrize("actor", [Actor("en-gb+m7", 130.0), Actor("en-us+m1", 150.0), Actor("en-gb+f2", 170.0)])
def test_a_line_that_is_not_in_a_long_file_takes_no_words_from_the_others(
    missing: tuple[str, ...], actor: Actor, cache: Cache
) -> None:
    lines = {name: line(text, number=80 + number) for number, (name, text) in enumerate(SHORT.items())}
    takes = acted(list(lines.values()), actor, cache)
    parts, begins, at = [], {}, 0
    for name, one in lines.items():
        if name not in missing:
            begins[one.id] = at
            parts.append(takes[one.id, 0].samples)
            at += len(parts[-1])
    reel = in_a_room(np.concatenate(parts), 5, 45.0, 0.1)
    said = [(one.id, 0) for one in lines.values()]
    cuts, absent = cut_reel(reel, RATE_HZ, said, references([(one, 0) for one in lines.values()], "en-GB", cache, 2))
    assert absent == tuple((lines[name].id, 0) for name in missing)
    ends = 0
    for cut in cuts:
        truth = takes[cut.speech].moved(begins[cut.speech[0]])
        assert ends <= cut.start <= truth.words[0][1], cut
        assert truth.words[-1][2] <= cut.end, cut
        ends = cut.end


def test_what_is_no_line_is_left_out_of_a_long_file(cache: Cache) -> None:
    """A line that was begun and said anew, one that was said twice, and a word with somebody else."""
    texts = [
        "I thought you had gone home",
        "I thought you had gone home hours ago, Thomas.",
        "Come in.",
        "Who's there?",
    ]
    begun, whole, enter, who = (line(text, number=90 + number) for number, text in enumerate(texts))
    aside = line("Sorry, could we do that one again, please?", number=95)
    takes = {key[0]: take for key, take in acted([begun, whole, enter, who, aside], ACTORS[0], cache).items()}
    order = [begun, whole, whole, aside, enter, who]
    begins = np.cumsum([0, *(len(takes[one.id].samples) for one in order)])
    reel = in_a_room(np.concatenate([takes[one.id].samples for one in order]), 6, 45.0, 0.1)
    lines = [whole, enter, who]
    beside = references([(one, 0) for one in lines], "en-GB", cache, 2)
    cuts, absent = cut_reel(reel, RATE_HZ, [(one.id, 0) for one in lines], beside)
    assert absent == ()
    assert [cut.times for cut in cuts] == [2, 1, 1]
    for cut, number in zip(cuts, (2, 4, 5), strict=True):
        truth = takes[cut.speech[0]].moved(int(begins[number]))
        assert begins[number] - 0.5 * RATE_HZ <= cut.start <= truth.words[0][1], cut
        assert truth.words[-1][2] <= cut.end <= begins[number + 1] + 0.5 * RATE_HZ, cut


def test_lines_of_which_nothing_is_said_are_not_in_a_long_file(cache: Cache) -> None:
    one = line("Come in.", number=97)
    beside = references([(one, 0)], "en-GB", cache, 1)
    hiss = np.random.default_rng(1).standard_normal(3 * RATE_HZ) * 1e-3
    for reel in (np.zeros(3 * RATE_HZ), hiss):
        assert cut_reel(reel, RATE_HZ, [(one.id, 0)], beside) == ((), ((one.id, 0),))


NUMBERS = ("One", "Two", "Three", "Four", "Five", "Six")


def test_of_one_end_of_a_word_no_room_is_told(cache: Cache) -> None:
    """A voice without any room says “Yes.” as slowly into silence as a room of 0.6 s would let it."""
    short, long = line("Yes.", number=98), line(TEXTS[0], number=99)
    takes = acted([short, long], Actor("en-us+m1", 150.0), cache)
    for one, decay_s in ((short, None), (long, 0.9)):
        samples = in_a_room(takes[one.id, 0].samples, 1, 60.0, decay_s or 0.0)
        found = condition.decay_s(condition.levels(condition.cleaned(samples, RATE_HZ), RATE_HZ))
        assert found == (None if decay_s is None else pytest.approx(decay_s, abs=0.25))


def test_the_same_recording_gives_the_same_words(cache: Cache, beside: dict[Speech, Reference]) -> None:
    take = acted([ONE], ACTORS[1], cache)["line-1", 0]
    assert align(heard(take.samples), beside["line-1", 0].readings) == align(
        heard(take.samples), beside["line-1", 0].readings
    )


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(16000), np.full(16000, 0.5)])
def test_what_holds_no_speech_is_no_fault(samples: Floats, beside: dict[Speech, Reference]) -> None:
    found = align(samples.astype(np.float32), beside["line-3", 0].readings)
    assert len(found.words) == 9


def test_a_reading_of_one_word_is_enough() -> None:
    tone = np.sin(np.arange(8000) * 0.2).astype(np.float32) * np.hanning(8000).astype(np.float32)
    found = align(np.concatenate([np.zeros(4000, np.float32), tone]), [Reading(tone, ((0, 8000),))])
    assert found.words[0] is not None
    assert abs(found.words[0].start - 4000) < 1600
