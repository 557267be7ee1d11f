"""The way down a script, line by line: what key or item each line is, what it stands under, where its value begins."""

from __future__ import annotations

import re
from dataclasses import dataclass

from producer.script import layout, misread
from producer.script.draft import Draft
from producer.script.layout import KNOWN, Where, inside
from producer.script.lines import Line, plainly_spaced
from producer.script.region import Opener, below, is_document_line, key_of
from producer.script.under import read_block, read_text, text_below
from producer.script.values import DEEPEST, TOO_DEEP, read_value

_DASH = re.compile(r"-(?:[ ]|$)")
_AFTER_DASH = re.compile(r"-[ ]*")
_DASHES = re.compile(r"(?:-[ ]+)*")
_WRONG_DASH = re.compile(r"([–—−•‣·*])[ ]*(?=([\w.]+)[ ]*:)")
_TIGHT_DASH = re.compile(r"-(?=([\w.]+)[ ]*:)")
_TIGHT_COLON = re.compile(r"([A-Za-z_][\w.]*):(?=[^\s/\\])")
_WIDE_COLON = re.compile(r"([\w.]+)[ ]*(：)[ ]*")
_FIRST_WORD = re.compile(r"([\w.]+)(?=[ ]+\S)")


@dataclass(slots=True)
class _Frame:
    """A mapping or list that the present line may stand in."""

    indent: int  # of its keys or dashes
    where: Where
    is_list: bool
    awaits: Where | None = None
    """What its last key or dash holds, when nothing stood beside it: the lines below do."""


class Walk:
    """One pass over a draft."""

    def __init__(self, draft: Draft, names: frozenset[str]) -> None:
        self.draft = draft
        self.names = names
        self.frames = [_Frame(-1, Where.TOP, False, Where.TOP)]
        self.begun = False

    def run(self) -> None:
        """Read every line once."""
        number = 0
        while number < len(self.draft.lines):
            line = self.draft.lines[number]
            number = number + 1 if line.blank or line.comment else self._line(number)

    def _line(self, number: int) -> int:
        line = self.draft.lines[number]
        if is_document_line(line):
            return self._document_line(number)
        self.begun = True
        self._tidy(number)
        return self._read(number, again=False)

    def _document_line(self, number: int) -> int:
        """`---` may open a script, and `...` may end it; anything else is another document or a directive."""
        draft, text = self.draft, self.draft.lines[number].text
        if text.startswith("%"):
            draft.problem(
                number, 0, "a line that begins with % is a YAML directive, which a script cannot have", mended=False
            )
            draft.skip([number])
            return number + 1
        rest = [n for n in range(number + 1, len(draft.lines)) if not (draft.lines[n].blank or draft.lines[n].comment)]
        beside = not text[3:].lstrip().startswith("#") and text[3:].strip() != ""
        if text.startswith("---") and not self.begun and not beside:
            self.begun = True
            return number + 1
        if rest or beside:
            what = f"'{text[:3]}' begins another document; a script is one, so what follows is not read"
            draft.problem(number, 0, what, mended=False)
        draft.skip(range(number, len(draft.lines)))
        return len(draft.lines)

    # What a line is

    def _read(self, number: int, *, again: bool) -> int:
        """Read a line that is no comment and not part of a value; the next line to read."""
        line = self.draft.lines[number]
        column = line.indent
        if line.body.startswith("? "):
            self.draft.problem(number, column, "'? ' has no meaning in a script; write 'name: value'", mended=False)
            after = self._skip_with_children(number)
            if after < len(self.draft.lines) and self.draft.lines[after].body.startswith(":"):
                after = self._skip_with_children(after)
            return after
        if line.body.startswith(": "):
            self.draft.problem(number, column, "a name is missing before this colon", mended=False)
            return self._skip_all_below(number)
        if _DASH.match(line.text, column):
            return self._read_dashes(number, column, again=again)
        return self._read_key(number, column, again=again)

    def _read_dashes(self, number: int, column: int, *, again: bool) -> int:
        text = self.draft.lines[number].text
        while _DASH.match(text, column):
            home = self._home(column, dash=True)
            if home is None:
                return self._realign(number, again=again)
            if not self._enter(number, home, column, dash=True):
                return self._skip_all_below(number)
            rest = _AFTER_DASH.match(text, column)
            column = rest.end() if rest else len(text)
            if column == len(text) or text.startswith("#", column):
                return number + 1
        return self._read_key(number, column, again=again)

    def _read_key(self, number: int, column: int, *, again: bool) -> int:
        line = self.draft.lines[number]
        key = _split_key(line.text, column)
        if key is None:
            return self._scalar(number, column, again=again)
        name, start = key
        home = self._home(column, dash=False)
        if home is None or (not again and column == line.indent and self._belongs_deeper(name, home)):
            return self._realign(number, again=again)
        if not self._enter(number, home, column, dash=False):
            return self._skip_all_below(number)
        return self._value(number, column, name, start)

    def _value(self, number: int, column: int, name: str, start: int) -> int:
        """Read what a key holds."""
        frame = self.frames[-1]
        holds = inside(frame.where, name)
        if frame.where in KNOWN and name not in KNOWN[frame.where] and frame.where is not Where.ITEM:
            holds = Where.VALUE
        opener = self._opener(number, column, start, frame.where)
        below = text_below(self.draft.lines, opener)
        value = self.draft.lines[number].text[start:].rstrip()
        if misread.is_header(value, text_below=below):
            return read_block(self.draft, opener)
        if holds is Where.TEXT and not self._holds_structure(opener, value):
            return read_text(self.draft, opener)
        if holds is Where.TEXT:
            holds = Where.VALUE
        after = read_value(self.draft, opener, depth=len(self.frames) - 1)
        if after is None:
            frame.awaits = holds
            return number + 1
        return after

    def _holds_structure(self, opener: Opener, value: str) -> bool:
        """Whether a list or keys stand under a key that should hold a text; a later step will say so."""
        if value:
            return False
        for number in range(opener.number + 1, len(self.draft.lines)):
            line = self.draft.lines[number]
            if line.blank or line.comment:
                continue
            if line.indent <= opener.key_column:
                return False
            key = key_of(line)
            return line.body.startswith("- ") or (key is not None and key in layout.ANY_KEY)
        return False

    def _opener(self, number: int, column: int, start: int, where: Where) -> Opener:
        columns = frozenset(frame.indent for frame in self.frames)
        return Opener(number=number, key_column=column, start=start, where=where, names=self.names, columns=columns)

    def _scalar(self, number: int, column: int, *, again: bool) -> int:
        """A line without a key: an item of a list, a value under its key, or a stray."""
        line = self.draft.lines[number]
        home = self._home(column, dash=False)
        if home is None or self.frames[home].awaits is None or self.frames[home].indent == column:
            return self._stray(number, column, again=again)
        del self.frames[home + 1 :]
        frame = self.frames[home]
        where = frame.awaits or Where.VALUE
        if where is Where.ITEM and self._add_colon(number, column, layout.ITEM_KINDS | self.names):
            return self._read(number, again=True)
        frame.awaits = None
        if line.text[column] in "[{":
            where = Where.VALUE
        opener = self._opener(number, max(frame.indent, 0), column, where)
        after = read_value(self.draft, opener, depth=len(self.frames) - 1)
        return number + 1 if after is None else after

    def _stray(self, number: int, column: int, *, again: bool) -> int:
        """A line that is neither a key nor an item: perhaps only a colon is missing."""
        frame = next((f for f in reversed(self.frames) if f.indent == column and not f.is_list), None)
        if frame is not None and not again and self._add_colon(number, column, KNOWN.get(frame.where, frozenset())):
            return self._read(number, again=True)
        what = "this line is neither an item (with a dash) nor a key (with a colon), nor part of the text above"
        self.draft.problem(number, column, what, mended=False)
        self.draft.skip([number])
        return number + 1

    def _add_colon(self, number: int, column: int, known: frozenset[str]) -> bool:
        word = _FIRST_WORD.match(self.draft.lines[number].text, column)
        if word is None or word[1] not in known:
            return False
        self.draft.problem(number, word.end(), f"a colon is missing after '{word[1]}'")
        self.draft.change(number, word.end(), word.end(), ":")
        return True

    # Where a line stands

    def _home(self, column: int, *, dash: bool) -> int | None:
        """The index of the frame that a dash, key or value at a column stands in or under; None: it is misaligned."""
        index = len(self.frames) - 1
        while self.frames[index].indent > column:
            index -= 1
        frame = self.frames[index]
        if frame.indent == column and frame.is_list and not dash:
            index -= 1
            frame = self.frames[index]
        same = frame.indent == column
        if same and frame.is_list == dash:
            return index
        if frame.awaits is None or (same and not dash):
            return None
        return index

    def _belongs_deeper(self, name: str, home: int) -> bool:
        """Whether a key is unknown where it stands, and known in what it would leave: it was indented too little."""
        here = KNOWN.get(self.frames[home].where)
        if self.frames[home].is_list or here is None or name in here:
            return False
        return any(not frame.is_list and name in KNOWN.get(frame.where, ()) for frame in self.frames[home + 1 :])

    def _enter(self, number: int, home: int, column: int, *, dash: bool) -> bool:
        """Leave what is deeper, and begin the list or mapping that this line opens; False when that is one too many."""
        del self.frames[home + 1 :]
        frame = self.frames[home]
        if frame.indent != column or frame.is_list != dash:
            if len(self.frames) > DEEPEST:
                self.draft.problem(number, column, TOO_DEEP, mended=False)
                return False
            where = frame.awaits or Where.VALUE
            frame.awaits = None
            self.frames.append(_Frame(column, where, dash))
        if dash:
            self.frames[-1].awaits = inside(self.frames[-1].where)
        else:
            self.frames[-1].awaits = None
        return True

    def _realign(self, number: int, *, again: bool) -> int:
        """Move a line that stands under nothing to the neighbours that it belongs with, if that is certain."""
        line = self.draft.lines[number]
        dashes = _DASHES.match(line.body)
        key = KEY_NAME.match(line.body, dashes.end() if dashes else 0)
        target = self._neighbours(line, key[1] if key else "", dash=line.body.startswith("-"))
        if target is None or again:
            what = "this line does not stand straight under any keys or dashes; check its indentation"
            self.draft.problem(number, line.indent, what, mended=False)
            return self._skip_with_children(number)
        if target != line.indent:
            self.draft.misplaced(number, "this line does not stand straight under the ones that it belongs with")
            self.draft.indent(number, target)
        return self._read(number, again=True)

    def _neighbours(self, line: Line, key: str, *, dash: bool) -> int | None:
        """The column of the nearest frame whose kind this line is."""
        near: list[tuple[int, int, int]] = []
        for depth, frame in enumerate(reversed(self.frames)):
            holds = inside(frame.where) if dash else frame.where
            known = KNOWN.get(holds, frozenset()) | (self.names if holds is Where.ITEM else frozenset())
            named = depth == 0 and frame.where in (Where.CAST, Where.TEXTS) and key != ""
            if frame.is_list == dash and frame.indent >= 0 and (named or key in known):
                near.append((abs(frame.indent - line.indent), depth, frame.indent))
        if not near and dash and key:
            plays = (frame for frame in reversed(self.frames) if frame.is_list and frame.where is Where.PLAY)
            return next((frame.indent for frame in plays), None)
        return min(near)[2] if near else None

    def _skip_with_children(self, number: int) -> int:
        """Leave out a line that cannot be placed, and those below it that cannot be placed without it."""
        lines = self.draft.lines
        column = lines[number].indent
        end = number + 1
        while end < len(lines) and (lines[end].blank or lines[end].indent >= column) and not self._has_home(lines[end]):
            end += 1
        self.draft.skip(range(number, end))
        return end

    def _skip_all_below(self, number: int) -> int:
        """Leave out a line and all that is indented further."""
        end = below(self.draft.lines, number, self.draft.lines[number].indent)
        self.draft.skip(range(number, end))
        return end

    def _has_home(self, line: Line) -> bool:
        return not line.blank and self._home(line.indent, dash=line.body.startswith("-")) is not None

    # Small slips

    def _tidy(self, number: int) -> None:
        """Mend what is missing or wrong around the dash and the key of a line."""
        draft = self.draft
        draft.lines[number] = plainly_spaced(draft.lines[number])
        line = draft.lines[number]
        wrong = _WRONG_DASH.match(line.text, line.indent)
        if wrong and (wrong[2] in layout.ITEM_KINDS or wrong[2] in self.names):
            draft.problem(number, line.indent, f"an item begins with a plain dash, not with {wrong[1]}")
            draft.change(number, wrong.start(), wrong.end(), "- ")
        tight = _TIGHT_DASH.match(draft.lines[number].text, line.indent)
        if tight and (tight[1] in layout.ANY_KEY or tight[1] in self.names or self._is_list_at(line.indent)):
            draft.problem(number, line.indent, "a space is missing after the dash")
            draft.change(number, tight.end(), tight.end(), " ")
        line = draft.lines[number]
        dashes = _DASHES.match(line.text, line.indent)
        column = dashes.end() if dashes else line.indent
        wide = _WIDE_COLON.match(line.text, column)
        if wide and (wide[1] in layout.ANY_KEY or wide[1] in self.names):
            draft.problem(number, wide.start(2), "a key ends with a plain colon, not with ：")
            draft.change(number, wide.end(1), wide.end(), ": ")
            line = draft.lines[number]
        name = _TIGHT_COLON.match(line.text, column)
        if name and self._is_key_here(name[1], line, column):
            draft.problem(number, name.end() - 1, f"a space is missing after '{name[1]}:'")
            draft.change(number, name.end(), name.end(), " ")

    def _is_list_at(self, column: int) -> bool:
        home = self._home(column, dash=True)
        return home is not None and (
            self.frames[home].is_list or self.frames[home].awaits in (Where.PLAY, Where.SCENES)
        )

    def _is_key_here(self, name: str, line: Line, column: int) -> bool:
        """Whether `name:…` without a space is meant as a key."""
        if name in layout.ANY_KEY or name in self.names:
            return True
        if _split_key(line.text, column) is not None:
            return False
        home = self._home(line.indent, dash=column > line.indent)
        if home is None:
            return False
        frame = self.frames[home]
        if column > line.indent:
            return Where.PLAY in (frame.where, frame.awaits)
        return not frame.is_list and frame.indent == column


KEY_NAME = re.compile(r"([\w.]+)[ ]*:")
_KEY_END = re.compile(r"[ ]*:(?=[ ]|$)")
_COLON = re.compile(r":(?=[ ]|$)")


def _split_key(text: str, column: int) -> tuple[str, int] | None:
    """The key that begins at a column, and where its value begins; None where YAML would see no key."""
    if text.startswith(("'", '"'), column):
        end = misread.quoted_end(text, column)
        colon = None if end is None else _KEY_END.match(text, end)
        if end is None or colon is None:
            return None
        name, after = text[column + 1 : end - 1], colon.end()
    else:
        if text.startswith(("[", "{", "#"), column):
            return None
        found = _COLON.search(text, column)
        if found is None or " #" in text[column : found.start()]:
            return None
        name, after = text[column : found.start()].rstrip(), found.end()
    while text.startswith(" ", after):
        after += 1
    return name, after
