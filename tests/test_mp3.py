"""Stretches of MP3 that are encoded side by side and joined, against one that was made in one go."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.audio import Audio
from producer.deliver import encode, ffmpeg, lame, mp3
from producer.dsp.grid import quantum_samples
from producer.model.profile import PROFILES
from producer.units import Samples, Span
from tests.deliver_helpers import write

PODCAST = PROFILES["podcast"]
RATE = PODCAST.rate_hz
PART_QUANTA = 576
PART = PART_QUANTA * quantum_samples(RATE)


def slow_crc16(data: bytes) -> int:
    """Bit by bit, as the definition has it."""
    state = 0
    for byte in data:
        state ^= byte
        for _ in range(8):
            state = state >> 1 ^ 0xA001 if state & 1 else state >> 1
    return state


def test_the_checksum_has_the_catalogued_check_value() -> None:
    assert mp3.crc16(b"123456789") == 0xBB3D  # CRC-16/ARC


@settings(max_examples=15, deadline=None)
@given(length=st.sampled_from([0, 1, 2047, 2048, 4096, 9001]), seed=st.integers(0, 99))
def test_the_checksum_is_the_slow_one_at_any_length(length: int, seed: int) -> None:
    data = np.random.default_rng(seed).integers(0, 256, length, np.uint8).tobytes()
    assert mp3.crc16(data) == slow_crc16(data)


@pytest.fixture(scope="module")
def music() -> Audio:
    """Two and a half stretches of tones that move, bursts and silence."""
    n = encode.whole_frames(int(2.5 * PART), PODCAST)
    t = np.arange(n) / RATE
    tone = 0.2 * np.sin(2 * np.pi * (300 + 200 * np.sin(2 * np.pi * t / 7)) * t) * (np.sin(2 * np.pi * t / 3) > -0.5)
    noise = np.random.default_rng(5).standard_normal((n, 2)) * 0.05 * (np.sin(2 * np.pi * t * 1.3) > 0.6)[:, None]
    return (tone[:, None] + noise).astype(np.float32)


def blocks(audio: Audio, start: int, stop: int) -> Iterator[Audio]:
    for at in range(start, stop, 200_003):
        yield audio[at : min(at + 200_003, stop)]


@pytest.fixture(scope="module")
def joined(music: Audio, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mp3") / "joined.mp3"
    write(music, PODCAST, path, PART_QUANTA, jobs=2)
    return path


def test_one_encoder_and_two_give_the_same_bytes(music: Audio, joined: Path, tmp_path: Path) -> None:
    path = tmp_path / "alone.mp3"
    write(music, PODCAST, path, PART_QUANTA, jobs=1)
    assert path.read_bytes() == joined.read_bytes()
    assert [p.name for p in tmp_path.iterdir()] == ["alone.mp3"]


def in_one_go(audio: Audio) -> bytes:
    """The file that LAME itself makes of all of it, with its own Info frame."""
    assert PODCAST.kbps is not None
    with lame.running(RATE, 2, PODCAST.kbps, info=True) as encoder:
        made = b"".join([*map(encoder.fed, blocks(audio, 0, len(audio))), encoder.rest()])
        opening = encoder.info()
    return opening + made[len(opening) :]  # it leaves room for it


def test_the_joins_cannot_be_heard(music: Audio, joined: Path, tmp_path: Path) -> None:
    whole = tmp_path / "one.mp3"
    whole.write_bytes(in_one_go(music))
    one = np.concatenate(list(ffmpeg.decode(whole, 2, RATE)))
    two = np.concatenate(list(encode.decode(joined, PODCAST)))
    assert len(one) == len(two) == len(music)
    halves = [PART // 2 // 1152 * 1152 + at for at in range(0, len(music) - PART, PART)]  # a part is two encoders' work
    for join in [*range(PART, len(music), PART), *halves]:
        around = slice(join - 6 * 1152, join + 6 * 1152)
        assert np.abs(one[around] - two[around]).max() < 10 ** (-60 / 20)
        error = two[around] - music[around]
        elsewhere = two[: 12 * 1152] - music[: 12 * 1152]
        assert np.sqrt(np.mean(error**2)) < 4 * max(float(np.sqrt(np.mean(elsewhere**2))), 1e-3)


def test_every_frame_stands_alone_at_one_bitrate_and_the_tag_tells_the_truth(music: Audio, joined: Path) -> None:
    raw = joined.read_bytes()
    found = list(mp3.frames(raw))
    assert sum(map(len, found)) == len(raw)
    assert {frame[2] >> 4 for frame in found} == {11}  # 192 kbps
    assert all(frame[4] == 0 and frame[5] >> 7 == 0 for frame in found[1:])  # main_data_begin: no reservoir
    tag = raw.index(b"Info")
    assert int.from_bytes(raw[tag + 8 : tag + 12], "big") == len(found) - 1
    assert int.from_bytes(raw[tag + 12 : tag + 16], "big") == len(raw)
    packed = int.from_bytes(raw[tag + 141 : tag + 144], "big")
    assert (len(found) - 1) * 1152 == len(music) + (packed >> 12) + (packed & 0xFFF)
    assert int.from_bytes(raw[tag + 152 : tag + 154], "big") == mp3.crc16(raw[len(found[0]) :])
    assert int.from_bytes(raw[tag + 154 : tag + 156], "big") == slow_crc16(raw[: tag + 154])


def test_the_tag_is_laid_out_as_the_encoder_itself_does_it(music: Audio, tmp_path: Path) -> None:
    """For what fits into one stretch, LAME's own Info frame differs in nothing but the seek table and its checksum."""
    short = music[: 100 * 1152]
    write(short, PODCAST, tmp_path / "ours.mp3")
    theirs = bytearray(in_one_go(short))
    ours = (tmp_path / "ours.mp3").read_bytes()
    theirs[3] = theirs[3] & 0xCF | ours[3] & 0x30  # how the last frame joins its sides: nothing to an Info frame
    assert_tagged_alike(ours, bytes(theirs))


def test_so_it_is_where_ffmpeg_encodes(music: Audio, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lame, "available", lambda: False)
    short = music[: 100 * 1152]
    ours, theirs = tmp_path / "ours.mp3", tmp_path / "theirs.mp3"
    write(short, PODCAST, ours)
    ffmpeg.encode(blocks(short, 0, len(short)), RATE, 2, list(encode.codec(PODCAST).options), theirs)
    assert_tagged_alike(ours.read_bytes(), theirs.read_bytes())


def assert_tagged_alike(ours: bytes, theirs: bytes) -> None:
    tag = theirs.index(b"Info")
    assert ours[tag + 156 :] == theirs[tag + 156 :]
    for part in (slice(0, tag + 16), slice(tag + 120, tag + 131), slice(tag + 139, tag + 154)):
        assert ours[part] == theirs[part], part


@settings(max_examples=20, deadline=None)
@given(first=st.binary(max_size=9000), second=st.binary(max_size=9000))
def test_checksums_of_pieces_make_that_of_the_whole(first: bytes, second: bytes) -> None:
    assert mp3.crc16_joined(mp3.crc16(first), mp3.crc16(second), len(second)) == mp3.crc16(first + second)


@pytest.mark.parametrize("name", ["podcast", "alexa"])
def test_what_is_decoded_of_a_part_is_what_a_player_gets_of_the_whole(name: str, tmp_path: Path) -> None:
    profile = PROFILES[name]
    frame, grid = mp3.frame_samples(profile.rate_hz), quantum_samples(profile.rate_hz)
    n = 3 * 60 * grid + 5 * frame
    audio = (np.random.default_rng(3).standard_normal((n, 2)) * 0.1).astype(np.float32)
    path = tmp_path / "whole.mp3"
    write(audio, profile, path, 60)
    whole = np.concatenate(list(encode.decode(path, profile)))
    for start, stop in ((0, 60 * grid), (60 * grid, 120 * grid), (120 * grid, n)):
        core, ends = Span(Samples(start), Samples(stop)), {"first": start == 0, "last": stop == n}
        made = encode.encode_part(audio, core, profile, tmp_path, **ends)
        heard, before = encode.decode_part(made, core.length, profile)
        assert len(heard) >= before + core.length
        assert np.abs(heard[before : before + core.length] - whole[start:stop]).max() < 1e-5


def test_noise_is_no_mp3() -> None:
    with pytest.raises(ValueError, match="no MP3 frame at byte 0"):
        list(mp3.frames(b"not audio at all"))
