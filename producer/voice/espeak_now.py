"""espeak-ng driven by pyttsx3 without its background thread: what is asked is said there and then.

pyttsx3 has espeak-ng speak from a background thread, through a queue. On a busy machine one line in a thousand then is
said at the rate that pyttsx3 begins with, and not at the one that was set after it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

SYNCHRONOUS = 2
"""AUDIO_OUTPUT_SYNCHRONOUS of espeak-ng's speak_lib.h, the first argument of `espeak_Initialize`."""


def said_at_once(espeak: Any, driver: Any, more_flags: int = 0) -> Callable[[bytes, int], int]:
    """What stands in for pyttsx3's `Synth` of a library that was initialised as `SYNCHRONOUS`.

    Args:
        espeak: pyttsx3's module `_espeak`.
        driver: its driver, which waits to be told that all is said.
        more_flags: of `espeak_Synth`, beside those that pyttsx3 gives.
    """

    def synth(text: bytes, flags: int) -> int:
        # pyttsx3's own gives ten times the text's length, and espeak-ng would read that far beyond its end.
        done = espeak.cSynth(text, len(text) + 1, 0, 1, 0, flags | more_flags, None, None)
        ended = (espeak.EVENT * 2)()
        ended[0].type = espeak.EVENT_MSG_TERMINATED  # which espeak-ng itself only sends from its background thread
        driver._onSynth(None, 0, ended)
        return int(done)

    return synth
