"""The differences for a terminal: `-` is gone, `+` is new, `~` has changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_UNITS = {"length_s": "s", "loudness_lufs": "LUFS", "loudness_range_lu": "LU", "true_peak_dbtp": "dBTP"}
_UNITS |= {"strikes": "times", "every": "s", "over": "s", "ends over": "s"}
_SIGNS = {"removed": "-", "added": "+", "changed": "~"}
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def text(found: Mapping[str, Any]) -> str:
    """All of it, a line for each line and cue and one for each of its changes; nothing where nothing differs."""
    if found["same"]:
        return ""
    lines = [f"{found['a']} -> {found['b']}"]
    lines += [f"  {change(one)}" for one in found["whole"]]
    for one in found["items"]:
        lines.append(f"{_SIGNS[one['state']]} {heading(one)}")
        lines += [f"    {change(each)}" for each in one["changes"]]
    lines.append(summary(found))
    return "\n".join(_CONTROL.sub("\ufffd", line) for line in lines)


def summary(found: Mapping[str, Any]) -> str:
    """How many lines and cues are not as they were."""
    counts = found["counts"]
    said = []
    for what in ("lines", "cues"):
        parts = [f"{counts[f'{what}_{state}']} {state}" for state in _SIGNS if counts[f"{what}_{state}"]]
        said.append(f"{what}: {', '.join(parts) or 'the same'}")
    return "; ".join(said)


def heading(one: Mapping[str, Any]) -> str:
    """When, what, and where in the script."""
    side = one["b"] or one["a"]
    what = f"{one['name']}: “{short(one['text'])}”" if one["kind"] == "speech" else f"{one['kind']} {one['name']}"
    return f"{clock(side['start_s'])} {what} ({side['where']})"


def change(one: Mapping[str, Any]) -> str:
    """One change as a phrase."""
    said = _change(one)
    if one["what"] != "hear":
        return said
    treat = f" {one['treat']}" if "treat" in one else ""
    return f"hear{treat} in “{one['scene']}”, {clock(one['start_s'])} ({one['where']}): {said}"


def _change(one: Mapping[str, Any]) -> str:
    what, old, new = one["what"], one["from"], one["to"]
    if what == "hear":
        what = one.get("of", "")
    if what in ("moved", "moves", "begins", "ends"):
        way = "later" if one["by_s"] > 0 else "earlier"
        verb = "moved:" if what == "moved" else f"{_name(one['of'])} moves" if what == "moves" else what
        return f"{verb} {abs(one['by_s']):.3f} s {way} ({clock(old)} -> {clock(new)})"
    if what in ("louder", "softer"):
        return f"{what} by {abs(one['by_lu']):.1f} LU: {_value(old)} -> {_value(new)} LU"
    if what == "pace":
        way = "longer" if one["by_s"] > 0 else "shorter"
        return f"said in {old:.3f} -> {new:.3f} s: {abs(one['by_s']):.3f} s {way}"
    if what == "sound":
        return f"the sound{_of(one)} differs; the timeline does not say in what"
    return _values(what, _called(what, one), old, new)


def _values(what: str, name: str, old: object, new: object) -> str:
    if old is None or new is None:
        return f"{name} {'new' if old is None else 'gone'}: {_value(new if old is None else old)}".lstrip()
    if what in ("edited", "spelling"):  # what is said stands in quotation marks, of one word, too
        return f"{name}: “{old}” -> “{new}”"
    if what in ("room", "speech_margin"):
        return f"{name}: {old} -> {new}"
    unit = f" {_UNITS[what]}" if what in _UNITS else ""
    return f"{name}: {_value(old)} -> {_value(new)}{unit}".removeprefix(": ")


def _called(what: str, one: Mapping[str, Any]) -> str:
    """What a change is of, in words."""
    if what == "speech_margin":
        return f"speech margin in “{one['scene']}”" if "scene" in one else "speech margin"
    if what == "room" and "of" in one:
        return f"room {one['of']}"
    if what == "over" and one["what"] == "over":
        return f"{_name(one['of'])} over"
    return f"{_name(what)}{_of(one)}"


def _name(what: str) -> str:
    own, *whose = what.split(" of ", 1)
    named = own.rsplit("_", 1)[0].replace("_", " ") if own in (*_UNITS, "distance_m", "level_lu") else own
    return " of ".join((named, *whose))


def _of(one: Mapping[str, Any]) -> str:
    return f" of {one['mix']}" if one.get("mix") else ""


def short(words: str) -> str:
    """The beginning of a line."""
    first = words.split()
    return " ".join(first[:9]) + (" …" if len(first) > 9 else "")


def clock(seconds: float) -> str:
    """A time as m:ss.s, or h:mm:ss.s from an hour on."""
    tenths = round(seconds * 10)
    minutes, rest = divmod(tenths, 600)
    if minutes < 60:
        return f"{minutes}:{rest / 10:04.1f}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest / 10:04.1f}"


def _value(value: object) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {str(said)[:12] if key == 'sha256' else said}" for key, said in value.items())
    if isinstance(value, list):
        return " … ".join(_value(one) for one in value)
    return f"{value:g}" if isinstance(value, float) else f"“{value}”" if " " in str(value) else str(value)
