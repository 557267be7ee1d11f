"""The page about a season: its episodes side by side, in the look of the listening page and as one file, too."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field
from typing import Any

from markupsafe import Markup

from producer.frozen import dataclass
from producer.page.colours import PLAIN_HUE, palettes
from producer.page.figures import number
from producer.page.html import digest, environment, relative
from producer.page.reading import clock, spoken_length

KINDS = ("beds", "music", "sounds")
"""What speech has to stand above."""
_REACH_LU = 3.0
"""How far from the loudness that is asked the drawn scale goes, on either side."""
_INDEX = "index.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One mix in one kind of file; levels of the decoded file."""

    file: str
    mix: str
    format: str
    lufs: float | None
    range_lu: float | None
    peak_dbtp: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """Where speech stands least above something else: by how much, and how much is asked."""

    lu: float | None
    asked_lu: float
    line: str
    where: str

    @property
    def holds(self) -> bool:
        """Whether it is as much as asked, as the figures are written."""
        return self.lu is None or round(self.lu, 1) >= round(self.asked_lu, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What the audit found, and when in the episode."""

    where: str
    time: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """An episode; one that `failed` has nothing but its name and why."""

    slug: str
    title: str
    failed: str = ""
    show: str = ""
    number: str = ""
    language: str = ""
    edition_of: str = ""
    profile: str = ""
    asked_lufs: float | None = None
    tolerance_lu: float = 0.0
    length_s: float = 0.0
    files: tuple[File, ...] = ()  # the standard mix first
    margins: Mapping[str, Margin] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def html(rows: Sequence[Row]) -> str:
    """The page; the same rows give the same page. Links lead to each episode's own page, in the folder of its slug."""
    templates = environment()
    light, dark = palettes(PLAIN_HUE)
    style = templates.get_template("season.css").render(light=light, dark=dark).strip()
    made = [row for row in rows if not row.failed]
    shows = list(dict.fromkeys(row.show for row in made if row.show))
    longest_s = max((row.length_s for row in made), default=1.0)
    return (
        templates.get_template("season.html").render(
            title=shows[0] if len(shows) == 1 else "Season",
            light=light,
            dark=dark,
            style=Markup(style),
            style_hash=digest(style),
            said=_said(rows, made),
            rows=[_row(row, longest_s) for row in made],
            failed=[row for row in rows if row.failed],
            kinds=[kind for kind in KINDS if any(kind in row.margins for row in made)],
            shows=len(shows) > 1,
            languages=len({row.language for row in made}) > 1,
            profiles=sorted({row.profile for row in made}),
            mixes=any(len(row.files) > 1 for row in made),
            found=[row for row in made if row.findings],
        )
        + "\n"
    )


def _said(rows: Sequence[Row], made: Sequence[Row]) -> list[str]:
    """The whole of it in a few words."""
    count = len({row.edition_of or row.slug for row in made})
    languages = len({row.language for row in made})
    said = [f"{count} {'episode' if count == 1 else 'episodes'}"]
    said += [f"{languages} languages"] if languages > 1 else []
    said += [spoken_length(sum(row.length_s for row in made))] if made else []
    found, failed = sum(len(row.findings) for row in made), len(rows) - len(made)
    said.append("nothing found" if not found else f"{found} {'finding' if found == 1 else 'findings'}")
    return said + ([f"{failed} failed"] if failed else [])


def _row(row: Row, longest_s: float) -> dict[str, Any]:
    first = row.files[0]
    off_lu = None if first.lufs is None or row.asked_lufs is None else first.lufs - row.asked_lufs
    return {
        "row": row,
        "page": relative(f"{row.slug}/{_INDEX}"),
        "files": [(one, relative(f"{row.slug}/{one.file}"), number(one.lufs)) for one in row.files],
        "length": clock(row.length_s),
        "long": round(100.0 * row.length_s / longest_s, 1),
        "lufs": number(first.lufs),
        "range": number(first.range_lu),
        "peak": number(first.peak_dbtp),
        "asked": "" if row.asked_lufs is None else f"{number(row.asked_lufs, 0)} ±{row.tolerance_lu:g}",
        "loud": None if off_lu is None else round(50.0 + 50.0 * max(-1.0, min(1.0, off_lu / _REACH_LU)), 1),
        "band": round(100.0 * row.tolerance_lu / _REACH_LU, 1),
        "holds": off_lu is None or abs(round(off_lu, 2)) <= row.tolerance_lu,
        "margins": {kind: (number(one.lu), number(one.asked_lu), one) for kind, one in row.margins.items()},
    }
