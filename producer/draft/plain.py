"""Plain text: paragraphs by empty lines, headings by how they stand, verse by its short lines."""

from __future__ import annotations

import re
from itertools import pairwise

from producer.draft.nouns import Paragraph, Source
from producer.draft.text import marked, readable, squeezed

_NUMBER = r"(?:\d+|[ivxlcdm]+|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen"
_NUMBER += r"|sixteen|seventeen|eighteen|nineteen|twenty(?:-\w+)?|thirty(?:-\w+)?|(?:the )?(?:first|second|third|last))"
_CHAPTER = re.compile(
    rf"(?:(?:the )?(?:chapter|part|book|act|scene|canto|letter|stave|capítulo|kapitel|chapitre)\s+{_NUMBER}\b.*"
    r"|prologue\b.*|epilogue\b.*|preface|introduction|foreword|afterword)",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"(?=[IVXLC])(?:X[LC]|L?X{0,3})(?:I[XV]|V?I{0,3})\.?")
BREAK = re.compile(r"(?:[*•·~#⁂❦✻–—-][ ]*){1,12}")
_UNDERLINE = re.compile(r"(={3,}|-{3,})")
_BY = re.compile(r"by [^\W\d_].{1,60}", re.IGNORECASE)
_START = re.compile(r"^\*\*\* ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\n]*\n", re.MULTILINE)
_END = re.compile(r"^\*\*\* ?END OF (?:THE|THIS) PROJECT GUTENBERG", re.MULTILINE)
_ENDING = re.compile(r"[.!?,;:…\"”’»)。！？」』]$")
_SHORT_LINE = 56  # characters; prose that is wrapped has longer lines
_LONG_LINE = 120  # prose that is wrapped has shorter ones


def read_plain(text: str) -> Source:
    """The paragraphs of plain text."""
    text, left_out = _story(readable(text))
    paragraphs: list[Paragraph] = []
    writer = ""
    for block in re.split(r"\n[ \t]*(?:\n[ \t]*)+", text.strip("\n")):
        lines = [line for line in block.split("\n") if line.strip()]
        if not lines:
            continue
        if len(paragraphs) == 1 and paragraphs[0].kind == "heading" and len(lines) == 1 and not writer:
            by = _BY.fullmatch(lines[0].strip())
            writer = lines[0].strip()[3:] if by else ""
        for each in _apart(lines):
            paragraphs += _paragraphs(each, first=not paragraphs)
    title = paragraphs[0].text if paragraphs and paragraphs[0].level == 1 else ""
    return Source(tuple(paragraphs), title, writer, left_out=left_out)


def _story(text: str) -> tuple[str, tuple[str, ...]]:
    """A text without the licence that a library of public-domain books puts before and after it."""
    start, end = _START.search(text), _END.search(text)
    if not start and not end:
        return text, ()
    begin = start.end() if start else 0
    stop = end.start() if end and end.start() >= begin else len(text)
    return text[begin:stop], ("the library's licence before and after the book is left out",)


def _apart(lines: list[str]) -> list[list[str]]:
    """The paragraphs of lines between which none is empty: each where they are not wrapped, or begun by an indent."""
    indented = [line[0].isspace() for line in lines]
    long = [line for line in lines if len(line) > _SHORT_LINE]
    ended = sum(1 for line in long if _ENDING.search(line.rstrip()))
    if max(map(len, lines)) > _LONG_LINE and ended >= 0.8 * len(long):
        return [[line] for line in lines]
    if _is_verse(lines) or not any(indented) or all(indented[1:]):  # verse, plain, a hanging indent or a quotation
        return [lines]
    begins = [number for number, begin in enumerate(indented) if begin or not number]
    return [lines[begin:end] for begin, end in pairwise([*begins, len(lines)])]


def _paragraphs(lines: list[str], *, first: bool) -> list[Paragraph]:
    whole = lines[0].strip()
    if len(lines) > 1 and _UNDERLINE.fullmatch(lines[1].strip()) and not BREAK.fullmatch(whole):
        rest = _paragraphs(lines[2:], first=False) if lines[2:] else []
        return [Paragraph(squeezed(whole)[0], "heading", 1 if lines[1].strip()[0] == "=" else 2), *rest]
    if len(lines) == 1 and BREAK.fullmatch(whole):
        return [Paragraph("", "break")]
    level = heading_level(whole, first=first) if len(lines) == 1 else 0
    if len(lines) == 2 and _CHAPTER.fullmatch(whole) and heading_level(lines[1].strip(), first=True):
        level, whole = 2, f"{whole} {lines[1].strip()}"
    if level:
        return [Paragraph(squeezed(whole)[0], "heading", level)]
    if _is_verse(lines):
        return [verse(lines)]
    plain, spans = marked("\n".join(lines), stars=True)
    text, spans = squeezed(plain, spans)
    return [Paragraph(text, emphasis=spans)]


def heading_level(line: str, *, first: bool = False) -> int:
    """1 for a title, 2 for a chapter's heading, 0 for anything else.

    Args:
        line: stands alone.
        first: it is the first of the text, where a short line without an ending is the title.
    """
    words = line.split()
    if not words or len(words) > 12:
        return 0
    if _CHAPTER.fullmatch(line) and not (
        len(words) > 3 and line.endswith((".", "?", "!", "”", '"')) and line[0].islower()
    ):
        return 2
    if _ROMAN.fullmatch(line) or re.fullmatch(r"\d{1,3}\.?", line):
        return 2
    letters = [sign for sign in line if sign.isalpha()]
    shouted = len(letters) > 3 and line.upper() == line and line.lower() != line
    if shouted and len(words) <= 8 and line[0] not in "\"“‘'«—" and not line.endswith(("!", "?", ":")):
        return 1 if first else 2
    return 1 if first and len(words) <= 8 and not _ENDING.search(line) and line[0].isupper() else 0


def _is_verse(lines: list[str]) -> bool:
    if len(lines) < 2:
        return False
    short = max(len(line.strip()) for line in lines[:-1]) <= _SHORT_LINE
    starts = sum(1 for line in lines if line.strip()[0].isupper() or not line.strip()[0].isalpha())
    return short and starts >= 0.8 * len(lines)


def verse(lines: list[str]) -> Paragraph:
    """Lines that stay apart: where each begins is kept."""
    texts: list[str] = []
    spans: list[tuple[int, int]] = []
    begins: list[int] = []
    length = 0
    for line in lines:
        plain, found = marked(line, stars=True)
        text, moved = squeezed(plain, found)
        if not text:
            continue
        if texts:
            length += 1
            begins.append(length)
        spans += [(a + length, b + length) for a, b in moved]
        texts.append(text)
        length += len(text)
    return Paragraph(" ".join(texts), "verse", emphasis=tuple(spans), lines=tuple(begins))
