"""`render pack diff A B`: what changes for whoever swaps one pack, or one version of it, for another."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from producer.cache import Cache
from producer.packs import made_of
from producer.packs.ear import Ear, Heard
from producer.packs.found import Found
from producer.packs.tables import counted, number, seconds
from producer.sounds.pack import FileSource, FoleySource, Layer, Pack, PackSound

LEAST_LU = 0.1  # a change in loudness under it is none
LEAST_S = 0.001
_HEAD = ("pack", "version", "title", "author", "licence", "homepage")

Change = dict[str, Any]
"""`what` changed, `from` and `to`; what was not there, or is gone, is null."""


def facts(first: Found, second: Found, cache: Cache) -> dict[str, Any]:
    """Every real difference. Raises PackError when a pack, or a file that must be compared, is broken."""
    a, b = first.whole(), second.whole()
    ears = Ear(a, cache), Ear(b, cache)
    changed = {
        role: changes
        for role in a.sounds
        if role in b.sounds and (changes := _sound(a.sounds[role], b.sounds[role], ears))
    }
    both = sum(role in b.sounds for role in a.sounds)
    return {
        "a": {"pack": a.name, "version": a.version, "folder": first.shown},
        "b": {"pack": b.name, "version": b.version, "folder": second.shown},
        "head": _values(_head(a), _head(b)),
        "removed": [_brief(a, role) for role in a.sounds if role not in b.sounds],
        "added": [_brief(b, role) for role in b.sounds if role not in a.sounds],
        "changed": [{"role": role, "changes": changes} for role, changes in changed.items()],
        "same": both - len(changed),
    }


def _head(pack: Pack) -> dict[str, str]:
    values = (pack.name, pack.version, pack.title, pack.author, pack.licence, pack.homepage)
    return dict(zip(_HEAD, values, strict=True))


def _brief(pack: Pack, role: str) -> dict[str, Any]:
    sound = pack.sounds[role]
    return {"role": role, "kind": sound.kind, "title": sound.title}


def _values(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
    names = dict.fromkeys([*before, *after])
    return [
        {"what": name, "from": before.get(name) or None, "to": after.get(name) or None}
        for name in names
        if (before.get(name) or None) != (after.get(name) or None)
    ]


def _sound(a: PackSound, b: PackSound, ears: tuple[Ear, Ear]) -> list[Change]:
    made = _made(a, b, ears)
    changes = [*_values(_plain(a), _plain(b)), *made]
    if made or a.kind != b.kind:  # nothing is heard where nothing it is made of has changed
        changes += _audible(_mean(a, ears[0]), _mean(b, ears[1]))
    return changes


def _plain(sound: PackSound) -> dict[str, Any]:
    """What is compared by value."""
    credits = ["; ".join(value for value in one.values() if value) for one in made_of.credits_of(sound)]
    recorded = made_of.is_files(sound)
    return {
        "kind": sound.kind,
        "title": sound.title,
        "ucs": sound.ucs,
        "aliases": ", ".join(sound.aliases),
        "pace": made_of.pace_text(sound.pace),
        "vary": made_of.vary_text(sound),
        "loop": made_of.loop_text(sound),
        "onset": made_of.onset_text(sound.members),
        "variations": "" if recorded else str(len(sound.members)),
        "credit": " / ".join(sorted(credits)),
    }


def _made(a: PackSound, b: PackSound, ears: tuple[Ear, Ear]) -> list[Change]:
    """Recipes, settings, files and layers."""
    before, after = made_of.pools(a), made_of.pools(b)
    changes: list[Change] = []
    several = max(len(before), len(after)) > 1
    for place in range(max(len(before), len(after))):
        old = before[place] if place < len(before) else []
        new = after[place] if place < len(after) else []
        found = _layer(old, new, ears)
        changes += [one | {"layer": place + 1} for one in found] if several else found
    weights = [{_file(m.layers): m.weight for m in one.members if _file(m.layers)} for one in (a, b)]
    for file in weights[0]:
        if file in weights[1] and weights[0][file] != weights[1][file]:
            changes.append({"what": f"weight of {file}", "from": weights[0][file], "to": weights[1][file]})
    return changes


def _file(layers: tuple[Layer, ...]) -> str:
    source = layers[0].source
    return source.inside if len(layers) == 1 and isinstance(source, FileSource) else ""


def _layer(old: list[Layer], new: list[Layer], ears: tuple[Ear, Ear]) -> list[Change]:
    recipes = [next((one.source for one in pool if isinstance(one.source, FoleySource)), None) for pool in (old, new)]
    changes = _values({"recipe": recipes[0] and recipes[0].recipe}, {"recipe": recipes[1] and recipes[1].recipe})
    if recipes[0] and recipes[1] and recipes[0].recipe == recipes[1].recipe:
        knobs = [{knob["name"]: knob["value"] for knob in made_of.knobs(source)} for source in recipes if source]
        changes += [
            {"what": name, "from": knobs[0][name], "to": knobs[1][name]}
            for name in knobs[0]
            if knobs[0][name] != knobs[1][name]
        ]
    if old and new:
        for name in ("level_db", "delay_s"):
            was, now = getattr(old[0], name), getattr(new[0], name)
            if was != now:
                changes.append({"what": name, "from": was, "to": now})
    return changes + _files(_hashes(old, ears[0]), _hashes(new, ears[1]))


def _hashes(pool: list[Layer], ear: Ear) -> dict[str, str]:
    sources = [layer.source for layer in pool]
    return {one.inside: ear.sha256_of(one) for one in sources if isinstance(one, FileSource)}


def _files(old: Mapping[str, str], new: Mapping[str, str]) -> list[Change]:
    """Files by what is in them: one that only has another name is renamed, not gone and come."""
    changes: list[Change] = [
        {"what": f"content of {file}", "from": old[file][:12], "to": new[file][:12]}
        for file in old
        if file in new and old[file] != new[file]
    ]
    gone = {file: sha256 for file, sha256 in old.items() if file not in new}
    come = {file: sha256 for file, sha256 in new.items() if file not in old}
    for file, sha256 in list(gone.items()):
        twin = next((other for other, found in come.items() if found == sha256), None)
        if twin is not None:
            changes.append({"what": "file renamed", "from": file, "to": twin})
            del gone[file], come[twin]
    changes += [{"what": "file", "from": file, "to": None} for file in gone]
    return changes + [{"what": "file", "from": None, "to": file} for file in come]


def _mean(sound: PackSound, ear: Ear) -> Heard:
    """The pool as one sound: its mean loudness and length."""
    heard = [ear.heard(sound, member) for member in range(len(sound.members))]
    levels = [one.loudness_lufs for one in heard if math.isfinite(one.loudness_lufs)]
    lengths = [one.length_s for one in heard]
    finite = [length for length in lengths if length is not None]
    return Heard(
        length_s=None if len(finite) < len(lengths) else sum(finite) / len(finite),
        onset_s=0.0,
        loudness_lufs=sum(levels) / len(levels) if levels else -math.inf,
    )


def _audible(a: Heard, b: Heard) -> list[Change]:
    changes: list[Change] = []
    levels = [round(one.loudness_lufs, 1) if math.isfinite(one.loudness_lufs) else None for one in (a, b)]
    if levels[0] is None or levels[1] is None:
        changed = levels[0] != levels[1]
    else:
        changed = abs(a.loudness_lufs - b.loudness_lufs) >= LEAST_LU
    if changed:
        by = None if None in levels else round(b.loudness_lufs - a.loudness_lufs, 1)
        changes.append({"what": "loudness_lufs", "from": levels[0], "to": levels[1], "by_lu": by})
    if (a.length_s is None) != (b.length_s is None) or abs((a.length_s or 0.0) - (b.length_s or 0.0)) >= LEAST_S:
        lengths = [None if one.length_s is None else round(one.length_s, 3) for one in (a, b)]
        changes.append({"what": "length_s", "from": lengths[0], "to": lengths[1]})
    return changes


def text(found: Mapping[str, Any]) -> str:
    """The differences for people: `-` is gone, `+` is new, `~` has changed."""
    a, b = found["a"], found["b"]
    lines = [f"{a['pack']} {a['version']} ({a['folder']}) -> {b['pack']} {b['version']} ({b['folder']})"]
    lines += [f"  {_change(one)}" for one in found["head"]]
    lines += [f"- {one['role']}: {one['title']} ({one['kind']})" for one in found["removed"]]
    lines += [f"+ {one['role']}: {one['title']} ({one['kind']})" for one in found["added"]]
    for one in found["changed"]:
        lines.append(f"~ {one['role']}")
        lines += [f"    {_change(change)}" for change in one["changes"]]
    counts = [f"{len(found[name])} {name}" for name in ("removed", "added", "changed")]
    lines.append(f"{', '.join(counts)}; {counted(found['same'], 'role')} the same")
    return "\n".join(lines)


def _change(change: Mapping[str, Any]) -> str:
    what, old, new = change["what"], change["from"], change["to"]
    layer = f"layer {change['layer']}: " if "layer" in change else ""
    if what == "loudness_lufs":
        by = "" if change["by_lu"] is None else f" ({change['by_lu']:+.1f} LU)"
        return f"loudness: {_level(old)} -> {_level(new)}{by}"
    if what == "length_s":
        return f"length: {seconds(old)} -> {seconds(new)}"
    if what in ("level_db", "delay_s"):
        unit = " dB" if what == "level_db" else " s"
        return f"{layer}{what.split('_')[0]}: {old:g}{unit} -> {new:g}{unit}"
    if what == "file" and new is None:
        return f"{layer}file gone: {old}"
    if what == "file" and old is None:
        return f"{layer}file new: {new}"
    return f"{layer}{what}: {_value(old)} -> {_value(new)}"


def _level(value: float | None) -> str:
    return "silent" if value is None else f"{value:.1f} LUFS"


def _value(value: object) -> str:
    if value is None:
        return "none"
    return number(value) if isinstance(value, float) else str(value)
