"""Which version of a library is installed, by the name of the folder that says so.

`importlib.metadata` reads a file of each library as if it were a mail, and loads what reads mails for it: 50 ms for the
eight libraries that every render names.
"""

from __future__ import annotations

import contextlib
import re
import sys
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

_SEPARATORS = re.compile("[-_.]+")
_INFO = ".dist-info"


def version(library: str) -> str:
    """What is installed of a library. Raises ImportError (`importlib.metadata.PackageNotFoundError`) where it is not.

    Source: "Recording installed projects" of the packaging specifications: a folder `NAME-VERSION.dist-info`, without a
    hyphen in either.
    """
    found = _installed().get(_named(library))
    if found is None:  # installed in some other way
        from importlib.metadata import version as asked

        found = asked(library)
    return found


@lru_cache(maxsize=1)
def _installed() -> Mapping[str, str]:
    """Each library's version; of one that is there twice, that of the place where it is looked for first."""
    found: dict[str, str] = {}
    for place in sys.path:
        with contextlib.suppress(OSError):  # a place that is not there, or no folder
            for one in Path(place).iterdir():
                if one.name.endswith(_INFO):
                    library, _, number = one.name.removesuffix(_INFO).partition("-")
                    found.setdefault(_named(library), number)
    return found


def _named(library: str) -> str:
    """A name as all spellings of it are compared."""
    return _SEPARATORS.sub("_", library).casefold()
