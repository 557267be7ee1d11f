"""XML that cannot be broken from inside: every text goes through here on its way into the feed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree import ElementTree

NAMESPACES: Mapping[str, str] = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
Element = ElementTree.Element


def clean(text: str) -> str:
    """`text` without what XML 1.0 cannot write: most control characters, lone surrogates. Source: XML 1.0, 2.2."""
    return _FORBIDDEN.sub("", text)


def one_line(text: str, most: int | None = None) -> str:
    """`text` in one line, and no longer than `most` characters."""
    line = " ".join(clean(text).split())
    return line if most is None or len(line) <= most else line[: most - 1].rstrip() + "…"


def first_of(*texts: str | None) -> str:
    """The first of `texts` that has something to read in it, else ""; cleaned."""
    return next((clean(text).strip() for text in texts if text and clean(text).strip()), "")


def in_bytes(text: str, most: int) -> str:
    """`text` cut to at most `most` bytes of UTF-8, never inside a character."""
    cleaned = clean(text)
    if len(cleaned.encode()) <= most:
        return cleaned
    return cleaned.encode()[: most - len("…".encode())].decode("utf-8", "ignore").rstrip() + "…"


def add(parent: Element, tag: str, text: str | None = None, **attributes: object) -> Element:
    """A new last child. Attributes that are None are left out; a `type_` is written `type`."""
    values = {name.rstrip("_"): clean(str(value)) for name, value in attributes.items() if value is not None}
    made = ElementTree.SubElement(parent, tag, values)
    if text is not None:
        made.text = clean(text)
    return made


def document(root: Element) -> str:
    """The whole file: declaration, namespaces at the root, indented."""
    for prefix, name in NAMESPACES.items():
        root.set(f"xmlns:{prefix}", name)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"
