"""What a season sends to its workers and what comes back: JSON, checked at both ends.

A worker runs functions of this program on such values and on files that it holds against their SHA-256. There is no
code in them and nothing that is run: a script stays a script, and is read with the care that any script is read with.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(max_length=4096)]
Long = Annotated[str, StringConstraints(max_length=1 << 20)]
MOST_DAMAGED = 100_000
"""Entries that one task tells of."""
Names = Annotated[tuple[Text, ...], Field(max_length=256)]


def _inside(path: str) -> str:
    """A path from a folder that stays in it, with forward slashes. Raises ValueError for any other."""
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or "\\" in path or "\0" in path or ".." in parts or ":" in parts[0]:
        raise ValueError("not a path within a folder")
    return path


Inside = Annotated[str, StringConstraints(min_length=1, max_length=4096), AfterValidator(_inside)]


class _Sent(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stored(_Sent):
    """A file that travels through the cache."""

    file: Inside
    sha256: Digest
    bytes: int = Field(ge=0)


class Tree(_Sent):
    """Files of a project that a worker lays out for itself."""

    id: Digest
    """Of all that a season has of this project: one folder on a worker serves every episode."""
    files: Digest
    """Where `Files`, those that this task reads, are in the cache."""


class Files(_Sent):
    """Files of a project."""

    files: Annotated[tuple[Stored, ...], Field(max_length=1_000_000)]


class Asked(_Sent):
    """What is asked of every episode, as `production.Order` has it."""

    packs: Names = ()
    profile: Text | None = None
    formats: Names = ()
    mixes: Names = ()
    stems: Literal["none", "buses", "each"] = "none"
    sofa: Text | None = None
    session: Names = ()
    strict: bool = False


class Task(_Sent):
    """One thing for a worker to do."""

    version: Literal[1] = 1
    kind: Literal["episode", "lines"]
    name: Text
    """What people call it: the episode's, or whose voice."""
    made_by: Digest
    """Which program it is for: another would make other bytes."""
    cache: Text
    """A folder or the address of a storage; without keys, which a worker has from its own surroundings."""
    root: Text = ""
    """The project's folder; empty where its files travel."""
    tree: Tree | None = None
    script: Inside
    """From the project's folder."""
    output: Text = ""
    """The folder that receives the files; empty where they travel."""
    asked: Asked = Asked()
    lines: Annotated[tuple[Text, ...], Field(max_length=100_000)] = ()
    """Ids of the lines that are to be spoken; for `lines`."""
    there: Annotated[tuple[Digest, ...], Field(max_length=100_000)] = ()
    """Names of takes that others have made for it."""
    jobs: int = Field(default=1, ge=1, le=4096)


class Margin(_Sent):
    """Where speech stands least above something else."""

    margin_lu: float | None
    asked_lu: float
    line: Text
    at_s: float
    where: Text


class Mix(_Sent):
    """One file as it was delivered."""

    file: Inside
    mix: Text
    format: Text
    loudness_lufs: float | None
    loudness_range_lu: float | None
    true_peak_dbtp: float | None


class Found(_Sent):
    """A finding of the audit."""

    where: Text
    time: Text
    what: Long


class Facts(_Sent):
    """What the season wants to know of an episode that is made. Places are from the project's folder."""

    title: Text
    show: Text = ""
    season: int | None = None
    episode: int | None = None
    language: Text
    edition_of: Text = ""
    profile: Text
    asked_lufs: float | None
    tolerance_lu: float
    length_s: float
    files: tuple[Mix, ...]
    margins: dict[str, Margin]
    findings: tuple[Found, ...]
    untranslated: int = 0
    recorded: int = 0
    lines: int = 0


class Outcome(_Sent):
    """How a task ended."""

    kind: Literal["done", "mistake", "fault", "stopped"]
    """Done; something that the user can mend; a mistake of ours; a worker that hung or was lost."""
    lost: bool = False
    """It was stopped with its worker, and may go well another time."""
    message: Long = ""
    facts: Facts | None = None
    manifest: Digest | None = None
    """Of an episode that is made: the SHA-256 of its `manifest.json`."""
    outputs: tuple[Stored, ...] = ()
    """The files that wait in the cache."""
    damaged: Annotated[tuple[Text, ...], Field(max_length=MOST_DAMAGED)] = ()
    """What its cache met with meanwhile, as `cache.Faults` has it."""
    unkept: Long = ""
    wall_s: float = 0.0
    cpu_s: float = 0.0


HERE = "\N{REPLACEMENT CHARACTER}/"
"""Stands in messages for the project's folder, which is another one on every machine."""
