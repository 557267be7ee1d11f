"""Libraries that take long to load, loaded when the first of their functions is wanted.

`scipy.signal` alone takes longer than all the rest of a start, for it brings statistics, splines and optimisers along.
Most commands filter nothing, nor does a render of which everything is kept already. What the mix asks of SciPy comes
from its compiled modules alone (`compiled`); the rest of SciPy is loaded by the first who asks for something else.

    from producer.later import signal
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import mutagen
    import pedalboard
    from mutagen import flac, id3, mp4, oggopus
    from scipy import fft, ndimage, signal
else:

    class _Later:
        """Stands for a module until something in it is asked for. Several threads may ask at once."""

        def __init__(self, name: str, compiled: str = "") -> None:
            self.__name__ = name
            self._compiled = compiled

        def _quick(self) -> Mapping[str, Any]:
            """What can be had of it without loading it."""
            if not self._compiled:
                return {}
            compiled = import_module("producer.compiled")
            quick: Mapping[str, Any] = getattr(compiled, self._compiled) if compiled.THERE else {}
            return quick

        def __getattr__(self, name: str) -> Any:
            quick = self._quick()
            found = quick[name] if name in quick else getattr(import_module(self.__name__), name)
            setattr(self, name, found)  # asked for again, it is simply there
            return found

    mutagen = _Later("mutagen")
    flac, id3 = _Later("mutagen.flac"), _Later("mutagen.id3")
    mp4, oggopus = _Later("mutagen.mp4"), _Later("mutagen.oggopus")
    fft, ndimage = _Later("scipy.fft", "FFT"), _Later("scipy.ndimage", "NDIMAGE")
    signal, pedalboard = _Later("scipy.signal", "SIGNAL"), _Later("pedalboard")

__all__ = ["fft", "flac", "id3", "mp4", "mutagen", "ndimage", "oggopus", "pedalboard", "signal"]
