"""`render pack list`: every pack that can be found, whole or not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from producer.packs.found import Found, all_found
from producer.packs.tables import columns, counted


def facts(root: Path) -> list[dict[str, Any]]:
    """One object for each pack, in the order in which packs are looked for."""
    every = all_found(root)
    return [_facts(found, every) for found in every]


def _facts(found: Found, every: Sequence[Found]) -> dict[str, Any]:
    hides = [other.shown for other in every if other.hidden_by == found.shown]
    pack = found.pack
    return {
        "name": found.name,
        "version": pack.version if pack else None,
        "title": pack.title if pack else None,
        "author": pack.author if pack else None,
        "licence": licence_of(found) if pack else None,
        "roles": len(pack.sounds) if pack else None,
        "folder": found.shown,
        "where": found.where,
        "hidden_by": found.hidden_by or None,
        "hides": hides,
        "problems": [str(problem) for problem in found.problems],
    }


def licence_of(found: Found) -> str:
    """The licences of what is in a pack, the most frequent first: `CC0-1.0`, or `CC0-1.0, CC-BY-4.0`."""
    pack = found.whole()
    counts: dict[str, int] = {}
    for sound in pack.sounds.values():
        for member in sound.members:
            for layer in member.layers:
                licence = layer.source.credit.licence
                counts[licence] = counts.get(licence, 0) + 1
    return ", ".join(sorted(counts, key=lambda licence: (-counts[licence], licence)))


def text(packs: Sequence[Mapping[str, Any]]) -> str:
    """The list for people."""
    if not packs:
        return "no packs; make one: render pack new NAME"
    rows = []
    for one in packs:
        broken = f"broken: {counted(len(one['problems']), 'problem')}" if one["problems"] else ""
        notes = [broken] if broken else [one["title"]]
        if one["hidden_by"]:
            notes.append(f"hidden by {one['hidden_by']}")
        notes += [f"hides {folder}" for folder in one["hides"]]
        roles = "" if one["roles"] is None else counted(one["roles"], "role")
        place = one["folder"] if one["where"] == "project" else "ships with Producer"
        rows.append((one["name"], one["version"] or "", roles, one["licence"] or "", place, "; ".join(notes)))
    lines = columns(rows, right={2})
    if any(one["problems"] for one in packs):
        lines.append("what is broken is told by: render pack check NAME")
    return "\n".join(lines)
