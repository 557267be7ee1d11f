"""Vorbis comments, for FLAC and Opus: names, cover, chapters, lyrics, disclosure."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from math import isfinite
from pathlib import Path

from producer.deliver.chapters import Chapter
from producer.deliver.tagging import GENRE, MAKER, PROVENANCE, Tags
from producer.later import flac, oggopus

_R128_LUFS = -23.0  # RFC 7845, section 5.2.1
_LEAD_OUT = 255
_MOST_TRACKS = 254  # a track's number is one byte, not 0, and not the lead-out's


def write_flac(path: Path, tags: Tags) -> None:
    """Tag a FLAC file in place; its chapters are a cue sheet, too."""
    audio = flac.FLAC(path)
    for name, text in _comments(tags):
        audio[name] = text
    audio.clear_pictures()
    audio.add_picture(_picture(tags))
    if 0 < len(tags.chapters) <= _MOST_TRACKS:
        audio.cuesheet = _cuesheet(tags.chapters, audio.info.sample_rate, audio.info.total_samples)
        audio.metadata_blocks.insert(1, audio.cuesheet)  # ffmpeg takes the names from what comes after it
    audio.save()


def write_opus(path: Path, tags: Tags) -> None:
    """Tag an Opus file in place, with what a player adds to be at −23 LUFS. Source: RFC 7845, section 5."""
    audio = oggopus.OggOpus(path)
    for name, text in _comments(tags):
        audio[name] = text
    audio["METADATA_BLOCK_PICTURE"] = base64.b64encode(_picture(tags).write()).decode("ascii")
    if tags.loudness is not None and isfinite(tags.loudness.integrated_lufs):
        steps = round(256 * (_R128_LUFS - tags.loudness.integrated_lufs))  # Q7.8
        audio["R128_TRACK_GAIN"] = str(max(-32768, min(32767, steps)))
    audio.save(padding=lambda _: 0)


def _comments(tags: Tags) -> Iterator[tuple[str, str]]:
    """Names and values, none of them empty. Chapters as players read them here: CHAPTER001 and CHAPTER001NAME."""
    script = tags.script
    named = {
        "TITLE": tags.title,
        "VERSION": tags.version,
        "ALBUM": tags.album,
        "ARTIST": tags.artist,
        "COMPOSER": script.writer,
        "GENRE": GENRE,
        "DATE": script.date,
        "TRACKNUMBER": "" if script.episode is None else str(script.episode),
        "DISCNUMBER": "" if script.season is None else str(script.season),
        "LANGUAGE": tags.language,
        "ENCODED-BY": MAKER,
        "LYRICS": tags.lyrics,
        "COMMENT": script.summary,
        "CREDITS": tags.credits,
        "SOUNDS": tags.sounds,
        "AI-DISCLOSURE": tags.disclosure,
        PROVENANCE: tags.provenance,
    }
    yield from ((name, text) for name, text in named.items() if text)
    for number, chapter in enumerate(tags.chapters, 1):  # as the cue sheet numbers them
        s, ms = divmod(chapter.start_ms, 1000)
        yield f"CHAPTER{number:03d}", f"{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}.{ms:03d}"
        yield f"CHAPTER{number:03d}NAME", chapter.title


def _picture(tags: Tags) -> flac.Picture:
    picture = flac.Picture()
    picture.data, picture.type, picture.mime, picture.desc = tags.cover, 3, tags.mime, "Cover"
    return picture


def _cuesheet(chapters: Sequence[Chapter], rate_hz: int, samples: int) -> flac.CueSheet:
    """Source: RFC 9639, section 8.7; a sheet that is no CD's."""
    sheet = flac.CueSheet(None)
    for number, chapter in enumerate(chapters, 1):
        track = flac.CueSheetTrack(number, round(chapter.start_ms * rate_hz / 1000))
        track.indexes.append(flac.CueSheetTrackIndex(1, 0))
        sheet.tracks.append(track)
    sheet.tracks.append(flac.CueSheetTrack(_LEAD_OUT, samples))
    sheet.compact_disc, sheet.lead_in_samples = False, 0
    return sheet
