"""Finds what YAML would misread, swallow or refuse in a script, and writes it as it was meant.

A producer writes sentences; YAML reads a colon, a hash, a bracket or a quotation mark in them as its own. `mend` goes
over the script line by line before YAML does, reports each such place, and makes two versions of the file: `fixed`, in
which the text stands under `>`; and `readable`, in which it is quoted where it stands, so that the rest of the script
can be read and checked at the same lines.

What counts as text: the value of a name in `play` that is no key of the language (somebody speaks), of `how`, of
`title`, `summary`, `show`, `writer`, `producer`, of a member's `name`, and everything under `say` and `lines`. The
rules where a text could be taken in two ways are at the top of `producer.script.misread`; two more belong to texts over
several lines:

- A line under a text that looks like one of the keys that may stand there (`level: -20 LU`) is that key, indented too
  far, when only such lines follow it, or when its value is a quantity. The first line of a text is never a key.
- A line that is not indented far enough belongs to the text above it, unless it begins with a dash, a key or a name of
  the cast.

Word processors' spaces in front of a line or around its dash and colon are spaces, and are no mistake.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import chain

from producer.script.draft import Draft, Mended
from producer.script.layout import members
from producer.script.lines import BOM, Line, split, tabbed, unreadable, untabbed
from producer.script.walk import Walk

__all__ = ["Mended", "mend"]

_OPENS = re.compile(r"(?::|: [|>][-+]?)$")
"""How a line ends under which others stand further in."""
_MOST_UNREADABLE = 10  # lines with control characters that are reported one by one


def mend(text: str, file: str) -> Mended:
    """Everything in `text` that YAML would not read as it is meant.

    Never raises; takes time in proportion to the length of the text. Where every problem has its `mended` lines,
    `mend` of `fixed` finds none; where nothing is wrong, `fixed` is `text`, to the byte.

    Args:
        text: the script; a byte-order mark is tolerated, line ends may be of any kind.
        file: its name, for places.
    """
    done = _mended(text, file)
    if not done.problems or not all(problem.mended for problem in done.problems):
        return done
    if not _mended(done.fixed, file).problems:
        return done
    # A mend that leads to the next mistake is none: what stands here, only its writer can settle.
    return replace(done, problems=tuple(replace(problem, mended="") for problem in done.problems), fixed=text)


def _mended(text: str, file: str) -> Mended:
    mark, text = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    draft = Draft(file, split(text))
    _report_unreadable(draft)
    with_tabs = [line for line in draft.lines if tabbed(line)]
    strays = bool(with_tabs) and len(with_tabs) < sum(1 for line in draft.lines if line.indent and not line.blank)
    for line in with_tabs:
        draft.problem(line.number, line.indent, "a tab stands in the indentation; YAML wants spaces")
        plain = untabbed(line)
        draft.lines[line.number] = plain.indented(_column(draft.lines, plain)) if strays else plain
        draft.tabbed.add(line.number)
    Walk(draft, members("\n".join(line.text for line in draft.lines))).run()
    return draft.finish(before=mark)


def _column(lines: Sequence[Line], line: Line) -> int:
    """Where a line belongs whose own indentation says nothing: under the lines above it that are like it."""
    above = (one for one in map(lines.__getitem__, range(line.number - 1, -1, -1)) if not one.blank and not one.comment)
    last = next(above, None)
    if last is None:
        return line.indent
    dash = re.match(r"(?:-[ ]+)*", last.body)
    beside = last.indent + (dash.end() if dash else 0)
    if _OPENS.search(last.body):
        return beside + 2
    if line.body.startswith("- "):
        return next((one.indent for one in chain((last,), above) if one.body.startswith("- ")), line.indent)
    return beside


def _report_unreadable(draft: Draft) -> None:
    reported = 0
    for line in draft.lines:
        column = unreadable(line)
        if column is None:
            continue
        reported += 1
        if reported > _MOST_UNREADABLE:
            draft.problem(line.number, column, "more control characters follow; is this a text file?", mended=False)
            return
        code = ord(line.source[column])
        draft.problem(line.number, column, f"a control character (U+{code:04X}) stands here; delete it", mended=False)
