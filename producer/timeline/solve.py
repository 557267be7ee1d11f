"""Times that wait for one another: each is found when it is asked for, and those that wait in a circle are named.

A rule is a generator: it yields what it needs to know, is sent the answer, and returns its own. The solver keeps the
generators that wait on a stack of its own, so a script of any length can lean on its last line.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import IntEnum, auto
from typing import NamedTuple, TypeVar

from producer.errors import Problem

Found = TypeVar("Found")

NEVER = 1 << 62
"""A sample that no episode reaches: the answer to a `Maybe` that would wait for itself."""


class What(IntEnum):
    """What can be asked about an entry of the running order (or a scene).

    Numbers, because a question is looked up a dozen times for every item, and the hash of any other enum is slow.
    """

    BEFORE = auto()
    """The playhead at it."""
    AFTER = auto()
    """The playhead after it."""
    SPOKE = auto()
    """Whether speech last moved the playhead before it, 0 or 1."""
    START = auto()
    HIT = auto()
    END = auto()
    PHRASE = auto()
    """The start of one of its phrases."""
    ROOT = auto()
    """The entry whose bed it rides."""
    SCENE_START = auto()
    SCENE_END = auto()
    SCENE_PLAYED = auto()
    """The last playhead of a scene."""


class Ask(NamedTuple):
    """One question; `of` is an entry, or for the SCENE_ ones a scene, `part` a phrase."""

    what: What
    of: int
    part: int = 0


class Maybe(NamedTuple):
    """A question whose answer may be left out where it would wait for the one who asks: then it is NEVER."""

    ask: Ask


Rule = Generator[Ask | Maybe, int, Found]


class ImpossibleError(Exception):
    """Raised by a rule: the script cannot be placed, and why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(str(problem))


class UnknownError(Exception):
    """The answer hangs on something impossible, which is in `Solver.problems` already."""


class _Waiting:
    """A rule under way and what it last asked for."""

    __slots__ = ("ask", "rule", "wants")

    def __init__(self, ask: Ask, rule: Rule[int]) -> None:
        self.ask, self.rule = ask, rule
        self.wants: Ask | Maybe = ask


class Solver:
    """Answers questions by their rules, each once.

    Args:
        rule: the rule of a question.
        circle: the problem to report for questions that wait for each other, in the order in which they do.
    """

    def __init__(self, rule: Callable[[Ask], Rule[int]], circle: Callable[[tuple[Ask, ...]], Problem]) -> None:
        self._rule, self._circle = rule, circle
        self._answers: dict[Ask, int] = {}
        self._failed: set[Ask] = set()
        self._loosened: dict[Ask, tuple[Ask, ...]] = {}
        self.problems: list[Problem] = []

    def value(self, ask: Ask) -> int:
        """The answer; raises UnknownError when there is none, after its problem has been noted."""
        found = self._answers.get(ask)
        if found is None:
            if ask in self._failed:
                raise UnknownError
            self._solve(ask)
            found = self._answers[ask]
        return found

    def run(self, rule: Rule[Found]) -> Found:
        """What a rule returns; raises UnknownError, after the problem has been noted, when it cannot."""
        try:
            wants = next(rule)
            while True:
                wants = rule.send(self.value(wants.ask if isinstance(wants, Maybe) else wants))
        except StopIteration as done:
            found: Found = done.value
            return found
        except ImpossibleError as impossible:
            self.problems.append(impossible.problem)
            raise UnknownError from None

    def verify(self) -> None:
        """Ask again what was answered with a NEVER; an answer that has changed by now was a circle after all."""
        for ask, members in self._loosened.items():
            try:
                if ask in self._answers and self.run(self._rule(ask)) != self._answers[ask]:
                    self.problems.append(self._circle(members))
            except UnknownError:
                continue

    def _solve(self, first: Ask) -> None:
        stack = [_Waiting(first, self._rule(first))]
        waiting = {first: 0}
        answer: int | None = None
        while stack:
            top = stack[-1]
            try:
                # A generator that has not begun takes nothing but None.
                top.wants = next(top.rule) if answer is None else top.rule.send(answer)
            except StopIteration as done:
                answer = self._answers[top.ask] = int(done.value)
                del waiting[stack.pop().ask]
                continue
            except ImpossibleError as impossible:
                self._give_up(stack, impossible.problem)
            wanted = top.wants.ask if isinstance(top.wants, Maybe) else top.wants
            answer = self._answers.get(wanted)
            if answer is not None:
                continue
            if wanted in self._failed:
                self._give_up(stack)
            if wanted in waiting:
                self._loosen(stack, waiting, waiting[wanted])
                answer = NEVER
            else:
                waiting[wanted] = len(stack)
                stack.append(_Waiting(wanted, self._rule(wanted)))

    def _loosen(self, stack: list[_Waiting], waiting: dict[Ask, int], start: int) -> None:
        """Leave on top of the stack the last member of the circle that can do without its answer."""
        members = tuple(frame.ask for frame in stack[start:])
        loose = [i for i in range(start, len(stack)) if isinstance(stack[i].wants, Maybe)]
        if not loose:
            self._give_up(stack, self._circle(members))
        for frame in stack[loose[-1] + 1 :]:
            frame.rule.close()
            del waiting[frame.ask]
        del stack[loose[-1] + 1 :]
        self._loosened[stack[-1].ask] = members

    def _give_up(self, stack: list[_Waiting], problem: Problem | None = None) -> None:
        if problem is not None:
            self.problems.append(problem)
        self._failed.update(frame.ask for frame in stack)
        raise UnknownError
