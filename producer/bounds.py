"""The most that is read of anything: one table, stated in docs/bounds.md, raised by whoever runs the command alone.

A script cannot raise a bound: it comes from strangers, and bounds are what protects from it. `PRODUCER_BOUNDS` can, for
one command or for good: `PRODUCER_BOUNDS="script_mib=16 episode_hours=24" render episode ...`. Processes that a command
starts have the same environment, and so the same bounds.
"""

from __future__ import annotations

import os
from dataclasses import fields, replace

from producer.frozen import dataclass

VARIABLE = "PRODUCER_BOUNDS"
_MOST = 1e9


@dataclass(frozen=True, slots=True)
class Bounds:
    """Every bound that can be raised, in the unit of its name."""

    script_mib: float = 4
    """A script, a series file, an edition, feed.yaml."""
    script_values: float = 100_000
    """Values in one of these, lists and mappings counted too."""
    script_lines: float = 100_000
    """Lines of one of these, empty ones and comments too."""
    value_characters: float = 20_000
    """The text of one speech, or any other value."""
    speech_cues: float = 500
    """Cues, marks and pauses inside one speech."""
    strikes: float = 10_000
    """Steps or strikes of one sound."""
    episode_strikes: float = 200_000
    """Steps and strikes of all sounds of an episode."""
    episode_hours: float = 12
    """An episode, from its first sample to its last."""
    pack_mib: float = 1
    """A pack.yaml, or the licence of a folder of recordings."""
    pack_files: float = 5_000
    """Recordings of one role of a pack."""
    sound_minutes: float = 30
    """A recording in a pack or of a take, as its header says and as it is decoded."""
    sound_decoded_mib: float = 2_048
    """The same, unpacked by ffmpeg (MP3, M4A, WMA, WebM), in samples of 32 bits."""
    sound_mib: float = 2_048
    """The file of a recording, in a pack or of a take."""
    cover_mib: float = 16
    """A cover picture."""
    cover_megapixels: float = 64
    """The same, unpacked."""
    document_mib: float = 128
    """timeline.json, manifest.json, episode.json and the like, of a rendered folder."""
    story_mib: float = 16
    """A story for `render draft`."""
    book_mib: float = 64
    """An EPUB for `render draft`."""
    settings_mib: float = 1
    """The user's settings and a project's pyproject.toml."""

    def bytes(self, name: str) -> int:
        """A bound in MiB as bytes."""
        return round(float(getattr(self, name)) * (1 << 20))


def raised(written: str) -> tuple[Bounds, str]:
    """The bounds with what `written` changes in them, and what is wrong with it (then nothing of it holds).

    Args:
        written: `name=number` as often as wanted, parted by spaces or commas.
    """
    known = {field.name for field in fields(Bounds)}
    changes: dict[str, float] = {}
    for part in written.replace(",", " ").split():
        name, sign, number = part.partition("=")
        if not sign or name not in known:
            return Bounds(), f"{VARIABLE}: there is no bound '{name[:40]}'; there are: {', '.join(sorted(known))}"
        try:
            changes[name] = float(number)
        except ValueError:
            changes[name] = 0.0
        if not 0 < changes[name] <= _MOST:
            return Bounds(), f"{VARIABLE}: {name} is '{number[:40]}'; write a number over 0, as in '{name}=100'"
    return replace(Bounds(), **changes), ""


BOUNDS, WRONG = raised(os.environ.get(VARIABLE, ""))
"""What holds in this process; `WRONG` is told by the command before it does anything."""


def how_to_raise(name: str) -> str:
    """What a message says behind a bound that was met."""
    return f"{VARIABLE}='{name}=…' raises that"
