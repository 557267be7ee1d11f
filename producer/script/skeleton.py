"""What a translator is given: an edition with every text of the original, and the original with an id on every line.

An edition that is there already gets what it lacks; `producer.script.additions` says where that is put.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping

from producer.errors import Place
from producer.frozen import dataclass
from producer.model.words import fold
from producer.script.keys import ITEMS, ORIGINAL, RESERVED
from producer.script.markup import read_spoken
from producer.script.moments import WORDS
from producer.script.tree import Items, Node, Pairs, Scalar, nodes_of

_WIDTH = 110
_PLAIN = re.compile(r"[^\W\d_][\w ,.!?'()-]*")


@dataclass(frozen=True, slots=True)
class Text:
    """A text of the original that an edition says in its own words."""

    id: str
    speaker: str  # empty: the title of a chapter
    text: str
    head: Place  # of the key that an id is put in front of
    how: str = ""  # the direction


def texts(script: Node | None) -> tuple[Text, ...]:
    """Every line and every chapter's title, in reading order. An id that the script does not give is empty."""
    return tuple(_texts(script))


def _texts(script: Node | None) -> Iterator[Text]:
    for scene in _items(_value(script, "scenes")):
        title = _value(scene, "title")
        if isinstance(title, Scalar) and isinstance(scene, Pairs) and title.text.strip():
            yield Text(_text(_value(scene, "id")), "", " ".join(title.text.split()), scene.pairs[0][0].place)
        for item in _items(_value(scene, "play")):
            if not isinstance(item, Pairs):
                continue
            chapter = _value(item, "chapter")
            if isinstance(chapter, Scalar) and chapter.text.strip():
                name = _text(_value(item, "id"))
                yield Text(name, "", " ".join(chapter.text.split()), item.pairs[0][0].place)
            if any(key.text in ITEMS for key, _ in item.pairs):
                continue
            for key, node in item.pairs:
                if key.text not in RESERVED and isinstance(node, Scalar):
                    name, how = _text(_value(item, "id")), _text(_value(item, "how"))
                    yield Text(name, key.text, node.text.strip(), item.pairs[0][0].place, how)


def with_ids(source: str, script: Node | None) -> tuple[str, int]:
    """`source` with an id on every line and chapter that has none, and how many were put there.

    Each is made of the text's first words. Everything else stays as it is, to the character.

    Args:
        source: the script's file.
        script: its tree, without what it brings from other files.
    """
    lines = re.split(r"(?<=\n)", source)
    taken = _called(script)
    without = [text for text in texts(script) if not text.id]
    named = [(text, free_name(text.text, taken)) for text in without]
    for text, name in reversed(named):
        number, column = text.head.line - 1, text.head.column - 1
        before, rest = lines[number][:column], lines[number][column:]
        end = "\r\n" if lines[number].endswith("\r\n") else "\n"
        beside = f"id: {name}, " if "{" in before else f"id: {name}{end}{' ' * column}"
        lines[number] = before + beside + rest
    return "".join(lines), len(named)


def _called(script: Node | None) -> set[str]:
    """Every word of a script that is not spoken, for it may be a name: in texts, those in brackets."""
    said = {text.text for text in texts(script)}
    found: set[str] = set()
    for node in () if script is None else nodes_of(script):
        if isinstance(node, Scalar):
            spoken = node.text.strip() in said
            parts = re.findall(r"\[([^\]]*)\]", node.text) if spoken else [node.text]
            found.update(word.casefold() for part in parts for word in re.findall(r"\w+", part))
    return found


def free_name(text: str, taken: set[str]) -> str:
    """A name made of the first words of a text, which nothing in the script is called; `taken` gets it."""
    words = [word for token in read_spoken(text).tokens for word in fold(token.written)]
    stem = "_".join(words[:4]) or "line"
    names = (stem if number == 1 else f"{stem}_{number}" for number in range(1, len(taken) + 3))
    name = next(one for one in names if one.casefold() not in taken | WORDS | RESERVED)
    taken.add(name.casefold())
    return name


def skeleton(script: Node | None, of: str, language: str, voices: Mapping[str, str], command: str) -> str:
    """An edition of `script` that can be heard as it is: its texts are still the original's.

    Args:
        script: the original's tree, with its series.
        of: the original's path from where the edition will stand.
        language: the edition's.
        voices: of the members that have one of their own.
        command: what made it.
    """
    parts = [
        f"# An edition of {of}, begun by: {command}",
        "# Put your words in place of each text. Over it, with '.original', stands what it is a translation of: leave",
        "# that as it is, and 'render check' tells when the script's words change. Every [cue] and [mark] stays,",
        "# before the word on which it is heard; a cue may be shortened to its first word. Pauses are yours to move.",
        f"edition_of: {of}",
        f"language: {language}",
    ]
    for key in ("title", "summary"):
        value = _value(script, key)
        if isinstance(value, Scalar):
            parts += ["", *_comment(value.text), *_entry(key, value.text, "")]
    parts += ["", "cast:", *_cast(_value(script, "cast"), voices)]
    say = _value(script, "say")
    if isinstance(say, Pairs):
        parts += ["", "# How words are said is each language's own. The original has:", "# say:"]
        parts += [f"#   {key.text}: {_text(node)}" for key, node in say.pairs]
    parts += ["", "lines:"]
    for text in texts(script):
        parts += ["", *entry(text, "  ")]
    return "\n".join(parts) + "\n"


def entry(text: Text, indent: str, *, record: bool = True) -> list[str]:
    """The lines of one text of an edition: who says it and how, the original, and it again, to be translated."""
    head = f"{indent}# {text.speaker}{text.how and f': {text.how}'}" if text.speaker else f"{indent}# ---- {text.text}"
    return [head, *(original(text, indent) if record else []), *_entry(text.id, text.text, indent)]


def original(text: Text, indent: str) -> list[str]:
    """The lines that keep what the text under an id is a translation of."""
    return _entry(f"{text.id}{ORIGINAL}", text.text, indent)


def _cast(cast: Node | None, voices: Mapping[str, str]) -> Iterator[str]:
    return (f"  {key}: {{{', '.join(own)}}}" for key, own in _members(cast, voices))


def member(cast: Node | None, voices: Mapping[str, str], name: str) -> str:
    """What stands behind a member's key in an edition; nothing for one who needs nothing there."""
    return next((f"{{{', '.join(own)}}}" for key, own in _members(cast, voices) if key == name), "")


def _members(cast: Node | None, voices: Mapping[str, str]) -> Iterator[tuple[str, list[str]]]:
    for key, node in cast.pairs if isinstance(cast, Pairs) else ():
        name = _text(_value(node, "name"))
        shown = name if _PLAIN.fullmatch(name) and "," not in name else json.dumps(name, ensure_ascii=False)
        own = [*([f"name: {shown}"] if name else []), *([f"voice: {voices[key.text]}"] if key.text in voices else [])]
        if own:
            yield key.text, own


def _entry(key: str, text: str, indent: str) -> list[str]:
    """A key with its text, under `>` unless it is short and plain."""
    if len(text) < 60 and _PLAIN.fullmatch(text):
        return [f"{indent}{key}: {text}"]
    return [f"{indent}{key}: >", *(f"{indent}  {line}" if line else "" for line in _wrapped(text, "\n\n"))]


def _comment(text: str) -> list[str]:
    return [f"# {line}".rstrip() for line in _wrapped(text, "\n")]


def _wrapped(text: str, blank: str) -> list[str]:
    paragraphs = (
        textwrap.fill(" ".join(part.split()), _WIDTH, break_long_words=False, break_on_hyphens=False)
        for part in text.strip().split("\n")
    )
    return blank.join(paragraphs).split("\n")


def _items(node: Node | None) -> tuple[Node, ...]:
    return node.items if isinstance(node, Items) else ()


def _value(node: Node | None, name: str) -> Node | None:
    return next((value for key, value in node.pairs if key.text == name), None) if isinstance(node, Pairs) else None


def _text(node: Node | None) -> str:
    return " ".join(node.text.split()) if isinstance(node, Scalar) else ""
