"""The episode to read: plain text and HTML with speakers and sounds; and chapters as WebVTT."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from producer.deliver.captions import clock, one_line, safe, speakers
from producer.deliver.chapters import Chapter, milliseconds
from producer.deliver.sound_captions import Heard
from producer.frozen import dataclass
from producer.model.direction import direction
from producer.model.script import Script
from producer.model.timeline import Timeline

_STYLE = "body{max-width:40em;margin:auto;padding:1em;font:1.1em/1.5 serif}cite{font-weight:bold;font-style:normal}"
_STYLE += (
    "cite,time{font-size:.85em}time{color:#666;margin-inline-start:.5em}p{margin:.1em 0 1em}.sound{font-style:italic}"
)
_STYLE += "body{overflow-wrap:anywhere}"


@dataclass(frozen=True, slots=True)
class Entry:
    """One speech, or one sound (`speaker` is then None)."""

    start_ms: int
    speaker: str | None
    text: str


def entries(timeline: Timeline, script: Script, sounds: Sequence[Heard]) -> tuple[Entry, ...]:
    """Everything that is said and heard, by its beginning; lines said together once."""
    names = speakers(timeline, script)
    rate = timeline.rate_hz
    said = [
        Entry(milliseconds(clip.hit, rate), names[clip.id], clip.text)
        for clip in timeline.clips
        if clip.kind == "speech" and clip.voice == 0 and clip.text
    ]
    noises = [Entry(sound.start_ms, None, f"[{sound.text}]") for sound in sounds]
    return tuple(sorted([*noises, *said], key=lambda entry: entry.start_ms))


def plain(timeline: Timeline, script: Script, sounds: Sequence[Heard]) -> str:
    """A page of text: one paragraph a speech or sound, the name where the speaker changes."""
    paragraphs: list[str] = []
    last: str | None = None
    for entry in entries(timeline, script, sounds):
        named = entry.speaker is not None and entry.speaker != last
        paragraphs.append(f"{one_line(entry.speaker or '')}: {entry.text}" if named else entry.text)
        last = entry.speaker or last
    return "\n\n".join(paragraphs) + "\n"


def html(timeline: Timeline, script: Script, sounds: Sequence[Heard], chapters: Sequence[Chapter]) -> str:
    """A page of its own, with chapters as headings. Source: podcast-namespace transcripts (cite, time, p)."""
    heading = safe(one_line(script.title))
    language = safe(script.language).replace('"', "&quot;")
    head = f'<!DOCTYPE html>\n<html lang="{language}" dir="{direction(script.language)}">\n<head>\n'
    head += '<meta charset="utf-8">\n<meta name="viewport" content="width=device-width, initial-scale=1">\n'
    head += f'<title>{heading}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<h1 dir="auto">{heading}</h1>\n'
    return head + "\n".join(_body(entries(timeline, script, sounds), chapters)) + "\n</body>\n</html>\n"


def _body(listed: Sequence[Entry], chapters: Sequence[Chapter]) -> Iterator[str]:
    coming = list(chapters)
    for entry in listed:
        while coming and coming[0].start_ms <= entry.start_ms:
            yield f'<h2 dir="auto">{safe(one_line(coming.pop(0).title))}</h2>'
        if entry.speaker is None:
            yield f'<p class="sound" dir="auto">{safe(entry.text)}</p>'
            continue
        time, _, _ = clock(entry.start_ms).partition(".")  # two digits of hours, without which HTML knows no time
        yield f'<cite dir="auto">{safe(one_line(entry.speaker))}:</cite><time>{time}</time>'
        yield f'<p dir="auto">{safe(entry.text)}</p>'
    for chapter in coming:
        yield f'<h2 dir="auto">{safe(one_line(chapter.title))}</h2>'


def chapters_vtt(chapters: Sequence[Chapter]) -> str:
    """WebVTT chapters, at the times of every other form of them. Source: W3C WebVTT, chapters."""
    blocks = [
        f"{number}\n{clock(one.start_ms)} --> {clock(one.end_ms)}\n{safe(one_line(one.title))}"
        for number, one in enumerate(chapters, 1)
    ]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"
