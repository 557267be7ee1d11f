"""The first reading: the tree, and what must be known of it before packs can be looked for."""

from __future__ import annotations

import hashlib

from producer.errors import Problem
from producer.frozen import dataclass
from producer.model.brought import Brought
from producer.script.again import Kept, read_again
from producer.script.brought import Edition, Fetch, Fetched, joined
from producer.script.compose import read_tree
from producer.script.reading import Notes
from producer.script.top import read_head, top_keys
from producer.script.tree import Node, Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A script that has been read, with what it brings from other files, but not looked up.

    `problems` are those that stand in the YAML itself; the others need the packs and are told by `resolve`.
    """

    file: str
    sha256: str
    size_bytes: int = 0
    tree: Node | None
    brought: tuple[Brought, ...] = ()
    hidden: tuple[Pairs, ...] = ()
    """The script as it would be if what it overrides had the last word: of use only to find what is wrong there."""
    packs: tuple[str, ...] = ()
    profile: str = "podcast"
    problems: tuple[Problem, ...] = ()
    edition: Edition | None = None


def _alone(_: str, wanted: str) -> Fetched:
    return Fetched(wanted, why=f"'{wanted}' cannot be read from here")


def read(text: str, file: str, fetch: Fetch = _alone, kept: Kept | None = None) -> Written:
    """Reads the YAML of a script, and of the files that it brings; never raises.

    Args:
        text: the whole file.
        file: its name as the user gave it, for messages.
        fetch: finds its series, or the script that it is an edition of.
        kept: what was read before of its scenes.
    """
    tree, problems = read_tree(text, file) if kept is None else read_again(text, file, kept)
    sha256, size_bytes = _digest(text)
    if not isinstance(tree, Pairs):
        return Written(file=file, sha256=sha256, tree=tree, problems=problems)
    notes = Notes(problems)
    brought: list[Brought] = []

    def noted(named_in: str, wanted: str) -> Fetched:
        got = fetch(named_in, wanted)
        if got.text is not None:
            brought.append(Brought(got.file, *_digest(got.text)))
        return got

    whole = joined(tree, file, noted, notes)
    if whole is None:
        return Written(file=file, sha256=sha256, tree=None, problems=tuple(notes.problems))
    unheard = Notes()  # `resolve` tells these mistakes again, with all others
    head = read_head(top_keys(whole.tree, unheard), unheard)
    return Written(
        file=file,
        sha256=sha256,
        size_bytes=size_bytes,
        tree=whole.tree,
        brought=tuple(brought),
        hidden=whole.hidden,
        packs=head.packs,
        profile=head.profile,
        problems=tuple(notes.problems),
        edition=whole.edition,
    )


def _digest(text: str) -> tuple[str, int]:
    """SHA-256 and size of the file that says `text`."""
    raw = text.encode("utf-8", "surrogatepass")
    return hashlib.sha256(raw).hexdigest(), len(raw)
