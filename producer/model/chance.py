"""Chance that is the same every time: random numbers named by what they are for."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np


def seed(*names: object) -> int:
    """64 bits that depend on nothing but `names` (joined as text)."""
    text = "\x1f".join(map(str, names)).encode()
    return int.from_bytes(hashlib.sha256(text).digest()[:8], "big")


def rng(*names: object) -> np.random.Generator:
    """A generator named by `names`: the same numbers on every machine and in every order of use."""
    return np.random.Generator(np.random.Philox(key=seed(*names)))


def pool_order(weights: Sequence[float], count: int, chance: np.random.Generator) -> tuple[int, ...]:
    """`count` choices among a pool, each share near its weight, never the same member twice running.

    Args:
        weights: one per member, over 0; with one member there is nothing to choose.
        chance: where the choice comes from.

    No member can have more than every second draw and yet never follow itself: one of more than half the weight gets
    half of the draws, and the others share the rest by their weights.

    Works like a debt book: every draw each member earns its weight, and the one drawn pays the whole; the choice among
    those in credit is by chance, so that shares hold over any stretch without becoming a pattern.
    """
    if len(weights) == 1:
        return (0,) * count
    share = np.asarray(weights, float) / float(np.sum(weights))
    if share.max() > 0.5:
        heavy = int(share.argmax())
        rest = np.delete(share, heavy).sum()
        share *= 0.5 / rest
        share[heavy] = 0.5
    credit = chance.uniform(0.0, 1.0, len(share)) * share
    last = -1
    drawn: list[int] = []
    for _ in range(count):
        credit += share
        odds = np.exp(4.0 * credit) * share
        if last >= 0:
            odds[last] = 0.0
        last = int(chance.choice(len(share), p=odds / odds.sum()))
        credit[last] -= 1.0
        drawn.append(last)
    return tuple(drawn)


def pool_choice(weights: Sequence[float], number: int, *names: object) -> int:
    """The `number`-th choice, from 1, of the `pool_order` that is named by `names`; it depends on nothing else."""
    if len(weights) == 1:
        return 0
    return _walk(tuple(weights), 1 << (number - 1).bit_length(), tuple(map(str, names)))[number - 1]


@lru_cache(maxsize=256)
def _walk(weights: tuple[float, ...], count: int, names: tuple[str, ...]) -> tuple[int, ...]:
    return pool_order(weights, count, rng(*names))
