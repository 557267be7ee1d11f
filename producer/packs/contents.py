"""What is wrong with a pack that needs no listening: files nobody names, roles nobody reaches, credits with holes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from producer.errors import PackError, Place
from producer.limited import read_file
from producer.packs.remarks import Remark, Severity
from producer.sounds import licences, paths
from producer.sounds.document import Items, Pairs, Text, parse
from producer.sounds.known import MANIFEST
from producer.sounds.pack import FileSource, Pack

About = tuple[Place, str, Remark]
"""Where, which role ("" for the pack), what."""


def of_contents(pack: Pack, shown: str, scripts: Mapping[str, Sequence[Pack]]) -> Iterator[About]:
    """Everything about a pack that can be told from its text and its folder.

    Args:
        shown: the pack's folder as messages call it.
        scripts: for each script, the packs that it lists, in order.
    """
    written = (pack.folder / MANIFEST).is_file()
    if written:
        yield from _unused_files(pack, shown)
        yield from _empty_entries(pack, shown)
    yield from _credits(pack, written=written)
    yield from _terms(pack)
    yield from _categories(pack)
    yield from _unheard(pack, scripts)


def _unused_files(pack: Pack, shown: str) -> Iterator[About]:
    used = {source.path for source in _recordings(pack)}
    try:
        there = sorted(path for path in pack.folder.rglob("*") if path.suffix.lower() in paths.SUFFIXES)
    except OSError:
        return
    for path in there:
        if path.is_file() and path.resolve() not in used and not paths.is_hidden(pack.folder, path):
            at = Place(f"{shown}/{path.relative_to(pack.folder).as_posix()}")
            yield _said(
                at, "", "warning", "unused", "no sound names this file", "name it under 'files', or take it out"
            )


def _recordings(pack: Pack) -> Iterator[FileSource]:
    for sound in pack.sounds.values():
        for member in sound.members:
            for layer in member.layers:
                if isinstance(layer.source, FileSource):
                    yield layer.source


def _empty_entries(pack: Pack, shown: str) -> Iterator[About]:
    """Entries of `files` all of whose files an earlier entry of the same pool has taken: their weight never counts."""
    try:
        sounds = parse(read_file(pack.folder / MANIFEST, "pack_mib").decode("utf-8-sig"), f"{shown}/{MANIFEST}").get(
            "sounds"
        )
    except (PackError, OSError, UnicodeDecodeError):  # changed since it was read
        return
    for role, node in sounds.pairs if isinstance(sounds, Pairs) else ():
        entries = node.get("files") if isinstance(node, Pairs) else None
        seen: dict[Path, str] = {}
        for entry in entries.items if isinstance(entries, Items) else ():
            written = entry.get("file") if isinstance(entry, Pairs) else entry
            if not isinstance(written, Text):
                continue
            try:
                matches = [path for _, path in paths.files_inside(pack.folder, written.text)]
            except ValueError:
                continue
            if all(path in seen for path in matches):
                what = f"'{written.text}' adds nothing: '{seen[matches[0]]}' before it has all its files"
                yield _said(
                    written.place, role.text, "warning", "unreachable", what, "put the special files last, or out"
                )
            for path in matches:
                seen.setdefault(path, written.text)


def _credits(pack: Pack, *, written: bool) -> Iterator[About]:
    """Holes in the credits; `written`: there is a pack.yaml, not only a licence file that speaks for every sound."""
    told: set[tuple[Place, str]] = set()
    for sound in pack.sounds.values():
        for member in sound.members:
            for layer in member.layers:
                source = layer.source
                licence = licences.find(source.credit.licence)
                if licence is None:
                    continue
                if not source.credit.author and (pack.place, "author") not in told:
                    told.add((pack.place, "author"))
                    yield _said(
                        pack.place, "", "note", "author", "no author: credits name nobody", "add 'author:' at the top"
                    )
                place = source.place if written else pack.place
                if licence.attribution and not source.credit.source and (place, "source") not in told:
                    told.add((place, "source"))
                    what = f"is under {licence.spdx}, and nothing says where it is from"
                    if written:
                        mend = "add 'source:' with its address"
                        yield _said(place, sound.role, "warning", "source", f"'{sound.role}' {what}", mend)
                    else:
                        mend = "add a line 'Source:' with its address to the licence file"
                        yield _said(place, "", "warning", "source", what, mend)


def _terms(pack: Pack) -> Iterator[About]:
    """What a licence forbids that the pack itself asks for, and what it keeps from some of its users."""
    for sound in pack.sounds.values():
        told: set[str] = set()
        for member in sound.members:
            for layer in member.layers:
                licence = licences.find(layer.source.credit.licence)
                if licence is None or licence.spdx in told:
                    continue
                told.add(licence.spdx)
                altered = (
                    "its layers make" if len(member.layers) > 1 else "'vary' makes" if sound.vary_pitch_cents else ""
                )
                who = f"'{sound.role}' is under {licence.spdx}"
                if licence.noderivatives and altered:
                    what = f"{who}, which forbids what {altered} of it"
                    mend = "play it as it is, or find another"
                    yield _said(layer.source.place, sound.role, "warning", "noderivatives", what, mend)
                if licence.noncommercial:
                    what = f"{who}: no commercial production can use it"
                    yield _said(
                        layer.source.place, sound.role, "note", "noncommercial", what, "find a free one, or know it"
                    )


def _categories(pack: Pack) -> Iterator[About]:
    for sound in pack.sounds.values():
        if not sound.ucs:
            yield _said(sound.place, sound.role, "note", "ucs", f"'{sound.role}' has no UCS category", "add 'ucs:'")


def _unheard(pack: Pack, scripts: Mapping[str, Sequence[Pack]]) -> Iterator[About]:
    """Names that an earlier pack has in every script that lists this one: nobody hears them."""
    listing = [listed for listed in scripts.values() if any(one.folder == pack.folder for one in listed)]
    if not listing:
        return
    hidden: dict[str, set[str]] = {}
    for listed in listing:
        number = next(at for at, one in enumerate(listed) if one.folder == pack.folder)
        for name in pack.names:
            by = next((one.name for one in listed[:number] if name in one.names), "")
            hidden.setdefault(name, set()).add(by)
    for role, sound in pack.sounds.items():
        names = [name for name, owner in pack.names.items() if owner == role]
        if all("" not in hidden[name] for name in names):
            by = " and ".join(f"'{one}'" for one in sorted(hidden[role]))
            what = f"'{role}' is never heard: {by} stands before this pack in every script and has it"
            yield _said(sound.place, role, "note", "unreachable", what, "change the order in the script's 'packs'")


def _said(at: Place, role: str, severity: Severity, check: str, what: str, mend: str) -> About:
    return at, role, Remark(severity=severity, check=check, what=what, mend=mend)
