"""What an actor needs in the booth: every line with what comes before it, how it is said, and its file's name."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from fractions import Fraction
from importlib import resources
from pathlib import Path

import jinja2

from producer.deliver.files import Staging
from producer.errors import UsageError, nearest
from producer.frozen import dataclass
from producer.model.script import Line, Script
from producer.project import file_name
from producer.session.names import cell
from producer.voice.naming import Names, Speech, speakers

_COLUMNS = ("number", "scene", "before", "line", "direction", "pronunciation", "file", "id", "recorded")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a line as it is printed: words, or a direction between them."""

    text: str
    kind: str  # "words", "strong" or "note"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line on the sheet."""

    number: int
    scene: str
    before: str  # who says the line before, and its words
    pieces: tuple[Piece, ...]
    direction: str
    pronunciation: tuple[tuple[str, str], ...]  # as written, as said
    file: str  # the name to give, without suffix
    id: str  # "" when the script gives it none
    together: tuple[str, ...]  # who says it at the same time
    recorded: bool

    @property
    def text(self) -> str:
        """The line as plain text, its directions in square brackets."""
        return "".join(piece.text if piece.kind != "note" else f"[{piece.text}]" for piece in self.pieces)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """All that one member says."""

    member: str
    name: str
    title: str
    show: str
    language: str
    folder: str  # where recordings go
    rows: tuple[Row, ...]


def sheets(script: Script, slug: str, recorded: Mapping[Speech, object], only: Sequence[str] = ()) -> tuple[Sheet, ...]:
    """A sheet for every member who speaks, in the order of their first lines. Raises UsageError for unknown members.

    Args:
        script: as it is read.
        slug: the script's name, as its folder of takes has it.
        recorded: the lines of which there are recordings.
        only: these members; all when empty.
    """
    said = speakers(script.lines)
    for name in only:
        if name not in said:
            raise UsageError(f"--cast: nobody who speaks is called '{name}'{nearest(name, said)}")
    names = Names(script.lines)
    titles = {scene.id: scene.title or f"scene {number}" for number, scene in enumerate(script.scenes, 1)}
    before = dict(zip([line.id for line in script.lines], [None, *script.lines], strict=False))
    return tuple(
        Sheet(
            member=member,
            name=_name(script, member),
            title=script.title,
            show=script.show,
            language=script.language,
            folder=f"takes/{slug}",
            rows=tuple(
                _row(script, names, speech, number, titles, before, recorded) for number, speech in enumerate(lines, 1)
            ),
        )
        for member, lines in said.items()
        if not only or member in only
    )


def _row(
    script: Script,
    names: Names,
    speech: Speech,
    number: int,
    titles: Mapping[str, str],
    before: Mapping[str, Line | None],
    recorded: Mapping[Speech, object],
) -> Row:
    line = names.lines[speech[0]]
    last = before[line.id]
    name = names.of[speech]
    return Row(
        number=number,
        scene=titles[line.scene],
        before=f"{_name(script, last.speaker)}: {last.text}" if last else "",
        pieces=_pieces(line),
        direction=line.how,
        pronunciation=tuple(
            dict.fromkeys(
                (token.written.strip('.,;:!?…"“”'), f"/{token.spoken}/" if token.ipa else token.spoken)
                for token in line.tokens
                if token.written != token.spoken
            )
        ),
        file=name,
        id=line.id if name.partition(".")[0] == line.id else "",
        together=tuple(_name(script, use.member) for i, use in enumerate(line.voices) if i != speech[1]),
        recorded=speech in recorded,
    )


def _name(script: Script, member: str) -> str:
    known = script.cast.get(member)
    return known.name if known else member


def _pieces(line: Line) -> tuple[Piece, ...]:
    """The words, with a note where the actor should pause: the words on both sides are cut apart there."""
    roles = {cue.id: cue.role.replace("_", " ") for cue in line.cues}
    found: list[Piece] = []
    for index, token in enumerate([*line.tokens, None]):
        for rest in line.rests:
            if rest.after_token == index:
                length = f" {float(rest.length):g} s" if isinstance(rest.length, Fraction) and rest.length else ""
                what = f"pause for {roles.get(rest.wait_for, 'a sound')}" if rest.wait_for else f"pause{length}"
                found += [Piece(" ", "words"), Piece(what, "note")]
        if token is None:
            continue
        space = "" if token.glue or not found else " "
        found.append(Piece(space + token.written, "strong" if token.emphasis else "words"))
    return tuple(found)


def page(sheet: Sheet) -> str:
    """The sheet as a page that prints well: no scripts, no other files."""
    source = resources.files("producer.takes").joinpath("booth.html").read_text("utf-8")
    environment = jinja2.Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source).render(sheet=sheet) + "\n"


def table(sheet: Sheet) -> str:
    """The sheet as CSV, for spreadsheets: UTF-8 with a mark that says so."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for row in sheet.rows:
        said = "; ".join(f"{written} = {spoken}" for written, spoken in row.pronunciation)
        cells = (row.scene, row.before, row.text, row.direction, said, row.file, row.id)
        writer.writerow([row.number, *map(cell, cells), "yes" if row.recorded else ""])
    return "\ufeff" + out.getvalue()


def write(found: Sequence[Sheet], folder: Path) -> tuple[Path, ...]:
    """Both forms of every sheet into a folder; returns the files. Raises RenderError."""
    with Staging(folder) as staging:
        for sheet in found:
            staging.text(f"{file_name(sheet.member)}.html", page(sheet))
            staging.text(f"{file_name(sheet.member)}.csv", table(sheet))
        return staging.publish()
