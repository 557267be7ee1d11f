"""Tags in the delivered files: names, cover, chapters, words, credits and disclosure, as each format has them."""

from __future__ import annotations

from pathlib import Path

from producer.deliver import id3_tags, mp4_tags, vorbis_tags, wave_tags
from producer.deliver.tagging import Tags

__all__ = ["Tags", "write"]


def write(path: Path, tags: Tags, codec: str) -> None:
    """Tag the finished file in place; samples are not touched."""
    {
        "mp3": id3_tags.write,
        "aac": mp4_tags.write,
        "opus": vorbis_tags.write_opus,
        "flac": vorbis_tags.write_flac,
        "wav": wave_tags.write,
    }[codec](path, tags)
