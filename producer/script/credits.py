"""What a script says of its spoken credits: whether there are any, who speaks them, and what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from producer.errors import Place
from producer.model.credits import CreditsAsked
from producer.model.script import Position, Pronunciation, Token, VoiceUse
from producer.script import quantities as q
from producer.script.keys import CREDITS_KEYS, Asked
from producer.script.markup import read_spoken
from producer.script.people import Cast, pronounced, voices
from producer.script.reading import Notes, as_text, hint, value_of
from producer.script.top import keyed
from producer.script.tree import Node, Pairs, Scalar
from producer.script.written import Written
from producer.units import Lu, Metres

_EXAMPLE = "write 'credits: no', or 'credits: {speaker: narrator}'"


def read_credits(
    node: Node | None, cast: Cast, say: Sequence[Pronunciation], written: Written, notes: Notes
) -> CreditsAsked:
    """The value of `credits`; what is wrong in it is noted.

    In an edition, words that the original has for them are in its language and left out.
    """
    plain = CreditsAsked(readers=_readers(cast), place=Place(written.file, 1, 1))
    if node is None:
        return plain
    plain = replace(plain, place=node.place)
    if isinstance(node, Scalar):
        return replace(plain, wanted=value_of("credits", node.text, node.place, _flag, notes))
    if not isinstance(node, Pairs):
        notes.add(node.place, f"'credits' is no list; {_EXAMPLE}")
        return plain
    found = keyed(node, CREDITS_KEYS, "'credits'", notes)
    scalars = {key: scalar for key, value in found.items() if (scalar := as_text(value, f"'{key}'", notes))}
    if written.edition is not None:
        scalars = {
            key: scalar
            for key, scalar in scalars.items()
            if key not in ("text", "title") or scalar.place.file == written.file
        }
    speaker, disclosure = scalars.get("speaker"), scalars.get("disclosure")
    text, title = scalars.get("text"), scalars.get("title")
    shown = value_of("disclosure", disclosure.text, disclosure.place, q.flag, notes) if disclosure else None
    return replace(
        plain,
        wanted=True,
        speaker=_speaker(speaker, cast, notes) if speaker else "",
        disclosure=True if shown is None else shown,
        title=q.one_line(title.text) if title else "",
        text=pronounced(_words(text, notes), say) if text else (),
    )


def _flag(text: str) -> bool:
    try:
        return q.flag(text)
    except q.ReadingError:
        raise q.ReadingError(f"'{text}' is neither yes nor no; {_EXAMPLE}") from None


def _speaker(scalar: Scalar, cast: Cast, notes: Notes) -> str:
    name = scalar.text.strip()
    if name not in cast:
        notes.add(scalar.place, f"speaker: nobody in the cast is called '{name}'{hint(name, cast)}")
    elif cast[name].together:
        notes.add(scalar.place, f"speaker: '{name}' is several members; name one of them")
    return name


def _words(scalar: Scalar, notes: Notes) -> tuple[Token, ...]:
    """A text without cues and rests: nothing else is heard with the credits."""
    spoken = read_spoken(scalar.text)
    for _, what in spoken.mistakes:
        notes.add(scalar.place, f"text: {what}")
    if spoken.brackets:
        notes.add(scalar.place, "text: there are no sounds and pauses in the credits; leave out what is in [brackets]")
    if not spoken.tokens and not spoken.mistakes:
        notes.add(scalar.place, "text: it is empty; write what is to be said, or leave it out")
    return tuple(spoken.tokens)


def _readers(cast: Cast) -> dict[str, VoiceUse]:
    """Everybody in the cast by himself: undisguised, in the middle, near, outside any room."""
    found: dict[str, VoiceUse] = {}
    for key, person in cast.items():
        if not person.together:
            (use,) = voices(key, cast, {}, Asked())
            here = (Position(0.0, Metres(1.0)),)
            found[key] = replace(use, treat="none", level_lu=Lu(0.0), path=here, room="none", through=())
    return found
