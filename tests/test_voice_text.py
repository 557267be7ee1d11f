"""From written tokens to what espeak-ng is given, and from its events back to tokens."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from producer.model.script import Pronunciation, Token
from producer.script.people import pronounced
from producer.voice import plain_text, ssml
from producer.voice.engine import Onset, Spoken, UnspeakableError, Utterance
from producer.voice.espeak_ipa import PHONEMES, STRESS, to_mnemonics, unknown_ipa
from producer.voice.espeak_text import is_speakable, markup
from producer.voice.phrasing import Piece, has_word, pieces, sayings, timed_words
from producer.voice.pool import Pool
from producer.voice.respelling import is_respelling, respelled_ipa
from tests.voice_helpers import line, tokens

# fmt: off
ODD = st.sampled_from([
    "the", "of", "don’t", "“Quiet,”", "—", "…", "112", "3.5", "£20", "&", "e.g.", "Dr.", "well-known",
    "\U0001f600", "a/b",
    "na\u0308ive", "<b>", "[[x]]", "&amp;", "]]", "*", "_", "'", "NASA", "100%", "#9", "…and", "left—quick",
    "\u200b", "!",
])
# fmt: on
WORD = st.text(
    st.characters(codec="utf-8", max_codepoint=0x17F, exclude_categories=("Cs", "Cc", "Zs", "Zl", "Zp")),
    min_size=1,
    max_size=9,
)
TOKENS = st.lists(
    st.builds(
        lambda text, emphasis, glue: Token(text, text, emphasis=emphasis, glue=glue),
        ODD | WORD,
        st.booleans(),
        st.booleans(),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(1) as workers:
        yield workers


@settings(max_examples=60, deadline=None)
@given(said=TOKENS)
def test_every_word_of_odd_text_gets_its_own_time(pool: Pool, said: list[Token]) -> None:
    piece = Piece(3, tuple(said), True)
    spoken_tokens = tuple(token for _, token in sayings(piece))
    try:
        spoken = pool.say("pyttsx3", Utterance(voice="en-gb", speed=200.0, pitch=0.0, tokens=spoken_tokens, ends=True))
    except UnspeakableError as refusal:
        assert "would name its letters" in str(refusal)
        return
    check_times(piece, spoken)


def check_times(piece: Piece, spoken: Spoken) -> None:
    length = len(spoken.samples)
    words = timed_words(piece, spoken.onsets, length)
    if length:
        assert [w.token - piece.first for w in words] == [n for n, t in enumerate(piece.tokens) if has_word(t)]
    for word in words:
        assert 0 <= word.start < word.end <= length
        assert [onset for _, onset in word.said] == sorted(onset for _, onset in word.said)
    assert all(a.end <= b.start for a, b in itertools.pairwise(words))


@settings(max_examples=200, deadline=None)
@given(
    said=TOKENS,
    marks=st.lists(st.tuples(st.integers(0, 9), st.integers(0, 50), st.integers(0, 60))),
    length=st.integers(0, 40),
)
def test_times_rise_whatever_an_engine_reports(
    said: list[Token], marks: list[tuple[int, int, int]], length: int
) -> None:
    piece = Piece(0, tuple(said), True)
    onsets = [Onset(*mark) for mark in marks]
    words = timed_words(piece, onsets, length)
    assert all(0 <= word.start < word.end <= length for word in words)
    assert all(a.end <= b.start for a, b in itertools.pairwise(words))


@settings(max_examples=200, deadline=None)
@given(said=TOKENS)
def test_each_token_stands_in_the_markup_where_its_span_says(said: list[Token]) -> None:
    written = markup(said, ends=True, english=True, has=lambda _: True)
    for index, (token, (start, end)) in enumerate(zip(said, written.spans, strict=True)):
        if is_speakable(token):
            assert end > start
            assert written.token_at(start) == written.token_at(end - 1) == index


def test_markup_is_escaped_and_signs_that_would_be_named_are_left_out() -> None:
    written = markup(tokens("salt & <pepper> [x] a_b \U0001f600 *so*"), ends=True, english=True, has=lambda _: True)
    assert written.text.split() == ["salt", "&amp;", "pepper", "x", "a", "b", "so", "."]


@pytest.mark.parametrize(("text", "ends", "last"), [("gone", True, "."), ("gone", False, ","), ("gone?", False, "?")])
def test_a_phrase_ends_as_its_sentence_does(text: str, ends: bool, last: str) -> None:
    assert markup(tokens(text), ends=ends, english=True, has=lambda _: True).text[-1] == last


def test_a_line_has_one_piece_more_than_rests() -> None:
    found = pieces(line("Who's there? Who is it", rests=[2, 4]))
    assert [(piece.first, len(piece.tokens), piece.ends) for piece in found] == [
        (0, 2, True),
        (2, 2, False),
        (4, 1, True),
    ]


@pytest.mark.parametrize(
    ("respelt", "ipa"),
    [("EE-fa", "ˈiːfə"), ("shi-VAWN", "ʃiˈvɔːn"), ("nuh-GWEN", "nəˈɡwɛn"), ("CHUM-lee", "ˈtʃʌmliː"), ("KEE", "ˈkiː")],
)
def test_a_respelling_is_read_by_its_syllables(respelt: str, ipa: str) -> None:
    assert is_respelling("name", respelt) and is_respelling("name’s", f"{respelt}'s")
    assert respelled_ipa(respelt) == ipa
    assert respelled_ipa(f"{respelt}'s") == f"{ipa}z"


def test_a_possessive_and_a_part_of_a_word_are_said_as_say_has_the_word() -> None:
    said = pronounced(
        tokens("Sergei’s Sergei-like Mia/Sergei's Mia-like"),
        [Pronunciation(word="Sergei", said="sair-GAY"), Pronunciation(word="Mia", said="miːa", ipa=True)],
    )
    read = [token for _, token in sayings(Piece(0, said, True))]
    english, french = (markup(read, ends=True, english=yes, has=lambda _: True).text for yes in (True, False))
    name, owner = (to_mnemonics(respelled_ipa(one), lambda _: True) for one in ("sair-GAY", "sair-GAY's"))
    assert english == f"[[{owner}]] [[{name}]] like Mia [[{owner}]] Mia-like."
    assert french == "sairgay's sairgay like Mia sairgay's Mia-like."
    assert plain_text.text(read, plain_text.words(read, english=False), ends=True) == french[:-1]
    ways = ElementTree.fromstring(ssml.document(read, "en", ends=True)).findall("{*}phoneme")
    assert [way.get("ph") for way in ways] == [respelled_ipa(f"sair-GAY{end}") for end in ("'s", "", "'s")]


@pytest.mark.parametrize("word", ["X-ray", "one hundred", "well-known", "U S A", "McKay", "BBC"])
def test_ordinary_words_are_not_respellings(word: str) -> None:
    assert not is_respelling("other", word)
    assert not is_respelling(word, word)


@given(st.from_regex(r"[A-Z]{1,7}(-[a-z]{1,7}){0,3}", fullmatch=True))
def test_every_respelling_is_ipa_that_the_table_knows(respelt: str) -> None:
    assert unknown_ipa(respelled_ipa(respelt)) == ""


@given(st.lists(st.sampled_from([*PHONEMES, *STRESS]), max_size=8).map("".join))
def test_ipa_always_becomes_mnemonics_that_the_voice_has(ipa: str) -> None:
    basic = set("@aeiouptkbdgfvszmnNlrwjhSZTDx")
    for part in to_mnemonics(ipa, basic.__contains__).replace("'", "|").replace(",", "|").split("|"):
        assert part in basic | {name for names in PHONEMES.values() for name in names} | {""}


def test_an_unknown_sign_of_ipa_is_named() -> None:
    with pytest.raises(UnspeakableError, match="does not know the sign '§'"):
        markup([Token("x", "a§b", ipa=True)], ends=True, english=True, has=lambda _: True)


@pytest.mark.parametrize("voice", ["en-gb", "en-us", "de", "fr", "ru", "es", "pl"])
def test_every_voice_says_something_for_every_sign_of_ipa(pool: Pool, voice: str) -> None:
    said = tuple(Token("x", f"{symbol}", ipa=True) for symbol in PHONEMES)
    spoken = pool.say("pyttsx3", Utterance(voice=voice, speed=300.0, pitch=0.0, tokens=said, ends=True))
    silent = {said[n].spoken for n in range(len(said))} - {said[onset.token].spoken for onset in spoken.onsets}
    assert silent == set()
