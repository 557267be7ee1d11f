"""An EPUB: the pages of its spine, in order, read from memory. It is a stranger's archive, and bounded on every side.

Source: EPUB 3.3, OCF (META-INF/container.xml) and package documents.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import unquote

from producer.bounds import BOUNDS
from producer.draft.html import read_html
from producer.draft.nouns import Paragraph, Source
from producer.draft.text import squeezed
from producer.errors import RenderError

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

LARGEST_BYTES = BOUNDS.bytes("book_mib")  # of the archive, pictures and all
MOST_ENTRIES = 10_000
LARGEST_PAGE = 8 * 1024 * 1024
LARGEST_TEXT = 32 * 1024 * 1024  # of all that is read, unpacked
HIGHEST_RATIO = 200  # unpacked to packed, of what has more than
RATIO_FROM = 1024 * 1024
_CHUNK = 1 << 16
_CONTAINER = "META-INF/container.xml"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([A-Za-z0-9._-]{1,40})[\"']")


def read_epub(data: bytes, name: str) -> Source:
    """The paragraphs of a book, in reading order.

    Args:
        data: the archive.
        name: how messages call it.

    Raises:
        RenderError: it is no EPUB, is locked, or is larger than a book can be.
    """
    if len(data) > LARGEST_BYTES:
        raise RenderError(f"{name} has more than {LARGEST_BYTES >> 20} MiB; a book is read up to that size")
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return _Book(archive, name).read()
    except (zipfile.BadZipFile, NotImplementedError, EOFError, zlib.error, ValueError, OSError) as wrong:
        raise RenderError(f"{name} is no EPUB that can be read: {wrong or type(wrong).__name__}") from None


class _Book:
    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.archive = archive
        self.name = name
        self.left = LARGEST_TEXT
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES:
            raise RenderError(f"{name} holds {len(entries)} files; a book has at most {MOST_ENTRIES}")
        self.entries = {entry.filename: entry for entry in entries}

    def read(self) -> Source:
        root = self._xml(_CONTAINER)
        where = next((node.get("full-path") for node in root.iter() if _tag(node) == "rootfile"), None)
        if not where:
            raise RenderError(f"{self.name}: {_CONTAINER} names no book")
        opf = self._inside("", where)
        package = self._xml(opf)
        paragraphs: list[Paragraph] = []
        left_out: list[str] = []
        for page, is_contents in self._pages(package, opf):
            if is_contents:
                left_out.append("the table of contents is left out")
                continue
            found = read_html(_decoded(self._bytes(page))).paragraphs
            if paragraphs and found and found[0].kind not in ("heading", "break"):
                paragraphs.append(Paragraph("", "break"))
            paragraphs += found
        about = {name: _said(package, name) for name in ("title", "creator", "language")}
        source = Source(tuple(paragraphs), about["title"], about["creator"], about["language"])
        return replace(source, left_out=tuple(dict.fromkeys(left_out)))

    def _pages(self, package: Element, opf: str) -> Iterator[tuple[str, bool]]:
        items = {node.get("id"): node for node in package.iter() if _tag(node) == "item"}
        seen: set[str] = set()
        for node in package.iter():
            item = items.get(node.get("idref")) if _tag(node) == "itemref" else None
            if item is None or item.get("media-type", "") not in _PAGES:
                continue
            page = self._inside(posixpath.dirname(opf), unquote((item.get("href") or "").partition("#")[0]))
            if page not in seen:
                seen.add(page)
                yield page, "nav" in (item.get("properties") or "").split()

    def _inside(self, folder: str, written: str) -> str:
        """The name in the archive of a path written in it; one that leads out of it is refused."""
        path = posixpath.normpath(posixpath.join(folder, written.replace("\\", "/")))
        if path.startswith(("/", "../")) or path == ".." or "\0" in path or ":" in path.split("/", 1)[0]:
            raise RenderError(f"{self.name}: '{written}' leads out of the book")
        return path

    def _bytes(self, path: str) -> bytes:
        entry = self.entries.get(path)
        if entry is None:
            raise RenderError(f"{self.name} has no '{path}', which it names as a page")
        if entry.flag_bits & 1:
            raise RenderError(f"{self.name} is locked with a password")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):  # EPUB Open Container Format, 4.2
            raise RenderError(f"{self.name}: '{path}' is packed as no file of an EPUB may be; save the book anew")
        pieces: list[bytes] = []
        size = 0
        with self.archive.open(entry) as file:
            while piece := file.read(_CHUNK):
                size += len(piece)
                bomb = size > RATIO_FROM and size > HIGHEST_RATIO * max(entry.compress_size, 1)
                if size > LARGEST_PAGE or size > self.left or bomb:
                    raise RenderError(f"{self.name}: '{path}' unpacks to more than a page of a book can hold")
                pieces.append(piece)
        self.left -= size
        return b"".join(pieces)

    def _xml(self, path: str) -> Element:
        from xml.etree.ElementTree import ParseError

        from defusedxml import DefusedXmlException, ElementTree

        try:
            root: Element = ElementTree.fromstring(self._bytes(path))
        except DefusedXmlException:
            raise RenderError(f"{self.name}: '{path}' declares entities, which no book needs; it is not read") from None
        except (ParseError, LookupError) as wrong:  # LookupError: an encoding that nobody knows
            raise RenderError(f"{self.name}: '{path}' is not XML: {wrong}") from None
        return root


def _tag(node: Element) -> str:
    return node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""


def _said(package: Element, name: str) -> str:
    found = (squeezed("".join(node.itertext()))[0] for node in package.iter() if _tag(node) == name)
    return next((text for text in found if text), "")[:300]


def _decoded(data: bytes) -> str:
    """A page as text: what its first bytes say, else UTF-8; what means nothing is shown as such."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    declared = _DECLARED.search(data[:400])
    try:
        return data.decode(declared[1].decode("ascii") if declared else "utf-8-sig", "replace")
    except LookupError:
        return data.decode("utf-8-sig", "replace")
