"""The production of a preview on one page: script -> voices and sounds -> timeline -> mix of a stretch -> its file.

It needs less than a whole episode's, and so loads less: no audit, no documents, no page.
"""

from __future__ import annotations

from dataclasses import replace

from producer import memory
from producer.cache import Cache
from producer.deliver import encode
from producer.deliver.files import Staging
from producer.planning import plan
from producer.preview import previewed
from producer.production import Order, Preview, Watch, Window
from producer.workshop import Workshop

PREVIEWS = "preview"
"""The folder for what is only to be heard beforehand, in an episode's output folder."""


def preview(order: Order, window: Window, cache: Cache, watch: Watch) -> Preview:
    """A part of the episode by itself, in the folder `preview` of its output. Raises a ProducerError."""
    memory.few_arenas()
    folder = order.output / PREVIEWS if order.output else order.project.own_output(PREVIEWS)
    placed = plan(order, cache, watch, window)
    with Staging(folder) as staging, Workshop(cache.work()) as workshop:
        name = f"{order.project.slug}.{window.name}{encode.codec(placed.profile).suffix}"
        made = previewed(placed, window, staging.path(name), workshop, cache, order.jobs, watch)
        staging.publish(stale=())
    return replace(made, file=folder / name)
