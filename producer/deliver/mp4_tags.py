"""M4A and M4B: iTunes' names, cover, lyrics, and chapters as Apple's players and as the others read them."""

from __future__ import annotations

from pathlib import Path

from producer.deliver import ffmpeg
from producer.deliver.chapters import Chapter
from producer.deliver.tagging import GENRE, MAKER, Tags
from producer.later import mp4

_AUDIOBOOK, _MUSIC = 2, 1
_MOST_TITLE_BYTES = 255
"""Of a chapter's title in Nero's list."""


def write(path: Path, tags: Tags) -> None:
    """Tag an MPEG-4 file in place."""
    book = path.suffix == ".m4b"
    if tags.chapters:
        rate_hz = int(getattr(mp4.MP4(path).info, "sample_rate"))  # noqa: B009 - mutagen says it may be None
        ffmpeg.with_chapters(path, _described(tags.chapters), ffmpeg.mp4_options(rate_hz))
    audio = mp4.MP4(path)
    script = tags.script
    for name, text in {
        "\xa9nam": tags.title,
        "\xa9alb": tags.album,
        "\xa9ART": tags.artist,
        "aART": tags.artist,
        "\xa9wrt": script.writer,
        "\xa9gen": GENRE,
        "\xa9day": script.date,
        "\xa9too": MAKER,
        "\xa9lyr": tags.lyrics,
        "\xa9cmt": script.summary,
        "ldes": script.summary,
    }.items():
        if text:
            audio[name] = text
    for name, text in {
        "VERSION": tags.version,
        "LANGUAGE": tags.language,
        "CREDITS": tags.credits,
        "SOUNDS": tags.sounds,
        "AI-DISCLOSURE": tags.disclosure,
    }.items():
        if text:
            audio[f"----:com.apple.iTunes:{name}"] = text.encode()
    for name, number in (("trkn", script.episode), ("disk", script.season)):
        if number is not None and 0 < number < 1 << 16:
            audio[name] = [(number, 0)]
    audio["stik"] = [_AUDIOBOOK if book else _MUSIC]
    form = mp4.MP4Cover.FORMAT_PNG if tags.mime == "image/png" else mp4.MP4Cover.FORMAT_JPEG
    audio["covr"] = [mp4.MP4Cover(tags.cover, form)]
    audio.save()
    if book:
        with path.open("r+b") as file:
            file.seek(8)  # the brand of the `ftyp` box
            file.write(b"M4B ")


def _described(chapters: tuple[Chapter, ...]) -> str:
    """Chapters in ffmpeg's own words. Source: ffmpeg's documentation, "Metadata"."""
    lines = [";FFMETADATA1"]
    for one in chapters:
        lines += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={one.start_ms}", f"END={one.end_ms}"]
        lines += [f"title={_escaped(_short(one.title))}"]
    return "\n".join(lines) + "\n"


def _short(title: str) -> str:
    """At most `_MOST_TITLE_BYTES`, on one line, without half a character at the end."""
    line = " ".join(title.replace("\0", " ").split())
    return line.encode()[:_MOST_TITLE_BYTES].decode(errors="ignore")


def _escaped(text: str) -> str:
    """With every sign that means something in such a file made to mean itself."""
    return "".join(f"\\{sign}" if sign in "=;#\\\n" else sign for sign in text)
