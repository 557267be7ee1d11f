"""What `play` holds, item by item, as written: kinds, names, keys and words, not yet looked up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from producer.bounds import BOUNDS
from producer.errors import Place
from producer.frozen import changed
from producer.script import keys
from producer.script.markup import Bracket, read_spoken
from producer.script.moments import WORDS, length_or_moment
from producer.script.pieces import Between, Piece
from producer.script.quantities import ReadingError, length, name
from producer.script.reading import (
    Given,
    Notes,
    as_meant,
    as_text,
    free_name,
    hint,
    long_keys,
    meant,
    read_keys,
    short_keys,
    take_id,
    value_of,
)
from producer.script.short import first_part, split
from producer.script.tree import Items, Node, Pairs, Scalar

BEAT = length("400 ms")
_MOST_JOINED = 8  # words that stand where a role of one word was meant
_MOST_CUES = int(BOUNDS.speech_cues)
CALLED = {
    **{"sound": "a sound", "bed": "a bed", "music": "music", "hear": "'hear'", "end": "'end'", "cut": "'cut'"},
    **{"pause": "a pause", "mark": "a mark", "speech": "a speech"},
}
_WITH_ID = {(kind, False): frozenset({*allowed, "id"}) for kind, allowed in keys.BESIDE.items()}
_WITH_ID["sound", True] = frozenset({*keys.BRACKET, "id"})
_EXAMPLE = {
    **{"sound": "sound: door_latch", "bed": "bed: sea", "music": "music: theme", "hear": "hear: muffled"},
    **{"end": "end: sea", "cut": "cut: all", "pause": "pause: 2 s", "mark": "mark: turn"},
}
_read_length = length_or_moment(length)
_KeyAndNode = tuple[Scalar, Node]


class Play:
    """Reads the items of a whole episode in order, counting each kind for the ids that the script does not give."""

    def __init__(self, cast: Iterable[str], roles: Container[str], notes: Notes) -> None:
        self.cast = frozenset(cast)
        self.roles = roles
        self.notes = notes
        self.counts: Counter[str] = Counter()

    def read(self, node: Node) -> list[Piece]:
        """The item that `node` holds; several when a dash is missing, none when it cannot be told what it is."""
        if isinstance(node, Pairs):
            return [piece for part in self._parted(node) if (piece := self._piece(part, node.place))]
        if isinstance(node, Items):
            self.notes.add(node.place, "a list cannot be an item; there is a '-' too many")
        else:
            self._note_bare(node)
        return []

    def hear(self, scalar: Scalar) -> Piece:
        """A scene's own `hear`, as the item of that name."""
        return self._named(Scalar("hear", scalar.place), scalar, [])

    def _note_bare(self, node: Scalar) -> None:
        first = node.text.split(maxsplit=1)[0] if node.text.strip() else ""
        if not first:
            self.notes.add(node.place, "this item is empty; leave out the '-', or write an item after it")
        elif self._is_head(first):
            self.notes.add(node.place, f"a colon is missing after '{first}'; write '{first}: …'")
        else:
            shown = node.text if len(node.text) <= 40 else node.text[:39].rstrip() + "…"
            self.notes.add(
                node.place, f"'{shown}' is not an item; say what it is, as in 'sound: {first}' or 'NAME: text'"
            )

    def _is_head(self, key: str) -> bool:
        return key in keys.ITEMS or key in self.cast

    def _parted(self, node: Pairs) -> list[tuple[_KeyAndNode, ...]]:
        """One group of keys for each item: more than one where a dash is missing, which is noted."""
        heads = [i for i, (key, _) in enumerate(node.pairs) if self._is_head(key.text)]
        for before, here in pairwise(heads):
            first, second = node.pairs[before][0], node.pairs[here][0]
            what = f"'{first.text}' and '{second.text}' stand in one item; a dash is missing before '{second.text}'"
            self.notes.add(second.place, what)
        cuts = [0, *heads[1:], len(node.pairs)]
        return [node.pairs[a:b] for a, b in pairwise(cuts)]

    def _piece(self, pairs: tuple[_KeyAndNode, ...], place: Place) -> Piece | None:
        head = next((pair for pair in pairs if self._is_head(pair[0].text)), None) or self._unknown_head(pairs, place)
        if head is None:
            return None
        key, node = head
        beside = long_keys(pair for pair in pairs if pair is not head)
        if key.text not in keys.ITEMS:
            return self._speech(key, node, beside)
        scalar = as_text(node, f"'{key.text}'", self.notes)
        if scalar is None:
            return None
        if not scalar.text.strip():
            self.notes.add(scalar.place, f"'{key.text}' has no value; write one, as in '{_EXAMPLE[key.text]}'")
            return None
        return self._pause(key, scalar, beside) if key.text == "pause" else self._named(key, scalar, beside)

    def _unknown_head(self, pairs: tuple[_KeyAndNode, ...], place: Place) -> _KeyAndNode | None:
        """The one key that was meant to be the item, so that what it holds is still read."""
        strange = next((pair for pair in pairs if pair[0].text not in keys.RESERVED), None)
        if strange is None:
            what = "this item has keys but does not say what is heard; it needs 'sound', 'bed' and so on, or who speaks"
            self.notes.add(place, what)
            return None
        key, node = strange
        close = meant(key.text, [*keys.ITEMS, *self.cast])
        if any(f"did you mean '{item}'" in close for item in keys.ITEMS):
            self.notes.add(key.place, f"'{key.text}' is not an item{close}")
            return None
        self.notes.add(key.place, f"nobody in the cast is called '{key.text}'{hint(key.text, self.cast)}")
        return strange if isinstance(node, Scalar) else None

    def _named(self, key: Scalar, scalar: Scalar, beside: list[Given]) -> Piece:
        kind = key.text
        role, offset, given = self._head(kind, scalar)
        place = scalar.at(offset)
        if kind == "mark" and value_of("mark", role, place, name, self.notes) is not None:
            free_name("a mark", role, place, WORDS, self.notes)
        return self._made(kind, role, key.place, place, given + beside)

    def _head(self, kind: str, scalar: Scalar) -> tuple[str, int, list[Given]]:
        """The name in front, its offset, and the short form's keys. A role in two words is one mistake, not a key."""
        name, offset, parts = split(scalar.text)
        given = short_keys(scalar, parts)
        for _ in range(_MOST_JOINED):
            if kind not in ("sound", "bed", "music") or name in self.roles or not given:
                break
            first = given[0]
            if first.key in ("", "id", *keys.ITEMS[kind]) or "," in scalar.text[: first.offset]:
                break
            joined = f"{name}_{first.key}"
            if joined not in self.roles and meant(first.key, keys.ITEMS[kind]):
                break
            if joined in self.roles:
                self.notes.add(scalar.at(offset), f"a role is one word; write '{joined}'")
            end = offset + len(name)
            gap = len(scalar.text[end:]) - len(scalar.text[end:].lstrip())
            scalar = replace(scalar, text=f"{scalar.text[:end]}_{scalar.text[end + gap :]}")
            name, offset, parts = split(scalar.text)
            given = short_keys(scalar, parts)
        return name, offset, given

    def _made(
        self, kind: str, role: str, place: Place, name_place: Place, given: Sequence[Given], *, bracket: bool = False
    ) -> Piece:
        owner, allowed = CALLED[kind], keys.BRACKET if bracket else keys.BESIDE[kind]
        given = as_meant(owner, _WITH_ID[kind, bracket], given, self.notes)
        explicit, id_place, others = take_id(given, self.notes, WORDS)
        return Piece(
            kind=kind,
            name=role,
            place=place,
            name_place=name_place,
            id=self._number(kind, explicit),
            named=bool(explicit),
            id_place=id_place or place,
            asked=read_keys(owner, allowed, others, self.notes),
        )

    def _number(self, kind: str, explicit: str) -> str:
        """The script's own id, or the kind and how many of it there have been."""
        self.counts[kind] += 1
        return explicit or f"{'line' if kind == 'speech' else kind}-{self.counts[kind]}"

    def _pause(self, key: Scalar, scalar: Scalar, beside: list[Given]) -> Piece:
        value, parts = first_part(scalar.text)
        how_long = value_of("pause", value, scalar.place, lambda text: _read_length(text, scalar.place), self.notes)
        made = self._made("pause", "", key.place, scalar.place, short_keys(scalar, parts) + beside)
        return changed(made, length=how_long)

    def _speech(self, key: Scalar, node: Node, beside: list[Given]) -> Piece | None:
        made = self._made("speech", key.text, key.place, key.place, beside)
        scalar = as_text(node, f"what '{key.text}' says", self.notes)
        return None if scalar is None else self.said(made, scalar)

    def said(self, speech: Piece, scalar: Scalar) -> Piece:
        """`speech` with the words, and what stands between them, of a text."""
        spoken = read_spoken(scalar.text)
        for offset, what in spoken.mistakes:
            self.notes.add(scalar.at(offset), what)
        if not spoken.tokens and not spoken.mistakes:
            self.notes.add(scalar.place, f"'{speech.name}' says nothing; write the words after the colon")
        brackets = spoken.brackets[:_MOST_CUES]
        if len(spoken.brackets) > _MOST_CUES:
            what = f"{len(spoken.brackets)} cues and pauses stand in this speech, and one has at most {_MOST_CUES}"
            self.notes.add(scalar.at(max(0, spoken.brackets[_MOST_CUES].offset - 1)), f"{what}; part it in several")
        between = tuple(found for bracket in brackets if (found := self._between(scalar, bracket)))
        return changed(speech, tokens=spoken.tokens, between=between)

    def _between(self, scalar: Scalar, bracket: Bracket) -> Between | None:
        before = bracket.before_token
        if bracket.beat:
            return Between(before_token=before, place=scalar.at(bracket.offset), rest=BEAT)
        place = scalar.at(bracket.offset - 1)
        inner = _part_of(scalar, bracket.offset, bracket.text)
        word = split(inner.text)[0]
        if not word:
            what = "these brackets are empty; write a sound, as in '[gull]', or '\\[' for the sign itself"
            self.notes.add(place, what)
            return None
        if word in ("pause", "beat", "mark"):
            return self._rest_or_mark(word, inner.text.strip()[len(word) :].strip(), place, before)
        role, offset, given = self._head("sound", inner)
        cue = self._made("sound", role, place, inner.at(offset), given, bracket=True)
        return Between(before_token=before, place=place, written=" ".join(inner.text.split()), cue=cue)

    def _rest_or_mark(self, word: str, value: str, place: Place, before: int) -> Between | None:
        try:
            if word == "beat" and value:
                raise ReadingError("a beat is always 400 ms; for another length write '[pause 800 ms]'")
            if word == "beat":
                return Between(before_token=before, place=place, rest=BEAT)
            if not value:
                raise ReadingError(
                    f"write {'how long, as in [pause 800 ms]' if word == 'pause' else 'its name, as in [mark turn]'}"
                )
            if word == "pause":
                return Between(before_token=before, place=place, rest=_read_length(value, place))
            return Between(
                before_token=before, place=place, mark=free_name("a mark", name(value), place, WORDS, self.notes)
            )
        except ReadingError as wrong:
            self.notes.add(place, f"{word}: {wrong}")
            return None


def _part_of(scalar: Scalar, start: int, text: str) -> Scalar:
    """`text`, which stands in `scalar` from `start` on, as a scalar that knows where it stands."""
    breaks = tuple((at - start, line, col) for at, line, col in scalar.offsets if start < at < start + len(text))
    return Scalar(text, scalar.at(start), breaks)
