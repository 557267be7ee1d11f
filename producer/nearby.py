"""One scene of an episode with those around it, placed by themselves: no line of any other is spoken.

Where what is heard in it hangs on scenes too far away, or on where in the episode it stands, there is no such thing,
and the whole is placed.
"""

from __future__ import annotations

from dataclasses import replace

from producer import memory
from producer.cache import Cache
from producer.deliver import encode
from producer.errors import ScriptError
from producer.frozen import dataclass
from producer.mix.reduction import reach_s
from producer.planning import Begun, in_place, voiced
from producer.production import Placed, Watch
from producer.timeline.near import Surroundings
from producer.timeline.place import place
from producer.timeline.uses import uses
from producer.units import Samples

_LINE_S = 5.0
"""What lies under the beginning of a line has a say in how far its end has things turned down."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """A scene among those that are placed with it."""

    placed: Placed
    scene: int  # its number among them, from 0


def nearby(begun: Begun, scene: int, cache: Cache, watch: Watch) -> Nearby | None:
    """The scene with that number, from 0, placed with no more than it hangs together with.

    None where the whole has to be placed: it would be all, or nearly; the scene has the credits, which tell what is
    heard elsewhere; or something is wrong, which is told of the whole.

    Raises VoiceError and PackError, as `planning.voiced`.
    """
    script, profile, sounds = begun.ready.foreseen, begun.profile, begun.ready.sounds
    if profile.tone_db is not None or script.scenes[scene].id == script.credits_scene:
        return None  # its room tone goes by the place in the programme
    around = Surroundings(script, sounds)
    lead_s, trail_s = reach_s()
    run = around.run(scene - 1, scene + 1)
    while len(run) < len(script.scenes):
        some, more = around.only(run)
        takes, recorded, torn = voiced(begun, some, cache, watch)
        watch.stage("timeline", 1)
        head_s, tail_s = 0.0 if run.start else profile.head_s, 0.0 if more.goes_on else profile.tail_s
        try:
            with memory.uncollected():
                timeline = place(some, takes, sounds, head_s=head_s, tail_s=tail_s, more=more)
        except ScriptError:
            return None
        watch.done(1)
        # What reaches into the scene has to be there, and the speech for which something is turned down in it.
        wanted = around.enough(run, timeline, scene, trail_s + _LINE_S, lead_s + _LINE_S)
        if wanted == run:
            whole = replace(timeline, duration=Samples(encode.whole_frames(timeline.duration, profile)))
            placed = in_place(begun, some, whole, takes, uses(whole, sounds), recorded, torn)
            return Nearby(placed, scene - run.start + (run.start > 0))
        run = wanted
    return None
