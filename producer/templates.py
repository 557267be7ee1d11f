"""Jinja's templates, compiled once: what a template became lies beside it, where Python keeps what modules became.

To compile those of the two pages that every render writes takes as long as to fill them. Where nothing can be written,
or `PYTHONDONTWRITEBYTECODE` says so, they are compiled each time, as modules are.
"""

from __future__ import annotations

import contextlib
import sys
from functools import cache
from importlib import import_module
from pathlib import Path

from jinja2 import Environment, FileSystemBytecodeCache, PackageLoader, StrictUndefined
from jinja2.bccache import Bucket


@cache
def templates(package: str) -> Environment:
    """The templates in a package's folder `templates`. Whatever is put into one is escaped."""
    return Environment(
        loader=PackageLoader(package, "templates"),
        bytecode_cache=_Beside(Path(str(import_module(package).__file__)).parent / "templates" / "__pycache__"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )


class _Beside(FileSystemBytecodeCache):
    """Keeps what templates became in a folder that may be missing, read-only or full."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder), "%s.jinja")
        self._folder = folder

    def load_bytecode(self, bucket: Bucket) -> None:
        """What was kept, unless the template, Jinja's format or Python are others now, or it is damaged."""
        try:
            super().load_bytecode(bucket)
        except Exception:  # whatever unpickling makes of a damaged file
            bucket.reset()

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, where that can be done."""
        if not sys.dont_write_bytecode:
            with contextlib.suppress(OSError):
                self._folder.mkdir(exist_ok=True)
                super().dump_bytecode(bucket)
