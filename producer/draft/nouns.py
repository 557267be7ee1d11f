"""What a draft is made of: paragraphs on the way in, scenes with what is said and heard on the way out."""

from __future__ import annotations

from typing import Literal

from producer.frozen import dataclass

Kind = Literal["text", "heading", "break", "verse", "note"]
Sex = Literal["m", "f", ""]
NARRATOR = "narrator"
UNKNOWN = "someone"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """One block of prose. `text` has single spaces and no line ends; offsets below count its characters."""

    text: str
    kind: Kind = "text"
    level: int = 0  # of a heading, from 1
    emphasis: tuple[tuple[int, int], ...] = ()
    lines: tuple[int, ...] = ()  # where a line of verse begins, the first one left out


@dataclass(frozen=True, slots=True)
class Source:
    """What a reader of one form found."""

    paragraphs: tuple[Paragraph, ...]
    title: str = ""
    writer: str = ""
    language: str = ""
    left_out: tuple[str, ...] = ()  # told at the top of the script: what of the file is not in it, and why


@dataclass(frozen=True, slots=True, order=True)
class Heard:
    """A sound that a word of a text asks for."""

    offset: int  # of the word in the text
    word: str
    role: str
    kind: Literal["sound", "bed"]
    keys: str = ""  # what stands after the role and the moment
    phrase: str = ""  # the words that were understood as that sound


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """What one person says in one go."""

    speaker: str  # a person's key
    text: str
    how: str = ""
    emphasis: tuple[tuple[int, int], ...] = ()
    lines: tuple[int, ...] = ()
    heard: tuple[Heard, ...] = ()
    doubt: str = ""  # why it is not certain who speaks
    treat: str = ""
    beats: tuple[int, ...] = ()  # offsets at which the writer asks for a rest
    fresh: bool = False  # begins a paragraph of the source
    tag: bool = False  # goes with the speech before it: `said Mara`


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """What is heard between speeches; `note` is the words that asked for it."""

    kind: Literal["sound", "bed", "music", "pause", "end", "comment"]
    role: str = ""  # of a pause: its length
    keys: str = ""
    note: str = ""
    suggested: bool = False  # found by listening, not written by the writer


Item = Speech | Played


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene."""

    title: str = ""
    room: str = ""
    room_from: str = ""  # the words that say where it is
    items: tuple[Item, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Somebody who speaks."""

    key: str
    name: str
    sex: Sex = ""
    sex_known: bool = False  # the name or the story says it
    called: frozenset[str] = frozenset()  # every name that was understood as this person's
    together: tuple[str, ...] = ()  # keys of those who say a line at once; they have the voices


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A production before it is written down."""

    title: str
    language: str
    form: str  # prose, fountain or radio
    language_known: bool = True  # somebody or the words say which it is
    writer: str = ""
    people: tuple[Person, ...] = ()  # the narrator first, then as they come
    scenes: tuple[Scene, ...] = ()
    left_out: tuple[str, ...] = ()
