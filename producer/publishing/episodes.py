"""Output folders of episodes, as `render episode` left them, for the feed."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import mutagen
from mutagen import MutagenError
from mutagen.id3 import ID3
from pydantic import ValidationError

from producer.deliver.files import Staging
from producer.errors import RenderError
from producer.feed.bites import soundbites
from producer.feed.moment import moment
from producer.feed.nouns import Episode, Facts, Media, Transcript
from producer.feed.show import Show
from producer.limited import read_file
from producer.model.mixes import MIXES, STANDARD
from producer.publishing.show_file import SHOW_FILE

FACTS_FILE = "episode.json"
_TYPES = {
    ".mp3": "audio/mpeg",
    ".m4a": "audio/x-m4a",
    ".m4b": "audio/mp4",
    ".opus": "audio/ogg",
    ".flac": "audio/flac",
    ".wav": "audio/wav",
}
_ENCLOSURES = (".mp3", ".m4a")  # what every podcast app plays (Apple's list), the better known first
_TRANSCRIPTS = (  # the recommended ones first; those with the sounds in them are the captions where they are there
    Transcript("captions.vtt", "text/vtt", True),
    Transcript("captions.srt", "application/x-subrip", True),
    Transcript("transcript.vtt", "text/vtt", True),
    Transcript("transcript.srt", "application/x-subrip", True),
    Transcript("transcript.json", "application/json", False),
    Transcript("transcript.html", "text/html", False),
    Transcript("transcript.txt", "text/plain", False),
)


def episode_folders(folder: Path) -> list[Path]:
    if not folder.is_dir():
        raise RenderError(f"{folder}: there is no such folder")
    found = sorted(
        one for one in folder.iterdir() if not one.name.startswith(".") and (one / "timeline.json").is_file()
    )
    if not found:
        inside = (folder / "timeline.json").is_file()
        hint = f"it is an episode itself: name the folder around it, {folder.parent}" if inside else "render one first"
        raise RenderError(f"{folder}: no folder of an episode is in it; {hint}")
    return found


def script_of(folder: Path) -> str:
    """The script that an episode was made from, as its outputs name it; "" where they do not say."""
    named = _json(folder / "timeline.json").get("script")
    return str(named.get("file", "")) if isinstance(named, dict) else ""


def read_episode(folder: Path, show: Show, staging: Staging) -> Episode:
    facts = _facts(folder)
    timeline = _json(folder / "timeline.json")
    slug = folder.name
    written = show.dates.get(slug, facts.date)
    if not written:
        raise RenderError(
            f"{folder}: it has no date; write 'date: 2026-11-22' at the top of its script, "
            f"or 'dates: {{{slug}: 2026-11-22}}' in {SHOW_FILE}"
        )
    hour, minute = show.time.split(":")
    try:
        length_s = timeline["duration"] / timeline["rate_hz"]
        bites = soundbites(timeline)
        published = moment(written, (int(hour), int(minute)))
    except (LookupError, TypeError, ValueError, AttributeError, ZeroDivisionError) as found:
        raise RenderError(f"{folder}: timeline.json or the date is not as a render leaves it: {found}") from None
    media = _media(folder, facts)
    return Episode(
        slug=slug,
        facts=facts,
        published=published,
        media=media,
        length_s=length_s,
        transcripts=_transcripts(folder),
        chapters="chapters.json" if _json(folder / "chapters.json").get("chapters") else "",
        soundbites=bites,
        cover=_cover(folder, media[0].file, staging),
        credits=_text(folder / "credits.txt"),
        kind="trailer" if slug in show.trailers else "bonus" if slug in show.bonus else "full",
    )


def _facts(folder: Path) -> Facts:
    file = folder / FACTS_FILE
    if not file.is_file():
        raise RenderError(f"{folder}: there is no {FACTS_FILE} in it; render the episode again")
    try:
        return Facts.model_validate(_json(file))
    except ValidationError as found:
        error = found.errors()[0]
        raise RenderError(f"{file}: {'.'.join(map(str, error['loc']))}: {error['msg']}") from None


def _json(file: Path) -> Mapping[str, Any]:
    try:
        found = json.loads(_text(file))
    except (ValueError, RecursionError):
        raise RenderError(f"{file}: this is not JSON; render the episode again") from None
    if not isinstance(found, dict):
        raise RenderError(f"{file}: this is not what a render leaves; render the episode again")
    return found


def _text(file: Path) -> str:
    try:
        return read_file(file, "document_mib").decode("utf-8")
    except UnicodeDecodeError:
        raise RenderError(f"{file}: this is not UTF-8; render the episode again") from None
    except OSError as found:
        raise RenderError(f"cannot read {file}: {found.strerror}") from None


def _media(folder: Path, facts: Facts) -> tuple[Media, ...]:
    """The enclosure, the standard mix in other formats, then the listener mixes in the order of `MIXES`.

    They are the render's own files, as far as they are there: another sound in the folder is not the episode.
    """
    order = list(MIXES)
    there = {file.name for file in folder.iterdir() if file.is_file()}
    found: list[tuple[tuple[int, int, str], Media]] = []
    for one in facts.files:
        suffix = Path(one.file).suffix
        if one.file not in there or one.mix not in MIXES or suffix not in _TYPES:
            continue
        mix = "" if one.mix == STANDARD.name else one.mix
        title = MIXES[one.mix].title or one.mix
        named = title[0].upper() + title[1:] + ("" if suffix in _ENCLOSURES[:1] else f", {suffix[1:].upper()}")
        rank = (order.index(one.mix), list(_TYPES).index(suffix), one.file)
        made = Media(file=one.file, mix=mix, title=named, type=_TYPES[suffix], size_bytes=0, sri="")
        found.append((rank, made))
    listed = [media for _, media in sorted(found, key=lambda one: one[0])]
    if not listed or listed[0].mix or Path(listed[0].file).suffix not in _ENCLOSURES:
        raise RenderError(f"{folder}: there is no MP3 of it, which is what podcast apps play; render it for 'podcast'")
    return tuple(_hashed(folder, media) for media in listed)


def _hashed(folder: Path, media: Media) -> Media:
    try:
        with (folder / media.file).open("rb") as file:
            digest = hashlib.file_digest(file, "sha384").digest()
            size = file.tell()
    except OSError as found:
        raise RenderError(f"cannot read {folder / media.file}: {found.strerror}") from None
    sri = "sha384-" + base64.b64encode(digest).decode("ascii")
    bitrate_bps = getattr(_opened(folder / media.file).info, "bitrate", 0)
    return replace(media, size_bytes=size, sri=sri, bitrate_bps=bitrate_bps)


def _transcripts(folder: Path) -> tuple[Transcript, ...]:
    there = [one for one in _TRANSCRIPTS if (folder / one.file).is_file()]
    if not any(one.file.startswith("captions.") for one in there):
        return tuple(there)
    return tuple(one if one.file.startswith("captions.") else Transcript(one.file, one.type, False) for one in there)


def _cover(folder: Path, audio: str, staging: Staging) -> str:
    """The picture of an episode, taken out of its audio so that it is always that of the last render; "" for none."""
    picture = _picture(folder / audio)
    if picture is None:
        return next((name for name in ("cover.jpg", "cover.png") if (folder / name).is_file()), "")
    name = "cover.png" if picture.startswith(b"\x89PNG") else "cover.jpg"
    staging.path(f"{folder.name}/{name}").write_bytes(picture)
    return name


def _picture(audio: Path) -> bytes | None:
    tags = _opened(audio).tags
    if isinstance(tags, ID3):
        found = tags.getall("APIC")
        return bytes(found[0].data) if found else None
    found = (tags or {}).get("covr")
    return bytes(found[0]) if found else None


def _opened(audio: Path) -> Any:
    try:
        opened = mutagen.File(audio)
    except MutagenError:
        opened = None
    if opened is None:
        raise RenderError(f"{audio}: this is not the audio that its name says; render the episode again")
    return opened
