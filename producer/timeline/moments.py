"""Moments: from `at word "scrape" - 40 ms` to a sample."""

from __future__ import annotations

from typing import assert_never

from producer.errors import Problem, nearest
from producer.model.script import LINE, NEXT_LINE, SCENE, Anchor, Length, Line, Moment, Token
from producer.model.voice import Take, TimedWord
from producer.model.words import FoundWords, find, fold, parts
from producer.timeline.episode import Episode, where
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, ImpossibleError, Rule, What


def moment(ep: Episode, entry: Entry, asked: Moment, *, after_until: bool = False) -> Rule[int]:
    """The sample that `asked` means for `entry`; ImpossibleError when there is no such thing, or before the beginning.

    Args:
        ep: the episode.
        entry: whose moment it is: `line`, `next line` and `now` are counted from it.
        asked: the moment.
        after_until: it stands after `until`, where a bare word is looked for in the next line.
    """
    sample = (yield from _anchor(ep, entry, asked, after_until)) + ep.samples(asked.offset_s)
    if sample < ep.begins:
        early = ep.begins - sample
        raise ImpossibleError(
            Problem(asked.place, f"'{asked.written}' is {ep.clock(early)} before the beginning of the episode")
        )
    return sample


def end_of(ep: Episode, entry: Entry, length: Length, start: int, what: str) -> Rule[int]:
    """Where a length that begins at `start` ends; ImpossibleError when it is `until` a moment before that.

    `what` names it in messages: "the pause", "'gull'".
    """
    if not isinstance(length, Moment):
        return start + ep.samples(length)
    end = yield from moment(ep, entry, length, after_until=True)
    if end < start:
        raise ImpossibleError(ends_too_early(ep, entry, length, start, end, what))
    return end


def ends_too_early(ep: Episode, entry: Entry, asked: Moment, start: int, end: int, what: str) -> Problem:
    """The problem of an end before its start, or at it, with both places."""
    begins = where(entry.item.place, ep.script.file)
    if end == start:
        return Problem(
            asked.place,
            f"{what} would end as it begins and not be heard: 'until {asked.written}' is at {ep.clock(end)}, "
            f"and there it begins, too ({begins})",
        )
    return Problem(
        asked.place,
        f"{what} would end before it begins: 'until {asked.written}' is at {ep.clock(end)}, "
        f"but it begins at {ep.clock(start)} ({begins})",
    )


def word_line(ep: Episode, entry: Entry, asked: Moment, *, after_until: bool) -> Entry | None:
    """The line in whose words `asked` stands: of a word, or a mark in brackets; None for every other moment."""
    if asked.anchor in (Anchor.WORD, Anchor.AFTER_WORD):
        return _line(ep, entry, asked, after_until)
    found = ep.order.mark(asked.target, entry) if asked.anchor is Anchor.MARK else None
    return None if found is None or found[1] < 0 else ep.entry(found[0])


def landing(ep: Episode, line: Entry, before_token: int) -> Rule[int]:
    """Where the first word from `before_token` on begins; the line's end when none follows."""
    timed = next(((p, w) for p, w in _timed(_take(ep, line)) if w.token >= before_token), None)
    if timed is None:
        # The end of what is said, not of a silence that stands at the end of the line.
        last = len(_take(ep, line).phrases) - 1
        while last > 0 and not _take(ep, line).phrases[last].words:
            last -= 1
        start = yield Ask(What.PHRASE, line.index, last)
        return start + phrase_length(ep, line, last)
    phrase, word = timed
    return (yield Ask(What.PHRASE, line.index, phrase)) + word.start


def phrase_length(ep: Episode, line: Entry, phrase: int) -> int:
    """Samples of one phrase, of the slowest where several say it together."""
    item = line.item
    assert isinstance(item, Line)
    return max(ep.takes[item.id, voice].phrases[phrase].length for voice in range(len(item.voices)))


def _anchor(ep: Episode, entry: Entry, asked: Moment, after_until: bool) -> Rule[int]:
    match asked.anchor:
        case Anchor.NOW:
            return (yield Ask(What.HIT if entry.inside >= 0 else What.BEFORE, entry.index))
        case Anchor.START | Anchor.END:
            return (yield _edge(ep, entry, asked))
        case Anchor.WORD | Anchor.AFTER_WORD:
            line = _line(ep, entry, asked, after_until)
            return (yield from _word(ep, line, asked))
        case Anchor.MARK:
            return (yield from _mark(ep, entry, asked))
        case _:
            assert_never(asked.anchor)


def _edge(ep: Episode, entry: Entry, asked: Moment) -> Ask:
    """The question that `start of X` or `end of X` puts."""
    starts = asked.anchor is Anchor.START
    if asked.target in (SCENE, "") or asked.target in ep.order.scene_ids:
        scene = ep.order.scene_ids.get(asked.target, entry.scene)
        return Ask(What.SCENE_START if starts else What.SCENE_END, scene)
    if asked.target in (LINE, NEXT_LINE):
        index = _line(ep, entry, asked, False).index
    else:
        found = ep.order.by_id.get(asked.target)
        found = ep.order.by_role(asked.target, entry) if found is None else found
        if found is None:
            hint = nearest(asked.target, ep.order.by_id)
            raise ImpossibleError(Problem(asked.place, f"nothing is called '{asked.target}'{hint}"))
        index = found
    if not starts:
        return Ask(What.END, index)
    return Ask(What.START if isinstance(ep.entry(index).item, Line) else What.HIT, index)


def _line(ep: Episode, entry: Entry, asked: Moment, after_until: bool) -> Entry:
    """The line that a moment looks at."""
    target = asked.target
    if not target:
        # What hangs on a moment of its own looks back to the line that this moment is in.
        hangs = entry.inside >= 0 or isinstance(entry.item, Line) or getattr(entry.item, "at", None) is not None
        target = NEXT_LINE if after_until and not hangs else LINE
    if target in (LINE, NEXT_LINE):
        index = ep.order.line(entry) if target == LINE else ep.order.next_line(entry)
        if index is None:
            missing = (
                "nobody has spoken in this scene yet" if target == LINE else "nobody speaks in this scene after it"
            )
            raise ImpossibleError(Problem(asked.place, f"'{asked.written}' looks for a line, and {missing}"))
        return ep.entry(index)
    found = ep.order.by_id.get(target)
    if found is None or not isinstance(ep.entry(found).item, Line):
        lines = [line.id for line in ep.script.lines]
        raise ImpossibleError(Problem(asked.place, f"no line is called '{target}'{nearest(target, lines)}"))
    return ep.entry(found)


def _word(ep: Episode, line: Entry, asked: Moment) -> Rule[int]:
    item = line.item
    assert isinstance(item, Line)
    found = find(item.tokens, asked.words)
    words = _chosen(found, asked, item)
    if asked.anchor is Anchor.WORD:
        return (yield from _said(ep, line, words.first, words.first_word))
    if words.last_word is not None:
        return (yield from _said(ep, line, words.last, words.last_word))
    timed = [(p, w) for p, w in _timed(_take(ep, line)) if w.token <= words.last]
    if not timed:
        return (yield Ask(What.PHRASE, line.index, 0))
    phrase, word = timed[-1]
    return (yield Ask(What.PHRASE, line.index, phrase)) + word.end


def _chosen(found: list[FoundWords], asked: Moment, line: Line) -> FoundWords:
    quoted = f'"{asked.words}"'
    if not found:
        spoken = [word for token in line.tokens for word in fold(token.written)]
        hint = nearest(asked.words, spoken) if len(fold(asked.words)) == 1 else ""
        what = f"the words {quoted} are" if len(fold(asked.words)) > 1 else f"the word {quoted} is"
        raise ImpossibleError(Problem(asked.place, f'{what} not in the line "{line.text}"{hint.split("; known")[0]}'))
    if asked.nth is None and len(found) > 1:
        say = f"say which with a number, as in: word {quoted} (2)"
        raise ImpossibleError(Problem(asked.place, f'{quoted} is said {len(found)} times in "{line.text}"; {say}'))
    if asked.nth is not None and not 1 <= asked.nth <= len(found):
        times = "once" if len(found) == 1 else f"{len(found)} times"
        raise ImpossibleError(Problem(asked.place, f'{quoted} is said only {times} in "{line.text}", not {asked.nth}'))
    return found[(asked.nth or 1) - 1]


def _said(ep: Episode, line: Entry, token: int, spoken_word: int) -> Rule[int]:
    """Where a token begins, or the spoken word of it with that number (112 is said in four words)."""
    for phrase, word in _timed(_take(ep, line)):
        if word.token == token and spoken_word:
            item = line.item
            assert isinstance(item, Line)
            onset = _onset_within(word, item.tokens[token], spoken_word)
            return (yield Ask(What.PHRASE, line.index, phrase)) + onset
    return (yield from landing(ep, line, token))


def _onset_within(word: TimedWord, token: Token, spoken_word: int) -> int:
    """The spoken word with that number of a token that is said from `word.start` on.

    A voice may part a token otherwise than we do: where it says several of our words as one (`half-open`, `l'hiver`),
    they share its time by their letters.
    """
    said = word.said or ((token.written if token.ipa else token.spoken, word.start),)
    left = spoken_word
    for (text, onset), end in zip(said, [*(onset for _, onset in said[1:]), word.end], strict=True):
        ours = parts(text)
        if left < len(ours):
            letters = [len(one) for one in ours]
            return onset + (end - onset) * sum(letters[:left]) // sum(letters)
        left -= len(ours)
    return said[-1][1]


def _mark(ep: Episode, entry: Entry, asked: Moment) -> Rule[int]:
    found = ep.order.mark(asked.target, entry)
    if found is None:
        raise ImpossibleError(Problem(asked.place, f"no mark is called '{asked.target}'"))
    index, number = found
    item = ep.entry(index).item
    if number < 0 or not isinstance(item, Line):
        return (yield Ask(What.START, index))
    return (yield from landing(ep, ep.entry(index), item.marks[number].before_token))


def _take(ep: Episode, line: Entry) -> Take:
    """The first voice's take: the one that words are counted by."""
    return ep.takes[line.item.id, 0]


def _timed(take: Take) -> list[tuple[int, TimedWord]]:
    return [(number, word) for number, phrase in enumerate(take.phrases) for word in phrase.words]
