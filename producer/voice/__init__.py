"""Voices: lines of a script to takes, with the time of every word."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from producer.voice.engines import VOICES
    from producer.voice.folder import look
    from producer.voice.recorded import record_lines
    from producer.voice.speak import check_rates, speak_lines, take_name
    from producer.voice.there import check_voices, known_voices, variants, voice_fault
    from producer.voice.unread import check_letters

__all__ = [
    "VOICES",
    "check_letters",
    "check_rates",
    "check_voices",
    "known_voices",
    "look",
    "record_lines",
    "speak_lines",
    "take_name",
    "variants",
    "voice_fault",
]
_OF = {
    "VOICES": "engines",
    "look": "folder",
    "record_lines": "recorded",
    "check_letters": "unread",
    **dict.fromkeys(("check_voices", "known_voices", "variants", "voice_fault"), "there"),
}


def __getattr__(name: str) -> object:
    """Bring the stage in when it is first asked for: a worker is this package too, and need not wait for scipy."""
    if name not in __all__:
        raise AttributeError(f"module 'producer.voice' has no attribute '{name}'")
    return getattr(importlib.import_module(f"producer.voice.{_OF.get(name, 'speak')}"), name)
