"""Impulse responses of real rooms: files of the project, as the mix and the timeline need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import soxr

from producer import cache as entries
from producer import dsp, sounds
from producer.audio import Audio
from producer.cache import Cache
from producer.digests import sha256_of
from producer.dsp.impulses import decay_s, direct, ringing
from producer.errors import Problem, ScriptError
from producer.made_by import made_by
from producer.model.script import Room, Script
from producer.sounds.decode import UndecodableError, decode, header_length_s, still
from producer.sounds.paths import GLOB, files_inside
from producer.sounds.torn import kept_shortfall

LONGEST_S = 20.0
"""Of a file, leading silence included: no room in which people speak rings for longer."""
SHORTEST_S = 0.005
_WHOSE = "the project's folder"


def load(script: Script, folder: Path, rate_hz: int, cache: Cache) -> tuple[Script, Mapping[str, Audio]]:
    """The script with what was measured of its recorded rooms, and their impulse responses by `Room.impulse`.

    Args:
        folder: the project's; files are named from there.

    Returns:
        The script, each recorded room with its `decay_s` and `sha256`; the responses at `rate_hz`, shape (taps, 1 or
        2), from their first sample to where they have died away.

    Raises ScriptError with every file that is not there, leaves the project or is no impulse response, at its place.
    """
    rooms: dict[str, Room] = dict(script.rooms)
    impulses: dict[str, Audio] = {}
    problems: list[Problem] = []
    for name, room in script.rooms.items():
        if room.impulse is None:
            continue
        try:
            path = _file(folder, room.impulse)
            sha256 = sha256_of(path)
            kept = entries.key("impulse response", made_by(sounds, dsp), sha256, rate_hz)
            audio = cache.audio(kept, partial(_read, path, sha256, rate_hz))
        except (UndecodableError, ValueError, OSError) as wrong:
            problems.append(Problem(room.place, f"impulse: {_said(room.impulse, wrong)}"))
            continue
        impulses[room.impulse] = audio
        rooms[name] = replace(room, sha256=sha256, decay_s=decay_s(audio[direct(audio, rate_hz) :], rate_hz))
    if problems:
        raise ScriptError(problems)
    return (replace(script, rooms=rooms) if impulses else script), impulses


def torn(script: Script, folder: Path, cache: Cache) -> tuple[Problem, ...]:
    """The impulse responses that were cut off, of a script that was loaded."""
    found = {
        room.place: f"impulse: '{room.impulse}' {what}"
        for room in script.rooms.values()
        if room.impulse is not None and (what := kept_shortfall(_file(folder, room.impulse), room.sha256, cache))
    }
    return tuple(Problem(place, what) for place, what in found.items())


def _file(folder: Path, written: str) -> Path:
    if GLOB.search(written):
        raise ValueError(f"'{written}' is a pattern; name one file")
    return files_inside(folder, written, _WHOSE)[0][1]


def _said(written: str, wrong: Exception) -> str:
    if isinstance(wrong, UndecodableError):
        return f"'{written}' {wrong}"
    return f"'{written}' cannot be read: {wrong.strerror}" if isinstance(wrong, OSError) else str(wrong)


def _read(path: Path, sha256: str, rate_hz: int) -> Audio:
    if header_length_s(path) > LONGEST_S:
        raise UndecodableError(f"is longer than {LONGEST_S:g} s; an impulse response is one bang and its echo")
    decoded = decode(path, LONGEST_S)
    if decoded.written > 2:
        what = f"has {decoded.written} channels, and nothing in it says what they are"
        raise UndecodableError(f"{what}; an impulse response here has one or two")
    whole = np.concatenate(list(decoded.blocks))
    still(path, sha256)
    if len(whole) < SHORTEST_S * decoded.rate_hz:
        raise UndecodableError("is too short to be a room's answer")
    if decoded.rate_hz != rate_hz:
        whole = np.asarray(soxr.resample(whole, decoded.rate_hz, rate_hz, quality="VHQ"), np.float32)
    return ringing(np.asarray(whole / np.abs(whole).max(), np.float32), rate_hz)
