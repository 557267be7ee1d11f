"""The page: figures as words, axes as marks, all of it through a template that escapes whatever a pack says."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator, Sequence
from importlib import resources
from math import floor, log10

from markupsafe import Markup

from producer.frozen import dataclass
from producer.packs.audition.colours import level_colours
from producer.packs.audition.figures import SILENT_DB, Figures
from producer.packs.audition.pictures import LEVELS, RANGE_DB
from producer.packs.audition.sheet import Entry, Knob, Sheet, Take
from producer.packs.audition.showing import NARROW, WIDE, Shown
from producer.packs.audition.spectrum import row_at
from producer.templates import templates

PAGE = "index.html"
MARK = "<!-- made by: render pack audition -->"
"""The page's second line, by which a folder is known to hold an audition and nothing else of its user's."""
KINDS = {"bed": "Beds", "steps": "Steps", "hit": "Hits", "stinger": "Stingers"}
_HZ = ((100.0, "100"), (300.0, "300"), (1000.0, "1k"), (3000.0, "3k"), (10000.0, "10k"))
_TICKS = {False: 5, True: 12}
MOST_DC_DB, MOST_FOLD_LU, MOST_PEAK_DBTP = -60.0, 3.0, 0.0
"""Where a figure is marked: what a recipe promises, and what clips."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A take beside what became of it."""

    stem: str  # of its files' names
    take: Take
    shown: Shown | str  # the words say why it cannot be heard


@dataclass(frozen=True, slots=True, kw_only=True)
class _Figure:
    name: str
    value: str
    says: str
    bad: bool = False


def stem(entry: int, name: str, take: int) -> str:
    """What a take's files are called: in the page's order, in letters that every system takes."""
    return f"{entry:03d}-{re.sub('[^a-z0-9]+', '_', name.lower()).strip('_')[:40]}-{take:02d}"


OWN_FILE = re.compile(r"\d{3}-[a-z0-9_]{0,40}-\d{2,}(?:\.mp3|-wave\.png|-spectrum\.png)")
"""The names that `stem` gives, so that an audition removes what an earlier one left and nothing else."""


def files(card: Card) -> dict[str, bytes]:
    """The card's files by name; none when it cannot be heard."""
    if isinstance(card.shown, str):
        return {}
    made = card.shown
    names = {".mp3": made.mp3, "-wave.png": made.wave, "-spectrum.png": made.spectrum}
    return {card.stem + suffix: content for suffix, content in names.items()}


def html(sheet: Sheet, cards: Sequence[Sequence[Card]]) -> str:
    """The page of a sheet; `cards` has those of each entry."""
    script = _own("page.js")
    pairs = list(zip(sheet.entries, cards, strict=True))
    groups = [
        (kind, heading, [_row(entry, own) for entry, own in pairs if entry.kind == kind])
        for kind, heading in KINDS.items()
    ]
    page = (
        templates("producer.packs.audition")
        .get_template("page.html")
        .render(
            mark=Markup(MARK),
            sheet=sheet,
            homepage=_link(sheet.homepage),
            groups=[group for group in groups if group[2]],
            counts=(len(sheet.entries), sum(map(len, cards))),
            style=Markup(_own("page.css")),  # ours, and holds nothing of a pack's
            script=Markup(script),
            script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
            scale=", ".join("#{:02x}{:02x}{:02x}".format(*colour) for colour in level_colours(LEVELS)),
            range_db=round(RANGE_DB),
            number=number,
            signed=lambda value: _minus(f"{value:+g}"),
            hz=[(label, 100.0 * row_at(hz, 1)) for hz, label in _HZ],
        )
    )
    return page.encode("utf-8", "replace").decode()  # a file's name may hold bytes that are no text


def _own(name: str) -> str:
    return (resources.files("producer.packs.audition") / "templates" / name).read_text("utf-8")


def _link(address: str) -> str:
    """The address if a browser may go there with one click; else nothing, and it is shown as words."""
    return address if re.match(r"https?://[^\s/]", address, re.IGNORECASE) else ""


def _row(entry: Entry, cards: Sequence[Card]) -> dict[str, object]:
    made = " ".join(f"{part.what} {part.says}" for part in entry.parts)
    also = " ".join(value for _, value in entry.facts)
    return {
        "entry": entry,
        "find": f"{entry.name} {entry.title} {entry.kind} {also} {made}".lower(),
        "takes": [_take(card) for card in cards],
        "parts": [
            (part, [(knob, knob_place(knob), number(knob.value)) for knob in part.knobs]) for part in entry.parts
        ],
        "owners": [(owner, _link(owner.source)) for owner in entry.owners],
        "row": sum(not isinstance(card.shown, str) and not card.take.wide for card in cards) > 1,
    }


def knob_place(knob: Knob) -> float:
    """Where a knob stands between its ends, percent."""
    return 100.0 * (knob.value - knob.low) / (knob.high - knob.low) if knob.high > knob.low else 0.0


def _take(card: Card) -> dict[str, object]:
    made = card.shown
    if isinstance(made, str):
        return {"stem": card.stem, "take": card.take, "wrong": made}
    size = WIDE if card.take.wide else NARROW
    length_s, onset_s = made.figures.length_s, made.figures.onset_s
    levelled, own = made.volumes
    return {
        "stem": card.stem,
        "take": card.take,
        "wrong": "",
        "size": size,
        "length": f"{length_s:.4f}",
        "levelled": f"{levelled:.6f}",
        "own": f"{own:.6f}",
        "figures": list(_figures(made, card.take.mixed)),
        "peak": _signed(made.figures.sample_peak_db),
        "onset": None if onset_s is None else f"{100.0 * onset_s / length_s:.3f}",
        "marks": [f"{100.0 * mark / length_s:.3f}" for mark in made.marks_s],
        "ticks": [(label, f"{100.0 * at / length_s:.3f}") for at, label in ticks(length_s, _TICKS[card.take.wide])],
    }


def ticks(length_s: float, most: int) -> Iterator[tuple[float, str]]:
    """Round times over a length, at most `most` after the first at 0: seconds and how they are written."""
    rough = length_s / most
    power = 10.0 ** floor(log10(rough))
    step = next(power * one for one in (1.0, 2.0, 5.0, 10.0) if power * one >= rough * 0.999)
    digits = max(0, -floor(log10(step) + 1e-9))
    at = 0
    while at * step < length_s * 0.93:
        yield at * step, f"{at * step:.{digits}f}" + (" s" if not at else "")
        at += 1


def _figures(made: Shown, mixed: bool) -> Iterator[_Figure]:
    found: Figures = made.figures
    longer = f" of {made.whole_s:.0f} s" if made.whole_s > found.length_s + 0.01 else ""
    yield _Figure(name="", value=f"{found.length_s:.2f} s{longer}", says="length")
    if found.onset_s is not None:
        yield _Figure(name="onset", value=f"{1000 * found.onset_s:.0f} ms", says="what lands on the cue")
    lufs, held = found.loudness_lufs, ", the levelled one is held down by its peak" if made.held_by_peak else ""
    yield _Figure(name="", value=f"{_signed(lufs)} LUFS", says=f"the sound's own loudness{held}", bad=lufs <= SILENT_DB)
    yield _Figure(
        name="peak",
        value=f"{_signed(found.sample_peak_db)} / {_signed(found.true_peak_dbtp)} dBTP",
        says="highest sample, dBFS, and true peak between the samples",
        bad=found.true_peak_dbtp > MOST_PEAK_DBTP and not mixed,
    )
    if found.channels == 2:
        yield _Figure(
            name="stereo",
            value=f"{_minus(f'{found.correlation:+.2f}')}, folds −{min(found.fold_loss_lu, 99.0):.1f} LU",
            says="correlation of left and right, and what is lost in mono",
            bad=found.fold_loss_lu > MOST_FOLD_LU,
        )
    else:
        yield _Figure(name="", value="mono", says="one channel")
    dc = "none" if found.dc_db < -120.0 else f"{_signed(found.dc_db)} dB"
    yield _Figure(name="DC", value=dc, says="the mean of all samples", bad=found.dc_db > MOST_DC_DB)


def _signed(value: float) -> str:
    return "−∞" if value <= SILENT_DB else _minus(f"{value:.1f}")


def number(value: float) -> str:
    """A number as one writes it, with a real minus."""
    return _minus(f"{value:g}")


def _minus(text: str) -> str:
    return text.replace("-", "−")
