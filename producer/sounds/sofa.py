"""A listener's own head: SOFA files (AES69), as laboratories and databases give them out.

A SOFA file is HDF5; h5py reads it (the extra `sofa`). Of the convention SimpleFreeFieldHRIR the responses on the
horizontal plane are used; nothing else in the file is read, and no other file that it may point to.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.dsp.heads import measured
from producer.errors import RenderError
from producer.limited import must_be_plain
from producer.model.head import Head

Floats = NDArray[np.float64]

_CONVENTION = "SimpleFreeFieldHRIR"
_LEVEL_DEG = 5.5
"""How far over or under the ears a direction may be to count as level."""
_REACH_DEG, _GAP_DEG = 75.0, 45.0
_MOST_DIRECTIONS, _MOST_TAPS, _MOST_LEVEL = 200_000, 1 << 14, 1440
_RATES_HZ = 8_000, 192_000
_LOUDEST = 1e6
"""What a sample of a response may be: measured ones are about 1."""


class _BadFileError(Exception):
    """Why a file is no head, in words."""


def from_sofa(path: Path, rate_hz: int) -> Head:
    """The head that was measured into `path`, at `rate_hz`.

    Raises RenderError with one message: the extra is missing, or the file is not there, is no SOFA file of this
    convention, or has no directions all around the front.
    """
    if find_spec("h5py") is None:
        raise RenderError("SOFA files need the extra sofa: python -m pip install 'producer-audio-drama[sofa]'")
    import h5py

    try:
        must_be_plain(path)
    except FileNotFoundError:
        raise RenderError(f"{path.name}: there is no such file") from None
    except OSError as wrong:
        raise RenderError(f"{path.name}: {wrong.strerror}") from None
    try:
        with h5py.File(path, "r") as file:
            return _head(file, rate_hz)
    except _BadFileError as wrong:
        raise RenderError(f"{path.name}: {wrong}") from None
    except (OSError, LookupError, ValueError, TypeError, RuntimeError, MemoryError) as wrong:
        raise RenderError(f"{path.name}: it is no SOFA file, or a broken one") from wrong


def _head(file: Any, rate_hz: int) -> Head:
    convention = _text(file.attrs.get("SOFAConventions", ""))
    if convention != _CONVENTION:
        raise _BadFileError(f"its convention is '{convention[:40]}'; a head here is a {_CONVENTION}")
    responses = _plain(file, "Data.IR")
    if len(responses.shape) != 3 or responses.shape[1] != 2 or 0 in responses.shape:
        raise _BadFileError("it has no responses of two ears")
    if responses.shape[0] > _MOST_DIRECTIONS or responses.shape[2] > _MOST_TAPS:
        raise _BadFileError("it claims more directions or longer responses than any head has")
    rate = _plain(file, "Data.SamplingRate")
    if rate.size != 1:
        raise _BadFileError("it has no rate, or several")
    own_hz = float(np.ravel(rate[()])[0])
    if not _RATES_HZ[0] <= own_hz <= _RATES_HZ[1] or own_hz != round(own_hz):
        raise _BadFileError(f"it claims a rate of {own_hz:g} Hz")
    azimuths, rows = _level(file, responses.shape[0])
    order = np.argsort(rows)
    taken = np.empty((len(rows), 2, responses.shape[2]))
    taken[order] = responses[rows[order]]
    delays = _delays(file, responses.shape[0], rows)
    if _left_ear(file) == 1:
        taken, delays = taken[:, ::-1], delays[:, ::-1]
    pairs = taken.transpose(0, 2, 1)
    if not np.isfinite(pairs).all() or not np.isfinite(delays).all() or not np.abs(pairs).max(axis=1).all():
        raise _BadFileError("a response in it is silent, or holds what is not a number")
    if np.abs(pairs).max() > _LOUDEST or np.abs(delays).max() > _MOST_TAPS:
        raise _BadFileError("a response in it is louder or later than any head's")
    if own_hz != rate_hz:
        pairs = np.stack([soxr.resample(pair, own_hz, rate_hz, quality="VHQ") for pair in pairs])
    return measured(azimuths, pairs, rate_hz, delays * rate_hz / own_hz)


def _plain(file: Any, name: str) -> Any:
    """A variable whose samples are in the file itself."""
    import h5py

    link = file.get(name, getlink=True)
    if link is not None and not isinstance(link, h5py.HardLink):  # which the library would follow
        raise _BadFileError(f"its {name} is in another file, or a link")
    found = file.get(name)
    if found is None or not hasattr(found, "shape"):
        raise _BadFileError(f"it has no {name}")
    if found.external or found.is_virtual or found.file != file:
        raise _BadFileError(f"its {name} is in another file")
    return found


def _level(file: Any, count: int) -> tuple[Floats, NDArray[np.int64]]:
    """Azimuths on the horizontal plane, right positive and rising, and the number of the measurement of each."""
    azimuth, elevation, metres = _spherical(_plain(file, "SourcePosition"))
    if len(azimuth) != count or not np.isfinite(np.concatenate([azimuth, elevation, metres])).all():
        raise _BadFileError("its directions are not those of its responses")
    turned = (180.0 - azimuth) % 360.0 - 180.0  # SOFA counts against the clock
    front = (np.abs(elevation) <= _LEVEL_DEG) & (metres >= 0.99 * metres.max()) & (np.abs(turned) <= 110.0)
    rows = np.flatnonzero(front)
    rows = rows[np.lexsort((np.abs(elevation[rows]), np.round(turned[rows], 2)))]
    _, first = np.unique(np.round(turned[rows], 2), return_index=True)
    rows = rows[first][:_MOST_LEVEL]
    found = turned[rows]
    if len(found) < 2 or found[0] > -_REACH_DEG or found[-1] < _REACH_DEG or np.diff(found).max() > _GAP_DEG:
        raise _BadFileError("it has no directions from side to side at the height of the ears")
    return found, rows


def _spherical(positions: Any) -> tuple[Floats, Floats, Floats]:
    """Azimuth and elevation in degrees, distance in metres, of SOFA positions of either type."""
    if len(positions.shape) < 2 or positions.shape[1] != 3 or positions.shape[0] > _MOST_DIRECTIONS:
        raise _BadFileError("its positions are not places in space")
    first, second, third = np.asarray(positions[(slice(None), slice(None), *(0 for _ in positions.shape[2:]))], float).T
    if _text(positions.attrs.get("Type", "spherical")) == "cartesian":
        flat = np.hypot(first, second)
        return np.degrees(np.arctan2(second, first)), np.degrees(np.arctan2(third, flat)), np.hypot(flat, third)
    return first, second, third


def _left_ear(file: Any) -> int:
    """Which of the two receivers is the left ear: in nearly all files the first."""
    ears = _plain(file, "ReceiverPosition") if "ReceiverPosition" in file else None
    if ears is None or ears.shape[0] != 2:
        return 0
    azimuth, _, metres = _spherical(ears)
    side = metres * np.sin(np.radians(azimuth))
    return int(side[1] > side[0])


def _delays(file: Any, count: int, rows: NDArray[np.int64]) -> Floats:
    """Samples by which each ear's response is late, shape (directions, 2)."""
    if "Data.Delay" not in file:
        return np.zeros((len(rows), 2))
    written = _plain(file, "Data.Delay")
    if written.shape not in ((1, 2), (count, 2)):
        raise _BadFileError("its delays are not those of two ears")
    delays = np.asarray(written[()], float)
    return delays[rows] if len(delays) > 1 else np.repeat(delays, len(rows), axis=0)


def _text(value: object) -> str:
    if isinstance(value, np.ndarray):
        value = value.ravel()[0] if value.size else ""
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
