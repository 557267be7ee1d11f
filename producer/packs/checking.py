"""`render pack check`: everything the reader finds in a pack, and what only listening finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from producer.cache import Cache
from producer.errors import PackError, Place, Problem
from producer.frozen import dataclass
from producer.packs import remarks
from producer.packs.contents import of_contents
from producer.packs.ear import Ear
from producer.packs.found import Found
from producer.packs.hearing import Facts
from producer.packs.remarks import Remark, Severity
from producer.packs.tables import counted, one_line
from producer.sounds.pack import FileSource, Pack, PackSound
from producer.sounds.within import outside


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A remark with the place that it is about."""

    at: Place
    role: str  # "": about the pack
    remark: Remark

    def __str__(self) -> str:
        one = self.remark
        mend = f"; {one.mend}" if one.mend else ""
        severity = "" if one.severity == "error" else f"{one.severity}: "
        return one_line(f"{self.at}: {severity}{one.what}{mend}")

    def as_json(self) -> dict[str, Any]:
        """The finding as one object."""
        one = self.remark
        figure = None if one.figure is None else {"value": one.figure, "unit": one.unit}
        return {
            "severity": one.severity,
            "check": one.check,
            "at": self.at.as_json(),
            "role": self.role or None,
            "what": one.what,
            "figure": figure,
            "mend": one.mend or None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A pack and what was found in it, in reading order."""

    found: Found
    findings: tuple[Finding, ...]
    files: int = 0  # listened to
    variations: int = 0  # of foley and layers, listened to

    def count(self, severity: Severity) -> int:
        return sum(one.remark.severity == severity for one in self.findings)

    def as_json(self) -> dict[str, Any]:
        """The pack with its findings as one object."""
        return {
            "pack": self.found.name,
            "folder": self.found.shown,
            "files": self.files,
            "variations": self.variations,
            **{f"{severity}s": self.count(severity) for severity in ("error", "warning", "note")},
            "findings": [one.as_json() for one in self.findings],
        }

    def summary(self) -> str:
        """One line for people."""
        counts = [
            counted(self.count(severity), severity) for severity in ("error", "warning", "note") if self.count(severity)
        ]
        heard = [counted(self.files, "file")] if self.files else []
        heard += [f"{counted(self.variations, 'variation')} of foley"] if self.variations else []
        whole = f"; listened to {' and '.join(heard) or 'nothing'}"
        if self.found.pack is None:
            whole = "; not listened to: mend these first"
        return f"{self.found.shown}: {', '.join(counts) or 'nothing to mend'}{whole}"


def check(
    found: Found,
    cache: Cache,
    scripts: Mapping[str, Sequence[Pack]],
    *,
    foley: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Checked:
    """Everything that is to be said about a pack.

    Args:
        scripts: for each of the project's scripts, the packs that it lists, in order.
        foley: listen to what recipes make, too.
        step: called after each sound that was listened to.
    """
    if found.pack is None:
        return Checked(found=found, findings=tuple(map(_error, found.problems)))
    pack = found.pack
    listening = _Listening(pack, Ear(pack, cache), found.shown, foley)
    mine = scripts if found.where == "project" else {}  # a pack that ships is there to be fallen back on
    findings = [Finding(at=at, role=role, remark=remark) for at, role, remark in of_contents(pack, found.shown, mine)]
    for sound in pack.sounds.values():
        findings += listening.sound(sound)
        step()
    return Checked(
        found=found,
        findings=tuple(sorted(findings, key=_order)),
        files=len(listening.files),
        variations=listening.variations,
    )


def _error(problem: Problem) -> Finding:
    return Finding(at=problem.at, role="", remark=Remark(severity="error", check="pack", what=problem.what))


_WEIGHT = {"error": 0, "warning": 1, "note": 2}


def _order(one: Finding) -> tuple[int, Place, str]:
    return _WEIGHT[one.remark.severity], one.at, one.remark.what


class _Listening:
    """One pack, sound by sound; a file that several sounds share is told of once."""

    def __init__(self, pack: Pack, ear: Ear, shown: str, foley: bool) -> None:
        self._pack, self._ear, self._shown, self._foley = pack, ear, shown, foley
        self.files: set[Path] = set()
        self.variations = 0
        self._told: set[tuple[Place, str]] = set()

    def sound(self, sound: PackSound) -> list[Finding]:
        """Everything about one role."""
        found: list[Finding] = []
        recorded = all(_only_file(member.layers) is not None for member in sound.members)
        pool: list[Facts] = []
        hashes: dict[str, str] = {}
        for number, member in enumerate(sound.members):
            source = _only_file(member.layers)
            for place, layer in enumerate(member.layers):
                if isinstance(layer.source, FileSource):  # what lands on the cue is the first layer's hit
                    given = member.onset_s is not None or place > 0
                    found += self._file(sound, layer.source, onset_given=given, pool=pool)
            if source is not None:
                found += self._copies(sound, source, hashes)
            elif self._foley:
                found += self._made(sound, number, pool)
        weights = [member.weight for member in sound.members]
        found += [_error(problem) for problem in outside(sound, self._length_s)]
        pooled = remarks.of_pool(sound.kind, pool, weights, recorded=recorded)
        return [*found, *(self._on_role(sound, one) for one in pooled)]

    def _file(self, sound: PackSound, source: FileSource, *, onset_given: bool, pool: list[Facts]) -> Iterator[Finding]:
        at = Place(f"{self._shown}/{source.inside}")
        try:
            facts = self._ear.file(source)
            said = self._ear.torn(source) + remarks.of_recording(facts, sound.kind, onset_given=onset_given)
            if sound.kind == "bed":
                said += self._ear.seam(sound, source)
        except PackError as wrong:
            yield from (_error(problem) for problem in wrong.problems)
            return
        self.files.add(source.path)
        if all(_only_file(member.layers) for member in sound.members):
            pool.append(facts)
        for one in said:
            if (at, one.check) not in self._told:
                self._told.add((at, one.check))
                yield Finding(at=at, role=sound.role, remark=one)

    def _length_s(self, source: FileSource) -> float:
        try:
            return self._ear.file(source).length_s
        except PackError:
            return 0.0  # told already

    def _copies(self, sound: PackSound, source: FileSource, hashes: dict[str, str]) -> Iterator[Finding]:
        try:
            sha256 = self._ear.sha256_of(source)
        except PackError:
            return  # told already
        first = hashes.setdefault(sha256, source.inside)
        if first != source.inside:
            remark = Remark(
                severity="warning",
                check="copy",
                what=f"is a copy of '{first}' in the same pool",
                mend="take it out, and give the other a 'weight'",
            )
            yield Finding(at=Place(f"{self._shown}/{source.inside}"), role=sound.role, remark=remark)

    def _made(self, sound: PackSound, number: int, pool: list[Facts]) -> Iterator[Finding]:
        try:
            facts = self._ear.made(sound, number)
        except PackError:
            return  # a file among its layers that cannot be heard: told already
        self.variations += 1
        pool.append(facts)
        layered = len(sound.members[number].layers) > 1
        for one in remarks.of_samples(facts):
            # Layers are summed in float, and the cue sets their level: over full scale is no fault there.
            if not (layered and one.check == "over_full_scale") and (sound.place, one.check) not in self._told:
                self._told.add((sound.place, one.check))
                yield self._on_role(sound, one, f"variation {number + 1} " if len(sound.members) > 1 else "")

    def _on_role(self, sound: PackSound, one: Remark, which: str = "") -> Finding:
        said = Remark(
            severity=one.severity,
            check=one.check,
            what=f"'{sound.role}' {which}{one.what}",
            figure=one.figure,
            unit=one.unit,
            mend=one.mend,
        )
        return Finding(at=sound.place, role=sound.role, remark=said)


def _only_file(layers: Sequence[Any]) -> FileSource | None:
    source = layers[0].source if len(layers) == 1 else None
    return source if isinstance(source, FileSource) else None
