"""`manifest.json` as it is read again: what of it is relied on, checked. To write one takes no pydantic."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=4096)]


class _Read(BaseModel):
    model_config = ConfigDict(frozen=True, strict=True)


class Listed(_Read):
    """A file that a manifest lists."""

    file: Name
    sha256: Digest
    bytes: int = Field(ge=0)
    kind: str = ""  # of an input: script, series, pack, sound, take, impulse, cover, head
    pack: str = ""  # of what is in a pack: `file` counts from the pack's folder


class Manifest(_Read):
    """A manifest as it was read; what else stands in it is for people."""

    version: Literal[1]
    title: str
    inputs: tuple[Listed, ...]
    outputs: tuple[Listed, ...]
    made_from: Digest
    asked: dict[str, Any]
    sha256: Digest
