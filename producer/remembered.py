"""How loud an episode was when it was last rendered as a whole, scene by scene: a preview of one scene goes by it.

A scene is known by its text. What stands outside the scenes (the cast, the rooms, the packs) may change any of them.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import astuple

from producer.cache import Cache, key
from producer.digests import sha256_of_text
from producer.errors import ProducerError
from producer.frozen import dataclass
from producer.levels import Levels
from producer.made_by import made_by_program
from producer.master import Plan
from producer.model.profile import Profile
from producer.model.script import Scene, Script
from producer.model.timeline import Timeline
from producer.packed import packed, unpacked
from producer.production import Order
from producer.readings import script_text

_AROUND = re.compile(r"[^\s#-]")
"""How a line begins that stands in no scene: with a key of the script's top level, at the margin."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Digests of what a script says: of each written scene, and of all that is around them."""

    scenes: tuple[str, ...]
    around: str


@dataclass(frozen=True, slots=True)
class Remembered:
    """What was heard when, by the text of each written scene."""

    texts: Texts
    spans_s: tuple[tuple[float, float], ...]
    levels: Levels
    plan: Plan
    """What brought it to its profile."""

    def start_s(self, scene: int, texts: Texts) -> float | None:
        """Where the scene with that number, from 0, begins now; None where something before it has changed since."""
        same = texts.around == self.texts.around and texts.scenes[:scene] == self.texts.scenes[:scene]
        return self.spans_s[scene][0] if same and scene < len(self.spans_s) else None

    def beside(self, scene: int, texts: Texts) -> Levels | None:
        """The levels of what is not that scene, as far as it still has its text; None for nothing."""
        if texts.around != self.texts.around:
            return None
        wanted = Counter(text for number, text in enumerate(texts.scenes) if number != scene)
        found: list[Levels] = []
        for text, (start_s, end_s) in zip(self.texts.scenes, self.spans_s, strict=True):
            if wanted[text]:
                wanted[text] -= 1
                found.append(self.levels.between(start_s, end_s))
        # What follows the last written scene, the credits, has no text.
        found.append(self.levels.between(self.spans_s[-1][1], self.levels.length_s))
        return Levels.joined(found)

    def scene_s(self, scene: int) -> float:
        """How long the scene with that number was; 0 where there was none."""
        start_s, end_s = self.spans_s[scene] if scene < len(self.spans_s) else (0.0, 0.0)
        return end_s - start_s


def texts_of(script: Script, order: Order) -> Texts | None:
    """The digests of what a script says, as it was read; None where its file says something else by now.

    None, too, where scenes do not stand in that file, each on lines of its own.
    """
    written = _written(script)
    begins = [scene.place.line - 1 for scene in written]
    if any(scene.place.file != script.file for scene in written) or sorted({*begins}) != begins:
        return None
    try:
        text = script_text(order.project)
    except ProducerError:
        return None
    if sha256_of_text(text) != script.sha256:
        return None
    lines = text.split("\n")
    ends = [*begins[1:], next((at for at in range(begins[-1] + 1, len(lines)) if _AROUND.match(lines[at])), len(lines))]
    scenes = (sha256_of_text("\n".join(lines[begin:end])) for begin, end in zip(begins, ends, strict=True))
    brought = [one.sha256 for one in script.brought]
    around = ["\n".join(lines[: begins[0]]), "\n".join(lines[ends[-1] :]), *brought, *order.packs]
    return Texts(tuple(scenes), sha256_of_text("\0".join(around)))


def remember(
    order: Order, script: Script, timeline: Timeline, levels: Levels, plan: Plan, profile: Profile, cache: Cache
) -> None:
    """Keep how loud the standard mix of an episode was that has been rendered as a whole."""
    texts = texts_of(script, order)
    if texts is None:
        return
    spans = [scene.span for scene in timeline.scenes if scene.id != script.credits_scene]
    spans_s = [[span.start / timeline.rate_hz, span.end / timeline.rate_hz] for span in spans]
    facts = [list(texts.scenes), texts.around, spans_s, levels.seconds_per_hop, astuple(plan)]
    arrays = {"powers": levels.powers, "peaks": levels.peaks, "spoken": levels.spoken}
    cache.write_here(_name(order, profile), packed(facts, arrays))


def recall(order: Order, profile: Profile, cache: Cache) -> Remembered | None:
    """What is known of the last whole render of a script in a profile; None for nothing."""
    raw = cache.read_here(_name(order, profile))
    if raw is None:
        return None
    try:
        (scenes, around, spans_s, seconds_per_hop, plan), arrays = unpacked(raw)
        levels = Levels(arrays["powers"], arrays["peaks"], arrays["spoken"], float(seconds_per_hop))
        spans = tuple((start, end) for start, end in spans_s)
        return Remembered(Texts(tuple(scenes), around), spans, levels, Plan(*plan))
    except (ValueError, KeyError, TypeError):
        return None


def _written(script: Script) -> list[Scene]:
    """The scenes that somebody wrote."""
    return [scene for scene in script.scenes if scene.id != script.credits_scene]


def _name(order: Order, profile: Profile) -> str:
    return key("remembered", made_by_program(), str(order.project.script.resolve()), profile.name)
