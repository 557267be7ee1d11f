"""An episode that is laid out: placed, and all written down that can be said of it before it is heard."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor

from producer import provenance
from producer.audit.planned import Plan, plan_of
from producer.cache import Cache
from producer.deliver import credits, sound_captions
from producer.deliver import episode as delivery
from producer.deliver.files import Texts
from producer.deliver.manifest import MadeOf
from producer.frozen import dataclass
from producer.model.mixes import MIXES, MixStyle, wanted
from producer.model.script import Script
from producer.model.sound import Origin
from producer.planning import kinds, plan
from producer.production import Order, Outline, Placed, Watch, audio_name
from producer.sounds.palette import PackPalette
from producer.timeline.document import to_json
from producer.timeline.soon import Soon

Told = tuple[Plan, tuple[Origin, ...], Mapping[str, str], MadeOf]
"""What the timeline's document plans, where the sounds came from, what they are called, and what it is all made of."""


@dataclass(frozen=True, slots=True)
class Laid:
    """An episode before it is mixed."""

    placed: Placed
    """Of a long one only what is heard (`Placed.without_words`)."""
    styles: tuple[MixStyle, ...]
    told: Callable[[], Told]
    """Waits until the documents are written."""
    outline: Callable[[], Outline]
    """All that is known of it, its words too."""


def lay_out(
    order: Order,
    cache: Cache,
    watch: Watch,
    staging: Texts,
    aside: Executor,
    soon: Callable[[PackPalette, Callable[[], Soon]], None] | None,
) -> Laid:
    """Lay an episode out. Raises as `planning.plan`.

    Args:
        staging: receives the documents.
        aside: writes them meanwhile.
        soon: as of `planning.plan`.
    """
    placed = plan(order, cache, watch, soon=soon)
    styles = styles_of(order, placed.script)
    told = aside.submit(_documented, placed, order, styles, staging)
    return Laid(placed, styles, told.result, placed.outline)


def _documented(placed: Placed, order: Order, styles: Sequence[MixStyle], staging: Texts) -> Told:
    """Write what can be said of an episode before it is heard."""
    script, timeline = placed.script, placed.timeline
    origins, titles = named_in(placed)
    document = to_json(timeline, script, order.project.named)
    files = [
        (audio_name(order.project.slug, style, kind.suffix), style.name, kind.name)
        for kind in kinds(order, placed.profile)
        for style in styles
    ]
    delivery.write_documents(staging, script, timeline, document, origins, titles, files)
    return plan_of(document), origins, titles, provenance.made_of(placed, order, origins)


def styles_of(order: Order, script: Script) -> tuple[MixStyle, ...]:
    """The mixes that the script and the order ask for; whose head is named wants to hear with it."""
    with_head = [style.name for style in MIXES.values() if style.headphones and order.sofa is not None]
    return wanted((*script.mixes, *order.mixes, *with_head))


def named_in(placed: Placed) -> tuple[tuple[Origin, ...], Mapping[str, str]]:
    """Where each sound that is heard came from, and what each role is called for people."""
    return _origins(placed), sound_captions.titles(placed.timeline, placed.palette)


def _origins(placed: Placed) -> tuple[Origin, ...]:
    """Where each sound that is heard came from, once, in the order they are first heard, and what was done to it."""
    return credits.credited((placed.palette.origins(use.role, use.member), use.changes) for use in placed.uses)
