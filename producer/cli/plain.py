"""Plain values of the command line, read without pydantic.

Typer (0.29) has pydantic read every value, also of options that nobody gave, and loads it for that: a sixth of a second
of each start, also of previews, which need no pydantic. What is plain (nothing, a word, a whole number within its
bounds, a path) is read here, as what Typer makes of it; all else, and so every mistake, is Typer's, as is everything
where it has no such step.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

_COUNT = re.compile("0|[1-9][0-9]{0,8}")
_NOT_PLAIN = object()


def read_plainly(params: Iterable[Any]) -> None:
    """Let the plain values of a command's parameters be read here."""
    for param in params:
        if hasattr(param, "get_runtime_param") and hasattr(param, "type_descriptor"):
            param.get_runtime_param = _Reader(param.get_runtime_param).itself


class _Reader:
    """Stands before what Typer reads a parameter's value with, which is made when it is wanted."""

    def __init__(self, typers: Callable[[], Any]) -> None:
        self._typers = typers

    def itself(self) -> _Reader:
        return self

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """The value as the command gets it; raises what Typer raises."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        described = param.type_descriptor
        found = _NOT_PLAIN if param.nargs == -1 else _plain(value, described.annotation, described.parameter_info)
        return self._typers().coerce(value, param=param, ctx=ctx) if found is _NOT_PLAIN else found


def _plain(value: Any, kind: Any, asked: Any) -> Any:
    """What Typer would make of a value, or `_NOT_PLAIN`."""
    if asked.parser is not None or asked.clamp:
        return _NOT_PLAIN
    if kind == list[str] and isinstance(value, list | tuple) and all(isinstance(one, str) for one in value):
        return list(value)
    if kind is int:
        return _count(value, asked)
    if not isinstance(value, str):
        return _NOT_PLAIN
    if kind is Path:
        return _path(value, asked)
    return value if kind is str and not _of_a_path(asked) else _NOT_PLAIN


def _count(value: Any, asked: Any) -> Any:
    if isinstance(value, str) and _COUNT.fullmatch(value):
        value = int(value)
    within = type(value) is int and (asked.min is None or asked.min <= value)
    return value if within and (asked.max is None or value <= asked.max) else _NOT_PLAIN


def _path(value: str, asked: Any) -> Any:
    """A path of which nothing more is asked than that what is there can be read."""
    if _of_a_path(asked) or (os.path.lexists(value) and not os.access(value, os.R_OK)):
        return _NOT_PLAIN
    return Path(value)


def _of_a_path(asked: Any) -> bool:
    """Whether something is asked of a path that is not asked unless one says so."""
    usual = asked.file_okay and asked.dir_okay and asked.readable
    return not usual or bool(
        asked.exists or asked.writable or asked.resolve_path or asked.allow_dash or asked.path_type
    )
