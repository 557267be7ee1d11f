"""Rooms from impulse-response files: found in the project, read, heard; no word moves and no level jumps."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from producer import render
from producer.audio import Audio
from producer.cache import Cache
from producer.dsp.impulses import decay_s, direct, ringing
from producer.dsp.loudness import loudness
from producer.dsp.speechlike import heard_energy
from producer.errors import Place, ScriptError
from producer.mix.answers import answer
from producer.mix.space import inside, place
from producer.model.script import Room, Script
from producer.project import Project
from producer.sounds import rooms
from producer.sounds.decode import Decoded, decode
from producer.sounds.rooms import load
from producer.timeline.document import to_json
from tests.face_helpers import ROOT
from tests.language_helpers import checked, with_items
from tests.mix_helpers import hit, noise, script, timeline, voice

RATE_HZ = 24000
AT = Place("script/x.yaml", 7, 20)


def response(
    rate_hz: int,
    *,
    lead_s: float = 0.0,
    rt60_s: float = 0.6,
    wet_db: float = -8.0,
    channels: int = 1,
    louder_db: float | None = None,
    hiss_db: float | None = None,
) -> Audio:
    """What a bang in a room leaves on tape: perhaps silence, the bang, its echo; perhaps an echo louder than the bang.

    `louder_db`: a reflection 11 ms after the bang, against it. `hiss_db`: noise under all of it, RMS against the bang.
    """
    length = round((0.02 + rt60_s) * rate_hz)
    time = np.arange(length) / rate_hz
    late = noise(length, channels, "late", 1.0) * np.exp(-6.9 * time / rt60_s).astype(np.float32)[:, None]
    late[: round(0.006 * rate_hz)] = 0.0
    made = late * np.float32(np.sqrt(10 ** (wet_db / 10) / np.square(late).sum() * channels))
    made[0] = 1.0
    if louder_db is not None:
        made[round(0.011 * rate_hz)] = 10 ** (louder_db / 20)
    made = np.concatenate([np.zeros((round(lead_s * rate_hz), channels), np.float32), made])
    if hiss_db is not None:
        made += noise(len(made), channels, "hiss", 10 ** (hiss_db / 20))
    return made


@pytest.mark.parametrize("lead_s", [0.0, 0.013, 0.2])
@pytest.mark.parametrize(
    "decoy",
    [{}, {"louder_db": 6.0}, {"louder_db": 12.0}, {"hiss_db": -45.0}, {"louder_db": 3.0, "hiss_db": -50.0}],
)
def test_the_direct_sound_is_found_wherever_it_is(lead_s: float, decoy: dict[str, float]) -> None:
    for rate_hz in (16000, 48000):
        made = response(rate_hz, lead_s=lead_s, **decoy) * np.float32(0.2)  # type: ignore[arg-type]
        assert abs(direct(made, rate_hz) - round(lead_s * rate_hz)) <= 1


def test_what_a_sweep_leaves_before_the_bang_is_not_the_bang() -> None:
    """A loudspeaker's distortion comes out before the direct sound, 40 dB down, when a sweep is unrolled."""
    made = response(48000, lead_s=0.2)
    for early_s, db in ((0.15, -40.0), (0.08, -34.0), (0.03, -30.0)):
        made[round((0.2 - early_s) * 48000)] = 10 ** (db / 20)
    assert direct(made, 48000) == round(0.2 * 48000)


@pytest.mark.parametrize("rt60_s", [0.3, 1.2, 3.0])
def test_a_decay_is_measured(rt60_s: float) -> None:
    assert decay_s(response(RATE_HZ, rt60_s=rt60_s)[200:], RATE_HZ) == pytest.approx(rt60_s, rel=0.08)


def test_ringing_ends_where_the_hiss_begins() -> None:
    made = np.concatenate([response(RATE_HZ, rt60_s=0.5), np.zeros((4 * RATE_HZ, 1), np.float32)])
    made += noise(len(made), 1, "hiss", 10 ** (-75 / 20))
    kept = ringing(made, RATE_HZ)
    assert 0.2 * RATE_HZ < len(kept) < 0.9 * RATE_HZ
    assert abs(float(kept[-1, 0])) < 1e-4
    assert np.array_equal(kept[:2400], made[:2400])


def recorded(folder: Path, audio: Audio, rate_hz: int, name: str = "vault.wav", *, subtype: str | None = None) -> str:
    (folder / "rooms").mkdir(exist_ok=True)
    soundfile.write(folder / "rooms" / name, audio, rate_hz, subtype=subtype)
    return f"rooms/{name}"


def with_room(impulse: str, wet_db: float | None = None) -> Script:
    room = Room(name="vault", preset="none", impulse=impulse, wet_db=wet_db, place=AT)
    return script(rooms={"vault": room})


def loaded(folder: Path, impulse: str, wet_db: float | None = None) -> tuple[Room, Audio]:
    made, impulses = load(with_room(impulse, wet_db), folder, RATE_HZ, Cache(folder / "cache"))
    return made.rooms["vault"], impulses[impulse]


FILES = {
    "as it should be": ({}, 48000, 1.0, "vault.wav", None),
    "200 ms of silence first": ({"lead_s": 0.2}, 48000, 1.0, "vault.wav", None),
    "very soft": ({"lead_s": 0.05}, 44100, 0.003, "vault.wav", "FLOAT"),
    "over full scale": ({"lead_s": 0.01}, 48000, 6.0, "vault.wav", "FLOAT"),
    "stereo": ({"channels": 2, "lead_s": 0.1}, 44100, 0.5, "vault.flac", None),
    "at a low rate": ({"lead_s": 0.03}, 16000, 0.5, "vault.wav", None),
    "at a high rate": ({"lead_s": 0.03, "channels": 2}, 96000, 0.5, "vault.wav", "PCM_24"),
    "an echo louder than the bang": ({"louder_db": 6.0, "lead_s": 0.12}, 48000, 0.4, "vault.wav", None),
    "with hiss": ({"hiss_db": -50.0, "lead_s": 0.08}, 48000, 0.4, "vault.wav", None),
    "very wet": ({"wet_db": 3.0}, 48000, 0.3, "vault.wav", None),
    "long": ({"rt60_s": 4.0, "wet_db": -4.0}, 48000, 0.3, "vault.ogg", None),
}


@pytest.mark.parametrize("case", FILES)
@pytest.mark.parametrize("pan", [0.0, -70.0])
def test_a_voice_in_a_recorded_room_moves_no_word_and_jumps_no_level(case: str, pan: float, tmp_path: Path) -> None:
    shape, rate_hz, level, name, subtype = FILES[case]
    audio = response(rate_hz, **shape) * np.float32(level)  # type: ignore[arg-type]
    room, impulse = loaded(tmp_path, recorded(tmp_path, audio, rate_hz, name, subtype=subtype))
    heard_in = answer(room, RATE_HZ, {room.impulse or "": impulse})
    said = voice(5.0, RATE_HZ)
    made = place(said, pan, 1.0, inside(heard_in), RATE_HZ)
    assert loudness(made, RATE_HZ) == pytest.approx(loudness(said, RATE_HZ), abs=1.0)
    likeness = signal.correlate(made.sum(axis=1), said[:, 0], "full", method="fft")
    assert abs(int(likeness.argmax()) - len(said) + 1) < 0.005 * RATE_HZ


def test_all_files_of_one_room_sound_the_same(tmp_path: Path) -> None:
    """Gain, rate, silence before it and format of the file change next to nothing of what is heard."""
    energies = {}
    for case in ("as it should be", "200 ms of silence first", "very soft", "over full scale"):
        shape, rate_hz, level, name, subtype = FILES[case]
        audio = response(48000, **shape) * np.float32(level)  # type: ignore[arg-type]
        audio = audio if rate_hz == 48000 else signal.resample_poly(audio, 147, 160).astype(np.float32)
        room, impulse = loaded(tmp_path, recorded(tmp_path, audio, rate_hz, name, subtype=subtype))
        heard_in = answer(room, RATE_HZ, {room.impulse or "": impulse})
        assert heard_in is not None
        energies[case] = 10 * np.log10(heard_energy(heard_in.late, RATE_HZ))
    assert np.ptp(list(energies.values())) < 0.5, energies


def test_wet_says_how_strong_it_is_and_a_file_without_a_bang_is_as_strong_as_a_hall(tmp_path: Path) -> None:
    file = recorded(tmp_path, response(48000), 48000)
    room, impulse = loaded(tmp_path, file, -20.0)
    dry = answer(room, RATE_HZ, {file: impulse})
    assert dry is not None
    assert 10 * np.log10(heard_energy(dry.late, RATE_HZ)) == pytest.approx(-20.0, abs=0.1)
    only_echo = noise(48000, 2, "echo", 0.3) * np.exp(-6.9 * np.arange(48000) / 48000).astype(np.float32)[:, None]
    file = recorded(tmp_path, only_echo, 48000, "wet.wav")
    room, impulse = loaded(tmp_path, file)
    wet = answer(room, RATE_HZ, {file: impulse})
    assert wet is not None
    assert 10 * np.log10(heard_energy(wet.late, RATE_HZ)) == pytest.approx(-10.0, abs=0.1)


def test_the_timeline_names_the_file_and_waits_for_its_echo(tmp_path: Path) -> None:
    file = recorded(tmp_path, response(48000, rt60_s=1.5), 48000)
    made, _ = load(with_room(file), tmp_path, RATE_HZ, Cache(tmp_path / "cache"))
    room = made.rooms["vault"]
    assert room.decay_s == pytest.approx(1.5, rel=0.15)
    plan = timeline([hit("knock", 0, noise(100), room="vault")], 1000, RATE_HZ)
    assert to_json(plan, made)["rooms"] == [{"name": "vault", "impulse": file, "sha256": room.sha256}]
    assert len(room.sha256) == 64
    again, _ = load(with_room(file), tmp_path, RATE_HZ, Cache(tmp_path / "cache"))
    assert again == made
    recorded(tmp_path, response(48000, rt60_s=0.4), 48000)
    other, _ = load(with_room(file), tmp_path, RATE_HZ, Cache(tmp_path / "cache"))
    assert other.rooms["vault"].sha256 != room.sha256
    assert (other.rooms["vault"].decay_s or 9) < 0.6


def _nan(path: Path) -> None:
    soundfile.write(path, np.array([[0.1], [np.nan], [0.1]] * 400, np.float32), 48000, subtype="FLOAT")


HOSTILE = {
    "is empty": lambda path: path.write_bytes(b""),
    "is called .wav, but what is in it is no such sound": lambda path: path.write_bytes(b"hello, I am a sound" * 9),
    "cannot be read": lambda path: path.write_bytes(b"RIFF\xff\xff\xff\x7fWAVEfmt " + b"\0" * 40),
    "holds nothing but silence": lambda path: soundfile.write(path, np.zeros((4800, 1)), 48000),
    "holds a sample that is not a number": _nan,
    "has 8 channels, and nothing in it says what they are": lambda path: soundfile.write(path, np.ones((999, 8)), 8000),
    "is longer than 20 s": lambda path: soundfile.write(path, np.ones((30 * 60 * 2000, 1), "f4"), 2000, "PCM_16"),
    "is too short to be a room's answer": lambda path: soundfile.write(path, np.ones((9, 1)), 48000),
}


@pytest.mark.parametrize("why", HOSTILE)
def test_a_file_that_is_no_impulse_response_is_one_message_at_its_place(why: str, tmp_path: Path) -> None:
    (tmp_path / "rooms").mkdir()
    HOSTILE[why](tmp_path / "rooms" / "vault.wav")  # type: ignore[no-untyped-call]
    with pytest.raises(ScriptError) as raised:
        loaded(tmp_path, "rooms/vault.wav")
    (problem,) = raised.value.problems
    assert problem.at == AT
    assert problem.what.startswith(f"impulse: 'rooms/vault.wav' {why}")


def test_a_response_that_is_replaced_while_it_is_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path, response(48000), 48000)

    def replaced(path: Path, *more: float) -> Decoded:
        recorded(tmp_path, response(48000, rt60_s=1.2), 48000)
        return decode(path, *more)

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(rooms, "decode", replaced)
        with pytest.raises(ScriptError, match=r"impulse: 'rooms/vault\.wav' was changed meanwhile; render once more"):
            loaded(tmp_path, "rooms/vault.wav")
    recorded(tmp_path, response(48000), 48000)
    _, again = loaded(tmp_path, "rooms/vault.wav")
    (tmp_path / "clean").mkdir()
    recorded(tmp_path / "clean", response(48000), 48000)
    _, clean = loaded(tmp_path / "clean", "rooms/vault.wav")
    assert np.array_equal(again, clean)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("rooms/volt.wav", "'volt.wav' is not there; did you mean 'vault.wav'?"),
        ("../vault.wav", "'../vault.wav' leaves the project's folder; name a file inside it"),
        ("/etc/vault.wav", "'/etc/vault.wav' leaves the project's folder; name a file inside it"),
        ("~/vault.wav", "'~/vault.wav' leaves the project's folder; name a file inside it"),
        ("C:/vault.wav", "'C:/vault.wav' is an address or a drive; name a file inside the project's folder"),
        ("https://rooms.test/vault.wav", "'https://rooms.test/vault.wav' is an address or a drive"),
        ("rooms\\vault.wav", "'rooms\\vault.wav': part folders with '/', which every system understands"),
        ("rooms/*.wav", "'rooms/*.wav' is a pattern; name one file"),
        ("rooms", "'rooms' is not named like a sound that can be read"),
        ("rooms/out.wav", "'out.wav' is a link that leaves the project's folder; copy the file into it"),
        ("none/vault.wav", "'vault.wav' is not there: there is no folder 'none'"),
    ],
)
def test_a_file_is_one_of_the_project(written: str, why: str, tmp_path: Path) -> None:
    project = tmp_path / "project"
    project.mkdir()
    recorded(project, response(48000), 48000)
    soundfile.write(tmp_path / "vault.wav", response(48000), 48000)
    (project / "rooms" / "out.wav").symlink_to(tmp_path / "vault.wav")
    with pytest.raises(ScriptError) as raised:
        loaded(project, written)
    (problem,) = raised.value.problems
    assert problem.at == AT
    assert problem.what.startswith(f"impulse: {why}")


def test_render_check_says_where_a_room_is_wrong(tmp_path: Path) -> None:
    text = (
        "title: Vault\ncast:\n  ann: {voice: en-gb}\nrooms:\n  vault: {impulse: rooms/vault.wav, wet: -3 dB}\n"
        "scenes:\n  - room: vault\n    play:\n      - ann: Hello.\n        room: vault -> hall\n"
    )
    (tmp_path / "script").mkdir()
    (tmp_path / "script" / "x.yaml").write_text(text, "utf-8")
    project = Project(tmp_path / "script" / "x.yaml", tmp_path)
    with pytest.raises(ScriptError, match=r"x\.yaml:5:20: impulse: 'vault\.wav' is not there"):
        render.check(project, (), Cache(tmp_path / "cache"))
    recorded(tmp_path, response(48000), 48000)
    assert render.check(project, (), Cache(tmp_path / "cache"))["lines"] == 1


@pytest.mark.parametrize(
    ("room", "why"),
    [
        (
            "{preset: hall, impulse: a.wav}",
            "the room 'a' is a recording and rings as it was recorded; leave out 'preset'",
        ),
        ("{decay: 1 s, impulse: a.wav}", "the room 'a' is a recording and rings as it was recorded; leave out 'decay'"),
        ("{impulse: }", "'impulse' names no file"),
    ],
)
def test_a_recorded_room_has_neither_preset_nor_decay(room: str, why: str) -> None:
    with pytest.raises(ScriptError, match=why):
        checked(f"rooms:\n  a: {room}\n" + with_items("- pause: 1 s\n"))


def test_the_rooms_of_the_page_are_heard(tmp_path: Path) -> None:
    page = (ROOT / "docs" / "space.md").read_text("utf-8")
    rooms = page.split("```yaml\n")[1].split("```")[0]
    made = checked(rooms + with_items("- ann: Hello.\n  room: vault -> vault_far_end\n"))
    recorded(tmp_path, response(48000), 48000)
    made, impulses = load(made, tmp_path, RATE_HZ, Cache(tmp_path / "cache"))
    near, far = (answer(made.rooms[name], RATE_HZ, impulses) for name in ("vault", "vault_far_end"))
    assert near is not None and far is not None
    assert heard_energy(far.late, RATE_HZ) > 2 * heard_energy(near.late, RATE_HZ)


DOORS = {
    "- ann: Hello.\n  room: hall -> celar\n": "there is no room 'celar'; did you mean 'cellar'",
    "- ann: Hello.\n  room: hall -> none\n": "'none' is outside the scene, and no door leads there; name a room",
    "- ann: Hello.\n  room: hall ->\n": "a room is missing beside an arrow in 'hall ->'",
    "- bed: rain room hall -> car\n": "'hall -> car' moves, which only a speech or a sound of its own can",
}


@pytest.mark.parametrize("items", DOORS)
def test_a_door_that_leads_nowhere_is_said(items: str) -> None:
    with pytest.raises(ScriptError, match=DOORS[items]):
        checked(with_items(items))


def test_a_role_and_a_member_stay_in_one_room() -> None:
    for top in ("sounds:\n  knock: {room: hall -> car}\n", "rooms:\n  a: hall -> car\n"):
        with pytest.raises(ScriptError):
            checked(top + with_items("- pause: 1 s\n"))
    made = checked(with_items("- ann: Hello.\n  room: hall → car\n- sound: knock room hall -> car -> hall\n"))
    assert (made.lines[0].voices[0].room, made.lines[0].voices[0].through) == ("hall", ("car",))
    assert (made.cues[0].room, made.cues[0].through) == ("hall", ("car", "hall"))
