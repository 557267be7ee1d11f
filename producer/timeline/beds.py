"""Beds and music: which item starts one, which rides it, and how long it lasts."""

from __future__ import annotations

from itertools import accumulate

from producer.errors import Problem
from producer.model.pace import Pace
from producer.model.script import Bed, Length, Moment
from producer.timeline.endings import Ending, first_stop, stop_start, stopped
from producer.timeline.episode import CLICK_S, Episode
from producer.timeline.moments import end_of, ends_too_early, moment
from producer.timeline.running_order import Entry
from producer.timeline.solve import NEVER, Ask, ImpossibleError, Maybe, Rule, What

LAST_FADE_S = 2.0
"""A bed that is still heard when the episode ends fades over its last seconds."""


def bed_start(ep: Episode, entry: Entry) -> Rule[int]:
    """The moment of a bed or of a ride."""
    return (yield from stop_start(ep, entry))


def bed_root(ep: Episode, entry: Entry) -> Rule[int]:
    """The entry whose bed this item rides; its own when it starts one.

    It rides the last of its role (or id) before it when that is still heard at this item's moment. Beds end with their
    scene, so it must be of this scene, or carried.
    """
    bed = _bed(entry)
    earlier = ep.order.beds_like(entry, before=entry.index)
    if earlier:
        root = ep.entry((yield Ask(What.ROOT, earlier[-1].index)))
        carried = yield from _carried(ep, root, before=entry.index)
        if root.scene == entry.scene or carried:
            now = yield Ask(What.START, entry.index)
            lasts = yield from _lasts(ep, root, before=entry.index, with_scene=False)
            # What is fading out has been ended: the same bed again comes in anew beside it.
            if now < lasts.heard_until and now < (yield from first_stop(ep, root, entry.index)):
                return root.index
    if bed.names_id or "over" in bed.said:
        running = "is not running here" if earlier else "has not been started"
        says = "'over' moves one that runs" if "over" in bed.said else "an id rides one that runs"
        raise ImpossibleError(Problem(bed.place, f"'{bed.role}' {running}; {says}"))
    return entry.index


def bed_end(ep: Episode, entry: Entry) -> Rule[int]:
    """The last sample of the bed that the item starts or rides."""
    root = yield Ask(What.ROOT, entry.index)
    if root != entry.index:
        return (yield Ask(What.END, root))
    return (yield from bed_ending(ep, entry)).heard_until


def bed_ending(ep: Episode, root: Entry) -> Rule[Ending]:
    """How a bed ends: by `until`, with its scene, as music by itself, or by an `end` or `cut`."""
    return (yield from _lasts(ep, root, before=len(ep.order.entries), with_scene=True))


def rides(ep: Episode, root: Entry, before: int) -> Rule[list[Entry]]:
    """The items before entry number `before` that ride the bed that `root` starts, in reading order."""
    found: list[Entry] = []
    for entry in ep.order.beds_like(root, after=root.index, before=_reach(ep, root, before)):
        if (yield Maybe(Ask(What.ROOT, entry.index))) == root.index:
            found += [entry]
    return found


def _bed(entry: Entry) -> Bed:
    assert isinstance(entry.item, Bed)
    return entry.item


def _reach(ep: Episode, root: Entry, before: int) -> int:
    """Where items that may ride the bed end: at `before`, or with its scene when nothing could carry it over."""
    if _bed(root).carry or ep.order.beds_like(root, after=root.index, before=before, saying="carry"):
        return before
    return min(before, ep.order.scene_end(root.scene))


def _deciding(ep: Episode, root: Entry, key: str, before: int) -> Rule[Entry | None]:
    """The last of the bed's items that says `key`: the start, or a ride."""
    before = _reach(ep, root, before)
    for entry in reversed(ep.order.beds_like(root, after=root.index, before=before, saying=key)):
        if (yield Maybe(Ask(What.ROOT, entry.index))) == root.index:
            return entry
    return root


def _carried(ep: Episode, root: Entry, before: int) -> Rule[bool]:
    decides = yield from _deciding(ep, root, "carry", before)
    return decides is not None and _bed(decides).carry


def _lasts(ep: Episode, root: Entry, *, before: int, with_scene: bool) -> Rule[Ending]:
    """How the bed ends as far as items before entry number `before` decide it."""
    bed = _bed(root)
    start = yield Ask(What.START, root.index)
    ending = Ending(NEVER)
    if bed.music and not bed.loop and strikes_at(ep, bed) is None:
        pitch, speed = float(bed.pitch_cents), bed.speed / 100.0
        source = ep.palette.bed(bed.role, seed(ep, bed), settings(bed), pitch_cents=pitch, speed=speed)
        if source.length is not None:
            ending = Ending(start + source.length)
    if with_scene:
        ending = yield from _with_scene(ep, root, ending, before)
    ending = yield from _until(ep, root, ending, start, before)
    ending = yield from _own_fade(ep, root, ending, start, before)
    ending = yield from stopped(ep, root, ending, echo=ep.echo(bed.room), before=before)
    if with_scene and ending.heard_until >= NEVER:
        # Nothing else ends it: it does wait for itself, and the members of that circle are to be named.
        yield Ask(What.SCENE_END, (yield from _last_scene(ep, root, before)))
    return ending


def _with_scene(ep: Episode, root: Entry, ending: Ending, before: int) -> Rule[Ending]:
    """Ended by its scene, with the next scene's crossfade; a carried one by the episode."""
    last = len(ep.order.scenes) - 1
    scene = yield from _last_scene(ep, root, before)
    end = yield Maybe(Ask(What.SCENE_END, scene))
    if end >= NEVER or end > ending.end:
        return ending
    if scene == last:
        return Ending(end, ep.samples(LAST_FADE_S), with_scene=True, gives_way=True) if end < ending.end else ending
    gone = yield from _gone(ep, scene, end)
    return Ending(gone, gone - end, with_scene=True) if gone < ending.end else ending


def _gone(ep: Episode, scene: int, end: int) -> Rule[int]:
    """The sample by which beds of a scene that ends at `end` have made way.

    It is the next scene that says how long they overlap it, unless that is over sooner: then the scene after it has a
    say, too.
    """
    overlaps, least = ep.told(("overlaps",), lambda: _overlaps(ep))
    gone = end + overlaps[scene + 1]
    for following in range(scene + 2, len(overlaps)):
        if end + least[following] >= gone:
            break  # nobody who follows asks for less
        over = yield Maybe(Ask(What.SCENE_END, following - 1))
        if over >= gone:
            break
        gone = min(gone, over + overlaps[following])
    return gone


def _last_scene(ep: Episode, root: Entry, before: int) -> Rule[int]:
    """The scene that it ends with if nothing ends it sooner."""
    carried = yield from _carried(ep, root, before)
    return len(ep.order.scenes) - 1 if carried else root.scene


def _overlaps(ep: Episode) -> tuple[list[int], list[int]]:
    """For how long each scene lets beds of scenes before it be heard; and the least that it or one after it does."""
    overlaps = [max(ep.samples(one.crossfade_s), ep.samples(CLICK_S)) for one in ep.order.scenes]
    return overlaps, list(accumulate(reversed(overlaps), min))[::-1]


def _until(ep: Episode, root: Entry, ending: Ending, start: int, before: int) -> Rule[Ending]:
    decides = yield from _deciding(ep, root, "until", before)
    asked = _bed(decides).until if decides is not None else None
    if decides is None or asked is None:
        return ending
    end = yield from moment(ep, decides, asked, after_until=True)
    begins = start if decides is root else (yield Ask(What.START, decides.index))
    if end < begins or (decides is root and end == begins):
        raise ImpossibleError(ends_too_early(ep, decides, asked, begins, end, ep.called(decides)))
    return Ending(end, ep.samples(CLICK_S)) if end < ending.end else ending


def _own_fade(ep: Episode, root: Entry, ending: Ending, start: int, before: int) -> Rule[Ending]:
    decides = yield from _deciding(ep, root, "fade_out", before)
    fade: Length | None = _bed(decides).fade_out_s if decides is not None else None
    if decides is None or fade is None:
        return ending
    if not isinstance(fade, Moment):
        return Ending(ending.end, ep.samples(fade), with_scene=ending.with_scene)
    # It fades from here on, until it has gone at the moment.
    begins = yield Ask(What.START, decides.index)
    gone = yield from end_of(ep, decides, fade, begins, f"the fade of {ep.called(decides)}")
    end = min(ending.end, gone)
    return Ending(end, end - begins)


def seed(ep: Episode, bed: Bed) -> str:
    """Names the bed's chance: other beds of its role, and nothing else, differ."""
    return f"{ep.script.seed}/{bed.role}/{bed.key}"


def settings(bed: Bed) -> tuple[tuple[str, float], ...]:
    """What the item sets of a foley sound, by name."""
    return tuple(sorted(bed.settings.items()))


def strikes_at(ep: Episode, bed: Bed) -> Pace | None:
    """The pace of a bed that strikes, None for one that runs."""
    if bed.every is not None:
        return bed.every
    sound = ep.sound(bed.role)
    return sound.pace if sound.kind == "steps" else None
