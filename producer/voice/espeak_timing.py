"""When each word begins and ends, from the events that espeak-ng gives with its sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from producer.frozen import dataclass
from producer.model.script import Token
from producer.voice.engine import Onset
from producer.voice.espeak_text import Markup, check_script, is_speakable

WORD, PHONEME = 1, 7  # espeak_EVENT_TYPE of speak_lib.h


@dataclass(frozen=True, slots=True)
class Event:
    """A word or a phoneme begins: its place in the text (characters from 1) and in the sound (samples from 0)."""

    kind: int
    position: int
    sample: int
    phoneme: str


def sounds(event: Event) -> bool:
    """Whether the event is a phoneme, and not a pause."""
    return bool(event.phoneme) and not event.phoneme.startswith("_")


def onsets(
    tokens: Sequence[Token],
    written: Markup,
    events: Sequence[Event],
    end: int,
    language: str,
    alone: Callable[[str], int],
) -> tuple[Onset, ...]:
    """Every spoken word's first and last sample, by its phonemes; raises `UnspeakableError` for letters it only names.

    A word event can come before the closure or the pause that precedes the word; its first phoneme does not. espeak-ng
    says some words as one (`of the`): such a group's phonemes are shared out by the number each has alone.
    """
    groups = _words(written, events)
    counts = [sum(index == owner for owner, _ in groups) for index in range(len(tokens))]
    silent = [index for index, token in enumerate(tokens) if is_speakable(token) and not counts[index]]
    phonemes = [0] * len(tokens)  # of words that are said by themselves
    found: list[Onset] = []
    for number, (owner, group) in enumerate(groups):
        after, following = groups[number + 1] if number + 1 < len(groups) else (len(tokens), ())
        heard = [event.sample for event in group if sounds(event)]
        if not heard:
            continue
        together = [owner, *(index for index in silent if owner < index < after)]
        if len(together) == 1:
            phonemes[owner] += len(heard)
        weights = [alone(tokens[index].spoken) for index in together] if len(together) > 1 else [1]
        starts = [heard[at] for at in _shares(weights, len(heard))]
        stop = _stop(group, following, end)
        found.extend(Onset(i, s, e) for i, s, e in zip(together, starts, [*starts[1:], stop], strict=True))
    for token, count, own in zip(tokens, counts, phonemes, strict=True):
        check_script(token, language, count, own)
    return tuple(found)


def _words(written: Markup, events: Sequence[Event]) -> list[tuple[int, tuple[Event, ...]]]:
    """Each word event's token, with the phoneme events (pauses too) up to the next word event."""
    groups: list[tuple[int, list[Event]]] = []
    for event in events:
        if event.kind == WORD:
            token = written.token_at(event.position)
            groups.append((token if token is not None else 0, []))
        elif groups:
            groups[-1][1].append(event)
    return [(token, tuple(group)) for token, group in groups]


def _stop(group: Sequence[Event], following: Sequence[Event], end: int) -> int:
    """Where a word's own sounds end: at the pause after it, else where the next word's begin."""
    last = max((index for index, event in enumerate(group) if sounds(event)), default=-1)
    after = [*group[last + 1 :], *following]
    return after[0].sample if after else end


def _shares(weights: Sequence[int], count: int) -> tuple[int, ...]:
    """Where each of several words begins among `count` things said together, by the weight each has alone; from 0."""
    total, done = sum(weights), 0
    starts: list[int] = []
    for weight in weights:
        least = starts[-1] + 1 if starts else 0
        starts.append(min(count - 1, max(round(done * count / total), least)))
        done += weight
    return tuple(starts)
