"""A feed is of one language: which episodes belong into it, and which into another."""

from __future__ import annotations

from collections.abc import Sequence

from producer.deliver.language import base_of
from producer.errors import RenderError
from producer.feed.channel import first_episode
from producer.feed.nouns import Episode


def in_one_language(episodes: Sequence[Episode], named: str, asked: str = "") -> tuple[str, list[Episode]]:
    """The language of a feed, and the episodes that are in it.

    English is English wherever it is spoken; but of two editions with one number, the one whose language is named in
    full is meant.

    Args:
        episodes: at least one.
        named: what `feed.yaml` calls the show's language, "" where it does not; of no account if no episode is in it.
        asked: the language of the feed, if somebody asked for one.

    Raises RenderError when no episode is in the language that is asked for.
    """
    known = {base_of(one.facts.language) for one in episodes}
    if asked and base_of(asked) not in known:
        raise RenderError(f"no episode is in the language '{asked}'; there are some in {', '.join(sorted(known))}")
    language = asked or (named if base_of(named) in known else first_episode(episodes).facts.language)
    named_in_full = {
        _number(one) for one in episodes if one.facts.episode and one.facts.language.casefold() == language.casefold()
    }
    return language, [
        one
        for one in episodes
        if base_of(one.facts.language) == base_of(language)
        and (one.facts.language.casefold() == language.casefold() or _number(one) not in named_in_full)
    ]


def left_out(episodes: Sequence[Episode], chosen: Sequence[Episode], language: str) -> list[str]:
    """What to say of the episodes in other languages, with the way to a feed of theirs: a remark for each language."""
    others: dict[str, list[str]] = {}
    within = {one.slug for one in chosen}
    for one in episodes:
        if one.slug not in within:
            others.setdefault(one.facts.language, []).append(one.slug)
    return [
        f"this feed is in {language}; {', '.join(sorted(slugs))} in {other} {'is' if len(slugs) == 1 else 'are'} not "
        f"in it: a feed of theirs is written by 'render feed … --language {other}'"
        for other, slugs in sorted(others.items())
    ]


def _number(one: Episode) -> tuple[int, int | None]:
    return one.facts.season or 0, one.facts.episode
