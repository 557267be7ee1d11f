"""When words begin in what an engine says without telling, and whether what it gave is speech at all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import soxr
from numpy.typing import NDArray

from producer.voice.align import Reading, word_spans
from producer.voice.engine import Onset, Spoken
from producer.voice.spectra import RATE_HZ, band_powers

VARIANTS = ("", "+f3")
"""A man's mouth and a woman's: a voice is measured against the one that it is more like."""
LEAST_WORDS = 3
"""A single vowel, held, moves no more than a hum does; three words always do."""
LEAST_MOVING_DB = 3.2
"""Speech of three words moves by 5 dB and more, whispered, too; steady noise of any colour by 2.6, tones by less."""
_HOP_S, _FLOOR = 0.025, 1e-3


def moving_db(samples: NDArray[np.float32], rate_hz: int) -> float:
    """How much the colour of a sound changes while it sounds: the spread in time of each mel band beside all of them.

    Its loudness has no part in it: noise that comes and goes is still noise.

    Args:
        samples: mono, shape (n,), not silent.
        rate_hz: of them.
    """
    low = soxr.resample(np.asarray(samples, np.float64), rate_hz, RATE_HZ, quality="HQ").astype(np.float32)
    hop = round(_HOP_S * RATE_HZ)
    power = band_powers(low, np.arange(hop // 2, max(hop, len(low) - hop // 2), hop, dtype=np.int64))
    total = power.sum(axis=1)
    loud = power[total > 1e-3 * float(total.max(initial=0.0))]
    if len(loud) < 2:
        return 0.0
    colour = 10.0 * np.log10(loud / loud.mean(axis=1, keepdims=True) + _FLOOR)
    return float(colour.std(axis=0).mean())


def is_speech(samples: NDArray[np.float32], rate_hz: int, words: int) -> bool:
    """Whether samples that are not silent could be `words` words; of fewer than three that cannot be told."""
    return words < LEAST_WORDS or moving_db(samples, rate_hz) >= LEAST_MOVING_DB


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
