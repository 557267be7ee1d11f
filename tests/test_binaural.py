"""The mix for headphones: a sphere's ears, a measured head's, and an episode through both."""

from __future__ import annotations

import os
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path

import h5py
import numpy as np
import pytest
from scipy import signal

from producer.audio import Audio
from producer.dsp import heads
from producer.dsp.loudness import loudness
from producer.errors import RenderError
from producer.mix.answers import answer
from producer.mix.buses import Buses
from producer.mix.mixer import Mixer
from producer.mix.space import inside, place
from producer.model.head import Head
from producer.model.room import PRESETS
from producer.model.script import Room
from producer.model.timeline import Ramp
from producer.sounds.sofa import from_sofa
from producer.units import Samples, Span
from tests.mix_helpers import Sounds, bed, bed_of, hit, noise, script, spoken, take, timeline, voice

RATE_HZ = 24000
HEAD = heads.spherical(RATE_HZ)


def responses(head: Head, azimuth_deg: float) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies and both ears' magnitudes, dB."""
    spectra = np.abs(np.fft.rfft(heads.filters(head, azimuth_deg), 8192, axis=0))
    return np.fft.rfftfreq(8192, 1 / head.rate_hz), 20 * np.log10(spectra + 1e-9)


def itd_s(head: Head, azimuth_deg: float) -> float:
    """How much later the left ear hears, by the phase of what is low."""
    made = heads.filters(head, azimuth_deg).astype(float)
    likeness = np.fft.irfft(np.fft.rfft(made[:, 0], 1 << 14) * np.conj(np.fft.rfft(made[:, 1], 1 << 14)), 1 << 18)
    lag = int(np.fft.fftshift(likeness).argmax()) - (1 << 17)
    return lag / 16 / head.rate_hz


@pytest.mark.parametrize("rate_hz", [24000, 44100, 48000])
def test_a_sphere_delays_and_shadows_as_published(rate_hz: int) -> None:
    """Woodworth: (r / c)(sin a + a), 0.656 ms at the side; the difference in level rises with frequency."""
    head = heads.spherical(rate_hz)
    for azimuth in (-90.0, -45.0, 0.0, 20.0, 90.0):
        angle = abs(np.radians(azimuth))
        asked = 0.0875 / 343.0 * (np.sin(angle) + angle) * np.sign(azimuth)
        assert itd_s(head, azimuth) == pytest.approx(asked, abs=25e-6)
    hz, db = responses(head, 90.0)
    across = [float(np.interp(at, hz, db[:, 1] - db[:, 0])) for at in (150.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)]
    assert all(later > earlier for earlier, later in pairwise(across))
    assert across[0] < 0.5
    assert 12.0 < across[-1] < 20.0


def test_a_sphere_is_the_same_on_both_sides_and_leaves_the_middle_alone() -> None:
    for azimuth in (15.0, 47.0, 90.0):
        assert np.allclose(heads.filters(HEAD, azimuth), heads.filters(HEAD, -azimuth)[:, ::-1], atol=1e-6)
    middle = heads.filters(HEAD, 0.0)
    assert np.array_equal(middle[:, 0], middle[:, 1])
    said = noise(4000)
    made = place(said, 0.0, 1.0, (), RATE_HZ, HEAD)
    assert np.abs(made[:4000] - said * np.float32(np.sqrt(0.5))).max() < 1e-5


@pytest.mark.parametrize("pan", [-100.0, -63.0, 8.0, 80.0])
def test_a_side_is_as_loud_as_the_middle_and_as_early(pan: float) -> None:
    said = voice(4.0, RATE_HZ)
    made = place(said, pan, 1.0, (), RATE_HZ, HEAD)
    assert loudness(made, RATE_HZ) == pytest.approx(loudness(said, RATE_HZ), abs=0.1)
    click = np.zeros((300, 1), np.float32)
    click[150] = 1.0
    heard = np.abs(place(click, pan, 1.0, (), RATE_HZ, HEAD))
    assert all(abs(int(heard[:, ear].argmax()) - 150) < 0.001 * RATE_HZ for ear in (0, 1))


@pytest.mark.parametrize("cut_hz", [200.0, 6000.0])
def test_what_is_dull_or_bright_is_as_loud_at_a_side_too(cut_hz: float) -> None:
    kind = "lowpass" if cut_hz < 1000 else "highpass"
    made = signal.sosfilt(signal.butter(4, cut_hz, kind, output="sos", fs=RATE_HZ), noise(2 * RATE_HZ), axis=0)
    audio = made.astype(np.float32)
    for pan in (-97.0, 50.0, Ramp(((0, -90.0), (2 * RATE_HZ, 90.0)))):
        plan = timeline([hit("x", 0, audio, pan=pan)], 2 * RATE_HZ, RATE_HZ)
        flat, worn = (
            Mixer(plan, script(), {}, Sounds(RATE_HZ, hits={"x": audio}), head=head).block(  # type: ignore[arg-type]
                Span(Samples(0), plan.duration)
            )
            for head in (None, HEAD)
        )
        assert loudness(worn.sounds, RATE_HZ) == pytest.approx(loudness(flat.sounds, RATE_HZ), abs=0.3)


@pytest.mark.parametrize("preset", [name for name in PRESETS if name != "none"])
def test_a_room_through_a_head_is_as_loud_as_without(preset: str) -> None:
    said = voice(4.0, RATE_HZ)
    room = Room(name=preset, preset=preset)
    flat, worn = (
        place(said, -60.0, 2.0, inside(answer(room, RATE_HZ, {}, head)), RATE_HZ, head) for head in (None, HEAD)
    )
    assert loudness(worn, RATE_HZ) == pytest.approx(loudness(flat, RATE_HZ), abs=0.3)


def test_the_ears_hear_low_notes_of_a_room_alike_and_high_ones_apart() -> None:
    room = answer(Room(name="hall", preset="hall"), RATE_HZ, {}, HEAD)
    assert room is not None
    left, right = np.fft.rfft(room.late, axis=0).T
    hz = np.fft.rfftfreq(len(room.late), 1 / RATE_HZ)

    def coherence(low: float, high: float) -> float:
        band = (hz >= low) & (hz < high)
        across = np.abs((left[band] * np.conj(right[band])).sum())
        return float(across / np.sqrt((np.abs(left[band]) ** 2).sum() * (np.abs(right[band]) ** 2).sum()))

    assert coherence(40, 120) > 0.8
    assert coherence(3000, 9000) < 0.2


def test_moving_around_the_head_has_no_step() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(2 * RATE_HZ) / RATE_HZ).astype(np.float32)[:, None]
    made = place(tone, np.linspace(-100, 100, len(tone)), 1.0, (), RATE_HZ, HEAD)[RATE_HZ // 4 : 7 * RATE_HZ // 4]
    spectrum = np.abs(np.fft.rfft(made * np.blackman(len(made))[:, None], axis=0)).max(axis=1)
    far = np.abs(np.fft.rfftfreq(len(made), 1 / RATE_HZ) - 1000) > 400
    assert 20 * np.log10(spectrum[far].max() / spectrum.max()) < -80.0


def test_where_it_moves_slowly_it_is_where_it_would_stand() -> None:
    said = noise(RATE_HZ)
    still = place(said, 33.0, 1.0, (), RATE_HZ, HEAD)
    moving = place(said, np.linspace(32.9, 33.1, len(said)), 1.0, (), RATE_HZ, HEAD)
    middle = slice(RATE_HZ // 2 - 500, RATE_HZ // 2 + 500)
    assert np.abs(moving[middle] - still[middle]).max() < 0.02 * np.abs(still).max()


def test_a_stereo_bed_keeps_its_middle_and_its_loudness() -> None:
    same = np.repeat(noise(4000), 2, axis=1)
    assert np.abs(place(same, 0.0, 1.0, (), RATE_HZ, HEAD)[:4000] - same).max() < 1e-6
    low = heads.sides(HEAD)[:, 0]
    level = 20 * np.log10(np.abs(np.fft.rfft(low, 8192)))
    hz = np.fft.rfftfreq(8192, 1 / RATE_HZ)
    assert np.interp(80.0, hz, level) < np.interp(2000.0, hz, level) - 12.0  # low notes reach both ears


def episode(head: Head | None, hops: int = 100) -> Buses:
    """A line in the middle, one at the side, one that walks, in rooms; a sound that passes; a stereo bed."""
    said = voice(3.0, RATE_HZ)
    length = 12 * RATE_HZ
    walk = Ramp(((6 * RATE_HZ, -80.0), (9 * RATE_HZ, 80.0)))
    lines = [
        spoken("l1", 0, said, room="hall"),
        spoken("l2", 3 * RATE_HZ, said, pan=-70.0, room="small room"),
        spoken("l3", 6 * RATE_HZ, said, pan=walk, distance=2.0, room="cellar", through=("hall",)),
    ]
    passing = hit(
        "car", 9 * RATE_HZ, noise(2 * RATE_HZ, 2, "car"), pan=Ramp(((9 * RATE_HZ, -90.0), (11 * RATE_HZ, 90.0)))
    )
    rain = bed("rain", 0, length, level=-30.0, pan=20.0)
    palette = Sounds(
        RATE_HZ, hits={"car": passing_audio()}, beds={"rain": bed_of(noise(RATE_HZ * 3, 2, "rain"), RATE_HZ)}
    )
    takes = {(line.line, 0): take(said) for line in lines}
    plan = timeline([*lines, passing, rain], length, RATE_HZ)
    mixer = Mixer(plan, script(), takes, palette, head=head, part_hops=hops)  # type: ignore[arg-type]
    return mixer.block(Span(Samples(0), Samples(length)))


def passing_audio() -> Audio:
    return noise(2 * RATE_HZ, 2, "car")


def test_an_episode_on_headphones_is_as_loud_line_by_line() -> None:
    flat, worn = episode(None), episode(HEAD)
    for start in (0, 3, 6):
        piece = slice(start * RATE_HZ, (start + 3) * RATE_HZ)
        assert loudness(worn.speech[piece], RATE_HZ) == pytest.approx(loudness(flat.speech[piece], RATE_HZ), abs=0.5)
    assert loudness(worn.sounds, RATE_HZ) == pytest.approx(loudness(flat.sounds, RATE_HZ), abs=0.5)
    assert loudness(worn.beds, RATE_HZ) == pytest.approx(loudness(flat.beds, RATE_HZ), abs=0.5)
    one = slice(RATE_HZ, 2 * RATE_HZ)
    likeness = np.correlate(worn.speech[one].sum(axis=1), flat.speech[one].sum(axis=1), "full")
    assert abs(int(likeness.argmax()) - RATE_HZ + 1) < 0.001 * RATE_HZ


def test_headphones_too_hear_the_same_however_the_episode_is_cut() -> None:
    small, large = episode(HEAD, 70), episode(HEAD, 2000)
    for bus in ("speech", "sounds", "beds"):
        assert np.abs(getattr(small, bus) - getattr(large, bus)).max() < 2e-6


def sofa(path: Path, rate_hz: int = 48000, **changed: object) -> Path:
    """A head's file as a laboratory would write it: the sphere, every 15 degrees, all around and over it."""
    head = heads.spherical(rate_hz)
    azimuths = np.array([float(at) for at in range(-90, 91, 15)])
    level = np.array([heads.filters(head, at).T for at in azimuths])
    positions = np.stack([(-azimuths) % 360.0, np.zeros(len(azimuths)), np.full(len(azimuths), 1.4)], axis=1)
    above = positions + np.array([0.0, 40.0, 0.0])
    made: dict[str, object] = {
        "convention": "SimpleFreeFieldHRIR",
        "Data.IR": np.concatenate([level[:, ::-1] * 0.1, level]),
        "Data.SamplingRate": np.array([float(rate_hz)]),
        "Data.Delay": np.zeros((1, 2)),
        "SourcePosition": np.concatenate([above, positions]),
        "ReceiverPosition": np.array([[0.0, 0.09, 0.0], [0.0, -0.09, 0.0]])[:, :, None],
    }
    made |= changed
    with h5py.File(path, "w") as file:
        file.attrs["SOFAConventions"] = made.pop("convention")
        for name, values in made.items():
            if values is not None:
                file[name] = values
        if "SourcePosition" in file:
            file["SourcePosition"].attrs["Type"] = np.bytes_(b"spherical")
        if "ReceiverPosition" in file:
            file["ReceiverPosition"].attrs["Type"] = "cartesian"
    return path


@pytest.mark.parametrize("rate_hz", [44100, 48000, 96000])
def test_a_head_from_a_file_is_the_head_that_was_measured(rate_hz: int, tmp_path: Path) -> None:
    head = from_sofa(sofa(tmp_path / "sphere.sofa", rate_hz), 48000)
    sphere = heads.spherical(48000)
    for azimuth in (-90.0, -40.0, 0.0, 15.0, 75.0):
        assert itd_s(head, azimuth) == pytest.approx(itd_s(sphere, azimuth), abs=40e-6)
        hz, db = responses(head, azimuth)
        band = (hz > 100) & (hz < 14000)
        assert np.abs(db[band] - responses(sphere, azimuth)[1][band]).max() < 1.5


def test_a_file_may_count_in_metres_swap_its_ears_and_keep_its_delays_apart(tmp_path: Path) -> None:
    plain = from_sofa(sofa(tmp_path / "plain.sofa"), 48000)
    with h5py.File(tmp_path / "plain.sofa") as file:
        found = {name: file[name][()] for name in file}
    ears = found["ReceiverPosition"][::-1]
    swapped = from_sofa(
        sofa(tmp_path / "swapped.sofa", **{"ReceiverPosition": ears, "Data.IR": found["Data.IR"][:, ::-1]}), 48000
    )
    azimuth, elevation, metres = np.radians(found["SourcePosition"]).T * np.array([[1.0], [1.0], [180.0 / np.pi]])
    flat = metres * np.cos(elevation)
    places = np.stack([flat * np.cos(azimuth), flat * np.sin(azimuth), metres * np.sin(elevation)], axis=1)
    path = sofa(tmp_path / "metres.sofa", SourcePosition=places)
    with h5py.File(path, "a") as file:
        file["SourcePosition"].attrs["Type"] = "cartesian"
    late = np.tile([[0.0, 7.0]], (len(found["SourcePosition"]), 1))
    later = from_sofa(sofa(tmp_path / "late.sofa", **{"Data.Delay": late}), 48000)
    for other in (swapped, from_sofa(path, 48000)):
        assert np.allclose(other.shapes, plain.shapes, atol=1e-5)
        assert np.allclose(other.delays, plain.delays, atol=1e-3)
    assert np.allclose(
        later.delays[:, 1] - later.delays[:, 0], plain.delays[:, 1] - plain.delays[:, 0] + 7.0, atol=1e-3
    )


def test_an_episode_can_be_heard_with_a_measured_head(tmp_path: Path) -> None:
    flat, worn = episode(HEAD), episode(from_sofa(sofa(tmp_path / "sphere.sofa"), RATE_HZ))
    assert loudness(worn.sum(), RATE_HZ) == pytest.approx(loudness(flat.sum(), RATE_HZ), abs=0.2)
    apart = worn.speech - flat.speech
    assert 10 * np.log10(np.square(apart).mean() / np.square(flat.speech).mean()) < -15.0


BROKEN: Mapping[str, Mapping[str, object]] = {
    "its convention is 'GeneralFIR'; a head here is a SimpleFreeFieldHRIR": {"convention": "GeneralFIR"},
    "it has no Data.IR": {"Data.IR": None},
    "it has no SourcePosition": {"SourcePosition": None},
    "it has no responses of two ears": {"Data.IR": np.ones((26, 3, 64))},
    "it claims a rate of -1 Hz": {"Data.SamplingRate": np.array([-1.0])},
    "a response in it is silent, or holds what is not a number": {"Data.IR": np.full((26, 2, 64), np.nan)},
    "a response in it is silent": {"Data.IR": np.zeros((26, 2, 64))},
    "its directions are not those of its responses": {"SourcePosition": np.zeros((4, 3))},
    "it has no directions from side to side at the height of the ears": {"SourcePosition": np.full((26, 3), 30.0)},
    "its positions are not places in space": {"SourcePosition": np.zeros(26)},
    "its delays are not those of two ears": {"Data.Delay": np.zeros((26, 5))},
    "its delays are not those of": {"Data.Delay": np.zeros((5, 2))},
    "it has no rate, or several": {"Data.SamplingRate": np.zeros(0)},
    "a response in it is louder or later than any head's": {"Data.Delay": np.full((1, 2), 1e9)},
    "a response in it is louder": {"Data.IR": np.full((26, 2, 64), 1e308)},
    "it claims more directions or longer responses than any head has": {"Data.IR": np.ones((1, 2, 1 << 15))},
}


@pytest.mark.parametrize("why", BROKEN)
def test_a_broken_head_is_one_message(why: str, tmp_path: Path) -> None:
    with pytest.raises(RenderError) as raised:
        from_sofa(sofa(tmp_path / "head.sofa", **BROKEN[why]), 48000)
    assert str(raised.value).startswith(f"head.sofa: {why}")


def test_what_is_no_head_at_all_is_one_message(tmp_path: Path) -> None:
    (tmp_path / "text.sofa").write_text("not HDF5", "utf-8")
    whole = sofa(tmp_path / "whole.sofa").read_bytes()
    (tmp_path / "cut.sofa").write_bytes(whole[: len(whole) // 3])
    (tmp_path / "folder.sofa").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.sofa")
        with pytest.raises(RenderError, match="it is a folder, a device or a pipe"):
            from_sofa(tmp_path / "pipe.sofa", 48000)
    for name, why in (
        ("folder", "it is a folder, a device or a pipe"),
        ("text", "it is no SOFA file, or a broken one"),
        ("cut", "it is no SOFA file"),
        ("gone", "there is no"),
    ):
        with pytest.raises(RenderError, match=f"{name}.sofa: {why}"):
            from_sofa(tmp_path / f"{name}.sofa", 48000)


HUGE = {"Data.Delay": (4 * 10**9, 2), "Data.SamplingRate": (10**10,), "SourcePosition": (26, 3, 10**10)}


@pytest.mark.parametrize("name", HUGE)
def test_what_a_head_claims_to_hold_is_not_made_room_for(name: str, tmp_path: Path) -> None:
    path = sofa(tmp_path / "head.sofa", **{name: None})
    with h5py.File(path, "a") as file:
        file.create_dataset(name, HUGE[name], "f8", chunks=True)  # without a byte of it in the file
    with pytest.raises(RenderError, match=r"head\.sofa: it") as raised:
        from_sofa(path, 48000)
    assert not isinstance(raised.value.__cause__, MemoryError)


def test_a_head_reads_no_other_file(tmp_path: Path) -> None:
    (tmp_path / "secret.raw").write_bytes(bytes(26 * 2 * 64 * 8))
    path = sofa(tmp_path / "head.sofa", **{"Data.IR": None})
    with h5py.File(path, "a") as file:
        file.create_dataset("Data.IR", (26, 2, 64), "f8", external=[(str(tmp_path / "secret.raw"), 0, 26 * 2 * 64 * 8)])
    with pytest.raises(RenderError, match="is in another file"):
        from_sofa(path, 48000)
    path = sofa(tmp_path / "linked.sofa", **{"Data.IR": None})
    with h5py.File(path, "a") as file:
        file["Data.IR"] = h5py.ExternalLink(str(sofa(tmp_path / "other.sofa")), "Data.IR")
    (tmp_path / "other.sofa").unlink()  # it is not even looked for
    with pytest.raises(RenderError, match="is in another file"):
        from_sofa(path, 48000)
