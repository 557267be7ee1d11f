"""Episodes of chance, without a mistake in them: nothing is ever named."""

import itertools
import tempfile
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
from hypothesis import HealthCheck, given, settings

from producer.model.timeline import Clip, HearSpan, Ramp
from producer.units import Samples, Span
from tests.audit_helpers import HITS, RATE, Episode, Made, bed, cue, episode, line

ROOMS = ("none", "", "small room", "hall", "street")
TREATS = ("none", "radio", "muffled", "telephone")
_LENGTH_S = 9.0


@st.composite
def episodes(draw: st.DrawFn) -> Episode:
    """Lines and cues at random places, levels, rooms, treatments and paths, over random beds with rides and fades."""
    placed: list[Clip] = []
    lines = []
    for number in range(1, draw(st.integers(1, 3)) + 1):
        made, audio = line(number, 0.3 + 2.7 * (number - 1) + draw(st.floats(0.0, 0.5)), draw(st.floats(0.6, 1.9)))
        lines.append((made, audio))
        placed.append(changed(draw, made, -6.0, 2.0))
    for index in range(draw(st.integers(0, 4))):
        at = draw(st.floats(0.0, 7.5))
        chosen = draw(st.sampled_from(sorted(HITS)))
        placed.append(changed(draw, cue(chosen, at, id=f"cue-{index}"), -8.0, 6.0))
    for index, name in enumerate(draw(st.lists(st.sampled_from(["wind", "rain"]), max_size=2, unique=True))):
        start, end = sorted((draw(st.floats(0.0, 3.0)), draw(st.floats(5.0, _LENGTH_S))))
        level = draw(st.floats(-18.0, -10.0))
        middle = round((start + end) / 2 * RATE)
        ride = Ramp(((middle, level), (middle + RATE, level + draw(st.floats(-6.0, 6.0)))))
        placed.append(
            bed(
                name,
                round(start * RATE),
                round(end * RATE),
                id=f"bed-{index}",
                level=ride,
                fade_in=Samples(draw(st.sampled_from([0, 4410, 44100]))),
                fade_out=Samples(4410),
                duck=draw(st.booleans()),
            )
        )
    hears = ()
    if draw(st.booleans()):
        span = Span(Samples(2 * RATE), Samples(6 * RATE))
        amount = Ramp(((2 * RATE, 0.0), (2 * RATE + 4410, 1.0), (6 * RATE, 1.0), (6 * RATE + 22050, 0.0)))
        hears = (HearSpan(scene="scene-1", span=span, treat="muffled", amount=amount, level=Ramp.still(0.0)),)
    return episode(placed, lines, _LENGTH_S, hears=hears)


def changed(draw: st.DrawFn, clip: Clip, lowest: float, highest: float) -> Clip:
    from dataclasses import replace

    start, end = clip.span.start, clip.span.end
    pan = Ramp(((start, draw(st.floats(-90, 90))), (end, draw(st.floats(-90, 90)))))
    path = Ramp(((start, draw(st.floats(0.5, 6.0))), (end, draw(st.floats(0.5, 6.0)))))
    level = Ramp.still(draw(st.floats(lowest, highest)))
    room, treat = draw(st.sampled_from(ROOMS)), draw(st.sampled_from(TREATS))
    return replace(clip, pan=pan, distance=path, level=level, room=room, treat=treat)


@settings(max_examples=30, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(made=episodes())
def test_a_clean_episode_has_no_findings(made: Episode) -> None:
    with tempfile.TemporaryDirectory() as folder:
        audit = Made(made, Path(folder)).audited()
    # A cue of chance may lie under another by plan, and two decorrelated ones may cancel: that is true, and no mistake.
    untrue = [one for one in audit.findings if one.kind not in ("inaudible", "limited", "mono", "margin")]
    assert untrue == []
    for one in audit.clips:
        assert one.match.state in ("found", "unclear", "inaudible")
        if one.match.state == "found":
            assert abs(one.match.level_off_db or 0.0) < 1.0


def test_every_inaudible_cue_of_chance_is_truly_below_what_an_ear_notices() -> None:
    rng = np.random.default_rng(4)
    for name, level in itertools.product(sorted(HITS), (-50.0, -44.0)):
        with tempfile.TemporaryDirectory() as folder:
            made, audio = line(1, 1.0)
            at = 1.2 + float(rng.random())
            hidden = cue(name, at, level=level)
            found = Made(
                episode([made, hidden, bed("rain", 0, 5 * RATE, level=-8.0)], [(made, audio)], 5.0), Path(folder)
            )
            states = {one.clip.id: one.match for one in found.audited().clips}
        assert states[hidden.id].state == "inaudible"
        assert states[hidden.id].needs_db is not None and states[hidden.id].needs_db > 3.0
