"""What hangs on words that are never said, because their line is cut off, or faded out, before them."""

from __future__ import annotations

from producer.errors import Place, Problem
from producer.model.script import Anchor, Cue, Line, Moment, Stop
from producer.timeline.episode import Episode
from producer.timeline.moments import moment, word_line
from producer.timeline.running_order import Entry
from producer.timeline.solve import Ask, ImpossibleError, Rule, What


def refuse_unsaid(ep: Episode, entry: Entry) -> Rule[None]:
    """ImpossibleError where `entry` lands on a word, or goes on until one, that comes after the end of its line.

    It is asked once everything has its place: what stops a line may itself hang on a word of it, which then ends there.
    """
    item = entry.item
    if isinstance(item, Cue) and entry.inside >= 0:
        line = ep.entry(entry.inside)
        yield from _refuse(ep, line, (yield Ask(What.HIT, entry.index)), _next_word(line, item), item.place)
    for key in ("at", "until", "for_s", "length", "over_s", "fade_in_s", "fade_out_s"):
        asked = getattr(item, key, None)
        if isinstance(asked, Moment):
            yield from _refuse_moment(ep, entry, asked, after_until=key != "at")


def _refuse_moment(ep: Episode, entry: Entry, asked: Moment, *, after_until: bool) -> Rule[None]:
    line = word_line(ep, entry, asked, after_until=after_until)
    stops_it = line is not None and isinstance(entry.item, Stop) and entry.item.what == line.item.id
    if line is not None and not stops_it:
        at = yield from moment(ep, entry, asked, after_until=after_until)
        what = f"the mark '{asked.target}'" if asked.anchor is Anchor.MARK else f'"{asked.words}"'
        yield from _refuse(ep, line, at - ep.samples(asked.offset_s), what, asked.place)


def _refuse(ep: Episode, line: Entry, at: int, what: str, place: Place) -> Rule[None]:
    """The problem of `what` that would come at the sample `at`, when `line` has ended by then."""
    ended = yield Ask(What.END, line.index)
    if at > ended:
        never = f"{what} is never said: {ep.called(line)} is ended at {ep.clock(ended)}, before it"
        raise ImpossibleError(Problem(place, f"{never}; hang this on 'end of {line.item.id}', or end that later"))


def _next_word(line: Entry, cue: Cue) -> str:
    """The word that a cue in brackets lands on, as a message names it."""
    assert isinstance(line.item, Line)
    left = line.item.tokens[cue.before_token or 0 :]
    return f'"{left[0].written}"' if left else "the end of its text"
