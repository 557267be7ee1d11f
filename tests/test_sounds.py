"""The palette: what is decoded, made, measured and looped, and what is refused."""

from __future__ import annotations

import concurrent.futures
import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.audio import Audio
from producer.bounds import BOUNDS
from producer.cache import Cache
from producer.dsp.loudness import loudness
from producer.errors import PackError, RenderError
from producer.model.sound import BedSource, SoundRef
from producer.sounds import decode as decoding
from producer.sounds.decode import UndecodableError, decode, header_length_s, is_float
from producer.sounds.palette import PackPalette
from producer.sounds.recording import CHUNK
from producer.sounds.shift import Shift
from tests.sounds_helpers import RATE, encode, noise, palette_of, rested, tone, write, write_pack


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[Cache]:
    with Cache(tmp_path / "cache") as kept:
        yield kept


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "p"


def one_file(folder: Path, name: str, more: str = "") -> Path:
    return write_pack(folder, f"  a: {{files: '{name}'{more}}}\n")


def level_db(audio: Audio) -> float:
    return float(10 * np.log10(np.square(audio, dtype=float).mean() + 1e-30))


FORMATS = [(suffix, rate_hz) for suffix in ("wav", "flac", "ogg", "aiff", "mp3", "m4a") for rate_hz in (8_000, 44_100)]


@pytest.mark.parametrize(("suffix", "rate_hz"), [*FORMATS, ("opus", 24_000), ("wav", 96_000), ("flac", 192_000)])
def test_every_format_and_rate_is_heard_at_its_length_and_level(
    tmp_path: Path, cache: Cache, folder: Path, suffix: str, rate_hz: int
) -> None:
    audio = tone(1.0, 440.0, rate_hz)
    one_file(folder, f"a.{suffix}")
    if suffix in ("mp3", "m4a"):
        encode(write(tmp_path / "a.wav", audio, rate_hz), folder / f"a.{suffix}", "-b:a", "96k")
    else:
        write(
            folder / f"a.{suffix}", audio, rate_hz, **({"format": "OGG", "subtype": "OPUS"} if suffix == "opus" else {})
        )
    heard = palette_of(folder, cache).audio(SoundRef(role="a"))
    assert heard.dtype == np.float32
    assert abs(len(heard) - RATE) <= 0.05 * RATE  # AAC's frames round its length up
    middle = heard[RATE // 4 : 3 * RATE // 4, 0]
    assert level_db(middle) == pytest.approx(level_db(audio), abs=0.5)
    assert np.abs(np.fft.rfft(middle * np.hanning(len(middle)))).argmax() == pytest.approx(220, abs=1)  # half a second


def test_lossless_samples_at_our_rate_come_as_they_are(cache: Cache, folder: Path) -> None:
    audio = rested(noise(6.0, channels=2))  # over one chunk long
    write(one_file(folder, "a.wav") / "a.wav", audio, subtype="FLOAT")
    assert len(audio) > CHUNK
    assert np.array_equal(palette_of(folder, cache).audio(SoundRef(role="a")), audio)


def test_a_wrong_suffix_does_not_mislead(cache: Cache, folder: Path) -> None:
    audio = rested(noise(0.5))
    one_file(folder, "a.mp3")
    soundfile.write(str(folder / "a.mp3"), audio, RATE, format="WAV", subtype="FLOAT")
    assert np.array_equal(palette_of(folder, cache).audio(SoundRef(role="a")), audio)


@pytest.mark.parametrize("name", ["a.flac", "a.wav"])
def test_a_flac_that_does_not_say_how_long_it_is_is_heard(name: str, cache: Cache, folder: Path) -> None:
    """As programs write it that write into a pipe."""
    audio = rested(noise(3.0, channels=2))
    path = write(folder / "said.flac", audio, subtype="PCM_24")
    said, _ = soundfile.read(path, dtype="float32")
    raw = bytearray(path.read_bytes())
    raw[21] &= 0xF0  # the 36 bits of its STREAMINFO that count samples
    raw[22:26] = bytes(4)
    write_pack(folder, f"  a: {{files: {name}}}\n")
    (folder / name).write_bytes(raw)
    assert header_length_s(folder / name) == 0.0
    assert np.array_equal(palette_of(folder, cache).audio(SoundRef(role="a")), said)


@pytest.mark.parametrize(
    ("channels", "sounding", "left", "right"),
    [
        *((3, 2, 0.7071, 0.7071), (4, 2, 0.7071, 0.0), (6, 2, 0.7071, 0.7071), (6, 3, 0.0, 0.0), (6, 5, 0.0, 0.7071)),
        *((8, 0, 1.0, 0.0), (8, 7, 0.0, 0.7071), (7, 4, 0.5, 0.5)),
    ],
)
def test_surround_folds_to_stereo_as_the_standard_says(
    cache: Cache, folder: Path, channels: int, sounding: int, left: float, right: float
) -> None:
    audio = np.full((1000, channels), 1e-9, np.float32)
    audio[:, sounding] = 0.5
    write(one_file(folder, "a.wav") / "a.wav", audio, subtype="FLOAT")
    heard = palette_of(folder, cache).audio(SoundRef(role="a"))
    assert heard[500] == pytest.approx([0.5 * left, 0.5 * right], abs=1e-4)


ORDERS = {
    "3.0": "FL FR FC",
    "quad": "FL FR BL BR",
    "4.0": "FL FR FC BC",
    "5.0": "FL FR FC BL BR",
    "5.1": "FL FR FC LFE BL BR",
    "6.1": "FL FR FC LFE BC SL SR",
    "7.1": "FL FR FC LFE BL BR SL SR",
}
BITS = ["FL", "FR", "FC", "LFE", "BL", "BR", "FLC", "FRC", "BC", "SL", "SR"]
HEARD = {  # of a tone from one speaker: its share left and right
    **{"FL": (1.0, 0.0), "FR": (0.0, 1.0), "FC": (0.7071, 0.7071), "LFE": (0.0, 0.0), "BC": (0.5, 0.5)},
    **{"BL": (0.7071, 0.0), "SL": (0.7071, 0.0), "BR": (0.0, 0.7071), "SR": (0.0, 0.7071)},
}


def speakers_at_once(layout: str) -> Audio:
    """Half a second in which every speaker of the layout has a tone of its own, 100 Hz apart; the LFE has 60 Hz."""
    speakers = ORDERS[layout].split()
    tones = [tone(0.5, 60.0 if name == "LFE" else 400.0 + 100.0 * at, level=0.2) for at, name in enumerate(speakers)]
    return np.concatenate(tones, axis=1)


def assert_each_speaker_in_its_place(heard: Audio, layout: str) -> None:
    middle = heard[RATE // 10 : RATE // 10 + RATE // 5] * np.hanning(RATE // 5)[:, None]
    level = np.abs(np.fft.rfft(middle, axis=0)) / (RATE // 5) * 4.0 / 0.2
    for at, name in enumerate(ORDERS[layout].split()):
        found = level[round((60.0 if name == "LFE" else 400.0 + 100.0 * at) / 5.0)]
        assert found == pytest.approx(HEARD[name], abs=0.03), name


@pytest.mark.parametrize("layout", ["3.0", "quad", "5.0", "5.1", "6.1", "7.1"])
@pytest.mark.parametrize(
    ("suffix", "how"),
    [
        ("ogg", ("-c:a", "libvorbis", "-q:a", "6")),
        ("opus", ("-c:a", "libopus", "-mapping_family", "1", "-b:a", "320k")),
        ("flac", ()),
    ],
)
def test_each_codec_has_its_own_order_of_channels(
    tmp_path: Path, cache: Cache, folder: Path, suffix: str, how: tuple[str, ...], layout: str
) -> None:
    source = masked(write(tmp_path / "a.wav", speakers_at_once(layout), format="WAVEX"), ORDERS[layout])
    encode(source, one_file(folder, f"a.{suffix}") / f"a.{suffix}", *how)
    assert_each_speaker_in_its_place(palette_of(folder, cache).audio(SoundRef(role="a")), layout)


def masked(path: Path, speakers: str) -> Path:
    """A WAV in the extensible form, with the mask of these speakers."""
    mask = sum(1 << BITS.index(name) for name in speakers.split())
    data = bytearray(path.read_bytes())
    at = data.index(b"fmt ") + 8 + 20
    data[at : at + 4] = mask.to_bytes(4, "little")
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("speakers", "lone"), [("FL FR LFE", 2), ("FL FR FC BC", 2), ("FL FR FC BC", 3), ("BL BR FC", 0)]
)
def test_a_wav_that_names_its_speakers_is_folded_by_their_names(
    cache: Cache, folder: Path, speakers: str, lone: int
) -> None:
    audio = np.zeros((RATE // 2, len(speakers.split())), np.float32)
    audio[:, :1] = 1e-6
    audio[:, lone] = tone(0.5, 400.0)[:, 0]
    written = write(one_file(folder, "a.wav") / "a.wav", audio, format="WAVEX", subtype="FLOAT")
    by_bit = sorted(speakers.split(), key=BITS.index)
    masked(written, speakers)
    heard = palette_of(folder, cache).audio(SoundRef(role="a"))
    assert np.abs(heard).max(axis=0) == pytest.approx(0.5 * np.array(HEARD[by_bit[lone]]), abs=1e-3)


@pytest.mark.parametrize("layout", ["4.0", "5.1"])
def test_m4a_is_folded_by_the_layout_that_it_names(tmp_path: Path, cache: Cache, folder: Path, layout: str) -> None:
    source = masked(write(tmp_path / "a.wav", speakers_at_once(layout), format="WAVEX"), ORDERS[layout])
    encode(source, one_file(folder, "a.m4a") / "a.m4a", "-b:a", "320k")
    assert_each_speaker_in_its_place(palette_of(folder, cache).audio(SoundRef(role="a")), layout)


def hostile(name: str, folder: Path) -> Path:
    path = folder / "a.wav"
    loud = noise(0.5)
    if name == "nan":
        loud[1000] = np.nan
        return write(path, loud, subtype="FLOAT")
    if name == "infinite":
        loud[1000] = np.inf
        return write(path, loud, subtype="FLOAT")
    if name == "silent":
        return write(path, np.zeros((1000, 1)))
    if name == "twenty channels":
        return write(path, noise(0.1, channels=20))
    if name == "no samples":
        return write(path, np.zeros((0, 1)))
    if name == "too long":
        return write(path, np.zeros((31 * 60 * 2000, 1)), 2000, subtype="PCM_U8")
    if name == "odd rate":
        return write(path, loud, 1)
    if name == "beyond all level":
        return write(path, loud * 1e6, subtype="FLOAT")
    content = {"empty": b"", "text": b"This is no sound at all.\n" * 99, "torn": b"RIFF\x10\0\0\0WAVEfmt \x10"}[name]
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nan", "holds a sample that is not a number (NaN or infinity)"),
        ("infinite", "holds a sample that is not a number (NaN or infinity)"),
        ("silent", "holds nothing but silence"),
        ("twenty channels", "has 20 channels; at most 8 can be folded to stereo"),
        ("no samples", "holds no sound: it has a header and no samples"),
        ("too long", "is longer than 30 min, the most that one sound may last"),
        ("odd rate", "claims a rate of 1 Hz, which no recording has"),
        ("beyond all level", "dB over full scale; this is no recording"),
        ("empty", "is empty"),
        ("text", "is called .wav, but what is in it is no such sound"),
        ("torn", "cannot be read"),
    ],
)
def test_what_cannot_be_heard_is_one_message_with_its_place(
    cache: Cache, folder: Path, name: str, said: str, capfd: pytest.CaptureFixture[str]
) -> None:
    one_file(folder, "a.wav")
    hostile(name, folder)
    made = palette_of(folder, cache)
    for ask in (lambda: made.measure(SoundRef(role="a")), lambda: made.bed("a", "x")):
        with pytest.raises(PackError) as caught:
            ask()
        (problem,) = caught.value.problems
        assert (problem.at.line, problem.at.column) == (6, 14)
        assert problem.what.startswith("'a.wav' ")
        assert said in problem.what
    assert capfd.readouterr() == ("", "")


LISTS = [
    b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nsecret.wav\n",
    b"ffconcat version 1.0\nfile secret.wav\n",
]


@pytest.mark.parametrize("suffix", ["mp3", "m4a", "aac", "wma", "webm"])
@pytest.mark.parametrize("content", [*LISTS, b"\0" * 5000, b"x"])
def test_what_ffmpeg_cannot_hear_is_one_message_too(
    cache: Cache, folder: Path, suffix: str, content: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    one_file(folder, f"a.{suffix}")
    write(folder / "secret.wav", noise(1.0))
    (folder / f"a.{suffix}").write_bytes(content)
    with pytest.raises(PackError, match=f"'a.{suffix}' is called .{suffix}, but what is in it is no such sound"):
        palette_of(folder, cache).measure(SoundRef(role="a"))
    assert capfd.readouterr() == ("", "")


def test_all_files_that_cannot_be_heard_are_told_at_once(cache: Cache, folder: Path) -> None:
    write_pack(
        folder,
        "  a: {files: [1.wav, 2.wav, good.wav]}\n"
        "  b: {layers: [{foley: knock}, {files: 3.wav}]}\n"
        "  c: {files: 4.wav}\n",
    )
    write(folder / "good.wav", noise(0.1))
    for number in range(1, 5):
        (folder / f"{number}.wav").write_bytes(b"no")
    told = palette_of(folder, cache).check(["a", "b"])
    assert [(problem.at.line, problem.what[:7]) for problem in told] == [(6, "'1.wav'"), (6, "'2.wav'"), (7, "'3.wav'")]


def test_a_file_that_goes_away_is_told(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.wav") / "a.wav", noise(0.1))
    made = palette_of(folder, cache)
    (folder / "a.wav").unlink()
    with pytest.raises(PackError, match=r"'a.wav' cannot be opened: No such file"):
        made.measure(SoundRef(role="a"))


@pytest.mark.parametrize("samples", [1, 2, 3, 7, 100])
@pytest.mark.parametrize("rate_hz", [8_000, 48_000, 192_000])
def test_a_handful_of_samples_plays(cache: Cache, folder: Path, samples: int, rate_hz: int) -> None:
    write(one_file(folder, "a.wav") / "a.wav", np.full((samples, 1), 0.5), rate_hz)
    made = palette_of(folder, cache)
    for ref in (SoundRef(role="a"), SoundRef(role="a", pitch_cents=700.0), SoundRef(role="a", speed=1.5)):
        found = made.measure(ref)
        audio = made.audio(ref)
        assert found.length == len(audio) >= 1
        assert 0 <= found.onset < found.length
        assert np.isfinite(audio).all()
    for loop in (True, False):
        assert made.bed("a", "x", loop=loop).read(0, 1000).shape == (1000, 1)


def test_a_recording_far_over_full_scale_keeps_its_shape(cache: Cache, folder: Path) -> None:
    audio = rested(noise(1.0, level=8.0))
    write(one_file(folder, "a.wav") / "a.wav", audio, subtype="FLOAT")
    made = palette_of(folder, cache)
    assert np.array_equal(made.audio(SoundRef(role="a")), audio)
    assert made.measure(SoundRef(role="a")).loudness_lufs == pytest.approx(loudness(audio, RATE), abs=0.1)


@pytest.mark.parametrize("suffix", ["mp3", "wma", "webm"])  # ffmpeg's own AAC encoder cuts it off itself
def test_what_is_encoded_over_full_scale_keeps_its_shape_too(tmp_path: Path, suffix: str) -> None:
    hot = write(tmp_path / "hot.wav", tone(1.0, 1000.0, level=1.5), subtype="FLOAT")
    codec = ["-c:a", "libopus"] if suffix == "webm" else []
    found = decode(encode(hot, tmp_path / f"hot.{suffix}", "-b:a", "192k", *codec))
    heard = np.concatenate(list(found.blocks))[found.rate_hz // 4 :][: found.rate_hz // 2, 0]
    bins = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    assert is_float(tmp_path / f"hot.{suffix}")
    assert np.abs(heard).max() > 1.3
    assert bins[1400:1600].max() < 0.003 * bins.max()  # 0.5 s: half hertz a bin; cut off, its third is at -22 dB


def test_what_unpacks_to_more_than_its_bound_is_stopped_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    long = encode(write(tmp_path / "long.wav", tone(60.0)), tmp_path / "long.m4a")
    monkeypatch.setattr(decoding, "BOUNDS", replace(BOUNDS, sound_decoded_mib=1.0))
    given = 0
    with pytest.raises(UndecodableError, match="holds more than 1 MiB of samples"):
        for block in decode(long).blocks:
            given += block.nbytes
    assert 0 < given <= 1 << 20


def whoosh_then_blow(at_s: float, rate_hz: int = RATE) -> Audio:
    draw = np.random.default_rng(5)
    t = np.arange(rate_hz) / rate_hz
    rush = 0.12 * np.clip(t / at_s, 0.0, 1.0) * draw.standard_normal(rate_hz) * (t < at_s)
    since = np.maximum(t - at_s, 0.0)
    blow = draw.standard_normal(rate_hz) * np.exp(-since / 0.05) * (t >= at_s)
    return (0.3 * (rush + blow)).astype(np.float32)[:, None]


@pytest.mark.parametrize("at_s", [0.0, 0.02, 0.3])
@pytest.mark.parametrize("rate_hz", [22_050, 48_000])
def test_the_hit_is_the_blow_and_not_the_whoosh_before_it(
    cache: Cache, folder: Path, at_s: float, rate_hz: int
) -> None:
    audio = whoosh_then_blow(max(at_s, 1e-9), rate_hz)
    write(one_file(folder, "a.wav") / "a.wav", audio, rate_hz)
    assert palette_of(folder, cache).measure(SoundRef(role="a")).onset / RATE == pytest.approx(at_s, abs=0.002)


def test_a_risers_hit_is_its_peak(cache: Cache, folder: Path) -> None:
    t = np.arange(2 * RATE) / RATE
    swell = noise(2.0) * np.exp(4.0 * (t - 1.8))[:, None] * (t < 1.8)[:, None]
    write(one_file(folder, "a.wav") / "a.wav", swell.astype(np.float32))
    assert palette_of(folder, cache).measure(SoundRef(role="a")).onset / RATE == pytest.approx(1.7, abs=0.12)


def test_a_given_onset_is_the_onset(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.wav", ", onset: 250 ms") / "a.wav", whoosh_then_blow(0.1))
    made = palette_of(folder, cache)
    assert made.measure(SoundRef(role="a")).onset == 12_000
    higher = made.measure(SoundRef(role="a", pitch_cents=1200.0))
    assert (higher.onset, higher.length) == (6_000, 24_000)


@pytest.mark.parametrize("speed", [0.5, 0.8, 1.25, 2.0])
def test_speed_changes_the_length_and_not_the_pitch_and_the_hit_goes_along(
    cache: Cache, folder: Path, speed: float
) -> None:
    write_pack(folder, "  a: {files: blow.wav}\n  b: {files: tone.wav}\n")
    write(folder / "blow.wav", whoosh_then_blow(0.3))
    write(folder / "tone.wav", tone(2.0, 500.0))
    made = palette_of(folder, cache)
    found = made.measure(SoundRef(role="a", speed=speed))
    assert found.length == round(RATE / speed)
    assert found.onset / RATE == pytest.approx(0.3 / speed, abs=0.015)
    blow = made.audio(SoundRef(role="a", speed=speed))[found.onset - 960 : found.onset + 480]
    assert level_db(blow[-480:]) > level_db(blow[:720]) + 9.0  # up to 5 ms before it there is only the whoosh
    steady = made.audio(SoundRef(role="b", speed=speed))[:, 0]
    middle = steady[len(steady) // 4 : len(steady) // 4 + 24_000]
    assert np.abs(np.fft.rfft(middle)).argmax() * 2 == pytest.approx(500, abs=4)


def test_pitch_is_varispeed(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.wav") / "a.wav", tone(1.0, 500.0))
    audio = palette_of(folder, cache).audio(SoundRef(role="a", pitch_cents=-1200.0))
    assert len(audio) == 2 * RATE
    assert np.abs(np.fft.rfft(audio[RATE // 2 : 3 * RATE // 2, 0])).argmax() == 250


FOLEY = """\
  knock: {foley: knock, variations: 3}
  knock_hard: {foley: knock, settings: {force: 1}}
  scrape: {foley: scrape}
  air: {foley: hiss, kind: bed}
"""


def test_foley_is_the_same_in_every_script_and_each_member_its_own(cache: Cache, folder: Path) -> None:
    write_pack(folder, FOLEY)
    one, other = palette_of(folder, cache, seed="one"), palette_of(folder, cache, seed="other")
    members = [one.audio(SoundRef(role="knock", member=number)) for number in range(3)]
    for number, member in enumerate(members):
        assert np.array_equal(member, other.audio(SoundRef(role="knock", member=number)))
    assert not np.array_equal(members[0], members[1])
    assert one.measure(SoundRef(role="knock")).onset == 2400  # the recipe's own
    with pytest.raises(RenderError, match="3 variations"):
        one.measure(SoundRef(role="knock", member=3))


def test_the_cue_turns_knobs_over_the_packs_own(cache: Cache, folder: Path) -> None:
    write_pack(folder, FOLEY)
    made = palette_of(folder, cache)
    loud = made.measure(SoundRef(role="knock_hard")).loudness_lufs
    soft = made.measure(SoundRef(role="knock_hard", settings=(("force", 0.1),))).loudness_lufs
    assert loud - soft == pytest.approx(20.0, abs=0.01)


@pytest.mark.parametrize(("cents", "speed"), [(0.0, 1.0), (300.0, 1.0), (-300.0, 1.25), (0.0, 0.7)])
@pytest.mark.parametrize("role", ["scrape", "air"])
def test_what_sustains_lasts_exactly_as_long_as_asked(
    cache: Cache, folder: Path, role: str, cents: float, speed: float
) -> None:
    write_pack(folder, FOLEY)
    made = palette_of(folder, cache)
    assert made.sound(role).sustains
    ref = SoundRef(role=role, length_s=1.3, pitch_cents=cents, speed=speed)
    assert made.measure(ref).length == len(made.audio(ref)) == 62_400
    assert np.abs(made.audio(ref)[-4800:]).max() > 0.01  # not cut short and padded
    assert not made.sound("knock").sustains
    assert made.measure(SoundRef(role="knock", length_s=1.3)).length == 28_800


def test_layers_sound_together_each_at_its_level_whatever_it_is_made_of(cache: Cache, folder: Path) -> None:
    write_pack(
        folder,
        "  low: {files: low.wav}\n"
        "  both: {layers: [{files: low.wav}, {files: high.wav, level: -6 dB, delay: 100 ms}]}\n",
    )
    write(folder / "low.wav", tone(1.0, 1000.0, level=0.9))
    write(folder / "high.wav", tone(1.0, 2000.0, level=0.001))
    made = palette_of(folder, cache)
    both = made.audio(SoundRef(role="both"))[:, 0]
    assert len(both) == 52_800
    spectrum = np.abs(np.fft.rfft(both[9600:45_600]))
    power = {hz: spectrum[round(hz * 36_000 / RATE)] for hz in (1000, 2000)}
    # K-weighting hears 2 kHz louder than 1 kHz by 2.2 dB; -6 dB is what is heard beside the first layer.
    assert 20 * np.log10(power[2000] / power[1000]) == pytest.approx(-8.2, abs=0.5)
    assert [origin.file for origin in made.origins("both")] == ["low.wav", "high.wav"]
    assert made.measure(SoundRef(role="both")).onset == made.measure(SoundRef(role="low")).onset


def test_origins_name_the_content(cache: Cache, folder: Path) -> None:
    write_pack(folder, FOLEY + "  a: {files: [{file: a.wav, source: 'https://example.org/a'}]}\n")
    write(folder / "a.wav", noise(0.1))
    made = palette_of(folder, cache)
    recorded, foley = made.origin("a"), made.origin("knock")
    assert (recorded.file, recorded.foley, recorded.licence, recorded.author) == ("a.wav", "", "CC0-1.0", "A. Author")
    assert recorded.source == "https://example.org/a"
    write(folder / "a.wav", noise(0.1, seed=2))
    assert palette_of(folder, cache).origin("a").sha256 != recorded.sha256
    assert (foley.file, foley.foley) == ("", "knock")
    assert foley.sha256 != made.origin("knock_hard").sha256


def test_an_edited_file_is_heard_although_the_old_one_was_cached(cache: Cache, folder: Path) -> None:
    one_file(folder, "a.wav")
    for seed in (1, 2):
        audio = rested(noise(0.3, seed=seed))
        write(folder / "a.wav", audio, subtype="FLOAT")
        assert np.array_equal(palette_of(folder, cache).audio(SoundRef(role="a")), audio)


def test_a_file_that_is_replaced_meanwhile_is_told_and_never_heard_for_the_one_before(
    cache: Cache, folder: Path
) -> None:
    """A take that is exported anew while a render reads it, and put back later: its sum stands for one sound."""
    one_file(folder, "a.wav")
    first, second = rested(noise(8.0, seed=1)), rested(noise(8.0, seed=2))
    write(folder / "a.wav", first, subtype="FLOAT")
    made = palette_of(folder, cache)
    made.origins("a", 0)  # which sums it up
    write(folder / "a.wav", second, subtype="FLOAT")
    with pytest.raises(PackError, match=r"pack\.yaml:6:\d+: 'a\.wav' was changed meanwhile; render once more"):
        made.audio(SoundRef(role="a"))
    assert made.torn(["a"]) == ()
    for audio in (first, second):
        write(folder / "a.wav", audio, subtype="FLOAT")
        assert np.array_equal(palette_of(folder, cache).audio(SoundRef(role="a")), audio)


def test_what_is_lost_of_a_file_that_is_another_by_now_is_told(cache: Cache, folder: Path) -> None:
    """The cache was emptied, and the file replaced: in the midst of a mix, and in another process of it."""
    write_pack(folder, "  a: {files: a.wav, kind: bed}\n")
    first, second = noise(8.0, seed=1), noise(8.0, seed=2)
    write(folder / "a.wav", first, subtype="FLOAT")
    made = palette_of(folder, cache, memory_bytes=1 << 20)
    bed = made.bed("a", "x", loop=False)
    rebuild, given = made.__reduce__()
    assert callable(rebuild)
    for path in [path for path in cache.root.rglob("*") if path.is_file()]:
        path.unlink()
    write(folder / "a.wav", second, subtype="FLOAT")
    for hear in (lambda: bed.read(0, RATE), lambda: rebuild(*given).bed("a", "x", loop=False).read(0, RATE)):
        with pytest.raises(PackError, match=r"'a\.wav' was changed meanwhile; render once more"):
            hear()


def test_a_second_palette_finds_everything_in_the_cache(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.flac") / "a.flac", noise(6.0), 44_100)
    first = palette_of(folder, cache)
    kept = {path: path.stat().st_ino for path in (first.audio(SoundRef(role="a")), cache.root)[1].rglob("*")}
    second = palette_of(folder, cache)
    assert np.array_equal(first.audio(SoundRef(role="a")), second.audio(SoundRef(role="a")))
    assert {path: path.stat().st_ino for path in cache.root.rglob("*")} == kept


def test_a_damaged_or_emptied_cache_changes_nothing(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.flac") / "a.flac", noise(8.0, 44_100), 44_100)
    whole = palette_of(folder, cache).audio(SoundRef(role="a")).copy()
    for path in sorted(path for path in cache.root.rglob("*") if path.is_file())[::2]:
        path.write_bytes(b"damaged")
    again = palette_of(folder, cache)
    for path in sorted(path for path in cache.root.rglob("*") if path.is_file())[1::2]:
        path.unlink()
    assert np.array_equal(again.audio(SoundRef(role="a")), whole)


def test_memory_stays_within_its_bound_and_the_samples_the_same(cache: Cache, folder: Path) -> None:
    write_pack(folder, "  a: {files: a.wav, kind: bed}\n")
    audio = rested(noise(60.0, channels=2))
    write(folder / "a.wav", audio, subtype="FLOAT")
    bound = 8 << 20
    made = palette_of(folder, cache, memory_bytes=bound)
    bed = made.bed("a", "x", loop=False)
    for start in range(0, len(audio), RATE):
        assert np.array_equal(bed.read(start, start + RATE), audio[start : start + RATE])
        assert made._kept.bytes <= bound


def test_threads_hear_what_one_alone_hears(cache: Cache, folder: Path, tmp_path: Path) -> None:
    write_pack(folder, FOLEY + "  a: {files: a.flac}\n")
    write(folder / "a.flac", noise(7.0), 44_100)
    refs = [SoundRef(role=role, pitch_cents=cents) for role in ("a", "knock", "scrape") for cents in (0.0, 30.0)] * 3

    def ask(made: PackPalette, ref: SoundRef) -> tuple[bytes, object]:
        return made.audio(ref).tobytes(), made.measure(ref)

    together = palette_of(folder, cache)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        many = list(pool.map(lambda ref: ask(together, ref), refs))
    with Cache(tmp_path / "other") as other:
        alone = palette_of(folder, other)
        assert many == [ask(alone, ref) for ref in refs]


@pytest.fixture(scope="module")
def cut_beds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[BedSource, Audio]]]:
    """Beds of every kind, each with its first 20 000 samples in one piece."""
    folder = tmp_path_factory.mktemp("packs") / "p"
    write_pack(
        folder,
        "  a: {files: a.wav, kind: bed}\n  h: {foley: hiss}\n"
        "  l: {layers: [{files: a.wav}, {foley: hiss}], kind: bed}\n",
    )
    write(folder / "a.wav", noise(0.12, channels=2))
    with Cache(temporary=True) as cache:
        made = palette_of(folder, cache, 16_000)  # of which a minute is measured in a third of the time
        beds = {
            f"{role} {cents}": made.bed(role, "x", loop=True, pitch_cents=cents)
            for role in "ahl"
            for cents in (0.0, -90.0)
        }
        yield {name: (bed, bed.read(0, 20_000)) for name, bed in beds.items()}


@settings(max_examples=10, deadline=None)
@given(cuts=st.lists(st.integers(0, 20_000), max_size=5))
def test_a_bed_is_the_same_however_it_is_cut(cut_beds: dict[str, tuple[BedSource, Audio]], cuts: list[int]) -> None:
    edges = sorted({0, 20_000, *cuts})
    for bed, whole in cut_beds.values():
        assert np.array_equal(np.concatenate([bed.read(a, b) for a, b in itertools.pairwise(edges)]), whole)


def shifted(audio: Audio, by: float = 0.02) -> Audio:
    return np.asarray(audio + np.float32(by), np.float32)


@pytest.mark.parametrize("rate_hz", [44_100, RATE])
@pytest.mark.parametrize("seconds", [0.12, 0.8, 12.0])
def test_what_is_shifted_off_zero_is_heard_without_its_shift(
    cache: Cache, folder: Path, seconds: float, rate_hz: int
) -> None:
    audio = noise(seconds, rate_hz, level=0.02)
    write(one_file(folder, "a.wav") / "a.wav", shifted(audio), rate_hz, subtype="FLOAT")
    heard = palette_of(folder, cache).audio(SoundRef(role="a"))
    assert abs(float(heard.mean())) < 1e-3
    assert np.abs(heard[:200]).max() < 0.08  # no step where it begins, none where it ends
    assert np.abs(heard[-200:]).max() < 0.08
    assert level_db(heard) == pytest.approx(level_db(audio), abs=0.8)


@pytest.mark.parametrize("seconds", [0.5, 3.0, 12.0])
@pytest.mark.parametrize("tilt", [0.0, 0.5, 1.0], ids=["white", "pink", "brown"])
def test_the_low_end_of_a_noise_is_no_shift(tilt: float, seconds: float) -> None:
    """Wind, rain and thunder lean to one side by chance; with a shift added they are known for what they are."""
    rate, count = 8000, round(seconds * 8000)
    wrong = missed = 0
    for seed in range(20):
        waves = np.fft.rfft(np.random.default_rng(seed).standard_normal(count))
        line = np.fft.irfft(waves / np.maximum(np.fft.rfftfreq(count, 1.0 / rate), 15.0) ** tilt, count)
        audio = (0.9 * line / np.abs(line).max()).astype(np.float32)[:, None]
        for by in (0.0, 0.1):
            shift = Shift(rate, 1)
            shift.push(audio + np.float32(by))
            wrong += shift.is_one() and not by
            missed += not shift.is_one() and bool(by)
    assert wrong <= 1
    assert not missed or seconds < 1.0  # half a second holds too little of a lean to tell it from a shift


def test_a_shift_that_is_faded_with_the_sound_makes_no_step(cache: Cache, folder: Path) -> None:
    audio = shifted(noise(1.0, level=0.001), 0.05)
    ease = np.linspace(0.0, 1.0, RATE // 10, dtype=np.float32)[:, None]
    audio[: len(ease)] *= ease
    audio[-len(ease) :] *= ease[::-1]
    write(one_file(folder, "a.wav") / "a.wav", audio, subtype="FLOAT")
    heard = palette_of(folder, cache).audio(SoundRef(role="a"))
    assert np.abs(heard).max() < 0.012


def test_a_shifted_blow_keeps_its_moment_and_its_weight(cache: Cache, folder: Path) -> None:
    t = np.arange(RATE) / RATE
    thump = (0.5 * np.sin(2 * np.pi * 45.0 * t) * np.exp(-t / 0.06)).astype(np.float32)[:, None]
    blow = np.concatenate([np.zeros((RATE // 4, 1), np.float32), thump])
    write_pack(folder, "  a: {files: a.wav}\n  b: {files: b.wav}\n")
    write(folder / "a.wav", blow, subtype="FLOAT")
    write(folder / "b.wav", shifted(blow), subtype="FLOAT")
    sounds = palette_of(folder, cache)
    plain, mended = sounds.measure(SoundRef(role="a")), sounds.measure(SoundRef(role="b"))
    assert np.array_equal(sounds.audio(SoundRef(role="a")), blow)  # a lean of its own is no shift
    assert mended.onset == pytest.approx(plain.onset, abs=0.001 * RATE)
    assert mended.loudness_lufs == pytest.approx(plain.loudness_lufs, abs=0.5)
    assert np.abs(sounds.audio(SoundRef(role="b"))[: RATE // 4]).max() < 1e-4  # nothing before the blow


def test_a_shifted_bed_is_one_sound_however_it_is_read(cache: Cache, folder: Path) -> None:
    write(one_file(folder, "a.wav", ", kind: bed") / "a.wav", shifted(noise(14.0, channels=2)), subtype="FLOAT")
    whole = palette_of(folder, cache).bed("a", "s").read(0, 14 * RATE)
    assert np.abs(whole.mean(axis=0)).max() < 1e-3
    again = palette_of(folder, cache).bed("a", "s")
    parts = [again.read(at, min(at + 99_999, 14 * RATE)) for at in range(0, 14 * RATE, 99_999)]
    assert np.array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize(
    ("length_s", "pace_ms", "more_lu"),
    [(0.03, 100, 6.0), (0.03, 200, 3.0), (0.03, 400, 0.0), (0.03, 700, 0.0), (0.8, 200, 6.0), (0.8, 400, 0.0)],
)
def test_steps_that_follow_sooner_than_the_window_count_with_all_that_fall_into_it(
    cache: Cache, folder: Path, length_s: float, pace_ms: int, more_lu: float
) -> None:
    write_pack(folder, f"  a: {{kind: steps, files: a.wav, pace: {pace_ms} ms}}\n  b: {{kind: steps, files: a.wav}}\n")
    write(folder / "a.wav", noise(length_s))
    fast, slow = (palette_of(folder, cache).measure(SoundRef(role=role)).loudness_lufs for role in "ab")
    assert fast - slow == pytest.approx(more_lu, abs=0.05)
