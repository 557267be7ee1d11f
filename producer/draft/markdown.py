"""Markdown, read by markdown-it: headings, breaks, emphasis; what is only layout falls away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from producer.draft.html import read_html
from producer.draft.nouns import Paragraph, Source
from producer.draft.plain import BREAK
from producer.draft.text import line_starts, readable, squeezed

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(
    r"^(title|author|writer|lang|language):[ \t]*[\"']?(.*?)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_NOTE = re.compile(r"^\[\^[^\]\s]{1,40}\]:[ \t]*")
_NOTE_SIGN = re.compile(r"\[\^[^\]\s]{1,40}\]")


def read_markdown(text: str) -> Source:
    """The paragraphs of a Markdown document; front matter gives title, writer and language."""
    from markdown_it import MarkdownIt

    text = readable(text)
    front = _FRONT.match(text)
    fields = {key.lower(): value for key, value in _FIELD.findall(front[1])} if front else {}
    # References would swallow a footnote's text (`[^1]: words`); code is prose that somebody indented.
    parser = MarkdownIt("commonmark").enable("table").disable(["reference", "code"])
    paragraphs = tuple(_blocks(parser.parse(text[front.end() :] if front else text)))
    title = fields.get("title", "") or next((one.text for one in paragraphs if one.level == 1), "")
    writer = fields.get("author") or fields.get("writer") or ""
    return Source(paragraphs, title, writer, fields.get("lang") or fields.get("language") or "")


def _blocks(tokens: Sequence[Token]) -> list[Paragraph]:
    found: list[Paragraph] = []
    level = 0
    number = ""  # of an item of a list: `1984. That was the year` is one to a reader of Markdown
    row: list[str] | None = None  # the cells of a table's row so far
    for token in tokens:
        if number and token.type in ("html_block", "fence", "hr", "list_item_close"):
            found.append(Paragraph(number.rstrip()))
            number = ""
        if token.type == "list_item_open" and token.info:
            number = f"{token.info}{token.markup} "
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "hr":
            found.append(Paragraph("", "break"))
        elif token.type == "html_block":
            found += read_html(token.content).paragraphs
        elif token.type in ("fence", "code_block"):
            found.append(Paragraph(squeezed(token.content)[0]))
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            found.append(Paragraph(_listed(row)))
            row = None
        elif token.type == "inline" and row is not None:
            row += (one.text for one in _inline(token, 0, "") if one.text)
        elif token.type == "inline":
            found += _inline(token, level, number)
            number = ""
    return [one for one in found if one.text or one.kind == "break"]


def _listed(cells: Sequence[str]) -> str:
    """What is read of a row of a table: its cells, with commas where nothing else parts them."""
    parted = [f"{cell}," if cell[-1].isalnum() else cell for cell in cells[:-1]]
    return " ".join([*parted, *cells[-1:]])


def _inline(token: Token, level: int, number: str) -> list[Paragraph]:
    pieces: list[str] = [number]
    spans: list[tuple[int, int]] = []
    opened: list[int] = []
    hard: list[int] = []  # offsets of line breaks that the writer asked for
    length = len(number)
    for child in token.children or ():
        if child.type in ("em_open", "strong_open"):
            opened.append(length)
        elif child.type in ("em_close", "strong_close") and opened:
            spans.append((opened.pop(), length))
        text = _text(child)
        if child.type == "hardbreak":
            hard.append(length)
        pieces.append(text)
        length += len(text)
    whole = "".join(pieces)
    note = _NOTE.match(whole)
    if _NOTE_SIGN.search(whole):
        whole, spans, hard = _without_signs(whole, spans, hard)
    text, moved = squeezed(whole, spans)
    if level:
        return [Paragraph(text, "heading", level)]
    if BREAK.fullmatch(text):
        return [Paragraph("", "break")]
    lines = line_starts(whole, hard)
    kind = "note" if note else "verse" if lines else "text"
    return [Paragraph(text, kind, emphasis=moved, lines=lines if kind == "verse" else ())]  # type: ignore[arg-type]


def _without_signs(
    text: str, spans: list[tuple[int, int]], hard: list[int]
) -> tuple[str, list[tuple[int, int]], list[int]]:
    """A text without the signs that point to footnotes."""
    cuts = [
        (m.start(), m.end() + (text[m.end() : m.end() + 1] == ":" and not m.start())) for m in _NOTE_SIGN.finditer(text)
    ]

    def moved(at: int) -> int:
        return at - sum(min(at, b) - a for a, b in cuts if a < at)

    kept = [text[a:b] for a, b in zip([0, *(b for _, b in cuts)], [*(a for a, _ in cuts), len(text)], strict=True)]
    return "".join(kept), [(moved(a), moved(b)) for a, b in spans], [moved(at) for at in hard]


def _text(child: Token) -> str:
    if child.type in ("softbreak", "hardbreak"):
        return "\n"
    if child.type == "html_inline":
        return "\n" if child.content.lower().startswith("<br") else ""
    if child.type == "image":
        return ""
    return child.content if child.type in ("text", "code_inline", "text_special") else ""
