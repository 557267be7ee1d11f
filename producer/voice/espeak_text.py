"""A phrase as espeak-ng's SSML, and where in it each token stands."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence

from producer.frozen import dataclass
from producer.model.script import Token
from producer.model.words import is_latin
from producer.voice.engine import UnspeakableError
from producer.voice.espeak_ipa import to_mnemonics, unknown_ipa
from producer.voice.respelling import is_respelling, respelled_ipa
from producer.voice.wording_tables import ENGLISH_OPENERS

SPOKEN_SIGNS = frozenset("&%+=@#°×÷")
"""Signs that are read out, besides letters, digits and currencies; all others only shape the melody, or are silent."""
_PUNCTUATION = ".,;:!?…\"'“”‘’«»()—–-"
_SYLLABARIES = frozenset({"cmn", "yue", "hak"})  # a sign is a word there
_SHAPING = frozenset(_PUNCTUATION)
_QUOTES = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "«": '"', "»": '"', "−": "-"})
_EDGES = re.compile(rf"^([{re.escape(_PUNCTUATION)}]*)(.*?)([{re.escape(_PUNCTUATION)}]*)$", re.DOTALL)
_DOUBLE_HYPHEN = re.compile(r"(?<=\w)-{2,}")  # as one types a dash
_POINT = re.compile(r"(?<=\w)\.(?=[,;:])")  # of `Jr.,`: espeak-ng would say two clauses, the second one empty
_CLOSING = re.compile(r"[.!?…:;,—–-][\"')\]]*$")
_INITIAL = re.compile(r"[A-HJ-Z]\.")
_APART = " "
"""Around phonemes: espeak-ng leaves them out close behind a sign (`"[[...]]"`), and reads aloud a tag behind them."""
_NO_INITIAL = "-"
"""Between a letter and its point: espeak-ng takes `B.` for an initial and goes on, and `B-.` for the end it is."""


@dataclass(frozen=True, slots=True)
class Markup:
    """What espeak-ng is given, and the characters of it (from 1, half-open) that each token is."""

    text: str
    spans: tuple[tuple[int, int], ...]

    def token_at(self, position: int) -> int | None:
        """The token that character `position` (from 1, as in events) belongs to; None before the first."""
        found = [index for index, (start, _) in enumerate(self.spans) if start <= position]
        return found[-1] if found else None


def is_speakable(token: Token) -> bool:
    """Whether a voice says anything for this token: it holds a letter, a digit, a currency or a sign with a name."""
    return any(c.isalnum() or c in SPOKEN_SIGNS or unicodedata.category(c) == "Sc" for c in token.spoken)


def markup(tokens: Sequence[Token], *, ends: bool, english: bool, has: Callable[[str], bool]) -> Markup:
    """The SSML of a phrase.

    Args:
        tokens: the phrase's; those without anything to say keep only the punctuation that shapes the melody.
        ends: False when the sentence goes on after a rest: then a comma keeps the voice up.
        english: respellings are read by English spelling; other voices get their letters, without hyphens.
        has: whether the voice's language has a phoneme, by espeak-ng's mnemonic.
    """
    text = ""
    spans = []
    for index, token in enumerate(tokens):
        said = _said(token, english=english, has=has)
        if english and _INITIAL.fullmatch(said) and _begins_a_sentence(tokens, index + 1):
            said = said[0] + _NO_INITIAL + said[1:]
        if said.startswith("[[") and text[-1:] not in ("", " "):
            text += _APART
        elif index and not token.glue and (is_speakable(token) or "—" in said or "–" in said):
            text += " "
        elif not text and not is_speakable(token):
            said = ""  # by itself, espeak-ng would name the sign
        before = tokens[index - 1].emphasis if index else False
        after = tokens[index + 1].emphasis if index + 1 < len(tokens) else False
        if token.emphasis:
            end = _APART if said.endswith("]]") else ""
            said = ("" if before else '<emphasis level="strong">') + said + ("" if after else end + "</emphasis>")
        spans.append((len(text) + 1, len(text) + len(said) + 1))
        text += said
    bare = re.sub(r"</?emphasis[^>]*>", "", text).rstrip()
    if bare and not _CLOSING.search(bare):
        text += "." if ends else ","
    return Markup(text, tuple(spans))


def _begins_a_sentence(tokens: Sequence[Token], index: int) -> bool:
    """Whether a token is a word with which sentences begin, and no names: what follows `plan B.`, but not `J.`"""
    return index < len(tokens) and tokens[index].spoken.rstrip(",’'") in ENGLISH_OPENERS


def _said(token: Token, *, english: bool, has: Callable[[str], bool]) -> str:
    edges = _EDGES.match(token.spoken)
    assert edges is not None  # every part of the pattern may be empty
    head, core, tail = edges.groups()
    if token.ipa and core:
        core = token.spoken[: len(token.spoken) - len(tail)].lstrip('"“‘«(')
        unknown = unknown_ipa(core)
        if unknown:
            raise UnspeakableError(
                f"does not know the sign '{unknown}' of /{core}/; write it with the usual IPA letters"
            )
        return f"{_plain(head)}{_APART * bool(head)}[[{to_mnemonics(core, has)}]]{_plain(tail)}"
    if is_respelling(token.written.strip(_PUNCTUATION), core):
        if not english:
            return f"{_plain(head)}{core.replace('-', '').lower()}{_plain(tail)}"
        return f"{_plain(head)}{_APART * bool(head)}[[{to_mnemonics(respelled_ipa(core), has)}]]{_plain(tail)}"
    return _plain(token.spoken)


def _plain(text: str) -> str:
    """Text that espeak-ng reads as text: no markup, no signs it would name, quotation marks as it knows them."""
    signs = _DOUBLE_HYPHEN.sub("—", unicodedata.normalize("NFC", text).translate(_QUOTES))
    kept = _POINT.sub("", "".join(map(_letter, signs)))
    return kept.replace("&", "&amp;")


def _letter(c: str) -> str:
    category = unicodedata.category(c)
    if c.isalnum() or category[0] == "M" or category == "Sc" or c in SPOKEN_SIGNS or c in _SHAPING:
        return c
    # A slash, an underscore, an arrow or a bracket parts what stands on its two sides; a joiner or selector does not.
    return "" if category in ("Cf", "Cs", "Co", "Cn") or c == "\ufe0f" else " "


def check_script(token: Token, language: str, words: int, phonemes: int) -> None:
    """Refuse a word in letters that the voice can only name one by one; raises `UnspeakableError`.

    Args:
        token: as given to the voice.
        language: the voice's, without region.
        words: how many the voice said for it; `phonemes`: of how many sounds in all.
    """
    foreign = [c for c in token.spoken if c.isalpha() and not is_latin(c)]
    if token.ipa or language in _SYLLABARIES or len(foreign) < 2:
        return
    # Some alphabets' letters come as a word each, others as one long word of letter names.
    if words >= len(foreign) or phonemes > 2.5 * len(foreign):
        written, spoken = _bare(token.written), _bare(token.spoken)
        raise UnspeakableError(
            f"cannot read '{spoken}' and would name its letters; give it in letters that the voice reads: "
            f"{{{written}|…}}"
        )


def _bare(word: str) -> str:
    """A word without the signs around it."""
    return word.strip("".join(c for c in word if not c.isalnum()))
