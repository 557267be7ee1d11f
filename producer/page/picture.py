"""The cover as the page carries it: small, and the hue that the page takes from it."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

from producer.frozen import dataclass
from producer.page.colours import PLAIN_HUE, hue_of

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE, ICON = 560, 64
"""Twice what they are shown at, for fine screens."""
_PLAIN = 0.012
"""Mean chroma of a picture that has no colour to speak of."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A cover as `data:` addresses of JPEGs, "" where there is none, and its hue in degrees of OKLCH."""

    cover: str = ""
    icon: str = ""
    hue: float = PLAIN_HUE


def embedded(picture: bytes | None) -> Picture:
    """A JPEG or PNG made small. What cannot be read is no picture: the page does without."""
    if picture is None:
        return Picture()
    from PIL import Image

    try:
        with Image.open(io.BytesIO(picture)) as opened:
            opened.draft("RGB", (SIDE, SIDE))  # a JPEG of 1500 pixels is read at half its size: a fifth of the time
            image = opened.convert("RGB")
        image.thumbnail((SIDE, SIDE))
    except (OSError, ValueError, Image.DecompressionBombError):
        return Picture()
    tiny = image.resize((24, 24)).tobytes()
    hue = _hue(zip(tiny[::3], tiny[1::3], tiny[2::3], strict=True))
    return Picture(_address(image), _address(image.resize((ICON, ICON))), hue)


def _address(image: Image) -> str:
    out = io.BytesIO()
    image.save(out, "JPEG", quality=82, optimize=True)
    return "data:image/jpeg;base64," + base64.b64encode(out.getvalue()).decode()


def _hue(pixels: Iterable[tuple[int, ...]]) -> float:
    """The hue that most of the colour has: the mean over a circle, by chroma."""
    count, x, y = 0, 0.0, 0.0
    for red, green, blue in pixels:
        hue, chroma = hue_of(red / 255, green / 255, blue / 255)
        x, y, count = x + chroma * math.cos(math.radians(hue)), y + chroma * math.sin(math.radians(hue)), count + 1
    if not count or math.hypot(x, y) / count < _PLAIN:
        return PLAIN_HUE
    return round(math.degrees(math.atan2(y, x)) % 360.0, 1)
