"""A text of several paragraphs, as a summary may be."""

from __future__ import annotations

import re

_BLANK = re.compile(r"\n[ \t]*\n")


def paragraphs(text: str) -> tuple[str, ...]:
    r"""The paragraphs of a text, each on one line: what blank lines part, or in a text without any, its lines.

    For YAML makes one line break of a blank line under `>`.

    >>> paragraphs("One.\nTwo."), paragraphs("One,\nin two lines.\n\nTwo.")
    (('One.', 'Two.'), ('One, in two lines.', 'Two.'))
    """
    parts = _BLANK.split(text) if _BLANK.search(text.strip()) else text.splitlines()
    return tuple(line for part in parts if (line := " ".join(part.split())))
