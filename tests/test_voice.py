"""What holds for every engine, and what a production needs of its takes."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import VoiceError
from producer.model.script import Pronunciation, Token
from producer.model.voice import Take
from producer.script.markup import read_spoken
from producer.script.people import pronounced
from producer.units import DIALOGUE_LUFS
from producer.voice import VOICES, known_voices, speak_lines, variants
from producer.voice.engine import Spoken, Utterance
from producer.voice.engines import DEFAULT
from producer.voice.finish import CREST_DB
from producer.voice.keep import LaidDown
from producer.voice.pool import Pool
from tests.voice_helpers import line, measured_wpm, tokens

RATE_HZ = 48000
TEXTS = ("Who's there? It was a long, long night.", "Hush! She sells zinc.", "Nobody had lit the lamp for a year.")
BREATHY = ((TEXTS[1], "en-us+f3"), (TEXTS[1], "en-gb+whisper"), (TEXTS[2], "en-gb+demonic"))  # they draw on chance
LONG = (
    "The city had been emptied by the quiet that came after the bombs, and the quiet had stayed. He walked with "
    "nowhere to go, and each step was a drumbeat in the dust."
)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as workers:
        yield workers


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    return Cache(tmp_path_factory.mktemp("cache"))


def utterance(text: str, voice: str, **changes: object) -> Utterance:
    said: dict[str, object] = {"voice": voice, "speed": 150.0, "pitch": 0.0, "tokens": tokens(text), "ends": True}
    return Utterance(**(said | changes))  # type: ignore[arg-type]


def same(a: Spoken, b: Spoken) -> bool:
    return a.samples.tobytes() == b.samples.tobytes() and a.onsets == b.onsets


def identical(a: Take, b: Take) -> bool:
    return (
        a.wpm == b.wpm
        and a.source == b.source
        and len(a.phrases) == len(b.phrases)
        and all(
            p.words == q.words and p.audio.tobytes() == q.audio.tobytes()
            for p, q in zip(a.phrases, b.phrases, strict=True)
        )
    )


def whole(take: Take) -> np.ndarray:
    return np.concatenate([phrase.audio for phrase in take.phrases])


@pytest.mark.parametrize("voice", ["en-gb", "en-us+f3", "ru", "en-gb+klatt4", "en-gb+croak", "en-gb+whisper"])
def test_what_was_said_before_never_changes_what_is_said_now(pool: Pool, voice: str) -> None:
    alone = {text: pool.say("pyttsx3", utterance(text, voice)) for text in TEXTS}
    for order in (TEXTS, TEXTS[::-1], TEXTS[1:] + TEXTS[:1]):
        pool.say("pyttsx3", utterance("Other.", "en-us+m3", pitch=20.0, speed=250.0))
        for text in order:
            assert same(pool.say("pyttsx3", utterance(text, voice)), alone[text])


def test_two_fresh_processes_say_the_same_at_different_times() -> None:
    said = []
    for _ in range(2):
        with Pool(1) as workers:
            said.append([workers.say("pyttsx3", utterance(text, voice)) for text, voice in BREATHY])
        time.sleep(1.1)  # left to itself, espeak-ng draws its chance from the second of the clock
    assert all(same(a, b) for a, b in zip(*said, strict=True))


def test_any_number_of_jobs_gives_the_same_takes(tmp_path: Path) -> None:
    lines = [line(text, voice, number=n) for n, (text, voice) in enumerate(itertools.product(TEXTS, ("en-gb", "de")))]
    one = speak_lines(lines, RATE_HZ, Cache(tmp_path / "one"), jobs=1)
    three = speak_lines(lines, RATE_HZ, Cache(tmp_path / "three"), jobs=3)
    assert list(one) == list(three) == [(spoken.id, 0) for spoken in lines]
    assert all(identical(one[name], three[name]) for name in one)


@pytest.mark.parametrize(
    ("voice", "wpm"),
    [
        ("en-gb", 90.0),
        ("en-gb", 150.0),
        ("en-gb", 240.0),
        ("en-us+f3", 130.0),
        ("en-us+m2", 180.0),
        ("en-gb+whisper", 110.0),
    ],
)
def test_a_rate_is_kept_within_a_tenth(pool: Pool, cache: Cache, voice: str, wpm: float) -> None:
    take = speak_lines([line(LONG, voice, wpm=wpm)], RATE_HZ, cache, pool=pool)["line-1", 0]
    assert measured_wpm(whole(take), len(LONG.split()), RATE_HZ) == pytest.approx(wpm, rel=0.1)
    assert take.wpm == pytest.approx(wpm, rel=0.1)


@pytest.mark.parametrize("parted", ["—", "...", "…", "--", ", "])
def test_a_word_behind_a_dash_begins_where_the_pause_there_ends(pool: Pool, cache: Cache, parted: str) -> None:
    said = read_spoken(f"He closed the door{parted}then it all fell silent.").tokens
    (phrase,) = speak_lines([line(said)], RATE_HZ, cache, pool=pool)["line-1", 0].phrases
    door, then = phrase.words[3:5]
    level = np.abs(phrase.audio[:, 0])
    assert then.start - door.end > 0.1 * RATE_HZ
    assert level[door.end + 960 : then.start - 960].max() < 0.05 < level[then.start : then.end].max()


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("It's apples, pears, etc., but no plums.", 4),
        ("Tom met Sam Jones Jr., then we left.", 5),
        ("The train left at 5 p.m. The platform was empty.", 6),
        ("It was plan B. Nobody moved.", 4),
        ("She wanted an A. She got it.", 4),
        ("Brot, Wein, usw., aber nein.", 3),
    ],
)
def test_a_word_behind_an_abbreviations_pause_begins_where_that_ends(
    pool: Pool, cache: Cache, text: str, word: int
) -> None:
    voice = "de" if text.startswith("Brot") else "en-gb"
    (phrase,) = speak_lines([line(text, voice)], RATE_HZ, cache, pool=pool)["line-1", 0].phrases
    before, after = phrase.words[word - 1 : word + 1]
    level = np.abs(phrase.audio[:, 0])
    assert after.start - before.end > 0.15 * RATE_HZ
    assert level[before.end + 960 : after.start - 960].max() < 0.05 < level[after.start : after.end].max()


@pytest.mark.parametrize(
    "text", ['but "Aoife," he said', "but (Aoife) he", "—Aoife ran", "so—Aoife ran", "*so—Aoife* ran"]
)
def test_a_respelt_word_is_said_close_behind_a_sign_too(pool: Pool, cache: Cache, text: str) -> None:
    given = pronounced(read_spoken(text).tokens, [Pronunciation(word="Aoife", said="EE-fa")])
    (phrase,) = speak_lines([line(given)], RATE_HZ, cache, pool=pool)["line-1", 0].phrases
    name = next(word for word in phrase.words if "Aoife" in given[word.token].written)
    assert name.end - name.start > 0.2 * RATE_HZ
    assert np.abs(phrase.audio[name.start : name.end, 0]).max() > 0.05


def test_a_respelt_word_with_emphasis_takes_about_as_long_as_without(pool: Pool, cache: Cache) -> None:
    say = [Pronunciation(word="Aoife", said="EE-fa")]
    lines = [
        line(pronounced(read_spoken(text).tokens, say), number=n)
        for n, text in enumerate(["but Aoife ran", "but *Aoife* ran"])
    ]
    plain, stressed = (whole(take) for take in speak_lines(lines, RATE_HZ, cache, pool=pool).values())
    assert len(stressed) < 1.2 * len(plain)  # the name of the tag was read out: "slash emphasis"


def test_the_point_of_an_initial_is_no_full_stop(pool: Pool, cache: Cache) -> None:
    take = speak_lines([line("It was J. Smith and J. R. Tolkien.")], RATE_HZ, cache, pool=pool)["line-1", 0]
    ((initial, name),) = ((words[2], words[3]) for words in (phrase.words for phrase in take.phrases))
    assert name.start - initial.end < 0.1 * RATE_HZ


def test_long_words_are_not_gabbled(pool: Pool, cache: Cache) -> None:
    text = "Administrative responsibilities generally discourage adventurous undertakings."
    take = speak_lines([line(text, wpm=120.0)], RATE_HZ, cache, pool=pool)["line-1", 0]
    assert take.wpm < 72.0  # it would take 11 syllables a second to keep 120


def fundamentals_hz(samples: np.ndarray) -> np.ndarray:
    """One per 23 ms, 0 where there is no clear one."""
    found = []
    for start in range(0, len(samples) - 2048, 512):
        frame = samples[start : start + 2048] * np.hanning(2048)
        power = np.fft.irfft(np.abs(np.fft.rfft(frame, 8192)) ** 2)[:480]
        best = 45 + int(np.argmax(power[45:]))
        clear = power[best] > 0.3 * power[0] > 0.05 and 45 < best < 479
        found.append(22050 / best if clear else 0.0)
    return np.array(found)


@pytest.mark.parametrize("pitch", [-25.0, 10.0, 30.0])
@pytest.mark.parametrize("voice", ["en-gb", "en-us+f3", "en-gb+m2"])
def test_pitch_moves_the_whole_melody_by_percent_of_its_own(pool: Pool, voice: str, pitch: float) -> None:
    text = "All are away. All alone we are, and now a wall."
    own, moved = (fundamentals_hz(pool.say("pyttsx3", utterance(text, voice, pitch=p)).samples) for p in (0.0, pitch))
    frames = min(len(own), len(moved))  # a sound ends with a whole period of its own
    own, moved = own[:frames], moved[:frames]
    both = (own > 0.0) & (moved > 0.0)
    assert both.sum() > 40
    assert np.median(moved[both] / own[both]) == pytest.approx(1.0 + pitch / 100.0, abs=0.02)


@pytest.mark.parametrize(("voice", "wpm"), [("en-gb", 160.0), ("en-us", 200.0), ("en-us+m2", 150.0), ("en-gb", 100.0)])
def test_a_word_after_a_pause_begins_where_its_sound_begins(pool: Pool, cache: Cache, voice: str, wpm: float) -> None:
    text = "Put it back; take the kettle, Peter. Someone is out there: nobody, never, anything. Shout!"
    take = speak_lines([line(text, voice, wpm=wpm)], RATE_HZ, cache, pool=pool)["line-1", 0]
    audio = take.phrases[0].audio[:, 0].astype(float)
    level = np.sqrt(np.convolve(np.square(audio), np.full(48, 1 / 48), "same"))
    loud = np.concatenate([np.zeros(4800, bool), level > level.max() * 10 ** (-45 / 20)])
    starts = [n - 4800 for n in np.flatnonzero(loud[1:] & ~loud[:-1]) + 1 if not loud[n - 3840 : n].any()]
    words = take.phrases[0].words
    after_pause = [words[0].start] + [
        after.start for before, after in itertools.pairwise(words) if after.start - before.end > 0.08 * RATE_HZ
    ]
    assert len(after_pause) >= 7
    for onset in after_pause:
        assert min(abs(onset - start) for start in starts) < 0.010 * RATE_HZ


@pytest.mark.parametrize(
    "text", ["I am.", "No!", "Oh?", "Who's there? Who is it?", "Hush, hush. She sees zinc in the ash.", LONG, "A"]
)
@pytest.mark.parametrize("rate_hz", [48000, 44100])
def test_every_line_is_at_the_dialogue_level(pool: Pool, cache: Cache, text: str, rate_hz: int) -> None:
    for voice in ("en-gb", "en-us+f3"):
        audio = whole(speak_lines([line(text, voice)], rate_hz, cache, pool=pool)["line-1", 0])
        assert loudness(audio, rate_hz) == pytest.approx(DIALOGUE_LUFS, abs=0.1)
        assert 20.0 * np.log10(np.abs(audio).max()) < DIALOGUE_LUFS + CREST_DB + 0.5
        assert np.abs(audio[[0, -1]]).max() < 1e-3  # no click
        assert abs(audio.mean()) < 1e-4  # no direct current


def test_rests_make_phrases_that_begin_and_end_with_sound(pool: Pool, cache: Cache) -> None:
    spoken = line("Who's there? Who is it, Peter?", rests=[0, 2, 2, 6])
    take = speak_lines([spoken], RATE_HZ, cache, pool=pool)["line-1", 0]
    assert [len(phrase.audio) > 0 for phrase in take.phrases] == [False, True, False, True, False]
    assert [[word.token for word in phrase.words] for phrase in take.phrases] == [[], [0, 1], [], [2, 3, 4, 5], []]
    for phrase in take.phrases[1::2]:
        loud = np.flatnonzero(np.abs(phrase.audio[:, 0]) > 1e-3)
        assert loud[0] < 0.006 * RATE_HZ
        assert len(phrase.audio) - loud[-1] < 0.025 * RATE_HZ
        assert phrase.words[0].start < 0.006 * RATE_HZ
    assert loudness(whole(take), RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.1)


def test_a_phrase_cut_in_mid_sentence_does_not_fall(pool: Pool) -> None:
    def last_hz(ends: bool) -> float:
        found = fundamentals_hz(pool.say("pyttsx3", utterance("We were all alone", "en-us+f3", ends=ends)).samples)
        return float(found[found > 0.0][-1])

    assert last_hz(ends=False) > 1.3 * last_hz(ends=True)


@pytest.mark.parametrize(
    ("voice", "text"),
    [
        ("ru", "Никто целый год не зажигал лампу, и никому это не было нужно."),
        ("el", "Κανείς δεν άναψε το φως, και δεν το χρειάστηκε κανείς."),
        ("uk", "Ніхто не запалював лампу, і нікому це не було потрібно."),
        ("hi", "किसी ने दीपक नहीं जलाया और किसी को ज़रूरत भी नहीं थी।"),
    ],
)
def test_a_voice_reads_its_own_letters(pool: Pool, cache: Cache, voice: str, text: str) -> None:
    words = speak_lines([line(text, voice)], RATE_HZ, cache, pool=pool)["line-1", 0].phrases[0].words
    assert [word.token for word in words] == list(range(len(text.split())))


def test_emphasis_is_heard_and_moves_nothing_before_it(pool: Pool) -> None:
    plain = tokens("She would never do that")
    loud = tuple(Token(t.written, t.spoken, emphasis=t.written == "never") for t in plain)
    a, b = (pool.say("pyttsx3", utterance("", "en-gb", tokens=said)) for said in (plain, loud))
    power = []
    for spoken in (a, b):
        onset = next(o for o in spoken.onsets if o.token == 2)
        power.append(float(np.square(spoken.samples[onset.start : onset.end]).mean()))
    assert 10.0 * np.log10(power[1] / power[0]) > 2.0
    assert [o.start for o in a.onsets[:2]] == [o.start for o in b.onsets[:2]]


def test_words_that_are_run_together_and_numbers_are_timed(pool: Pool, cache: Cache) -> None:
    said = (*tokens("One of the few"), Token("112", "one hundred and twelve"), *tokens("of the 7 lamps."))
    words = speak_lines([line(said)], RATE_HZ, cache, pool=pool)["line-1", 0].phrases[0].words
    assert [word.token for word in words] == list(range(9))
    assert all(before.end <= after.start for before, after in itertools.pairwise(words))
    assert [word for word, _ in words[4].said] == ["one", "hundred", "and", "twelve"]
    onsets = [onset for _, onset in words[4].said]
    assert onsets == sorted(set(onsets))
    assert words[4].start == onsets[0]
    assert onsets[-1] < words[4].end


def test_ipa_and_respelling_say_the_same_name(pool: Pool) -> None:
    ipa = pool.say("pyttsx3", utterance("", "en-gb", tokens=(Token("Cholmley,", "ˈtʃɜːmliː,", ipa=True),)))
    respelt = pool.say("pyttsx3", utterance("", "en-gb", tokens=(Token("Cholmley,", "CHUR-mlee,"),)))
    plain = pool.say("pyttsx3", utterance("Cholmley,", "en-gb"))
    assert same(ipa, respelt)
    assert not same(ipa, plain)


@pytest.mark.parametrize("text", ["…", "— !", "\U0001f600", "“”"])
def test_a_line_without_words_is_silent(pool: Pool, cache: Cache, text: str) -> None:
    take = speak_lines([line(text)], RATE_HZ, cache, pool=pool)["line-1", 0]
    assert [phrase.audio.shape for phrase in take.phrases] == [(0, 1)]
    assert take.phrases[0].words == ()


def test_only_an_edited_line_is_spoken_again(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    lines = [line(text, number=n) for n, text in enumerate(TEXTS)]
    first = speak_lines(lines, RATE_HZ, cache)
    before = {path for path in tmp_path.rglob("*") if path.is_file()}
    edited = [*lines[:2], line("Nobody had lit the lamp.", number=2)]
    second = speak_lines(edited, RATE_HZ, cache)
    after = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert len(after - before) == 3  # one reading, one take's record, its samples
    assert all(identical(first[name], second[name]) for name in list(first)[:2])
    damaged = cache.path(next(iter(after - before)).name)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    third = speak_lines(edited, RATE_HZ, cache)
    assert all(identical(second[name], third[name]) for name in second)


@pytest.mark.parametrize("loss", ["samples gone", "samples damaged", "everything gone"])
def test_a_take_that_is_lost_after_it_was_made_is_made_again(tmp_path: Path, loss: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (take,) = speak_lines([line(TEXTS[1])], RATE_HZ, Cache(here)).values()
    (other,) = speak_lines([line(TEXTS[1])], RATE_HZ, Cache(there)).values()
    (phrase,) = take.phrases
    largest = max((path for path in here.rglob("*") if path.is_file()), key=lambda path: path.stat().st_size)
    if loss == "everything gone":
        shutil.rmtree(here)
    elif loss == "samples gone":
        largest.unlink()
    else:
        raw = largest.read_bytes()
        largest.write_bytes(raw[:-2] + bytes([raw[-2] ^ 1]) + raw[-1:])
    assert phrase.length == other.phrases[0].length  # which needs no samples
    assert phrase.audio.shape == (phrase.length, 1)
    assert identical(take, other)
    assert take.digest == other.digest


def test_a_take_that_does_not_come_out_the_same_again_is_never_another_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    (take,) = speak_lines([line(TEXTS[1])], RATE_HZ, cache).values()
    held = take.phrases[0].held
    assert isinstance(held, LaidDown)
    with pytest.raises(VoiceError, match=r"lamp\.yaml:11:9: line 'line-1': what was kept of it is gone"):
        replace(held, digest="0" * 64).read()


def test_other_sound_has_another_digest_and_so_has_another_rate(tmp_path: Path, pool: Pool) -> None:
    cache = Cache(tmp_path)
    asked = [line(text, number=n) for n, text in enumerate((TEXTS[0], TEXTS[1], "…"))]
    takes = [take for rate in (48000, 44100) for take in speak_lines(asked, rate, cache, pool=pool).values()]
    assert len({take.digest for take in takes}) == 6
    assert [take.digest for take in speak_lines(asked, 48000, cache, pool=pool).values()] == [
        t.digest for t in takes[:3]
    ]


def test_without_a_cache_that_can_be_written_takes_are_held_as_long_as_the_cache_is_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pool: Pool
) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "spare").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "spare"))
    (kept,) = speak_lines([line(TEXTS[0])], RATE_HZ, Cache(tmp_path / "cache"), pool=pool).values()
    with Cache(tmp_path / "file" / "cache") as cache:
        (take,) = speak_lines([line(TEXTS[0])], RATE_HZ, cache, pool=pool).values()
        assert isinstance(take.phrases[0].held, LaidDown)
        assert identical(take, kept)
        assert list((tmp_path / "spare").iterdir())
    assert not list((tmp_path / "spare").iterdir())


def test_progress_counts_every_take(pool: Pool, cache: Cache) -> None:
    told: list[tuple[int, int]] = []
    speak_lines(
        [line(text, number=n) for n, text in enumerate(TEXTS)],
        RATE_HZ,
        cache,
        1,
        lambda *at: told.append(at),
        pool=pool,
    )
    assert told == [(1, 3), (2, 3), (3, 3)]


@pytest.mark.parametrize(
    ("voice", "what"),
    [
        ("en-gx", "there is no voice 'en-gx'; did you mean 'en-gb'?"),
        ("en-gb+f33", "there is no variant '+f33' of the voice 'en-gb'; did you mean '+f3'?"),
        ("pytsx3:en-gb", "there is no voice engine 'pytsx3'; did you mean 'pyttsx3'?"),
    ],
)
def test_a_voice_that_is_not_there_is_named_with_the_nearest(tmp_path: Path, voice: str, what: str) -> None:
    with pytest.raises(VoiceError) as error:
        speak_lines([line("Hello.", voice)], RATE_HZ, Cache(tmp_path))
    assert str(error.value) == f"script/lamp.yaml:11:9: {what}"


def test_the_default_voice_says_money_units_and_times_as_people_do(pool: Pool, cache: Cache) -> None:
    written = "At 10:30 she paid £3.50 for 5 km."
    worded = "At ten thirty she paid three pounds fifty for five kilometres."
    one, two = (speak_lines([line(text)], RATE_HZ, cache, pool=pool)["line-1", 0] for text in (written, worded))
    assert whole(one).tobytes() == whole(two).tobytes()
    assert [word.token for word in one.phrases[0].words] == list(range(8))


def test_what_a_voice_cannot_do_is_said_for_all_lines_at_once(tmp_path: Path) -> None:
    lines = [
        line("Lamp Καλημέρα lamp.", number=1),
        line("Привет, мир.", number=2),
        line("Slowly now.", number=3, wpm=20.0),
        line("Fine.", number=4),
    ]
    with pytest.raises(VoiceError) as error:
        speak_lines(lines, RATE_HZ, Cache(tmp_path), jobs=2)
    problems = str(error.value).splitlines()
    assert [text.partition(": ")[0] for text in problems] == [f"script/lamp.yaml:{n}:9" for n in (11, 12, 13)]
    assert "cannot read 'Καλημέρα'" in problems[0]
    assert "cannot speak at 20 wpm" in problems[2]
    with pytest.raises(VoiceError, match="pitch"):
        speak_lines([line("High.", pitch=400.0)], RATE_HZ, Cache(tmp_path))


def test_the_names_are_those_that_the_engine_has(pool: Pool, tmp_path: Path) -> None:
    names = known_voices(Cache(tmp_path))
    assert {"en-gb", "en-us", "ru", "es", "pyttsx3:en-gb"} <= names
    assert {"+f3", "+m2", "+whisper"} <= variants()
    plain = pool.say("pyttsx3", utterance("Hello.", "en-gb"))
    others = [pool.say("pyttsx3", utterance("Hello.", f"en-gb{v}")) for v in ("+f3", "+m2", "+whisper")]
    assert len({spoken.samples.tobytes() for spoken in [plain, *others]}) == 4


def test_no_synthesiser_is_loaded_outside_its_worker() -> None:
    check = (
        "import sys, json; from producer.voice import known_voices, variants; from producer.cache import Cache;"
        "known_voices(Cache()), variants(); maps = open('/proc/self/maps').read() if sys.platform == 'linux' else '';"
        "print(json.dumps(['pyttsx3' in sys.modules, 'libespeak' in maps]))"
    )
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, cwd=Path(__file__).parents[1])
    assert json.loads(done.stdout) == [False, False]


def test_every_engine_keeps_its_promises() -> None:
    assert VOICES[DEFAULT].names()  # the others have the user's own
    for name, voice in VOICES.items():
        assert ":" not in name
        assert list(voice.speeds) == sorted(voice.speeds)
        assert voice.speeds[0] <= 160.0 * voice.speed_per_wpm <= voice.speeds[-1]
        assert all(voice.version(v) and voice.grace_s(v) > 0.0 and not voice.lack(v) for v in voice.names())
        assert all(voice.made_of(v)["engine"] and "/" not in str(voice.made_of(v)) for v in voice.names())
        assert all(voice.pitches(v)[0] <= -25.0 and voice.pitches(v)[1] >= 25.0 for v in voice.names())
        assert bool(voice.absence()) != bool(voice.names())
        assert all(sign.startswith("+") for sign in voice.variants())
        assert all(voice.worded(v).partition("-")[0] in ("", voice.language(v)) for v in voice.names())
