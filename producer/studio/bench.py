"""What the page asks of one cue: what stands there, what a nudge would write, to write it, to hear something else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from producer.errors import RenderError
from producer.model.timeline import Clip
from producer.replaced import replace_file
from producer.script.moments import moment
from producer.sounds.find import Packs
from producer.studio import nudging, requests
from producer.studio.making import Maker, digest
from producer.studio.nudging import KEYS, Key, Nudged, NudgeError
from producer.studio.requests import BadRequestError
from producer.studio.states import Version

__all__ = ["Bench", "NudgeError", "OutdatedError"]
from producer.units import together_lu


class OutdatedError(Exception):
    """The file is not what it was when the page saw it."""


class Bench:
    """Answers for one maker; from any thread."""

    def __init__(self, maker: Maker) -> None:
        self._maker = maker
        self._writing = Lock()

    def cue(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What can be nudged of a clip, and which packs have something for its role."""
        version, clip = self._clip(asked)
        raw, _ = self._read(version, clip)
        values: dict[str, Any] = {"level": round(_level_lu(version, clip), 1), "pan": round(clip.pan.first)}
        written = nudging.written(raw, clip.place)
        values["at"] = float(moment(written["at"], clip.place).offset_s) if "at" in written else 0.0
        refused = {}
        for key in KEYS:
            value = {"level": nudging.level, "pan": nudging.pan, "at": nudging.offset}[key](values[key])
            try:
                nudging.nudged(raw, clip.place, key, value)
            except NudgeError as why:
                refused[key] = str(why)
        return {
            "clip": clip.id,
            "kind": clip.kind,
            "name": clip.name,
            "where": f"{self._maker.order.project.named(clip.place.file)}:{clip.place.line}:{clip.place.column}",
            "values": values,
            "written": written,
            "refused": refused,
            "packs": [] if clip.kind == "speech" else self._packs(version, clip.name),
            "pack": clip.source.get("pack", ""),
        }

    def nudge(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """What a nudge would write: the line as it is, and as it would be."""
        _, clip, made, key, _ = self._nudged(asked)
        file = self._maker.order.project.named(clip.place.file)
        return {"file": file, "line": made.line, "before": made.before, "after": made.after, "key": key}

    def write(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Write a nudge to the script. Raises OutdatedError when that was saved since."""
        with self._writing:
            _, clip, made, _, path = self._nudged(asked)
            replace_file(path, made.data)
        return {"line": made.line, "after": made.after, "file": self._maker.order.project.named(clip.place.file)}

    def attempt(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        """Make B: a nudge that is not written, or another pack for one role."""
        version, clip = self._clip(asked)
        if "pack" in asked:
            pack = requests.text(asked, "pack")
            if pack not in self._packs(version, clip.name):
                raise BadRequestError(f"the pack '{pack}' has no '{clip.name}'")
            made = self._maker.attempt(f"{clip.name} from {pack}", None, lambda packs: swapped(packs, clip.name, pack))
        else:
            _, _, nudge, _, _ = self._nudged(asked)
            made = self._maker.attempt(nudge.after.strip(), (clip.place.file, nudge.data), None)
        return {"trial": made.number}

    def forget(self, _: Mapping[str, Any]) -> dict[str, Any]:
        """Leave B."""
        self._maker.forget()
        return {}

    def _clip(self, asked: Mapping[str, Any]) -> tuple[Version, Clip]:
        version = self._maker.state.version
        if version is None or version.number != requests.whole(asked, "version"):
            raise OutdatedError("the script was saved since; this is about what it was before")
        name = requests.text(asked, "clip")
        clip = next((one for one in version.desk.placed.timeline.clips if one.id == name), None)
        if clip is None:
            raise BadRequestError(f"there is no '{name}'")
        return version, clip

    def _read(self, version: Version, clip: Clip) -> tuple[bytes, Path]:
        """The file that a clip stands in, as it was when the version was made."""
        path = self._maker.file_named(clip.place.file)
        try:
            raw = path.read_bytes()
        except OSError as wrong:
            raise RenderError(f"cannot read {path}: {wrong.strerror}") from None
        if version.digests.get(clip.place.file) != digest(raw):
            raise OutdatedError(f"{path.name} was saved since; a moment, it is being read")
        return raw, path

    def _nudged(self, asked: Mapping[str, Any]) -> tuple[Version, Clip, Nudged, Key, Path]:
        version, clip = self._clip(asked)
        key, value = requests.value(asked)
        raw, path = self._read(version, clip)
        return version, clip, nudging.nudged(raw, clip.place, key, value), key, path

    def _packs(self, version: Version, role: str) -> list[str]:
        packs = version.desk.placed.palette.packs
        return [pack.name for pack in (*packs.listed, *packs.others) if pack.find(role) is not None]


def _level_lu(version: Version, clip: Clip) -> float:
    """A clip's level as the script has it: who speak together are each as much softer as keeps the line's level."""
    clips = version.desk.placed.timeline.clips
    voices = sum(one.line == clip.line for one in clips) if clip.line else 1
    return clip.level.first + together_lu(voices)


def swapped(packs: Packs, role: str, wanted: str) -> Packs:
    """The packs with `role` filled by the pack called `wanted`, and every other role as it was."""
    pack = next(one for one in (*packs.listed, *packs.others) if one.name == wanted)
    sound = pack.find(role)
    assert sound is not None
    alone = replace(pack, sounds={sound.role: sound}, names={role: sound.role})
    return replace(packs, listed=(alone, *packs.listed))
