"""What one process of a crew does (`crew`): it mixes and finishes the parts that it is told to.

Whoever loads this module means to compute: the libraries that are loaded late elsewhere (`later`) are loaded here,
before there is an episode.
"""

from __future__ import annotations

import gc
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import partial

import soundfile
import soxr

from producer import later, memory
from producer.deliver.shelf import Shelf
from producer.frozen import changed
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
    """Works at one episode, an act at a time."""

    def __init__(
        self,
        placed: Placed,
        styles: tuple[MixStyle, ...],
        stems: Stems,
        shelf: Shelf,
        others: Callable[[int], Placed] | None = None,
        firsts: Sequence[int] = (0,),
    ) -> None:
        """`placed` is the first act; `others` gives every act by its number, and `firsts` are their first parts."""
        self._palette, self._others, self._firsts = placed.palette, others, firsts
        self._mixing_of = partial(Mixing, styles=styles, stems=stems, shelf=shelf, cache=placed.palette.cache)
        self._act, self._mixing = 0, self._mixing_of(placed)
        self._resting = False
        self.faults = placed.palette.cache.faults
        """What the cache met with so far."""

    def ready(self, bed: int) -> bool:
        """Find out what must be known of a bed, for all hands."""
        self._mixing.ready(bed)
        return True

    def mix(self, index: int) -> frozenset[StemName]:
        """Mix a part; the stems that are on the shelf."""
        return self._at(index).alone(index).stems

    def finish(self, how: Finish, index: int) -> bool:
        """Master, encode and hear a part."""
        if not self._resting:
            self._mixing.rest()
            memory.give_back()
            self._resting = True
        mixing = self._at(index)
        finished_part(Programme(mixing, how.style, how.ride, how.tone), how, self._palette.cache, index)
        mixing.passed(index)
        return True

    def _at(self, part: int) -> Mixing:
        """The act that a part is in; the one before goes."""
        act = bisect_right(self._firsts, part) - 1
        if act != self._act and self._others is not None:
            # Before there is another. The first is from before processes parted: nobody looks for circles in that.
            self._mixing.rest()
            self._mixing.end()
            gc.collect()
            memory.give_back()
            placed = changed(self._others(act), palette=self._palette)  # which knows its sounds already
            self._act, self._mixing = act, self._mixing_of(placed)
        return self._mixing
