"""Where the cache is, and how large it may be, as the environment says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from producer.errors import RenderError


def default_root() -> Path:
    """`$PRODUCER_CACHE`, else the user's cache folder as the operating system has it."""
    named = os.environ.get("PRODUCER_CACHE")
    if named and "://" not in named:  # a storage's address is no folder: `shared` has it, with a folder in front
        return Path(named)
    from platformdirs import user_cache_path  # only needed when no folder is named

    return user_cache_path("producer", appauthor=False)


def most_bytes() -> int:
    """How large the cache may be: `$PRODUCER_CACHE_GB` (`inf` for any size), else 5 GB.

    Raises RenderError where that is no size: half of what was meant would go, or nothing ever.
    """
    said = os.environ.get("PRODUCER_CACHE_GB", "").strip()
    try:
        size_gb = float(said or 5.0)
    except ValueError:
        size_gb = -1.0
    if not size_gb >= 0.0:
        raise RenderError(f"PRODUCER_CACHE_GB: '{said}' is no number of gigabytes; write '20', or 'inf' for any size")
    return round(min(size_gb * 1e9, sys.maxsize))
