"""SciPy's compiled functions, called directly: every result has the bits that SciPy's own functions give."""

from __future__ import annotations

import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import fft, ndimage, signal, special

from producer import compiled
from producer.dsp.k_weighting import k_weighting

SCRIPT = """\
title: Filtered
packs: [ruins]
cast:
  ada: {voice: en-gb, treat: telephone}
scenes:
  - title: Below
    room: small stone room
    play:
      - bed: wind level -14 LU
      - ada: Who is down there?
        id: who
      - sound: metal_scrape level -10 LU
      - pause: 2 s
"""
KINDS = st.sampled_from([np.float32, np.float64])


def noise(*shape: int, kind: Any = np.float64) -> NDArray[Any]:
    return np.random.default_rng(shape).standard_normal(shape).astype(kind)


def same(found: Any, wanted: Any) -> None:
    assert (found.dtype, found.shape) == (wanted.dtype, wanted.shape)
    assert found.tobytes() == wanted.tobytes()


def test_this_scipy_has_them() -> None:
    assert compiled.THERE, "SciPy keeps its compiled functions elsewhere: every start takes a second longer"


@given(st.integers(1, 3), st.integers(1, 300), st.none() | st.integers(1, 320), st.sampled_from([0, 1, -1]), KINDS)
def test_transforms(rows: int, columns: int, size: int | None, axis: int, kind: Any) -> None:
    x = noise(rows, columns, kind=kind)
    same(compiled.rfft(x, size, axis), fft.rfft(x, size, axis))
    turned = np.asfortranarray(x)[:, ::-1]
    same(compiled.rfft(turned, size, axis=axis), fft.rfft(turned, size, axis=axis))
    spectrum = fft.rfft(x, axis=axis)
    if size is not None or spectrum.shape[axis] > 1:
        same(compiled.irfft(spectrum, size, axis=axis), fft.irfft(spectrum, size, axis=axis))
    same(compiled.fft(spectrum, axis=axis), fft.fft(spectrum, axis=axis))
    same(compiled.dct(x, type=2, norm="ortho", axis=axis), fft.dct(x, type=2, norm="ortho", axis=axis))
    wanted = fft.fft(spectrum.copy(), axis=axis, overwrite_x=True)
    same(compiled.fft(spectrum, axis=axis, overwrite_x=True), wanted)


@given(st.integers(1, 1 << 20), st.booleans())
def test_lengths_that_are_quick(target: int, real: bool) -> None:
    assert compiled.next_fast_len(target, real) == fft.next_fast_len(target, real)


def test_transforms_of_other_kinds_are_scipys() -> None:
    counts = np.arange(9)
    same(compiled.rfft(counts), fft.rfft(counts))
    same(compiled.irfft(counts, 16), fft.irfft(counts, 16))
    same(compiled.fft(counts, 12), fft.fft(counts, 12))
    same(compiled.dct(counts), fft.dct(counts))
    same(compiled.rfft(counts.astype(float), norm="ortho"), fft.rfft(counts.astype(float), norm="ortho"))
    with pytest.raises(ValueError, match="data points"):
        compiled.rfft(np.zeros(0))


@given(st.sampled_from(["lowpass", "highpass"]), st.integers(1, 6), st.floats(4.0, 23_000.0), st.integers(1, 3))
def test_butterworth(kind: Any, order: int, hz: float, rate: int) -> None:
    rate_hz = {1: 44_100, 2: 48_000, 3: 96_000}[rate]
    if hz < 0.49 * rate_hz:
        found = compiled.butter(order, hz, kind, output="sos", fs=rate_hz)
        same(found + 0.0, signal.butter(order, hz, kind, output="sos", fs=rate_hz) + 0.0)  # no minus zeros


def test_a_corner_that_no_filter_has_is_refused() -> None:
    with pytest.raises(ValueError, match="fs/2"):
        compiled.butter(2, 30_000.0, "lowpass", output="sos", fs=48_000)


@given(st.integers(0, 2), st.integers(1, 80), st.sampled_from([0, 1, -1]), KINDS, st.booleans())
def test_sections(rows: int, columns: int, axis: int, kind: Any, begun: bool) -> None:
    sos, x = k_weighting(44_100), noise(rows, columns, kind=kind) if rows else noise(columns, kind=kind)
    axis = axis if rows else 0
    if not begun:
        same(compiled.sosfilt(sos, x, axis=axis), signal.sosfilt(sos, x, axis=axis))
        return
    shape = list(x.shape)
    shape[axis] = 2
    state = noise(2, *shape)
    before = state.copy()
    for found, wanted in zip(
        compiled.sosfilt(sos, x, axis=axis, zi=state), signal.sosfilt(sos, x, axis=axis, zi=state), strict=True
    ):
        same(found, wanted)
    assert np.array_equal(state, before)


@given(st.sampled_from(["lowpass", "highpass"]), st.sampled_from([1, 2, 4]), st.floats(4.0, 20_000.0))
def test_how_sections_rest(kind: Any, order: int, hz: float) -> None:
    sos = signal.butter(order, hz, kind, output="sos", fs=44_100)
    same(compiled.sosfilt_zi(sos), signal.sosfilt_zi(sos))


@given(st.integers(1, 400), st.integers(-1, 420) | st.none(), KINDS)
def test_there_and_back(count: int, padlen: int | None, kind: Any) -> None:
    sos, x = signal.butter(4, 50.0, "highpass", output="sos", fs=44_100), noise(count, kind=kind)
    if padlen is None or padlen < count:  # less than nothing is nothing to SciPy
        if padlen is not None or count > 15:
            same(compiled.sosfiltfilt(sos, x, padlen=padlen), signal.sosfiltfilt(sos, x, padlen=padlen))
        return
    with pytest.raises(ValueError, match=r"padlen|negative|extension|pad"):
        compiled.sosfiltfilt(sos, x, padlen=padlen)


def test_sections_that_are_none_are_refused() -> None:
    with pytest.raises(ValueError, match="sos"):
        compiled.sosfilt(np.ones((1, 5)), np.ones(4))
    with pytest.raises(ValueError, match="zi"):
        compiled.sosfilt(k_weighting(44_100), np.ones(4), zi=np.ones((1, 2)))


@given(st.integers(1, 60), st.sampled_from([[1.0, -0.9], [2.0, 0.3, 0.1]]))
def test_differences(count: int, under: list[float]) -> None:
    x = noise(2, count)
    same(compiled.lfilter([0.5, 0.2], under, x, axis=1), signal.lfilter([0.5, 0.2], under, x, axis=1))
    pole, states, turning = 0.9 + 0.1j, noise(2, 1).astype(complex), x.astype(complex)
    found = compiled.lfilter([1.0], [1.0, -pole], turning, axis=1, zi=states)
    wanted = signal.lfilter([1.0], [1.0, -pole], turning, axis=1, zi=states)
    same(found[0], wanted[0])
    same(found[1], wanted[1])
    same(compiled.lfilter([0.5, 0.2], [1.0], x), signal.lfilter([0.5, 0.2], [1.0], x))


@pytest.mark.parametrize("rate_hz", [22_050, 44_100, 48_000, 96_000])
def test_what_is_known_of_a_weighting(rate_hz: int) -> None:
    sos, hz = k_weighting(rate_hz), np.linspace(0.0, rate_hz / 2, 333)
    for found, wanted in zip(compiled.sosfreqz(sos, hz, fs=rate_hz), signal.sosfreqz(sos, hz, fs=rate_hz), strict=True):
        same(found, wanted)
    for found, wanted in zip(compiled.sos2tf(sos), signal.sos2tf(sos), strict=True):
        same(found, wanted)
    for found, wanted in zip(compiled.tf2ss(*signal.sos2tf(sos)), signal.tf2ss(*signal.sos2tf(sos)), strict=True):
        same(found + 0.0, wanted + 0.0)


@given(st.integers(1, 900), st.integers(1, 900), KINDS)
def test_convolutions(long: int, short: int, kind: Any) -> None:
    one, other = noise(long, kind=kind), noise(short, kind=kind)
    same(compiled.fftconvolve(one, other), signal.fftconvolve(one, other))
    same(compiled.fftconvolve(one, other, "valid"), signal.fftconvolve(one, other, "valid"))
    for mode in ("full", "valid"):
        same(compiled.correlate(one, other, mode, method="fft"), signal.correlate(one, other, mode, method="fft"))


@given(st.integers(1, 2), st.integers(1, 2), st.integers(1, 20_000), st.integers(1, 3_000), KINDS)
def test_overlap_and_add(ways: int, others: int, long: int, short: int, kind: Any) -> None:
    one, other = noise(ways, long, kind=kind), noise(others, short, kind=kind)
    same(compiled.oaconvolve(one, other, axes=1), signal.oaconvolve(one, other, axes=1))


@given(
    st.integers(1, 40),
    st.integers(1, 60),
    st.sampled_from([0, 1, -1]),
    st.sampled_from(["nearest", "constant", "reflect", "wrap"]),
    st.sampled_from([np.float32, np.float64, np.int64]),
)
def test_what_runs_along_an_axis(columns: int, size: int, axis: int, mode: str, kind: Any) -> None:
    x = (100.0 * noise(3, columns)).astype(kind)
    for name in ("uniform_filter1d", "minimum_filter1d", "maximum_filter1d"):
        ours, theirs = getattr(compiled, name), getattr(ndimage, name)
        same(ours(x, size, axis=axis, mode=mode), theirs(x, size, axis=axis, mode=mode))
        same(ours(x[:, ::-1], size, axis), theirs(x[:, ::-1], size, axis))
        with pytest.raises(RuntimeError, match="size"):
            ours(x, 0)


@given(st.integers(1, 2_000_000))
def test_blocks_are_as_long_as_scipys(overlap: int) -> None:
    best = -overlap * special.lambertw(-1.0 / (2.0 * math.e * overlap), k=-1).real
    assert compiled._block(1 << 40, overlap + 1) == fft.next_fast_len(math.ceil(best))


def test_a_render_loads_no_more_of_scipy(tmp_path: Path) -> None:
    """All that an episode with a room, a treatment, a bed and a recorded take goes through."""
    (tmp_path / "script").mkdir()
    (tmp_path / "takes" / "s").mkdir(parents=True)
    (tmp_path / "script" / "s.yaml").write_text(SCRIPT, "utf-8")
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from producer import project, render\n"
        "from producer.cache import Cache\n"
        f"root = Path({str(tmp_path)!r})\n"
        "found, _ = project.find(root / 'script' / 's.yaml', root)\n"
        "order = render.Order(project=found, mixes=('night',))\n"
    )
    spoken = (
        "import soundfile\n"
        "with Cache(root / 'cache') as cache:\n"
        "    takes = render.plan(order, cache, render.NoWatch()).takes\n"
        "    samples = takes['who', 0].phrases[0].audio\n"
        "soundfile.write(root / 'takes' / 's' / 'who.wav', 0.3 * samples + 0.01, 44_100)\n"
    )
    heard = (
        "with Cache(root / 'cache') as cache:\n"
        "    assert len(render.episode(order, cache, render.NoWatch()).recorded.takes) == 1\n"
        "heavy = ('scipy.signal', 'scipy.fft', 'scipy.ndimage', 'scipy.stats', 'scipy.special')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    subprocess.run([sys.executable, "-c", code + spoken], check=True, env=os.environ)
    done = subprocess.run([sys.executable, "-c", code + heard], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_scipy_can_be_loaded_after_them() -> None:
    code = (
        "from producer.later import signal, fft; import numpy as np\n"
        "early = signal.sosfilt(np.array([[1.0, 0, 0, 1, -0.5, 0]]), np.ones(5))\n"
        "import scipy.signal, scipy.fft\n"
        "assert np.array_equal(scipy.signal.sosfilt([[1.0, 0, 0, 1, -0.5, 0]], np.ones(5)), early)\n"
        "assert np.array_equal(scipy.fft.rfft(np.ones(8)), fft.rfft(np.ones(8)))"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ)
