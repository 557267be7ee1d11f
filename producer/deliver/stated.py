"""What an audio file itself says of what it is made of: the statement that `tags` wrote into it, read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from producer.deliver.tagging import PROVENANCE
from producer.frozen import dataclass

AUDIO = (".mp3", ".flac", ".m4a", ".m4b", ".opus", ".ogg", ".wav")
_MP4 = f"----:com.apple.iTunes:{PROVENANCE}"
_MOST = 1 << 16  # characters


@dataclass(frozen=True, slots=True)
class Stated:
    """The statement in a file."""

    made_with: str
    made_from: str  # "sha256:" and the digest of what it is made of
    digital_source: str  # IPTC
    synthetic_voices: tuple[str, ...]

    def document(self) -> dict[str, Any]:
        """For `--json`."""
        return {
            "made_with": self.made_with,
            "made_from": self.made_from,
            "digital_source": self.digital_source,
            "synthetic_voices": list(self.synthetic_voices),
        }


class _Statement(BaseModel):
    model_config = ConfigDict(frozen=True)
    made_with: str
    made_from: str
    digital_source: str
    synthetic_voices: tuple[str, ...]


def stated(path: Path) -> Stated | None:
    """The statement in an audio file; None where there is none that can be read."""
    try:
        found = _Statement.model_validate(json.loads(_field(path)[:_MOST]))
    except (ValidationError, ValueError, RecursionError):
        return None
    return Stated(found.made_with, found.made_from, found.digital_source, found.synthetic_voices)


def _field(path: Path) -> str:
    import mutagen
    from mutagen.id3 import ID3

    try:
        tags: Any = getattr(mutagen.File(path), "tags", None)
    except mutagen.MutagenError:
        return ""
    if tags is None:
        return ""
    if isinstance(tags, ID3):
        return str(next(iter(tags.getall(f"TXXX:{PROVENANCE}")), ""))
    values = tags.get(PROVENANCE) or tags.get(_MP4) or [""]
    first = values[0]
    return bytes(first).decode("utf-8", "replace") if isinstance(first, bytes) else str(first)
