"""When words begin in what an engine says without telling."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.voice.align import word_spans
from producer.voice.engine import Onset, Spoken
from producer.voice.pairs import Reading
from producer.voice.spectra import RATE_HZ

VARIANTS = ("", "+f3")
"""A man's mouth and a woman's: a voice is measured against the one that it is more like."""


def found_words(samples: NDArray[np.float32], rate_hz: int, beside: Sequence[Spoken]) -> tuple[Onset, ...]:
    """The onsets of the words in `samples`, of the tokens that they are of in readings that have their times.

    Args:
        samples: mono, shape (n,): the phrase without silence at its ends.
        rate_hz: of the samples and of what is returned.
        beside: the same phrase by voices that tell, at least one; those with other words than the first are left out.
    """
    tokens = [onset.token for onset in beside[0].onsets]
    alike = [one for one in beside if [onset.token for onset in one.onsets] == tokens]
    if not tokens or not len(samples):
        return ()
    spans = word_spans(samples, rate_hz, [_reading(one) for one in alike])
    return tuple(
        Onset(token, span[0], max(span[1], span[0] + 1))
        for token, span in zip(tokens, spans, strict=True)
        if span is not None
    )


def _reading(spoken: Spoken) -> Reading:
    low = soxr.resample(spoken.samples.astype(np.float64), spoken.rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    scale = RATE_HZ / spoken.rate_hz
    spans = ((round(o.start * scale), round(o.end * scale)) for o in spoken.onsets)
    return Reading(low, tuple((start, max(end, start + 1)) for start, end in spans))
