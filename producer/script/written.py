"""The first reading: the tree, and what must be known of it before packs can be looked for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from producer.errors import Problem
from producer.script.compose import read_tree
from producer.script.reading import Notes
from producer.script.top import read_head, top_keys
from producer.script.tree import Node, Pairs


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A script that has been read but not looked up.

    `problems` are those that stand in the YAML itself; the others need the packs and are told by `resolve`.
    """

    file: str
    sha256: str
    tree: Node | None
    packs: tuple[str, ...] = ()
    profile: str = "podcast"
    problems: tuple[Problem, ...] = ()


def read(text: str, file: str) -> Written:
    """Reads the YAML of a script; never raises.

    Args:
        text: the whole file.
        file: its name as the user gave it, for messages.
    """
    tree, problems = read_tree(text, file)
    sha256 = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    if not isinstance(tree, Pairs):
        return Written(file=file, sha256=sha256, tree=tree, problems=problems)
    unheard = Notes()  # `resolve` tells these mistakes again, with all others
    head = read_head(top_keys(tree, unheard)[0], unheard)
    return Written(file=file, sha256=sha256, tree=tree, packs=head.packs, profile=head.profile, problems=problems)
