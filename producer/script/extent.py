"""What would be too much of an episode: found in its script, before anything is spoken."""

from __future__ import annotations

from fractions import Fraction

from producer.bounds import BOUNDS, how_to_raise
from producer.errors import Problem
from producer.model.script import Cue, Line, Script
from producer.script.estimate import scene_s


def beyond(script: Script) -> tuple[Problem, ...]:
    """Where an episode goes over its bounds: the scene in which it is too long, the cue with a strike too many."""
    problems: list[Problem] = []
    total_s, most_s = Fraction(0), Fraction(BOUNDS.episode_hours) * 3600
    for scene in script.scenes:
        total_s += scene_s(scene)
        if total_s > most_s:
            what = (
                f"in this scene the episode gets longer than {BOUNDS.episode_hours:g} hours, the most that one may last"
            )
            problems.append(Problem(scene.place, f"{what} ({how_to_raise('episode_hours')})"))
            break
    return (*problems, *_strikes(script))


def _strikes(script: Script) -> tuple[Problem, ...]:
    strikes = 0
    for scene in script.scenes:
        for item in scene.items:
            for cue in item.cues if isinstance(item, Line) else (item,) if isinstance(item, Cue) else ():
                strikes += cue.repeat or 1
                if strikes > BOUNDS.episode_strikes:
                    what = f"with this sound there are more than {BOUNDS.episode_strikes:g} strikes in the episode"
                    return (Problem(cue.place, f"{what} ({how_to_raise('episode_strikes')})"),)
    return ()
