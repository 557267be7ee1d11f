"""A cover drawn from the episode itself, when the script brings none: its loudness as a horizon, its title above."""

from __future__ import annotations

import hashlib
import io
import itertools
import math
import re
import unicodedata
from collections.abc import Callable, Sequence
from importlib import resources
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from PIL import ImageDraw, ImageFont

    Face = ImageFont.FreeTypeFont | ImageFont.ImageFont

SIDE = 1500  # Apple asks for 1400 to 3000 pixels square
_ROWS = 60  # that are painted at a time
_BARS = 150
_BUILT_IN = re.compile("[ -~«»‘’“”…‹›]*")
"""What Pillow's own font can write."""
_IN_FONT = re.compile("[ -~\xa0-\u017f\u0192\u0218-\u021b΄-ώЀ-\u045fҐґẀ-ẅẞẠ-ỹ‐-―‘-„•…‰′″‹›№€]*")
"""What `font/DejaVuSans.ttf` can write, which was cut down to this: Latin, Greek and Cyrillic letters."""
Bar = tuple[int, int]
"""Its height and its reflection's, in pixels."""


def draw(title: str, show: str, skyline: Sequence[Bar]) -> bytes:
    """A square JPEG (RGB, under 512 kB). The same episode gives the same picture on every machine."""
    from PIL import Image, ImageDraw

    hue = int.from_bytes(hashlib.sha256(title.encode()).digest()[:2], "big") / 65536
    image = Image.fromarray(_sky(hue))
    pen = ImageDraw.Draw(image)
    _horizon(pen, skyline, hue)
    _words(pen, title, show)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=88, optimize=True, subsampling=0)
    return out.getvalue()


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    import colorsys

    r, g, b = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(255 * r), round(255 * g), round(255 * b)


def _sky(hue: float) -> NDArray[np.uint8]:
    """Dusk: dark above, a glow low down and to one side."""
    along = np.arange(SIDE, dtype=np.float32) / SIDE
    across = ((along - 0.68) / 0.75) ** 2
    chance = np.random.Generator(np.random.Philox(key=7))
    top, glow = (
        np.array(_colour(hue + shift, s, v), np.float32) for shift, s, v in ((0.02, 0.45, 0.10), (0.0, 0.55, 0.62))
    )
    sky = np.empty((SIDE, SIDE, 3), np.uint8)
    for low in range(0, SIDE, _ROWS):  # all at once would be 60 MB while parts are encoded beside it
        near = across + ((along[low : low + _ROWS, None] - 0.70) / 0.30) ** 2
        np.exp(-near, out=near)
        # Fine seeded grain keeps the gradient from banding.
        grain = chance.standard_normal(near.shape, np.float32)
        grain *= np.float32(1.6)
        for colour in range(3):
            shade = (glow[colour] - top[colour]) * near
            shade += top[colour]
            shade += grain
            sky[low : low + _ROWS, :, colour] = np.clip(shade, 0, 255, out=shade)
    return sky


def skyline(loudness_lufs: Sequence[float]) -> tuple[Bar, ...]:
    """The bars of an episode, `_BARS` of them.

    Args:
        loudness_lufs: short-term loudness over the episode, evenly spaced, any number of values.
    """
    levels = np.asarray([v if math.isfinite(v) else -80.0 for v in loudness_lufs] or [-80.0], float)
    edges = np.linspace(0, len(levels), _BARS + 1).astype(int)
    bars = np.array([levels[a : max(b, a + 1)].max() for a, b in itertools.pairwise(edges)])
    top = bars.max()
    heights = (SIDE * 0.30 * np.clip((bars - (top - 38.0)) / 38.0, 0.015, 1.0)).tolist()
    return tuple((round(height), round(height * 0.45)) for height in heights)


def _horizon(pen: ImageDraw.ImageDraw, bars: Sequence[Bar], hue: float) -> None:
    """A skyline of bars over a still reflection."""
    ground, step = int(SIDE * 0.76), SIDE / _BARS
    near, reflected = _colour(hue + 0.03, 0.5, 0.06), _colour(hue + 0.02, 0.5, 0.16)
    pen.rectangle((0, ground, SIDE, SIDE), fill=_colour(hue + 0.02, 0.5, 0.085))
    for i, (height, mirrored) in enumerate(bars):
        left, right = round(i * step), round((i + 1) * step) - 2
        pen.rectangle((left, ground - height, right, ground), fill=near)
        pen.rectangle((left, ground + 3, right, ground + 3 + mirrored), fill=reflected)
    pen.rectangle((0, ground, SIDE, ground + 2), fill=_colour(hue, 0.35, 0.75))


def _words(pen: ImageDraw.ImageDraw, title: str, show: str) -> None:
    """Title and show, as large as fits. A title that no font here can write is left to the player to show."""
    margin, width = round(SIDE * 0.075), round(SIDE * 0.85)
    top = margin
    title, show = unicodedata.normalize("NFC", title), unicodedata.normalize("NFC", show).upper()
    both = _font_for(title + show)
    if (font := both or _font_for(show)) is not None:
        size = 46
        while size > 18 and pen.textlength(show, font=font(size)) > width:
            size -= 2
        pen.text((margin, top), show, font=font(size), fill=(214, 210, 204))
    top += 96
    if (font := both or _font_for(title)) is None:
        return
    for size in range(190, 20, -8):
        face = font(size)
        lines = _wrap(pen, title, face, width)
        if len(lines) * size * 1.08 <= SIDE * 0.36 and all(pen.textlength(line, font=face) <= width for line in lines):
            break
    for number, line in enumerate(lines):
        pen.text((margin, top + round(number * size * 1.08)), line, font=face, fill=(246, 243, 238))


def _font_for(text: str) -> Callable[[float], Face] | None:
    """Faces by their size that have every sign of `text`: what a font lacks, it draws as a box."""
    from PIL import ImageFont

    if _BUILT_IN.fullmatch(text):
        return ImageFont.load_default
    if not _IN_FONT.fullmatch(text):
        return None
    file = resources.files("producer.deliver") / "font" / "DejaVuSans.ttf"
    content = file.read_bytes()
    # shaped by Pillow alone: what else could do it is not on every machine
    return lambda size: ImageFont.truetype(io.BytesIO(content), size, layout_engine=ImageFont.Layout.BASIC)


def _wrap(pen: ImageDraw.ImageDraw, text: str, face: Face, width: int) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        if lines and pen.textlength(f"{lines[-1]} {word}", font=face) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
