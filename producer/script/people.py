"""Who speaks: the cast, what a scene changes of it, and how one line is spoken."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.possessive import ending_ipa, parted
from producer.model.script import Member, Position, Pronunciation, Token, VoiceUse
from producer.model.sound import Catalogue
from producer.script import keys
from producer.script.keys import Asked
from producer.script.quantities import ReadingError, name
from producer.script.reading import (
    Given,
    Notes,
    as_items,
    as_meant,
    as_pairs,
    as_text,
    hint,
    long_keys,
    meant,
    merged,
    read_keys,
)
from producer.script.tree import Node, Scalar
from producer.units import Lu, Metres, Percent, Wpm

_PARTS = re.compile("[-‐‑/]")
RATE_WPM = Wpm(160.0)
"""How fast a member speaks who has no rate of his own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member as written: his own keys, or those whose voices he joins."""

    key: str
    place: Place
    asked: Asked = field(default_factory=Asked)
    together: Mapping[str, Place] = field(default_factory=dict)
    """Members who speak at once, each with the place where that is said."""


Cast = Mapping[str, Person]


def read_cast(node: Node, notes: Notes) -> Cast:
    """Every member; one without a voice is noted."""
    cast: dict[str, Person] = {}
    pairs = as_pairs(node, "'cast'", "keeper: {voice: en-us}", notes)
    for key, value in pairs.pairs if pairs else ():
        _note_name(key, notes)
        cast[key.text] = _person(key, value, notes)
    for person in cast.values():
        _note_together(person, cast, notes)
    return cast


def _note_name(key: Scalar, notes: Notes) -> None:
    try:
        name(key.text)
    except ReadingError as wrong:
        notes.add(key.place, f"cast: {wrong}")
        return
    if key.text in keys.RESERVED:
        what = f"nobody can be called '{key.text}', which is a key of the script"
        notes.add(key.place, f"{what}; write '{key.text}_1: {{name: {key.text.title()}}}', say")


def _person(key: Scalar, node: Node, notes: Notes) -> Person:
    pairs = as_pairs(node, f"'{key.text}'", f"{key.text}: {{voice: en-gb}}", notes)
    if pairs is None:
        return Person(key=key.text, place=key.place)
    given = as_meant(f"'{key.text}'", keys.MEMBER, long_keys(pairs.pairs), notes)
    members = [one for one in given if one.key == "together"]
    asked = read_keys(f"'{key.text}'", keys.CAST, [one for one in given if one.key != "together"], notes)
    _note_replica(key.text, asked, bool(members), notes)
    if members:
        if "voice" in asked.places:
            notes.add(asked.places["voice"], "members who speak 'together' have their own voices; leave out 'voice'")
        return Person(key=key.text, place=key.place, asked=asked, together=_together(members[0], notes))
    if "voice" not in asked.places and not any(one.key == "voice" for one in given):
        notes.add(key.place, f"'{key.text}' has no voice; write one, as in '{key.text}: {{voice: en-gb}}'")
    return Person(key=key.text, place=key.place, asked=asked)


def _note_replica(member: str, asked: Asked, together: bool, notes: Notes) -> None:
    """A replica of somebody's voice without that person's leave, or leave for none, is noted."""
    replica, consent = (asked.places.get(key) for key in keys.OF_SOMEBODY)
    if together and (where := replica or consent):
        notes.add(where, "members who speak 'together' have their own voices; say there whose replica one is")
    elif replica and not consent:
        what = f"'{member}' speaks with a replica of the voice of {asked.replica_of}; say where the leave is written"
        notes.add(replica, f"{what}, as in 'consent: agreement of 2026-03-01'")
    elif consent and not replica:
        notes.add(consent, f"say whose voice '{member}' has a replica of, as in 'replica_of: Maren Voss'")


def _together(given: Given, notes: Notes) -> dict[str, Place]:
    if given.node is None:
        return {}
    nodes = as_items(given.node, "'together'", "together: [first, second]", notes)
    if len(nodes) < 2:
        notes.add(given.place, "'together' needs two members or more, as in 'together: [first, second]'")
    members: dict[str, Place] = {}
    for node in nodes:
        scalar = as_text(node, "a member", notes)
        if scalar is not None and scalar.text.strip() in members:
            notes.add(scalar.place, f"together: '{scalar.text.strip()}' is here twice; leave one out")
        elif scalar is not None:
            members[scalar.text.strip()] = scalar.place
    return members


def _note_together(person: Person, cast: Cast, notes: Notes) -> None:
    for member, place in person.together.items():
        if member not in cast:
            what = f"nobody in the cast is called '{member}'{hint(member, [k for k in cast if k != person.key])}"
            notes.add(place, f"together: {what}")
        elif cast[member].together:
            notes.add(place, f"together: '{member}' is several members already; name each of them instead")


def read_changes(node: Node, cast: Cast, notes: Notes) -> Mapping[str, Asked]:
    """What a scene's `cast` changes, by member."""
    pairs = as_pairs(node, "'cast'", "keeper: {treat: telephone}", notes)
    changes: dict[str, Asked] = {}
    allowed = {key: value for key, value in keys.CAST.items() if key not in ("name", *keys.OF_SOMEBODY)}
    for key, value in pairs.pairs if pairs else ():
        if key.text not in cast:
            notes.add(key.place, f"nobody in the cast is called '{key.text}'{hint(key.text, cast)}")
        inner = as_pairs(value, f"'{key.text}'", f"{key.text}: {{treat: telephone}}", notes)
        if inner is not None:
            changes[key.text] = read_keys(f"'{key.text}' in a scene", allowed, long_keys(inner.pairs), notes)
    return changes


def note_voice(asked: Asked, catalogue: Catalogue, notes: Notes) -> None:
    """A voice that this machine does not have is noted."""
    if not asked.voice or catalogue.voices is None:
        return
    base, plus, variant = asked.voice.partition("+")
    if base not in catalogue.voices:
        notes.add(asked.places["voice"], f"there is no voice '{base}'{_near_voice(base, catalogue.voices)}")
    elif plus and catalogue.variants and variant not in catalogue.variants:
        what = f"the voice '{base}' has no variant '{variant}'{hint(variant, catalogue.variants)}"
        notes.add(asked.places["voice"], what)


def _near_voice(base: str, voices: Iterable[str]) -> str:
    known = list(voices)
    near = meant(base, known) or (hint(base, known) if len(known) <= 12 else "")
    if not near and ":" in base:  # an engine whose voices are the user's own
        return "; 'render voices' lists what this machine can speak with"
    return near or "; voices have espeak-ng's names, such as en-gb, en-us, de, es, fr and ru"


def members(cast: Cast) -> dict[str, Member]:
    """The cast as later stages know it."""
    return {
        key: Member(
            key=key,
            name=person.asked.name or key,
            voice=person.asked.voice or "",
            together=tuple(person.together),
            replica_of=person.asked.replica_of,
            consent=person.asked.consent,
        )
        for key, person in cast.items()
    }


def voices(speaker: str, cast: Cast, changes: Mapping[str, Asked], line: Asked) -> tuple[VoiceUse, ...]:
    """Who says a line, and how: the member's own keys, then the scene's, then the line's."""
    person = cast.get(speaker)
    if person is None:
        return (_use(speaker, [line]),)
    layers = [person.asked, changes.get(speaker, Asked()), line]
    if not person.together:
        return (_use(speaker, layers),)
    joined = [(key, cast[key].asked) for key in person.together if key in cast]
    return tuple(_use(key, [own, changes.get(key, Asked()), *layers]) for key, own in joined)


def _use(member: str, layers: Sequence[Asked]) -> VoiceUse:
    asked = layers[0]
    for layer in layers[1:]:
        asked = merged(asked, layer)
    return VoiceUse(
        member=member,
        voice=asked.voice or "",
        rate_wpm=RATE_WPM if asked.rate is None else Wpm(asked.rate),
        voice_place=asked.places.get("voice"),
        rate_place=asked.places.get("rate"),
        pitch=Percent(asked.pitch.first if asked.pitch else 0.0),
        pitch_place=asked.places.get("pitch"),
        treat=asked.treat or "none",
        level_lu=Lu(asked.level.first if asked.level else 0.0),
        path=whereabouts(asked),
        room=asked.room[0] if asked.room else "",
        through=asked.room[1:] if asked.room else (),
    )


def whereabouts(asked: Asked) -> tuple[Position, ...]:
    """One place, or those that are moved through; what is not said is the centre, at 1 m."""
    pans, distances = asked.pan or (0.0,), asked.distance or (1.0,)
    if asked.path:
        return tuple(
            Position(
                pans[0] if place.pan is None else place.pan,
                Metres(distances[0]) if place.distance_m is None else place.distance_m,
            )
            for place in asked.path
        )
    count = max(len(pans), len(distances))
    return tuple(
        Position(pans[min(i, len(pans) - 1)], Metres(distances[min(i, len(distances) - 1)])) for i in range(count)
    )


def pronounced(tokens: Sequence[Token], say: Sequence[Pronunciation]) -> tuple[Token, ...]:
    """`tokens` as `say` has them said: whole words, with their case before without it.

    A word in braces is said as its braces say. `Aoife's` is `Aoife` and its ending; each part of `Aoife-like` and
    `Aoife/Tom` is a word, if it has a respelling: IPA stands for a whole word.
    """
    exact = {_core(one.word)[1]: one for one in say}
    folded = {word.casefold(): one for word, one in reversed(exact.items())}
    return tuple(_pronounced(token, exact, folded) for token in tokens)


def _pronounced(token: Token, exact: Mapping[str, Pronunciation], folded: Mapping[str, Pronunciation]) -> Token:
    if token.written != token.spoken:
        return token
    before, word, after = _core(token.written)

    def known(word: str) -> tuple[Pronunciation | None, str]:
        """How a word is said, and the ending that it has besides."""
        for stem, ending in ((word, ""), parted(word)):
            said = exact.get(stem) or folded.get(stem.casefold())
            if said is not None:
                return said, ending and "'s"
        return None, ""

    said, ending = known(word)
    if said is not None and said.ipa:
        ipa = said.said + (ending_ipa(said.said) if ending else "")
        return Token(token.written, ipa, token.emphasis, True, token.glue)
    if said is not None:
        return Token(token.written, before + said.said + ending + after, token.emphasis, False, token.glue)
    parts = _PARTS.split(word)
    ways = [(part, *known(part)) for part in parts] if len(parts) > 1 else []
    if not any(way is not None and not way.ipa for _, way, _ in ways):
        return token
    spoken = " ".join(part if way is None or way.ipa else way.said + ending for part, way, ending in ways)
    return Token(token.written, before + spoken + after, token.emphasis, False, token.glue)


def _core(text: str) -> tuple[str, str, str]:
    """The signs before a word, the word, the signs after it."""
    letters = [i for i, sign in enumerate(text) if unicodedata.category(sign)[0] in "LMN"]
    if not letters:
        return text, "", ""
    return text[: letters[0]], text[letters[0] : letters[-1] + 1], text[letters[-1] + 1 :]
