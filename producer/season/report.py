"""What is said of a season when it is over: for people, for programs, and as an exit code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from producer.season.publish import Published, notes
from producer.season.run import Row

_DONE = ("made", "kept")


def exit_code(rows: Sequence[Row], published: Published) -> int:
    """0 when all is there; 3 when a mistake of ours was met; else 1."""
    if any(row.status == "fault" for row in rows):
        return 3
    return int(bool(published.problem) or any(row.status not in _DONE for row in rows))


def problems(rows: Sequence[Row], published: Published) -> Iterator[str]:
    """What went wrong, each with its place; of what is our mistake, the whole traceback."""
    having: dict[str, list[str]] = {}
    for row in rows:
        for one in _messages(row):
            having.setdefault(one, []).append(row.slug)
    told = set[str]()
    for row in rows:
        for one in _messages(row):
            if one not in told:
                told.add(one)
                first, *more = one.splitlines()
                yield "\n".join([first if len(having[one]) == 1 else f"{first} ({', '.join(having[one])})", *more])
        if row.status == "stopped":
            yield f"{row.project.script}: {row.message}"
        elif row.status == "fault":
            yield f"{row.project.script}: {row.message}"
            yield "This is a fault of Producer. Please report it with the lines above and, if you can, the script."
    if published.problem:
        yield published.problem


def _messages(row: Row) -> list[str]:
    """The mistakes of an episode, each with the lines that mend it; several may have those of a file they share."""
    return re.split(r"\n(?! )", row.message) if row.status == "mistake" else []


def text(rows: Sequence[Row], published: Published, here: Path) -> str:
    """A line for each episode and one for the whole."""
    width = max(len(row.slug) for row in rows)
    lines = [f"{row.slug:<{width}}  {row.status:<7}  {_figures(row)}" for row in rows]
    there = [row for row in rows if row.facts is not None]
    made, failed = sum(row.status == "made" for row in rows), len(rows) - len(there)
    found = sum(len(row.facts.findings) for row in there if row.facts is not None)
    heard_s = sum(row.facts.length_s for row in there if row.facts is not None)
    said = [f"season: {len(there)} of {len(rows)} episodes, {clock(heard_s)}", f"{made} made now"]
    said += [f"{failed} failed"] if failed else []
    said += [f"{found} {'finding' if found == 1 else 'findings'}"] if found else []
    lines.append(", ".join(said))
    lines += [f"wrote      {_from(path, here)}" for path in (published.page, published.feed) if path is not None]
    return "\n".join(lines + [f"note       {one}" for one in published.remarks])


def _figures(row: Row) -> str:
    facts = row.facts
    if facts is None:
        return row.project.script.as_posix()
    first = facts.files[0]
    said = [
        f"{clock(facts.length_s):>7}",
        f"{_shown(first.loudness_lufs):>6} LUFS",
        f"range {_shown(first.loudness_range_lu):>4} LU",
        f"peak {_shown(first.true_peak_dbtp):>5} dBTP",
    ]
    least = min(
        ((one.margin_lu, kind) for kind, one in facts.margins.items() if one.margin_lu is not None), default=None
    )
    said += [f"speech {least[0]:>4.1f} LU over {least[1]}"] if least else []
    said += [f"{len(facts.findings)} found"] if facts.findings else []
    said += notes(facts)
    return "  ".join(said)


def document(rows: Sequence[Row], published: Published, here: Path) -> dict[str, Any]:
    """For `--json`."""
    return {
        "episodes": [
            {
                "script": _from(row.project.script, here),
                "folder": _from(row.folder, here),
                "status": row.status,
                "message": row.message,
                "wall_s": row.wall_s,
                "cpu_s": row.cpu_s,
                "facts": None if row.facts is None else row.facts.model_dump(mode="json"),
            }
            for row in rows
        ],
        "page": None if published.page is None else _from(published.page, here),
        "feed": None if published.feed is None else _from(published.feed, here),
        "remarks": list(published.remarks),
        "problem": published.problem,
    }


def clock(seconds: float) -> str:
    """A length as m:ss, or h:mm:ss from an hour on: whole seconds that are over, as on the pages."""
    minutes, rest = divmod(int(seconds + 1e-6), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}" if minutes >= 60 else f"{minutes}:{rest:02d}"


def _shown(value: float | None) -> str:
    return "none" if value is None else f"{value:.1f}"


def _from(path: Path, here: Path) -> str:
    try:
        return path.resolve().relative_to(here.resolve()).as_posix()
    except ValueError:
        return str(path)
