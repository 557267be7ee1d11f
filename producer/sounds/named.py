"""A folder of recordings named after UCS -> a Pack, with no pack.yaml at all.

Each FXName is a role (numbers at its end count takes), its files are the pool. The licence stands in a file called
`licence.txt`, `LICENSE` or the like: the first SPDX id in it, alone on its line or after `SPDX-License-Identifier:`;
a line `Author: NAME` names the author, else the CreatorID of each file does; `Source: ADDRESS` says where it is from.
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from producer.errors import PackError, Place, Problem
from producer.frozen import dataclass
from producer.limited import read_file
from producer.sounds import licences, ucs
from producer.sounds.decode import header_length_s
from producer.sounds.pack import PACE, Credit, FileSource, Layer, Member, Pack, PackSound
from producer.sounds.paths import SUFFIXES, inside, is_hidden

LICENCE_FILES = ("licence", "licence.txt", "licence.md", "license", "license.txt", "license.md")


@dataclass(frozen=True, slots=True)
class _Terms:
    """What the licence file says of every sound."""

    licence: str = ""
    author: str = ""  # "": the creator in each file's name
    source: str = ""


@dataclass(frozen=True, slots=True)
class _Take:
    name: ucs.FileName
    path: Path
    inside: str
    at: Place


def is_named(folder: Path) -> bool:
    """Whether at least one sound in `folder` has a UCS name."""
    return any(ucs.parse_name(path.stem) for path in _recordings(folder))


def named_pack(folder: Path, shown: str) -> Pack:
    """The pack that the names in `folder` make.

    Raises:
        PackError: a file's name does not follow UCS, a file leaves the folder, or there is no licence.
    """
    terms, problems = _licence(folder, shown)
    groups: dict[tuple[str, str], list[_Take]] = defaultdict(list)
    for path in _recordings(folder):
        inner = path.relative_to(folder).as_posix()
        at = Place(f"{shown}/{inner}")
        name = ucs.parse_name(path.stem)
        if name is None:
            cat = path.stem.split("_")[0].split("-")[0]
            why = ucs.objection(cat) if "_" in path.stem else ""
            said = why or "is not named like the others: CatID_FXName_Creator_Source"
            problems.append(Problem(at, f"{said} (name it so, or write a pack.yaml)"))
            continue
        try:
            groups[ucs.role_name(name.fx), name.cat].append(_Take(name, inside(folder, path), inner, at))
        except ValueError as wrong:
            problems.append(Problem(at, str(wrong)))
    if problems:
        raise PackError(problems)
    sounds: dict[str, PackSound] = {}
    for (role, cat), takes in sorted(groups.items(), key=lambda group: group[0]):
        shared = sum(other == role for other, _ in groups) > 1
        sound = _sound(f"{role}_{cat.lower()}" if shared else role, cat, takes, terms)
        sounds[sound.role] = sound
    return Pack(
        name=folder.name,
        version="0.0.0",
        title=folder.name,
        author=terms.author,
        licence=terms.licence,
        homepage=terms.source,
        folder=folder,
        place=Place(shown),
        sounds=sounds,
        names={role: role for role in sounds},
    )


def _sound(role: str, cat: str, takes: list[_Take], terms: _Terms) -> PackSound:
    kind = ucs.guess_kind(cat, max(header_length_s(take.path) for take in takes))
    return PackSound(
        role=role,
        title=role.replace("_", " "),
        kind=kind,
        members=tuple(Member(layers=(Layer(source=_source(take, terms)),)) for take in takes),
        place=takes[0].at,
        ucs=cat,
        pace=PACE if kind == "steps" else None,
    )


def _source(take: _Take, terms: _Terms) -> FileSource:
    credit = Credit(
        title=_line(take.name.fx),
        author=terms.author or _line(take.name.creator),
        licence=terms.licence,
        source=terms.source,
    )
    return FileSource(path=take.path, inside=take.inside, credit=credit, place=take.at)


def _line(named: str) -> str:
    """What a file is called or says, which may be anything, as it can be printed."""
    return " ".join("".join(one if one.isprintable() else " " for one in named).split())


def _recordings(folder: Path) -> list[Path]:
    there = (path for path in folder.rglob("*") if path.suffix.lower() in SUFFIXES and path.is_file())
    return sorted(path for path in there if not is_hidden(folder, path))


def _text(file: Path) -> str:
    try:
        return read_file(file, "pack_mib").decode("utf-8-sig", "replace")
    except OSError:
        return ""


def _licence(folder: Path, shown: str) -> tuple[_Terms, list[Problem]]:
    files = sorted(path for path in folder.iterdir() if path.name.lower() in LICENCE_FILES and path.is_file())
    if not files:
        what = "no licence, no sound: put the SPDX id of its licence (such as CC0-1.0) into a file called licence.txt"
        return _Terms(), [Problem(Place(shown), what)]
    at = Place(f"{shown}/{files[0].name}")
    spdx = author = source = ""
    for raw in _text(files[0]).splitlines():
        line = raw.strip()
        if line.lower().startswith("author:"):
            author = author or _line(line.partition(":")[2])
        if line.lower().startswith("source:"):
            source = source or _line(line.partition(":")[2])
        tagged = line.lower().startswith("spdx-license-identifier:")
        claimed = line.partition(":")[2].strip() if tagged else line
        if not spdx and (tagged or licences.find(claimed)):
            spdx = claimed
    if not spdx:
        what = "holds no SPDX licence id (such as CC0-1.0) on a line of its own"
        return _Terms(), [Problem(at, what)]
    wrong = licences.objection(spdx, author or "the creator in each file's name")
    return _Terms(spdx, author, source), [Problem(at, wrong)] if wrong else []
