"""Makes every take, in threads, and puts the page and its files in their folder, all of them or none."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from producer.cache import Cache
from producer.deliver.files import Staging
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.mix.parallel import in_order
from producer.model.foley import Recipe
from producer.packs.audition.of_pack import Bench
from producer.packs.audition.of_recipes import recipes_sheet
from producer.packs.audition.page import MARK, OWN_FILE, PAGE, Card, files, html, stem
from producer.packs.audition.sheet import Sheet, Take
from producer.packs.audition.showing import shown
from producer.render import NoWatch, Watch
from producer.sounds.pack import Pack

RATE_HZ = 44_100
_SILENT = NoWatch()


@dataclass(frozen=True, slots=True, kw_only=True)
class Audition:
    """What was written."""

    page: Path
    sounds: int  # roles or recipes
    takes: int
    bytes: int
    unheard: tuple[str, ...] = ()  # what could not be heard, and why; the page says it too

    def as_json(self) -> dict[str, object]:
        """What was written, for a program."""
        return {
            "page": self.page.as_posix(),
            "sounds": self.sounds,
            "takes": self.takes,
            "bytes": self.bytes,
            "unheard": list(self.unheard),
        }

    def text(self, here: Path) -> str:
        """What was written, for people."""
        page = self.page.relative_to(here) if self.page.is_relative_to(here) else self.page
        counts = f"{self.sounds} {'sound' if self.sounds == 1 else 'sounds'}, {self.takes} takes"
        return f"{counts}, {self.bytes / 1e6:.1f} MB\nwrote {page.as_posix()}"


def write(
    pack: Pack,
    folder: Path,
    recipes: Mapping[str, Recipe],
    cache: Cache,
    *,
    roles: Collection[str] = (),
    rate_hz: int = RATE_HZ,
    jobs: int = 1,
    watch: Watch = _SILENT,
) -> Audition:
    """Write the audition of `pack` to `folder`.

    Args:
        folder: receives index.html and the files beside it; what an earlier audition left there is removed.
        recipes: the same that the pack was read with.
        roles: only these (or aliases of them); none means all.
        rate_hz: one that MP3 has, 44,100 or 48,000.

    Raises:
        UsageError: the pack has no such role.
        RenderError: the folder cannot be written, or has a page in it that is not an audition.
    """
    return _write(Bench(pack, recipes, cache, rate_hz).sheet(roles), folder, cache, rate_hz, jobs, watch)


def write_recipes(
    recipes: Mapping[str, Recipe],
    folder: Path,
    cache: Cache,
    *,
    names: Collection[str] = (),
    rate_hz: int = RATE_HZ,
    jobs: int = 1,
    watch: Watch = _SILENT,
) -> Audition:
    """Write the audition of the recipes themselves, at rest and with each knob at its ends; else as `write`."""
    return _write(recipes_sheet(recipes, names, rate_hz=rate_hz), folder, cache, rate_hz, jobs, watch)


def _write(sheet: Sheet, folder: Path, cache: Cache, rate_hz: int, jobs: int, watch: Watch) -> Audition:
    left = _left_by_an_earlier_one(folder)
    size, takes = 0, 0
    unheard: list[str] = []
    rows: list[list[Card]] = [[] for _ in sheet.entries]
    with Staging(folder) as staging:
        watch.stage("sounds", sum(len(entry.takes) for entry in sheet.entries))
        for row, card in _cards(sheet, rate_hz, cache, jobs):
            for name, content in files(card).items():
                try:
                    staging.path(name).write_bytes(content)
                except OSError as found:
                    raise RenderError(f"cannot write {name}: {found.strerror}") from None
                size += len(content)
            if isinstance(card.shown, str):
                unheard.append(card.shown)
            rows[row].append(card)
            takes += 1
            watch.done(takes)
        text = html(sheet, rows)
        staging.text(PAGE, text)
        staging.publish(stale=left)
    return Audition(
        page=folder / PAGE,
        sounds=len(sheet.entries),
        takes=takes,
        bytes=size + len(text.encode()),
        unheard=tuple(dict.fromkeys(unheard)),
    )


def _cards(sheet: Sheet, rate_hz: int, cache: Cache, jobs: int) -> Iterator[tuple[int, Card]]:
    """Every take made, in the page's order, with the number of its entry; few are held at a time."""
    asked = [
        (row, stem(row + 1, entry.name, number), take)
        for row, entry in enumerate(sheet.entries)
        for number, take in enumerate(entry.takes, 1)
    ]

    def one(item: tuple[int, str, Take]) -> tuple[int, Card]:
        row, name, take = item
        return row, Card(stem=name, take=take, shown=shown(take, rate_hz, cache))

    return in_order(one, asked, jobs)


def _left_by_an_earlier_one(folder: Path) -> list[str]:
    """What an earlier audition left in the folder. Raises RenderError where the page there is someone else's."""
    page = folder / PAGE
    try:
        if not folder.exists():
            return []
        if page.exists() and MARK not in page.read_text("utf-8", "replace")[:200]:
            raise RenderError(f"{page} is not an audition; choose another folder with -o")
        return [file.name for file in folder.iterdir() if OWN_FILE.fullmatch(file.name)] if page.exists() else []
    except OSError as found:
        raise RenderError(f"cannot look into {folder}: {found.strerror}") from None
