"""Voices that are programs of the user's own: they speak, on time, and when they do not, one message says so."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import soundfile

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import RenderError, VoiceError
from producer.model.script import Token
from producer.model.voice import Take
from producer.units import DIALOGUE_LUFS
from producer.voice import VOICES, check_letters, known_voices, speak_lines, ssml
from producer.voice.engine import BrokenVoiceError, Utterance
from producer.voice.pace import PASSAGES
from producer.voice.pool import Pool
from producer.voice.program_wav import read_wav
from producer.voice.settings import settings
from producer.voice.wire import pack_utterance
from tests.command_synth import NOISES
from tests.face_helpers import ROOT
from tests.test_voice import LONG
from tests.voice_helpers import kept_voices, line, measured_wpm, tokens

__all__ = ["kept_voices"]

RATE_HZ = 48000
SYNTH = Path(__file__).with_name("command_synth.py")
TEXT = "Nobody had lit the lamp for a year, and nobody would light it tonight."
FLAT = ("{text_file}", "{wav}")
SHORT = (("own", "I am."), ("own", "No!"), ("flat", "Oh?"))
UNREAD = "zz"
"""A language without a passage to measure a voice by: its lines are their own measure, and the tests quicker."""
FAULTS = {
    "silence": "gave silence",
    "white": "gave a steady noise or tone, and no speech",
    "tone": "gave a steady noise or tone, and no speech",
    "crash": "crashed (exit code 7): out of memory in the vocoder",
    "hang": "gave no answer within 3 s and was stopped",
    "nothing": "wrote no WAV file",
    "short": "wrote a WAV that is cut short: it says that it holds more than it does",
    "few": "gave 0.3 s of sound for 14 words",
    "growing": "wrote a file of 4000 MB for one phrase and was stopped",
    "printing": "wrote a file of 4000 MB for one phrase and was stopped",
    "binary": "crashed (exit code 3): ",
}


def table(name: str, *words: str | Path, language: str = "en", **more: object) -> str:
    run = json.dumps([str(word) for word in words])
    rest = "".join(f"{key} = {json.dumps(value)}\n" for key, value in more.items())
    return f'[voices.command.{name}]\nrun = {run}\nlanguage = "{language}"\n{rest}\n'


def synth(name: str, how: str, *words: str, language: str = UNREAD, **more: object) -> str:
    own = words or ("{text_file}", "{wav}", "{speed}")
    return table(name, sys.executable, SYNTH, how, *own, language=language, **more)


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    file = tmp_path / "config.toml"
    monkeypatch.setenv("PRODUCER_CONFIG", str(file))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # the program under test speaks through this one's library
    monkeypatch.setenv("COMMAND_SYNTH_LOG", str(tmp_path / "asked.txt"))
    monkeypatch.setenv("COMMAND_SYNTH_PIDS", str(tmp_path / "pids.txt"))
    return file


@pytest.fixture
def spoken(config: Path, tmp_path: Path) -> Iterator[Mapping[str, Take]]:
    """One line by the same synthesiser, called in three ways, and by the engine itself."""
    config.write_text(
        synth("own_speed", "well")
        + synth("stretched", "well", "{text_file}", "{wav}", language="en")
        + synth("piped", "well", "-", "-", "{speed}"),
        "utf-8",
    )
    names = ("command:own_speed", "command:stretched", "command:piped", "en-us+m2")
    lines = [line(TEXT, name, number=number, wpm=165.0) for number, name in enumerate(names)]
    takes = speak_lines(lines, RATE_HZ, Cache(tmp_path / "cache"), jobs=2)
    yield {name: takes[f"line-{number}", 0] for number, name in enumerate(names)}


def test_a_program_speaks_at_the_rate_and_level_asked_with_every_word_in_its_place(spoken: Mapping[str, Take]) -> None:
    truth = [word.start / RATE_HZ for word in spoken["en-us+m2"].phrases[0].words]
    for name, take in spoken.items():
        (phrase,) = take.phrases
        assert take.wpm == pytest.approx(165.0, rel=0.1), name
        assert loudness(phrase.audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
        assert [word.token for word in phrase.words] == list(range(len(TEXT.split())))
        # The same synthesiser's own times, at the tempo at which the program spoke.
        tempo = len(phrase.audio) / len(spoken["en-us+m2"].phrases[0].audio)
        off_ms = [
            1000.0 * abs(word.start / RATE_HZ - tempo * known) for word, known in zip(phrase.words, truth, strict=True)
        ]
        assert np.median(off_ms) <= 20.0, (name, off_ms)
        assert max(off_ms) <= 60.0, (name, off_ms)
    piped, own = spoken["command:piped"], spoken["command:own_speed"]
    assert np.array_equal(piped.phrases[0].audio, own.phrases[0].audio)
    assert own.source == {"voice": "command:own_speed"}


def test_rates_and_short_lines_hold_whether_the_program_or_we_set_the_pace(config: Path, tmp_path: Path) -> None:
    own, flat = (synth(name, "well", *words, language="en") for name, words in (("own", ()), ("flat", FLAT)))
    config.write_text(own + flat, "utf-8")
    cases = [(name, wpm) for name in ("own", "flat") for wpm in (120.0, 220.0)]
    asked = [line(LONG, f"command:{name}", wpm=wpm, number=n) for n, (name, wpm) in enumerate(cases)]
    asked += [line(text, f"command:{name}", number=n) for n, (name, text) in enumerate(SHORT, len(cases))]
    takes = speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), jobs=2)
    for number, (name, wpm) in enumerate(cases):
        (phrase,) = takes[f"line-{number}", 0].phrases
        assert measured_wpm(phrase.audio, len(LONG.split()), RATE_HZ) == pytest.approx(wpm, rel=0.1), name
    for take in takes.values():
        assert loudness(take.phrases[0].audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.1)


def test_two_fresh_processes_and_any_number_of_jobs_give_the_same(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well", "{text_file}", "{wav}"), "utf-8")
    asked = [
        line(text, "command:lamp", number=n, pitch=10.0) for n, text in enumerate(("Who is it?", "Nobody at all."))
    ]
    one, two = (speak_lines(asked, RATE_HZ, Cache(tmp_path / str(jobs)), jobs) for jobs in (1, 2))
    for name, take in one.items():
        assert take.phrases[0].words == two[name].phrases[0].words
        assert take.phrases[0].audio.tobytes() == two[name].phrases[0].audio.tobytes()


@pytest.mark.parametrize("how", FAULTS)
def test_what_goes_wrong_is_told_once_at_its_line_and_the_rest_is_kept(how: str, config: Path, tmp_path: Path) -> None:
    limit_s = 3.0 if how == "hang" else 60.0  # what goes wrong in another way may take its time on a busy machine
    config.write_text(synth("bad", how, time_limit_s=limit_s), "utf-8")
    cache, folder = Cache(tmp_path / "cache"), tmp_path / "cache"
    good = line("All is well.", "en-gb", number=0)
    kept = speak_lines([good], RATE_HZ, cache)["line-0", 0]
    whole = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    bad = [line(TEXT, "command:bad", number=number) for number in range(1, 5)]
    with pytest.raises(VoiceError) as error:
        speak_lines([good, *bad], RATE_HZ, cache, jobs=2)
    pattern = r"script/lamp\.yaml:1\d:9: line 'line-\d': the voice 'command:bad' " + re.escape(FAULTS[how])
    assert re.fullmatch(pattern + r"[^\n]*", str(error.value)), str(error.value)
    assert str(error.value).isprintable() and len(str(error.value)) < 300
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == whole
    assert np.array_equal(speak_lines([good], RATE_HZ, cache)["line-0", 0].phrases[0].audio, kept.phrases[0].audio)
    if how == "hang":  # neither the program nor what it started is left behind
        for pid in map(int, (tmp_path / "pids.txt").read_text().split()):
            assert _is_gone(pid)


def test_too_little_sound_is_told_with_the_words_that_it_is_for(config: Path, tmp_path: Path) -> None:
    """They are not always the line's: what a voice is measured by is the first that it says."""
    config.write_text(synth("bad", "few", language="en"), "utf-8")
    with pytest.raises(VoiceError) as error:
        speak_lines([line(TEXT, "command:bad", number=1)], RATE_HZ, Cache(tmp_path / "cache"))
    said = PASSAGES["en"].split()
    assert re.search(rf"s of sound for \d+ words \(“{' '.join(said[:4])} …”\)", str(error.value)), str(error.value)


def sparse(file: Path) -> None:
    file.touch()
    os.truncate(file, 4_000_000_000)


FILES = (
    ("wrote no WAV file", lambda file: file.mkdir()),
    ("wrote no WAV file", lambda file: file.symlink_to("/dev/zero")),
    ("wrote no WAV file", lambda file: file.touch()),
    ("wrote a file of 4000 MB for one phrase", sparse),
    ("wrote a file that cannot be read as WAV", lambda file: file.write_text("this is no sound", "utf-8")),
    ("wrote a file that is no WAV, but FLAC", lambda file: soundfile.write(file, np.zeros(9999), 22050, format="FLAC")),
    (
        "wrote a WAV with 1 channel at 1000 Hz; write one or two at 8000 to 192000 Hz",
        lambda file: soundfile.write(file, np.zeros(999), 1000, format="WAV"),
    ),
    ("wrote a WAV with 6 channels", lambda file: soundfile.write(file, np.zeros((99, 6)), 48000, format="WAV")),
    (
        "wrote samples that are no numbers",
        lambda file: soundfile.write(file, np.full(9999, np.nan), 22050, subtype="FLOAT", format="WAV"),
    ),
)


@pytest.mark.parametrize(("what", "written"), FILES)
def test_a_file_that_is_no_speech_in_a_wav_is_refused(
    what: str, written: Callable[[Path], object], tmp_path: Path
) -> None:
    written(tmp_path / "speech.wav")
    with pytest.raises(BrokenVoiceError, match=what):
        read_wav(tmp_path / "speech.wav")


def test_a_wav_written_as_a_stream_is_read_to_its_end(tmp_path: Path) -> None:
    """Its two lengths are those that espeak-ng and ffmpeg write when they cannot go back."""
    file = tmp_path / "speech.wav"
    sound = (0.5 * np.sin(np.arange(22050) / 9.0)).astype(np.float32)
    for riff, data in ((0x7FFFF024, 0x7FFFF000), (0xFFFFFFFF, 0xFFFFFFFF)):
        soundfile.write(file, sound, 22050, subtype="PCM_16", format="WAV")
        raw = bytearray(file.read_bytes())
        at = raw.index(b"data") + 4
        raw[4:8], raw[at : at + 4] = riff.to_bytes(4, "little"), data.to_bytes(4, "little")
        file.write_bytes(raw)
        samples, rate_hz = read_wav(file)
        assert rate_hz == 22050 and np.abs(samples - sound).max() < 1e-4


@pytest.mark.parametrize("text", ["Yes.", "Oh.", "Go on."])
def test_noise_is_no_speech_however_short_the_line(text: str, config: Path, tmp_path: Path) -> None:
    """Of any colour, in bursts, over a hum: one message for each voice, and nothing in the cache."""
    config.write_text("".join(synth(how, how) for how in NOISES), "utf-8")
    with Pool(1) as pool:
        for number, how in enumerate(NOISES):
            asked = [line(text, f"command:{how}", number=number)]
            with pytest.raises(VoiceError, match=r"' gave a steady noise or tone, and no speech$"):
                speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), pool=pool)
    assert not [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]


def test_a_single_held_vowel_is_speech_from_a_voice_that_speaks(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    (take,) = speak_lines([line("Oh.", "command:lamp")], RATE_HZ, Cache(tmp_path / "cache")).values()
    assert len(take.phrases[0].words) == 1


def test_a_program_ends_with_the_worker_that_runs_it(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("bad", "hang", time_limit_s=600.0), "utf-8")
    asked = Utterance(voice="bad", speed=1.0, pitch=0.0, tokens=tokens("Hello there."), ends=True)
    worker = subprocess.Popen([sys.executable, "-m", "producer.voice.worker"], stdin=subprocess.PIPE, cwd=ROOT)
    assert worker.stdin
    worker.stdin.write(pack_utterance("command", asked))
    worker.stdin.flush()
    while not (tmp_path / "pids.txt").exists() or not (tmp_path / "pids.txt").read_text():
        time.sleep(0.05)
    worker.terminate()
    worker.wait(10)
    worker.stdin.close()
    assert all(_is_gone(pid) for pid in map(int, (tmp_path / "pids.txt").read_text().split()))


def _is_gone(pid: int) -> bool:
    for _ in range(1200):  # a minute: on a machine that does something else, too, it takes long now and then
        status = Path(f"/proc/{pid}/status")
        try:
            os.kill(pid, 0)
            if status.exists() and "State:\tZ" in status.read_text():  # ended, and nobody has asked yet
                return True
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def test_another_command_program_or_version_is_another_voice(config: Path, tmp_path: Path) -> None:
    program = tmp_path / "synth.py"
    shutil.copy(SYNTH, program)

    def version(**more: object) -> str:
        config.write_text(table("lamp", sys.executable, program, "well", "{text_file}", "{wav}", **more), "utf-8")
        return VOICES["command"].version("lamp")

    first = version()
    assert version(time_limit_s=9.0) == first  # which changes no sound
    assert version(version="2") != first
    program.write_text(program.read_text("utf-8") + "# another\n", "utf-8")
    assert version() != first


def test_what_made_a_line_names_program_and_model_and_nothing_of_this_machine(config: Path, tmp_path: Path) -> None:
    model = tmp_path / "secret place" / "ada.onnx"
    model.parent.mkdir()
    model.write_bytes(b"a model")
    config.write_text(table("ada", sys.executable, model, "{text_file}", "{wav}", version="2.1"), "utf-8")
    said = VOICES["command"].made_of("ada")
    digest = hashlib.sha256(Path(sys.executable).read_bytes()).hexdigest()
    assert (said["engine"], said["version"], said["engine_sha256"]) == (Path(sys.executable).name, "2.1", digest)
    assert (said["model"], said["sha256"]) == ("ada.onnx", hashlib.sha256(b"a model").hexdigest())
    assert "secret place" not in str(said) and str(Path.home()) not in str(said)


def test_nothing_in_a_script_becomes_an_argument_or_reaches_a_shell(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    text = "--help; touch /tmp/x $(reboot) {wav} `id` goes on and on."
    speak_lines([line(text, "command:lamp")], RATE_HZ, Cache(tmp_path / "cache"))
    assert text in (tmp_path / "asked.txt").read_text("utf-8").splitlines()


def test_figures_come_to_a_program_in_words_and_stay_one_word_of_the_transcript(config: Path, tmp_path: Path) -> None:
    config.write_text(
        synth("lamp", "well", language="en-GB") + synth("own", "well", language="en-GB", normalise=False), "utf-8"
    )
    text = "At 10:30 she paid £3.50 for 112 lamps."
    asked = [line(text, f"command:{name}", number=number) for number, name in enumerate(("lamp", "own"))]
    takes = speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), jobs=2)
    told = set((tmp_path / "asked.txt").read_text("utf-8").splitlines())
    assert {"At ten thirty she paid three pounds fifty for one hundred and twelve lamps.", text} <= told
    words = takes["line-0", 0].phrases[0].words
    assert [word.token for word in words] == list(range(len(text.split())))
    assert [said for said, _ in words[6].said] == ["one", "hundred", "and", "twelve"]
    onsets = [onset for word in words for onset in [word.start, *(start for _, start in word.said[1:])]]
    assert onsets == sorted(set(onsets))
    # What is said in so many words takes so long, and the next word waits for it.
    assert words[7].start - words[6].start > 2.5 * (words[1].start - words[0].start)


def test_a_program_that_takes_ssml_stresses_and_pronounces_what_the_script_says(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "ssml", text="ssml"), "utf-8")
    plain = (*tokens("She would never ever do that to"), Token("Cholmley.", "ˈtʃɜːmliː.", ipa=True))
    stressed = tuple(replace(token, emphasis=token.written in ("never", "ever")) for token in plain)
    asked = [line(said, "command:lamp", number=number) for number, said in enumerate((plain, stressed))]
    takes = speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), jobs=2)
    power = []
    for number in (0, 1):
        (phrase,) = takes[f"line-{number}", 0].phrases
        assert [word.token for word in phrase.words] == list(range(8))
        start, end = phrase.words[2].start, phrase.words[3].end
        power.append(
            float(np.square(phrase.audio[start:end]).mean() / np.square(phrase.audio[: phrase.words[1].end]).mean())
        )
    assert 10.0 * np.log10(power[1] / power[0]) > 2.0
    told = (tmp_path / "asked.txt").read_text("utf-8")
    assert '<emphasis level="strong">never ever</emphasis> do' in told
    assert '<phoneme alphabet="ipa" ph="ˈtʃɜːmliː">Cholmley</phoneme>.' in told


HOSTILE = (
    "</speak><audio src='file:///etc/passwd'/>",
    "<!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>&e;",
    "]]></emphasis>",
    '"/><break time="9s"/>',
    "a\u0000b\u001b\ud800c\ufffe",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_element(text: str) -> None:
    said = (Token(text, text), Token(text, text, emphasis=True), Token(f"{text}x", f"{text}ˈa.", ipa=True))
    root = ElementTree.fromstring(ssml.document(said, "en_GB", ends=True))
    assert [element.tag.rpartition("}")[2] for element in root.iter()] == ["speak", "emphasis", "phoneme"]
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-GB"
    kept = text.replace("\0", "").replace("\x1b", "").replace("\ud800", "").replace("\ufffe", "")
    heard = "".join(root.itertext())
    assert heard.startswith(f"{kept} {kept} ") and f"{kept}x".strip('"]>') in heard


def test_respellings_are_phonemes_for_english_voices_and_letters_for_others() -> None:
    said = (Token("Aoife,", "EE-fa,"), *tokens("come"))
    english, french = (ssml.document(said, language, ends=False) for language in ("en", "fr"))
    assert '<phoneme alphabet="ipa" ph="ˈiːfə">Aoife</phoneme>, come,</speak>' in english
    assert ">eefa, come,</speak>" in french


def test_a_line_that_was_edited_runs_the_program_for_itself_alone(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamp", "well"), "utf-8")
    cache, asked = Cache(tmp_path / "cache"), tmp_path / "asked.txt"
    texts = ["Who is it at this hour?", "Nobody that you know."]
    speak_lines([line(text, "command:lamp", number=n) for n, text in enumerate(texts)], RATE_HZ, cache)
    asked.unlink()
    texts[1] = "Nobody that anybody knows."
    speak_lines([line(text, "command:lamp", number=n) for n, text in enumerate(texts)], RATE_HZ, cache)
    assert set(asked.read_text("utf-8").splitlines()) == {texts[1]}


def test_a_program_that_is_not_there_is_told_before_anything_is_spoken(config: Path, tmp_path: Path) -> None:
    config.write_text(table("lamp", "no-such-synthesiser", "{text_file}", "{wav}"), "utf-8")
    with pytest.raises(VoiceError) as error:
        speak_lines([line("Hello.", "command:lamp")], RATE_HZ, Cache(tmp_path / "cache"))
    assert str(error.value) == (
        "script/lamp.yaml:11:9: the voice 'command:lamp' has no program 'no-such-synthesiser' on this machine"
    )


def test_a_voice_that_is_not_configured_is_named_with_the_nearest(config: Path, tmp_path: Path) -> None:
    config.write_text(synth("lamplighter", "well"), "utf-8")
    assert "command:lamplighter" in known_voices(Cache(tmp_path))
    with pytest.raises(VoiceError, match="no voice 'lamplihter'; did you mean 'lamplighter'"):
        speak_lines([line("Hello.", "command:lamplihter")], RATE_HZ, Cache(tmp_path / "cache"))


def test_ipa_that_a_program_cannot_read_is_told_at_its_line_and_before_it_is_asked(
    config: Path, tmp_path: Path
) -> None:
    config.write_text(synth("lamp", "well") + synth("keeper", "ssml", text="ssml"), "utf-8")
    said = (*tokens("Her name is"), Token("Cholmley.", "ˈtʃɜːmliː.", ipa=True))
    asked, cache = line(said, "command:lamp"), Cache(tmp_path / "cache")
    with pytest.raises(VoiceError, match=r"line 'line-1': the voice 'command:lamp' cannot read IPA; say 'Cholmley'"):
        speak_lines([asked], RATE_HZ, cache)
    (tmp_path / "asked.txt").unlink(missing_ok=True)
    reads = line(said, "command:keeper", number=2)
    with pytest.raises(VoiceError) as error:
        check_letters([(asked, 0, asked.voices[0]), (reads, 0, reads.voices[0])], RATE_HZ, cache)
    assert [part.split(": the voice ")[1] for part in str(error.value).splitlines()] == [
        "'command:lamp' cannot read IPA; say 'Cholmley' in letters, as in {Cholmley|…}"
    ]
    assert not (tmp_path / "asked.txt").exists()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[voices.command.x]\nlanguage = 'en'\n", "voices.command.x.run: is missing"),
        ("[voices.command.x]\nrun = 'espeak'\nlanguage = 'en'\n", "voices.command.x.run: is a list of words, the"),
        ("[voices.command.x]\nrun = []\nlanguage = 'en'\n", "voices.command.x.run: is a list of words, the program"),
        ("[voices.command]\nx = 3\n", "voices.command.x: is a table: [voices.command.NAME]"),
        (table("x", "a", language="english words"), "voices.command.x.language: is a language's tag, as 'en' or"),
        (table("x", "a", wpm="fast"), "voices.command.x.wpm: is a number"),
        (table("x", "a", wpm=5), "voices.command.x.wpm: is to be greater than or equal to 20"),
        (table("x", "a", normalise="perhaps"), "voices.command.x.normalise: is true or false"),
        (table("x", "espeak", shell=True), "voices.command.x.shell: there is no such setting; known: language,"),
        (table("x", "a", wmp=170.0), "voices.command.x.wmp: there is no such setting; did you mean 'wpm'?"),
        (table("x", "a", text="xml"), "voices.command.x.text: is to be 'plain' or 'ssml'"),
        (table("x", "a", "{wave}"), "voices.command.x.run: nothing stands for '{wave}'; did you mean '{wav}'?"),
        ("[voices.comand.x]\n", "voices.comand: there is no such setting; did you mean 'command'?"),
        ("[voice.piper.x]\n", "voice: there is no such setting; did you mean 'voices'?"),
        ("[voices.piper.x]\nmodel = '/a'\nspeeker = 1\n", "voices.piper.x.speeker: there is no such setting; did you"),
        (
            "[voices.command.X]\nrun = ['a']\nlanguage = 'en'\n",
            "voices.command.X: names of voices are small letters",
        ),
        ("[voices.piper.x]\nmodel = 'x.onnx'\n", "voices.piper.x.model: write the whole path, from the root or from ~"),
        ("[voices", ""),
    ],
)
def test_a_mistake_in_the_settings_is_told_with_its_file_and_key(config: Path, text: str, what: str) -> None:
    config.write_text(text, "utf-8")
    with pytest.raises(RenderError) as error:
        settings()
    assert str(error.value).startswith(f"{config}: {what}")


def test_a_settings_file_in_another_encoding_is_told(config: Path) -> None:
    config.write_bytes(b"\xff\xfe[\0")
    with pytest.raises(RenderError) as error:
        settings()
    assert str(error.value) == f"{config}: is not written in UTF-8"


def test_a_settings_file_that_is_named_must_be_there(config: Path) -> None:
    with pytest.raises(RenderError, match="which PRODUCER_CONFIG names"):
        settings()
