"""A picture from elsewhere as it is published: whole, and without what a camera or a program wrote into it."""

from __future__ import annotations

import contextlib
import io
import re
import struct
import warnings
import zlib
from collections.abc import Iterator

from producer.bounds import BOUNDS, how_to_raise

JPEG, PNG = b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"
FORMATS = ("JPEG", "PNG")
"""As Pillow calls them: it is to try no other."""
_SCANS = 500
"""In a JPEG; each costs time for all of its pixels, and a few bytes. A progressive one has about ten."""
_MARKER = re.compile(rb"\xff+([\x01-\xcf\xd8-\xfe])")  # neither a byte of the picture (0xff00) nor a restart
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers without a length
_SCAN, _END, _EXIF, _ICC, _COMMENT = 0xDA, 0xD9, 0xE1, 0xE2, 0xFE
_NEEDED = frozenset({0xE0, 0xEE})  # JFIF; Adobe, which says what the components are
_SHOWN = frozenset(
    b"tRNS gAMA cHRM sRGB iCCP sBIT cICP bKGD hIST pHYs sPLT acTL fcTL fdAT".split()
)  # chunks beside the critical ones that say how the picture looks
_ORIENTATION = 0x0112
UNREADABLE = (OSError, ValueError, SyntaxError, EOFError, LookupError, TypeError, struct.error, zlib.error)
"""What Pillow raises for a broken picture."""


def published(image: bytes) -> bytes:
    """A JPEG or PNG that can be shown, its pixels, colours and way up as they are, without its metadata.

    Where it was taken, when and with what is left out, and so is what lies behind its end. Nothing is encoded anew.

    Raises ValueError, in words for the user: it has more pixels than are allowed, or is broken.
    """
    if not image.startswith((JPEG, PNG)):
        raise ValueError("is neither JPEG nor PNG")
    bare = b"".join(_parts(image))
    _must_be_shown(bare)
    turned = _orientation(image) if b"Exif\0\0" in image or b"eXIf" in image else 1
    return bare if turned == 1 else _with_orientation(bare, turned)


def _parts(image: bytes) -> Iterator[bytes]:
    try:
        yield from _segments(image) if image.startswith(JPEG) else _chunks(image)
    except (IndexError, struct.error):
        raise ValueError("is broken: it ends too soon") from None


def _segments(image: bytes) -> Iterator[bytes]:
    """A JPEG's, up to its end. Source: ITU T.81, B.1.1."""
    yield image[:2]
    at, scans = 2, 0
    while (found := _MARKER.search(image, at)) is not None:
        marker, begin = found[1][0], found.end() - 2
        if marker == _END:
            yield image[begin : begin + 2]
            return
        at = begin + 2
        if marker not in _ALONE:
            at += int(struct.unpack_from(">H", image, at)[0])
        if marker == _SCAN:  # the picture itself follows, up to the next marker
            scans += 1
            if scans > _SCANS:
                raise ValueError(f"has more than {_SCANS} scans; save it anew")
            after = _MARKER.search(image, at)
            at = len(image) if after is None else after.start()
        if _is_shown(marker, image[begin + 4 : begin + 16]):
            yield image[begin:at]


def _is_shown(marker: int, content: bytes) -> bool:
    """Whether a segment is needed to show the picture as it is."""
    if marker == _ICC:
        return content == b"ICC_PROFILE\0"
    return marker in _NEEDED or not (0xE0 <= marker <= 0xEF or marker == _COMMENT)


def _chunks(image: bytes) -> Iterator[bytes]:
    """A PNG's, up to its end. Source: PNG (third edition), 5.3."""
    yield image[:8]
    at = 8
    while at < len(image):
        length, kind = struct.unpack_from(">I4s", image, at)
        if kind[:1].isupper() or kind in _SHOWN:
            yield image[at : at + 12 + length]
        at += 12 + length
        if kind == b"IEND":
            return


def _orientation(image: bytes) -> int:
    """Which way up it is shown, 1 to 8. Source: Exif 2.32, 4.6.4."""
    from PIL import Image

    try:
        with _unwarned(), Image.open(io.BytesIO(image), formats=FORMATS) as opened:
            turned = opened.getexif().get(_ORIENTATION, 1)
    except (*UNREADABLE, Image.DecompressionBombError):
        return 1
    return turned if isinstance(turned, int) and 1 < turned <= 8 else 1


def _with_orientation(bare: bytes, turned: int) -> bytes:
    """Exif that says this one thing."""
    exif = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, _ORIENTATION, 3, 1, turned, 0, 0)
    if bare.startswith(JPEG):
        content = b"Exif\0\0" + exif
        segment = b"\xff" + bytes([_EXIF]) + struct.pack(">H", len(content) + 2) + content
        at = 4 + struct.unpack_from(">H", bare, 4)[0] if bare[2:4] == b"\xff\xe0" else 2  # JFIF is the first
        return bare[:at] + segment + bare[at:]
    chunk = struct.pack(">I", len(exif)) + b"eXIf" + exif + struct.pack(">I", zlib.crc32(b"eXIf" + exif))
    return bare[:33] + chunk + bare[33:]  # behind IHDR, which has one length


def _must_be_shown(image: bytes) -> None:
    """Decode it once. Raises ValueError."""
    from PIL import Image, UnidentifiedImageError

    most = f"has more than {BOUNDS.cover_megapixels:g} megapixels ({how_to_raise('cover_megapixels')})"
    try:
        with _unwarned(), Image.open(io.BytesIO(image), formats=FORMATS) as opened:
            too_many = opened.width * opened.height > BOUNDS.cover_megapixels * 1e6
            if not too_many:
                opened.draft(opened.mode, (1, 1))  # a JPEG is read whole at an eighth of its size
                opened.load()
    except Image.DecompressionBombError:
        too_many = True
    except UNREADABLE as wrong:
        said = "it is no picture" if isinstance(wrong, UnidentifiedImageError) else " ".join(str(wrong).split())
        raise ValueError(f"is broken: {said}") from None
    if too_many:
        raise ValueError(most)


@contextlib.contextmanager
def _unwarned() -> Iterator[None]:
    """Without Pillow's warning of its own bound, which is higher."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
