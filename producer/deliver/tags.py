"""ID3v2.3 for MP3 and Vorbis comments for FLAC: names, cover, chapters, lyrics, disclosure."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from producer.deliver.chapters import Chapter
from producer.later import flac, id3
from producer.model.script import Script

PROVENANCE = "PROVENANCE"
"""What the field with the statement of provenance is called, in each format."""
_NO_OFFSET = 0xFFFFFFFF  # ID3v2 chapter frame addendum: byte offsets are not used
_LATIN1 = 0
_UTF16 = 1  # the only encoding of ID3v2.3 that holds every character
_UTF8 = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tags:
    """Everything that is written into a delivered file."""

    script: Script
    cover: bytes  # JPEG or PNG
    chapters: tuple[Chapter, ...]
    lyrics: str
    credits: str
    disclosure: str
    sounds: str = ""  # `credits.record`: JSON, plain ASCII
    version: str = ""  # which mix it is, for listeners
    provenance: str = ""  # `manifest.statement`: JSON, plain ASCII

    @property
    def title(self) -> str:
        """The episode's title, and which mix it is: most players show no other field."""
        return f"{self.script.title} ({self.version})" if self.version else self.script.title


def write(path: Path, tags: Tags, codec: str) -> None:
    """Tag the finished file in place; samples are not touched. WAV carries none."""
    if codec == "mp3":
        _id3(tags).save(path, v2_version=3, v1=0)
        _chapters_in_order(path)
    elif codec == "flac":
        _flac(path, tags)


def _mime(image: bytes) -> str:
    return "image/png" if image.startswith(b"\x89PNG") else "image/jpeg"


def _names(tags: Tags) -> dict[str, str]:
    script = tags.script
    return {
        "TIT2": tags.title,
        "TALB": script.show or script.title,
        "TPE1": script.writer or script.producer or script.show or script.title,
        "TRCK": str(script.episode) if script.episode is not None else "",
        "TPOS": str(script.season) if script.season is not None else "",
        "TLAN": _iso639(script.language),
        "TCON": "Audio drama",
        "TCOM": script.writer,
        "TENC": "Producer",
    }


def _iso639(language: str) -> str:
    """ID3 wants three letters; the common ones are known, others are und(etermined)."""
    known = {"en": "eng", "de": "deu", "fr": "fra", "es": "spa", "ru": "rus", "it": "ita", "pt": "por", "nl": "nld"}
    known |= {"pl": "pol", "sv": "swe", "da": "dan", "nb": "nor", "fi": "fin", "cs": "ces", "uk": "ukr", "el": "ell"}
    known |= {"tr": "tur", "ja": "jpn", "zh": "zho", "ko": "kor", "ar": "ara", "he": "heb", "hi": "hin", "hu": "hun"}
    return known.get(language.split("-", maxsplit=1)[0].casefold(), "und")


def _id3(tags: Tags) -> id3.ID3:
    script, frames = tags.script, id3.ID3()
    for name, text in _names(tags).items():
        if text:
            frames.add(id3.Frames[name](encoding=_UTF16, text=text))
    if script.date:
        frames.add(id3.TDRC(encoding=_UTF16, text=script.date))
    language = _iso639(script.language)
    frames.add(id3.APIC(encoding=_UTF16, mime=_mime(tags.cover), type=3, desc="Cover", data=tags.cover))
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


def _chapters_in_order(path: Path) -> None:
    """Put the CHAP frames in the order of their times.

    The table of contents says the order, but players built on ffmpeg show the frames as they stand in the file, and
    mutagen writes frames by size. Source: ID3v2.3 sections 3.1 and 3.3 (ten-byte headers, plain sizes).
    """
    with path.open("r+b") as file:
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


def _flac(path: Path, tags: Tags) -> None:
    script, audio = tags.script, flac.FLAC(path)
    named = {
        "TITLE": tags.title,
        "VERSION": tags.version,
        "ALBUM": script.show,
        "ARTIST": script.writer or script.producer,
        "DATE": script.date,
    }
    named |= {
        "LYRICS": tags.lyrics,
        "COMMENT": script.summary,
        "CREDITS": tags.credits,
        "SOUNDS": tags.sounds,
        "AI-DISCLOSURE": tags.disclosure,
        PROVENANCE: tags.provenance,
    }
    for name, text in named.items():
        if text:
            audio[name] = text
    for number, chapter in enumerate(tags.chapters):
        s, ms = divmod(chapter.start_ms, 1000)
        audio[f"CHAPTER{number:03d}"] = f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{ms:03d}"
        audio[f"CHAPTER{number:03d}NAME"] = chapter.title
    picture = flac.Picture()
    picture.data, picture.type, picture.mime, picture.desc = tags.cover, 3, _mime(tags.cover), "Cover"
    audio.clear_pictures()
    audio.add_picture(picture)
    audio.save()
