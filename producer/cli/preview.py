"""What `render episode` takes and says of previews: `--scene`, `--from`, `--to`, `--draft`."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from producer.cli.common import print_json
from producer.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from producer.cache import Cache
    from producer.production import Order, Preview, Watch, Window


def window(scene: str | None, start: str | None, end: str | None, draft: bool) -> Window | None:
    """What the options ask to hear beforehand; None when they ask for the whole episode. Raises UsageError."""
    if scene is None and start is None and end is None and not draft:
        return None
    from producer.production import Window

    start_s, end_s = _time_s("--from", start), _time_s("--to", end)
    if start_s is not None and end_s is not None and end_s <= start_s:
        raise UsageError(f"--to {end} is not after --from {start}")
    if scene is not None and not scene.strip():
        raise UsageError("--scene: name a scene by its number, its id or its title")
    number = int(scene) if scene is not None and re.fullmatch(r"[-+]?\d{1,9}", scene) else None
    called = "" if scene is None or number is not None else scene
    return Window(scene=number, called=called, start_s=start_s, end_s=end_s, draft=draft)


def _time_s(option: str, written: str | None) -> float | None:
    """A time on the command line, in seconds: `90`, `90 s`, `1:30`, `1:02:03.5`. Raises UsageError."""
    if written is None:
        return None
    text = written.strip().removesuffix("s").strip()
    if not re.fullmatch(r"(\d{1,3}:)?(\d{1,4}:)?\d{1,6}(\.\d{1,6})?", text):
        raise UsageError(f"{option} {written}: a time is 1:30, 1:02:03.5 or 90 s")
    seconds = 0.0
    for part in text.split(":"):
        seconds = 60.0 * seconds + float(part)
    return seconds


def made(order: Order, window: Window, cache: Cache, watch: Watch, *, as_json: bool, quiet: bool) -> None:
    """Make a preview and say where it is. Raises a ProducerError."""
    from producer.previewing import preview
    from producer.project import seen_from

    done = preview(order, window, cache, watch)
    facts = _facts(done, seen_from(done.file, Path.cwd()))
    if as_json:
        print_json(facts)
    elif not quiet:
        print(_text(facts))


def _facts(made: Preview, file: str) -> dict[str, Any]:
    """What was made to be heard beforehand, as one JSON object."""
    return {
        "preview": file,
        "length_s": round(made.length_s, 3),
        "start_s": None if made.start_s is None else round(made.start_s, 3),
        "end_s": None if made.end_s is None else round(made.end_s, 3),
        "as_in_whole": made.as_in_whole,
    }


def _text(facts: Mapping[str, Any]) -> str:
    """The same for a terminal."""
    alone = "levelled by itself: too little of the episode is mixed yet as its script is now"
    loud = "as loud as in the whole episode" if facts["as_in_whole"] else alone
    if facts["start_s"] is None:
        what = f"{_clock(facts['length_s'])} (where it begins is known once all before it is spoken)"
    else:
        what = f"{_clock(facts['start_s'])} to {_clock(facts['end_s'])}"
    return f"preview of {what}, {loud}\nwrote      {facts['preview']}"


def _clock(seconds: float) -> str:
    tenths = round(seconds * 10)
    return f"{tenths // 600}:{tenths % 600 / 10:04.1f}"
