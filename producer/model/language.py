"""What a language is called."""

from __future__ import annotations

import re

TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
"""A tag: `en`, `pt-BR`, `zh-Hant-TW`. Source: RFC 5646, 2.1, without its private and its irregular tags."""
