"""What PyYAML says about a script that it cannot read, in a producer's words."""

from __future__ import annotations

import re

import yaml

_SAID: tuple[tuple[str, str], ...] = (
    (
        "mapping values are not allowed",
        "a colon too many: 'name: value' cannot begin here; check the indentation, or put a text under >",
    ),
    ("could not find expected ':'", "this line is neither 'name: value' nor an item with a dash"),
    ("did not find expected key", "this line does not stand straight under the keys above it"),
    ("expected <block end>", "this line does not stand straight under the ones above it"),
    (
        "did not find expected '-' indicator",
        "this line does not stand straight under the items above it, or its dash is missing",
    ),
    ("block sequence entries are not allowed", "an item with a dash cannot begin here; it stands on a line of its own"),
    ("did not find expected ',' or", "a comma or a closing bracket is missing here"),
    ("expected ',' or", "a comma or a closing bracket is missing here"),
    ("cannot start any token", "a value cannot begin with this sign; put the value in '…'"),
    ("while scanning a quoted scalar", "the quotation mark that opens here is never closed"),
    ("unknown escape", "a backslash means something else in double quotation marks; use '…', or put a text under >"),
    (
        "expected escape sequence",
        "a backslash means something else in double quotation marks; use '…', or put a text under >",
    ),
    ("while scanning an alias", "'*' begins an alias in YAML, which a script cannot have; put the value in '…'"),
    ("while scanning an anchor", "'&' begins an anchor in YAML, which a script cannot have; put the value in '…'"),
    ("tag", "'!' begins a tag in YAML, which a script cannot have; put the value in '…'"),
    ("while scanning a block scalar", "only the text's own lines may follow > or |, each indented under its key"),
    ("did not find expected node content", "a value is missing here, or a sign that cannot begin one stands here"),
    ("expected the node content", "a value is missing here, or a sign that cannot begin one stands here"),
)
_OTHERWISE = "YAML cannot read this line; check its indentation, brackets and quotation marks"


def in_plain_words(error: yaml.MarkedYAMLError) -> str:
    """One sentence for the writer."""
    said = f"{error.context or ''} {error.problem or ''}"
    return next((words for sign, words in _SAID if re.search(re.escape(sign), said)), _OTHERWISE)


def error_line(error: yaml.MarkedYAMLError, line_count: int) -> tuple[int, int]:
    """Line and column, both from 0, to report: where a quotation opened, when all that follows was swallowed."""
    problem, context = error.problem_mark, error.context_mark
    if context is not None and "scalar" in (error.context or "") and "block" not in (error.context or ""):
        return context.line, context.column
    if problem is None:
        return (context.line, context.column) if context is not None else (0, 0)
    if problem.line >= line_count and context is not None:
        return context.line, context.column
    return problem.line, problem.column
