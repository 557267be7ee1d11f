"""Frozen dataclasses, made in a fifth of the time, and taken apart and put together without asking each field.

`dataclasses.dataclass` writes six functions for each frozen class and compiles them: 1.4 ms. A command loads 250 such
classes before it does anything, which was two fifths of what its imports took. Here each function is compiled when it
is first called; most never are.

`dataclasses.replace` goes through a class's fields and then through its own `__init__`, and `pickle` asks a class with
slots for its fields one by one: for the thirty fields of a clip 17 µs and 8 µs. An hour has two thousand clips, which
are changed a dozen times on their way from the script into the mix.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import MISSING, Field, FrozenInstanceError, fields, is_dataclass, replace
from functools import cache
from operator import attrgetter
from reprlib import recursive_repr
from types import MemberDescriptorType
from typing import TYPE_CHECKING, Any, TypeVar

Thing = TypeVar("Thing")

if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass  # noqa: PLC0414 - others import it from here
else:

    def dataclass(
        kind: type | None = None, /, *, frozen: bool = False, slots: bool = False, kw_only: bool = False, **more: bool
    ) -> Any:
        """As `dataclasses.dataclass`: a frozen class is made quickly, unless it asks for more than most do.

        Beside that one differs: `__dataclass_params__` does not say that it is frozen, what is wrong with the order of
        defaults is said when the first thing is made, and `inspect.signature` knows the fields from then on. A frozen
        class made here derives from others made here only: one of `dataclasses` refuses it when it is defined.
        """

        def made(kind: type) -> type:
            if not frozen or more or hasattr(kind, "__post_init__"):
                return dataclasses.dataclass(kind, frozen=frozen, slots=slots, kw_only=kw_only, **more)
            return _quickly(kind, slots, kw_only)

        return made if kind is None else made(kind)


def _quickly(kind: type, slots: bool, kw_only: bool) -> type:
    """A frozen dataclass of `kind`, of which nothing is compiled yet."""
    own = frozenset(vars(kind))
    made: Any = dataclasses.dataclass(init=False, repr=False, eq=False, slots=slots, kw_only=kw_only)(kind)
    methods = {name: _once(made, name, write) for name, write in _WRITTEN.items()}
    methods |= {"__setattr__": _set, "__delattr__": _delete}
    if slots:  # else `pickle` finds all of it in the thing's `__dict__`
        methods |= {"__getstate__": _state, "__setstate__": _put_state}
    for name, method in methods.items():
        if name not in own:
            setattr(made, name, method)
    kept: type = made
    return kept


_Writer = Callable[[Any, dict[str, Any]], str]
"""Writes a method of a class as source, and puts into the names that the source sees what it needs."""


def _once(kind: Any, name: str, write: _Writer) -> Callable[..., Any]:
    """What stands for a method of `kind` until it is first called: then it is compiled, and takes its place."""

    def first(self: Any, *values: Any, **named: Any) -> Any:
        seen: dict[str, Any] = {}
        exec(write(kind, seen), seen)
        method = seen[name]
        method.__qualname__, method.__module__ = f"{kind.__qualname__}.{name}", kind.__module__
        setattr(kind, name, method)
        return method(self, *values, **named)

    return first


def _init(kind: Any, seen: dict[str, Any]) -> str:
    seen |= {"_set_": object.__setattr__, "_unset_": MISSING}
    asked: list[str] = []
    named: list[str] = []
    body = ["pass"]
    for number, one in enumerate(fields(kind)):
        own = ""  # what it is where nobody says
        if one.default_factory is not MISSING:
            seen[f"_make{number}_"], own = one.default_factory, f"_make{number}_()"
        elif one.default is not MISSING:
            seen[f"_default{number}_"], own = one.default, f"_default{number}_"
        value = one.name if one.init else own
        if one.init:
            default = own
            if one.default_factory is not MISSING:
                value, default = f"{own} if {one.name} is _unset_ else {one.name}", "_unset_"
            (named if one.kw_only else asked).append(f"{one.name}={default}" if own else one.name)
        if value:
            body.append(f"_set_(_self_, {one.name!r}, {value})")
    asked += ["*", *named] if named else []
    return f"def __init__({', '.join(['_self_', *asked])}):\n " + "\n ".join(body)


def _repr(kind: Any, seen: dict[str, Any]) -> str:
    seen["_guarded_"] = recursive_repr()
    shown = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in fields(kind) if one.repr)
    return f"@_guarded_\ndef __repr__(self): return f'{{self.__class__.__qualname__}}({shown})'"


def _eq(kind: Any, _: dict[str, Any]) -> str:
    names = [one.name for one in fields(kind) if one.compare]
    return (
        "def __eq__(self, other):\n"
        f" return {_tuple('self', names)} == {_tuple('other', names)}"
        " if other.__class__ is self.__class__ else NotImplemented"
    )


def _hash(kind: Any, _: dict[str, Any]) -> str:
    names = [one.name for one in fields(kind) if (one.compare if one.hash is None else one.hash)]
    return f"def __hash__(self): return hash({_tuple('self', names)})"


def _tuple(of: str, names: Sequence[str]) -> str:
    return f"({''.join(f'{of}.{name}, ' for name in names)})"


_WRITTEN: Mapping[str, _Writer] = {"__init__": _init, "__repr__": _repr, "__eq__": _eq, "__hash__": _hash}


def _is_frozen(thing: Any, name: str) -> bool:
    """Whether nobody may set this: a class that derives from a dataclass without being one has more of its own."""
    known: Mapping[str, Field[Any]] = thing.__dataclass_fields__
    return name in known or "__dataclass_fields__" in vars(type(thing))


def _set(self: Any, name: str, value: object) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot assign to field {name!r}")
    object.__setattr__(self, name, value)


def _delete(self: Any, name: str) -> None:
    if _is_frozen(self, name):
        raise FrozenInstanceError(f"cannot delete field {name!r}")
    object.__delattr__(self, name)


def _state(self: Any) -> list[Any]:
    return [getattr(self, one.name) for one in fields(self)]


def _put_state(self: Any, state: Sequence[Any]) -> None:
    for one, value in zip(fields(self), state, strict=True):
        object.__setattr__(self, one.name, value)


@dataclass(frozen=True, slots=True)
class _Cut:
    """How things of a class come apart: all that they hold, in order, and what puts it into a new one."""

    held: Callable[[Any], tuple[Any, ...]]
    put: tuple[Callable[[Any, Any], None], ...]
    number: Mapping[str, int]


@cache
def _cut(kind: type) -> _Cut | None:
    """None for what is no dataclass with slots, or has more to do when one is made or pickled than to hold values."""
    if not is_dataclass(kind) or "__slots__" not in vars(kind):
        return None
    names = [one.name for one in fields(kind)]
    if len(names) < 2 or hasattr(kind, "__post_init__") or kind.__reduce__ is not object.__reduce__:
        return None
    slots = [one for name in names if isinstance(one := getattr(kind, name, None), MemberDescriptorType)]
    if len(slots) < len(names):  # some are a base's that has none
        return None
    return _Cut(
        held=attrgetter(*names),
        put=tuple(one.__set__ for one in slots),
        number={name: at for at, name in enumerate(names)},
    )


def changed(thing: Thing, **values: object) -> Thing:
    """`thing` with other values in some of its fields, as `dataclasses.replace` gives it. Raises TypeError as that."""
    kind: Any = type(thing)
    cut = _cut(kind)
    made: Thing
    if cut is None:
        made = replace(thing, **values)  # type: ignore[type-var]
        return made
    values_held = list(cut.held(thing))
    try:
        for name, value in values.items():
            values_held[cut.number[name]] = value
    except KeyError as unknown:
        raise TypeError(f"{kind.__name__} has no field {unknown}") from None
    made = built(kind, values_held)
    return made


def held(thing: object) -> tuple[object, ...] | None:
    """All that a thing holds, in the order of its fields, for `built`; None for what does not come apart like this."""
    kind: Any = type(thing)
    cut = _cut(kind)
    return None if cut is None else cut.held(thing)


def taken_apart(thing: object) -> Any:
    """`held` and `built` for a `pickle.Pickler`, as its `reducer_override`."""
    values = held(thing)
    return NotImplemented if values is None else (built, (type(thing), values))


def built(kind: type[Thing], values: Sequence[object]) -> Thing:
    """The thing of that class that holds these values, as `held` gave them."""
    own: Any = kind
    cut = _cut(own)
    assert cut is not None
    made = object.__new__(kind)
    for put, value in zip(cut.put, values, strict=True):
        put(made, value)
    return made
