"""A page of XHTML or HTML: its paragraphs, by the standard library's reader, which knows no DTD and fetches nothing."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from producer.draft.nouns import Paragraph, Source
from producer.draft.plain import BREAK
from producer.draft.text import line_starts, readable, row, squeezed

_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_BLOCKS = frozenset(
    row(
        "p div li dt dd blockquote section article aside header footer figure figcaption table tr td th caption "
        "ul ol dl pre body main nav address hr center"
    )
) | frozenset(_HEADINGS)
_UNREAD = frozenset({"head", "script", "style", "template", "svg", "math", "rt", "rp"})
_EMPHASIS = frozenset({"em", "i", "strong", "b"})
_VOID = frozenset(row("area base br col embed hr img input link meta source track wbr"))
_DEEPEST = 256
# The library looks for the end of each of these anew, up to the end of the page: of many that have none, for hours.
_UNSEEN = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)", re.DOTALL)
_TORN = re.compile(r"(?:<[^<>]*){32,}")
"""Tags in a row of which none is closed."""


def read_html(text: str) -> Source:
    """The paragraphs of a page. A footnote's sign in the text is left out, its text is kept where it stands."""
    reader = _Reader()
    reader.feed(_TORN.sub(_as_text, _UNSEEN.sub("", readable(text))))
    reader.close()
    return Source(tuple(reader.done()))


def _as_text(found: re.Match[str]) -> str:
    return found[0].replace("<", "&lt;")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Paragraph] = []
        self.pieces: list[str] = []
        self.spans: list[tuple[int, int]] = []
        self.breaks: list[int] = []
        self.length = 0
        self.open: list[
            tuple[str, str]
        ] = []  # tags with what they do: unread, note, sign, emphasis, heading or nothing
        self.opened: list[int] = []  # where emphasis began
        self.counts = {"unread": 0, "note": 0, "sign": 0}
        self.level = 0

    def done(self) -> list[Paragraph]:
        """Everything that was found."""
        self._end()
        return self.found

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._end()
        if tag == "br":
            self.breaks.append(self.length)
            self.handle_data("\n")
        elif tag == "hr":
            self.found.append(Paragraph("", "break"))
        if tag in _VOID:
            return
        does = self._does(tag, attrs)
        if does in self.counts:
            self.counts[does] += 1
        if tag in _HEADINGS:
            self.level = _HEADINGS[tag]
        if does == "emphasis":
            self.opened.append(self.length)
        if len(self.open) < _DEEPEST:
            self.open.append((tag, does))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS or tag == "br":
            self.handle_starttag(tag, attrs)
            if tag not in _VOID:
                self.handle_endtag(tag)

    def _does(self, tag: str, attrs: list[tuple[str, str | None]]) -> str:
        given = {key: (value or "").lower() for key, value in attrs}
        kind = f"{given.get('epub:type', '')} {given.get('role', '')}"
        if tag in _UNREAD or "pagebreak" in kind or "hidden" in given:
            return "unread"
        around = {"sup": "a", "a": "sup"}.get(tag)
        raised = around is not None and any(name == around for name, _ in self.open[-4:])
        if "noteref" in kind or "backlink" in kind or raised:
            return "sign"
        if "footnote" in kind or "endnote" in kind or "rearnote" in kind:
            return "note"
        return "emphasis" if tag in _EMPHASIS else ""

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._end()
        names = [name for name, _ in self.open]
        if tag not in names:
            return
        while self.open:
            name, does = self.open.pop()
            if does in self.counts:
                self.counts[does] -= 1
            if does == "emphasis" and self.opened:
                self.spans.append((self.opened.pop(), self.length))
            if name in _HEADINGS:
                self.level = 0
            if name == tag:
                break

    def handle_data(self, data: str) -> None:
        if not self.counts["unread"] and not self.counts["sign"]:
            self.pieces.append(data)
            self.length += len(data)

    def _end(self) -> None:
        whole = "".join(self.pieces)
        spans = [*self.spans, *((at, self.length) for at in self.opened)]
        text, moved = squeezed(whole, spans)
        if text:
            self.found.append(self._paragraph(whole, text, moved))
        self.pieces, self.spans, self.breaks, self.length = [], [], [], 0
        self.opened = [0] * len(self.opened)

    def _paragraph(self, whole: str, text: str, spans: tuple[tuple[int, int], ...]) -> Paragraph:
        if self.level:
            return Paragraph(text, "heading", self.level)
        if BREAK.fullmatch(text):
            return Paragraph("", "break")
        if self.counts["note"]:
            return Paragraph(text, "note", emphasis=spans)
        lines = line_starts(whole, self.breaks)
        return Paragraph(text, "verse" if lines else "text", emphasis=spans, lines=lines)
