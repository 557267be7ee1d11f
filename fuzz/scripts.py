"""Scripts without a mistake that use the whole language, with the packs, series and editions that belong to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

from producer.model.room import PRESETS
from producer.model.treatment import NAMED

PACK = """pack: fuzz
title: For the fuzzers
licence: CC0-1.0
sounds:
  air: {kind: bed, foley: wind, settings: {strength: 0.3}}
  hum: {kind: bed, foley: hum}
  walk: {kind: steps, foley: steps, settings: {concrete: 1}}
  knock: {kind: hit, foley: knock}
  creak: {kind: hit, foley: friction, settings: {pressure: 0.6}}
  thud: {kind: hit, foley: impact}
  swell: {kind: stinger, foley: shatter}
"""
BEDS, STEPS, HITS, MUSIC = ("air", "hum"), ("walk",), ("knock", "creak", "thud"), ("swell",)
KNOBS = {"air": "strength", "hum": "buzz", "creak": "pressure", "walk": "weight", "thud": "size"}
WORDS = re.findall(
    r"\w+",
    "rain harbour lantern window nobody answers quietly across water stone ladder morning bread copper stair garden "
    "letter winter engine pocket seven ribbon table whistle corner bottle ferry needle shadow orchard",
)
VOICES = ("en-gb", "en-us+f3", "en-us+m2", "en-gb-scotland")
_NAMES = ("ada", "ben", "cleo", "narrator")
_ROOMS = tuple(sorted(set(PRESETS) - {"none"}))
_TREATS = tuple(sorted(NAMED))
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Case:
    """A project's files by their paths in it; `script` is the one to be rendered."""

    files: dict[str, str | bytes]
    script: str
    name: str = "valid"


def project(chance: Random, scenes: int = 3, items: int = 9) -> Case:
    """A whole project: its script, now and then split into a series file and an edition.

    Args:
        scenes: at most so many.
        items: at most so many in a scene.
    """
    return _Writer(chance).project(scenes, items)


@dataclass
class _Writer:
    chance: Random
    cast: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    treats: list[str] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)  # of lines, for editions
    count: int = 0
    said: str = ""  # the id of the last line of this scene
    words: list[str] = field(default_factory=list)  # in it
    running: list[str] = field(default_factory=list)
    marks: list[str] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    scenes: int = 0
    timed: bool = False  # something hangs on a word, or speaks in a voice of its own: not for an edition

    def project(self, scenes: int, items: int) -> Case:
        shared, own = self._top()
        body = ["scenes:"]
        self.scenes = self.chance.randint(1, scenes)
        for number in range(self.scenes):
            body += self._scene(number, items)
        files: dict[str, str | bytes] = {"sfx/fuzz/pack.yaml": PACK}
        if self._maybe(0.2):
            files["series.yaml"] = "\n".join([*shared, ""])
            own = ["series: ../series.yaml", *own]
        else:
            own += shared
        files["script/play.yaml"] = "\n".join([own[0], *own[1:], *body, ""])
        if self._maybe(0.15) and not self.timed:
            files["script/play_de.yaml"] = self._edition()
            return Case(files, "script/play_de.yaml", "valid edition")
        return Case(files, "script/play.yaml")

    def _top(self) -> tuple[list[str], list[str]]:
        """The lines of a series file, and those that only an episode has."""
        self.cast = list(_NAMES[: self.chance.randint(1, 4)])
        self.rooms = [f"room_{n}" for n in range(self.chance.randint(0, 3))]
        self.treats = ["intercom"] if self._maybe(0.3) else []
        shared = ["packs: [fuzz]", "cast:"]
        for who in self.cast:
            keys = {"voice": self._of(VOICES)}
            keys |= self._some(
                {"rate": "150 wpm", "pitch": "-10 %", "treat": self._treat(), "level": self._level(-4, 2)}
            )
            keys |= self._some(
                {"pan": self._side(), "distance": "1.5 m", "room": self._room(), "name": "The one"}, 0.15
            )
            shared.append(f"  {who}: {{{', '.join(f'{key}: {value}' for key, value in keys.items())}}}")
        if len(self.cast) > 2 and self._maybe(0.3):
            shared.append(f"  both: {{together: [{self.cast[0]}, {self.cast[1]}]}}")
            self.cast.append("both")
        if self.rooms:
            shared.append("rooms:")
            for name in self.rooms:
                preset = self._of(_ROOMS)
                plain = f"  {name}: {preset}"
                shared.append(self._of([plain, f"  {name}: {{preset: {preset}, decay: 0.9 s, wet: -12 dB}}"]))
        if self.treats:
            shared.append("treatments: {intercom: [high_pass 400 Hz, drive 12 dB]}")
        if self._maybe(0.3):
            shared.append("say: {harbour: HAR-ber}")
        if self._maybe(0.3):
            shared.append(f"sounds: {{walk: {{level: {self._level(-20, -8)}, every: 620 ms}}}}")
        own = ["title: " + self._of(["Night", '"A: title"', "1984", "Über Wasser", "no"])]
        extra = {"show": "Fuzz", "season": "1", "episode": "3", "language": "en-GB", "writer": "A. Writer"}
        extra |= {"summary": "Of a night.", "date": "2026-11-22", "seed": str(self.chance.randint(0, 99))}
        extra |= {"speech_margin": "{beds: 12 LU, music: 9 LU}", "gap": "400 ms", "explicit": "no"}
        own += [f"{key}: {value}" for key, value in self._some(extra, 0.25).items()]
        return shared, own

    def _scene(self, number: int, items: int) -> list[str]:
        self.said, self.running, self.words = "", [], []
        keys = {"title": f"Scene {number + 1}", "id": f"scene_{number + 1}"}
        keys |= self._some({"room": self._room(), "hear": self._treat(), "gap": "300 ms", "crossfade": "1 s"}, 0.2)
        if self._maybe(0.15) and "both" not in self.cast:
            keys["cast"] = f"{{{self.cast[0]}: {{treat: telephone}}}}"
        lines = [f"  {'- ' if at == 0 else '  '}{key}: {value}" for at, (key, value) in enumerate(keys.items())]
        lines.append("    play:")
        lines += [f"      {one}" for one in self._speech()]  # something is always said
        makers = [self._speech, self._speech, self._speech, self._sound, self._sound, self._bed, self._bed, self._pause]
        makers += [self._music, self._mark, self._stop, self._hear, self._long_form]
        for _ in range(self.chance.randint(0, items)):
            lines += [f"      {one}" for one in self._of(makers)()]
        return [*lines, "      - pause: 2 s"]  # what begins last is heard, too

    def _speech(self) -> list[str]:
        self.count += 1
        first = not self.said
        self.said, self.words = f"line_{self.count}", self.chance.sample(WORDS, self.chance.randint(3, 8))
        self.ids.append(self.said)
        spoken = [f"*{word}*" if self._maybe(0.05) else word for word in self.words]
        if self._maybe(0.1):
            spoken.append("{112|one hundred}")
        for _ in range(self.chance.choice([0, 0, 0, 1, 2])):
            spoken.insert(self.chance.randint(1, len(spoken) - 1), self._bracket())
        text = " ".join(spoken).capitalize() + self._of([".", "!", "?"])
        self.texts[self.said] = text
        keys = {"id": self.said}
        keys |= self._some({"how": "quite low", "level": self._level(-6, 2), "treat": self._treat()}, 0.1)
        keys |= self._some({"rate": "140 wpm", "pitch": "5 %", "voice": self._of(VOICES)}, 0.05)
        keys |= self._space()
        if not first:
            keys |= self._of([{}, {}, {"gap": "600 ms"}, {"lead": "200 ms"}, {"lead": "150 ms", "level": "-3 LU"}])
        who = self._of(self.cast)
        for one in ("voice", "rate", "pitch", "pan", "path", "distance") if who == "both" else ():
            keys.pop(one, None)
        self.timed = self.timed or "voice" in keys
        form = f"- {who}: >" if self._maybe(0.3) or "[" in text[:1] or "*" in text[:1] else ""
        body = [form, f"    {text}"] if form else [f"- {who}: {text}"]
        return [*body, *(f"  {key}: {value}" for key, value in keys.items())]

    def _bracket(self) -> str:
        kind = self._of(["sound", "sound", "pause", "mark", "wait"])
        if kind == "sound":
            keys = self._some({"level": self._level(-18, -6), "pan": self._side(), "variant": "1"}, 0.3)
            return self._short(f"[{self._of(HITS)}", keys) + "]"
        if kind == "mark":
            self.count += 1
            self.marks.append(f"mark_{self.count}")
            return f"[mark mark_{self.count}]"
        return f"[{self._of(['beat', 'pause 400 ms'])}]" if kind == "pause" else f"[{self._of(HITS)} wait 300 ms]"

    def _sound(self) -> list[str]:
        kind = self._of(["hit", "hit", "at", "steps", "repeat"])
        keys = self._some({"level": self._level(-20, -6), "treat": self._treat(), "pitch": "+30 cents"}, 0.15)
        keys |= self._some({"speed": "90 %", "fade_in": "50 ms", "duck": "yes"}, 0.1) | self._space()
        if kind == "steps":
            keys |= self._of([{"for": "2 s"}, {"repeat": "4"}, {"for": "2.5 s", "every": "500 ms -> 700 ms"}])
            return [self._short(f"- sound: {self._of(STEPS)}", keys | self._of([{}, {"wait": "no"}]))]
        role = self._of(HITS)
        if kind == "repeat":
            keys |= {"repeat": str(self.chance.randint(2, 4)), "every": self._of(["700 ms", "900 ms ± 20 %"])}
        elif kind == "at":
            keys["at"] = self._moment()
        else:
            keys |= self._of([{}, {}, {"wait": "no"}, {"wait": "600 ms"}])
        if role in KNOBS and self._maybe(0.2):
            keys["set"] = f"{KNOBS[role]} 0.7"
        return [self._short(f"- sound: {role}", keys)]

    def _bed(self) -> list[str]:
        role = self._of(BEDS)
        keys = {"level": self._level(-32, -16)}
        if role in self.running:
            keys |= self._of([{"over": "2 s"}, {"over": "1 s", "width": "60 %"}, {"at": "now", "over": "500 ms"}])
        else:
            keys |= self._some({"fade_in": "2 s", "fade_out": "1 s", "width": "80 %", "pan": self._side()}, 0.3)
            keys |= self._some({"treat": self._treat(), "pitch": "-100 cents", "duck": "no"}, 0.1)
            self.running.append(role)
        if self._maybe(0.15):
            keys["set"] = f"{KNOBS[role]} 0.6"
        return [self._short(f"- bed: {role}", keys)]

    def _long_form(self) -> list[str]:
        keys = {"level": self._level(-18, -8), "pan": f"left {self.chance.randint(0, 99)} -> right 20"}
        return [f"- sound: {self._of(HITS)}", *(f"  {key}: {value}" for key, value in keys.items())]

    def _music(self) -> list[str]:
        if self._of(MUSIC) in self.running:
            return self._pause()
        self.running.append(MUSIC[0])
        return [self._short(f"- music: {MUSIC[0]}", {"level": self._level(-6, -2), "duck": "no"})]

    def _stop(self) -> list[str]:
        beds = [one for one in self.running if one in BEDS]
        if not beds:
            return self._pause()
        role = self._of(beds)
        self.running.remove(role)
        return [self._short(f"- {self._of(['end', 'cut'])}: {role}", self._some({"fade_out": "800 ms"}))]

    def _pause(self) -> list[str]:
        return [f"- pause: {self._of(['300 ms', '1 s', '0.5 s', '0:01'])}"]

    def _mark(self) -> list[str]:
        self.count += 1
        self.marks.append(f"mark_{self.count}")
        return [f"- mark: mark_{self.count}"]

    def _hear(self) -> list[str]:
        keys = self._some({"over": "500 ms", "level": "-6 LU"})
        return [self._short(f"- hear: {self._treat()}", keys)]

    def _moment(self) -> str:
        """A moment of the last line, which is over, or of a mark that has been passed."""
        self.timed = True
        word = self._of(self.words)
        known = [f'word "{word}"', f'after word "{word}"', f'word "{word}" + 80 ms', f"end of {self.said}"]
        known += ["start of line + 200 ms", "end of line - 100 ms", "now", f'word "{word}" of {self.said}']
        return self._of(known + [f"mark {one}" for one in self.marks[-1:]])

    def _space(self) -> dict[str, str]:
        where = self._of(["", "", "", "pan", "path", "room"])
        if where == "pan":
            return {"pan": self._side(), "distance": self._of(["2 m", "near", "0.8 m"])}
        if where == "path":
            return {"path": self._of(["far left -> near right", "left 80 at 6 m -> centre at 1.5 m"])}
        return {"room": self._room()} if where == "room" else {}

    def _edition(self) -> str:
        lines = ["title: Nacht", "summary: Von einer Nacht.", "edition_of: play.yaml", "language: de-DE", "cast:"]
        lines += [f"  {who}: {{voice: de}}" for who in self.cast if who != "both"]
        lines.append("lines:")
        lines += [f"  {name}: '{self.texts[name]}'" for name in self.ids]
        lines += [f"  scene_{number}: Szene {number}" for number in range(1, self.scenes + 1)]
        return "\n".join([*lines, ""])

    def _short(self, head: str, keys: dict[str, str]) -> str:
        """The short form: keys on the item's own line."""
        return head + (" " + ", ".join(f"{key} {value}" for key, value in keys.items()) if keys else "")

    def _level(self, low: int, high: int) -> str:
        return f"{self.chance.randint(low, high)} LU"

    def _side(self) -> str:
        return self._of([f"left {self.chance.randint(0, 100)}", f"right {self.chance.randint(0, 100)}", "centre"])

    def _room(self) -> str:
        return self._of([*self.rooms, "none", *_ROOMS])

    def _treat(self) -> str:
        return self._of([*self.treats, *_TREATS])

    def _some(self, keys: dict[str, str], part: float = 0.3) -> dict[str, str]:
        return {key: value for key, value in keys.items() if self._maybe(part)}

    def _maybe(self, part: float) -> bool:
        return self.chance.random() < part

    def _of(self, many: Sequence[_T]) -> _T:
        return self.chance.choice(many)
