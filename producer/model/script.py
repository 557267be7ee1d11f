"""The script as later stages read it: every default filled in, every name checked, every item with its place.

`producer.script` makes these from YAML; nothing downstream looks at YAML again. Quantities are in the unit that the
field's name or type says. `place` is where in the script something was asked for; `at` is the moment it happens.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from enum import Enum
from fractions import Fraction

from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.model.brought import Brought
from producer.model.credits import CreditsAsked
from producer.model.pace import Pace
from producer.units import Cents, Lu, Metres, Percent, Wpm


class Anchor(Enum):
    """What a moment is counted from."""

    NOW = "now"
    START = "start of"
    END = "end of"
    WORD = "word"
    AFTER_WORD = "after word"
    MARK = "mark"


LINE = "line"  # targets of a moment that are not ids
NEXT_LINE = "next line"
SCENE = "scene"


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A point in time hung on something else."""

    anchor: Anchor
    target: str = ""
    """An item's id, LINE, NEXT_LINE or SCENE; for MARK the mark's name; "" where the language says which."""
    words: str = ""  # for WORD and AFTER_WORD: what is quoted, as written
    nth: int | None = None  # `word "the" (2)`; None when the script gives no number
    offset_s: Fraction = Fraction(0)
    written: str  # as it stands in the script, for messages
    place: Place


Length = Fraction | Moment
"""A length in seconds, or (`until …`) the moment that ends it."""


@dataclass(frozen=True, slots=True)
class Glide:
    """A value that moves evenly from `first` to `last` over the sound; equal when it does not move."""

    first: float
    last: float

    @property
    def moves(self) -> bool:
        return self.first != self.last


@dataclass(frozen=True, slots=True)
class Position:
    """Where a sound is. None means: not said here."""

    pan: float | None = None  # -100 (left) … 100 (right)
    distance_m: Metres | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """One step of a treatment: a name of `model.treatment.EFFECTS` and its value in that effect's unit."""

    name: str
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """A place to be heard in: a preset of `model.room.PRESETS` with what is changed of it, or a recorded room."""

    name: str
    preset: str  # "none" for a recorded one
    decay_s: float | None = None  # RT60; None: the preset's; of a recorded one what was measured, once it is loaded
    wet_db: float | None = None  # reverberant against direct level at 1 m; None: the preset's, or the recording's own
    impulse: str | None = None  # an impulse-response file, from the project's folder
    sha256: str = ""  # of that file, once it is loaded
    place: Place = Place("")  # where the script names the file


@dataclass(frozen=True, slots=True, kw_only=True)
class Pronunciation:
    """How `word` is said: a respelling (`EE-fa`) or IPA (between slashes in the script, kept here without them)."""

    word: str
    said: str
    ipa: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One of the cast, as the top level of the script has them."""

    key: str
    name: str  # for captions and credits
    voice: str
    together: tuple[str, ...] = ()
    replica_of: str = ""  # whose voice `voice` is a replica of; "": nobody's
    consent: str = ""  # where that person's leave is written


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceUse:
    """One member speaking one line: cast, scene and line settings merged."""

    member: str  # key in the cast
    voice: str  # as written: an espeak-ng name such as `en-gb`, `en-us+f3`, or `engine:name`
    rate_wpm: Wpm
    voice_place: Place | None = field(default=None, compare=False)  # where it is written
    rate_place: Place | None = field(default=None, compare=False)
    pitch: Percent = Percent(0.0)  # relative to the voice's own
    pitch_place: Place | None = field(default=None, compare=False)
    treat: str = "none"
    level_lu: Lu = Lu(0.0)
    path: tuple[Position, ...] = (Position(0.0, Metres(1.0)),)
    """One place, or two and more to move through over the line."""
    room: str = ""  # "": the scene's; else a room's name or `none`
    through: tuple[str, ...] = ()  # the rooms that it goes on to from there over the line


@dataclass(frozen=True, slots=True)
class Token:
    """What stands between two spaces of the spoken text (or between the braces of `{written|spoken}`)."""

    written: str  # for transcripts and captions: "112", "drawer,"
    spoken: str  # for the voice: "one hundred and twelve", "drawer,"
    emphasis: bool = False
    ipa: bool = False
    """`spoken` is IPA; comes from `say`."""
    glue: bool = False
    """No space stands between this token and the one before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A rest inside a line: `[pause 800 ms]`, `[beat]`, a blank line, or `[knock wait]`."""

    after_token: int  # the rest comes before the token with this index; len(tokens) at the end
    length: Length = Fraction(0)
    wait_for: str = ""  # the id of a sound whose own length (or `length`, when over 0) the voice waits


@dataclass(frozen=True, slots=True, kw_only=True)
class InlineMark:
    """`[mark turn]`: names the moment before token `before_token` (the end of the line when there is none)."""

    name: str
    before_token: int
    place: Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is said in one go, with its rests, cues and marks."""

    id: str
    scene: str
    place: Place
    tokens: tuple[Token, ...]
    rests: tuple[Silence, ...] = ()
    marks: tuple[InlineMark, ...] = ()
    cues: tuple[Cue, ...] = ()  # sounds in brackets; each has `before_token`
    voices: tuple[VoiceUse, ...]
    how: str = ""
    take: str = ""  # a recording, as written; "" when it is to be spoken by the voice
    at: Moment | None = None
    lead_s: Length = Fraction(0)
    lead_place: Place | None = None
    gap_s: Length | None = None  # None: the scene's

    @property
    def speaker(self) -> str:
        """The member as the script names it (a `together` member has several voices)."""
        return self.voices[0].member if len(self.voices) == 1 else self.together

    together: str = ""

    @property
    def text(self) -> str:
        """As written, for people to read."""
        return "".join(("" if t.glue or i == 0 else " ") + t.written for i, t in enumerate(self.tokens))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cue:
    """A spot effect: an item of its own, or in brackets inside a line (`before_token` is then set)."""

    id: str
    key: str
    """Names this cue by what it hangs on (scene, role, words around it): so its chance is its own."""
    scene: str
    role: str
    place: Place
    before_token: int | None = None  # in brackets: lands on this token of its line, or on the rest there
    on_rest: bool = False
    """In brackets, with a rest between it and the next token: it lands where that rest begins."""
    rest: int | None = None
    """With `on_rest`: which of its line's rests that is; None: the first before that token (mostly the only one)."""
    at: Moment | None = None
    for_s: Length | None = None  # `for 3 s`
    until: Moment | None = None
    wait: Length | None = None  # None: to its end; 0: `wait: no`
    every: Pace | None = None
    repeat: int | None = None
    variant: int | None = None  # from 1
    level_lu: Glide = Glide(-10.0, -10.0)
    path: tuple[Position, ...] = (Position(0.0, Metres(1.0)),)
    room: str = ""  # "": the scene's
    through: tuple[str, ...] = ()  # the rooms that it goes on to from there
    treat: str = "none"
    pitch_cents: Glide = Glide(0.0, 0.0)
    speed: Percent = Percent(100.0)
    settings: Mapping[str, float] = field(default_factory=dict)
    fade_in_s: Length | None = None
    fade_out_s: Length | None = None
    duck: bool = False
    """Whether the speech margin rules it, as it does beds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bed:
    """A bed or music: the start of one, or (when one of that role or id is running) a ride of it.

    None means "not said here": what the role's defaults or the running bed have. The defaults of its role are merged in
    already, for a start; a ride uses only what was said (`said`).
    """

    id: str
    key: str
    scene: str
    role: str
    place: Place
    music: bool = False
    said: frozenset[str] = frozenset()  # the keys that stand in the item itself
    names_id: bool = False
    """`bed:` names the id of a running bed instead of a role: always a ride."""
    at: Moment | None = None
    until: Moment | None = None
    over_s: Length | None = None
    level_lu: Glide = Glide(-20.0, -20.0)
    every: Pace | None = None
    path: tuple[Position, ...] = (Position(0.0, Metres(1.0)),)
    width: Percent = Percent(100.0)
    room: str = ""
    """"": its own air, dry, in the scene; a room's name; `none`: outside the scene, as music is unless it says."""
    treat: str = "none"
    pitch_cents: Cents = Cents(0.0)
    speed: Percent = Percent(100.0)
    settings: Mapping[str, float] = field(default_factory=dict)
    fade_in_s: Length | None = None
    fade_out_s: Length | None = None
    duck: bool = True
    carry: bool = False
    loop: bool = False  # music only; beds always do


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """A treatment between the listener and the whole scene, from here until the next `hear` or the scene's end."""

    id: str
    scene: str
    treat: str
    place: Place
    at: Moment | None = None
    over_s: Length = Fraction(1, 2)
    level_lu: Lu = Lu(0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """`end:` or `cut:` a role, an id or `all`."""

    id: str
    scene: str
    what: str
    place: Place
    cut: bool = False  # a cut also ends the echoes
    at: Moment | None = None
    fade_out_s: Length = Fraction(2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pause:
    id: str
    scene: str
    place: Place
    length: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    id: str
    scene: str
    name: str
    place: Place
    at: Moment | None = None
    chapter: str = ""  # the title of the chapter that begins here; "": none does


Item = Line | Cue | Bed | Hear | Stop | Pause | Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    id: str
    title: str  # "" when it has none: then it is no chapter
    place: Place
    room: str = ""  # "": none, and what is in the scene is dry
    hear: str = "none"
    gap_s: Fraction = Fraction(7, 20)
    crossfade_s: Fraction = Fraction(3, 2)
    speech_margin: Margin
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Margin:
    """How far speech stays above what lies under it."""

    beds_lu: Lu = Lu(15.0)
    music_lu: Lu = Lu(10.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """One episode, whole."""

    file: str  # as the user named it, with forward slashes; never absolute in outputs
    sha256: str  # of that file alone
    size_bytes: int = 0
    brought: tuple[Brought, ...] = ()  # the files that it brings, in the order in which they are named
    title: str
    show: str = ""
    season: int | None = None
    episode: int | None = None
    language: str = "en"
    writer: str = ""
    producer: str = ""
    summary: str = ""
    cover: str = ""
    cover_place: Place | None = None
    date: str = ""
    explicit: bool | None = None
    commercial: bool = False
    profile: str = "podcast"
    packs: tuple[str, ...] = ()
    seed: str = ""
    mixes: tuple[str, ...] = ()
    cast: Mapping[str, Member]
    say: tuple[Pronunciation, ...] = ()
    rooms: Mapping[str, Room] = field(default_factory=dict)  # every room that is used, presets too
    treatments: Mapping[str, tuple[Effect, ...]] = field(default_factory=dict)  # the script's own
    scenes: tuple[Scene, ...]
    edition_of: str = ""  # the file of the script that this is an edition of
    untranslated: tuple[str, ...] = ()  # ids of lines and scenes whose text is still that script's
    credits: CreditsAsked = field(default_factory=CreditsAsked)
    credits_scene: str = ""  # id of the scene that speaks them, once it is there
    changed: tuple[Problem, ...] = ()  # texts that are translated from words which that script no longer has

    @property
    def lines(self) -> tuple[Line, ...]:
        """Every line, in reading order."""
        return tuple(item for scene in self.scenes for item in scene.items if isinstance(item, Line))

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Every spot effect, in reading order; those in brackets where their line stands."""
        every = (item for scene in self.scenes for item in scene.items)
        each = ((item,) if isinstance(item, Cue) else item.cues if isinstance(item, Line) else () for item in every)
        return tuple(cue for cues in each for cue in cues)

    @property
    def beds(self) -> tuple[Bed, ...]:
        """Every bed and music item, rides too, in reading order."""
        return tuple(item for scene in self.scenes for item in scene.items if isinstance(item, Bed))
