"""Where a render keeps what does not go into memory."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO
from weakref import WeakSet

from producer.deliver.shelf import Shelf, shelf
from producer.deliver.spill import temporary


class Workshop:
    """Where a render keeps what does not go into memory. Use it in `with`: all of it goes with it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._open = ExitStack()
        self._files: WeakSet[BinaryIO] = WeakSet()

    def __enter__(self) -> Workshop:
        return self

    def __exit__(self, *_: object) -> None:
        self.clear()
        for file in list(self._files):
            file.close()

    def clear(self) -> None:
        """Remove the shelves: nothing is put on them or got any more."""
        self._open.close()

    def shelf(self) -> Shelf:
        """Room for pieces by name. Raises RenderError when there is none."""
        return self._open.enter_context(shelf(self.folder))

    def room(self) -> BinaryIO:
        """A file for what grows with the episode; it is closed when nobody holds it any more, and with all of it."""
        file = temporary(self.folder)
        self._files.add(file)
        return file
