"""What is heard of a line that is cut off, or faded before its end: its words, and its text up to them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from producer.frozen import changed
from producer.model.script import Line
from producer.model.timeline import ClipWord
from producer.timeline.endings import Ending

_LEAST_S = 0.03
"""Of a word that begins this shortly before it is silenced nothing is made out: a click at most."""
_BREAKS_OFF = re.compile(r"[\s,;:、，；：]*$")
_STANDS = (*".!?…。！？", "-", "–", "—")
_CLOSING = "\"'”’»)]」』"


def until(ending: Ending, rate_hz: int) -> int:
    """The sample before which a word has to begin to be heard as one: shortly before the fade is half down."""
    fades: list[tuple[int, int]] = [(ending.cut.start, ending.cut.end)] if ending.cut is not None else []
    if ending.fade_out is not None:
        fades.append((ending.end - ending.fade_out, ending.end))
    middles = [(start + end) // 2 - round(_LEAST_S * rate_hz) for start, end in fades]
    return min([ending.heard_until, *middles])


def so_far(line: Line, words: Sequence[tuple[int, ClipWord]], lost: int) -> tuple[str, tuple[ClipWord, ...]]:
    """The text of a line up to its last word that is heard, with a dash where it breaks off; and those words.

    Args:
        line: as written.
        words: the words that are heard, in their order, each with its token.
        lost: how many words of the line are not heard.
    """
    heard = tuple(word for _, word in words)
    if not lost:
        return line.text, heard
    if not words:
        return "", ()
    last = max(token for token, _ in words)
    text = broken_off(changed(line, tokens=line.tokens[: last + 1]).text)
    plain = _BREAKS_OFF.sub("", line.tokens[last].written)
    return text, tuple(replace(word, text=plain) if token == last else word for token, word in words)


def broken_off(text: str) -> str:
    """`text` as what is broken off is written: with a dash, in place of a comma; a sentence that is whole stays so.

    >>> broken_off("Give me that"), broken_off("No,"), broken_off("Go.")
    ('Give me that—', 'No—', 'Go.')
    """
    bare = _BREAKS_OFF.sub("", text)
    return bare if bare.rstrip(_CLOSING).endswith(_STANDS) else bare + "—"
