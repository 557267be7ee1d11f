"""A recording's frames beside a reading's: what is compared where a reading is looked for in a recording."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from producer.frozen import dataclass
from producer.voice.spectra import (
    Floats,
    Ground,
    Singles,
    band_powers,
    distance_of_pairs,
    features,
    features_of,
    ground,
    is_breath,
    levels_db,
    slope_step,
    turned,
)
from producer.voice.trace import Text, Way, text_of

FARTHEST = 3.0  # frames further apart than this are no better or worse
_SILENT, _BREATH, _LOUD = 0.2, 0.5, 2.4
"""What a frame costs in a gap: as good as silence, like a breath, and as loud as speech. A breath is not dear there, or
it would be taken for the h of the next word; a real f or s is still cheaper as what it is."""
_SLOWEST, _FASTEST = 0.4, 2.5  # a take's tempo beside the reading's


@dataclass(frozen=True, slots=True)
class Reading:
    """A reading of a text of which every word's time is known.

    Args:
        samples: mono, shape (n,), at `RATE_HZ`.
        words: each spoken word's first sample and the one after its last, in order.
    """

    samples: NDArray[np.float32]
    words: tuple[tuple[int, int], ...]


def heard_frames(samples: NDArray[np.floating], hop: int) -> tuple[Ground, Singles, Floats]:
    """A recording's ground, the features of its frames, and their powers, shape (frames, bands)."""
    count, step = max(1, -(-len(samples) // hop)), slope_step()
    if step % hop:
        centres = np.arange(count, dtype=np.int64) * hop + hop // 2
        powers = [band_powers(samples, centres + move) for move in (-step, 0, step)]
    else:  # where a slope is taken is a frame, too
        aside = step // hop
        centres = np.arange(-aside, count + aside, dtype=np.int64) * hop + hop // 2
        every = band_powers(samples, centres)
        powers = [every[place : place + count] for place in (0, aside, 2 * aside)]
    own = ground(powers[1])
    return own, features_of(powers[1], powers[0], powers[2], own, own.noise), powers[1]


def gap_cost_of(power: Floats, own: Ground) -> Floats:
    """What each frame costs when it is no word's: little at the noise's own level or in a breath, much in speech."""
    level, noise = levels_db(power, own)
    low = max(noise + 3.0, -38.0)
    high = max(low + 8.0, -12.0)
    cost = _SILENT + (_LOUD - _SILENT) * np.clip((level - low) / (high - low), 0.0, 1.0)
    return np.where(is_breath(power, own), np.minimum(cost, _BREATH), cost)


@dataclass(frozen=True, slots=True)
class Pair:
    """A recording's frames and a reading's, at the recording's tempo."""

    text: Text
    heard: Singles  # shape (frames, features)
    states: Singles  # shape (states, features): 0 in the gaps

    @classmethod
    def of(cls, reading: Reading, heard: Singles, spoken: int, own: Ground, hop: int) -> Pair:
        """The reading's words at the tempo in which `spoken` samples of speech are as long as they are."""
        length = sum(end - start for start, end in reading.words)
        tempo = float(np.clip(spoken / max(length, 1), _SLOWEST, _FASTEST))  # over 1: the take is slower
        counts = [max(2, round((end - start) * tempo / hop)) for start, end in reading.words]
        centres = [
            start + ((np.arange(count) + 0.5) * (end - start) / count).astype(np.int64)
            for count, (start, end) in zip(counts, reading.words, strict=True)
        ]
        whole = ground(band_powers(reading.samples, np.arange(0, len(reading.samples), hop, dtype=np.int64)))
        said = features(reading.samples, np.concatenate(centres), whole, own.noise, slope_step(tempo))
        text = text_of(counts)
        states = np.zeros((len(text.word), said.shape[1]), np.float32)
        states[text.word >= 0] = said
        return cls(text, heard, states)

    def backwards(self) -> Pair:
        """The same sounds in wrong order: every frame is as it was, and what rose falls."""
        counts = np.diff(self.text.gaps) - 1
        return Pair(text_of(counts[::-1].tolist()), self.heard, turned(self.states[::-1]))

    def along(self, way: Way) -> Singles:
        """The distance of every frame that is in a word to where it is in it."""
        frames = np.flatnonzero((self.text.word[way.states] >= 0) & ~way.strange)
        found = distance_of_pairs(self.heard[frames], self.states[way.states[frames]])
        return np.minimum(found, np.float32(FARTHEST))

    def typical(self, way: Way) -> float:
        """How far frames are from their words, for the most part."""
        along = self.along(way)
        return float(np.median(along)) if len(along) else FARTHEST
