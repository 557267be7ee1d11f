"""`render pack show`: a pack with every role, or one role with everything about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from producer.cache import Cache
from producer.errors import PackError, Place, Problem, nearest
from producer.limited import read_file
from producer.packs import made_of
from producer.packs.ear import Ear
from producer.packs.found import Found
from producer.packs.listing import licence_of
from producer.packs.tables import columns, counted, number, rounded, seconds, span
from producer.sounds import licences
from producer.sounds.pack import FileSource, FoleySource, PackSound

_README_CHARACTERS = 1 << 16


def pack_facts(found: Found, cache: Cache, step: Callable[[], None] = lambda: None) -> dict[str, Any]:
    """A pack: its head, its README and every role, measured. Raises PackError when it or a file of it is broken."""
    pack = found.whole()
    ear = Ear(pack, cache)
    roles = []
    for sound in pack.sounds.values():
        roles.append(_role(sound, ear) | {"credits": made_of.foreign(pack, sound)})
        step()
    licence = licences.find(pack.licence)
    return {
        "pack": pack.name,
        "version": pack.version,
        "title": pack.title,
        "author": pack.author or None,
        "licence": pack.licence or licence_of(found),
        "licence_url": licence.url if licence else None,
        "homepage": pack.homepage or None,
        "folder": found.shown,
        "where": found.where,
        "readme": _readme(pack.folder),
        "roles": roles,
    }


def _readme(folder: Path) -> str | None:
    for name in ("README.md", "README.txt", "README"):
        try:
            if (folder / name).is_file():
                return read_file(folder / name, "pack_mib").decode("utf-8-sig", "replace")[:_README_CHARACTERS]
        except OSError:
            continue
    return None


def _role(sound: PackSound, ear: Ear) -> dict[str, Any]:
    heard = [ear.heard(sound, number) for number in range(len(sound.members))]
    lengths = [one.length_s for one in heard]
    return {
        "role": sound.role,
        "title": sound.title,
        "kind": sound.kind,
        "ucs": sound.ucs or None,
        "aliases": list(sound.aliases),
        "made": _made(sound, ear),
        "variations": len(sound.members),
        "sustains": sound.sustains,
        "pace": made_of.pace_text(sound.pace) or None,
        "vary": made_of.vary_text(sound) or None,
        "onset": made_of.onset_text(sound.members),
        "loop": made_of.loop_text(sound) or None,
        "length_s": [None if length is None else round(length, 3) for length in lengths],
        "loudness_lufs": [rounded(one.loudness_lufs) for one in heard],
    }


def _made(sound: PackSound, ear: Ear) -> list[dict[str, Any]]:
    """Each layer with the sources that the variations take turns in."""
    layers = []
    for pool in made_of.pools(sound):
        sources = []
        for layer in pool:
            facts = made_of.source_facts(layer.source)
            if isinstance(layer.source, FileSource):
                of_file = ear.file(layer.source)
                facts |= {
                    "length_s": round(of_file.length_s, 3),
                    "rate_hz": of_file.rate_hz,
                    "channels": of_file.channels,
                }
            sources.append(facts)
        layers.append({"level_db": pool[0].level_db, "delay_s": pool[0].delay_s, "sources": sources})
    return layers


def pack_text(facts: Mapping[str, Any]) -> str:
    """A pack for people."""
    lines = [f"{facts['pack']} {facts['version']}: {facts['title']}"]
    who = f", by {facts['author']}" if facts["author"] else ""
    lines.append(f"{facts['licence']}{who}; {facts['homepage'] or facts['folder']}")
    if facts["readme"]:
        lines += ["", facts["readme"].strip()]
    lines += ["", counted(len(facts["roles"]), "role")]
    rows = [
        (
            one["role"],
            one["kind"],
            one["ucs"] or "-",
            _lengths(one),
            span([level for level in one["loudness_lufs"] if level is not None], 1, "LUFS"),
            _sources(one),
        )
        for one in facts["roles"]
    ]
    table = columns(rows, right={3, 4})
    for line, one in zip(table, facts["roles"], strict=True):
        lines.append(line)
        lines += [f"    {note}" for note in _notes(one)]
    return "\n".join(lines)


def _lengths(one: Mapping[str, Any]) -> str:
    if None in one["length_s"]:
        return "endless"
    low, high = seconds(min(one["length_s"])), seconds(max(one["length_s"]))
    return low if low == high else f"{low} … {high}"


def _sources(one: Mapping[str, Any]) -> str:
    """How a role is made, in one cell."""
    count = one["variations"]
    layers = one["made"]
    if len(layers) > 1:
        return f"{count} of {len(layers)} layers" if count > 1 else f"{len(layers)} layers"
    first = layers[0]["sources"][0]
    if "foley" in first:
        return f"{count} of {first['foley']}" if count > 1 else first["foley"]
    rates = sorted({source["rate_hz"] for source in layers[0]["sources"]})
    wide = {source["channels"] for source in layers[0]["sources"]}
    width = "mono and stereo" if len(wide) > 1 else "stereo" if wide == {2} else "mono"
    return f"{counted(count, 'file')}, {'/'.join(f'{rate / 1000:g}' for rate in rates)} kHz {width}"


def _notes(one: Mapping[str, Any]) -> list[str]:
    notes = [one["title"]] if one["title"] != one["role"].replace("_", " ") else []
    if one["aliases"]:
        notes.append(f"also called {', '.join(one['aliases'])}")
    for key, says in (("pace", "pace"), ("vary", "varies in"), ("loop", "loops from")):
        if one[key]:
            notes.append(f"{says} {one[key]}")
    lines = ["; ".join(notes)] if notes else []
    several = len(one["made"]) > 1
    for layer in one["made"]:
        place = f" at {layer['level_db']:+g} dB" if layer["level_db"] else ""
        place += f", {seconds(layer['delay_s'])} later" if layer["delay_s"] else ""
        for source in layer["sources"]:
            if "foley" in source:
                turned = ", ".join(f"{name} {number(value)}" for name, value in source["settings"].items())
                if turned or several:
                    lines.append(f"{source['foley']}: {turned or 'as it is'}{place}")
            else:
                wide = "stereo" if source["channels"] == 2 else "mono"
                rate = f"{source['rate_hz'] / 1000:g} kHz {wide}"
                lines.append(f"{source['file']}: {seconds(source['length_s'])}, {rate}{place}")
    for credit in one["credits"]:
        where = f", {credit['source']}" if credit["source"] else ""
        changed = f" ({credit['changed']})" if credit["changed"] else ""
        lines.append(f"by {credit['author'] or 'nobody named'}, {credit['licence']}{where}{changed}")
    return lines


def role_facts(found: Found, name: str, cache: Cache) -> dict[str, Any]:
    """One role (or alias) of a pack with everything about it. Raises PackError."""
    pack = found.whole()
    sound = pack.find(name)
    if sound is None:
        raise PackError([Problem(Place(found.shown), f"has no role '{name}'{nearest(name, pack.names)}")])
    ear = Ear(pack, cache)
    variations = []
    for number_, member in enumerate(sound.members):
        heard, facts = ear.heard(sound, number_), ear.made(sound, number_)
        sha256, of = ear.sha256(sound, number_)
        variations.append(
            {
                "variation": number_ + 1,
                "sources": [made_of.source_facts(layer.source) for layer in member.layers],
                "weight": member.weight,
                "length_s": None if heard.length_s is None else round(heard.length_s, 4),
                "onset_s": round(heard.onset_s, 4),
                "loudness_lufs": rounded(heard.loudness_lufs),
                "peak_dbfs": rounded(facts.peak_dbfs),
                "sha256": sha256,
                "sha256_of": of,
            }
        )
    recipes = {
        source.recipe + str(source.settings): source
        for member in sound.members
        for source in (layer.source for layer in member.layers)
        if isinstance(source, FoleySource)
    }
    return {
        "pack": pack.name,
        **_role(sound, ear),
        "at": str(sound.place),
        "credits": made_of.credits_of(sound),
        "each": variations,
        "knobs": [{"foley": one.recipe, "knobs": made_of.knobs(one)} for one in recipes.values()],
    }


def role_text(facts: Mapping[str, Any]) -> str:
    """One role for people."""
    head = [f"{facts['role']} of {facts['pack']}: {facts['title']}", f"stands at {facts['at']}"]
    told = [
        (
            "kind",
            facts["kind"] + (", for as long as a cue asks" if facts["sustains"] and facts["kind"] != "bed" else ""),
        ),
        ("ucs", facts["ucs"]),
        ("aliases", ", ".join(facts["aliases"])),
        ("pace", facts["pace"]),
        ("varies in", facts["vary"]),
        ("onset", facts["onset"]),
        ("loops from", facts["loop"]),
    ]
    for credit in facts["credits"]:
        parts = [credit["author"] or "nobody named", credit["licence"], credit["source"], credit["changed"]]
        told.append(("credit", ", ".join(part for part in parts if part)))
    head += columns([(name, value) for name, value in told if value])
    rows = [("", "length", "onset", "loudness", "peak", "weight", "sha-256", "made of")]
    for one in facts["each"]:
        what = " + ".join(source.get("file") or source["foley"] for source in one["sources"])
        of_samples = "" if one["sha256_of"] == "file" else " (samples)"
        rows.append(
            (
                str(one["variation"]),
                seconds(one["length_s"]),
                "" if facts["kind"] == "bed" else seconds(one["onset_s"]),
                "none" if one["loudness_lufs"] is None else f"{one['loudness_lufs']:.1f} LUFS",
                "none" if one["peak_dbfs"] is None else f"{one['peak_dbfs']:.1f} dBFS",
                number(one["weight"]),
                one["sha256"][:12],
                what + of_samples,
            )
        )
    lines = [*head, "", *columns(rows, right={0, 1, 2, 3, 4, 5})]
    for recipe in facts["knobs"]:
        lines += ["", f"knobs of {recipe['foley']}"]
        knobs = [("knob", "is", "unless set", "from … to", "does")]
        for one in recipe["knobs"]:
            unit = f" {one['unit']}" if one["unit"] else ""
            reach = f"{number(one['low'])} … {number(one['high'])}{unit}"
            knobs.append((one["name"], number(one["value"]) + unit, number(one["default"]), reach, one["says"]))
        lines += columns(knobs, right={1, 2})
    return "\n".join(lines)
