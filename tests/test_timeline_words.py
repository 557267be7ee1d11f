"""Which words a quotation means."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.model.script import Token
from producer.model.words import FoundWords, find, fold


def find_words(line: list[Token], quoted: str) -> list[tuple[int, int]]:
    """From which token to which."""
    return [(hit.first, hit.last) for hit in find(line, quoted)]


def tokens(text: str) -> list[Token]:
    """`written=as_it_is_said`; a token that begins with `+` is glued to the one before."""
    made: list[Token] = []
    for piece in text.split():
        written, _, spoken = piece.lstrip("+").partition("=")
        made.append(Token(written, (spoken or written).replace("_", " "), glue=piece.startswith("+")))
    return made


@pytest.mark.parametrize(
    ("line", "quoted", "found"),
    [
        ("Who's there? Who is it?", "there", [(1, 1)]),
        ("Who's there? Who is it?", "WHO", [(2, 2)]),
        ("Who's there? Who is it?", "whos", [(0, 0)]),
        ("Who’s there?", "who's there", [(0, 1)]),
        ("Who is it?", "is it", [(1, 2)]),
        ("Who — is it?", "who is", [(0, 2)]),
        ("Who is it?", "it who", []),
        ("a half-open door", "half open", [(1, 1)]),
        ("a half-open door", "half-open door", [(1, 2)]),
        ("the old man and the sea", "the", [(0, 0), (4, 4)]),
        ("the the the", "the the", [(0, 1), (1, 2)]),
        ("then the", "the", [(1, 1)]),
        ("up 112=one_hundred_and_twelve steps", "112", [(1, 1)]),
        ("up 112=one_hundred_and_twelve steps", "twelve steps", [(1, 2)]),
        ("up 112=one_hundred_and_twelve steps", "112 steps", [(1, 2)]),
        ("up 112=one_hundred_and_twelve steps", "up one hundred", [(0, 1)]),
        ("Aoife=EE-fa waits", "aoife", [(0, 0)]),
        ("un +believ +able. Yes", "unbelievable", [(0, 2)]),
        ("un +believ +able. Yes", "able", []),
        ("c'est l'hiver", "hiver", [(1, 1)]),
        ("qu’est-ce qu’on dell'acqua", "ce qu'on", [(0, 1)]),
        ("l'hiver et un hiver", "hiver", [(3, 3)]),
        ("o'clock, Sergei's", "clock", []),
        ("STRASSE", "Straße", [(0, 0)]),
        ("Ｗｉｄｅ ﬁne", "wide fine", [(0, 1)]),
        ("anything", "…", []),
        ("", "word", []),
    ],
)
def test_words_match_without_case_or_punctuation(line: str, quoted: str, found: list[tuple[int, int]]) -> None:
    assert find_words(tokens(line), quoted) == found


def test_a_word_inside_a_token_knows_which_of_its_spoken_words_it_is() -> None:
    line = tokens("112=one_hundred_and_twelve")
    assert find(line, "and") == [FoundWords(0, 0, first_word=2, last_word=3)]
    assert find(line, "twelve") == [FoundWords(0, 0, first_word=3, last_word=None)]
    assert find(line, "112") == [FoundWords(0, 0)]
    assert find(tokens("11=one_one"), "one") == [FoundWords(0, 0, 0, 1), FoundWords(0, 0, 1, None)]


def test_a_word_behind_an_elision_counts_what_is_elided() -> None:
    assert find(tokens("dell'acqua-viva"), "acqua") == [FoundWords(0, 0, first_word=1, last_word=2)]
    assert find(tokens("dell'acqua-viva"), "viva") == [FoundWords(0, 0, first_word=2, last_word=None)]


def test_a_word_that_is_written_and_said_is_found_once() -> None:
    assert find_words([Token("Dr. Smith", "Doctor Smith")], "smith") == [(0, 0)]
    assert find_words([Token("Dr. Smith", "Doctor Smith")], "dr smith") == [(0, 0)]


def test_ipa_is_not_words() -> None:
    line = [Token("Aoife", "ˈiːfə", ipa=True)]
    assert find_words(line, "iːfə") == []
    assert find_words(line, "aoife") == [(0, 0)]


WORDS = st.lists(st.sampled_from(["the", "old", "lamp", "sea,", "—", "Who's"]), max_size=8)


@settings(max_examples=150, deadline=None)
@given(words=WORDS, start=st.integers(0, 8), length=st.integers(1, 4))
def test_what_stands_in_a_line_is_found_where_it_stands(words: list[str], start: int, length: int) -> None:
    line = [Token(word, word) for word in words]
    quoted = words[start : start + length]
    found = find_words(line, " ".join(quoted))
    voiced = [start + i for i, word in enumerate(quoted) if fold(word)]
    if voiced:
        assert (voiced[0], voiced[-1]) in found
    for first, last in found:
        assert fold(" ".join(words[first : last + 1])) == fold(" ".join(quoted))
