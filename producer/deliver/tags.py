"""Tags in the delivered files: names, cover, chapters, words, credits and disclosure, as each format has them."""

from __future__ import annotations

from pathlib import Path

from producer.deliver import id3_tags, mp4_tags, vorbis_tags, wave_tags
from producer.deliver.tagging import Tags
from producer.errors import RenderError
from producer.later import mutagen

__all__ = ["Tags", "write"]


def write(path: Path, tags: Tags, codec: str) -> None:
    """Tag the finished file in place; samples are not touched. Raises RenderError where it cannot be written."""
    writers = {
        "mp3": id3_tags.write,
        "aac": mp4_tags.write,
        "opus": vorbis_tags.write_opus,
        "flac": vorbis_tags.write_flac,
        "wav": wave_tags.write,
    }
    try:
        writers[codec](path, tags)
    except (OSError, mutagen.MutagenError) as found:
        raise RenderError(f"cannot write {path.name}: {_reason(found)}") from None


def _reason(found: BaseException) -> str:
    """In the system's words, which mutagen wraps into its own error."""
    told = found.args[0] if isinstance(found, mutagen.MutagenError) and found.args else found
    return told.strerror or str(told) if isinstance(told, OSError) else str(told) or type(told).__name__
