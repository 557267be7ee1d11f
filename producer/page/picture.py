"""The cover as the page carries it: small, and the hue that the page takes from it."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable

from producer.page.colours import PLAIN_HUE, hue_of

SIDE = 560
"""Twice what it is shown at, for fine screens."""
_PLAIN = 0.012
"""Mean chroma of a picture that has no colour to speak of."""


def embedded(picture: bytes) -> tuple[str, float]:
    """A JPEG or PNG as a `data:` address of a small JPEG, and its hue in degrees of OKLCH.

    A picture that cannot be read gives no address: the page does without.
    """
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            opened.draft("RGB", (SIDE, SIDE))  # a JPEG of 1500 pixels is read at half its size: a fifth of the time
            image = opened.convert("RGB")
        image.thumbnail((SIDE, SIDE))
    except (OSError, ValueError, Image.DecompressionBombError):
        return "", PLAIN_HUE
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True)
    tiny = image.resize((24, 24)).tobytes()
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode(), _hue(
        zip(*[iter(tiny)] * 3, strict=True)
    )


def _hue(pixels: Iterable[tuple[int, ...]]) -> float:
    """The hue that most of the colour has: the mean over a circle, by chroma."""
    count, x, y = 0, 0.0, 0.0
    for red, green, blue in pixels:
        hue, chroma = hue_of(red / 255, green / 255, blue / 255)
        x, y, count = x + chroma * math.cos(math.radians(hue)), y + chroma * math.sin(math.radians(hue)), count + 1
    if not count or math.hypot(x, y) / count < _PLAIN:
        return PLAIN_HUE
    return round(math.degrees(math.atan2(y, x)) % 360.0, 1)
