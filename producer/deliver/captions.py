"""What is said, when, and by whom: WebVTT, SRT and Podcasting 2.0 JSON from one list of cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from producer.deliver.chapters import milliseconds
from producer.frozen import dataclass
from producer.model.script import Script
from producer.model.timeline import Clip, ClipWord, Timeline

_LINE_CHARACTERS = 32  # Podcasting 2.0's SRT profile; two lines make VTT's 65
_LINES = 2
_NAME_CHARACTERS = 24  # the most that a name takes of its line
_LONGEST_REST_S = 1.2  # a card does not stand over a longer silence
_LEAST_MS = 500


@dataclass(frozen=True, slots=True)
class Card:
    """Text that stands on the screen at once: one or two lines of whole words."""

    speaker: str
    start_ms: int
    end_ms: int
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return " ".join(self.lines)


def cards(timeline: Timeline, script: Script) -> tuple[Card, ...]:
    """Every spoken word on a card, in the order of the clips; new for a new speaker, a long rest, a full screen."""
    made: list[Card] = []
    names = speakers(timeline, script)
    for clip in timeline.clips:
        if clip.kind == "speech" and clip.words and clip.voice == 0:
            made.extend(_clip_cards(clip, names[clip.id], timeline.rate_hz))
    made.sort(key=lambda card: card.start_ms)
    return tuple(_apart(made, milliseconds(timeline.duration, timeline.rate_hz)))


def speakers(timeline: Timeline, script: Script) -> dict[str, str]:
    """The speaker of each speech clip; of a line said together, the member that stands for all of them."""
    together = {line.id: line.together for line in script.lines if line.together}
    speaking = {clip.id: together.get(clip.line, clip.name) for clip in timeline.clips if clip.kind == "speech"}
    return {clip: script.cast[member].name if member in script.cast else member for clip, member in speaking.items()}


def _clip_cards(clip: Clip, speaker: str, rate_hz: int) -> Iterable[Card]:
    held: list[ClipWord] = []
    taken = min(len(one_line(speaker)) + len(": "), _NAME_CHARACTERS)  # the first card may have the name before it
    for word in written(clip):
        rested = held and (word.start - held[-1].end) > _LONGEST_REST_S * rate_hz
        if held and (rested or not _fits([*held, word], taken) or _sentence_is_over(held)):
            yield _card(held, speaker, rate_hz, taken)
            held, taken = [], 0
        held.append(word)
    if held:
        yield _card(held, speaker, rate_hz, taken)


def written(clip: Clip) -> list[ClipWord]:
    """The words of a line as they stand in its text, with what nobody says (a dash, a picture) at the word before it.

    What stands together in the text is one word.
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
            made[-1] = replace(made[-1], text=made[-1].text + between.rstrip())
            made.append(word)
        else:
            made[-1] = ClipWord(made[-1].text + between + word.text, made[-1].start, word.end)
    if made:
        made[-1] = replace(made[-1], text=made[-1].text + clip.text[at:].rstrip())
    return made


def _sentence_is_over(held: list[ClipWord]) -> bool:
    """A full stop closes a card that is already half full, so that cards break where sentences do."""
    return held[-1].text.rstrip("\"'”’)").endswith((".", "!", "?", "…")) and len(" ".join(w.text for w in held)) > 24


def _fits(words: list[ClipWord], taken: int) -> bool:
    return len(_wrapped(words, taken)) <= _LINES


def _wrapped(words: list[ClipWord], taken: int) -> tuple[str, ...]:
    """The words in lines; the first has `taken` characters less."""
    lines: list[str] = []
    for word in words:
        text = " ".join(word.text.split())
        room = _LINE_CHARACTERS - (taken if len(lines) == 1 else 0)
        if lines and len(lines[-1]) + 1 + len(text) <= room:
            lines[-1] += " " + text
        else:
            lines.append(text)
    return tuple(lines)


def _card(words: list[ClipWord], speaker: str, rate_hz: int, taken: int) -> Card:
    start, end = milliseconds(words[0].start, rate_hz), milliseconds(words[-1].end, rate_hz)
    return Card(speaker, start, max(end, start + 1), _wrapped(words, taken))


def _apart(made: list[Card], end_ms: int) -> Iterable[Card]:
    """Short cards stay up long enough to be read, but not into the next card; no speaker's cards overlap."""
    own_next: dict[str, int] = {}
    next_start = end_ms
    out: list[Card] = []
    for card in reversed(made):
        stop = max(card.end_ms, min(card.start_ms + _LEAST_MS, next_start))
        stop = min(stop, own_next.get(card.speaker, end_ms), end_ms)
        own_next[card.speaker] = next_start = card.start_ms
        out.append(Card(card.speaker, card.start_ms, max(stop, card.start_ms + 1), card.lines))
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


def srt(found: tuple[Card, ...]) -> str:
    """SubRip; the speaker is named where the speaker changes. `-->` in a text would end a cue: it becomes an arrow."""
    blocks, last = [], None
    for number, card in enumerate(found, 1):
        named = f"{one_line(card.speaker)}: " if card.speaker != last else ""
        last = card.speaker
        text = (named + "\n".join(card.lines)).replace("-->", "→")
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
