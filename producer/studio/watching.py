"""Says when something was saved that an episode is made of: its script and what that brings, packs, takes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from producer.production import Order

_ASIDE = ("~", ".part", ".swp", ".swx", ".tmp", ".bak", "4913")
"""What editors put beside a file while they save it."""
_SETTLE_MS = 40
_LOOK_AGAIN_MS = 2000


def folders(order: Order, brought: Iterable[str]) -> tuple[Path, ...]:
    """The folders to look at, none inside another; only those that are there."""
    project = order.project
    wanted = {_real(project.script).parent, *(_real(Path(file)).parent for file in brought)}
    wanted |= {_real(project.root) / name for name in ("sfx", "takes", "script")}
    wanted |= {_real(Path(pack)) for pack in order.packs if Path(pack).is_dir()}
    if order.sofa is not None:
        wanted.add(_real(order.sofa).parent)
    there = sorted(path for path in wanted if path.is_dir())
    return tuple(path for path in there if not any(path != other and path.is_relative_to(other) for other in there))


def matters(path: Path, order: Order) -> bool:
    """Whether a file may be heard: not an editor's, not hidden, not in the output folder."""
    output = _real(order.output or order.project.output)
    hidden = path.name.startswith((".", "#"))
    return not hidden and not path.name.endswith(_ASIDE) and not path.is_relative_to(output)


def _real(path: Path) -> Path:
    """Where a path leads to, as far as it can be told: in a circle of links `Path.resolve` raises RuntimeError."""
    return Path(os.path.realpath(path))


class Watcher(threading.Thread):
    """Calls `saved` soon after something was saved; several saves within a moment may be one call.

    Args:
        brought: gives the files that the script brings at present.
    """

    def __init__(self, order: Order, brought: Callable[[], Iterable[str]], saved: Callable[[], None]) -> None:
        super().__init__(name="watcher", daemon=True)
        self._order, self._brought, self._saved = order, brought, saved
        self._ended = threading.Event()
        self.watching = threading.Event()
        """Set once it looks."""

    def close(self) -> None:
        """Look no longer."""
        self._ended.set()
        if self.is_alive():
            self.join(_LOOK_AGAIN_MS / 1000 + 1)

    def run(self) -> None:
        """Until it is closed."""
        from watchfiles import watch

        while not self._ended.is_set():
            looked = folders(self._order, self._brought())
            changes = watch(
                *looked,
                watch_filter=lambda _, path: matters(Path(path), self._order),
                debounce=4 * _SETTLE_MS,
                step=_SETTLE_MS // 2,
                stop_event=self._ended,
                rust_timeout=_LOOK_AGAIN_MS,
                yield_on_timeout=True,
                raise_interrupt=False,
                ignore_permission_denied=True,
            )
            first = True
            for found in changes:
                if found:
                    self._saved()
                self.watching.set()
                first = False
                if folders(self._order, self._brought()) != looked:
                    self._saved()  # what was put there before anybody looked
                    break
            if first:
                self._ended.wait(0.5)
