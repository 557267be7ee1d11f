"""What one process of a crew does (`crew`): it mixes and finishes the parts that it is told to.

Whoever loads this module means to compute: the libraries that are loaded late elsewhere (`later`) are loaded here,
before there is an episode.
"""

from __future__ import annotations

import gc

import soundfile
import soxr

from producer import later, memory
from producer.deliver.shelf import Shelf
from producer.in_parts import finished_part
from producer.made_by import made_by_program
from producer.mix.listening import StemName, Stems
from producer.mixdown import Programme
from producer.mixing import Mixing
from producer.model.mixes import MixStyle
from producer.production import Finish, Placed
from producer.scheduling import in_long_turns

LOADED = (later.fft.rfft, later.signal.sosfilt, later.pedalboard.process, soundfile, soxr)


def settle() -> None:
    """Once all is loaded, and before the process parts into several: what is there stays, and is shared."""
    memory.few_arenas()
    in_long_turns()
    made_by_program()
    gc.collect()
    memory.give_back()
    gc.freeze()


class Hand:
    """Works at one episode."""

    def __init__(self, placed: Placed, styles: tuple[MixStyle, ...], stems: Stems, shelf: Shelf) -> None:
        self._cache, self._profile = placed.palette.cache, placed.profile
        self._mixing = Mixing(placed, styles, stems, shelf, self._cache)
        self._resting = False
        self.faults = self._cache.faults
        """What the cache met with so far."""

    def ready(self, bed: int) -> bool:
        """Find out what must be known of a bed, for all hands."""
        self._mixing.ready(bed)
        return True

    def mix(self, index: int) -> frozenset[StemName]:
        """Mix a part; the stems that are on the shelf."""
        return self._mixing.alone(index).stems

    def finish(self, how: Finish, index: int) -> bool:
        """Master, encode and hear a part."""
        if not self._resting:
            self._mixing.rest()
            memory.give_back()
            self._resting = True
        finished_part(Programme(self._mixing, how.style, how.ride, how.tone), how, self._cache, index)
        self._mixing.passed(index)
        return True
