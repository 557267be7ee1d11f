"""ID3v2.3: names, cover, chapters, lyrics, disclosure, for MP3 and in a chunk of WAV."""

from __future__ import annotations

import io
from pathlib import Path
from typing import BinaryIO

from producer.deliver.chapters import Chapter
from producer.deliver.tagging import GENRE, MAKER, PROVENANCE, Tags
from producer.later import id3

_NO_OFFSET = 0xFFFFFFFF  # ID3v2 chapter frame addendum: byte offsets are not used
_LATIN1 = 0
_UTF16 = 1  # the only encoding of ID3v2.3 that holds every character


def write(path: Path, tags: Tags) -> None:
    """Tag an MP3 file in place."""
    frames_of(tags).save(path, v2_version=3, v1=0)
    with path.open("r+b") as file:
        _chapters_in_order(file)


def as_bytes(tags: Tags) -> bytes:
    """The tag by itself."""
    room = io.BytesIO()
    frames_of(tags).save(room, v2_version=3, v1=0, padding=lambda _: 0)
    room.seek(0)
    _chapters_in_order(room)
    return room.getvalue()


def _names(tags: Tags) -> dict[str, str]:
    script = tags.script
    return {
        "TIT2": tags.title,
        "TALB": tags.album,
        "TPE1": tags.artist,
        "TRCK": str(script.episode) if script.episode is not None else "",
        "TPOS": str(script.season) if script.season is not None else "",
        "TLAN": tags.language,
        "TCON": GENRE,
        "TCOM": script.writer,
        "TENC": MAKER,
    }


def frames_of(tags: Tags) -> id3.ID3:
    """Every frame of the tag."""
    script, frames = tags.script, id3.ID3()
    for name, text in _names(tags).items():
        if text:
            frames.add(id3.Frames[name](encoding=_UTF16, text=text))
    year, *day = script.date.split("-")
    if year:
        frames.add(id3.TYER(encoding=_UTF16, text=year))  # ID3v2.4 has one frame for both, which no reader of 2.3 knows
    if len(day) == 2:
        frames.add(id3.TDAT(encoding=_UTF16, text=f"{day[1]}{day[0]}"))
    language = tags.language
    frames.add(id3.APIC(encoding=_UTF16, mime=tags.mime, type=3, desc="Cover", data=tags.cover))
    if tags.lyrics:
        frames.add(id3.USLT(encoding=_UTF16, lang=language, desc="Transcript", text=tags.lyrics))
    if script.summary:
        frames.add(id3.COMM(encoding=_UTF16, lang=language, desc="", text=script.summary))
    frames.add(id3.TXXX(encoding=_UTF16, desc="CREDITS", text=tags.credits))
    if tags.sounds:
        frames.add(id3.TXXX(encoding=_LATIN1, desc="SOUNDS", text=tags.sounds))
    if tags.disclosure:
        frames.add(id3.TXXX(encoding=_UTF16, desc="AI-DISCLOSURE", text=tags.disclosure))
        frames.add(id3.COMM(encoding=_UTF16, lang=language, desc="AI-DISCLOSURE", text=tags.disclosure))
    if tags.provenance:
        frames.add(id3.TXXX(encoding=_LATIN1, desc=PROVENANCE, text=tags.provenance))
    _add_chapters(frames, tags.chapters)
    return frames


def _add_chapters(frames: id3.ID3, found: tuple[Chapter, ...]) -> None:
    """CHAP and one ordered top-level CTOC. Source: ID3v2 chapter frame addendum 1.0."""
    if not found:
        return
    names = [f"chp{number}" for number in range(len(found))]
    for name, chapter in zip(names, found, strict=True):
        frames.add(
            id3.CHAP(
                element_id=name,
                start_time=chapter.start_ms,
                end_time=chapter.end_ms,
                start_offset=_NO_OFFSET,
                end_offset=_NO_OFFSET,
                sub_frames=[id3.TIT2(encoding=_UTF16, text=chapter.title)],
            )
        )
    shown = names[:255]  # the count is one byte
    frames.add(
        id3.CTOC(
            element_id="toc",
            flags=id3.CTOCFlags.TOP_LEVEL | id3.CTOCFlags.ORDERED,
            child_element_ids=shown,
            sub_frames=[id3.TIT2(encoding=_UTF16, text="Chapters")],
        )
    )


def _chapters_in_order(file: BinaryIO) -> None:
    """Put the CHAP frames in the order of their times.

    The table of contents says the order, but players built on ffmpeg show the frames as they stand in the file, and
    mutagen writes frames by size. Source: ID3v2.3 sections 3.1 and 3.3 (ten-byte headers, plain sizes).
    """
    head = file.read(10)
    size = (head[6] & 127) << 21 | (head[7] & 127) << 14 | (head[8] & 127) << 7 | (head[9] & 127)
    body = file.read(size)
    frames: list[bytes] = []
    at = 0
    while at + 10 <= size and body[at] != 0:
        length = 10 + int.from_bytes(body[at + 4 : at + 8], "big")
        frames.append(body[at : at + length])
        at += length
    found = [frame for frame in frames if frame[:4] == b"CHAP"]
    found.sort(key=lambda frame: frame[frame.index(0, 10) + 1 :][:4])  # the start time follows the element id
    others = [frame for frame in frames if frame[:4] != b"CHAP"]
    file.seek(10)
    file.write(b"".join(others + found) + body[at:])
