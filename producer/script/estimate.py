"""How long an episode will be, before anything is spoken."""

from __future__ import annotations

from fractions import Fraction

from producer.model.script import Cue, Length, Line, Moment, Pause, Scene, Script
from producer.model.words import fold
from producer.script.people import RATE_WPM

_SOUND_S = Fraction(3, 2)
"""A spot effect that is heard out, as most are; its real length is known only to the pack."""
_STEP_S = Fraction(3, 5)


def estimate_s(script: Script) -> Fraction:
    """The length of the episode in seconds, from its words, its rates and its pauses.

    Sounds that are waited for count with a usual length, and what lasts until a moment counts as nothing, so this is
    right to about a tenth for a script that is mostly spoken.
    """
    return sum((scene_s(scene) for scene in script.scenes), Fraction(0))


def scene_s(scene: Scene) -> Fraction:
    """The length of one scene in seconds, as `estimate_s` counts it."""
    playhead = Fraction(0)
    after_speech = False
    last = (playhead, playhead)  # where the last line begins and ends
    for item in scene.items:
        if isinstance(item, Line) and item.at is None:
            start = _line_start_s(item, scene, playhead, after_speech, last)
            last = (start, start + _line_s(item))
            playhead = max(playhead, last[1])
            after_speech = True
        elif isinstance(item, Pause):
            playhead += _fixed_s(item.length)
            after_speech = False
        elif isinstance(item, Cue) and item.at is None and item.until is None and item.wait != 0:
            playhead += _sound_s(item)
            after_speech = False
    return playhead


def _line_start_s(
    line: Line, scene: Scene, playhead: Fraction, after_speech: bool, last: tuple[Fraction, Fraction]
) -> Fraction:
    """At the playhead, after its gap, or `lead` before the last line's end, but not before that line."""
    if isinstance(line.lead_s, Moment):
        return playhead
    if line.lead_s:
        return max(last[0], last[1] - line.lead_s)
    gap = scene.gap_s if line.gap_s is None else _fixed_s(line.gap_s)
    return playhead + (gap if after_speech else 0)


def _line_s(line: Line) -> Fraction:
    words = sum(max(1, len(fold(token.written if token.ipa else token.spoken))) for token in line.tokens)
    slowest = min((voice.rate_wpm for voice in line.voices), default=RATE_WPM)
    rests = sum((_fixed_s(rest.length) for rest in line.rests), Fraction(0))
    return Fraction(60 * words) / Fraction(slowest) + rests


def _sound_s(cue: Cue) -> Fraction:
    if cue.for_s is not None:
        return _fixed_s(cue.for_s)
    if cue.wait is not None:
        return _fixed_s(cue.wait)
    if cue.repeat is not None:
        pace = Fraction((cue.every.first_s + cue.every.last_s) / 2) if cue.every else _STEP_S
        return cue.repeat * pace
    return _SOUND_S


def _fixed_s(length: Length) -> Fraction:
    return Fraction(0) if isinstance(length, Moment) else length
