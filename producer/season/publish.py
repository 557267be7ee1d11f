"""What stands beside the episodes of a season: the page about all of them, and the feed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from producer import publishing
from producer.deliver.files import Staging
from producer.errors import ProducerError
from producer.frozen import dataclass
from producer.page import season as page
from producer.season.run import Row
from producer.season.task import Facts

PAGE = "season.html"


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, what a person should look at, and what stood in the way."""

    page: Path | None = None
    feed: Path | None = None
    remarks: tuple[str, ...] = ()
    problem: str = ""


def publish(rows: Sequence[Row], output: Path, url: str, root: Path) -> Published:
    """Write the season's page into `output` and, with a `url`, the feed of all that is there.

    Args:
        root: around the season's scripts.

    Raises RenderError when `output` takes no page.
    """
    with Staging(output) as staging:
        staging.text(PAGE, page.html([_shown(row) for row in _in_order(rows)]))
        staging.publish()
    left = tuple(_left_over(rows, output, root))
    if not url:
        return Published(page=output / PAGE, remarks=left)
    try:
        feed = publishing.publish(output, url)
    except ProducerError as wrong:
        return Published(page=output / PAGE, remarks=left, problem=str(wrong))
    return Published(page=output / PAGE, feed=feed.file, remarks=(*left, *feed.remarks))


def _left_over(rows: Sequence[Row], output: Path, root: Path) -> Iterator[str]:
    """What to say of episodes in `output` whose scripts are there no more; another season's may stand beside these."""
    ours = {row.slug for row in rows}
    roots = {root, *(row.project.root for row in rows)}
    for folder in publishing.episode_folders(output) if any(output.glob("*/timeline.json")) else ():
        if folder.name in ours:
            continue
        script = publishing.script_of(folder)
        if script and not any((one / script).is_file() for one in roots):
            yield (
                f"{folder.as_posix()} is of no script here (it was made from {script}); it stays in the feed until it "
                "is removed"
            )


def _in_order(rows: Sequence[Row]) -> list[Row]:
    """By season and number, an episode's editions after it; what has no number or failed where its script stands."""
    numbers = {}
    for at, row in enumerate(rows):
        facts = row.facts
        number = (facts.season or 0, facts.episode) if facts is not None and facts.episode is not None else None
        numbers[row.slug] = (0, *number, at) if number else (1, 0, 0, at)
    return sorted(rows, key=lambda row: numbers[row.slug])


def _shown(row: Row) -> page.Row:
    facts = row.facts
    if facts is None:
        return page.Row(slug=row.slug, title=row.slug, failed=row.message or row.status)
    return page.Row(
        slug=row.slug,
        title=facts.title,
        show=facts.show,
        number=_number(facts.season, facts.episode),
        language=facts.language,
        edition_of=facts.edition_of,
        profile=facts.profile,
        asked_lufs=facts.asked_lufs,
        tolerance_lu=facts.tolerance_lu,
        length_s=facts.length_s,
        files=tuple(
            page.File(
                file=one.file,
                mix=one.mix,
                format=one.format,
                lufs=one.loudness_lufs,
                range_lu=one.loudness_range_lu,
                peak_dbtp=one.true_peak_dbtp,
            )
            for one in facts.files
        ),
        margins={
            kind: page.Margin(lu=one.margin_lu, asked_lu=one.asked_lu, line=one.line, where=one.where)
            for kind, one in facts.margins.items()
        },
        findings=tuple(page.Finding(where=one.where, time=one.time, what=one.what) for one in facts.findings),
        notes=tuple(notes(facts)),
    )


def _number(season: int | None, episode: int | None) -> str:
    if episode is None:
        return ""
    return f"{season}.{episode}" if season is not None else str(episode)


def notes(facts: Facts) -> list[str]:
    """What a person should know of an episode besides its figures."""
    left, lines = facts.untranslated, facts.lines
    said = [f"{left} {'text' if left == 1 else 'texts'} not translated"] if left else []
    return said + ([f"{facts.recorded} of {lines} lines recorded"] if facts.recorded else [])
