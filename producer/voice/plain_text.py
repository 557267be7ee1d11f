"""A phrase as the plain text that a synthesiser reads, with the pronunciations that a script gives."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from producer.model.script import Token
from producer.voice.engine import UnspeakableError
from producer.voice.phrasing import PUNCTUATION
from producer.voice.respelling import is_respelling, respelled_ipa


def words(tokens: Sequence[Token], *, english: bool, phonemes: Callable[[str], str] | None = None) -> list[str]:
    """What is written for each token.

    Args:
        tokens: the phrase's.
        english: respellings are read by English spelling; otherwise, and where there are no phonemes, the synthesiser
            gets their letters, without hyphens and without the capitals that mark stress, which it would spell out.
        phonemes: how IPA is written for the synthesiser; None when it reads none. May raise `UnspeakableError`.
    """
    return [_word(token, english=english, phonemes=phonemes) for token in tokens]


def _word(token: Token, *, english: bool, phonemes: Callable[[str], str] | None) -> str:
    if token.ipa:
        return phonemes(token.spoken) if phonemes else token.spoken
    core = token.spoken.strip(PUNCTUATION)
    if core and english and phonemes and is_respelling(token.written.strip(PUNCTUATION), core):
        head, _, tail = token.spoken.partition(core)
        return phonemes(head + respelled_ipa(core) + tail)
    return letters(token)


def letters(token: Token) -> str:
    """A token in letters: a respelling without its hyphens and capitals."""
    core = token.spoken.strip(PUNCTUATION)
    if not core or not is_respelling(token.written.strip(PUNCTUATION), core):
        return token.spoken
    head, _, tail = token.spoken.partition(core)
    return head + core.replace("-", "").lower() + tail


def needs_comma(text: str) -> bool:
    """Whether a text that goes on after a rest has nothing at its end that keeps a voice from falling."""
    return text[-1:].isalnum()


def text(tokens: Sequence[Token], said: Sequence[str], *, ends: bool) -> str:
    """The words of tokens with the spaces between them.

    Where the sentence goes on after a rest there is a comma, so that a voice does not fall.
    """
    joined = "".join(
        ("" if token.glue or not number or not word else " ") + word
        for number, (token, word) in enumerate(zip(tokens, said, strict=True))
    )
    return joined if ends or not needs_comma(joined) else joined + ","


def refuse_ipa(tokens: Sequence[Token]) -> None:
    """Raises `UnspeakableError` for what a synthesiser that reads letters alone cannot say."""
    for token in tokens:
        if token.ipa:
            written = token.written.strip(PUNCTUATION)
            raise UnspeakableError(f"cannot read IPA; say '{written}' in letters, as in {{{written}|…}}")


def without_ipa(tokens: Sequence[Token], *, ends: bool) -> str:
    """The text for a synthesiser that reads letters alone; raises `UnspeakableError` for IPA."""
    refuse_ipa(tokens)
    return text(tokens, words(tokens, english=False), ends=ends)
