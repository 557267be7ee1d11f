"""What is heard beside the words, in words: captions for listeners who do not hear.

Times on cards are in milliseconds. A sound is named when it begins, by the title that its pack gives it, with where it
is when that is far, near or at a side; a bed is named once.
"""

from __future__ import annotations

import bisect
import itertools
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache

from producer.deliver.captions import LEAST_MS, READ_MS, Card, clock, one_line, safe, unmarked
from producer.deliver.chapters import milliseconds
from producer.deliver.language import base_of
from producer.deliver.listed import listed
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.sound import Palette
from producer.model.timeline import Clip, Ramp, Timeline

LINE_CHARACTERS, LINES = 32, 2  # as of the cards with words
_MOST_MS = 4000
_SHORTEST_MS = 700  # a card that the next words would end sooner is not begun
_LATE_MS, _EARLY_MS = 1500, 500
"""How far a card may be from its sound to stand where nobody speaks, or where the last one has been read."""
_TOGETHER_MS = 600  # sounds that begin within it share a card
_AGAIN_MS = 12_000  # a sound that comes again sooner has been named
_FAR_M, _NEAR_M, _SIDE, _MOVES = 8.0, 0.5, 50.0, 2.0
_THROUGH = 0.9  # of its scene: a bed that lasts so long is there "all through"


@dataclass(frozen=True, slots=True)
class Heard:
    """A sound and what it is called, without brackets."""

    start_ms: int
    text: str


@dataclass(frozen=True, slots=True)
class SoundCard:
    """What stands on the screen for one sound, or for some that begin together."""

    start_ms: int
    end_ms: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def titles(timeline: Timeline, palette: Palette) -> dict[str, str]:
    """What the packs call each role that is heard."""
    roles = {clip.name for clip in timeline.clips if clip.kind != "speech"}
    return {role: palette.sound(role).title for role in sorted(roles)}


def heard(timeline: Timeline, script: Script, named: Mapping[str, str]) -> tuple[Heard, ...]:
    """Every sound worth naming, by its beginning; one that comes again and again is named now and then.

    Where a sound is, and that a bed lasts, is said in English, so only in an English script.
    """
    english = base_of(script.language) == "en"
    spans = {scene.id: scene.span for scene in timeline.scenes}
    last: dict[str, int] = {}
    found: list[Heard] = []
    clips = [clip for clip in timeline.clips if clip.kind != "speech"]
    for clip in sorted(clips, key=_begins):
        start_ms = milliseconds(_begins(clip), timeline.rate_hz)
        title = one_line(named.get(clip.name, "")) or clip.name.replace("_", " ")
        if clip.kind == "music":
            title = title if "music" in title.casefold() else f"music: {title}"
        scene = spans.get(clip.scene)
        words = [title]
        if english and clip.kind == "bed" and scene and clip.span.length >= _THROUGH * scene.length:
            words.append("all through")
        elif english and clip.kind == "sound":
            words += _where(clip)
        text = ", ".join(words)
        if text in last and start_ms - last[text] < _AGAIN_MS:
            continue
        last[text] = start_ms
        found.append(Heard(start_ms, text))
    return tuple(found)


def _begins(clip: Clip) -> int:
    """A bed is there from its first sample, everything else from its first hit."""
    return int(clip.span.start if clip.kind == "bed" else max(clip.hit, clip.span.start))


def _where(clip: Clip) -> list[str]:
    """One thing at most: that it moves off or near, is far or near, or at a side."""
    near, then = clip.distance.first, _last(clip.distance)
    side, other = clip.pan.first, _last(clip.pan)
    aside = max(abs(side), abs(other)) >= _SIDE
    stays = min(abs(side), abs(other)) >= _SIDE and side * other > 0
    known = (
        (then >= near * _MOVES, "going away"),
        (then * _MOVES <= near, "coming nearer"),
        (near >= _FAR_M, "far off"),
        (near <= _NEAR_M, "close by"),
        (stays, "on the left" if side < 0 else "on the right"),
        (aside and side * other < 0, "from left to right" if side < 0 else "from right to left"),
    )
    return next(([words] for holds, words in known if holds), [])


def _last(ramp: Ramp) -> float:
    return ramp.points[-1][1]


def placed(sounds: Iterable[Heard], words: Sequence[Card], end_ms: int) -> tuple[SoundCard, ...]:
    """Cards for sounds: where nobody speaks if that is near enough, else over the words; never two at once.

    Each stands as long as it takes to read it, but for words that come; at the end of the episode it begins as much
    sooner as it may. None waits for a line that begins after its sound: that may be the answer to it. One that would
    be late by more than 1.5 s, since others are being read, is left out.

    Args:
        end_ms: the episode's length.
    """
    busy = _joined(words)
    starts, ends = [start for start, _ in busy], [end for _, end in busy]
    begins = sorted(card.start_ms for card in words if not card.goes_on)
    made: list[SoundCard] = []
    free = 0
    for sound in _together(sounds):
        start = max(free, min(sound.start_ms, max(sound.start_ms - _EARLY_MS, end_ms - _SHORTEST_MS)))
        if start > sound.start_ms + _LATE_MS:
            continue
        stop = start + min(max(LEAST_MS, READ_MS * len(sound.text)), _MOST_MS)
        earliest = max(free, sound.start_ms - _EARLY_MS)
        first, last = bisect.bisect_left(ends, earliest), bisect.bisect_right(starts, sound.start_ms + _LATE_MS)
        before = (0, ends[first - 1] if first else 0)
        after = starts[last] if last < len(busy) else end_ms
        late = min(sound.start_ms + _LATE_MS, *begins[bisect.bisect_right(begins, sound.start_ms) :][:1], end_ms)
        if (gap := _gap([before, *busy[first:last], (after, after)], earliest, sound.start_ms, late)) is not None:
            start, stop = gap[0], min(gap[0] + stop - start, gap[1])
        if start < (stop := min(stop, end_ms)):
            made.append(SoundCard(start, stop, _wrapped(sound.text)))
            free = stop
    return tuple(made)


def _joined(words: Sequence[Card]) -> list[tuple[int, int]]:
    """Where somebody speaks, in order, without overlaps."""
    spans: list[tuple[int, int]] = []
    for start, end in sorted((card.start_ms, card.end_ms) for card in words):
        if spans and start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(end, spans[-1][1]))
        else:
            spans.append((start, end))
    return spans


def _gap(busy: Sequence[tuple[int, int]], earliest: int, wanted: int, latest: int) -> tuple[int, int] | None:
    """Where a card may begin and must be over, as near to `wanted` as nobody speaks for long enough; or None.

    Args:
        busy: where somebody speaks around `wanted`, in order.
    """
    found: list[tuple[int, int, int]] = []
    for (_, after), (before, _) in itertools.pairwise(busy):
        begin = max(after, earliest, min(wanted, before - _SHORTEST_MS))
        if begin + _SHORTEST_MS <= before and begin <= latest:
            found.append((abs(begin - wanted), begin, before))
    return min(found)[1:] if found else None


def _together(sounds: Iterable[Heard]) -> list[Heard]:
    """Sounds that begin at nearly the same time under one bracket, while they have room on a card."""
    groups: list[Heard] = []
    for sound in sounds:
        if groups and sound.start_ms - groups[-1].start_ms <= _TOGETHER_MS:
            joined = replace(groups[-1], text=f"{groups[-1].text}; {sound.text}")
            if _lines(joined.text) <= LINES:
                groups[-1] = joined
                continue
        groups.append(sound)
    return groups


@lru_cache(maxsize=512)
def _lines(text: str) -> int:
    """How many lines it takes."""
    return len(textwrap.wrap(f"[{text}]", LINE_CHARACTERS))


@lru_cache(maxsize=512)  # an episode has far more sounds than things that it says of them
def _wrapped(text: str) -> tuple[str, ...]:
    return tuple(textwrap.wrap(f"[{text}]", LINE_CHARACTERS, max_lines=LINES, placeholder="…]"))


def vtt(words: Sequence[Card], sounds: Sequence[SoundCard]) -> str:
    """WebVTT with both; sounds stand at the top of the picture, where they are in no word's way. Source: W3C WebVTT.

    Lines are those of SRT: browsers and players show nothing of a voice span, so who speaks stands in its text, too.
    """
    blocks = []
    for card in _in_order(words, sounds):
        times = f"{clock(card.start_ms)} --> {clock(card.end_ms)}"
        if isinstance(card, SoundCard):
            blocks.append(f"{times} line:0\n" + "\n".join(map(safe, card.lines)))
        else:
            text = safe("\n".join(card.lines))
            blocks.append(f"{times}\n<v {safe(one_line(card.speaker))}>{text}</v>")
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def srt(words: Sequence[Card], sounds: Sequence[SoundCard]) -> str:
    """SubRip with both, at the times of `vtt`; the speaker is named where the speaker changes."""
    blocks: list[str] = []
    for number, card in enumerate(_in_order(words, sounds), 1):
        text = unmarked("\n".join(card.lines))
        blocks.append(f"{number}\n{clock(card.start_ms, ',')} --> {clock(card.end_ms, ',')}\n{text}")
    return "\n\n".join(blocks) + "\n"


def transcript_json(words: Iterable[Card], sounds: Iterable[SoundCard]) -> str:
    """Podcasting 2.0 JSON transcript, version 1.0.0; its `segments` are the words alone, at the times of the cards.

    The sounds stand beside them, in a field of their own that other readers pass over: `sounds`, at the times of the
    captions. A segment has a speaker, and what a listener reads as spoken should have been said.
    """
    segments = [
        {"speaker": one.speaker, "startTime": one.start_ms / 1000, "endTime": one.end_ms / 1000, "body": one.text}
        for one in words
    ]
    heard_too = [{"startTime": one.start_ms / 1000, "endTime": one.end_ms / 1000, "body": one.text} for one in sounds]
    return listed({"version": "1.0.0", "segments": segments, "sounds": heard_too})


def _in_order(words: Sequence[Card], sounds: Sequence[SoundCard]) -> list[Card | SoundCard]:
    """By their beginning; a sound before the words that begin with it."""
    both: list[Card | SoundCard] = [*sounds, *words]
    return sorted(both, key=lambda card: card.start_ms)
