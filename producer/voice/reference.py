"""The default voices' own readings of lines: what recordings are laid beside."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np

from producer.cache import Cache
from producer.frozen import dataclass
from producer.model.script import Line, Token, VoiceUse
from producer.model.voice import Take
from producer.units import Wpm
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.naming import Speech
from producer.voice.pairs import Reading
from producer.voice.phrasing import PUNCTUATION, Piece, has_word, pieces, sayings
from producer.voice.speak import speak_lines
from producer.voice.spectra import RATE_HZ
from producer.voice.there import split_voice
from producer.voice.timing import VARIANTS
from producer.voice.wording import worded

_RATE_WPM = Wpm(160.0)


@dataclass(frozen=True, slots=True)
class Reference:
    """A line as two voices read it, and which of its spoken words each of theirs is."""

    parts: tuple[Piece, ...]
    """The line's phrases, with its figures in words as the voices of the readings say them."""
    readings: tuple[Reading, ...]
    words: tuple[tuple[int, int, str], ...]
    """(number of the phrase, number in `sayings` of that phrase, the word) of every word of the readings."""


def reference_voice(use: VoiceUse, language: str) -> str:
    """The default engine's voice for a line: the member's own without its variant, else one of the language."""
    engine, name = split_voice(use.voice)
    base = name.casefold().partition("+")[0]
    known = VOICES[DEFAULT].names()
    if engine == DEFAULT and base in known:
        return base
    spoken = VOICES[engine].language(name) if engine in VOICES else ""
    choices = (spoken, language.casefold(), language.casefold().partition("-")[0], "en")
    return next(choice for choice in choices if choice in known)


def references(
    wanted: Sequence[tuple[Line, int]],
    language: str,
    cache: Cache,
    jobs: int,
    progress: Callable[[int, int], None] | None = None,
) -> Mapping[Speech, Reference]:
    """The readings of lines as one of their voices says them. Raises `VoiceError` for what no voice can say."""
    asked: list[Line] = []
    for line, index in wanted:
        use = line.voices[index]
        base = reference_voice(use, language)
        uses = tuple(VoiceUse(member=use.member, voice=base + variant, rate_wpm=_RATE_WPM) for variant in VARIANTS)
        asked.append(replace(line, id=f"{line.id}/{index}", voices=uses))
    takes = speak_lines(asked, RATE_HZ, cache, jobs, progress, rough=True)
    found = {}
    for (line, index), reading in zip(wanted, asked, strict=True):
        both = [takes[reading.id, variant] for variant in range(len(VARIANTS))]
        found[line.id, index] = (spoken_pieces(line, reference_voice(line.voices[index], language)), both)
    return _References(found)


class _References(Mapping[Speech, Reference]):
    """Readings that are read from the cache each time they are asked for: a long play's are not held in memory."""

    def __init__(self, found: Mapping[Speech, tuple[tuple[Piece, ...], list[Take]]]) -> None:
        self._found = found

    def __getitem__(self, speech: Speech) -> Reference:
        parts, takes = self._found[speech]
        return Reference(parts, tuple(map(_reading, takes)), _words(parts))

    def __iter__(self) -> Iterator[Speech]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)


def spoken_pieces(line: Line, voice: str) -> tuple[Piece, ...]:
    """A line's phrases with their figures in words, as `voice` of the default engine is given them."""
    language = VOICES[DEFAULT].worded(voice)
    return tuple(replace(part, tokens=worded(part.tokens, language)) for part in pieces(line))


def _reading(take: Take) -> Reading:
    """A take's phrases one after the other, and its words one by one."""
    samples = np.concatenate([np.zeros(0, np.float32), *(phrase.audio[:, 0] for phrase in take.phrases)])
    words: list[tuple[int, int]] = []
    begins = 0
    for phrase in take.phrases:
        for word in phrase.words:
            starts = [onset for _, onset in word.said] or [word.start]
            words += [(begins + a, begins + max(b, a + 1)) for a, b in pairwise([*starts, word.end])]
        begins += phrase.length
    return Reading(samples, tuple(words))


def _words(parts: Sequence[Piece]) -> tuple[tuple[int, int, str], ...]:
    """Every spoken word that a take gives a time to, in order: as `phrasing.timed_words` has them."""
    found: list[tuple[int, int, str]] = []
    for number, piece in enumerate(parts):
        said = _said(piece)
        for place, owner, token in said:
            alone = sum(other == owner for _, other, _ in said) == 1
            shown = piece.tokens[owner].written if alone else token.spoken
            found.append((number, place, shown.strip(PUNCTUATION)))
    return tuple(found)


def _said(piece: Piece) -> list[tuple[int, int, Token]]:
    return [
        (place, owner, token)
        for place, (owner, token) in enumerate(sayings(piece))
        if has_word(token) and has_word(piece.tokens[owner])
    ]


def backwards(reading: Reading) -> Reading:
    """The same sounds in wrong order: what a recording of other words is no less like."""
    length = len(reading.samples)
    words = tuple((length - end, length - start) for start, end in reversed(reading.words))
    return Reading(reading.samples[::-1].copy(), words)
