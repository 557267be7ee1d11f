"""Libraries that take long to load, loaded when the first of their functions is wanted.

`scipy.signal` alone takes longer than all the rest of a start, for it brings statistics, splines and optimisers along.
Most commands filter nothing, nor does a render of which everything is kept already.

    from producer.later import signal
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mutagen import flac, id3, mp4, oggopus
    from scipy import fft, ndimage, signal
else:

    class _Later:
        """Stands for a module until something in it is asked for. Several threads may ask at once."""

        def __init__(self, name: str) -> None:
            self.__name__ = name

        def __getattr__(self, name: str) -> Any:
            found = getattr(import_module(self.__name__), name)
            setattr(self, name, found)  # asked for again, it is simply there
            return found

    flac, id3 = _Later("mutagen.flac"), _Later("mutagen.id3")
    mp4, oggopus = _Later("mutagen.mp4"), _Later("mutagen.oggopus")
    fft, ndimage, signal = _Later("scipy.fft"), _Later("scipy.ndimage"), _Later("scipy.signal")

__all__ = ["fft", "flac", "id3", "mp4", "ndimage", "oggopus", "signal"]
