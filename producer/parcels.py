"""Things for another process: as plain values, and what is there already by its name."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import IO, Any

from producer.frozen import taken_apart

_AT_ONCE = 256


def pack(thing: object, file: IO[bytes], there: Mapping[str, object]) -> None:
    """Write a thing down. Raises OSError where there is no room for it.

    Args:
        there: what whoever unpacks it has, by its name: it does not go along.
    """
    _Pickler(file, there).dump(thing)


def unpacked(file: IO[bytes], there: Mapping[str, object]) -> Any:
    """What `pack` wrote, with what is `there` in its place. Only of files that nobody else can write to."""
    return _Unpickler(file, there).load()


def pack_each(things: Iterable[object], file: IO[bytes], there: Mapping[str, object], at_once: int = _AT_ONCE) -> None:
    """Write many things down, some at a time. Raises OSError as `pack`.

    Until a pickle is read to its end, all that it was made with stays beside what is made, and leaves holes there.
    """
    rest = iter(things)
    while some := list(islice(rest, at_once)):
        pack(some, file, there)
    pack([], file, there)


def each_unpacked(file: IO[bytes], there: Mapping[str, object]) -> Iterator[Any]:
    """What `pack_each` wrote."""
    while some := unpacked(file, there):
        yield from some


class _Pickler(pickle.Pickler):
    """What was computed goes as its values alone."""

    def __init__(self, file: IO[bytes], there: Mapping[str, object]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._names = {id(thing): name for name, thing in there.items()}

    def persistent_id(self, thing: object) -> str | None:
        return self._names.get(id(thing))

    def reducer_override(self, thing: object) -> Any:
        return taken_apart(thing)


class _Unpickler(pickle.Unpickler):
    def __init__(self, file: IO[bytes], there: Mapping[str, object]) -> None:
        super().__init__(file)
        self._there = there

    def persistent_load(self, name: str) -> object:
        if name not in self._there:
            raise pickle.UnpicklingError(name)
        return self._there[name]
