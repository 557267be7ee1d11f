"""Pieces to show an episode by, from marks in its script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from producer.feed.nouns import Soundbite

SHORTEST_S, LONGEST_S = 15.0, 120.0  # podcast-namespace: recommended
_USUAL_S = 60.0
_MARK, _END = "soundbite", "_end"


def soundbites(timeline: Mapping[str, Any]) -> tuple[Soundbite, ...]:
    """Each mark `soundbite` (or `soundbite_NAME`) begins one, the same with `_end` behind it ends it.

    Without an end it goes to the end of the last line that is over within a minute, or lasts 15 s; not into spoken
    credits that nobody wrote. It has the title of its scene. One that begins where the episode ends has no length.
    Raises KeyError or TypeError when `timeline` is no timeline.json.
    """
    rate, last = timeline["rate_hz"], timeline["duration"]
    marks = {mark["name"]: min(max(mark["sample"], 0), last) / rate for mark in timeline.get("marks", ())}
    made = []
    for name, start in sorted(marks.items(), key=lambda one: (one[1], one[0])):
        if not (name == _MARK or name.startswith(f"{_MARK}_")) or name.endswith(_END):
            continue
        end = marks.get(name + _END)
        if end is None or end <= start:
            end = _end(timeline, start)
        titles = [s["title"] for s in timeline["scenes"] if s["start"] <= start * rate < s["end"]]
        made.append(Soundbite(round(start, 3), round(end - start, 3), titles[0] if titles else ""))
    return tuple(made)


def _end(timeline: Mapping[str, Any], start: float) -> float:
    rate = timeline["rate_hz"]
    made = [scene["start"] / rate for scene in timeline["scenes"] if scene.get("made")]
    over = min((at for at in made if at > start), default=timeline["duration"] / rate)
    ends = [clip["end"] / rate for clip in timeline["clips"] if clip["kind"] == "speech"]
    within = [end for end in ends if start + SHORTEST_S <= end <= min(start + _USUAL_S, over)]
    return float(max(within, default=min(start + SHORTEST_S, over)))
