"""The quantities that a pack.yaml holds, each with its unit. Functions raise ValueError with what to write instead."""

from __future__ import annotations

import re

from producer.model.foley import Setting
from producer.model.pace import Pace

_LIKE = str.maketrans({"−": "-", "–": "-", "→": "->", "\u00a0": " ", "\u202f": " "})
_NUMBER = r"(?P<number>[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40}))"
_QUANTITY = re.compile(_NUMBER + r"\s*(?P<unit>%|/?[A-Za-z]*)")

SECONDS = {"s": 1.0, "ms": 0.001, "min": 60.0}
DECIBELS = {"dB": 1.0}
CENTS = {"cents": 1.0, "cent": 1.0, "semitones": 100.0, "semitone": 100.0}
PERCENT = {"%": 0.01}
_SCALES: dict[str, dict[str, float]] = {
    "s": SECONDS,
    "ms": {"ms": 1.0, "s": 1000.0},
    "Hz": {"Hz": 1.0, "kHz": 1000.0},
    "dB": DECIBELS,
    "cents": CENTS,
    "m": {"m": 1.0, "cm": 0.01},
    "%": {"%": 1.0},
}


def quantity(text: str, units: dict[str, float], example: str) -> float:
    """The number in `text` in the base unit of `units` (unit as written -> its size)."""
    clean = text.translate(_LIKE).strip()
    found = _QUANTITY.fullmatch(clean)
    if found is None:
        raise ValueError(f"'{text}' is not a quantity; write it like '{example}'")
    unit = found["unit"]
    if not unit:
        raise ValueError(f"'{text}' needs its unit ({', '.join(units)}), as in '{example}'")
    sizes = {name.casefold(): size for name, size in units.items()}
    if unit.casefold() not in sizes:
        raise ValueError(f"'{unit}' is not a unit that fits here; known: {', '.join(units)}")
    return float(found["number"]) * sizes[unit.casefold()]


def duration_s(text: str) -> float:
    """`250 ms`, `1.5 s`, `2 min` or `2:30`, in seconds, not below 0."""
    clock = re.fullmatch(r"([0-9]{1,4}):([0-5][0-9](?:\.[0-9]{1,40})?)", text.strip())
    seconds = int(clock[1]) * 60 + float(clock[2]) if clock else quantity(text, SECONDS, "250 ms")
    if seconds < 0:
        raise ValueError(f"'{text}' is before the beginning; a time here is 0 s or more")
    return seconds


def level_db(text: str) -> float:
    """`-3 dB`, between -60 and +24."""
    level = quantity(text, DECIBELS, "-3 dB")
    if not -60.0 <= level <= 24.0:
        raise ValueError(f"'{text}' is outside -60 dB … 24 dB")
    return level


def pitch_spread_cents(text: str) -> float:
    """`± 60 cents`: the half-width, at most two octaves."""
    return _spread(text, CENTS, "± 60 cents", 2400.0)


def level_spread_db(text: str) -> float:
    """`± 1.5 dB`: the half-width, at most 24."""
    return _spread(text, DECIBELS, "± 1.5 dB", 24.0)


def _spread(text: str, units: dict[str, float], example: str, most: float) -> float:
    clean = text.translate(_LIKE).strip().replace("+/-", "±")
    if not clean.startswith("±"):
        raise ValueError(f"'{text}' is a spread; write it like '{example}'")
    half = quantity(clean[1:], units, example)
    if not 0.0 <= half <= most:
        raise ValueError(f"'{text}' is outside 0 … {most:g} {next(iter(units))}")
    return half


def pace(text: str) -> Pace:
    """`0.56 s`, `0.56 s ± 8 %` or `1 s -> 450 ms ± 8 %`: the time from one step to the next."""
    clean = text.translate(_LIKE).replace("+/-", "±")
    times, sign, spread = clean.partition("±")
    first, arrow, last = times.partition("->")
    first_s = duration_s(first.strip())
    last_s = duration_s(last.strip()) if arrow else first_s
    if min(first_s, last_s) < 0.02 or max(first_s, last_s) > 600.0:
        raise ValueError(f"'{text}': a pace is between 20 ms and 10 min")
    share = quantity(spread, PERCENT, "0.56 s ± 8 %") if sign else 0.0
    if not 0.0 <= share <= 0.9:
        raise ValueError(f"'{text}': the spread of a pace is between 0 % and 90 %")
    return Pace(first_s, last_s, share)


def setting_value(text: str, setting: Setting) -> float:
    """What a pack sets a knob to, in the knob's own unit and inside its range."""
    limits = f"{setting.low:g} … {setting.high:g}" + (f" {setting.unit}" if setting.unit else "")
    if setting.unit:
        units = _SCALES.get(setting.unit, {setting.unit: 1.0})
        value = quantity(text, units, f"{setting.default:g} {setting.unit}")
    else:
        found = _QUANTITY.fullmatch(text.translate(_LIKE).strip())
        if found is None or found["unit"] not in ("", "%"):
            raise ValueError(f"'{text}' is not a number; it goes from {limits} ({setting.says})")
        value = float(found["number"]) * (0.01 if found["unit"] else 1.0)
    if not setting.low <= value <= setting.high:
        raise ValueError(f"'{text}' is outside {limits} ({setting.says})")
    return value
