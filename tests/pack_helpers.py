"""A script of sounds and a pack, all the way to the mix: everything real but the voices."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from producer import script as script_stage
from producer.audio import Audio
from producer.cache import Cache
from producer.mix.mixer import Mixer
from producer.model.script import Script
from producer.model.timeline import Timeline
from producer.model.voice import Take
from producer.sounds.find import Packs, load_packs
from producer.sounds.palette import PackPalette, palette
from producer.timeline.place import place
from producer.units import Samples, Span
from tests.sounds_helpers import RATE, RECIPES
from tests.timeline_helpers import take

HEAD = "title: T\npacks: [{packs}]\ncast:\n  ann: {{voice: en-gb}}\nscenes:\n  - title: One\n    play:\n"


@dataclass(frozen=True)
class Made:
    """An episode as far as the mix."""

    script: Script
    packs: Packs
    palette: PackPalette
    timeline: Timeline
    takes: dict[tuple[str, int], Take]

    def sounds(self) -> Audio:
        """The bus of spot effects, all of it."""
        mixer = Mixer(self.timeline, self.script, self.takes, self.palette)
        return mixer.block(Span(Samples(0), self.timeline.duration)).sounds

    def beds(self) -> Audio:
        mixer = Mixer(self.timeline, self.script, self.takes, self.palette)
        return mixer.block(Span(Samples(0), self.timeline.duration)).beds

    def members(self, role: str) -> list[int]:
        """What each strike of a role plays, in the order heard."""
        parts = [part for clip in self.timeline.clips if clip.kind == "sound" for part in clip.parts]
        heard = sorted((part for part in parts if part.sound and part.sound.role == role), key=lambda part: part.hit)
        return [part.sound.member for part in heard if part.sound]

    def choices(self) -> dict[str, list[object]]:
        """Of each clip (by the script line it stands on) all that chance has chosen."""
        return {
            f"{clip.name} {clip.id}": [(p.sound, p.gain_db, p.hit - clip.parts[0].hit) for p in clip.parts]
            for clip in self.timeline.clips
            if clip.kind == "sound"
        }


def made(root: Path, cache: Cache, play: str, packs: tuple[str, ...] = ("p",), head: str = HEAD) -> Made:
    """The episode whose `play` holds these items (indented by six), with packs that are folders of `root`.

    Every word takes a fifth of a second to say.
    """
    written = script_stage.read(head.format(packs=", ".join(packs)) + play, "script/x.yaml")
    found = load_packs(written.packs, [root], recipes=RECIPES).whole()
    whole = script_stage.resolve(written, found.catalogue())
    sounds = palette(found, RATE, cache, RECIPES, whole.seed)
    takes = {(line.id, voice): take(line, RATE // 5) for line in whole.lines for voice in range(len(line.voices))}
    return Made(whole, found, sounds, place(whole, takes, sounds), takes)


def steps_at(audio: Audio, above: float) -> list[int]:
    """The samples where something begins: over `above` after at least 20 ms of less."""
    loud = np.flatnonzero(np.abs(audio).max(axis=1) > above)
    return [int(at) for before, at in zip([-RATE, *loud[:-1]], loud, strict=True) if at - before > RATE // 50]
