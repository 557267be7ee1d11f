"""The page's colours, all from one hue: lightness is fixed, so contrast is the same whatever colour a cover has."""

from __future__ import annotations

import math
from collections.abc import Mapping

Lch = tuple[float, float, float]
"""OKLCH: lightness 0 … 1, chroma, hue in degrees *from the page's own*."""

PLAIN_HUE = 265.0
"""Of a page without a cover, and of covers without colour."""

LIGHT: Mapping[str, Lch] = {
    "page": (0.988, 0.003, 0),
    "raised": (1.0, 0.0, 0),
    "sunk": (0.965, 0.005, 0),
    "ink": (0.23, 0.02, 0),
    "soft": (0.47, 0.02, 0),
    "line": (0.90, 0.008, 0),
    "edge": (0.62, 0.02, 0),
    "accent": (0.47, 0.13, 0),
    "on-accent": (0.99, 0.01, 0),
    "glow": (0.938, 0.022, 0),
    "wave": (0.80, 0.03, 0),
    "wave-body": (0.68, 0.045, 0),
    "wave-played": (0.72, 0.10, 0),
    "wave-played-body": (0.52, 0.14, 0),
    "speech": (0.91, 0.045, 0),
    "speech-edge": (0.52, 0.14, 0),
    "sound": (0.91, 0.055, 100),
    "sound-edge": (0.55, 0.13, 100),
    "bed": (0.905, 0.016, 0),
    "bed-edge": (0.56, 0.03, 0),
    "music": (0.91, 0.05, 225),
    "music-edge": (0.54, 0.14, 225),
}
DARK: Mapping[str, Lch] = {
    "page": (0.165, 0.012, 0),
    "raised": (0.205, 0.015, 0),
    "sunk": (0.135, 0.012, 0),
    "ink": (0.94, 0.008, 0),
    "soft": (0.73, 0.018, 0),
    "line": (0.29, 0.015, 0),
    "edge": (0.52, 0.02, 0),
    "accent": (0.81, 0.105, 0),
    "on-accent": (0.17, 0.03, 0),
    "glow": (0.29, 0.055, 0),
    "wave": (0.38, 0.03, 0),
    "wave-body": (0.50, 0.04, 0),
    "wave-played": (0.52, 0.09, 0),
    "wave-played-body": (0.76, 0.12, 0),
    "speech": (0.33, 0.06, 0),
    "speech-edge": (0.76, 0.12, 0),
    "sound": (0.33, 0.05, 100),
    "sound-edge": (0.78, 0.12, 100),
    "bed": (0.315, 0.018, 0),
    "bed-edge": (0.70, 0.03, 0),
    "music": (0.33, 0.06, 225),
    "music-edge": (0.76, 0.12, 225),
}
FIXED_LIGHT: Mapping[str, Lch] = {"good": (0.47, 0.11, 150), "bad": (0.50, 0.18, 27)}
FIXED_DARK: Mapping[str, Lch] = {"good": (0.80, 0.13, 150), "bad": (0.76, 0.14, 27)}
"""What means the same on every page: the hue is its own."""

_RED_WIDTH = 45.0


def palettes(hue: float) -> tuple[dict[str, str], dict[str, str]]:
    """The light and the dark colours as `#rrggbb` by name, around `hue` (degrees of OKLCH)."""
    return _palette(hue, LIGHT, FIXED_LIGHT), _palette(hue, DARK, FIXED_DARK)


def _palette(hue: float, turned: Mapping[str, Lch], fixed: Mapping[str, Lch]) -> dict[str, str]:
    made = {
        name: hexadecimal(light, chroma, _not_red((hue + turn) % 360.0) if turn else hue)
        for name, (light, chroma, turn) in turned.items()
    }
    return made | {name: hexadecimal(*one) for name, one in fixed.items()}


def _not_red(hue: float) -> float:
    """`hue`, or the nearest that nobody takes for the red of what is wrong."""
    red = FIXED_LIGHT["bad"][2]
    apart = (hue - red + 180.0) % 360.0 - 180.0
    return hue if abs(apart) >= _RED_WIDTH else (red + (_RED_WIDTH if apart >= 0 else -_RED_WIDTH)) % 360.0


def hexadecimal(lightness: float, chroma: float, hue: float) -> str:
    """OKLCH in sRGB; what no screen can show loses chroma, not lightness."""
    for _ in range(60):
        rgb = _linear(lightness, chroma, hue)
        if all(-1e-4 <= one <= 1.0001 for one in rgb):
            break
        chroma *= 0.95
    return "#" + "".join(f"{round(255 * _gamma(min(1.0, max(0.0, one)))):02x}" for one in rgb)


def hue_of(red: float, green: float, blue: float) -> tuple[float, float]:
    """Hue in degrees and chroma in OKLCH of an sRGB colour, each part 0 … 1. Source: B. Ottosson, OKLab (2020)."""
    r, g, b = (_ungamma(one) for one in (red, green, blue))
    long = math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    medium = math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    short = math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    yellow = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return math.degrees(math.atan2(yellow, a)) % 360.0, math.hypot(a, yellow)


def _linear(lightness: float, chroma: float, hue: float) -> tuple[float, float, float]:
    """OKLCH to linear sRGB. Source: B. Ottosson, OKLab (2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )


def _gamma(value: float) -> float:
    """Source: IEC 61966-2-1."""
    return 12.92 * value if value <= 0.0031308 else 1.055 * value ** (1 / 2.4) - 0.055


def _ungamma(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4
