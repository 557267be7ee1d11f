"""LAME as a library: what it makes is what a player wants, as ffmpeg's LAME makes it."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from producer.audio import Audio
from producer.deliver import encode, ffmpeg, lame, mp3
from producer.errors import RenderError
from producer.model.profile import PROFILES
from producer.units import Samples, Span

RATE_HZ = 44100


def noisy_chord(seconds: float, channels: int) -> Audio:
    rng = np.random.default_rng(5)
    t_s = np.arange(round(RATE_HZ * seconds)) / RATE_HZ
    chord = sum(np.sin(2 * np.pi * hz * t_s) for hz in (220.0, 277.2, 329.6, 2093.0)) * 0.08
    sides = [chord + rng.standard_normal(len(t_s)) * 0.004 for _ in range(channels)]
    return np.stack(sides, axis=1).astype(np.float32)


def decoded(stream: bytes, samples: int) -> Audio:
    audio, rate_hz = soundfile.read(io.BytesIO(stream), dtype="float32", always_2d=True)
    assert rate_hz == RATE_HZ
    inside: Audio = audio[mp3.DELAY_SAMPLES :][:samples]
    return inside


def noise_db(heard: Audio, programme: Audio) -> float:
    """How far what was lost lies under the programme; a gain is nothing lost."""
    programme = programme[: len(heard)]
    gain = float(np.sum(heard * programme) / np.sum(programme**2))
    return 10 * float(np.log10(np.sum((heard / gain - programme) ** 2) / np.sum(programme**2)))


@pytest.mark.parametrize(("channels", "kbps"), [(2, 192), (1, 96), (2, 320)])
def test_no_worse_than_by_ffmpeg(channels: int, kbps: int, tmp_path: Path) -> None:
    programme = noisy_chord(4, channels)
    ours = lame.encoded([programme], RATE_HZ, channels, kbps)
    options = ["-c:a", "libmp3lame", "-b:a", f"{kbps}k", "-reservoir", "0", "-id3v2_version", "0", "-write_xing", "0"]
    ffmpeg.encode([programme], RATE_HZ, channels, [*options, "-f", "mp3"], tmp_path / "theirs.mp3")
    theirs = (tmp_path / "theirs.mp3").read_bytes()
    assert len(ours) == len(theirs)
    losses_db = [noise_db(decoded(stream, len(programme)), programme) for stream in (ours, theirs)]
    assert losses_db[0] < min(-20.0, losses_db[1] + 0.5)


def test_blocks_do_not_matter() -> None:
    programme = noisy_chord(3, 2)
    whole = lame.encoded([programme], RATE_HZ, 2, 192)
    cut = np.split(programme, [1, 500, 70_000, 70_001])
    assert lame.encoded([*cut, programme[:0]], RATE_HZ, 2, 192) == whole


def test_frames_stand_alone() -> None:
    """Without a reservoir: a frame's own bytes are all that it is decoded from."""
    programme = noisy_chord(3, 2)
    made = list(mp3.frames(lame.encoded([programme], RATE_HZ, 2, 192)))
    assert {len(frame) for frame in made} == {626, 627}
    for frame in made:
        begins_before = frame[4] << 1 | frame[5] >> 7  # main_data_begin, 9 bits after the header: ISO 11172-3, 2.4.1.7
        assert begins_before == 0


def test_in_a_hurry_it_is_another_programme_of_the_same_length() -> None:
    programme = noisy_chord(3, 2)
    fine, quick = (lame.encoded([programme], RATE_HZ, 2, 192, quick=quick) for quick in (False, True))
    assert len(fine) == len(quick)
    assert fine != quick
    assert noise_db(decoded(quick, len(programme)), programme) < -15


def test_info_frame_says_the_delay() -> None:
    opening = lame.info_frame(RATE_HZ, 2, 192)
    assert next(mp3.frames(opening)) == opening
    tag = opening.index(b"Info")
    assert opening[tag + 120 : tag + 124] == b"LAME"
    assert int.from_bytes(opening[tag + 141 : tag + 144], "big") >> 12 == 576


def test_frames_without_room_for_the_info_frame_get_a_longer_one() -> None:
    """At 24 kHz and 48 kbps a frame has 144 bytes: the tag alone has 156."""
    opening = lame.info_frame(24_000, 2, 48)
    assert next(mp3.frames(opening)) == opening
    assert len(opening) > 156
    assert opening[opening.index(b"Info") + 140] == 48


@pytest.mark.parametrize(("rate_hz", "kbps"), [(44100, 200), (44000, 192)])
def test_settings_that_there_are_not(rate_hz: int, kbps: int) -> None:
    with pytest.raises(RenderError, match=f"2 channels of {rate_hz} Hz at {kbps} kbps"):
        lame.encoded([noisy_chord(0.1, 2)], rate_hz, 2, kbps)


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_what_is_no_number_stops_it(value: float) -> None:
    programme = noisy_chord(0.5, 2)
    programme[1000, 0] = value
    with pytest.raises(RenderError, match="not finite"):
        lame.encoded([programme], RATE_HZ, 2, 192)


def test_without_it_ffmpeg_encodes_the_same_part(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    profile = PROFILES["podcast"]
    frame = mp3.frame_samples(profile.rate_hz)
    programme = noisy_chord(3, 2)
    core = Span(Samples(10 * frame), Samples(100 * frame))
    with_library = encode.encode_part(programme, core, profile, tmp_path, first=False, last=False)
    named = encode.part_encoder()
    monkeypatch.setattr(lame, "available", lambda: False)
    monkeypatch.setattr(lame, "identity", lambda: "")
    by_ffmpeg = encode.encode_part(programme, core, profile, tmp_path, first=False, last=False)
    assert encode.part_encoder() not in ("", named)
    assert by_ffmpeg.frames != with_library.frames
    assert (by_ffmpeg.count, by_ffmpeg.before, by_ffmpeg.after) == (90, with_library.before, with_library.after)
    for made in (with_library, by_ffmpeg):
        heard, before = encode.decode_part(made, core.length, profile)
        assert noise_db(heard[before:][: core.length], programme[core.start : core.end]) < -20
