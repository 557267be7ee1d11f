"""What people say is not YAML: written on one line it survives `check --fix` and reaches the transcript unchanged."""

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from producer import script
from producer.model.sound import Catalogue
from producer.script.mend import mend

WORDS = [
    "no",
    "yes",
    "1984",
    "1:30",
    "012",
    "key: value",
    "level: -20 LU",
    "a",
    "Nobody",
    "said:",
    "#9",
    "# 9",
    "platform #9",
]
WORDS += [
    "'Tis",
    '"Hello,"',
    "it's",
    "[gull]",
    "[pause 1 s]",
    "{112|one}",
    "*really*",
    "50%",
    "@home",
    "&c.",
    "| bar",
    "> more",
]
WORDS += [
    "- dash",
    "–",
    "—",
    "?",
    "!",
    "...",
    "…",
    "🕯",
    "👩‍🚀",
    "שלום",
    "مرحبا",
    "“quoted”",
    "‘so’",
    "<b>",
    "`tick`",
    "~",
    "null",
    "=",
    ":",
    ",",
]
SENTENCES = st.lists(st.sampled_from(WORDS), min_size=1, max_size=9).map(" ".join)


def escaped(sentence: str) -> str:
    """As a writer puts signs that the language would read as markup."""
    return re.sub(r"([\[\]{}*])", r"\\\1", sentence)


def wholly_quoted(text: str) -> bool:
    """YAML's own quoting: one pair of marks around all of it, perhaps with a comment after it."""
    return re.fullmatch(r"""("[^"]*"|'([^']|'')*')(\s+#\s.*)?|(["']).*\3""", text) is not None


def a_block_header(text: str) -> bool:
    return re.fullmatch(r"[|>]\s*", text) is not None


@settings(
    max_examples=500,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow],
)
@given(SENTENCES.filter(lambda s: re.search(r"\w", s) is not None and not wholly_quoted(s) and not a_block_header(s)))
def test_five_hundred_sentences_survive_fix_and_reach_the_transcript(sentence: str) -> None:
    text = f"title: T\ncast:\n  ann: {{voice: en-gb}}\nscenes:\n  - play:\n      - ann: {escaped(sentence)}\n"
    fixed = mend(text, "t.yaml").fixed
    assert mend(fixed, "t.yaml").problems == ()
    read = script.resolve(script.read(fixed, "t.yaml"), Catalogue(sounds={}))
    (line,) = read.lines
    assert line.text == " ".join(sentence.split())
