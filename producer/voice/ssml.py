"""A phrase as SSML, for programs that read it: emphasis, IPA and respellings reach the voice.

The document is built as a tree and written by a serialiser, so nothing in a script can end an element or begin one.
Source: Speech Synthesis Markup Language 1.1, W3C Recommendation of 7 September 2010.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections.abc import Sequence

from producer.model.script import Token
from producer.voice.phrasing import PUNCTUATION
from producer.voice.plain_text import letters, needs_comma
from producer.voice.respelling import is_respelling, respelled_ipa

_SPEAK = "http://www.w3.org/2001/10/synthesis"
_NOT_IN_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_PARTS = re.compile(rf"^([{re.escape(PUNCTUATION)}]*)(.*?)([{re.escape(PUNCTUATION)}]*)$", re.DOTALL)


def document(tokens: Sequence[Token], language: str, *, ends: bool) -> str:
    """The SSML of a phrase.

    Emphasised tokens in a row are one `emphasis`. IPA is a `phoneme`, and so is a respelling for an English voice; for
    others it is in letters, as `plain_text.py` writes it.

    Args:
        tokens: the phrase's.
        language: of the voice, for `xml:lang` (`en-GB`).
        ends: False when the sentence goes on after a rest: then a comma keeps the voice up.
    """
    root = Tree.Element("speak", {"version": "1.1", "xmlns": _SPEAK, "xml:lang": language.replace("_", "-")})
    writer = _Writer(root)
    english = language[:2].casefold() == "en"
    run: _Writer | None = None
    for index, token in enumerate(tokens):
        if index and not token.glue:
            # The space between two emphasised words is inside their element, any other one outside.
            (run if run is not None and token.emphasis else writer).text(" ")
        if not token.emphasis:
            run = None
        elif run is None:
            run = _Writer(Tree.SubElement(root, "emphasis", {"level": "strong"}))
        _write(run or writer, token, english=english)
    if not ends and tokens and needs_comma(tokens[-1].spoken):
        writer.text(",")
    return Tree.tostring(root, encoding="unicode")


class _Writer:
    """Puts texts and elements one after the other into an element."""

    def __init__(self, into: Tree.Element) -> None:
        self._into = into

    def text(self, text: str) -> None:
        kept = _NOT_IN_XML.sub("", text)
        last = self._into[-1] if len(self._into) else None
        if last is None:
            self._into.text = (self._into.text or "") + kept
        else:
            last.tail = (last.tail or "") + kept

    def phoneme(self, written: str, ipa: str) -> None:
        found = Tree.SubElement(self._into, "phoneme", {"alphabet": "ipa", "ph": _NOT_IN_XML.sub("", ipa)})
        found.text = _NOT_IN_XML.sub("", written)


def _write(into: _Writer, token: Token, *, english: bool) -> None:
    edges = _PARTS.match(token.spoken)
    assert edges is not None  # every part of the pattern may be empty
    head, core, tail = edges.groups()
    written = token.written.strip(PUNCTUATION)
    respelt = bool(core) and english and is_respelling(written, core)
    if core and (token.ipa or respelt):
        into.text(head)
        into.phoneme(written, core if token.ipa else respelled_ipa(core))
        into.text(tail)
    else:
        into.text(letters(token))
