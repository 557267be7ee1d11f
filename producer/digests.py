"""What a file is, by what is in it."""

from __future__ import annotations

import hashlib
from pathlib import Path


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, 64 hex digits. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def code_of(*folders: Path) -> str:
    """What the Python files directly in some folders say, 64 hex digits: whoever edits them sees what that makes."""
    whole = hashlib.sha256()
    for folder in folders:
        for file in sorted(folder.glob("*.py")):
            whole.update(file.name.encode() + b"\0" + hashlib.sha256(file.read_bytes()).digest())
    return whole.hexdigest()
