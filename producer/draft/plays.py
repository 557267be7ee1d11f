"""Plays as they are printed: `MARGIT. (counting) Forty.` as the `MARGIT: (counting) Forty.` of a radio script."""

from __future__ import annotations

import re
from collections import Counter

from producer.draft.fountain import FADE
from producer.draft.labels import NUMBERED_SCENE, SCENE
from producer.draft.lexicon import NO_NAMES
from producer.draft.stage import closes

_WORD = r"[^\W\d_](?:[\w'’-]*[^\W_])?"
_NAME = rf"(?:(?:Mrs?|Ms|Dr|St|MRS?|MS|DR|ST)\. )?{_WORD}(?: {_WORD}){{0,2}}"
_SAID = re.compile(rf"[ \t]*_?({_NAME})(?:_?[ \t]+[(\[]([^()\[\]\n]{{1,120}})[)\]])?(?:_\.|\._?)(?:[ \t]+(?=\S)|$)")
UNSPOKEN = re.compile(r"\s*[(\[*]|\s*(?:scene|act|szene|akt|escena|scène|scena)\b", re.IGNORECASE)
"""What begins a paragraph that is nobody's."""
_BOLD = re.compile(
    r"\s*(?:\*\*|__)([^*_:\n]{1,60}?)\s*(:?)(?:\*\*|__)(\s*\([^()\n]{0,120}\))?(:?)(?:[ \t]+(?=\S)|\s*$)"
)
_ASIDE = re.compile(r"[*_]{1,2}(\([^()*\n]{0,120}\)|\[[^\[\]*\n]{0,120}\])[*_]{1,2}")
_SLANTED = re.compile(r"\s*(?:\*|_)([^*_()\[\]\n]{1,300})(?:\*|_)\s*")
_RULE = re.compile(r"\s*(?:[-*_]\s*){3,}")
_ROMAN = re.compile(r"[IVXLC]+")
_SHOUTED, _WRITTEN = 0.25, 0.6
"""Of the paragraphs: how many of them somebody begins, in capitals and in plain letters, where a text is a play."""
_WAYS = re.compile(r"(?:re-?)?enters?\b|exits?\b|exeunt\b", re.IGNORECASE)
_TALKS = re.compile(r"\b(?:I|me|my|mine|you|your|we|us|our|let)\b", re.IGNORECASE)


def without_stars(text: str) -> str:
    """A script in Markdown (`**ANNA:** *(softly)* No.`) as one without its bold names and slanted directions.

    A line that is slanted as a whole is a direction, in brackets; headings stay. Any other text is as it was.
    """
    lines = text.split("\n")
    said = [number for number, line in enumerate(lines) if _BOLD.match(line)]
    if len(said) < 3:
        return text
    begins = next(number for number, line in enumerate(lines) if number == said[0] or line.startswith("##"))
    return "\n".join(_without_stars(line, head=number < begins) for number, line in enumerate(lines))


def _without_stars(line: str, *, head: bool) -> str:
    bare = _ASIDE.sub(r"\1", line)
    if name := _BOLD.match(bare):
        point = ":" if name[2] or name[4] or name.end() == len(bare) else ""
        return f"{name[1].strip()}{name[3] or ''}{point} {bare[name.end() :]}".rstrip()
    if slanted := _SLANTED.fullmatch(bare):
        return slanted[1] if head or ":" in slanted[1] else f"({slanted[1]})"
    return "" if _RULE.fullmatch(bare) else bare


def with_colons(text: str) -> str:
    """A play whose speeches begin as `Name.` as one in which they begin as `Name:`; any other text as it is."""
    lines = text.split("\n")
    said = {number: found for number, line in enumerate(lines) if (found := _speech(line))}
    blocks = [
        number for number, line in enumerate(lines) if line.strip() and not (number and lines[number - 1].strip())
    ]
    begun = [number for number in blocks[1:] if not UNSPOKEN.match(lines[number])]  # without the title
    for shouted, least in ((True, _SHOUTED), (False, _WRITTEN)):
        here = {number: found for number, found in said.items() if found[1].isupper() is shouted}
        names = Counter(found[1] for found in here.values())
        if not shouted:  # `Well. So it is.` in the middle of a speech is nobody's
            here = {number: found for number, found in here.items() if names[found[1]] > 1}
        share = max(len(here) / len([*filter(str.strip, lines)] or "-"), _share(begun, here))
        if len(here) >= 3 and share >= least and 2 <= len({found[1] for found in here.values()}) < len(here):
            return "\n".join(_colon(line, here.get(number)) for number, line in enumerate(lines))
    return text


def is_direction(paragraph: str, names: frozenset[str]) -> bool:
    """Whether a paragraph behind a speech tells what is done, and is not the rest of it: `Enter KROGSTAD.`

    Args:
        paragraph: its first line.
        names: of those who speak. In capitals among other words they are no word of a speech.
    """
    if _WAYS.match(paragraph):
        return True
    words = paragraph.split()
    several = (" ".join(words[at : at + count]).strip(".,;:") for at in range(len(words)) for count in (1, 2, 3))
    named = any(name.isupper() and name in names for name in several)
    return named and not paragraph.isupper() and not _TALKS.search(paragraph)


def _speech(line: str) -> re.Match[str] | None:
    found = _SAID.match(line)
    if not found or SCENE.match(line) or NUMBERED_SCENE.match(line) or FADE.fullmatch(line.strip()) or closes(line):
        return None
    words = found[1].split()
    named = all(word[0].isupper() for word in words) and not all(word.casefold() in NO_NAMES for word in words)
    whole = found.end() < len(line) or found[1].isupper()
    return found if named and whole and len(found[1]) > 1 and not _ROMAN.fullmatch(found[1]) else None


def _share(begun: list[int], said: dict[int, re.Match[str]]) -> float:
    return sum(number in said for number in begun) / max(1, len(begun))


def _colon(line: str, said: re.Match[str] | None) -> str:
    if said is None:
        return line
    direction = f" ({said[2].strip().rstrip('.')})" if said[2] else ""
    return f"{said[1]}{direction}: {line[said.end() :]}"
