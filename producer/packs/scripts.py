"""Which packs the project's scripts list, without the scripts being whole."""

from __future__ import annotations

from pathlib import Path

from producer.errors import ProducerError
from producer.foley import RECIPES
from producer.project import Project, pack_roots, scripts
from producer.render import written_script
from producer.sounds.find import load_packs
from producer.sounds.pack import Pack


def packs_of_scripts(root: Path) -> dict[str, tuple[Pack, ...]]:
    """For each script of the project in `root` by name, the packs that it lists, in order.

    A script that cannot be read, or lists a pack that is broken or nowhere, says nothing about packs here.
    """
    found: dict[str, tuple[Pack, ...]] = {}
    try:
        there = scripts(root)
    except ProducerError:
        return {}
    for path in there:
        try:
            written = written_script(Project(path, root))
            packs = load_packs(written.packs, pack_roots(root), recipes=RECIPES).whole()
        except ProducerError:
            continue
        if packs.listed and not packs.missing:
            found[path.name] = packs.listed
    return found
