"""The colours of the pictures: a map for levels whose steps look equal, to every kind of eye.

The map is drawn in OKLab, a space in which equal distances look equal. Lightness rises in a straight line, so that the
map also works for those who tell few hues apart, or none; hue goes from blue over violet and orange to a pale yellow,
so that a level can be named as well as compared.
Source: B. Ottosson, "A perceptual color space for image processing", 2020 (the two matrices).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Rgb = tuple[int, int, int]

DARKEST, LIGHTEST = 0.13, 0.965  # OKLab lightness of the floor and of the loudest
_HUES_DEG = (265.0, 292.0, 345.0, 400.0, 440.0, 465.0)  # at even steps of level; past 360 it goes round
_CHROMAS = (0.035, 0.125, 0.165, 0.165, 0.150, 0.085)
"""How strong the colour is: weak at both ends, where the screen has no strong ones."""

_TO_CONE = np.array(
    [
        [1.0, 0.3963377774, 0.2158037573],
        [1.0, -0.1055613458, -0.0638541728],
        [1.0, -0.0894841775, -1.2914855480],
    ]
)
_TO_RGB = np.array(
    [
        [4.0767416621, -3.3077115913, 0.2309699292],
        [-1.2684380046, 2.6097574011, -0.3413193965],
        [-0.0041960863, -0.7034186147, 1.7076147010],
    ]
)


def level_colours(steps: int) -> tuple[Rgb, ...]:
    """`steps` colours from the floor to the loudest, sRGB 0 … 255; each step looks as large as the next."""
    at = np.linspace(0.0, 1.0, steps)
    knots = np.linspace(0.0, 1.0, len(_HUES_DEG))
    hue = np.radians(np.interp(at, knots, _HUES_DEG))
    chroma = np.interp(at, knots, _CHROMAS)
    lightness = DARKEST + (LIGHTEST - DARKEST) * at
    colours = _rgb(np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)], axis=1))
    return tuple((int(r), int(g), int(b)) for r, g, b in colours)


def _rgb(lab: NDArray[np.float64]) -> NDArray[np.int64]:
    """OKLab, shape (n, 3), as sRGB bytes; what a screen cannot show is clipped."""
    linear = np.clip((lab @ _TO_CONE.T) ** 3 @ _TO_RGB.T, 0.0, 1.0)
    encoded = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 1e-9) ** (1 / 2.4) - 0.055)
    return np.asarray(np.rint(255.0 * encoded), np.int64)


def lightness(colour: Rgb) -> float:
    """OKLab lightness of an sRGB colour, 0 … 1."""
    code = np.asarray(colour, float) / 255.0
    linear = np.where(code <= 0.04045, code / 12.92, ((code + 0.055) / 1.055) ** 2.4)
    cones = np.cbrt(np.linalg.inv(_TO_RGB) @ linear)
    return float((np.linalg.inv(_TO_CONE) @ cones)[0])
