"""One row of the table of words that sound."""

from __future__ import annotations

Row = tuple[tuple[str, ...], str, tuple[str, ...]]
"""Roles (the first that a pack fills is used), the keys of the cue, and patterns (`producer.model.patterns`)."""
