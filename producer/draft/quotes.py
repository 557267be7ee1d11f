"""What is spoken in a paragraph and what is told: quotations of every shape, and lines that a dash begins."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from producer.draft.lexicon import ALWAYS_SAYS, FOREIGN_SAYING, SOME
from producer.frozen import dataclass

_CLOSERS = {"“": "”", '"': '"', "«": "»", "„": "“”‟", "‹": "›", "「": "」", "『": "』", "‘": "’", "'": "'"}
_FARTHEST = 5000  # characters in which a single quotation mark is looked for that may be an apostrophe
_LONGEST_TOLD = 2000  # characters of telling in which a speech in other marks is looked for
_NEAR = 300  # characters between a quotation and one in it
_SINGLE = frozenset("‘'")
_DOUBLE = frozenset('“"„«»‹›「『')
_DASHES = "—–―"
_STRONG = frozenset('.,!?…—–-;:)*’”"')
_BEHIND = "".join(re.escape(sign) for sign in sorted(_STRONG))
_BEGINS_AGAIN = re.compile(r"‘(?<![^\W_]‘)")  # the sign first: it is looked for in far more places than it stands
_CLOSES = {mark: re.compile(rf"{mark}(?![^\W_])") for mark in "'’"}
_CLOSES_STRONGLY = {mark: re.compile(rf"{mark}(?:(?<=[{_BEHIND}]{mark})(?![^\W_])|\Z)") for mark in "'’"}
_ELIDED = re.compile(
    r"['’](?:tis|twas|twere|twill|em|til|till|cause|bout|round|un|cept|fraid|neath|ere|ave|ow|e|er|im|is)\b", re.I
)
_ENDED = frozenset(".,!?…—–-;:")
_OPENS = re.compile(r"(?:^|(?<=[\s(\[—–-]))'(?=[\w\"“])")
_VERBAL = re.compile(
    r"\b(?:said|asked|replied|answered|cried|whispered|muttered|murmured|shouted|called|told|went on|added|"
    rf"{'|'.join(sorted(FOREIGN_SAYING))})\b"
)
_TAGGED = re.compile(r",?\s*(?:[^\W\d_]\w* )?" + _VERBAL.pattern)
_SAYS_SOON = re.compile(rf"\s*(?:[^\W\d_]\w*\s){{0,3}}?(?:{'|'.join(sorted(ALWAYS_SAYS | FOREIGN_SAYING))})\b")
_TOLD_BEHIND = re.compile(rf"['’](?<=[.,!?…—–-]['’]){_SAYS_SOON.pattern}")
_TOLD_SINGLE = re.compile(r"(?<=[.,!?…—–-])['’]" + _TAGGED.pattern)
_TOLD_DOUBLE = re.compile(r"[\"”“»«›‹」』]" + _TAGGED.pattern)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A stretch of a paragraph. `start` and `end` hold its quotation marks too, `inner` what stands between them."""

    start: int
    end: int
    inner: tuple[int, int]
    spoken: bool
    opened: bool = False  # the quotation is not closed: it may go on in the next paragraph
    guessed: bool = False  # no sign says whether it is spoken, only its words


@dataclass(frozen=True, slots=True)
class Style:
    """How a text marks what is spoken."""

    openers: frozenset[str]
    turned: bool = False  # »so« and not «so»
    dashes: bool = False


_ANY = Style(frozenset(_CLOSERS))
_SINGLES = Style(_SINGLE)


def style_of(texts: Iterable[str]) -> Style:
    """The marks that a text uses.

    Single ones are for speech where more paragraphs and tags stand at them than at double ones, or where there are no
    others; double ones are then quotations in a speech, or inches.
    """
    signs: Counter[str] = Counter()
    dashed = 0
    for text in texts:
        for sign in _CLOSERS:
            if sign in text:
                signs[sign] += text.count(sign)
        signs["turned"] += len(re.findall(r"(?:^|\s)»\w", text)) - len(re.findall(r"(?:^|\s)«\s?\w", text))
        signs["single"] += len(re.findall(r"(?:^|\s)'\w[^']{0,300}(?:'\w[^']{0,300}){0,6}[.,!?]'(?!\w)", text))
        signs["left"] += len(re.findall(r"(?:^|[\s(—–])‘\w", text))
        signs["begun single"] += text[:1] in _SINGLE and _may_open(text, 0, _ANY)
        signs["begun double"] += text[:1] in _DOUBLE
        signs["told single"] += len(_TOLD_SINGLE.findall(text))
        signs["told double"] += len(_TOLD_DOUBLE.findall(text))
        dashed += text[:1] in _DASHES and text[1:2] not in _DASHES
    openers = {sign for sign in '“"„«‹「『' if signs[sign]}
    turned = signs["turned"] > 0
    if signs["„"]:
        openers -= {"“"}
    single = {sign for sign, count in (("‘", signs["left"]), ("'", signs["single"])) if count}
    if signs["begun single"] + signs["told single"] > signs["begun double"] + signs["told double"] and single:
        openers, turned = single, False
    elif not openers & set('“"„「『') and not (signs["«"] or signs["»"]):
        openers |= single
    return Style(frozenset(openers), turned, dashed >= 2 or (dashed == 1 and not openers))


def fragments(text: str, style: Style, *, goes_on: bool = False, following: str = "") -> list[Fragment]:
    """A paragraph cut into what is spoken and what is told; together the fragments are the whole of it.

    Args:
        text: of the paragraph.
        style: of the whole text.
        goes_on: the paragraph before left a quotation open; an opener at the start of this one goes on with it.
        following: the sign that begins the next paragraph.
    """
    if style.dashes and text[:1] in _DASHES and text[1:2] not in _DASHES:
        return _dashed(text)
    found: list[Fragment] = []
    at = told = 0
    while at < len(text):
        sign = text[at]
        closer = _closer(sign, style)
        if not closer or not _may_open(text, at, style):
            at += 1
            continue
        end = _end(text, at, sign, closer)
        opened = end is None
        stop = len(text) if end is None else end
        if opened and sign in _SINGLE and not (following == sign and _is_left_open(text, at)):
            at += 1
            continue
        inner = (at + 1, stop)
        stop = min(stop + (not opened), len(text))
        if opened or goes_on or _is_said(text, at, inner, stop):
            if told < at:
                found.append(Fragment(told, at, (told, at), False))
            found.append(Fragment(at, stop, inner, True, opened))
            told = stop
        at = stop
    if told < len(text):
        found.append(Fragment(told, len(text), (told, len(text)), False))
    if not style.openers & _SINGLE and not goes_on:
        found = [each for one in found for each in ([one] if one.spoken else _of_single(text, one))]
    return [one for one in found if text[one.start : one.end].strip()]


def _of_single(text: str, told: Fragment) -> list[Fragment]:
    """What is told, cut at speech between single marks where a verb of saying stands behind one: `'Who?' she asked.`"""
    inside = text[told.start : told.end]
    if len(inside) > _LONGEST_TOLD or not _TOLD_BEHIND.search(inside):
        return [told]
    found = fragments(inside, _SINGLES)
    if not any(one.spoken and _SAYS_SOON.match(inside, one.end) for one in found):
        return [told]
    begin = told.start
    return [
        Fragment(one.start + begin, one.end + begin, (one.inner[0] + begin, one.inner[1] + begin), one.spoken)
        for one in found
    ]


def _closer(sign: str, style: Style) -> str:
    if style.turned and sign in "»›":
        return "«" if sign == "»" else "‹"
    if sign not in style.openers or (style.turned and sign in "«‹"):
        return ""
    return _CLOSERS[sign]


def _may_open(text: str, at: int, style: Style) -> bool:
    if style.turned and text[at] in "»›":
        return True
    before = text[at - 1] if at else " "
    if text[at] == "'":
        return not before.isalnum() and _OPENS.match(text, at) is not None and not _ELIDED.match(text, at)
    if text[at] == "‘":
        return not before.isalnum()
    if text[at] == '"':  # behind a figure it stands for inches, behind a word it closes what nothing opened
        return not before.isdigit() and not (before.isalpha() and text[at + 1 : at + 2] in ("", " "))
    return True


def _end(text: str, at: int, sign: str, closer: str) -> int | None:
    """Where the sign stands that closes the quotation opened at `at`; None when there is none."""
    if sign in _SINGLE:
        return _single_end(text, at, closer)
    depth = 0
    for place in range(at + 1, len(text)):
        here = text[place]
        if here in closer:
            if here == '"' and _is_inches(text, place):
                continue
            if here == '"' and _is_third(text, at, place):
                depth += 1
                continue
            if not depth:
                return place
            depth -= 1
        elif here == sign:
            depth += 1
    return None


def _is_inches(text: str, at: int) -> bool:
    """Whether a straight mark behind a figure stands for inches: the next one closes, as in `"A 12" saw," he said`."""
    following = text.find('"', at + 1)
    return text[at - 1].isdigit() and following > 0 and not text[following - 1].isspace()


def _is_third(text: str, at: int, place: int) -> bool:
    """Whether a straight mark opens a quotation in a quotation in a quotation: `"He said, 'It says "no" twice.'"`."""
    if text[place - 1].isalnum() or not text[place + 1 : place + 2].isalnum():
        return False
    second = [found.start() for found in _OPENS.finditer(text, max(at + 1, place - _NEAR), place)]
    return bool(second) and (_single_end(text, second[-1], "'") or 0) > place


def _single_end(text: str, at: int, closer: str) -> int | None:
    """The closing mark that is no apostrophe: best one that stands behind a sign."""
    limit = min(at + _FARTHEST, len(text))
    again = _BEGINS_AGAIN.search(text, at + 1, limit)
    limit = again.start() if again else limit
    for closing in (_CLOSES_STRONGLY[closer], _CLOSES[closer]):
        found = closing.search(text, at + 1, min(limit + 1, len(text)))
        if found and found.start() < limit:
            return found.start()
    return None


def _is_left_open(text: str, at: int) -> bool:
    """Whether a single mark that nothing closes is no apostrophe: a sentence begins there, and one ends the text."""
    begins = not at or text[:at].rstrip()[-1:] in (".", ",", ":", "!", "?")
    return begins and text[-1] in _ENDED and not _ELIDED.match("’" + text[at + 1 : at + 12])


def _is_said(text: str, at: int, inner: tuple[int, int], end: int) -> bool:
    """Whether a quotation is speech, and not a word that somebody mentions."""
    inside = text[inner[0] : inner[1]].strip()
    if not inside:
        return False
    if inside[-1] in _ENDED or inside[-1] in "’'”\"":
        before = text[:at].rstrip()
        mention = inside[-1] == "," and inside[0].islower() and before and before[-1] not in ",.:;!?—–-”"
        return not mention
    before, after = text[:at].rstrip(), text[end:].lstrip()
    if (before and before[-1] in ",:") or _TAGGED.match(after):
        return True
    if not before and after[:1] == "," and len(inside.split()) > 2:  # `»Ich höre nichts«, log sie.`
        return True
    if not before and not after:
        return True
    return bool(after[:1] in _DASHES and (not before or before[-1] in _DASHES + ".,!?"))


_INSERTED = re.compile(r"\s[—–―]\s*(?=\w)|\s*[—–―](?=[.,;:!?\s]|$)\s*")
_BARE_TAG = re.compile(
    rf"(?<=[,?!…])\s+(?=(?:(?:he|she|they|I|(?:{'|'.join(SOME)})\sof\s(?:them|us|the\s\w+))\s+)?{_VERBAL.pattern}"
    r"|(?:came|was)\s(?:the|his|her|their)\s(?:reply|answer)\b)"
)


def _dashed(text: str) -> list[Fragment]:
    """A paragraph that a dash begins: speech, and between further dashes (or behind a comma) who says it."""
    begin = 1 + len(text[1:]) - len(text[1:].lstrip())
    cuts = [begin]
    marks = [(m.start(), m.end()) for m in _INSERTED.finditer(text, begin)]
    if not marks:
        bare = _BARE_TAG.search(text, begin)
        if bare is None:
            return [Fragment(0, len(text), (begin, len(text)), True)]
        return [Fragment(0, bare.start(), (begin, bare.start()), True), *_tagged(text, bare.start(), bare.end())]
    found: list[Fragment] = []
    start, inner, told = 0, begin, False
    for at, after in [*marks, (len(text), len(text))]:
        if inner < at:
            found.append(Fragment(start, after, (inner, at), not told))
        following = text[after : after + 60]
        told = not told and _VERBAL.search(following) is not None
        start, inner = after, after
        cuts.append(after)
    return found


_COMMA = re.compile(r",\s+")
_SENTENCE = re.compile(r"(?<!\bM)(?<!\bMM)(?<!\bDr)[.!?…]\s+")
_ADDRESS = re.compile(
    r"\b(?:je|tu|te|toi|moi|me|vous|nous|votre|vos|notre|ton|ta|tes|mon|ma|mes|[jtm]['’](?=\w)|"
    r"ich|du|wir|ihr|mich|dich|mir|dir|mein|dein|yo|tú|usted|ustedes|io|noi|voi|eu|você|I|you|we|my|your)\b",
    re.IGNORECASE,
)


def _tagged(text: str, start: int, begin: int) -> list[Fragment]:
    """Who says it, without a dash behind: what follows is spoken where its words are those of somebody who talks."""
    comma, sentence = _COMMA.search(text, begin), _SENTENCE.search(text, begin)
    if comma and _ADDRESS.match(text, comma.end()) and (not sentence or comma.start() < sentence.start()):
        rest = comma.end()
    elif sentence and _ADDRESS.search(text, sentence.end()):
        rest = sentence.end()
    else:
        return [Fragment(start, len(text), (begin, len(text)), False, guessed=sentence is not None)]
    return [
        Fragment(start, rest, (begin, rest), False),
        Fragment(rest, len(text), (rest, len(text)), True, guessed=True),
    ]
