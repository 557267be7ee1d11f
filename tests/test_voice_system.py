"""The operating system's voices: by the very driver of pyttsx3 where the system has one, and what the others tell."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import VoiceError
from producer.model.script import Token
from producer.units import DIALOGUE_LUFS
from producer.voice import VOICES, speak_lines, system_voice
from producer.voice.engine import BrokenVoiceError, Utterance, Voice
from producer.voice.espeak_names import data_folder
from producer.voice.pool import Pool
from producer.voice.program_wav import read_wav
from producer.voice.system_names import Record, named, record, tag
from producer.voice.system_voice import FORMS, SAPI_STEP, SAPI_WPM, SPEEDS, System, defused, driver_rate, listed
from tests.face_helpers import ROOT
from tests.test_voice import LONG
from tests.test_voices_cli import Inside
from tests.voice_helpers import line, measured_wpm, tokens

RATE_HZ = 48000
TEXT = "Nobody had lit the lamp for a year, and nobody would light it tonight."

# What the drivers give for voices that macOS and Windows come with.
MAC = [
    {"id": "com.apple.voice.compact.en-US.Samantha", "name": "Samantha", "languages": ["en_US"]},
    {"id": "com.apple.voice.premium.en-US.Ava", "name": "Ava (Premium)", "languages": ["en_US"]},
    {"id": "com.apple.voice.enhanced.en-GB.Daniel", "name": "Daniel", "languages": ["en_GB"]},
    {"id": "com.apple.voice.compact.en-GB.Daniel", "name": "Daniel", "languages": ["en_GB"]},
    {"id": "com.apple.eloquence.en-GB.Eddy", "name": "Eddy (English (UK))", "languages": ["en_GB"]},
    {"id": "com.apple.eloquence.de-DE.Eddy", "name": "Eddy (Deutsch (Deutschland))", "languages": ["de_DE"]},
    {"id": "com.apple.voice.compact.fr-CA.Amelie", "name": "Amélie", "languages": ["fr_CA"]},
    {"id": "com.apple.voice.compact.ru-RU.Milena", "name": "Милена", "languages": ["ru_RU"]},
    {"id": "com.apple.speech.synthesis.voice.BadNews", "name": "Bad News", "languages": [None]},
]
_SAPI = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Speech\Voices\Tokens" + "\\"
WINDOWS = [
    {
        "id": _SAPI + "TTS_MS_EN-US_ZIRA_11.0",
        "name": "Microsoft Zira Desktop - English (United States)",
        "languages": ["en-US"],
    },
    {
        "id": _SAPI + "TTS_MS_DE-DE_HEDDA_11.0",
        "name": "Microsoft Hedda Desktop - German",
        "languages": ["Unknown Locale: 1031"],
    },
    {"id": _SAPI + "MSTTS_V110_enGB_HazelM", "name": "Microsoft Hazel - English (Great Britain)", "languages": ["809"]},
    {"id": _SAPI + "TTS_MS_EN-GB_HAZEL_11.0", "name": "Microsoft Hazel Desktop - English", "languages": ["809;9"]},
    {"id": "", "name": "half installed", "languages": []},
]


def names(told: list[dict[str, object]]) -> dict[str, str]:
    known = [found for one in told if (found := record(one))]
    return {name: one.id for name, one in named(known).items()}


def test_voices_of_macos_get_short_names_and_alike_ones_their_language() -> None:
    assert list(names(MAC)) == [
        "amelie",
        "ava-premium",
        "bad-news",
        "daniel",
        "daniel-enhanced",
        "eddy-de-de",
        "eddy-en-gb",
        "milena",
        "samantha",
    ]


def test_voices_of_windows_get_short_names_and_two_recordings_of_one_a_mark() -> None:
    found = names(WINDOWS)
    assert found["zira"].endswith("ZIRA_11.0") and found["hedda"].endswith("HEDDA_11.0")
    assert sum(name.startswith("hazel-en-gb-") for name in found) == 2 and len(found) == 4


@pytest.mark.parametrize("told", [MAC, WINDOWS])
def test_names_depend_on_no_order_and_stay_when_other_voices_come(told: list[dict[str, object]]) -> None:
    shuffled = random.Random(3).sample(told, len(told))
    assert names(shuffled) == names(told)
    more = [*told, {"id": "com.example.Zoe", "name": "Zoe", "languages": ["en_AU"]}]
    assert names(told).items() <= names(more).items()


def test_no_two_voices_share_a_name_however_they_are_called() -> None:
    told = [
        {"id": f"{n}", "name": name, "languages": ["en_GB"]} for n, name in enumerate(["Eddy"] * 3 + ["Eddy en GB"])
    ]
    assert len(names(told)) == 4
    assert set(names([{"id": "声", "name": "声", "languages": []}])) == {f"voice-{_sha('声')}"}


def _sha(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:4]


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("en_US", "en-us"),
        ("zh-CN", "zh-cn"),
        ("en-us-nyc", "en-us-nyc"),
        ("\x05en-gb", "en-gb"),
        ("409", "en-us"),
        ("409;9", "en-us"),
        ("C0A", "es-es"),
        ("9", "en-us"),
        ("Unknown Locale: 2057", "en-gb"),
        ("Unknown Locale: 60000", ""),
        ("Unknown", ""),
        ("fad", "fad"),
        ("", ""),
    ],
)
def test_a_language_is_read_in_every_way_that_drivers_tell_it(told: str, language: str) -> None:
    assert tag(Record("id", "name", (told,))) == language


def test_every_speed_reaches_the_nearest_step_of_sapi() -> None:
    for speed in np.geomspace(SPEEDS["sapi5"][0], SPEEDS["sapi5"][-1], 200):
        set_to = int(math.log(driver_rate("sapi5", float(speed)) / SAPI_WPM, SAPI_STEP))  # as pyttsx3's driver does
        given = SAPI_WPM * SAPI_STEP**set_to
        assert -10 <= set_to <= 10
        assert given == pytest.approx(speed, rel=SAPI_STEP**0.5 - 0.999)


def test_no_command_of_a_synthesiser_hides_in_a_text() -> None:
    assert defused("[[rate 400]] <speak>Hush</speak>") == "[ [rate 400]]  speak>Hush /speak>"


@pytest.mark.parametrize("form", ["AIFF", "CAF", "WAV"])
def test_the_formats_that_systems_write_are_read_whatever_the_file_is_called(form: str, tmp_path: Path) -> None:
    sound = (0.5 * np.sin(np.arange(22050) / 9.0)).astype(np.float32)
    soundfile.write(tmp_path / "speech.wav", sound, 22050, subtype="PCM_16", format=form)
    samples, rate_hz = read_wav(tmp_path / "speech.wav", FORMS)
    assert rate_hz == 22050 and np.abs(samples - sound).max() < 1e-4
    if form != "WAV":
        with pytest.raises(BrokenVoiceError, match="no WAV"):
            read_wav(tmp_path / "speech.wav")


@pytest.mark.parametrize("driver", ["nsss", "sapi5", "avspeech", "none_such"])
def test_a_driver_that_does_not_start_here_means_no_voices_and_says_why(driver: str) -> None:
    if (driver, sys.platform) in (("nsss", "darwin"), ("sapi5", "win32")):
        pytest.skip("this system has it")
    found = listed(driver)
    assert not found.voices
    assert found.absence.startswith(f"pyttsx3's driver '{driver}' failed (")
    assert "No module named" in found.absence and "\n" not in found.absence


linux = pytest.mark.skipif(sys.platform != "linux", reason="a library is put where the system looks for one")


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The espeak-ng that the program carries, put where pyttsx3's driver finds one of the system's own."""
    import espeakng_loader

    folder = tmp_path / "lib"
    folder.mkdir()
    (folder / "libespeak-ng.so.1").symlink_to(espeakng_loader.get_library_path())
    monkeypatch.setenv("LD_LIBRARY_PATH", str(folder))
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(data_folder()))
    return folder


def engines() -> Mapping[str, Voice]:
    """With a list of voices that nobody has asked for yet."""
    return {**VOICES, "system": System()}


@linux
def test_the_systems_voice_speaks_at_the_rate_and_level_asked_with_every_word_in_its_place(
    installed: Path, tmp_path: Path
) -> None:
    voice = "system:english-en-us"
    asked = [line(LONG, voice, number=n, wpm=wpm) for n, wpm in enumerate((130.0, 220.0))]
    asked += [line(TEXT, voice, number=2, wpm=165.0), line(TEXT, "en-us", number=3, wpm=165.0)]
    takes = speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), jobs=2, voices=engines())
    for number, wpm in enumerate((130.0, 220.0)):
        audio = takes[f"line-{number}", 0].phrases[0].audio
        assert measured_wpm(audio, len(LONG.split()), RATE_HZ) == pytest.approx(wpm, rel=0.1)
        assert loudness(audio, RATE_HZ) == pytest.approx(DIALOGUE_LUFS, abs=0.5)
    (found,), (known,) = (takes[f"line-{number}", 0].phrases for number in (2, 3))
    assert [word.token for word in found.words] == list(range(len(TEXT.split())))
    # The same synthesiser tells its own times to the other engine, at nearly the same tempo.
    tempo = len(found.audio) / len(known.audio)
    off_ms = [
        1000.0 * abs(one.start - tempo * other.start) / RATE_HZ
        for one, other in zip(found.words, known.words, strict=True)
    ]
    assert np.median(off_ms) <= 20.0 and max(off_ms) <= 60.0, off_ms
    assert takes["line-2", 0].source == {"voice": voice}


@linux
def test_fresh_processes_and_any_number_of_jobs_give_the_same(installed: Path, tmp_path: Path) -> None:
    said = (("Who is it?", 0.0), ("Nobody at all.", 10.0))
    asked = [line(text, "system:welsh", number=n, pitch=pitch) for n, (text, pitch) in enumerate(said)]
    asked += [line("Who is it?", "system:swedish", number=9)]
    one, two = (speak_lines(asked, RATE_HZ, Cache(tmp_path / str(jobs)), jobs, voices=engines()) for jobs in (1, 2))
    for name, take in one.items():
        assert take.phrases[0].words == two[name].phrases[0].words
        assert take.phrases[0].audio.tobytes() == two[name].phrases[0].audio.tobytes()
    assert one["line-0", 0].phrases[0].audio.tobytes() != one["line-9", 0].phrases[0].audio.tobytes()


@linux
def test_the_driver_has_no_thread_in_which_a_rate_could_come_too_late(installed: Path) -> None:
    asked = """
import sys
from pathlib import Path

from producer.voice.system_speech import _engine

engine = _engine("espeak")
engine.proxy._driver.setProperty("rate", 123)
print(engine.proxy._driver.getProperty("rate"), len(list(Path("/proc/self/task").iterdir())))
"""
    said = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=ROOT)
    assert said.stdout.split() == ["123", "1"]


@linux
def test_figures_come_to_the_system_in_words_and_ipa_is_an_error_at_its_line(installed: Path, tmp_path: Path) -> None:
    voices, cache = engines(), Cache(tmp_path / "cache")
    assert voices["system"].worded("english-en-gb") == "en-gb"
    ipa = (*tokens("This is"), Token("Cholmley.", "ˈtʃɜːmliː.", ipa=True))
    with pytest.raises(VoiceError, match=r"yaml:11:9: .* 'system:english-en-gb' cannot read IPA; say 'Cholmley'"):
        speak_lines([line(ipa, "system:english-en-gb")], RATE_HZ, cache, voices=voices)
    with pytest.raises(VoiceError, match=r"there is no voice 'englsh-en-gb'; did you mean 'english-en-gb'\?"):
        speak_lines([line("Hello.", "system:englsh-en-gb")], RATE_HZ, cache, voices=voices)


@linux
def test_a_synthesiser_that_breaks_after_the_list_is_told_at_its_line(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    voices = engines()
    assert "welsh" in voices["system"].names()
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(tmp_path))  # espeak-ng ends its process without its data
    with pytest.raises(VoiceError) as error:
        asked = [line("Who is it?", "system:welsh", number=n) for n in range(1, 4)]
        speak_lines(asked, RATE_HZ, Cache(tmp_path / "cache"), jobs=2, voices=voices)
    message = str(error.value)
    assert message.startswith("script/lamp.yaml:1") and "the voice 'system:welsh' is not there: pyttsx3's" in message
    assert "\n" not in message


@linux
def test_what_made_a_line_names_the_library_and_the_voice(installed: Path) -> None:
    said = System().made_of("welsh")
    assert (said["engine"], said["model"]) == ("espeak-ng", "welsh") and said["version"].startswith("espeak-ng 1.")


@linux
def test_another_library_or_voice_is_another_version(installed: Path) -> None:
    system = System()
    one, other = (system.version(name) for name in ("welsh", "german"))
    assert one != other and "espeak-ng 1." in one and "pyttsx3" not in one.partition("espeak")[2]


def test_a_broken_list_does_not_fail_and_is_asked_for_once_by_those_who_want_it() -> None:
    """In a process that counts what it starts."""
    check = (
        "import sys, json; started = []\n"
        "sys.addaudithook(lambda event, _: started.append(event) if event == 'subprocess.Popen' else None)\n"
        "from producer.voice import known_voices, voice_fault, VOICES\n"
        "from producer.cache import Cache\n"
        "from producer.model.script import VoiceUse\n"
        "from producer.units import Wpm\n"
        "known = known_voices(Cache())\n"
        "plain = ['en-gb' in known, 'pyttsx3:de' in known, 'command:x' in known, len(started)]\n"
        "use = VoiceUse(member='x', voice='system:nobody', rate_wpm=Wpm(150.0))\n"
        "faults = [voice_fault(use), 'system:nobody' in known, len(set(known)) > 100]\n"
        "print(json.dumps([plain, faults[1:], len(started), voice_fault(use), 'pyttsx3' in sys.modules]))\n"
    )
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, check=True, cwd=ROOT, env=env)
    plain, known, started, fault, loaded = json.loads(done.stdout)
    assert plain == [True, True, False, 0]
    assert known == [False, True]
    assert started == 1 and not loaded
    assert fault.startswith("there is no voice 'nobody'")


@linux
def test_the_list_names_them_or_says_why_there_are_none(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    inside = Inside(monkeypatch, capsys)

    def told() -> tuple[str, dict[str, object]]:
        monkeypatch.setitem(VOICES, "system", System())
        text, facts = (inside("voices", *more) for more in ((), ("--json",)))
        assert text.code == facts.code == 0, text.err + facts.err
        engines = {one["engine"]: one for one in json.loads(facts.out)["engines"]}
        return text.out, engines["system"]

    text, system = told()
    assert "  cy    system:welsh\n" in text
    assert {"voice": "system:welsh", "language": "cy", "lacks": ""} in system["voices"]
    assert system["absence"] == ""
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(tmp_path))
    text, system = told()
    assert system["voices"] == [] and str(system["absence"]).startswith("pyttsx3's driver 'espeak' crashed (exit code ")
    assert f"system: none; {system['absence']}\n" in text


@linux
def test_a_driver_that_hangs_is_ended_with_the_list_left_empty(
    installed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its data are a pipe that nobody writes to."""
    data = tmp_path / "data"
    data.mkdir()
    for file in data_folder().iterdir():
        (data / file.name).symlink_to(file)
    (data / "phontab").unlink()
    os.mkfifo(data / "phontab")
    monkeypatch.setenv("ESPEAK_DATA_PATH", str(data))
    monkeypatch.setattr(system_voice, "LIST_S", 2.0)
    found = listed("espeak")
    assert not found.voices and found.absence.endswith("gave no answer within 2 s and was stopped")


@linux
def test_a_worker_speaks_whatever_was_said_before(installed: Path) -> None:
    def asked(text: str, voice: str) -> Utterance:
        return Utterance(voice=voice, speed=160.0, pitch=0.0, tokens=tokens(text), ends=True)

    with Pool(1) as one, Pool(1) as other:
        first = one.say("system", asked("Who is it?", "welsh"))
        one.say("system", asked("Nobody at all, and in another voice.", "german"))
        again, fresh = (
            one.say("system", asked("Who is it?", "welsh")),
            other.say("system", asked("Who is it?", "welsh")),
        )
    assert first.samples.tobytes() == again.samples.tobytes() == fresh.samples.tobytes()
    assert len(first.samples) > 5000 and not first.onsets
