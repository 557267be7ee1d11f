"""Libraries of the extra `session`, looked for when a format needs one."""

from __future__ import annotations

import importlib
from typing import Any

from producer.errors import RenderError


def library(module: str, what: str) -> Any:
    """The library `module`, which `what` needs. Raises RenderError where it is not installed."""
    try:
        return importlib.import_module(module)
    except ImportError:
        how = "pip install 'producer-audio-drama[session]'"
        raise RenderError(f"{what} needs the extra 'session': {how}") from None
