"""The production of a preview on one page: script -> voices and sounds -> timeline -> mix of a stretch -> its file.

It needs less than a whole episode's, and so loads less: no audit, no documents, no page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from producer import memory
from producer.cache import Cache
from producer.deliver import encode
from producer.deliver.files import Staging
from producer.errors import RenderError, nearest
from producer.model.script import Script
from producer.nearby import nearby
from producer.planning import Begun, begin, placed_whole
from producer.preview import MOST, Beside, check_scene, previewed
from producer.production import Order, Preview, Watch, Window
from producer.remembered import recall, texts_of
from producer.workshop import Workshop

PREVIEWS = "preview"
"""The folder for what is only to be heard beforehand, in an episode's output folder."""


def preview(order: Order, window: Window, cache: Cache, watch: Watch) -> Preview:
    """A part of the episode by itself, in the folder `preview` of its output. Raises a ProducerError."""
    memory.few_arenas()
    folder = order.output / PREVIEWS if order.output else order.project.own_output(PREVIEWS)
    begun = begin(order, cache)
    script = begun.ready.foreseen
    window = _numbered(window, script)
    check_scene(window, len(script.scenes), credited=bool(script.credits_scene))
    with Staging(folder) as staging, Workshop(cache.work()) as workshop:
        name = f"{order.project.slug}.{window.name}{encode.codec(begun.profile).suffix}"
        to = staging.path(name)
        make = partial(previewed, to=to, workshop=workshop, cache=cache, jobs=order.jobs, watch=watch)
        made = _of_scene(begun, window, make, cache, watch) or make(placed_whole(begun, cache, watch), window)
        staging.publish(stale=())
    return replace(made, file=folder / name)


def _numbered(window: Window, script: Script) -> Window:
    """A window with its scene's number, where it was called by its id or its title. Raises RenderError: by neither."""
    if not window.called:
        return window
    names = [(scene.id, scene.title) for scene in script.scenes]
    for number, (name, title) in enumerate(names, 1):
        if window.called == name or window.called.casefold() == title.casefold():
            return replace(window, scene=number, called="")
    known = [one for scene in names for one in scene if one]
    raise RenderError(f"--scene {window.called}: no scene has this number, id or title{nearest(window.called, known)}")


def _of_scene(begun: Begun, window: Window, make: Callable[..., Preview], cache: Cache, watch: Watch) -> Preview | None:
    """A scene made with no more of the episode than it hangs together with; None where it hangs on too much.

    None, too, where the last whole render does not tell how loud most of the rest is, as of an edition, whose texts
    stand in two files: the cache may know better.
    """
    if window.scene is None or window.start_s is not None or window.end_s is not None:
        return None
    texts = texts_of(begun.ready.script, begun.order)
    if texts is None:
        return None
    scene, last = window.scene - 1, recall(begun.order, begun.profile, cache)
    beside, start_s = None, None
    if last is not None:
        levels = last.beside(scene, texts)
        if levels is None or levels.length_s + last.scene_s(scene) < MOST * last.levels.length_s:
            return None
        lufs = last.levels.limited_lufs(0.0, None)
        beside, start_s = Beside(levels, lufs, last.plan), last.start_s(scene, texts)
    near = nearby(begun, scene, cache, watch)
    if near is None:
        return None
    made = make(near.placed, replace(window, scene=near.scene + 1), alone=True, beside=beside)
    if start_s is None or made.start_s is None or made.end_s is None:
        return replace(made, start_s=None, end_s=None)
    later_s = start_s - near.placed.timeline.scenes[near.scene].span.start / near.placed.timeline.rate_hz
    return replace(made, start_s=made.start_s + later_s, end_s=made.end_s + later_s)
