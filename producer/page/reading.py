"""The transcript as it is read: passages under their chapters, with who speaks and what is heard between."""

from __future__ import annotations

from collections.abc import Iterator

from producer.frozen import dataclass
from producer.page.values import Chapter, Shown


@dataclass(frozen=True, slots=True)
class Passage:
    """A speech, or (without a speaker) a sound."""

    clip: str
    start_s: float
    speaker: str
    text: str
    same: bool
    """Whether it goes on from the same speaker."""

    @property
    def sound(self) -> bool:
        return not self.clip


@dataclass(frozen=True, slots=True)
class Part:
    """What is read under one chapter's title; "" without chapters."""

    title: str
    number: int
    start_s: float
    passages: tuple[Passage, ...]


def passages(shown: Shown) -> tuple[Part, ...]:
    """The whole transcript; lines said together stand once."""
    chapters = shown.chapters or (Chapter(title="", start_s=0.0, end_s=float("inf")),)
    parts: list[list[Passage]] = [[] for _ in chapters]
    at = 0
    last = ""
    for one in sorted(_all(shown), key=lambda one: one.start_s):
        while at + 1 < len(chapters) and one.start_s >= chapters[at + 1].start_s - 0.001:
            at, last = at + 1, ""
        same = not one.sound and one.speaker == last
        parts[at].append(Passage(one.clip, one.start_s, one.speaker, one.text, same))
        last = one.speaker if not one.sound else last
    return tuple(
        Part(chapter.title, number, chapter.start_s, tuple(part))
        for number, (chapter, part) in enumerate(zip(chapters, parts, strict=True), 1)
    )


def _all(shown: Shown) -> Iterator[Passage]:
    rate_hz = shown.timeline.rate_hz
    for clip in shown.timeline.clips:
        if clip.kind == "speech" and clip.voice == 0 and clip.text:
            yield Passage(clip.id, clip.hit / rate_hz, shown.speakers.get(clip.id, clip.name), clip.text, False)
    for noise in shown.noises:
        yield Passage("", noise.start_s, "", noise.text, False)


def clock(seconds: float) -> str:
    """A time as m:ss, or h:mm:ss from an hour on."""
    whole = int(seconds + 1e-6)
    if whole < 3600:
        return f"{whole // 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"


def spoken_length(seconds: float) -> str:
    """A length in words: "11 minutes", "1 hour 2 minutes", "40 seconds"."""
    if round(seconds) < 60:
        return _many(round(seconds), "second")
    hours, minutes = divmod(round(seconds / 60), 60)
    return " ".join(_many(count, name) for count, name in ((hours, "hour"), (minutes, "minute")) if count)


def _many(count: int, name: str) -> str:
    return f"{count} {name}" if count == 1 else f"{count} {name}s"
