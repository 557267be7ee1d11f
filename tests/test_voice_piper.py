"""Neural voices: a model file of the user's own, its words timed by the lengths of its phonemes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import VoiceError
from producer.model.script import Token
from producer.units import DIALOGUE_LUFS
from producer.voice import VOICES, speak_lines
from producer.voice.engine import Spoken, Utterance
from producer.voice.piper_words import letters, owners
from producer.voice.pool import Pool
from tests.test_voice import LONG
from tests.voice_helpers import line, measured_wpm, tokens

pytest.importorskip("piper", reason="the extra piper is not installed")
pytest.importorskip("onnx", reason="the extra piper is not installed")

RATE_HZ = 48000
TEXT = "The twenty-first of 112 lamps, of the few. Who's there? I am of the old, alone."
RUN_ON = {6, 11, 13}  # "of the" and "I am" are one word to a phonemiser: nothing parts the sounds


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.piper_helpers import build

    folder = tmp_path_factory.mktemp("models")
    tells, mute = build(folder), build(folder, tells=False, name="mute")
    lone = folder / "lone.onnx"
    lone.write_bytes(tells.read_bytes())
    tables = {"tiny": tells, "mute": mute, "gone": folder / "gone.onnx", "lone": lone}
    text = "".join(f"[voices.piper.{name}]\nmodel = '{file}'\n" for name, file in tables.items())
    (folder / "half.json").write_text('{"num_speakers": 1}', "utf-8")
    text += f"[voices.piper.half]\nmodel = '{tells}'\nconfig = '{folder}/half.json'\n"
    text += f"[voices.piper.second]\nmodel = '{tells}'\nspeaker = 1\n"
    (folder / "config.toml").write_text(text, "utf-8")
    return folder


@pytest.fixture(autouse=True)
def config(models: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PRODUCER_CONFIG", str(models / "config.toml"))
    return models


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Cache:
    """One cache for what is said once: a voice is measured before its first line, and need not be for each test."""
    return Cache(tmp_path_factory.mktemp("kept"))


@pytest.fixture
def pool(config: Path) -> Iterator[Pool]:
    with Pool(1) as workers:
        yield workers


def utterance(text: str | tuple[Token, ...], voice: str = "tiny", **changes: object) -> Utterance:
    said = tokens(text) if isinstance(text, str) else text
    fields: dict[str, object] = {"voice": voice, "speed": 1.0, "pitch": 0.0, "tokens": said, "ends": True}
    return Utterance(**(fields | changes))  # type: ignore[arg-type]


def same(a: Spoken, b: Spoken) -> bool:
    return a.samples.tobytes() == b.samples.tobytes() and a.onsets == b.onsets


@pytest.mark.parametrize("speed", [0.7, 1.0, 1.6])
def test_every_word_begins_where_its_sound_does(pool: Pool, speed: float) -> None:
    spoken = pool.say("piper", utterance(TEXT, speed=speed))
    assert [onset.token for onset in spoken.onsets] == list(range(len(TEXT.split())))
    heard = np.concatenate([np.zeros(300, bool), np.abs(spoken.samples) > 1e-3])
    for onset in spoken.onsets:
        if onset.token not in RUN_ON:
            before, after = (heard[onset.start + 300 + step : onset.start + 500 + step] for step in (-210, 0))
            assert not before.any() and after.any(), onset
    starts = [onset.start for onset in spoken.onsets]
    assert starts == sorted(set(starts))
    assert all(onset.start < onset.end <= after for onset, after in zip(spoken.onsets, starts[1:], strict=False))


def test_neither_chance_nor_another_engine_nor_order_changes_a_sound(pool: Pool) -> None:
    texts = ("Who is it?", "Nobody had lit the lamp.")
    first = [pool.say("piper", utterance(text)) for text in texts]
    plain = pool.say("pyttsx3", utterance(texts[1], "en-gb", speed=150.0))
    with Pool(1) as fresh:
        assert same(fresh.say("pyttsx3", utterance(texts[1], "en-gb", speed=150.0)), plain)
        assert same(fresh.say("piper", utterance(texts[1])), first[1])
        assert same(fresh.say("pyttsx3", utterance(texts[1], "en-gb", speed=150.0)), plain)
        assert same(fresh.say("piper", utterance(texts[0])), first[0])


def test_sentences_are_as_loud_as_the_model_makes_them(pool: Pool) -> None:
    assert np.abs(pool.say("piper", utterance(TEXT)).samples).max() == pytest.approx(0.3, abs=0.05)


def test_a_line_keeps_rate_level_and_words_with_and_without_lengths_of_phonemes(kept: Cache, tmp_path: Path) -> None:
    names = ("piper:tiny", "piper:mute", "en-gb")
    asked = [line(TEXT, name, number=number, wpm=140.0, rests=[8]) for number, name in enumerate(names)]
    takes = speak_lines(asked, RATE_HZ, kept, jobs=2)
    for number, name in enumerate(names):
        take = takes[f"line-{number}", 0]
        assert take.wpm == pytest.approx(140.0, rel=0.1), name
        audio = np.concatenate([phrase.audio for phrase in take.phrases])
        assert loudness(audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
        words = [word.token for phrase in take.phrases for word in phrase.words]
        assert words == list(range(len(TEXT.split()))), name
    again = speak_lines(asked[:1], RATE_HZ, Cache(tmp_path), jobs=1)
    for key, take in again.items():
        for one, other in zip(take.phrases, takes[key].phrases, strict=True):
            assert one.words == other.words and one.audio.tobytes() == other.audio.tobytes()


@pytest.mark.parametrize("wpm", [100.0, 150.0, 200.0])
def test_a_rate_is_kept_within_a_tenth(kept: Cache, wpm: float) -> None:
    (phrase,) = speak_lines([line(LONG, "piper:tiny", wpm=wpm)], RATE_HZ, kept)["line-1", 0].phrases
    assert measured_wpm(phrase.audio, len(LONG.split()), RATE_HZ) == pytest.approx(wpm, rel=0.1)


def test_short_lines_are_at_the_dialogue_level(kept: Cache) -> None:
    texts = ("I am.", "No!", "A")
    takes = speak_lines([line(text, "piper:tiny", number=n) for n, text in enumerate(texts)], RATE_HZ, kept)
    for take in takes.values():
        assert loudness(take.phrases[0].audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.1)


def test_ipa_and_respelling_are_read(pool: Pool) -> None:
    ipa = pool.say("piper", utterance((*tokens("I am"), Token("Cholmley.", "ˈtʃɜːmliː.", ipa=True))))
    respelt = pool.say("piper", utterance((*tokens("I am"), Token("Cholmley.", "CHUR-mlee."))))
    plain = pool.say("piper", utterance("I am Cholmley."))
    assert same(ipa, respelt) and not same(ipa, plain)
    assert [onset.token for onset in ipa.onsets] == [0, 1, 2]


def test_an_emphasised_word_is_changed_and_nothing_moves(pool: Pool) -> None:
    plain = tokens("Nobody would ever light the lamp again tonight")
    stressed = tuple(replace(token, emphasis=token.written == "light") for token in plain)
    own, loud, moved = (
        pool.say("piper", utterance(said, pitch=pitch))
        for said, pitch in ((plain, 0.0), (stressed, 0.0), (plain, 1e-6))  # the last goes the same way, unchanged
    )
    assert own.onsets == loud.onsets and len(own.samples) == len(loud.samples)
    with Pool(1) as fresh:
        assert same(fresh.say("piper", utterance(stressed)), loud)
    off = []
    for onset in own.onsets:
        a, b = (spoken.samples[onset.start : onset.end].astype(float) for spoken in (moved, loud))
        off.append(float(np.square(np.abs(np.fft.rfft(a)) - np.abs(np.fft.rfft(b))).sum() / np.square(a).sum()))
    assert int(np.argmax(off)) == 3 and off[3] > 5.0 * max(off[:2] + off[5:]), off


def test_figures_are_said_as_their_words(kept: Cache) -> None:
    words = (Token("£3.50", "three pounds fifty"), Token("112", "one hundred and twelve"), *tokens("lamps."))
    asked = [line(said, "piper:tiny", number=n) for n, said in enumerate((words, "£3.50 112 lamps."))]
    one, two = speak_lines(asked, RATE_HZ, kept).values()
    assert one.phrases[0].audio.tobytes() == two.phrases[0].audio.tobytes()
    assert one.phrases[0].words == two.phrases[0].words


def test_plain_numbers_of_languages_without_tables_are_left_to_espeak(models: Path, pool: Pool) -> None:
    from piper.phonemize_espeak import EspeakPhonemizer

    assert VOICES["piper"].worded("tiny") == "en-us"
    a, b = (letters([*"".join(*EspeakPhonemizer().phonemize("sv", text))]) for text in ("112", "etthundratolv"))
    assert [one for one in a if one != " "] == [one for one in b if one != " "]


def test_pitch_moves_without_moving_words(pool: Pool) -> None:
    own, high = (pool.say("piper", utterance(TEXT, pitch=pitch)) for pitch in (0.0, 20.0))
    assert own.onsets == high.onsets
    assert len(high.samples) == pytest.approx(len(own.samples), abs=200)
    assert not np.array_equal(own.samples[:5000], high.samples[:5000])


def test_what_made_a_line_names_the_model_by_its_contents(models: Path) -> None:
    said = VOICES["piper"].made_of("tiny")
    (file,) = models.glob(said["model"])
    assert said["engine"] == "piper" and said["version"].startswith("piper-tts ")
    assert said["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest() and str(models) not in str(said)
    assert VOICES["piper"].made_of("second")["speaker"] == "1"


@pytest.mark.parametrize(
    ("voice", "what"),
    [
        ("gone", "has no model: there is no file {folder}/gone.onnx"),
        ("lone", "has no description of its model: there is no file {folder}/lone.onnx.json"),
        ("half", "has no description of its model: {folder}/half.json does not say 'num_symbols'"),
        ("second", "has no speaker 1: its model has 1, counted from 0"),
    ],
)
def test_what_a_voice_lacks_is_told_before_anything_is_spoken(
    voice: str, what: str, models: Path, tmp_path: Path
) -> None:
    with pytest.raises(VoiceError) as error:
        speak_lines([line("Hello.", f"piper:{voice}")], RATE_HZ, Cache(tmp_path))
    assert str(error.value) == f"script/lamp.yaml:11:9: the voice 'piper:{voice}' {what.format(folder=models)}"


def test_a_file_that_is_no_model_gives_one_message(models: Path, tmp_path: Path) -> None:
    broken = models / "broken.onnx"
    broken.write_bytes(b"no model at all")
    broken.with_name("broken.onnx.json").write_bytes((models / "tiny.onnx.json").read_bytes())
    config = models / "config.toml"
    config.write_text(config.read_text("utf-8") + f"[voices.piper.broken]\nmodel = '{broken}'\n", "utf-8")
    with pytest.raises(VoiceError) as error:
        speak_lines([line("Hello.", "piper:broken", number=n) for n in range(5)], RATE_HZ, Cache(tmp_path), jobs=2)
    assert f"the voice 'piper:broken' has a model that cannot be loaded: {broken}: " in str(error.value)
    assert len(str(error.value).splitlines()) == 1


def test_words_that_a_phonemiser_runs_together_are_told_apart() -> None:
    words = [letters("ʌv"), letters("ðə"), letters("ˈoʊld"), letters("wˈʌn hˈʌndɹɪd"), letters("lˈæmps")]
    phrase = letters("ʌvðɪʲ ˈoʊld wˈʌnhˈʌndɹɪd lˈæmps.")
    whose = owners([[one for one in word if one != " "] for word in words], phrase)
    assert whose == [0, 0, 1, 1, -1, *[2] * 4, -1, *[3] * 10, -1, *[4] * 5]
