"""Each profile passes one file and refuses one that is a tenth over, for the reason that is named."""

import dataclasses
import io
from pathlib import Path

import numpy as np
import pytest
import soundfile
from scipy import signal

from producer import auditing
from producer.audio import Audio
from producer.audit import mpeg, parts
from producer.audit.audit import audit
from producer.audit.programme import Listener, figures
from producer.audit.verdicts import delivered, verdicts
from producer.deliver import encode
from producer.model.formats import FORMATS, in_format
from producer.model.profile import PROFILES, Profile
from tests.audit_helpers import at_loudness, listened
from tests.deliver_helpers import write
from tests.mix_helpers import noise

SECONDS = 12


def talk(profile: Profile) -> Audio:
    """Noise like a programme's, in the profile's channels, without sharp peaks."""
    made = noise(SECONDS * profile.rate_hz, profile.channels, profile.name)
    made = signal.sosfilt(signal.butter(1, 800.0, fs=profile.rate_hz, output="sos"), made, axis=0)
    return np.asarray(np.tanh(made / (2.0 * made.std())) * 0.2, np.float32)


def written(audio: Audio, profile: Profile, folder: Path) -> Path:
    path = folder / f"{profile.name}{encode.codec(profile).suffix}"
    write(audio, profile, path)
    return path


def faults(path: Path, name: str) -> dict[str, str]:
    facts, heard = auditing.listen(path)
    return {fault.kind: fault.what for fault in verdicts(facts, heard, figures(heard))[name].faults}


def measured(path: Path) -> float:
    return auditing.listen(path)[1].loudness.integrated_lufs


@pytest.mark.parametrize("name", ["podcast", "broadcast", "alexa", "archive"])
@pytest.mark.parametrize("side", [1.0, -1.0])
def test_loudness_passes_just_inside_and_fails_a_tenth_outside(name: str, side: float, tmp_path: Path) -> None:
    profile = PROFILES[name]
    assert profile.loudness_lufs is not None
    edge = profile.loudness_lufs + side * profile.tolerance_lu
    audio = at_loudness(talk(profile), edge, profile.rate_hz)
    off = measured(written(audio, profile, tmp_path)) - edge  # what the encoder does to it
    turned = {add: audio * np.float32(10.0 ** ((add - off) / 20.0)) for add in (-0.02 * side, 0.1 * side)}
    inside, outside = (written(turned[add], profile, tmp_path) for add in turned)
    assert inside == outside  # the same name, one after the other
    assert list(faults(outside, name)) == ["loudness"]
    written(turned[-0.02 * side], profile, tmp_path)
    assert faults(inside, name) == {}


@pytest.mark.parametrize("name", ["podcast", "broadcast", "alexa"])
def test_true_peak_passes_just_inside_and_fails_a_tenth_over(name: str, tmp_path: Path) -> None:
    profile = PROFILES[name]
    assert profile.loudness_lufs is not None and profile.peak_dbtp is not None
    audio = at_loudness(talk(profile), profile.loudness_lufs, profile.rate_hz)
    burst = np.sin(2 * np.pi * 2000.0 * np.arange(240) / profile.rate_hz) * np.hanning(240)
    at, height = len(audio) // 2, 10.0 ** (profile.peak_dbtp / 20.0)
    for wanted_db, expected in ((-0.03, {}), (0.1, {"peak"})):
        scale = height * 10.0 ** (wanted_db / 20.0)
        for _ in range(5):  # until the encoder's own peak is where it is wanted
            made = audio.copy()
            made[at : at + 240] = (burst * scale)[:, None].astype(np.float32)
            path = written(made, profile, tmp_path)
            scale *= 10.0 ** ((profile.peak_dbtp + wanted_db - auditing.listen(path)[1].loudness.true_peak_dbtp) / 20.0)
        assert faults(path, name).keys() == set(expected)


ACX = PROFILES["acx"]


def narration(rms_db: float = -20.0, floor_db: float = -70.0, head_s: float = 1.5, tail_s: float = 3.5) -> Audio:
    """Speech-like noise with room before and after it and a pause of 1 s, all over a floor."""
    spoken = talk(ACX)[: 8 * ACX.rate_hz]
    quiet = [
        noise(round(seconds * ACX.rate_hz), 1, "floor", 10.0 ** (floor_db / 20.0)) for seconds in (head_s, 1.0, tail_s)
    ]
    half = len(spoken) // 2
    made = np.concatenate([quiet[0], spoken[:half], quiet[1], spoken[half:], quiet[2]])
    loud = np.square(made.astype(float)).mean()
    at = (
        slice(len(quiet[0]), len(quiet[0]) + half),
        slice(len(quiet[0]) + half + len(quiet[1]), len(made) - len(quiet[2])),
    )
    for part in at:
        made[part] *= np.float32(10.0 ** (rms_db / 20.0) / np.sqrt(loud))
    return made


@pytest.mark.parametrize(
    ("good", "bad", "kind"),
    [
        ({"rms_db": -18.05}, {"rms_db": -17.9}, "rms"),
        ({"rms_db": -22.95}, {"rms_db": -23.1}, "rms"),
        ({"floor_db": -60.5}, {"floor_db": -59.5}, "floor"),
        ({"head_s": 1.02}, {"head_s": 0.9}, "head"),
        ({"tail_s": 3.02}, {"tail_s": 2.9}, "head"),
    ],
)
def test_acx_takes_what_is_inside_and_refuses_what_is_outside(
    good: dict[str, float], bad: dict[str, float], kind: str, tmp_path: Path
) -> None:
    if kind == "rms":  # what the encoder does to it is made up for
        heard = auditing.listen(written(narration(), ACX, tmp_path))[1]
        off = figures(heard).rms_db + 20.0
        good, bad = ({"rms_db": one["rms_db"] - off} for one in (good, bad))
    if kind == "floor":  # so it is for faint noise, of which LAME 4.0 keeps a little less than others
        heard = auditing.listen(written(narration(floor_db=-60.0), ACX, tmp_path))[1]
        off = figures(heard).floor_db + 60.0
        assert abs(off) < 1.0
        good, bad = ({"floor_db": one["floor_db"] - off} for one in (good, bad))
    assert faults(written(narration(**good), ACX, tmp_path), "acx") == {}
    assert list(faults(written(narration(**bad), ACX, tmp_path), "acx")) == [kind]


@pytest.mark.parametrize("name", ["mp3", "m4b", "flac"])  # Opus goes on for longer after noise that is cut off
def test_the_head_and_tail_that_a_render_makes_are_long_enough_however_a_coder_smears_their_edges(
    name: str, tmp_path: Path
) -> None:
    wanted = in_format(ACX, FORMATS[name])
    for shift in range(0, 1024, 256):  # wherever in a coder's block the sound ends
        audio = narration(head_s=1.0 + shift / ACX.rate_hz, tail_s=3.0)
        facts, heard = auditing.listen(written(audio, wanted, tmp_path))
        assert delivered(facts, heard, figures(heard), "acx", name).faults == ()


def test_acx_measures_the_highest_sample(tmp_path: Path) -> None:
    for peak_db, expected in ((-3.1, set()), (-2.5, {"peak"})):
        audio = narration()
        tone = np.sin(2 * np.pi * 300.0 * np.arange(4410) / ACX.rate_hz) * np.hanning(4410) * 10.0 ** (peak_db / 20.0)
        audio[3 * ACX.rate_hz : 3 * ACX.rate_hz + 4410, 0] = tone
        assert faults(written(audio, ACX, tmp_path), "acx").keys() == expected


def test_a_drama_with_a_bed_throughout_is_told_why_it_is_no_acx_product_and_what_to_ship(tmp_path: Path) -> None:
    facts, heard = auditing.listen(written(narration(floor_db=-48.0), ACX, tmp_path))
    found = verdicts(facts, heard, figures(heard), bed_share=0.97)["acx"].faults
    assert [fault.kind for fault in found] == ["floor"]
    assert "a bed or music lies under 97% of it" in found[0].what
    assert "no product for ACX" in found[0].what
    assert "--mix narration_only --profile acx" in found[0].mend


@pytest.mark.parametrize(
    ("name", "change", "says"),
    [
        ("podcast", {"kbps": 128}, "its bitrate is 128 kbps, not 192 kbps"),
        ("podcast", {"rate_hz": 48000}, "its rate is 48 kHz, not 44.1 kHz"),
        ("acx", {"kbps": 128}, "its bitrate is 128 kbps, not 192 kbps"),
        ("broadcast", {"bits": 16}, "it has 16 bits a sample, not 24"),
        ("broadcast", {"codec": "flac"}, "it is FLAC, not WAV"),
        ("archive", {"channels": 1}, "it has 1 channel, not 2"),
    ],
)
def test_the_kind_of_file_is_judged(name: str, change: dict[str, object], says: str, tmp_path: Path) -> None:
    other = dataclasses.replace(PROFILES[name], **change)  # type: ignore[arg-type]
    path = written(talk(other), other, tmp_path)
    assert says in faults(path, name)["format"]


def test_a_bitrate_that_varies_is_seen_frame_by_frame(tmp_path: Path) -> None:
    profile = PROFILES["podcast"]
    one = written(talk(profile), profile, tmp_path).read_bytes()
    other = written(talk(profile), dataclasses.replace(profile, kbps=128), tmp_path).read_bytes()
    found = mpeg.frames(io.BytesIO(b"ID3\x04\x00\x00\x00\x00\x00\x0a" + bytes(10) + one))
    assert found is not None
    assert (found.rate_hz, found.channels, found.kbps) == (44100, 2, (192,))
    mixed = mpeg.frames(io.BytesIO(one + other))
    assert mixed is not None
    assert mixed.kbps == (128, 192)
    assert mpeg.frames(io.BytesIO(b"no frames here" * 99)) is None


def test_flat_tops_are_clipping_and_a_single_full_sample_is_not(tmp_path: Path) -> None:
    profile = dataclasses.replace(PROFILES["broadcast"], name="other")
    audio = talk(profile)
    audio[5000] = 1.0
    path = written(audio, profile, tmp_path)
    facts, heard = auditing.listen(path)
    assert audit("a", facts, heard).findings == ()
    audio[65534:65540, 0] = 1.0
    audio[90000:90003, 1] = -1.0
    facts, heard = auditing.listen(written(audio, profile, tmp_path))
    assert [(one.kind, round(one.start_s * 48000)) for one in audit("a", facts, heard).findings] == [
        ("clipping", 65534)
    ]
    assert heard.flat_tops == ((65534, 65540), (90000, 90003))


def test_a_file_of_floating_samples_holds_what_is_over_full_scale_and_is_clipped_only_where_it_stays_equal(
    tmp_path: Path,
) -> None:
    path, rate = tmp_path / "a.wav", 48_000
    t = np.arange(4 * rate) / rate
    tone = (2.0 * np.sin(2 * np.pi * 220.0 * t)).astype(np.float32)
    audio = np.stack([tone, tone], axis=1)
    soundfile.write(path, audio, rate, subtype="FLOAT")
    facts, heard = auditing.listen(path)
    assert facts.floating and heard.flat_tops == ()
    assert "clipping" not in [one.kind for one in audit("a", facts, heard).findings]
    audio[70_000:70_006, 0] = 1.5  # a wave that was cut off before it came here
    audio[131_070:131_075, 1] = -2.5  # and one across two blocks
    soundfile.write(path, audio, rate, subtype="FLOAT")
    facts, heard = auditing.listen(path)
    assert heard.flat_tops == ((70_000, 70_006), (131_070, 131_075))
    part = parts.listened(audio, 0, 0, len(audio), rate, floating=True)
    assert sorted(run[1:] for run in part.flat) == list(heard.flat_tops)
    soundfile.write(path, np.clip(audio, -1.0, 1.0), rate, subtype="PCM_24")
    assert len(auditing.listen(path)[1].flat_tops) > 1000


@pytest.mark.parametrize("size", [997, 8192])
def test_what_is_heard_does_not_depend_on_the_blocks(size: int) -> None:
    audio = talk(PROFILES["podcast"])[:30000] * np.float32(8.0)
    whole = listened(audio, 44100).heard()
    listener = Listener(44100, 2)
    for _ in listener.listen([audio[at : at + size] for at in range(0, len(audio), size)]):
        pass
    heard = listener.heard()
    assert heard.flat_tops == whole.flat_tops
    assert np.abs(heard.seen.cell_codes[:].astype(int) - whole.seen.cell_codes[:]).max() <= 1
    assert np.abs(heard.seen.moment_codes[:].astype(int) - whole.seen.moment_codes[:]).max() <= 1
