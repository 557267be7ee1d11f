"""SciPy's compiled filters and transforms, called without what SciPy loads around them.

`scipy.signal` brings statistics, splines and optimisers along, `scipy.fft` and `scipy.ndimage` a second NumPy: 0.7 and
0.3 s of every process that filters anything, where a preview is to be heard after two. The filtering itself is in four
extension modules that need NumPy alone. Here they are asked as SciPy asks them, so every result has the bits that
SciPy's own functions give (`tests/test_compiled.py`). Where a SciPy is built in another way, and for whatever else is
asked of them, SciPy's own functions do it. Sources: A. V. Oppenheim and R. W. Schafer, Discrete-Time Signal Processing,
chapters 7 (designs) and 8 (overlap-add).
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from importlib.machinery import EXTENSION_SUFFIXES, ExtensionFileLoader, FileFinder
from importlib.util import module_from_spec
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def _extension(name: str) -> ModuleType:
    """An extension module of SciPy, by its full name, without the packages that it is in. Raises ImportError."""
    if name not in sys.modules:
        folder = Path(scipy.__file__).parent.joinpath(*name.split(".")[1:-1])
        spec = FileFinder(str(folder), (ExtensionFileLoader, EXTENSION_SUFFIXES)).find_spec(name)
        if spec is None or spec.loader is None:
            raise ImportError(f"there is no {name}")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        sys.modules[name] = module  # SciPy's packages, should they be loaded after all, take the same one
    return sys.modules[name]


try:
    _sosfilt = _extension("scipy.signal._sosfilt")._sosfilt
    _image = _extension("scipy.ndimage._nd_image")
    _uniform, _extreme = _image.uniform_filter1d, _image.min_or_max_filter1d
    _linear_filter = _extension("scipy.signal._sigtools")._linear_filter
    _pocketfft: Any = _extension("scipy.fft._pocketfft.pypocketfft")
    _r2c, _c2r, _c2c, _dct = _pocketfft.r2c, _pocketfft.c2r, _pocketfft.c2c, _pocketfft.dct
    _good_size = _pocketfft.good_size
except (ImportError, AttributeError):
    THERE = False
else:
    THERE = True
"""Whether this SciPy has them where they are looked for."""


def _own(module: str, name: str) -> Callable[..., Any]:
    """SciPy's own function."""
    found: Callable[..., Any] = getattr(import_module(f"scipy.{module}"), name)
    return found


def _plain(*arrays: NDArray[Any]) -> bool:
    """Whether arrays hold single or double precision, real or complex, as this machine has them."""
    return all(one.dtype.char in "fdFD" and one.dtype.isnative and one.flags.aligned for one in arrays)


def _fitted(x: NDArray[Any], n: int, axis: int) -> NDArray[Any]:
    """`x` cut or filled up with zeros to `n` along an axis."""
    there = [slice(None)] * x.ndim
    there[axis] = slice(0, n)
    if x.shape[axis] >= n:
        return x[tuple(there)]
    shape = list(x.shape)
    shape[axis] = n
    there[axis] = slice(0, x.shape[axis])
    made = np.zeros(shape, x.dtype)
    made[tuple(there)] = x
    return made


def rfft(x: ArrayLike, n: int | None = None, axis: int = -1, **more: Any) -> NDArray[Any]:
    """`scipy.fft.rfft`."""
    given = np.asarray(x)
    if more or not _plain(given) or given.dtype.kind != "f" or not given.shape[axis] or (n is not None and n < 1):
        result: NDArray[Any] = _own("fft", "rfft")(x, n, axis, **more)
        return result
    made: NDArray[Any] = _r2c(given if n is None else _fitted(given, n, axis), (axis,), True, 0, None, 1)
    return made


def irfft(x: ArrayLike, n: int | None = None, axis: int = -1, overwrite_x: bool = False, **more: Any) -> NDArray[Any]:
    """`scipy.fft.irfft`; like that it leaves `x` as it is."""
    given = np.asarray(x)
    size = 2 * (given.shape[axis] - 1) if n is None else n
    if more or not _plain(given) or given.dtype.kind != "c" or size < 1 or not given.shape[axis]:
        result: NDArray[Any] = _own("fft", "irfft")(x, n, axis, **more)
        return result
    half = given if n is None else _fitted(given, size // 2 + 1, axis)
    made: NDArray[Any] = _c2r(half, (axis,), size, False, 2, None, 1)
    return made


def fft(x: ArrayLike, n: int | None = None, axis: int = -1, overwrite_x: bool = False, **more: Any) -> NDArray[Any]:
    """`scipy.fft.fft`; with `overwrite_x` what it gives may lie where `x` was."""
    given = np.asarray(x)
    if more or n is not None or not _plain(given) or given.dtype.kind != "c" or not given.shape[axis]:
        result: NDArray[Any] = _own("fft", "fft")(x, n, axis, overwrite_x=overwrite_x, **more)
        return result
    made: NDArray[Any] = _c2c(given, (axis,), True, 0, given if overwrite_x else None, 1)
    return made


def dct(x: ArrayLike, type: int = 2, norm: str | None = None, axis: int = -1, **more: Any) -> NDArray[Any]:
    """`scipy.fft.dct`, of the second type and orthonormal."""
    given = np.asarray(x)
    if more or (type, norm) != (2, "ortho") or not _plain(given) or given.dtype.kind != "f" or not given.shape[axis]:
        result: NDArray[Any] = _own("fft", "dct")(x, type=type, norm=norm, axis=axis, **more)
        return result
    made: NDArray[Any] = _dct(given, 2, (axis,), 1, None, 1, True)
    return made


def next_fast_len(target: int, real: bool = False) -> int:
    """`scipy.fft.next_fast_len`."""
    return int(_good_size(target, real))


def sosfilt(sos: ArrayLike, x: ArrayLike, axis: int = -1, zi: ArrayLike | None = None) -> Any:
    """`scipy.signal.sosfilt`."""
    sections, given = np.asarray(sos), np.asarray(x)
    held = [sections, given] if zi is None else [sections, given, np.asarray(zi)]
    kind = np.result_type(*held)
    if not _plain(*held) or sections.shape[1:] != (6,) or not (sections[:, 3] == 1.0).all() or not given.size:
        return _own("signal", "sosfilt")(sos, x, axis, zi)
    axis %= given.ndim
    lines = np.moveaxis(given, axis, -1)
    made = np.array(lines.reshape(-1, lines.shape[-1]), kind, order="C")
    wanted = (len(sections), *given.shape[:axis], 2, *given.shape[axis + 1 :])
    if zi is not None and held[2].shape != wanted:
        return _own("signal", "sosfilt")(sos, x, axis, zi)
    begins = np.moveaxis(np.zeros(wanted, kind) if zi is None else held[2].astype(kind), (0, axis + 1), (-2, -1))
    state = np.array(begins.reshape(-1, len(sections), 2), order="C")
    _sosfilt(sections.astype(kind, copy=False), made, state)
    filtered = np.moveaxis(made.reshape(lines.shape), -1, axis)
    return filtered if zi is None else (filtered, np.moveaxis(state.reshape(begins.shape), (-2, -1), (0, axis + 1)))


def sosfilt_zi(sos: ArrayLike) -> Any:
    """`scipy.signal.sosfilt_zi`: the states of sections that have always been fed ones, shape (sections, 2)."""
    sections = np.asarray(sos)
    if sections.dtype != np.float64 or sections.shape[1:] != (6,) or not (sections[:, 3] == 1.0).all():
        return _own("signal", "sosfilt_zi")(sos)
    states = np.empty((len(sections), 2))
    scale = 1.0
    for number, (over, under) in enumerate(zip(sections[:, :3], sections[:, 3:], strict=True)):
        held = np.array([[1.0 + under[1], -1.0], [under[2], 1.0]])  # a state that is the next one, too
        states[number] = scale * np.linalg.solve(held, over[1:] - under[1:] * over[0])
        scale *= over.sum() / under.sum()
    return states


def sosfiltfilt(sos: ArrayLike, x: ArrayLike, axis: int = -1, padtype: str = "odd", padlen: int | None = None) -> Any:
    """`scipy.signal.sosfiltfilt` of one dimension, lengthened at both ends as often as is said."""
    given = np.asarray(x)
    if given.ndim != 1 or padtype != "odd" or padlen is None or not 0 < padlen < len(given) or not _plain(given):
        return _own("signal", "sosfiltfilt")(sos, x, axis, padtype, padlen)
    before, after = 2 * given[0] - given[padlen:0:-1], 2 * given[-1] - given[-2 : -(padlen + 2) : -1]
    longer, rest = np.concatenate([before, given, after]), sosfilt_zi(sos)
    there, _ = sosfilt(sos, longer, zi=rest * longer[0])
    back, _ = sosfilt(sos, there[::-1], zi=rest * there[-1])
    return back[::-1][padlen:-padlen]


def lfilter(b: ArrayLike, a: ArrayLike, x: ArrayLike, axis: int = -1, zi: ArrayLike | None = None) -> Any:
    """`scipy.signal.lfilter`."""
    over, under, given = np.atleast_1d(b), np.atleast_1d(a), np.asarray(x)
    if over.ndim != 1 or under.ndim != 1 or not len(over) or len(under) < 2:
        return _own("signal", "lfilter")(b, a, x, axis, zi)
    state = () if zi is None else (np.asarray(zi),)
    return _linear_filter(over, under, given, axis, *state)


def butter(
    order: int, hz: float, btype: str = "low", analog: bool = False, output: str = "ba", fs: float | None = None
) -> Any:
    """`scipy.signal.butter`: sections of the first order or of an even one from here, others from SciPy itself."""
    known = order == 1 or (order > 0 and order % 2 == 0)
    if analog or output != "sos" or fs is None or not known or btype not in ("lowpass", "highpass"):
        return _own("signal", "butter")(order, hz, btype, analog, output, fs)
    share = np.float64(hz) / (fs / 2)
    if not 0.0 < share < 1.0:
        return _own("signal", "butter")(order, hz, btype, analog, output, fs)
    corner = float(4.0 * np.tan(np.pi * share / 2.0))  # of the analogue filter, at a rate of 2
    poles = -np.exp(1j * np.pi * np.arange(1.0 - order, order, 2.0) / (2 * order))
    if btype == "lowpass":
        poles, size, zero, over = corner * poles, corner**order, -1.0, 1.0
    else:
        size = np.real(1.0 / np.prod(-poles))
        poles, zero, over = corner / poles, 1.0, 4.0**order
    size = size * np.real(over / np.prod(4.0 - poles))
    poles = (4.0 + poles) / (4.0 - poles)
    if order == 1:
        ends = [[poles[0].real, 0.0]]
    else:
        above, below = poles[poles.imag > 0.0], poles[poles.imag < 0.0]
        pairs = (np.sort_complex(above) + np.sort_complex(below.conj())) / 2
        pairs = pairs[np.argsort(-np.abs(1.0 - np.abs(pairs)), kind="stable")]  # what rings longest comes last
        ends = [[one, one.conj()] for one in pairs]
    over_all = _expanded([zero, 0.0 if order == 1 else zero])
    made = np.stack([np.concatenate([over_all, _expanded(two)]) for two in ends])
    made[0, :3] *= size
    return made


def _expanded(roots: list[Any]) -> Floats:
    """The coefficients of the polynomial of two roots that are real, or each other's mirror image."""
    made: NDArray[Any] = np.convolve([1.0, -roots[0]], [1.0, -roots[1]])
    return np.asarray(made.real, np.float64)


def sosfreqz(sos: ArrayLike, worN: ArrayLike = 512, whole: bool = False, fs: float = 2 * np.pi) -> Any:  # noqa: N803
    """`scipy.signal.sosfreqz` at frequencies that are named."""
    if not isinstance(worN, np.ndarray) or worN.dtype != np.float64 or worN.ndim != 1:
        return _own("signal", "sosfreqz")(sos, worN, whole, fs)
    angle = 2 * np.pi * worN / fs
    back = np.exp(-1j * angle)
    answer: Any = 1.0
    for row in np.asarray(sos, np.float64):
        answer = answer * (_polynomial(back, row[:3]) / _polynomial(back, row[3:]))
    return angle * (fs / (2 * np.pi)), answer


def _polynomial(x: NDArray[Any], rising: Floats) -> NDArray[Any]:
    made = np.broadcast_to(rising[-1].astype(x.dtype), x.shape)
    for one in rising[-2::-1]:
        made = one + made * x
    return made


def sos2tf(sos: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
    """`scipy.signal.sos2tf`."""
    over = under = np.ones(1)
    for row in sos:
        over, under = np.convolve(over, np.trim_zeros(row[:3], "f")), np.convolve(under, row[3:])
    return over, under


def tf2ss(num: NDArray[Any], den: NDArray[Any]) -> Any:
    """`scipy.signal.tf2ss` of one output whose polynomials are of the same length."""
    if num.ndim != 1 or len(num) != len(den) or len(den) < 3 or den[0] != 1.0 or abs(num[0]) <= 1e-14:
        return _own("signal", "tf2ss")(num, den)
    states = len(den) - 1
    transition = np.vstack([-den[None, 1:], np.eye(states - 1, states)])
    return transition, np.eye(states, 1), num[None, 1:] - num[0] * den[None, 1:], num[:1, None]


def fftconvolve(in1: ArrayLike, in2: ArrayLike, mode: str = "full", axes: Any = None) -> Any:
    """`scipy.signal.fftconvolve`, of one dimension or along the second of two."""
    one, other = np.asarray(in1), np.asarray(in2)
    long, short = one.shape[-1:], other.shape[-1:]
    if one.ndim != other.ndim or (one.ndim, axes) not in ((1, None), (2, 1)):
        return _own("signal", "fftconvolve")(in1, in2, mode, axes)
    if not _convolves(one, other) or mode not in ("full", "valid") or (mode == "valid" and long < short):
        return _own("signal", "fftconvolve")(in1, in2, mode, axes)
    length = one.shape[-1] + other.shape[-1] - 1
    size = next_fast_len(length, True)
    made = irfft(rfft(one, size) * rfft(other, size), size)[..., :length]
    return (made if mode == "full" else made[..., other.shape[-1] - 1 : one.shape[-1]]).copy()


def _convolves(one: NDArray[Any], other: NDArray[Any]) -> bool:
    return (
        _plain(one, other)
        and one.dtype.kind == other.dtype.kind == "f"
        and min(one.shape[-1:] + other.shape[-1:]) > 1
        and (one.shape[:-1] == other.shape[:-1] or 1 in one.shape[:-1] + other.shape[:-1])
    )


def correlate(in1: ArrayLike, in2: ArrayLike, mode: str = "full", method: str = "auto") -> Any:
    """`scipy.signal.correlate` by Fourier transforms, of one dimension."""
    one, other = np.asarray(in1), np.asarray(in2)
    if method != "fft" or one.ndim != 1 or other.ndim != 1 or not _convolves(one, other):
        return _own("signal", "correlate")(in1, in2, mode, method)
    return fftconvolve(one, other[::-1], mode).astype(np.result_type(one, other), copy=False)


def oaconvolve(in1: ArrayLike, in2: ArrayLike, mode: str = "full", axes: Any = None) -> Any:
    """`scipy.signal.oaconvolve` along the second of two dimensions."""
    one, other = np.asarray(in1), np.asarray(in2)
    if mode != "full" or axes != 1 or one.ndim != 2 or other.ndim != 2 or not _convolves(one, other):
        return _own("signal", "oaconvolve")(in1, in2, mode, axes)
    long, short = max(one.shape[1], other.shape[1]), min(one.shape[1], other.shape[1])
    size = _block(long, short) if short < long / 2 else long
    if size >= long:
        return fftconvolve(one, other, axes=1)
    step, overlap, length = size - short + 1, short - 1, long + short - 1
    count = math.ceil((long + 1) / step)
    count += step * count < length
    cut, whole = (one, other) if one.shape[1] > other.shape[1] else (other, one)
    blocks = _fitted(cut, count * step, 1).reshape(len(cut), count, step)
    spectra = [rfft(blocks, size), rfft(whole[:, None], size)]
    made = irfft(spectra[0] * spectra[1] if cut is one else spectra[1] * spectra[0], size)
    made[:, 1:, :overlap] += made[:, :-1, step:]
    return made[:, :, :step].reshape(made.shape[0], -1)[:, :length].copy()


@lru_cache(maxsize=256)
def _block(long: int, short: int) -> int:
    """Samples of a block that make overlap-add cheapest: N at which N = K (ln 2N + 1), K samples of overlap."""
    overlap = short - 1
    size = overlap * (math.log(2 * overlap) + 3.0)
    for _ in range(60):
        step = (size - overlap * (math.log(2.0 * size) + 1.0)) / (1.0 - overlap / size)
        size -= step
        if abs(step) <= 1e-15 * size:
            break
    return next_fast_len(math.ceil(size))


_EDGES = {"nearest": 0, "reflect": 2, "mirror": 3, "constant": 4}
"""How SciPy's compiled code calls what is beyond the ends."""


def uniform_filter1d(input: ArrayLike, size: int, axis: int = -1, **more: Any) -> Any:
    """`scipy.ndimage.uniform_filter1d`."""
    return _along("uniform_filter1d", _uniform, (), input, size, axis, more)


def minimum_filter1d(input: ArrayLike, size: int, axis: int = -1, **more: Any) -> Any:
    """`scipy.ndimage.minimum_filter1d`."""
    return _along("minimum_filter1d", _extreme, (1,), input, size, axis, more)


def maximum_filter1d(input: ArrayLike, size: int, axis: int = -1, **more: Any) -> Any:
    """`scipy.ndimage.maximum_filter1d`."""
    return _along("maximum_filter1d", _extreme, (0,), input, size, axis, more)


def _along(
    name: str, run: Any, which: tuple[int, ...], wanted: ArrayLike, size: int, axis: int, more: Mapping[str, Any]
) -> Any:
    given, edges = np.asarray(wanted), more.get("mode", "reflect")
    usual = not more.keys() - {"mode"} and edges in _EDGES and given.dtype.kind in "fiu" and given.dtype.isnative
    if not usual or size < 1 or not -given.ndim <= axis < given.ndim:
        return _own("ndimage", name)(wanted, size, axis, **more)
    made = np.zeros_like(given, order="C")
    run(given, size, axis % given.ndim, made, _EDGES[edges], 0.0, 0, *which)
    return made


FFT: Mapping[str, Any] = {
    **{"fft": fft, "rfft": rfft, "irfft": irfft, "dct": dct},
    **{"rfftfreq": np.fft.rfftfreq, "next_fast_len": next_fast_len},
}
SIGNAL: Mapping[str, Any] = {
    **{"sosfilt": sosfilt, "lfilter": lfilter, "butter": butter, "sosfreqz": sosfreqz, "sos2tf": sos2tf},
    **{"sosfilt_zi": sosfilt_zi, "sosfiltfilt": sosfiltfilt},
    **{"tf2ss": tf2ss, "fftconvolve": fftconvolve, "correlate": correlate, "oaconvolve": oaconvolve},
}
NDIMAGE: Mapping[str, Any] = {
    **{"uniform_filter1d": uniform_filter1d, "minimum_filter1d": minimum_filter1d},
    **{"maximum_filter1d": maximum_filter1d},
}
