"""`dataclass`, as the standard library has it, whose methods are written when they are called for the first time.

The library writes and compiles up to eight functions for every class while its module is loaded: 0.8 ms a class, and a
render loads three hundred classes, of which it makes a third and compares or prints a few. Here a frozen class with
slots has its methods written by whoever calls them first. What they do is what the library's do; any other class is
left to the library.

    from producer.dataclass import dataclass
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses

    _LATER = ({"frozen": True, "slots": True}, {"frozen": True, "slots": True, "kw_only": True})

    def dataclass(kind=None, /, **asked):
        """`dataclasses.dataclass`, with its arguments."""
        if kind is None:
            return lambda kind: dataclass(kind, **asked)
        if asked not in _LATER:
            return dataclasses.dataclass(kind, **asked)
        own = vars(kind)
        missing = [name for name in (*_WRITTEN, *_FROZEN) if own.get(name) is None]
        kind.__doc__ = kind.__doc__ or kind.__name__  # the library would write the signature, which is not there yet
        made = dataclasses.dataclass(init=False, repr=False, eq=False, slots=True, kw_only=asked.get("kw_only", False))(
            kind
        )
        for name in missing:
            setattr(made, name, _FROZEN[name] if name in _FROZEN else _first(made, name))
        return made

    def _first(made, name):
        """A method that has itself written, and is then the one that was."""

        def first(self, /, *args, **kwargs):
            method = _WRITTEN[name](made)
            method.__name__, method.__qualname__ = name, f"{made.__qualname__}.{name}"
            setattr(made, name, method)
            return method(self, *args, **kwargs)

        first.__name__ = name
        return first

    def _compiled(given, lines, names):
        """The function that takes `given` and does `lines`, to which `names` are known."""
        inner = "\n  ".join((f"def written({given}):", *lines))
        there = {}
        exec(f"def around({', '.join(names)}):\n {inner}\n return written", {}, there)
        return there["around"](**names)

    def _init(made):
        names, plain, by_name, lines = {"_absent": object()}, [], [], []
        for one in dataclasses.fields(made):
            value = given = one.name
            if one.default_factory is not dataclasses.MISSING:
                names[f"_made_{one.name}"] = one.default_factory
                given = f"{one.name}=_absent"
                value = f"_made_{one.name}()"
                if one.init:
                    value += f" if {one.name} is _absent else {one.name}"
            elif one.default is not dataclasses.MISSING:
                names[f"_else_{one.name}"] = one.default
                given = f"{one.name}=_else_{one.name}"
                if not one.init:
                    value = f"_else_{one.name}"
            elif not one.init:
                continue
            if one.init:
                (by_name if one.kw_only else plain).append(given)
            names[f"_put_{one.name}"] = getattr(made, one.name).__set__
            lines.append(f"_put_{one.name}(self, {value})")
        if hasattr(made, "__post_init__"):
            lines.append("self.__post_init__()")
        return _compiled(", ".join(("self", *plain, *(("*", *by_name) if by_name else ()))), lines or ("pass",), names)

    def _repr(made):
        shown = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in dataclasses.fields(made) if one.repr)
        return _compiled("self", (f"return f'{{self.__class__.__qualname__}}({shown})'",), {})

    def _tuple(of, names):
        return f"({''.join(f'{of}.{name}, ' for name in names)})"

    def _eq(made):
        names = [one.name for one in dataclasses.fields(made) if one.compare]
        same = f"{_tuple('self', names)} == {_tuple('other', names)}"
        answer = f"return {same} if other.__class__ is self.__class__ else NotImplemented"
        return _compiled("self, other", (answer,), {})

    def _hash(made):
        fields = dataclasses.fields(made)
        names = [one.name for one in fields if (one.compare if one.hash is None else one.hash)]
        return _compiled("self", (f"return hash({_tuple('self', names)})",), {})

    def _getstate(made):
        names = [one.name for one in dataclasses.fields(made)]
        return _compiled("self", (f"return list({_tuple('self', names)})",), {})

    def _setstate(made):
        names = {f"_put_{one.name}": getattr(made, one.name).__set__ for one in dataclasses.fields(made)}
        puts = "".join(f"{name}, " for name in names)
        return _compiled("self, state", (f"for put, value in zip(({puts}), state):", " put(self, value)"), names)

    _WRITTEN = {
        "__init__": _init,
        "__repr__": _repr,
        "__eq__": _eq,
        "__hash__": _hash,
        "__getstate__": _getstate,
        "__setstate__": _setstate,
    }

    def _refused(self, name, value):
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _kept(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    _FROZEN = {"__setattr__": _refused, "__delattr__": _kept}

__all__ = ["dataclass"]
