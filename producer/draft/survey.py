"""What is known of a text before it is read for who speaks: what is spoken, what is a name, who is a he or a she."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from producer.draft.lexicon import PRONOUNS, SUBJECTS, TITLES
from producer.draft.nouns import Paragraph, Sex
from producer.draft.people import WORD, Cast, Names, Someone, folded
from producer.draft.phrases import phrases, tag_after, tokens
from producer.draft.quotes import Fragment, Style, fragments
from producer.draft.talk import SENTENCE_END

_TITLED = re.compile(rf"\b([^\W\d_]{{2,11}})\.? ({WORD})")


def cut(paragraphs: Sequence[Paragraph], style: Style) -> list[list[Fragment] | None]:
    found: list[list[Fragment] | None] = []
    open_quote = False
    for number, one in enumerate(paragraphs):
        if one.kind in ("heading", "break"):
            found.append(None)
            open_quote = False
            continue
        following = paragraphs[number + 1].text[:1] if number + 1 < len(paragraphs) else ""
        pieces = fragments(one.text, style, goes_on=open_quote, following=following) if one.kind != "note" else []
        found.append(pieces or ([Fragment(0, len(one.text), (0, len(one.text)), False)] if one.text else None))
        open_quote = bool(pieces) and pieces[-1].opened
    return found


def tagged_names(telling: Iterable[str]) -> list[str]:
    """Names that stand beside a verb of saying or behind a title: names for certain."""
    found: list[str] = []
    for text in telling:
        words = tokens(text)
        tag = tag_after(words)
        if tag and tag[0].kind == "name":
            found += tag[0].text.split()
        for number, word in enumerate(words[:-1]):
            following = words[number + 1]
            if word.capital and folded(word.text) in TITLES and following.capital and following.gap in (" ", ". "):
                found.append(following.text)
    return [word for word in found if folded(word) not in TITLES]


def titled(texts: Iterable[str]) -> dict[str, Sex]:
    """Whom a title calls a he or a she anywhere, in speech too: `“Mr. Dupont!”`; not those whom it calls both."""
    found: dict[str, set[Sex]] = {}
    for text in texts:
        for title, name in _TITLED.findall(text):
            if sex := TITLES.get(folded(title), ""):
                found.setdefault(folded(name), set()).add(sex)
    return {name: next(iter(sexes)) for name, sexes in found.items() if len(sexes) == 1}


def vote(telling: Iterable[str], names: Names, cast: Cast) -> None:
    """Pronouns near the only name of a sentence say whether it is a he or a she."""
    alone: Someone | None = None
    for text in telling:
        for sentence in SENTENCE_END.split(text):
            words = tokens(sentence)
            if not words:
                continue
            if alone is not None and words[0].low in SUBJECTS:
                alone.votes[PRONOUNS[words[0].low]] += 1
            here = [one for one, _ in phrases(words, names) if one.kind == "name"]
            alone = cast.named(here[0].text) if len(here) == 1 else None
            if alone is not None:
                for word in words[here[0].after :]:
                    if word.low in PRONOUNS:
                        alone.votes[PRONOUNS[word.low]] += 1
