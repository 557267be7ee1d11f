"""The engines there are. To add one, write a module like `pyttsx3_voice.py` and name it here."""

from __future__ import annotations

from producer.voice.command_voice import Command
from producer.voice.engine import Voice
from producer.voice.piper_voice import Piper
from producer.voice.pyttsx3_voice import Pyttsx3
from producer.voice.system_voice import System

VOICES: dict[str, Voice] = {"pyttsx3": Pyttsx3(), "command": Command(), "piper": Piper(), "system": System()}
DEFAULT = "pyttsx3"
"""The engine of a voice that is written without one: `en-gb` is `pyttsx3:en-gb`."""
