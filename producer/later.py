"""Libraries that take long to load, loaded when the first of their functions is wanted.

`scipy.signal` alone takes longer than all the rest of a start, for it brings statistics, splines and optimisers along.
Most commands filter nothing, nor does a render of which everything is kept already. Of the statistics, two thirds of
the time, it wants one function for the width of peaks, which nobody here calls: they wait until somebody does.

    from producer.later import signal
"""

from __future__ import annotations

import sys
from importlib import import_module
from threading import Lock
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mutagen import flac, id3, mp4, oggopus
    from scipy import fft, ndimage, signal
else:
    _STATISTICS = "scipy.stats"
    _loading = Lock()

    def _scoreatpercentile(*given: Any, **named: Any) -> Any:
        return import_module(_STATISTICS).scoreatpercentile(*given, **named)

    def _signal() -> ModuleType:
        """`scipy.signal`, without `scipy.stats` where it can be had without."""
        with _loading:
            if "scipy.signal" not in sys.modules and _STATISTICS not in sys.modules:
                stand_in = ModuleType(_STATISTICS)
                stand_in.scoreatpercentile = _scoreatpercentile
                sys.modules[_STATISTICS] = stand_in
                try:
                    return import_module("scipy.signal")
                except ImportError:  # another scipy, which wants more of it
                    pass
                finally:
                    del sys.modules[_STATISTICS]
            return import_module("scipy.signal")

    class _Later:
        """Stands for a module until something in it is asked for. Several threads may ask at once."""

        def __init__(self, name: str) -> None:
            self.__name__ = name

        def __getattr__(self, name: str) -> Any:
            found = getattr(_signal() if self.__name__ == "scipy.signal" else import_module(self.__name__), name)
            setattr(self, name, found)  # asked for again, it is simply there
            return found

    flac, id3 = _Later("mutagen.flac"), _Later("mutagen.id3")
    mp4, oggopus = _Later("mutagen.mp4"), _Later("mutagen.oggopus")
    fft, ndimage, signal = _Later("scipy.fft"), _Later("scipy.ndimage"), _Later("scipy.signal")

__all__ = ["fft", "flac", "id3", "mp4", "ndimage", "oggopus", "signal"]
