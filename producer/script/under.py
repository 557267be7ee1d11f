"""Texts: what is said or read, beside its key or under `>`. What YAML would misread is put under `>`."""

from __future__ import annotations

from producer.script import misread
from producer.script.draft import Draft
from producer.script.fold import Part
from producer.script.lines import Line
from producer.script.region import Opener, Region, gather

_STEP = 2  # columns that a text stands under its key


def text_below(lines: list[Line], opener: Opener) -> bool:
    """Whether the next line that is not empty is indented under the key."""
    for number in range(opener.number + 1, len(lines)):
        if not lines[number].blank:
            return lines[number].indent > opener.key_column
    return False


def read_block(draft: Draft, opener: Opener) -> int:
    """Read a text under its `>`; the first line after it."""
    region = gather(draft.lines, opener, text=True, block=True, seen=False)
    trouble = False
    shown = (opener.number, max(region.end - 1, opener.number))
    if region.low is not None:
        trouble = True
        what = "this line is not indented far enough to belong to the text under >"
        draft.problem(region.low, draft.lines[region.low].indent, what, shown=shown)
    for number in region.comments:
        trouble = True
        what = "a comment between the lines of a text cuts it in two; put it after the text"
        draft.problem(number, draft.lines[number].indent, what, shown=shown)
    for number in region.moved:
        trouble = True
        draft.problem(number, draft.lines[number].indent, _spoken(draft.lines[number]), shown=shown)
    if trouble:
        parts = [_part(draft.lines[n], draft.lines[n].indent) for n in _with_blanks(draft.lines, region)]
        _rewrite(draft, opener, region, head=draft.lines[opener.number].text, first="", parts=parts)
    _outdent(draft, opener, region, block=True)
    return region.end


def read_text(draft: Draft, opener: Opener) -> int:
    """Read a text that stands beside its key, or without `>` on the lines below; the first line after it."""
    line = draft.lines[opener.number]
    cut = _comment(line.text, opener.start)
    seen = bool(line.text[opener.start : cut].strip())
    hashes = misread.is_open(line.text, opener.start)
    region = gather(draft.lines, opener, text=True, block=False, seen=seen, hashes=hashes)
    places = [(opener.number, opener.start)] if seen else []
    places += [(number, draft.lines[number].indent) for number in region.texts]
    if places:
        trouble, inside = _trouble(draft, places)
        if trouble is None and (region.low is not None or region.comments or region.moved):
            trouble = _broken(draft, region)
        if trouble is not None:
            _put_under(draft, opener, region, places, trouble, inside)
    _outdent(draft, opener, region, block=False)
    return region.end


_Trouble = tuple[int, int, str]  # line and column, both from 0, and what is wrong


def _comment(text: str, start: int) -> int:
    return misread.comment_start(text, start)


def _piece(draft: Draft, place: tuple[int, int], *, last: bool) -> str:
    text = draft.lines[place[0]].text
    return text[place[1] : _comment(text, place[1]) if last else len(text)].rstrip()


def _trouble(draft: Draft, places: list[tuple[int, int]]) -> tuple[_Trouble | None, str | None]:
    """What YAML would misread first; and the text meant, when it is not simply what is written."""
    number, start = places[0]
    whole = "\n".join(draft.lines[n].text[column:] for n, column in places)
    if whole[0] in "\"'":
        end = misread.quoted_end(whole)
        if end is None or not misread.wholly_quoted(whole):
            return (number, start, misread.quote_trap(whole)), None
        slash = misread.bad_escape(whole[:end])
        if slash is None:
            return None, None
        what = f"a backslash means something else in double quotation marks; {misread.UNDER}"
        return (number, start, what), whole[1 : end - 1].replace('\\"', '"')
    for index, place in enumerate(places):
        piece = _piece(draft, place, last=index == len(places) - 1)
        trap = misread.first_trap(piece, first=index == 0)
        if trap is not None:
            return (place[0], place[1] + trap[0], trap[1]), None
    return None, None


def _broken(draft: Draft, region: Region) -> _Trouble:
    """Why a text over several lines is not read as one."""
    if region.low is not None:
        number, what = region.low, "this line is not indented far enough to belong to the text above"
    elif region.comments:
        number, what = region.comments[0], "a comment between the lines of a text cuts it in two; put it after the text"
    else:
        number, what = region.moved[0], _spoken(draft.lines[region.moved[0]])
    return number, draft.lines[number].indent, what


def _spoken(line: Line) -> str:
    key = line.body.split(":", 1)[0].strip()
    return f"'{key}:' is indented into the text and would be spoken; it belongs under the name of who speaks"


def _part(line: Line, start: int, end: int | None = None) -> Part:
    return line.text[start:end], line.number + 1, line.column(start)


def _with_blanks(lines: list[Line], region: Region) -> list[int]:
    """The lines of the text and the empty ones between them."""
    if not region.texts:
        return []
    kept = set(region.texts)
    return [n for n in range(region.texts[0], region.texts[-1] + 1) if n in kept or lines[n].blank]


def _put_under(
    draft: Draft, opener: Opener, region: Region, places: list[tuple[int, int]], trouble: _Trouble, inside: str | None
) -> None:
    """Note the trouble, and put the whole text under `>`."""
    number, column, what = trouble
    draft.problem(number, column, what, shown=(opener.number, max(region.end - 1, opener.number)))
    line = draft.lines[opener.number]
    last_line, last_column = places[-1]
    last_text = draft.lines[last_line].text
    cut = _comment(last_text, last_column)
    note = last_text[cut:].rstrip() or line.text[_comment(line.text, opener.start) :].rstrip()
    rows = [(n, draft.lines[n].indent) for n in _with_blanks(draft.lines, region)]
    if places[0][0] == opener.number:
        rows.insert(0, places[0])
    parts = [_part(draft.lines[n], column, cut if n == last_line else None) for n, column in rows]
    head = line.text[: opener.start].rstrip() + " >" + (f"  {note}" if note else "")
    first = "" if places[0][0] != opener.number else parts[0][0].strip()
    if inside is not None:
        parts, first = _inside(draft, places[0], inside)
        region = Region((), region.comments, region.moved, region.keys, None, region.end)
    _rewrite(draft, opener, region, head=head, first=first, parts=parts, cut=(last_line, cut))


def _inside(draft: Draft, place: tuple[int, int], inside: str) -> tuple[list[Part], str]:
    """A quotation as text: what stands between its marks, on one line."""
    number, start = place
    text = " ".join(piece.strip() for piece in inside.split("\n"))
    return [(text, number + 1, draft.lines[number].column(start + 1))], text.strip()


def _rewrite(
    draft: Draft,
    opener: Opener,
    region: Region,
    *,
    head: str,
    first: str,
    parts: list[Part],
    cut: tuple[int, int] | None = None,
) -> None:
    """In the file: `head`, the text under it, then what stood between its lines. For reading: all beside its key."""
    lines = draft.lines
    at = max((lines[n].indent for n in region.texts[:1]), default=0)
    at = at if at > opener.key_column else opener.key_column + _STEP
    rows: list[tuple[str, str | None]] = [(head, None)]
    if first:
        rows.append((" " * at + first, None))
    for n in _with_blanks(lines, region):
        line = lines[n]
        body = line.text[line.indent : cut[1] if cut is not None and cut[0] == n else None].rstrip()
        rows.append((" " * max(at, line.indent) + body if body else "", line.end))
    beside = " " * opener.key_column
    rows += [(beside + lines[n].body, lines[n].end) for n in (*region.comments, *region.moved)]
    inner = (*region.texts, *region.comments, *region.moved)
    draft.replace(opener.number, max((opener.number, *inner)), rows)
    draft.stand_in(opener.number, opener.start, parts)
    draft.skip(inner)


def _outdent(draft: Draft, opener: Opener, region: Region, *, block: bool) -> None:
    """Keys after the text that are indented into it go where keys belong."""
    for number in region.keys:
        line = draft.lines[number]
        key = line.body.split(":", 1)[0].strip()
        what = (
            _spoken(line) if block else f"'{key}:' is indented too far; a key stands straight under the one before it"
        )
        draft.misplaced(number, what)
        draft.indent(number, opener.key_column)
