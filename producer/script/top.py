"""The top of the script: who and what it is, its packs, margins, rooms, colours, roles, pronunciations."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from fractions import Fraction
from typing import TypeVar

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.language import TAG
from producer.model.mixes import MIXES
from producer.model.profile import PROFILES
from producer.model.script import Margin, Pronunciation
from producer.script import quantities as q
from producer.script.keys import MARGIN_KEYS, TOP
from producer.script.reading import Notes, as_items, as_pairs, as_text, hint, respelt, value_of
from producer.script.tree import Node, Pairs
from producer.units import Lu

Value = TypeVar("Value")
GAP = Fraction(7, 20)
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What the top of the script says of the episode as a whole."""

    title: str = ""
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
    pack_places: Mapping[str, Place] = field(default_factory=dict)
    seed: str = ""
    mixes: tuple[str, ...] = ()
    gap: Fraction = GAP
    margin: Margin = field(default_factory=Margin)


def keyed(pairs: Pairs, known: Mapping[str, object], owner: str, notes: Notes) -> dict[str, Node]:
    """The known keys with their values; every other key is noted (`respelt`)."""
    return {key.text: node for key, node in respelt(pairs.pairs, known, owner, notes)}


def read_head(found: Mapping[str, Node], notes: Notes) -> Head:
    """What the top says; a wrong value is noted and its default stands in."""
    plain = Head()

    def get(key: str, read: Callable[[str], Value], default: Value) -> Value:
        scalar = as_text(found[key], f"'{key}'", notes) if key in found else None
        value = value_of(key, scalar.text, scalar.place, read, notes) if scalar else None
        return default if value is None else value

    number = q.count_of("a number", 100000)
    packs = read_packs(found, notes)
    return Head(
        title=get("title", q.one_line, ""),
        show=get("show", q.one_line, ""),
        season=get("season", number, None),
        episode=get("episode", number, None),
        language=get("language", _language, "en"),
        writer=get("writer", q.one_line, ""),
        producer=get("producer", q.one_line, ""),
        summary=get("summary", str.strip, ""),
        cover=get("cover", str.strip, ""),
        cover_place=found["cover"].place if "cover" in found else None,
        date=get("date", _date, ""),
        explicit=get("explicit", q.flag, None),
        commercial=get("commercial", q.flag, plain.commercial),
        profile=get("profile", _profile, plain.profile),
        packs=tuple(packs),
        pack_places=packs,
        seed=get("seed", str.strip, ""),
        mixes=tuple(read_mixes(found, notes)),
        gap=get("gap", q.length, GAP),
        margin=read_margin(found["speech_margin"], plain.margin, notes) if "speech_margin" in found else plain.margin,
    )


def _language(text: str) -> str:
    if not TAG.fullmatch(text.strip()):
        raise q.ReadingError(f"'{text}' is not a language; write its code, as in 'en-GB' or 'de'")
    return text.strip()


def _date(text: str) -> str:
    found = _DATE.fullmatch(text.strip())
    if found is None:
        raise q.ReadingError(f"'{text}' is not a day; write year, month and day, as in '2026-11-22'")
    year, month, day = (int(part) for part in found.groups())
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if not (year and 1 <= month <= 12 and 1 <= day <= _DAYS[month - 1] + leap):
        raise q.ReadingError(f"there is no day '{text.strip()}'; write year, month and day, as in '2026-11-22'")
    return text.strip()


def _profile(text: str) -> str:
    if text.strip() not in PROFILES:
        raise q.ReadingError(f"there is none called '{text.strip()}'{hint(text.strip(), PROFILES)}")
    return text.strip()


def read_packs(found: Mapping[str, Node], notes: Notes) -> dict[str, Place]:
    """The packs in the order listed, each with its place."""
    packs: dict[str, Place] = {}
    for node in as_items(found["packs"], "'packs'", "packs: [harbour, weather]", notes) if "packs" in found else ():
        scalar = as_text(node, "a pack", notes)
        if scalar is None:
            continue
        if scalar.text.strip() in packs:
            notes.add(scalar.place, f"the pack '{scalar.text.strip()}' is listed twice")
        packs.setdefault(scalar.text.strip(), scalar.place)
    return packs


def read_mixes(found: Mapping[str, Node], notes: Notes) -> dict[str, Place]:
    """The mixes that are made without being asked for, each with its place."""
    mixes: dict[str, Place] = {}
    for node in as_items(found["mixes"], "'mixes'", "mixes: [night]", notes) if "mixes" in found else ():
        scalar = as_text(node, "a mix", notes)
        if scalar is None:
            continue
        name = scalar.text.strip()
        if name not in MIXES:
            notes.add(scalar.place, f"there is no mix '{name}'{hint(name, MIXES)}")
        elif name in mixes:
            notes.add(scalar.place, f"the mix '{name}' is listed twice")
        else:
            mixes[name] = scalar.place
    return mixes


def read_margin(node: Node, base: Margin, notes: Notes) -> Margin:
    """`base` with the margins that `node` gives."""
    pairs = as_pairs(node, "'speech_margin'", "speech_margin: {beds: 15 LU, music: 10 LU}", notes)
    found = keyed(pairs, MARGIN_KEYS, "'speech_margin'", notes) if pairs else {}
    values: dict[str, float] = {}
    for key, value in found.items():
        scalar = as_text(value, f"'{key}'", notes)
        lu = value_of(key, scalar.text, scalar.place, q.number_of(q.MARGIN), notes) if scalar else None
        if lu is not None:
            values[key] = lu
    return Margin(Lu(values.get("beds", base.beds_lu)), Lu(values.get("music", base.music_lu)))


def read_say(node: Node, notes: Notes) -> tuple[Pronunciation, ...]:
    """Every word with its respelling or IPA."""
    pairs = as_pairs(node, "'say'", "say: {Aoife: EE-fa}", notes)
    found: list[Pronunciation] = []
    for key, value in pairs.pairs if pairs else ():
        scalar = as_text(value, f"how '{key.text}' is said", notes)
        said = value_of(key.text, scalar.text, scalar.place, _said, notes) if scalar else None
        if len(key.text.split()) != 1:
            notes.add(key.place, f"'{key.text}' is more than one word; say how each word is said")
        elif said:
            found.append(Pronunciation(word=key.text.strip(), said=said[0], ipa=said[1]))
    return tuple(found)


def _said(text: str) -> tuple[str, bool]:
    text = text.strip()
    if not text.startswith("/"):
        return text, False
    if len(text) < 3 or not text.endswith("/"):
        raise q.ReadingError(f"'{text}' has one slash; IPA stands between two, as in '/ˈiːfə/'")
    return text[1:-1].strip(), True


def top_keys(tree: Pairs, notes: Notes) -> dict[str, Node]:
    """The top-level keys with their values."""
    return keyed(tree, TOP, "a script", notes)
