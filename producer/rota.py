"""Which hand of a crew makes which part next."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

Following = Callable[[int, bool], int | None]
"""The part that a hand, by its number, is to do next; None when there is none for it.

The second argument says whether it has something to do until then: the last parts are for those who have nothing.
"""


def in_turn(parts: Iterable[int], hands: int) -> Following:
    """One after the other, whoever does them."""
    left = deque(parts)

    def following(_: int, busy: bool) -> int | None:
        return None if not left or (busy and len(left) <= hands) else left.popleft()

    return following


class Rota:
    """Who does which part next.

    Neighbours are done by the same hand, since it keeps what it played for the next one. Who is ready takes over the
    later half of the longest stretch that is left.
    """

    def __init__(self, parts: Sequence[int], hands: int) -> None:
        each, more = divmod(len(parts), hands)
        ends = [number * each + min(number, more) for number in range(hands + 1)]
        self._left = [list(parts[first:last]) for first, last in pairwise(ends)]

    def following(self, hand: int, busy: bool = False) -> int | None:
        """The part that a hand does now; None when there is none left, or none for one who is `busy` (`Following`)."""
        if busy and sum(map(len, self._left)) <= len(self._left):
            return None
        if not self._left[hand]:
            longest = max(range(len(self._left)), key=lambda other: len(self._left[other]))
            keeps = len(self._left[longest]) // 2
            self._left[hand], self._left[longest] = self._left[longest][keeps:], self._left[longest][:keeps]
        return self._left[hand].pop(0) if self._left[hand] else None
