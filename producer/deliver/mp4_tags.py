"""M4A and M4B: iTunes' names, cover, lyrics, and chapters as Apple's players and as the others read them."""

from __future__ import annotations

from pathlib import Path

from producer.deliver.mp4 import add_chapters, name_language
from producer.deliver.tagging import GENRE, MAKER, PROVENANCE, Tags
from producer.later import mp4

_AUDIOBOOK, _MUSIC = 2, 1


def write(path: Path, tags: Tags) -> None:
    """Tag an MPEG-4 file in place."""
    book = path.suffix == ".m4b"
    if tags.chapters:
        add_chapters(path, tags.chapters)
    name_language(path, tags.language)
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
        PROVENANCE: tags.provenance,
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
