"""Where tasks are done: the seam between a season and the machines that make it."""

from __future__ import annotations

from typing import Protocol

from producer.frozen import dataclass
from producer.season.task import Outcome, Task


class Board(Protocol):
    """Who is told how far a season has come. Called from one thread at a time."""

    def begin(self, rows: int, weight_s: float) -> None:
        """So many episodes are to be made, together about so many seconds long."""
        ...

    def doing(self, name: str, stage: str, share: float) -> None:
        """A task is in a stage, of which a share is done."""
        ...

    def over(self, name: str, said: str, weight_s: float) -> None:
        """An episode is done, or will not be."""
        ...


@dataclass(frozen=True, slots=True)
class Doing:
    """News of a task under way: what a `Board` is told."""

    name: str
    stage: str
    share: float


class NoBoard:
    """Tells nobody."""

    def begin(self, rows: int, weight_s: float) -> None: ...

    def doing(self, name: str, stage: str, share: float) -> None: ...

    def over(self, name: str, said: str, weight_s: float) -> None: ...


class Works(Protocol):
    """Some workers. Use it in `with`: what they have begun ends with it."""

    travels: bool
    """Whether a project's files have to travel through the cache, and what is made of them back."""

    def __enter__(self) -> Works: ...

    def __exit__(self, *_: object) -> None: ...

    @property
    def workers(self) -> int:
        """How many tasks are done at the same time, as far as one can tell."""
        ...

    def submit(self, task: Task) -> None:
        """Have a task done as soon as a worker is free; those that came first begin first."""
        ...

    def following(self, board: Board) -> tuple[Task, Outcome]:
        """The next task that is over. Whoever asks has submitted more than were over."""
        ...
