"""Every key of the language: where it may stand, how its value is read, and what it does in a producer's words.

The tables here are the one list that reading, messages and the JSON Schema share.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from typing import Any

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.pace import Pace
from producer.model.script import Glide, Length, Moment, Position
from producer.script import quantities as q
from producer.script.moments import length_or_moment, moment

Reader = Callable[[str, Place], Any]


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `form` names its shape in the schema; `bare` is what it means without a value in the short form."""

    read: Reader
    form: str
    says: str
    example: str
    bare: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The keys that one item gives, read but not yet looked up; None where a key is not there.

    `places` has the place of every value that is there, by key as written.
    """

    places: Mapping[str, Place] = field(default_factory=dict)
    how: str = ""
    take: str = ""
    name: str = ""
    voice: str | None = None
    at: Moment | None = None
    until: Moment | None = None
    for_: Length | None = None
    lead: Length | None = None
    gap: Length | None = None
    over: Length | None = None
    wait: Length | None = None
    every: Pace | None = None
    repeat: int | None = None
    variant: int | None = None
    rate: float | None = None
    level: Glide | None = None
    pitch: Glide | None = None
    speed: float | None = None
    width: float | None = None
    pan: tuple[float, ...] | None = None
    distance: tuple[float, ...] | None = None
    path: tuple[Position, ...] | None = None
    room: tuple[str, ...] | None = None
    treat: str | None = None
    set: Mapping[str, float] | None = None
    fade_in: Length | None = None
    fade_out: Length | None = None
    duck: bool | None = None
    carry: bool | None = None
    loop: bool | None = None
    chapter: str = ""
    replica_of: str = ""
    consent: str = ""

    def value(self, key: str) -> Any:
        """The value of a key as written."""
        return getattr(self, field_of(key))


def field_of(key: str) -> str:
    """The field of `Asked` that holds a key: `for` is a word of Python's own."""
    return "for_" if key == "for" else key


def _plain(read: Callable[[str], Any]) -> Reader:
    return lambda text, place: read(text)


def _still(kind: q.Quantity) -> Reader:
    number = q.number_of(kind)

    def read(text: str, place: Place) -> Glide:
        value = number(text)
        return Glide(value, value)

    return read


def _wait(text: str, place: Place) -> Length | None:
    """None for `yes`: to the sound's end; 0 for `no`."""
    if text.strip().casefold() in ("yes", "true", "on"):
        return None
    if text.strip().casefold() in ("no", "false", "off"):
        return q.length("0 s")
    return length_or_moment(q.length)(text, place)


def _take(text: str, place: Place) -> str:
    """A take's number, a file's name, or `none`; what it means is found out where the recordings are."""
    written = text.strip()
    if not written or (written.isdecimal() and (len(written) > 9 or int(written) == 0)):
        raise q.ReadingError(f"'{written}' is no recording; write its number from 1, its file, or 'none' for the voice")
    return written


def settings(text: str, place: Place) -> Mapping[str, float]:
    """`strength 0.9`, several parted by commas."""
    found: dict[str, float] = {}
    for part in text.split(","):
        words = q.plain_signs(part).split()
        if len(words) != 2:
            raise q.ReadingError(f"'{part.strip()}' is not a setting and its number; write 'set strength 0.9'")
        if words[0] in found:
            raise q.ReadingError(f"'{words[0]}' is set twice")
        found[words[0]] = setting(words[1])
    return found


def setting(text: str) -> float:
    """A foley sound's knob is a bare number."""
    plain = q.plain_signs(text).strip()
    if not re.fullmatch(q.NUMBER, plain):
        raise q.ReadingError(f"'{text}' is not a number; a setting is a bare number, as in 'set strength 0.9'")
    return float(plain)


_length = length_or_moment(q.length)
_text = _plain(str.strip)
_line = _plain(q.one_line)
_glide_level = _plain(q.glide_of(q.LEVEL))
_glide_cents = _plain(q.glide_of(q.CENTS))

HOW = Key(_text, "text", "A direction for the actor; never spoken.", "not quite a whisper")
TAKE = Key(_take, "text", "Which recording of this line is heard: its number, a file, or 'none' for the voice.", "2")
AT = Key(moment, "moment", "The moment it happens.", 'word "scrape" - 40 ms')
UNTIL = Key(moment, "moment", "The moment it ends.", "end of next line")
FOR = Key(_length, "length", "How long it goes on.", "3 s")
LEAD = Key(_length, "length", "How long before the last line's end this one comes in.", "300 ms")
GAP = Key(_length, "length", "The silence before this speech, when it follows a speech.", "350 ms")
OVER = Key(_length, "length", "How long the change takes.", "6 s")
WAIT = Key(_wait, "wait", "Whether the next item waits for it: yes, no, or how long after the hit.", "no", bare="yes")
EVERY = Key(_plain(q.pace), "pace", "The time from one step or strike to the next.", "620 ms")
REPEAT = Key(_plain(q.count_of("a number of times", 10000)), "count", "How many times it strikes.", "4")
VARIANT = Key(_plain(q.count_of("a variant", 1000)), "count", "Which of the role's recordings, counted from 1.", "2")
VOICE = Key(_text, "text", "The voice: espeak-ng's name for it, with '+variant' if wanted.", "en-us+f3")
RATE = Key(_plain(q.number_of(q.RATE)), "rate", "How fast the voice speaks, in words a minute.", "145 wpm")
VOICE_PITCH = Key(_still(q.VOICE_PITCH), "percent", "Higher or lower than the voice's own pitch.", "-10 %")
SPEECH_LEVEL = Key(_still(q.LEVEL), "level", "Loudness beside the dialogue.", "-3 LU")
LEVEL = Key(_glide_level, "level_glide", "Loudness beside the dialogue; an arrow moves it.", "-12 LU")
PAN = Key(_plain(q.pan), "pan", "Where between left and right it is.", "left 40")
DISTANCE = Key(_plain(q.distance), "distance", "How far from the listener it is.", "4 m")
PATH = Key(_plain(q.path), "path", "The places that it moves through.", "far left -> near right")
ROOM = Key(
    _plain(lambda text: (q.room(text),)),
    "room",
    "The room that it is heard in; 'none' is outside the scene.",
    "lamp_room",
)
ROOMS = Key(
    _plain(q.rooms),
    "rooms",
    "The room that it is heard in; an arrow leads through a door. 'none' is outside the scene.",
    "hall -> lamp_room",
)
TREAT = Key(_text, "treatment", "The colour that it is heard in.", "telephone")
PITCH = Key(_glide_cents, "cents_glide", "Higher or lower; an arrow moves it.", "+30 cents")
BED_PITCH = Key(_still(q.CENTS), "cents", "Higher or lower.", "-200 cents")
SPEED = Key(_plain(q.number_of(q.SPEED)), "percent", "Faster or slower, pitch with it.", "90 %")
SET = Key(settings, "settings", "Turns knobs of a foley sound.", "strength 0.9")
FADE_IN = Key(_length, "length", "How long it takes to come in.", "4 s")
FADE_OUT = Key(_length, "length", "How long it takes to go.", "2 s")
WIDTH = Key(_plain(q.number_of(q.WIDTH)), "percent", "How wide the stereo image is; 0 % is one point.", "60 %")
DUCK = Key(_plain(q.flag), "flag", "'no' frees it from speech_margin.", "no")
SOUND_DUCK = Key(_plain(q.flag), "flag", "'yes' keeps it under speech as speech_margin keeps beds.", "yes", bare="yes")
CARRY = Key(_plain(q.flag), "flag", "'yes' keeps it past the end of the scene.", "yes", bare="yes")
LOOP = Key(_plain(q.flag), "flag", "'yes' begins it again when it has ended.", "yes", bare="yes")
OF_SOMEBODY: Mapping[str, Key] = {
    "replica_of": Key(_line, "text", "Whose voice the synthetic voice is a replica of.", "Maren Voss"),
    "consent": Key(_line, "text", "Where that person's leave for the replica is written.", "agreement of 2026-03-01"),
}
CHAPTER = Key(_line, "text", "Begins a chapter of this title here.", "The stairs")
NAME = Key(_line, "text", "The name for captions and credits; else the key.", "The keeper")

_PLACE = {"pan": PAN, "path": PATH, "distance": DISTANCE, "room": ROOMS}
SPEECH: Mapping[str, Key] = {
    **{"how": HOW, "take": TAKE, "at": AT, "lead": LEAD, "gap": GAP, "voice": VOICE, "rate": RATE},
    **{"pitch": VOICE_PITCH, "treat": TREAT, "level": SPEECH_LEVEL, **_PLACE},
}
SOUND: Mapping[str, Key] = {
    **{"at": AT, "for": FOR, "until": UNTIL, "wait": WAIT, "every": EVERY, "repeat": REPEAT, "variant": VARIANT},
    **{"level": LEVEL, **_PLACE, "treat": TREAT, "pitch": PITCH, "speed": SPEED, "set": SET},
    **{"fade_in": FADE_IN, "fade_out": FADE_OUT, "duck": SOUND_DUCK},
}
BRACKET: Mapping[str, Key] = {name: key for name, key in SOUND.items() if name != "at"}
BED: Mapping[str, Key] = {
    **{"at": AT, "until": UNTIL, "over": OVER, "level": LEVEL, "every": EVERY, "pan": PAN, "width": WIDTH},
    **{"room": ROOM, "treat": TREAT, "pitch": BED_PITCH, "speed": SPEED, "set": SET},
    **{"fade_in": FADE_IN, "fade_out": FADE_OUT, "duck": DUCK, "carry": CARRY},
}
MUSIC: Mapping[str, Key] = {**BED, "loop": LOOP}
HEAR: Mapping[str, Key] = {"at": AT, "over": OVER, "level": SPEECH_LEVEL}
STOP: Mapping[str, Key] = {"at": AT, "fade_out": FADE_OUT}
PAUSE: Mapping[str, Key] = {}
MARK: Mapping[str, Key] = {"at": AT, "chapter": CHAPTER}

ITEMS: Mapping[str, Mapping[str, Key]] = {
    **{
        "sound": SOUND,
        "bed": BED,
        "music": MUSIC,
        "hear": HEAR,
        "end": STOP,
        "cut": STOP,
        "pause": PAUSE,
        "mark": MARK,
    },
}
"""What `play` holds beside speech, each with the keys that may stand beside it."""

BESIDE: Mapping[str, Mapping[str, Key]] = {**ITEMS, "speech": SPEECH}

ITEM_SAYS: Mapping[str, str] = {
    "sound": "A spot effect: a role, then its keys.",
    "bed": "Ambience that runs until it is ended or the scene is over. The same bed again rides it.",
    "music": "Music; plays once. The same music again rides it.",
    "hear": "A treatment between the listener and the whole scene.",
    "end": "Ends a role, an id or 'all', with a fade.",
    "cut": "Cuts a role, an id or 'all', echoes too.",
    "pause": "A silence.",
    "mark": "A name for this moment.",
}

CAST: Mapping[str, Key] = {
    **{"voice": VOICE, "rate": RATE, "pitch": VOICE_PITCH, "treat": TREAT, "level": SPEECH_LEVEL, "pan": PAN},
    **{"distance": DISTANCE, "room": ROOM, "name": NAME, **OF_SOMEBODY},
}
"""A member's keys; `together` stands beside them at the top of the script."""
MEMBER = frozenset({*CAST, "together"})

ROLE: Mapping[str, Key] = {
    **{name: key for name, key in SOUND.items() if name not in ("at", "for", "until", "variant")},
    **{"room": ROOM, "width": WIDTH, "duck": DUCK, "carry": CARRY, "loop": LOOP},
}
"""How a role is heard unless its cue says otherwise."""

TOP: Mapping[str, str] = {
    "title": "The episode's title.",
    "show": "The show it belongs to.",
    "season": "Its season, a whole number.",
    "episode": "Its number in the season.",
    "language": "The language it is spoken in, as in 'en-GB'.",
    "writer": "Who wrote it.",
    "producer": "Who produced it.",
    "summary": "What it is about, for listeners.",
    "cover": "The cover picture, a file.",
    "date": "The day it comes out, as in '2026-11-22'.",
    "explicit": "Whether it is unfit for children.",
    "commercial": "Whether money is made with it; then sounds that forbid that are refused.",
    "profile": "What it is delivered for: podcast, broadcast, acx, alexa or archive.",
    "packs": "Folders of sounds; the first that fills a role wins.",
    "speech_margin": "How far speech stays above what lies under it.",
    "gap": "The silence before a speech that follows a speech.",
    "cast": "Who speaks, each with a voice.",
    "say": "How words are said: a respelling or /IPA/.",
    "rooms": "Rooms by name: a preset, a preset with changes, or an impulse response.",
    "sounds": "How roles are heard unless a cue says otherwise.",
    "treatments": "Colours of your own: chains of effects.",
    "series": "A file with what the episodes of a show share.",
    "credits": "The spoken credits at the end: 'no', 'yes', or how they are to be.",
    "mixes": "Mixes made beside the standard one without being asked for.",
    "seed": "Changes every choice that is left to chance.",
    "edition_of": "The script that this is a translated edition of.",
    "lines": "In an edition, the text of every line by its id; behind 'id.original', what it is a translation of.",
    "scenes": "What is heard, from top to bottom.",
}
SERIES = frozenset(
    {"show", "season", "language", "writer", "producer", "cover", "explicit", "commercial", "profile", "packs"}
    | {"speech_margin", "gap", "cast", "say", "rooms", "sounds", "treatments", "mixes", "credits"}
)
"""What a series file may hold."""
EDITION = frozenset(
    {"edition_of", "language", "title", "show", "writer", "producer", "summary", "cover", "date", "explicit"}
    | {"cast", "say", "lines", "credits"}
)
"""What an edition may hold; all else is the original's."""
ORIGINAL = ".original"
"""Behind an id in `lines`: the words of the script that the text under the id is a translation of."""
EDITION_CAST = frozenset({"voice", "rate", "pitch", "name"})
"""What an edition may say of a member."""
SCENE: Mapping[str, str] = {
    "id": "A name to point at.",
    "title": "Makes the scene a chapter.",
    "room": "The room that it plays in.",
    "hear": "A treatment between the listener and all of it.",
    "cast": "Changes of members for this scene.",
    "gap": "The silence before a speech that follows a speech, here.",
    "speech_margin": "How far speech stays above what lies under it, here.",
    "crossfade": "How long its beds overlap the last scene's; '0 s' cuts.",
    "play": "The items, in the order they are heard.",
}
SCENE_OWN: Mapping[str, Key] = {"room": ROOM, "gap": Key(_plain(q.length), "length", SCENE["gap"], "350 ms")}
ROOM_KEYS: Mapping[str, str] = {
    "preset": "The room it is made from.",
    "decay": "How long it rings, as in '0.9 s'.",
    "wet": "How strong it is against the direct sound at 1 m, as in '-12 dB'.",
    "impulse": "A recording of how a real room answers, a file of the project; in place of 'preset'.",
}
MARGIN_KEYS: Mapping[str, str] = {"beds": "How far speech stays above beds.", "music": "How far it stays above music."}

CREDITS_KEYS: Mapping[str, str] = {
    "speaker": "Who of the cast speaks them.",
    "text": "What is said, in place of title, people and sounds.",
    "title": "The title of their chapter.",
    "disclosure": "Whether they say which voices are synthetic; yes, if nothing is said.",
}

RESERVED = frozenset(ITEMS) | frozenset(SPEECH) | frozenset(SOUND) | frozenset(MUSIC) | frozenset(MARK) | {"id"}
"""No member may be called like one of these."""
