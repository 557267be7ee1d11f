"""Whether voices can read what they are given, found out before an episode is made.

A voice that does not know an alphabet names its letters, and only it can tell: so a line of each alphabet that a
voice is to read is spoken, and all of them where it cannot.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from functools import partial

from producer.cache import Cache
from producer.errors import Several, VoiceError
from producer.model.script import Line, VoiceUse
from producer.model.words import is_latin
from producer.voice.engine import UnspeakableError
from producer.voice.engines import DEFAULT, VOICES
from producer.voice.plain_text import refuse_ipa
from producer.voice.speak import speak_lines, unspoken
from producer.voice.there import split_voice


def check_letters(uses: Iterable[tuple[Line, int, VoiceUse]], rate_hz: int, cache: Cache, jobs: int = 1) -> None:
    """Raise `VoiceError` with every line whose letters its voice would only name, or whose IPA it does not read.

    What was spoken for it is kept in the cache: the episode does not speak it again. Voices that do not come with
    the program are not asked to speak: they may take long, and to read letters, or to refuse them, is theirs.

    Args:
        uses: lines with the number of the voice and the voice, as `there.check_voices` has them.
        rate_hz: of the takes that the episode will have.
    """
    several = Several()
    asked: dict[tuple[str, frozenset[str]], list[Line]] = {}
    for line, _, use in uses:
        several.tried(partial(_check_ipa, line, use))
        if split_voice(use.voice)[0] == DEFAULT and (alphabets := _alphabets(line)):
            asked.setdefault((use.voice, alphabets), []).append(replace(line, voices=(use,)))
    several.tried(lambda: _spoken(asked.values(), rate_hz, cache, jobs))
    several.tell()


def _check_ipa(line: Line, use: VoiceUse) -> None:
    """Raises `VoiceError` for a line with IPA that its voice does not read."""
    engine, name = split_voice(use.voice)
    if any(token.ipa for token in line.tokens) and not VOICES[engine].reads_ipa(name):
        try:
            refuse_ipa(line.tokens)
        except UnspeakableError as why:
            raise VoiceError([unspoken(line, use, why)]) from None


def _spoken(alike: Collection[Sequence[Line]], rate_hz: int, cache: Cache, jobs: int) -> None:
    """Speaks a line of each that are alike to a voice, and all of them where one cannot be. Raises `VoiceError`."""
    try:
        speak_lines([lines[0] for lines in alike], rate_hz, cache, jobs)
    except VoiceError:
        speak_lines([line for lines in alike for line in lines], rate_hz, cache, jobs)
        raise


def _alphabets(line: Line) -> frozenset[str]:
    """The alphabets of a line, but Latin, by the word that Unicode's names begin with."""
    letters = {letter for token in line.tokens if not token.ipa for letter in token.spoken if letter.isalpha()}
    return frozenset(unicodedata.name(letter).split()[0] for letter in letters if not is_latin(letter))
