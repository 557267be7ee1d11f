"""Which program this is: workers that have another would make other bytes."""

from __future__ import annotations

import hashlib
import json
import platform
from functools import lru_cache

from producer import provenance
from producer.made_by import made_by_program


@lru_cache(maxsize=1)
def digest() -> str:
    """SHA-256 of the program's code and of what it depends on that is heard: libraries, the encoder, the processor."""
    said = [made_by_program(), provenance.versions(), platform.machine()]
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()
