"""Values that are not words: cues with their keys on one line, quantities, and YAML's own `{…}` and `[…]`."""

from __future__ import annotations

import re

from producer.script import layout, misread
from producer.script.draft import Draft
from producer.script.fold import Part
from producer.script.layout import Where
from producer.script.region import Opener, Region, below, gather

DEEPEST = 50
"""Levels that lists and mappings may be nested."""
TOO_DEEP = f"this is nested more than {DEEPEST} levels deep"

_PROPERTIES = re.compile(r"(?:[&!][^\s\[\]{},]*(?:[ ]+|$))*")
_FLOW_TOKEN = re.compile(r"[ ]#|[\[\]{},]|:(?=[ ]|$)|[\"']|[^\s\[\]{},:\"'#]+|[#:]")
_CURLY = re.compile(r"((?:^|[\[{,:])[ ]*)“([^“”\"\\]*)”(?=[ ]*(?:[,\]}]|$|[ ]#))")
_SHORT_COLON = re.compile(r"(?<=[\s,])(\w+)[ ]*:(?=[ ])")
_COLON = re.compile(r":(?=[ ]|$)")
_QUOTE_OR_HASH = re.compile('"| #')
_CLOSERS = {"[": "]", "{": "}"}
_RESERVED = frozenset("%@`,]}|>")


def read_value(draft: Draft, opener: Opener, *, depth: int) -> int | None:
    """Read what stands beside a key; the first line after it, or None when the value stands on the lines below.

    Args:
        draft: the file.
        opener: the key.
        depth: levels that the key stands in.
    """
    _straighten(draft, opener)
    text = draft.lines[opener.number].text
    start = opener.start
    if text[start:].startswith("#"):
        _space_comment(draft, opener, start)
        return None
    properties = _PROPERTIES.match(text, start)
    start = properties.end() if properties else start
    if not text[start:].strip() or text[start:].startswith("#"):
        return None
    if text[start] in _CLOSERS:
        return _read_flow(draft, opener, start, depth)
    return _read_plain(draft, opener, start)


def _straighten(draft: Draft, opener: Opener) -> None:
    """A word processor's quotation marks around a whole value are YAML's."""
    line = draft.lines[opener.number]
    if "“" in line.text:
        value = _CURLY.sub(r'\1"\2"', line.text[opener.start :].rstrip())
        draft.restyle(opener.number, line.text[: opener.start] + value)


def _space_comment(draft: Draft, opener: Opener, at: int) -> None:
    """A comment has a space after its `#`; without one the sign may have been meant."""
    if draft.lines[opener.number].text[at + 1 : at + 2] not in ("", " ", "#"):
        what = "'#' begins a comment here, and the rest of the line would be lost; a comment has a space after its #"
        draft.problem(opener.number, at, what)
        draft.change(opener.number, at + 1, at + 1, " ")


def _read_plain(draft: Draft, opener: Opener, start: int) -> int:
    line = draft.lines[opener.number]
    hashes = misread.is_open(line.text, start)
    region = gather(draft.lines, opener, text=False, block=False, seen=True, hashes=hashes)
    _outdent(draft, opener, region)
    if region.texts:
        _check_lines(draft, opener, region, start)
        return region.end
    end = misread.quoted_end(line.text, start) if line.text[start] in "\"'" else None
    if end is not None and misread.bad_escape(line.text[start:end]) is None:
        behind = line.text[end:]
        if not behind.strip():
            return region.end
        if behind.lstrip(" ").startswith("#") and behind.startswith(" "):
            _space_comment(draft, opener, line.text.index("#", end))
            return region.end
    cut = _value_end(line.text, start)
    value = line.text[start:cut].rstrip(" ")
    trap = _trap(value)
    if cut < len(line.text):
        _space_comment(draft, opener, cut)
    if trap is not None:
        at, what = trap
        draft.problem(opener.number, start + at, what)
        meant = _without_colons(value) if opener.where is Where.ITEM else value
        _requote(draft, opener, start, start + len(value), value, meant)
    return region.end


def _value_end(text: str, start: int) -> int:
    """Where a comment begins behind a value; a `#` inside the words of `word "…"` is one of them."""
    odd = False
    for found in _QUOTE_OR_HASH.finditer(text, start):
        if found[0] == '"':
            odd = not odd
        elif not odd:
            return found.end() - 1
    return len(text)


def _trap(value: str) -> tuple[int, str] | None:
    """What YAML would misread in a value on one line, and where."""
    quotes = "put the whole value in '…'"
    if value[:1] in ('"', "'"):
        closed = misread.quoted_end(value) is not None
        why = "goes on after its quotation mark" if closed else "begins with a quotation mark that is never closed"
        return 0, f"the value {why}; {quotes}"
    if value[:1] in _RESERVED or (value[:1] in ("-", "?") and value[1:2] in ("", " ")):
        return 0, f"a value that begins with {value[0]} would be misread; {quotes}"
    if " #" in value:
        return value.find(" #") + 1, f"'#' begins a comment here, and the rest of the line would be lost; {quotes}"
    colon = _COLON.search(value)
    if colon is None:
        return None
    at = colon.start()
    key = re.split(r"[\s,]", value[:at].rstrip())[-1]
    if key in layout.OPTIONS and not misread.open_word(value, at):
        return at, f"keys on an item's own line have no colon: '{key} …', and a comma between them"
    return at, f"a colon and a space inside a value would be misread; {quotes}"


def _without_colons(value: str) -> str:
    """A cue's keys on its own line, without the colons that they have on lines of their own."""

    words = value.split('"')
    outside = [_SHORT_COLON.sub(lambda m: m[1] if m[1] in layout.OPTIONS else m[0], w) for w in words[::2]]
    words[::2] = outside
    return '"'.join(words)


def _requote(draft: Draft, opener: Opener, start: int, end: int, value: str, meant: str) -> None:
    """Write a value so that YAML reads it as it is meant; every place in it stays what it is."""
    line = draft.lines[opener.number]
    if meant != value and _trap(meant) is None:
        draft.change(opener.number, start, end, meant)
        return
    part: Part = (meant, line.number + 1, line.column(start))
    draft.change(opener.number, start, end, misread.in_quotes(meant))
    draft.note_value(opener.number, start, [part])


def _check_lines(draft: Draft, opener: Opener, region: Region, start: int) -> None:
    """A value over several lines: comments may not cut it, nor may `: ` stand in it."""
    if draft.lines[opener.number].text[start] in "\"'":
        whole = [draft.lines[opener.number].text[start:], *(draft.lines[n].text for n in region.texts)]
        if misread.quoted_end("\n".join(whole)) is None:
            what = "the quotation mark that begins this value is never closed"
            draft.problem(opener.number, start, what, mended=False)
            draft.skip_value(opener.number, start)
            draft.skip(region.texts)
        return
    for number in (opener.number, *region.texts):
        line = draft.lines[number]
        column = start if number == opener.number else line.indent
        cut = _value_end(line.text, column)
        at = cut if cut < len(line.text) and number != region.texts[-1] else None
        trap = _trap(line.text[column:cut].rstrip(" ")) if number == opener.number else None
        if at is not None or trap is not None:
            what = (
                trap[1]
                if trap is not None
                else "a comment between the lines of a value cuts it in two; put it after the value"
            )
            draft.problem(number, column + (trap[0] if trap else cut - column), what, mended=False)
            draft.skip_value(opener.number, start)
            draft.skip((*region.texts, *region.comments))
            return


def _outdent(draft: Draft, opener: Opener, region: Region) -> None:
    for number in (*region.moved, *region.keys):
        line = draft.lines[number]
        key = line.body.split(":", 1)[0].strip()
        what = f"'{key}:' is indented too far; a key stands straight under the one before it"
        draft.problem(number, line.indent, what)
        draft.indent(number, opener.key_column)


def _read_flow(draft: Draft, opener: Opener, start: int, depth: int) -> int:
    """Follow brackets to the one that closes the first."""
    open_marks: list[str] = []
    deepest = 0
    number, column = opener.number, start
    while True:
        column, deepest = _follow(draft.lines[number].text, column, open_marks, deepest)
        if not open_marks or open_marks[-1] not in _CLOSERS or depth + deepest > DEEPEST:
            break
        following = number + 1
        while following < len(draft.lines) and (draft.lines[following].blank or draft.lines[following].comment):
            following += 1
        if following >= len(draft.lines):
            break
        line = draft.lines[following]
        if line.indent <= opener.key_column and line.body[0] not in "]}":
            break
        number, column = following, line.indent
    if depth + deepest > DEEPEST:
        draft.problem(opener.number, start, TOO_DEEP, mended=False)
        end = max(number + 1, below(draft.lines, opener.number, opener.key_column))
        draft.skip_value(opener.number, start)
        draft.skip(range(opener.number + 1, end))
        return end
    if open_marks and open_marks[-1] in "]}":
        what = f"a {_CLOSERS[open_marks[-2]]} is missing before this {open_marks[-1]}"
        draft.problem(number, column, what, mended=False)
        draft.skip_value(opener.number, start)
        draft.skip(range(opener.number + 1, number + 1))
    elif open_marks:
        _unclosed(draft, opener, start, number, open_marks)
    return number + 1


def _follow(text: str, column: int, open_marks: list[str], deepest: int) -> tuple[int, int]:
    """Follow brackets along a line: where the last one closes, else the line's end, and how deep they went."""
    fresh = True  # at the beginning of a value, where a quotation mark quotes
    while True:
        token = _FLOW_TOKEN.search(text, column)
        if token is None or token[0] == " #":
            return len(text), deepest
        sign = token[0]
        column = token.end()
        if sign in ('"', "'") and fresh:
            end = misread.quoted_end(text, token.start())
            if end is None:
                open_marks.append(sign)
                return len(text), deepest
            column, fresh = end, False
        elif sign in _CLOSERS:
            open_marks.append(sign)
            if len(open_marks) > DEEPEST:
                return column, len(open_marks)
            deepest = max(deepest, len(open_marks))
            fresh = True
        elif sign in "]}":
            if _CLOSERS[open_marks[-1]] != sign:
                open_marks.append(sign)
                return token.start(), deepest
            open_marks.pop()
            fresh = False
            if not open_marks:
                return column, deepest
        else:
            fresh = sign in (",", ":")


def _unclosed(draft: Draft, opener: Opener, start: int, last: int, open_marks: list[str]) -> None:
    """A bracket without its partner would swallow the lines that follow."""
    quoting = open_marks[-1] in "\"'"
    sign = "a quotation mark" if quoting else f"the {open_marks[0]}"
    what = f"{sign} that opens here is never closed and would swallow what follows"
    line = draft.lines[opener.number]
    if quoting or last > opener.number:
        draft.problem(opener.number, start, what, mended=False)
        draft.skip_value(opener.number, start)
        draft.skip(range(opener.number + 1, last + 1))
        return
    draft.problem(opener.number, start, what)
    comment = re.search(r"[ ]+#(?=[ ])", line.text[start:])
    end = start + comment.start() if comment else len(line.text.rstrip())
    draft.change(opener.number, end, end, "".join(_CLOSERS[mark] for mark in reversed(open_marks)))
