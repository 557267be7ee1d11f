"""What a render's documents say, as far as a comparison needs it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import field
from typing import Any

from producer.frozen import dataclass
from producer.model.script import Margin

Points = tuple[tuple[float, float], ...]
"""(seconds, value): what moves. What stays has one point at 0 s."""

_USUAL: dict[str, float] = {"beds": float(Margin().beds_lu), "music": float(Margin().music_lu)}
_UNIT_OF = {"decay_s": " s", "wet_db": " dB"}
_PLAIN = ("room", "treat", "through", "fade_in", "fade_out", "duck")


class BrokenError(Exception):
    """A document is not what a render writes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One line, cue, bed or music. Times in seconds from the beginning of the episode."""

    id: str
    kind: str
    name: str
    scene: str
    where: str
    start_s: float
    end_s: float
    hit_s: float
    text: str
    words: tuple[tuple[str, float, float], ...]
    hits_s: tuple[float, ...]
    ramps: Mapping[str, Points]  # level_lu, pan, distance_m, and foley settings that are ridden
    plain: Mapping[str, str]  # room, treatment, fades …: compared by value
    source: Mapping[str, str]
    line: str = ""  # speech: the line's id, which those who say it together have in common

    @property
    def speech(self) -> bool:
        return self.kind == "speech"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One scene, by its span in seconds."""

    id: str
    title: str
    start_s: float
    end_s: float
    margin: str  # how far speech stays above what is under it


@dataclass(frozen=True, slots=True, kw_only=True)
class Hear:
    """What stands between the listener and a scene for a while. Times in seconds from the beginning of the episode."""

    scene: str  # id
    treat: str
    where: str
    start_s: float
    over_s: float
    """How long it takes to be all there."""
    goes_s: float
    """When it begins to go; with its scene, where nothing ends it."""
    goes_over_s: float
    level_lu: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Render:
    """One output folder. `items` are in the order in which they begin, without made credits, which nobody wrote."""

    folder: str
    title: str
    length_s: float
    items: tuple[Item, ...]
    scenes: tuple[Scene, ...]
    credits: tuple[str, ...] = ()  # what those say, a text a line
    hears: tuple[Hear, ...] = ()
    rooms: Mapping[str, str] = field(default_factory=dict)  # those that are no preset as it stands: what they are
    seed: str | None = None
    versions: Mapping[str, str] | None = None  # of all that made it
    mixes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # file: profile, loudness_lufs …

    def scene(self, scene_id: str) -> Scene | None:
        """The scene of that id, if it is there."""
        return next((one for one in self.scenes if one.id == scene_id), None)


def render_of(
    folder: str,
    timeline: Mapping[str, Any],
    title: str,
    audit: Mapping[str, Any] | None,
    manifest: Mapping[str, Any] | None,
    files: tuple[str, ...],
) -> Render:
    """A render from its documents. Raises BrokenError when `timeline` or `audit` is none of this version.

    Args:
        audit: `audit.json`, None where there is none; then loudness and profile are not compared.
        manifest: `manifest.json`, None where there is none; then seed and sound are not compared.
        files: the sound files in the folder, the standard mix first.
    """
    try:
        if timeline["version"] != 1:
            raise BrokenError(f"timeline.json is of version {timeline['version']}; this Producer reads 1")
        rate_hz = timeline["rate_hz"]
        if not isinstance(rate_hz, int) or rate_hz <= 0:
            raise ValueError("its rate is no rate")
        file = str(timeline["script"]["file"])
        made = {str(one["id"]) for one in timeline["scenes"] if one.get("made") == "credits"}
        every = sorted((_item(one, file, rate_hz) for one in timeline["clips"]), key=lambda one: one.start_s)
        return Render(
            folder=folder,
            title=title,
            length_s=timeline["duration"] / rate_hz,
            items=tuple(one for one in every if one.scene not in made),
            credits=tuple(one.text for one in every if one.scene in made),
            scenes=tuple(
                Scene(
                    id=str(one["id"]),
                    title=str(one["title"]),
                    start_s=one["start"] / rate_hz,
                    end_s=one["end"] / rate_hz,
                    margin=_said(_USUAL | one.get("speech_margin_lu", {}), " LU"),
                )
                for one in timeline["scenes"]
                if one["id"] not in made
            ),
            hears=tuple(
                _hear(one, file, rate_hz) for one in timeline.get("hears", ()) if str(one["scene"]) not in made
            ),
            rooms={
                str(one["name"]): _said({name: value for name, value in one.items() if name != "name"})
                for one in timeline.get("rooms", ())
            },
            seed=None if manifest is None else str(manifest["settings"]["seed"]),
            versions=None if manifest is None else {str(name): str(of) for name, of in manifest["versions"].items()},
            mixes={**{name: {} for name in files}, **_measured(audit, files)},
        )
    except (LookupError, TypeError, ValueError, AttributeError) as wrong:
        raise BrokenError(f"holds no render's documents ({type(wrong).__name__}: {wrong})") from None


def _measured(audit: Mapping[str, Any] | None, files: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    if audit is None:
        return {}
    return {
        str(one["file"]): {
            "profile": one["profile"],
            "loudness_lufs": one["measured"]["loudness_lufs"],
            "loudness_range_lu": one["measured"]["loudness_range_lu"],
            "true_peak_dbtp": one["measured"]["true_peak_dbtp"],
        }
        for one in audit["files"]
        if one["file"] in files
    }


def _said(values: Mapping[str, Any], unit: str = "") -> str:
    """Settings as words, in their order."""
    return ", ".join(
        f"{name.removesuffix('_s').removesuffix('_db')} {value:g}{unit or _UNIT_OF[name]}"
        if isinstance(value, float | int)
        else f"{name} {str(value)[:64]}"
        for name, value in values.items()
    )


def _hear(one: Mapping[str, Any], file: str, rate_hz: int) -> Hear:
    start_s, end_s = one["start"] / rate_hz, one["end"] / rate_hz
    amount = _points(one["amount"], rate_hz)
    comes, goes = len(amount) > 1 and amount[0][1] < 1.0, len(amount) > 1 and amount[-1][1] == 0.0
    return Hear(
        scene=str(one["scene"]),
        treat=str(one["treat"]),
        where=_where(one["at"], file),
        start_s=start_s,
        over_s=amount[1][0] - amount[0][0] if comes else 0.0,
        goes_s=amount[-2][0] if goes else end_s,
        goes_over_s=amount[-1][0] - amount[-2][0] if goes else 0.0,
        level_lu=tuple(value for _, value in _points(one["level"], rate_hz)),
    )


def _where(at: Mapping[str, Any], file: str) -> str:
    return f"{at.get('file', file)}:{at['line']}:{at['column']}"


def _item(one: Mapping[str, Any], file: str, rate_hz: int) -> Item:
    cut = one.get("cut")
    plain = {name: str(one[name]) for name in _PLAIN if name in one}
    plain |= {name: f"{one[name] / rate_hz:.3f} s" for name in ("fade_in", "fade_out") if name in one}
    if cut is not None:
        plain["cut"] = f"over {(cut['end'] - cut['start']) / rate_hz:.3f} s"
    return Item(
        id=str(one["id"]),
        kind=str(one["kind"]),
        name=str(one["name"]),
        scene=str(one["scene"]),
        where=_where(one["at"], file),
        start_s=one["start"] / rate_hz,
        end_s=one["end"] / rate_hz,
        hit_s=one["hit"] / rate_hz,
        text=str(one.get("text", "")),
        words=tuple((str(w["text"]), w["start"] / rate_hz, w["end"] / rate_hz) for w in one.get("words", ())),
        hits_s=tuple(hit / rate_hz for hit in one.get("hits", ())),
        ramps={
            "level_lu": _points(one.get("level", one["level_lu"]), rate_hz),
            "pan": _points(one["pan"], rate_hz),
            "distance_m": _points(one["distance_m"], rate_hz),
            **{str(name): _points(points, rate_hz) for name, points in one.get("rides", {}).items()},
        },
        plain=plain,
        source={str(name): str(value) for name, value in one["source"].items()},
        line=str(one.get("line", "")) if one["kind"] == "speech" else "",
    )


def _points(value: Any, rate_hz: int) -> Points:
    points = [(s / rate_hz, float(v)) for s, v in value] if isinstance(value, list) else [(0.0, float(value))]
    if not points or not all(math.isfinite(number) for point in points for number in point):
        raise ValueError("a value that is no number")
    return tuple(points)
