"""`feed.yaml`, with every slip at its place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from producer.errors import Place, Problem, RenderError, ScriptError, nearest
from producer.feed.show import LICENCES, Show
from producer.limited import read_file
from producer.script.compose import decode, read_tree
from producer.script.tree import Items, Node, Pairs, Scalar

SHOW_FILE = "feed.yaml"
_OF_ONE_LANGUAGE = ("title", "description", "copyright", "language", "guid", "feed")
"""Keys that a feed in another language does not take over: words, and what names a feed."""


def show_file(language: str = "") -> str:
    """The file that says what a show has beyond its episodes, or a feed of it in a language of its own."""
    return f"feed.{language}.yaml" if language else SHOW_FILE


def read_show(folder: Path, slugs: Sequence[str], language: str = "") -> Show:
    """What is said of the show: `feed.yaml`, and for a feed in a language of its own what that one's file says.

    Args:
        slugs: the folders of the episodes.

    Raises ScriptError with every slip of the first file that has one.
    """
    show = _read(folder / SHOW_FILE, slugs)
    if not language:
        return show
    own = _read(folder / show_file(language), slugs)
    usual = {name: field.get_default(call_default_factory=True) for name, field in Show.model_fields.items()}
    shared = show.model_copy(update={name: usual[name] for name in _OF_ONE_LANGUAGE})
    return shared.model_copy(update={name: getattr(own, name) for name in own.model_fields_set})


def _read(file: Path, slugs: Sequence[str]) -> Show:
    if not file.is_file():
        return Show()
    tree, problems = _tree(file)
    if problems:
        raise ScriptError(problems)
    if not isinstance(tree, Pairs):
        raise ScriptError([Problem(Place(str(file), 1, 1), f"{file.name} is a mapping, as in 'title: My Show'")])
    try:
        show = Show.model_validate(_plain(tree))
    except ValidationError as found:
        raise ScriptError(_problem(error, tree, str(file)) for error in found.errors()) from None
    licence = show.licence
    if licence and not licence.url and licence.name.casefold() not in LICENCES:
        at = _place(tree, ("licence",), str(file))
        what = f"'{licence.name}' needs a url beside its name{nearest(licence.name, LICENCES)}"
        raise ScriptError([Problem(at, what)])
    _check_names(show, slugs, file)
    return show


def _tree(file: Path) -> tuple[Node | None, Sequence[Problem]]:
    try:
        data = read_file(file, "script_mib")
    except OSError as found:
        raise RenderError(f"cannot read {file}: {found.strerror}") from None
    text, problems = decode(data, str(file))
    return (None, problems) if text is None else read_tree(text, str(file))


def _problem(error: Any, tree: Node, file: str) -> Problem:
    path = error["loc"]
    key = ".".join(str(part) for part in path)
    if error["type"] == "extra_forbidden":
        owner = Show.model_fields if len(path) == 1 else ()
        return Problem(_place(tree, path, file), f"there is no '{key}'{nearest(str(path[-1]), owner)}")
    return Problem(_place(tree, path, file), f"{key}: {error['msg'].removeprefix('Value error, ')}")


def _plain(node: Node) -> Any:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [_plain(one) for one in node.items]
    return {key.text: _plain(value) for key, value in node.pairs}


def _place(node: Node, path: Sequence[int | str], file: str) -> Place:
    """Where the value at `path` stands, or as near to it as the file goes."""
    for part in path:
        if isinstance(node, Pairs):
            found = [value for key, value in node.pairs if key.text == part]
        elif isinstance(node, Items) and isinstance(part, int):
            found = list(node.items[part : part + 1])
        else:
            found = []
        if not found:
            break
        node = found[0]
    return node.place


def _check_names(show: Show, slugs: Sequence[str], file: Path) -> None:
    """A folder that the file names and that is not there is a slip of the pen."""
    named = {*show.dates, *show.trailers, *show.bonus, *(slug for who in show.people for slug in who.episodes)}
    if unknown := sorted(named - set(slugs)):
        raise ScriptError(
            Problem(Place(str(file)), f"there is no episode's folder '{one}'{nearest(one, slugs)}") for one in unknown
        )
