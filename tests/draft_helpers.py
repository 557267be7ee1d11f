"""What the tests of first drafts share: packs, the way from a story to a checked script, and passages with answers."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from producer import draft, project
from producer.draft.hearing import Ear, SoundKind
from producer.draft.nouns import Draft, Source, Speech
from producer.foley import RECIPES
from producer.model.script import Line, Script
from producer.script import read, resolve
from producer.script.keys import RESERVED
from producer.script.moments import WORDS
from producer.sounds.find import Packs, load_packs

DATA = Path(__file__).parent / "data" / "draft"
_MARK = re.compile(r"\{([\w|]+)\}|<([\w|]+)>")


@lru_cache(maxsize=1)
def packs() -> Packs:
    return load_packs(("ruins",), (project.shipped("sfx"),), recipes=RECIPES)


def kind_of(role: str) -> SoundKind | None:
    found = packs().find(role)
    return found[1].kind if found else None


@lru_cache(maxsize=1)
def the_ear() -> Ear:
    return draft.ear(draft.TABLE, kind_of)


def wanted(*, sounds: bool = True, language: str = "en-GB") -> draft.Wanted:
    return draft.Wanted(
        ear=the_ear() if sounds else None,
        fills=lambda role: kind_of(role) is not None,
        reserved=frozenset({*RESERVED, *WORDS, "together"}),
        language=language,
    )


def cues() -> draft.Cues:
    return draft.Cues({role: kind_of(role) or "hit" for role in packs().roles()}, the_ear())


def of_prose(source: Source | str, *, sounds: bool = True) -> Draft:
    return draft.draft_prose(draft.read_plain(source) if isinstance(source, str) else source, wanted(sounds=sounds))


def of_fountain(text: str) -> Draft:
    return draft.draft_fountain(text, wanted(), cues())


def of_radio(text: str) -> Draft:
    return draft.draft_radio(text, wanted(), cues())


def written(made: Draft) -> str:
    """The YAML of a draft."""
    voices = draft.cast_voices(made.people, "en-gb", {"en-gb", "en-us"}, {"+f3", "+f2", "+m3", "+m1"})
    kinds = {role: found[1].kind for role in packs().roles() if (found := packs().find(role))}
    return draft.write_script(replace(made, title=made.title or "T"), voices, ["ruins"], kinds, "A first draft")


def checked(made: Draft) -> Script:
    """The draft as the script's own reader reads it; raises ScriptError where `render check` would complain."""
    return resolve(read(written(made), "script/draft.yaml"), packs().catalogue())


def transcript(script: Script) -> str:
    """What is said, as it is shown."""
    lines = (item for scene in script.scenes for item in scene.items if isinstance(item, Line))
    return " ".join("".join(("" if token.glue else " ") + token.written for token in line.tokens) for line in lines)


def words(text: str) -> list[str]:
    """The words of a text, found without any of our own code."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[^\W_]+", plain)


def epub(pages: Sequence[str], *, title: str = "A Book", opf: str = "", extra: dict[str, bytes] | None = None) -> bytes:
    """A book of these pages (the insides of `body`)."""
    out = io.BytesIO()
    items = "".join(
        f'<item id="p{n}" href="p%20{n}.xhtml" media-type="application/xhtml+xml"/>' for n in range(len(pages))
    )
    spine = "".join(f'<itemref idref="p{n}"/>' for n in range(len(pages)))
    package = opf or (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/">'
        f"<dc:title>{title}</dc:title><dc:creator>N. Name</dc:creator><dc:language>en-GB</dc:language></metadata>"
        f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
    )
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/epub+zip")
        container = '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
        container += (
            '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
        )
        archive.writestr("META-INF/container.xml", container)
        archive.writestr("OPS/book.opf", package)
        for number, page in enumerate(pages):
            head = '<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">'
            whole = f"{head}<head><title>no word of it</title></head><body>{page}</body></html>"
            archive.writestr(f"OPS/p {number}.xhtml", whole)
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()


@dataclass(frozen=True)
class Passage:
    """A text with its answers: after which word (from 0) somebody has spoken, and on which word something sounds."""

    name: str
    text: str
    speakers: tuple[tuple[int, frozenset[str]], ...]
    sounds: tuple[tuple[int, frozenset[str]], ...]


def passages(folder: str) -> list[Passage]:
    found = []
    for file in sorted((DATA / folder).glob("*.txt")):
        marked = file.read_text("utf-8")
        plain = _MARK.sub("", marked)
        speakers, sounds = [], []
        for mark in _MARK.finditer(marked):
            at = len(words(_MARK.sub("", marked[: mark.start()])))
            answers = frozenset((mark[1] or mark[2]).split("|"))
            if mark[1]:
                speakers.append((at - 1, answers))
            else:
                sounds.append((at, answers))
        found.append(Passage(file.name, plain, tuple(speakers), tuple(sounds)))
    return found


@dataclass(frozen=True)
class Score:
    lines: int
    right: int
    marked: int
    found: int
    false: int
    words: int
    notes: tuple[str, ...]


def score(folder: str) -> Score:
    """How many lines have the right speaker, how many marked sounds are suggested, how many are false."""
    lines = right = marked = found = false = count = 0
    notes: list[str] = []
    for passage in passages(folder):
        made = of_prose(passage.text)
        called = {one.key: {name.replace(" ", "_") for name in one.called} | {one.key} for one in made.people}
        called["someone"] = {"unknown"}
        said: list[tuple[int, int, str]] = []
        heard: list[tuple[int, int, str]] = []
        at = 0
        for speech in (item for scene in made.scenes for item in scene.items if isinstance(item, Speech)):
            size = len(words(speech.text))
            said.append((at, at + size, speech.speaker))
            for one in speech.heard:
                end = one.offset + len(one.word)  # the phrase holds the word
                begin = next(
                    n
                    for n in range(end)
                    if one.phrase == speech.text[n : n + len(one.phrase)] and end <= n + len(one.phrase)
                )
                first = at + len(words(speech.text[:begin]))
                heard.append((first, first + len(words(one.phrase)), one.role))
            at += size
        count += at
        for place, answers in passage.speakers:
            who = next(key for a, b, key in said if a <= place < b)
            lines += 1
            right += bool(called[who] & answers)
            notes += (
                [] if called[who] & answers else [f"{passage.name}: word {place} is {who}'s, not {sorted(answers)}"]
            )
        hit = set()
        for place, answers in passage.sounds:
            marked += 1
            match = [n for n, (a, b, role) in enumerate(heard) if a <= place < b and role in answers]
            found += bool(match)
            hit.update(match)
            notes += [] if match else [f"{passage.name}: word {place} is not heard as {sorted(answers)}"]
        false += len(heard) - len(hit)
        notes += [f"{passage.name}: {one} is false" for n, one in enumerate(heard) if n not in hit]
    return Score(lines, right, marked, found, false, count, tuple(notes))
