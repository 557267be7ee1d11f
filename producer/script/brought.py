"""What a script brings from another file: its series, or the script that it is an edition of.

Both are joined while they are trees, so that everything later reads one script, in which every value still knows the
file that it stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from producer.errors import Place, Problem
from producer.frozen import dataclass
from producer.script import keys
from producer.script.compose import read_tree
from producer.script.overlay import over
from producer.script.reading import Notes, as_pairs, as_text, hint, meant_name, respelt
from producer.script.tree import Node, Pairs, Scalar


@dataclass(frozen=True, slots=True)
class Fetched:
    """A file that a script names: its own name for messages and its text, or why there is none."""

    file: str
    text: str | None = None
    why: str = ""  # told where the script names the file
    problems: tuple[Problem, ...] = ()  # of the file itself


Fetch = Callable[[str, str], Fetched]
"""Finds a file: (the file that names it, the path as written there) -> what is in it. Never raises."""


@dataclass(frozen=True, slots=True)
class Edition:
    """What makes a script an edition: the script it is one of, and the texts that it brings."""

    of: str
    lines: Pairs
    place: Place  # of `lines`, or of the edition where it has none


class _BrokenError(Exception):
    """What was named is not there, so that what needs it cannot be judged."""


@dataclass(frozen=True, slots=True)
class Joined:
    """A script with what it brings, and what is to be said in place of its words when it is an edition."""

    tree: Pairs
    edition: Edition | None = None
    hidden: tuple[Pairs, ...] = ()
    """Trees in which what is overridden stands, so that a mistake in it is found, too."""


def joined(tree: Pairs, file: str, fetch: Fetch, notes: Notes) -> Joined | None:
    """The script with what it brings; None when a file that it needs could not be read.

    Then nothing more can be said of the script.
    """
    found = {key.text: node for key, node in tree.pairs}
    try:
        if "edition_of" in found:
            return _edition(tree, file, fetch, notes)
        if "lines" in found:
            what = "'lines' are the texts of an edition; write 'edition_of: the_script.yaml' beside them"
            notes.add(_key(tree, "lines"), what)
        return _with_series(tree, file, fetch, notes)
    except _BrokenError:
        return None


def _with_series(tree: Pairs, file: str, fetch: Fetch, notes: Notes) -> Joined:
    node = _value(tree, "series")
    if node is None:
        return Joined(tree)
    series = _fetched(node, "series", file, fetch, notes)
    if _value(series, "edition_of") is not None:
        what = f"series: {series.place.file} is an edition of a script; a series file holds what all episodes share"
        notes.add(node.place, what)
        raise _BrokenError
    shared: list[tuple[Scalar, Node]] = []
    for key, value in respelt(series.pairs, keys.SERIES, "a series file", notes, keys.TOP):
        if key.text in keys.SERIES:
            shared.append((key, value))
        elif key.text == "series":
            notes.add(key.place, "a series file has no series of its own; write what that one holds into this one")
        else:
            notes.add(key.place, f"'{key.text}' is the episode's own; a series file holds what all episodes share")
    base = Pairs(tuple(shared), series.place)
    return Joined(over(base, tree), hidden=(over(tree, base),))


def _fetched(node: Node, key: str, file: str, fetch: Fetch, notes: Notes) -> Pairs:
    """The tree of the file that `key` names. Raises _BrokenError (and notes why) when there is none."""
    scalar = as_text(node, f"'{key}'", notes)
    if scalar is None:
        raise _BrokenError
    wanted = scalar.text.strip()
    if not wanted:
        notes.add(scalar.place, f"'{key}' names no file; write one, as in '{key}: {_EXAMPLE[key]}', or leave it out")
        raise _BrokenError
    got = fetch(file, wanted)
    notes.problems.extend(got.problems)
    if got.file == file:
        notes.add(scalar.place, f"{key}: '{wanted}' is this file itself; name another")
        raise _BrokenError
    if got.text is None:
        if got.why:
            notes.add(scalar.place, f"{key}: {got.why}")
        raise _BrokenError
    tree, problems = read_tree(got.text, got.file)
    notes.problems.extend(problems)
    if isinstance(tree, Pairs):
        return tree
    if not problems:
        notes.add(Place(got.file, 1, 1), f"this file holds no keys; '{key}' needs some, as in 'cast:' and 'packs:'")
    raise _BrokenError


_EXAMPLE = {"series": "../quiet_harbours.yaml", "edition_of": "the_last_lamp.yaml"}


def _edition(tree: Pairs, file: str, fetch: Fetch, notes: Notes) -> Joined:
    node = _value(tree, "edition_of")
    assert node is not None
    original = _fetched(node, "edition_of", file, fetch, notes)
    of = original.place.file
    if _value(original, "edition_of") is not None:
        notes.add(node.place, f"edition_of: {of} is an edition itself; name the script that it is one of")
        raise _BrokenError
    if _value(original, "scenes") is None:
        if all(problem.at.file != of for problem in notes.problems):
            notes.add(node.place, f"edition_of: {of} has no 'scenes', so it is no script; name the one that is meant")
        raise _BrokenError
    if _value(original, "lines") is not None:
        notes.add(_key(original, "lines"), "'lines' are the texts of an edition; a script says its words in 'play'")
    script = _with_series(original, of, fetch, notes)
    original = script.tree
    tree = Pairs(respelt(tree.pairs, keys.EDITION, "an edition", notes, keys.TOP), tree.place)
    for key, _ in tree.pairs:
        if key.text not in keys.EDITION:
            notes.add(key.place, f"an edition shares '{key.text}' with {of}; leave it out")
    own = [(key, value) for key, value in tree.pairs if key.text in keys.EDITION - {"cast", "lines"}]
    cast = _cast(tree, original, of, notes)
    _note_lacking(tree, original, Place(file, 1, 1), notes)
    shared = tuple(pair for pair in original.pairs if pair[0].text not in ("cast", "say", "series"))
    shown = over(Pairs(shared, original.place), Pairs(tuple(own), tree.place))
    lines = _value(tree, "lines")
    texts = as_pairs(lines, "'lines'", "opening: the text", notes) if lines is not None else None
    place = _key(tree, "lines") if lines is not None else Place(file, 1, 1)
    if lines is not None and texts is None:
        raise _BrokenError
    if texts is not None and not texts.pairs:
        notes.add(place, f"'lines' holds no text yet; {_DRAFT}")
    edition = Edition(of, texts or Pairs((), place), place)
    return Joined(Pairs((*shown.pairs, *cast), tree.place), edition, (original, *script.hidden))


_DRAFT = "'render draft SCRIPT --edition LANG -o THIS_FILE' puts in every text of the script, to be translated"


def _note_lacking(tree: Pairs, original: Pairs, top: Place, notes: Notes) -> None:
    """What listeners read, and the language, an edition says for itself."""
    wanted = ["language", "title", *(key for key in ("summary",) if _value(original, key) is not None), "lines"]
    for key in wanted:
        if _value(tree, key) is None:
            mend = {"language": "write 'language: es'", "lines": _DRAFT}.get(key, f"write '{key}: …'")
            notes.add(top, f"an edition needs its own '{key}'; {mend}")


def _cast(tree: Pairs, original: Pairs, of: str, notes: Notes) -> tuple[tuple[Scalar, Node], ...]:
    """The original's cast with the edition's voices; whoever has none there is noted."""
    theirs, mine = _value(original, "cast"), _value(tree, "cast")
    if not isinstance(theirs, Pairs):
        return () if theirs is None else ((Scalar("cast", theirs.place), theirs),)
    own = as_pairs(mine, "'cast'", "keeper: {voice: es}", notes) if mine is not None else None
    if mine is not None and own is None:
        raise _BrokenError
    known = {key.text: node for key, node in theirs.pairs}
    kept: list[tuple[Scalar, Node]] = []
    wrong: set[str] = set()
    for key, node in own.pairs if own else ():
        if key.text not in known:
            notes.add(key.place, f"nobody in the cast of {of} is called '{key.text}'{hint(key.text, known)}")
            wrong.add(meant_name(key.text, known))  # whose voice is only given to another name is not without one
            continue
        pairs = as_pairs(node, f"'{key.text}'", f"{key.text}: {{voice: es}}", notes)
        if pairs is None:
            wrong.add(key.text)
        else:
            kept.append((key, Pairs(tuple(_of_voice(pairs.pairs, known[key.text], of, notes)), node.place)))
    voiced = {key.text for key, node in kept if isinstance(node, Pairs) and _value(node, "voice") is not None} | wrong
    language = _value(tree, "language")
    say = language.text.strip().casefold() if isinstance(language, Scalar) and language.text.strip() else "es"
    where = _key(tree, "cast") if mine is not None else Place(tree.place.file, 1, 1)
    for name, node in known.items():
        if name not in voiced and isinstance(node, Pairs) and _value(node, "voice") is not None:
            notes.add(
                where, f"'{name}' has no voice in this edition; write '{name}: {{voice: {say}}}' under 'cast', say"
            )
    members = over(theirs, Pairs(tuple(kept), own.place if own else theirs.place))
    return ((Scalar("cast", theirs.place), members),)


def _of_voice(
    pairs: Sequence[tuple[Scalar, Node]], member: Node, of: str, notes: Notes
) -> Iterable[tuple[Scalar, Node]]:
    together = isinstance(member, Pairs) and _value(member, "together") is not None
    for key, node in respelt(pairs, keys.EDITION_CAST, "a member", notes, keys.MEMBER):
        if key.text == "voice" and together:
            notes.add(key.place, f"this is several members in {of}, each with a voice of his own; leave it out")
        elif key.text in keys.EDITION_CAST:
            yield key, node
        else:
            notes.add(key.place, f"an edition shares '{key.text}' with {of}; leave it out")


def _value(tree: Pairs, name: str) -> Node | None:
    values: Mapping[str, Node] = {key.text: node for key, node in tree.pairs}
    return values.get(name)


def _key(tree: Pairs, name: str) -> Place:
    return next(key.place for key, _ in tree.pairs if key.text == name)
