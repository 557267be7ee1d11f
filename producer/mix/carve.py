"""How far each band of what lies under a line must come down: first where it masks the voice, then all of it.

How much a band masks is how loud it is beside the voice in that band, weighed by what the band gives to understanding.
Bands are cut in that order, all to one level, and gently; what is then still too loud is turned down as a whole. A hiss
loses its hiss and a rumble is left its body, where one fader for all of it would take both; and the voice is never less
clear than that fader would have left it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from producer.dsp.bands import BANDS, IMPORTANCE

Floats = NDArray[np.float64]
Booleans = NDArray[np.bool_]

CARVE_DB = 6.0
"""No band is cut further than this beyond the rest: what is more is heard as a filter."""
CLEAR_DB = 15.0
"""A voice this far above what sounds in its band is all audible there; this far below, nothing of it is."""
_ROUNDS = 30
_LEAST = 1e-20
_ROUNDING = 1e-9


def smallest(cross: Floats, speech: Floats, target: float) -> Floats:
    """The smallest cut of each band that brings what lies under a voice down to `target`.

    Args:
        cross: as `bands.cross_powers` has it, one for each stretch, shape (stretches, BANDS, BANDS).
        speech: mean powers of the voice's bands, shape (BANDS,).
        target: K-weighted mean square, over 0.

    Returns:
        DB, 0 or more, shape (stretches, BANDS).
    """
    own = np.maximum(np.diagonal(cross, axis1=1, axis2=2), _LEAST)
    over = 10.0 * np.log10(own / np.maximum(speech, _LEAST))
    # What one fader for all of it would have to do, and how clear that would leave the voice.
    fader = 10.0 * np.log10(np.maximum(cross.sum(axis=(1, 2)) / target, 1.0))
    clear = _clearness(over - fader[:, None])
    masking = over + 10.0 * np.log10(IMPORTANCE / IMPORTANCE.max())
    masking = np.where(over - CARVE_DB >= CLEAR_DB, -CLEAR_DB, masking)

    def enough(cuts: Floats) -> Booleans:
        quiet = left_of(cross, cuts) <= target
        return np.asarray(quiet & (_clearness(over - cuts) >= clear - _ROUNDING), np.bool_)

    def carved(depth: Floats) -> Floats:
        return np.asarray(np.clip(masking - highest[:, None] + depth[:, None], 0.0, CARVE_DB), np.float64)

    highest = np.maximum(masking.max(axis=1, initial=-CLEAR_DB), -CLEAR_DB)
    cuts = carved(_least(lambda depth: enough(carved(depth)), highest + CLEAR_DB))
    whole = _least(lambda down: enough(cuts + down[:, None]), fader + _ROUNDING)
    return cuts + whole[:, None]


def _least(enough: Callable[[Floats], Booleans], most: Floats) -> Floats:
    """The least value from 0 to `most` that is enough, one for each stretch; `most` where less is not."""
    too_little, found = np.zeros_like(most), most
    for _ in range(_ROUNDS):
        middle = 0.5 * (too_little + found)
        meets = enough(middle)
        too_little, found = np.where(meets, too_little, middle), np.where(meets, middle, found)
    nothing = np.zeros_like(most)
    return np.where(enough(nothing), nothing, found)


def _clearness(over: Floats) -> Floats:
    """How much of what makes speech understood is left, 0 to 1, shape (stretches,), where a sound is so far `over` it.

    Source: the band audibility function of ANSI S3.5-1997, 5.8.
    """
    return np.asarray(np.clip((CLEAR_DB - over) / (2.0 * CLEAR_DB), 0.0, 1.0) @ IMPORTANCE, np.float64)


def left_of(cross: Floats, cuts_db: Floats) -> Floats:
    """Power that is left of each stretch under its cuts, shape (stretches,)."""
    gains = 10.0 ** (cuts_db / -20.0)
    left = np.einsum("sij,si,sj->s", cross, gains, gains)
    return np.asarray(np.maximum(left, 0.0), np.float64)


NOTHING: tuple[float, ...] = (0.0,) * BANDS
