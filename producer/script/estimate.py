"""How long an episode will be, before anything is spoken."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

from producer.model.script import Cue, Length, Line, Moment, Pause, Scene, Script
from producer.model.words import fold
from producer.script.people import RATE_WPM

_SOUND_S = Fraction(3, 2)
"""A spot effect that is heard out, as most are."""
_STEP_S = Fraction(3, 5)


SoundS = Callable[[Cue], Fraction]
"""How long the sound of a cue is by itself, in seconds: one step, one blow."""


def usual_s(cue: Cue) -> Fraction:
    """What is reckoned with where nobody knows the packs."""
    return _SOUND_S


def estimate_s(script: Script, sound_s: SoundS = usual_s) -> Fraction:
    """The length of the episode in seconds, from its words, its rates, its pauses and its sounds.

    What lasts until a moment counts as nothing, so this is right to about a tenth for a script that is mostly spoken.

    Args:
        sound_s: asked about sounds that are waited for, and those of the last scene, which may be heard out after it.
    """
    begins = sum((_played(scene, sound_s)[0] for scene in script.scenes[:-1]), Fraction(0))
    return begins + max(_played(script.scenes[-1], sound_s, last=True) if script.scenes else (Fraction(0),))


def scene_s(scene: Scene) -> Fraction:
    """The length of one scene in seconds, as `estimate_s` counts it where nobody knows the packs."""
    return _played(scene, usual_s)[0]


def _played(scene: Scene, sound_s: SoundS, *, last: bool = False) -> tuple[Fraction, Fraction]:
    """Where the playhead of a scene comes to, and (of the `last`) where the last of its sounds has been heard out."""
    playhead, rung_out = Fraction(0), Fraction(0)
    after_speech = False
    said = (playhead, playhead)  # where the last line begins and ends
    for item in scene.items:
        begins = playhead
        if isinstance(item, Line) and item.at is None:
            start = _line_start_s(item, scene, playhead, after_speech, said)
            said = (start, start + _line_s(item))
            playhead = max(playhead, said[1])
            after_speech = True
        elif isinstance(item, Pause):
            playhead += _fixed_s(item.length)
            after_speech = False
        elif isinstance(item, Cue) and item.at is None and item.until is None and item.wait != 0:
            playhead += _sound_s(item, sound_s)
            after_speech = False
        for start, cue in _cues(item, begins, said) if last else ():
            if cue.until is None:
                rung_out = max(rung_out, start + _heard_s(cue, sound_s))
    return playhead, rung_out


def _cues(item: object, playhead: Fraction, said: tuple[Fraction, Fraction]) -> Iterator[tuple[Fraction, Cue]]:
    """The cues of an item, and about when they begin."""
    if isinstance(item, Cue):
        yield playhead, item
    elif isinstance(item, Line) and item.at is None:
        for cue in item.cues:
            share = Fraction(cue.before_token or 0, max(1, len(item.tokens)))
            yield said[0] + min(share, Fraction(1)) * (said[1] - said[0]), cue


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


def _sound_s(cue: Cue, sound_s: SoundS) -> Fraction:
    """How long the next item waits for a cue."""
    return _heard_s(cue, sound_s) if cue.for_s is not None or cue.wait is None else _fixed_s(cue.wait)


def _heard_s(cue: Cue, sound_s: SoundS) -> Fraction:
    """How long a cue is heard."""
    if cue.for_s is not None:
        return _fixed_s(cue.for_s)
    if cue.repeat is not None:
        pace = Fraction((cue.every.first_s + cue.every.last_s) / 2) if cue.every else _STEP_S
        return max(cue.repeat * pace, (cue.repeat - 1) * pace + sound_s(cue))
    return sound_s(cue)


def _fixed_s(length: Length) -> Fraction:
    return Fraction(0) if isinstance(length, Moment) else length
