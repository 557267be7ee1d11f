"""One tree over another: what the episode says in place of its series, and an edition in place of its original."""

from __future__ import annotations

from collections.abc import Mapping

from producer.script.tree import Node, Pairs, Scalar

_ONE_OR_OTHER: Mapping[str, tuple[str, ...]] = {
    **{"path": ("pan", "distance"), "pan": ("path",), "distance": ("path",)},
    **{"together": ("voice",), "voice": ("together", "replica_of", "consent")},
}
"""What a key of a member or a role takes away of the series': both cannot stand together. Another voice is nobody's
replica unless that is said again."""


def over(base: Pairs, own: Pairs) -> Pairs:
    """`base` with every key that `own` gives: keys of keys one by one; texts, lists and chains whole."""
    return _over(base, own, ())


def _over(base: Pairs, own: Pairs, path: tuple[str, ...]) -> Pairs:
    """`path` are the keys that both stand under."""
    left = {key.text: (key, node) for key, node in own.pairs}
    gone: set[str] = set()
    if len(path) == 2 and path[0] in ("cast", "sounds"):
        gone = {other for key in left for other in _ONE_OR_OTHER.get(key, ())} - left.keys()
    if path == ("say",):  # `aoife` overrides `Aoife`
        exact = {key.text for key, _ in base.pairs}
        folded = {word.casefold() for word in left.keys() - exact}
        gone = {key.text for key, _ in base.pairs if key.text.casefold() in folded}
    pairs: list[tuple[Scalar, Node]] = []
    for key, node in base.pairs:
        mine = left.pop(key.text, None)
        if mine is not None:
            pairs.append((mine[0], _one(node, mine[1], (*path, key.text))))
        elif key.text not in gone:
            pairs.append((key, node))
    return Pairs((*pairs, *left.values()), own.place)


def _one(base: Node, own: Node, path: tuple[str, ...]) -> Node:
    if isinstance(base, Pairs) and isinstance(own, Pairs):
        return _over(base, own, path)
    if isinstance(base, Pairs) and isinstance(own, Scalar) and not own.text.strip() and not own.quoted:
        return base  # `cast:` with nothing under it
    return own
