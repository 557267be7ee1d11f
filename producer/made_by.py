"""What decides, beside what it is made of, how something that is kept comes out: our code, and the libraries' sums."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import ModuleType

import numpy as np
import scipy
import soxr

from producer.digests import code_of, code_under


def made_by(*packages: ModuleType) -> list[object]:
    """JSON values that name the code of some packages, and the libraries on which a sample's last bit depends."""
    folders = [Path(folder) for package in packages for folder in package.__path__]
    return [code_of(*folders), np.__version__, scipy.__version__, soxr.__version__]


@lru_cache(maxsize=1)
def made_by_program() -> list[str]:
    """The same of all of our code: what it is that mixes, masters and encodes."""
    return [code_under(Path(__file__).parent), np.__version__, scipy.__version__]
