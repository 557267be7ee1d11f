"""Small scripts, takes and sounds made by hand, at a rate where one sample is one millisecond."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from producer.audio import Audio, silence
from producer.errors import Place, Problem, ScriptError
from producer.model.pace import Pace
from producer.model.script import (
    Anchor,
    Bed,
    Cue,
    Hear,
    InlineMark,
    Item,
    Length,
    Line,
    Margin,
    Mark,
    Member,
    Moment,
    Pause,
    Scene,
    Script,
    Silence,
    Stop,
    Token,
    VoiceUse,
)
from producer.model.sound import BedSource, Measured, Origin, SettingsAt, Sound, SoundRef
from producer.model.timeline import Timeline
from producer.model.voice import Phrase, Take, TimedWord
from producer.timeline.place import place as place_on_timeline
from producer.units import Wpm

RATE_HZ = 1000
WORD = 200
"""Every word of a take made here lasts 200 ms, and the next begins at once."""
FILE = "script/test.yaml"


@dataclass(frozen=True)
class Shelf:
    """A palette of fixed lengths: role -> the sound, and (length, onset) of each member of its pool."""

    sounds: Mapping[str, Sound]
    members: Mapping[str, Sequence[tuple[int, int]]]
    rate_hz: int = RATE_HZ
    music_length: Mapping[str, int] = field(default_factory=dict)

    def sound(self, role: str) -> Sound:
        return self.sounds[role]

    def measure(self, ref: SoundRef) -> Measured:
        length, onset = self.members[ref.role][ref.member]
        if ref.length_s is not None:
            length = round(ref.length_s * self.rate_hz)
        return Measured(length=length, onset=min(onset, length), loudness_lufs=-20.0, channels=1)

    def audio(self, ref: SoundRef) -> Audio:
        return silence(self.measure(ref).length, 1)

    def bed(
        self,
        role: str,
        seed: str,
        settings: tuple[tuple[str, float], ...] = (),
        *,
        loop: bool = False,
        pitch_cents: float = 0.0,
        speed: float = 1.0,
    ) -> BedSource:
        length = self.music_length.get(role)
        pace = speed * 2.0 ** (pitch_cents / 1200.0)
        return Endless(None if length is None or loop else round(length / pace))

    def bed_member(self, role: str, seed: str) -> int:
        return 0

    def origin(self, role: str, member: int = 0) -> Origin:
        return Origin(
            pack="test", version="1", title=role, author="", licence="CC0-1.0", file=f"{role}_{member + 1}.wav"
        )


@dataclass(frozen=True)
class Endless:
    length: int | None
    channels: int = 2
    loudness_lufs: float = -20.0

    def read(self, start: int, stop: int, settings: SettingsAt | None = None) -> Audio:
        return silence(stop - start)


def _sound(role: str, members: int = 1, **given: object) -> Sound:
    weights = (1.0,) * members
    return replace(Sound(role=role, pack="test", title=role, kind="hit", weights=weights), **given)  # type: ignore[arg-type]


SHELF = Shelf(
    sounds={
        "door": _sound("door"),
        "gull": _sound("gull", 3),
        "knock": _sound("knock"),
        "riser": _sound("riser", kind="stinger"),
        "hum": _sound("hum", sustains=True),
        "boots": _sound("boots", 4, kind="steps", pace=Pace(0.5, 0.5), vary_pitch_cents=60.0, vary_level_db=1.5),
        "wind": _sound("wind", kind="bed", settings={"strength": (0.0, 1.0)}, resting={"strength": 0.5}),
        "sea": _sound("sea", kind="bed"),
        "heart": _sound("heart"),
        "theme": _sound("theme", kind="stinger"),
    },
    members={
        "door": [(1000, 0)],
        "gull": [(700, 100), (700, 100), (700, 100)],
        "knock": [(400, 50)],
        "riser": [(3000, 2500)],
        "hum": [(800, 20)],
        "boots": [(250, 30), (240, 30), (260, 30), (250, 30)],
        "wind": [(1000, 0)],
        "sea": [(1000, 0)],
        "heart": [(300, 40)],
        "theme": [(10000, 0)],
    },
    music_length={"theme": 10_000},
)


def at_line(number: int) -> Place:
    return Place(FILE, number, 5)


def moment(text: str, *, target: str = "", nth: int | None = None, plus: str = "0", line: int = 1) -> Moment:
    """`now`, `start of X`, `end of X`, `word scrape`, `after word scrape` (of `target`), `mark turn`."""
    anchor = next(a for a in (Anchor.AFTER_WORD, *Anchor) if text.startswith(a.value))
    rest = text[len(anchor.value) :].strip()
    worded = anchor in (Anchor.WORD, Anchor.AFTER_WORD)
    return Moment(
        anchor=anchor,
        target=target if worded else rest,
        words=rest if worded else "",
        nth=nth,
        offset_s=Fraction(plus),
        written=text,
        place=at_line(line),
    )


def speech(item_id: str, text: str, **given: object) -> Line:
    """A line whose text has `|` where a rest stands (its length from `rests`, in seconds, else 500 ms each)."""
    number = int(given.pop("place_line", 1))  # type: ignore[call-overload]
    lengths: Sequence[Length] = given.pop("rests", ())  # type: ignore[assignment]
    tokens: list[Token] = []
    rests: list[Silence] = []
    for piece in text.split():
        if piece == "|":
            length = lengths[len(rests)] if len(rests) < len(lengths) else Fraction(1, 2)
            rests.append(length if isinstance(length, Silence) else Silence(after_token=len(tokens), length=length))
        else:
            written, _, spoken = piece.partition("=")
            tokens.append(Token(written, (spoken or written).replace("_", " ")))
    voices = given.pop("voices", None) or (VoiceUse(member="keeper", voice="en-gb", rate_wpm=Wpm(150)),)
    return Line(
        id=item_id,
        scene="scene-1",
        place=at_line(number),
        tokens=tuple(tokens),
        rests=tuple(replace(rest, after_token=min(rest.after_token, len(tokens))) for rest in rests),
        voices=voices,
        **given,  # type: ignore[arg-type]
    )


def take(line: Line, word: int = WORD) -> Take:
    """Every word `word` samples long; a token that is said in several words is as many times as long."""
    phrases: list[Phrase] = []
    bounds = [0, *(rest.after_token for rest in line.rests), len(line.tokens)]
    for first, last in itertools.pairwise(bounds):
        words: list[TimedWord] = []
        at = 0
        for index in range(first, last):
            spoken = line.tokens[index].spoken.split()
            if not any(sign.isalnum() for sign in line.tokens[index].spoken):
                continue
            said = tuple((one, at + word * n) for n, one in enumerate(spoken)) if len(spoken) > 1 else ()
            words.append(TimedWord(index, at, at + word * len(spoken), said))
            at += word * len(spoken)
        phrases.append(Phrase(np.zeros((at, 1), np.float32), tuple(words)))
    return Take(phrases=tuple(phrases), source={"voice": "test:one"}, wpm=150.0)


def cue(item_id: str, role: str, **given: object) -> Cue:
    number = int(given.pop("place_line", 1))  # type: ignore[call-overload]
    given.setdefault("key", f"{role} {item_id}")
    return Cue(id=item_id, scene="scene-1", role=role, place=at_line(number), **given)  # type: ignore[arg-type]


def bed(item_id: str, role: str, **given: object) -> Bed:
    number = int(given.pop("place_line", 1))  # type: ignore[call-overload]
    said = frozenset(given.pop("said", frozenset()))  # type: ignore[call-overload]
    key = f"{role} {item_id}"
    return Bed(id=item_id, key=key, scene="scene-1", role=role, place=at_line(number), said=said, **given)  # type: ignore[arg-type]


def pause(item_id: str, length: Length | str, **given: object) -> Pause:
    number = int(given.pop("place_line", 1))  # type: ignore[call-overload]
    long = Fraction(length) if isinstance(length, str) else length
    return Pause(id=item_id, scene="scene-1", place=at_line(number), length=long)


def stop(item_id: str, what: str, *, cut: bool = False, line: int = 1, **given: object) -> Stop:
    given.setdefault("fade_out_s", Fraction(1, 50) if cut else Fraction(2))
    return Stop(id=item_id, scene="scene-1", what=what, place=at_line(line), cut=cut, **given)  # type: ignore[arg-type]


def mark(item_id: str, name: str, at: Moment | None = None) -> Mark:
    return Mark(id=item_id, scene="scene-1", name=name, place=at_line(1), at=at)


def inline_mark(name: str, before_token: int) -> InlineMark:
    return InlineMark(name=name, before_token=before_token, place=at_line(1))


def hear(item_id: str, treat: str, **given: object) -> Hear:
    return Hear(id=item_id, scene="scene-1", treat=treat, place=at_line(1), **given)  # type: ignore[arg-type]


def scene(*items: Item, number: int = 1, **given: object) -> Scene:
    scene_id = f"scene-{number}"
    moved = tuple(replace(item, scene=scene_id) for item in items)
    given.setdefault("title", f"Scene {number}")
    return Scene(id=scene_id, place=at_line(number), speech_margin=Margin(), items=moved, **given)  # type: ignore[arg-type]


def script(*scenes: Scene, **given: object) -> Script:
    cast = {"keeper": Member(key="keeper", name="The keeper", voice="en-gb")}
    return Script(file=FILE, sha256="0" * 64, title="Test", cast=cast, scenes=scenes, seed="test", **given)  # type: ignore[arg-type]


def placed(
    *scenes: Scene | Item, shelf: Shelf = SHELF, head_s: float = 0.0, tail_s: float = 0.0, grid: int = 1
) -> Timeline:
    """The timeline of some scenes, or of one scene with these items."""
    whole = script(*(scenes if scenes and isinstance(scenes[0], Scene) else (scene(*scenes),)))  # type: ignore[arg-type]
    return place_script(whole, shelf=shelf, head_s=head_s, tail_s=tail_s, grid=grid)


def place_script(
    whole: Script, *, shelf: Shelf = SHELF, head_s: float = 0.0, tail_s: float = 0.0, grid: int = 1
) -> Timeline:
    """The timeline of a script. Scenes begin where the last has ended, unless `grid` says: a quantum is long here."""
    takes = {(line.id, voice): take(line) for line in whole.lines for voice in range(len(line.voices))}
    return place_on_timeline(whole, takes, shelf, head_s=head_s, tail_s=tail_s, grid=grid)


def problems(*scenes: Scene | Item) -> tuple[Problem, ...]:
    """What is wrong with them; fails when nothing is."""
    try:
        placed(*scenes)
    except ScriptError as error:
        return error.problems
    raise AssertionError("this should have been an error")


def span(timeline: Timeline, clip_id: str) -> tuple[int, int]:
    found = timeline.clip(clip_id).span
    return found.start, found.end


def hits(timeline: Timeline, clip_id: str) -> list[int]:
    return [part.hit for part in timeline.clip(clip_id).parts]
