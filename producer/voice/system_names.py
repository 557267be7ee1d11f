"""What the operating system's voices are called here, and what they speak: from what pyttsx3's drivers say of them."""

from __future__ import annotations

import hashlib
import locale
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping

from producer.frozen import dataclass

_VENDOR = frozenset({"microsoft", "desktop", "mobile"})
_QUALITY = ("enhanced", "premium")
_TAG = re.compile(r"^[a-z]{2,3}(-[a-z0-9]+)*$")
_LCID = re.compile(r"^(?=[^;]*\d)[0-9a-f]{1,5}(;[0-9a-f]{1,5})*$")
_UNKNOWN_LCID = re.compile(r"^unknown locale: (\d+)$")


@dataclass(frozen=True, slots=True)
class Record:
    """One voice as its driver tells of it."""

    id: str
    name: str
    languages: tuple[str, ...]


def record(told: Mapping[str, object]) -> Record | None:
    """What a driver told of a voice, as the child process wrote it down; None for one that has no id."""
    languages = told.get("languages")
    some = languages if isinstance(languages, list | tuple) else ()
    found = Record(_text(told.get("id")), _text(told.get("name")), tuple(filter(None, map(_text, some))))
    return found if found.id else None


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def tag(record: Record) -> str:
    """The language of a voice, in lower case (`en-gb`); empty when its driver does not tell.

    macOS tells `en_GB`; SAPI a number in hexadecimal digits, or several (`409;9`), which pyttsx3 turns into `en-US`
    where it knows the number and into `Unknown Locale: 1033` where not; espeak-ng's may begin with a byte of priority.
    """
    for told in record.languages:
        plain = "".join(c for c in told if c.isprintable()).casefold().partition("@")[0].partition(".")[0]
        unknown = _UNKNOWN_LCID.match(plain)
        if unknown:
            plain = _of_lcid(int(unknown[1]))
        elif _LCID.match(plain):
            plain = _of_lcid(int(plain.partition(";")[0], 16))
        plain = plain.replace("_", "-")
        if _TAG.match(plain):
            return plain
    return ""


def _of_lcid(number: int) -> str:
    # A number without a country names its language's first: Python's own table has only those with one.
    known = locale.windows_locale.get(number) or locale.windows_locale.get(0x400 | number & 0x3FF, "")
    return known.casefold()


def named(records: Iterable[Record]) -> dict[str, Record]:
    """Voices by the names that scripts give them, in letters, digits and `-`: the same for any order of the list.

    A voice goes by its own name (`samantha`, `zira`), a better recording of it by that too (`ava-premium`). Where
    several are called alike, each also has its language (`eddy-en-gb`), and, where needed, four signs of its id.
    """
    voices = {one.id: one for one in records}
    names = {one.id: _own_name(one) for one in voices.values()}
    for longer in (_with_language, _with_mark):
        counts = Counter(names.values())
        names = {one: longer(name, voices[one]) if counts[name] > 1 else name for one, name in names.items()}
    found: dict[str, Record] = {}
    for one in sorted(voices):
        found.setdefault(names[one], voices[one])
    return dict(sorted(found.items()))


def _with_language(name: str, one: Record) -> str:
    return f"{name}-{tag(one)}".rstrip("-")


def _with_mark(name: str, one: Record) -> str:
    return f"{name}-{_mark(one)}"


def _mark(one: Record) -> str:
    return hashlib.sha256(one.id.encode()).hexdigest()[:4]


def _own_name(one: Record) -> str:
    # "Microsoft Zira Desktop - English (United States)", "Eddy (English (UK))", "Ava (Premium)"
    first = one.name.partition(" - ")[0].partition("(")[0]
    words = [word for word in _plain(first).split("-") if word and word not in _VENDOR]
    if not words:  # written in letters that scripts' names do not have
        words = [word for word in _plain(re.split(r"[./\\]", one.id)[-1]).split("-") if word]
    told = {*_plain(one.name).split("-"), *_plain(one.id).split("-")}
    words += [quality for quality in _QUALITY if quality in told and quality not in words]
    return "-".join(words) or f"voice-{_mark(one)}"


def _plain(text: str) -> str:
    letters = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold()
    return re.sub(r"[^a-z0-9]+", "-", letters).strip("-")
