"""What is known of episodes that were made before: so that a season is gone on with, and not begun again.

A record is in the cache, under the episode's stamp. It holds what the season page shows, and the digest of the manifest
that was written with the episode. As long as that manifest is in the output folder, and the files there are as it says,
there is nothing to make.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from producer import verifying
from producer.cache import Cache, key
from producer.deliver import manifest
from producer.digests import sha256_of
from producer.errors import RenderError
from producer.season.listing import Source
from producer.season.task import Digest, Facts, Outcome, Stored


class Record(BaseModel):
    """Of an episode that was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    manifest: Digest
    facts: Facts
    outputs: tuple[Stored, ...] = ()
    """Where the files are in the cache, if they are."""


def name(stamp: str) -> str:
    """What the record of an episode is called in the cache."""
    return key("record of a season", stamp)


def write(cache: Cache, stamp: str, outcome: Outcome) -> None:
    """Keep what is known of an episode that was just made."""
    assert outcome.manifest is not None and outcome.facts is not None  # so it is with what is done
    kept = Record(manifest=outcome.manifest, facts=outcome.facts, outputs=outcome.outputs)
    cache.write(name(stamp), kept.model_dump_json().encode())


def read(cache: Cache, stamp: str) -> Record | None:
    """What is known of an episode; None when it was not made, or when that is not known any more."""
    raw = cache.read(name(stamp))
    if raw is None:
        return None
    try:
        return Record.model_validate_json(raw)
    except ValidationError:  # of another version
        return None


def is_of(sources: Iterable[Source], folder: Path) -> bool:
    """Whether an output folder was made of these very files: one may have been saved anew while it was made."""
    seen = {one.sha256 for one in sources}
    try:
        made_of, _ = verifying.read_manifest(folder / manifest.FILE)
    except RenderError:
        return False
    return all(one.sha256 in seen for one in made_of.inputs)


def is_there(record: Record, folder: Path) -> bool:
    """Whether an output folder holds, to the last bit, what the record is of."""
    try:
        if sha256_of(folder / manifest.FILE) != record.manifest:
            return False
        findings = verifying.verify(folder).findings
    except (OSError, RenderError):
        return False
    return all(one.what == "unknown" for one in findings)  # somebody's own files do not make it another episode
