"""`render pack coverage`: what a script asks for, and which pack has it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from producer import script as script_stage
from producer.errors import Place, Problem, ScriptError, nearest
from producer.foley import RECIPES
from producer.model.script import Script
from producer.model.sound import Catalogue, Sound
from producer.packs.tables import columns, counted
from producer.project import Project
from producer.render import written_script
from producer.script.reading import Notes
from producer.script.top import read_head, top_keys
from producer.script.tree import Pairs
from producer.script.written import Written
from producer.sounds.find import Packs, load_packs


class _Anything(Mapping[str, tuple[float, float]]):
    """Every knob there could be: what nobody fills cannot have the wrong ones."""

    def __getitem__(self, name: str) -> tuple[float, float]:
        return (float("-inf"), float("inf"))

    def __contains__(self, name: object) -> bool:
        return True

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 1


class _Asked(dict[str, tuple[str, ...]]):
    """The roles of packs that are not listed. The script stage looks here only for a role that no listed pack has."""

    def __init__(self, known: Mapping[str, tuple[str, ...]]) -> None:
        super().__init__(known)
        self.unfilled: dict[str, None] = {}

    def __contains__(self, role: object) -> bool:
        self.unfilled[str(role)] = None
        return super().__contains__(role)


def facts(project: Project, extra: Sequence[str] = (), *, every: bool = False) -> dict[str, Any]:
    """The table as one object.

    Args:
        extra: values of `--pack`, searched before the script's own.
        every: columns for packs that are not listed, too.

    Raises:
        ScriptError, PackError: the script, or a pack that it lists, has mistakes of another kind.
    """
    written = written_script(project)
    packs = load_packs(written.packs, project.pack_roots, extra, recipes=RECIPES).whole()
    script, unfilled = _resolved(written, packs)
    lines = _lines(script)
    asked = dict.fromkeys([*lines, *unfilled])
    shown = [*packs.listed, *(packs.others if every else ())]
    others = [pack for pack in packs.others if not every]
    names = sorted({name for pack in (*packs.listed, *packs.others) for name in pack.names})
    roles = []
    for role in asked:
        have = [pack.name for pack in shown if role in pack.names]
        filled = next((pack.name for pack in packs.listed if role in pack.names), None)
        roles.append(
            {
                "role": role,
                "filled_by": filled,
                "falls_back": filled is not None and filled != packs.listed[0].name,
                "could": [name for name in have if name != filled],
                "elsewhere": [pack.name for pack in others if role in pack.names],
                "nearest": "" if filled else nearest(role, names).removeprefix("; "),
                "lines": [place.line for place in lines.get(role, ())],
                "at": [str(place) for place in lines.get(role, ())],
            }
        )
    return {
        "script": project.script.as_posix(),
        "listed": [pack.name for pack in packs.listed],
        "missing": [{"pack": name, "at": _listed_at(written, name)} for name in packs.missing],
        "columns": [pack.name for pack in shown],
        "roles": roles,
    }


def _resolved(written: Written, packs: Packs) -> tuple[Script, tuple[str, ...]]:
    """The script, and the roles in it that no listed pack fills: found on a first reading, let pass on a second."""
    asked = _Asked(packs.catalogue().elsewhere)
    catalogue = replace(packs.catalogue(), elsewhere=asked, missing_packs=())
    try:
        return script_stage.resolve(written, catalogue), ()
    except ScriptError:
        if not asked.unfilled:
            raise
    sounds = {**catalogue.sounds, **{role: _anything(role) for role in asked.unfilled}}
    return script_stage.resolve(written, Catalogue(sounds=sounds, packs=packs.found)), tuple(asked.unfilled)


def _listed_at(written: Written, pack: str) -> str:
    """Where the script lists a pack."""
    place = Place(written.file)
    if isinstance(written.tree, Pairs):
        unheard = Notes()
        place = read_head(top_keys(written.tree, unheard), unheard).pack_places.get(pack, place)
    return str(place)


def _anything(role: str) -> Sound:
    return Sound(role=role, pack="", title=role, kind="hit", weights=(1.0,) * 99, settings=_Anything())


def _lines(script: Script) -> dict[str, tuple[Place, ...]]:
    """Where each role is asked for, in the order of the script."""
    places: dict[str, set[Place]] = {}
    asked = [(cue.place, cue.role) for cue in script.cues]
    asked += [(bed.place, bed.role) for bed in script.beds if not bed.names_id]
    for place, role in sorted(asked):
        places.setdefault(role, set()).add(place)
    return {role: tuple(sorted(found)) for role, found in places.items()}


def problems(table: Mapping[str, Any]) -> list[Problem]:
    """One for each place that asks for what no listed pack has, and for each pack that is nowhere."""
    script = table["script"]
    found = [Problem(Place(one["at"]), f"the pack '{one['pack']}' is nowhere to be found") for one in table["missing"]]
    for one in table["roles"]:
        if one["filled_by"] is None:
            have = [*one["could"], *one["elsewhere"]]
            hint = f"; {', '.join(have)} would fill it" if have else f"; {one['nearest']}" if one["nearest"] else ""
            places = one["at"] or [f"{script}: under 'sounds'"]
            found.append(Problem(Place(places[0]), f"no listed pack fills '{one['role']}'{hint}"))
    return found


def text(table: Mapping[str, Any]) -> str:
    """The table for people: `FILLS` is heard, `has` could be, `.` has none."""
    names = table["columns"]
    rows = [("role", *names, "", "lines")]
    for one in table["roles"]:
        cells = ["FILLS" if name == one["filled_by"] else "has" if name in one["could"] else "." for name in names]
        note = "falls back" if one["falls_back"] else "" if one["filled_by"] else "NOBODY"
        rows.append((one["role"], *cells, note, ", ".join(map(str, one["lines"]))))
    lines = columns(rows)
    filled = [one for one in table["roles"] if one["filled_by"]]
    counts = {name: sum(one["filled_by"] == name for one in filled) for name in table["listed"]}
    told = ", ".join(f"{name} fills {count}" for name, count in counts.items())
    lines.append(f"{counted(len(table['roles']), 'role')}: {told or 'no pack is listed'}")
    back = [f"{one['role']} ({one['filled_by']})" for one in table["roles"] if one["falls_back"]]
    if back:
        lines.append(f"not in {table['listed'][0]}, so from a later pack: {', '.join(back)}")
    return "\n".join(lines)
