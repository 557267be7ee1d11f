"""What is said, when, and by whom: WebVTT, SRT and Podcasting 2.0 JSON from one list of cards."""

from __future__ import annotations

import heapq
import re
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from producer.deliver.breaking import Piece, pieces, width
from producer.deliver.chapters import milliseconds
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.timeline import Clip, ClipWord, Timeline

_LINE_CHARACTERS = 32  # Podcasting 2.0's SRT profile; two lines make VTT's 65. A full-width sign counts as two
_LINES = 2
_LEAST_COLUMNS = 12  # of a sentence that goes on from a card before
_LONGEST_REST_S = 1.2  # a card does not stand over a longer silence
LEAST_MS = 1000  # what is gone sooner is not read
READ_MS = 1000 // 17  # a character; 17 in a second can be read by most
_LEAST_REST_S = 0.1
"""Of a full stop: a voice goes on at once behind `Mrs.`, `No.` and `J.`."""
_TAG = re.compile(r"<([a-zA-Z/!?][^<>]*)(>?)")
_LONGEST_TITLE = 4
"""Letters: `Prof`."""
_SENTENCE_ENDS = (".", "!", "?", "…", "。", "！", "？", "؟", "۔", "।")
_CLOSING = "\"'”’“»«›‹)」』） "
"""What may stand behind the end of a sentence: in some languages what opens in others, and in French after a space."""
_OPENING = re.compile(r"(?<=\s)[«‹„“‘(]\s+$")
"""What stands by itself before the word that it opens."""


@dataclass(frozen=True, slots=True)
class Card:
    """Text that stands on the screen at once: one or two lines of whole words."""

    speaker: str
    start_ms: int
    end_ms: int
    text: str
    lines: tuple[str, ...]
    """The text as SRT has it: on one or two lines, after the speaker's name where the speaker changes."""
    goes_on: bool = False
    """With a line that began on a card before."""


def cards(timeline: Timeline, script: Script) -> tuple[Card, ...]:
    """Every spoken word on a card, in the order of the clips; new for a new speaker, a long rest, a full screen.

    They are made in the order of their beginnings, as they are shown: so it is known of each whether a name stands on
    it, which takes room from its words.
    """
    names = speakers(timeline, script)
    spoken = [clip for clip in timeline.clips if clip.kind == "speech" and clip.words and clip.voice == 0]
    left = [deque(piece for word in written(clip) for piece in pieces(word, _LINE_CHARACTERS)) for clip in spoken]
    coming = [(milliseconds(words[0].start, timeline.rate_hz), number) for number, words in enumerate(left)]
    heapq.heapify(coming)
    made: list[Card] = []
    begun: set[int] = set()
    while coming:
        number = heapq.heappop(coming)[1]
        name, words = names[spoken[number].id], left[number]
        head = "" if made and made[-1].speaker == name else _head(name)
        card = _card(_taken(words, head, timeline.rate_hz), name, head, timeline.rate_hz)
        made.append(replace(card, goes_on=number in begun))
        begun.add(number)
        if words:
            heapq.heappush(coming, (milliseconds(words[0].start, timeline.rate_hz), number))
    return tuple(_apart(made, milliseconds(timeline.duration, timeline.rate_hz)))


def speakers(timeline: Timeline, script: Script) -> dict[str, str]:
    """The speaker of each speech clip; of a line said together, the member that stands for all of them."""
    together = {line.id: line.together for line in script.lines if line.together}
    speaking = {clip.id: together.get(clip.line, clip.name) for clip in timeline.clips if clip.kind == "speech"}
    return {clip: script.cast[member].name if member in script.cast else member for clip, member in speaking.items()}


def written(clip: Clip) -> list[ClipWord]:
    """The words of a line as they stand in its text, with what nobody says (a dash, a picture) at the word before it.

    What stands together in the text is one word. A sign that opens something is at the word that it opens.
    """
    made: list[ClipWord] = []
    at = 0
    for word in clip.words:
        found = clip.text.find(word.text, at)
        if found < 0:  # a timeline made by hand, whose words are not those of its text
            return list(clip.words)
        between, at = clip.text[at:found], found + len(word.text)
        if not made:
            made.append(replace(word, text=between.lstrip() + word.text))
        elif between[-1:].isspace():
            opening = _OPENING.search(between)
            ends = opening.start() if opening else len(between)
            made[-1] = replace(made[-1], text=made[-1].text + between[:ends].rstrip())
            made.append(replace(word, text=between[ends:] + word.text))
        else:
            made[-1] = ClipWord(made[-1].text + between + word.text, made[-1].start, word.end)
    if made:
        made[-1] = replace(made[-1], text=made[-1].text + clip.text[at:].rstrip())
    return made


def _taken(words: deque[Piece], head: str, rate_hz: int) -> list[Piece]:
    """The words of the next card, taken from those that are left; at least one."""
    held: list[Piece] = []
    while words:
        if held and (words[0].start - held[-1].end) > _LONGEST_REST_S * rate_hz:
            break
        if held and len(_wrapped([*held, words[0]], head)) > _LINES:
            while len(held) > 1 and (_belongs_to(held[-1], words[0], rate_hz) or _is_left(words, rate_hz)):
                words.appendleft(held.pop())
            break
        if held and _sentence_is_over(held, words[0], rate_hz):
            break
        held.append(words.popleft())
    return held


def _is_left(words: Iterable[Piece], rate_hz: int) -> bool:
    """Whether so little of a sentence is left for the next card that it would be gone before it is read."""
    held: list[Piece] = []
    for word in words:
        if held and ((word.start - held[-1].end) > _LONGEST_REST_S * rate_hz or _ends(held[-1], word, rate_hz)):
            break
        held.append(word)
        if width(_joined(held)) >= _LEAST_COLUMNS:
            return False
    return True


def _sentence_is_over(held: list[Piece], following: Piece, rate_hz: int) -> bool:
    """A full stop closes a card that is already half full, so that cards break where sentences do."""
    return width(_joined(held)) > 24 and _ends(held[-1], following, rate_hz)


def _ends(word: Piece, following: Piece, rate_hz: int) -> bool:
    """Whether a sentence ends with a word."""
    return _bare(word).endswith(_SENTENCE_ENDS) and not _goes_on(word, following, rate_hz)


def _goes_on(word: Piece, following: Piece, rate_hz: int) -> bool:
    """Whether a point is an abbreviation's: a voice does not rest there, or no sentence begins so."""
    if not _bare(word).endswith(".") or _bare(word).endswith(".."):
        return False
    first = next((sign for sign in following.text if sign.isalnum()), "")
    return following.start - word.end < _LEAST_REST_S * rate_hz or first.isdecimal() or first.islower()


def _belongs_to(word: Piece, following: Piece, rate_hz: int) -> bool:
    """Whether a word is a title, an initial or a day, and stays with what follows: `Mrs.`, `No.`, `J.`, `z.`, `5.`"""
    core = _bare(word).strip("\"'“‘«»„(.")
    known = core[:1].isupper() or len(core) == 1 or core.isdecimal()
    return len(core) <= _LONGEST_TITLE and known and _goes_on(word, following, rate_hz)


def _bare(word: Piece) -> str:
    return word.text.rstrip(_CLOSING)


def _joined(words: Iterable[Piece]) -> str:
    return "".join(word.text if word.glued else f" {word.text}" for word in words).lstrip()


def _wrapped(words: list[Piece], head: str) -> tuple[str, ...]:
    """The words in lines, after the head if there is one; one that leaves no room has the first line for itself."""
    lines = [head] if head else []
    for number, word in enumerate(words):
        space = "" if word.glued and number else " "
        if lines and width(lines[-1] + space + word.text) <= _LINE_CHARACTERS:
            lines[-1] += space + word.text
        else:
            lines.append(word.text)
    return tuple(lines)


def _head(speaker: str) -> str:
    """The name as it stands before words: shortened where a line has no room for it."""
    name = one_line(speaker)
    if width(name) < _LINE_CHARACTERS:
        return f"{name}:"
    while width(name) > _LINE_CHARACTERS - len("…:"):
        name = name[:-1]
    return f"{name.rstrip()}…:"


def _card(words: list[Piece], speaker: str, head: str, rate_hz: int) -> Card:
    start, end = milliseconds(words[0].start, rate_hz), milliseconds(words[-1].end, rate_hz)
    return Card(speaker, start, max(end, start + 1), _joined(words), _wrapped(words, head))


def _apart(made: list[Card], end_ms: int) -> Iterable[Card]:
    """Cards stay up long enough to be read, but not into the next card; no speaker's cards overlap."""
    own_next: dict[str, int] = {}
    next_start = end_ms
    out: list[Card] = []
    for card in reversed(made):
        read = card.start_ms + max(LEAST_MS, READ_MS * sum(map(width, card.lines)))
        stop = max(card.end_ms, min(read, next_start))
        stop = min(stop, own_next.get(card.speaker, end_ms), end_ms)
        own_next[card.speaker] = next_start = card.start_ms
        out.append(replace(card, end_ms=max(stop, card.start_ms + 1)))
    return reversed(out)


def clock(ms: int, point: str = ".") -> str:
    """Hours, minutes, seconds and milliseconds, as in 00:01:02.345."""
    return f"{ms // 3_600_000:02d}:{ms // 60_000 % 60:02d}:{ms // 1000 % 60:02d}{point}{ms % 1000:03d}"


def safe(text: str) -> str:
    """`text` with what WebVTT and HTML would take for markup escaped."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def vtt(found: tuple[Card, ...]) -> str:
    """WebVTT with voice spans. Source: W3C WebVTT; podcast-namespace transcripts (at most 65 characters a line)."""
    blocks = [
        f"{clock(c.start_ms, '.')} --> {clock(c.end_ms, '.')}\n<v {safe(one_line(c.speaker))}>{safe(c.text)}</v>"
        for c in found
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def unmarked(text: str) -> str:
    """`text` with nothing in it that a player of SubRip takes for markup, which knows no escapes.

    `-->` would end a cue: it becomes an arrow. `<b>` would not be shown: it becomes `‹b›`.
    """
    return _TAG.sub(lambda tag: f"‹{tag[1]}{tag[2] and '›'}", text.replace("-->", "→"))


def srt(found: tuple[Card, ...]) -> str:
    """SubRip; the speaker is named where the speaker changes."""
    blocks = []
    for number, card in enumerate(found, 1):
        text = unmarked("\n".join(card.lines))
        blocks.append(f"{number}\n{clock(card.start_ms, ',')} --> {clock(card.end_ms, ',')}\n{text}")
    return "\n\n".join(blocks) + "\n"


def plain(timeline: Timeline, script: Script) -> str:
    """The words as a page of text: one paragraph a speech, with the name where the speaker changes."""
    paragraphs: list[str] = []
    names = speakers(timeline, script)
    last = None
    for clip in timeline.clips:
        if clip.kind != "speech" or clip.voice != 0 or not clip.text:
            continue
        name = names[clip.id]
        paragraphs.append(clip.text if name == last or len(script.cast) == 1 else f"{name}: {clip.text}")
        last = name
    return "\n\n".join(paragraphs)


def one_line(text: str) -> str:
    """`text` without line breaks."""
    return " ".join(text.split())
