"""Values over time: from glides, paths and rides to ramps."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

from producer.model.script import Glide, Position
from producer.model.timeline import Ramp

FRONT = 0.0  # pan of a place that names none
NEAR_M = 1.0  # distance of a place that names none


def value_at(ramp: Ramp, sample: float) -> float:
    """The ramp's value at a sample; at a jump, the value after it."""
    points = ramp.points
    after = bisect_right(points, sample, key=lambda point: point[0])
    if after == 0:
        return points[0][1]
    if after == len(points):
        return points[-1][1]
    (left, low), (right, high) = points[after - 1], points[after]
    return low + (high - low) * (sample - left) / (right - left)


def glide(value: Glide, start: int, end: int) -> Ramp:
    """A value that moves evenly from `start` to `end`."""
    return Ramp(((start, value.first), (end, value.last))) if value.moves and end > start else Ramp.still(value.first)


def path(places: Sequence[Position], start: int, end: int) -> tuple[Ramp, Ramp]:
    """Pan and distance along `places`, each leg taking the same time; what a place does not name stays as it was."""
    pans, distances = _along(places)
    return _through(pans, start, end), _through(distances, start, end)


def nears(places: Sequence[Position]) -> bool:
    """Whether the way along `places` comes nearer anywhere, or leaves."""
    return len(set(_along(places)[1])) > 1


def _along(places: Sequence[Position]) -> tuple[list[float], list[float]]:
    pans, distances = [FRONT], [NEAR_M]
    for place in places:
        pans.append(pans[-1] if place.pan is None else float(place.pan))
        distances.append(distances[-1] if place.distance_m is None else float(place.distance_m))
    return pans[1:], distances[1:]


def ride(ramp: Ramp, start: int, end: int, values: Sequence[float]) -> Ramp:
    """`ramp` until `start`; from there through `values` to the last of them at `end`, and held.

    With one value it moves there from where it is; with several it jumps to the first of them. A ride that was under
    way is left where it has come to.
    """
    here = value_at(ramp, start)
    # One value for all time has no point that would stay behind when the ride moves (`Ramp.shifted`).
    kept = [point for point in ramp.points if point[0] < start] if len(ramp.points) > 1 else []
    legs = [here, *values] if len(values) == 1 else list(values)
    if end <= start:
        return Ramp((*kept, (start, here), (start, float(values[-1]))))
    jump = [] if legs[0] == here else [(start, here)]
    return _tidy(Ramp((*kept, *jump, *_spread(legs, start, end))))


def _through(values: Sequence[float], start: int, end: int) -> Ramp:
    if len(set(values)) <= 1 or end <= start:
        return Ramp.still(values[0] if values else FRONT)
    return Ramp(_spread(values, start, end))


def _spread(values: Sequence[float], start: int, end: int) -> tuple[tuple[int, float], ...]:
    last = len(values) - 1
    return tuple((start + (end - start) * i // last, value) for i, value in enumerate(values))


def _tidy(ramp: Ramp) -> Ramp:
    return ramp if ramp.moves else Ramp.still(ramp.first)
