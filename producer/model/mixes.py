"""The mixes a listener may choose from: all of one length, with the same chapters, beside the standard one.

To add one, name it here; what it changes is said in figures, and `mix/listening.py` and `mix/night.py` follow them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from producer.frozen import dataclass

BusName = Literal["speech", "sounds", "beds", "music"]
BUSES: tuple[BusName, ...] = ("speech", "sounds", "beds", "music")
"""The four buses, as their stems are called."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MixStyle:
    """What one mix changes of the standard one."""

    name: str  # as scripts, options and files have it
    says: str  # one sentence for people who choose
    title: str = ""  # what players show after the episode's title
    heard: frozenset[BusName] = frozenset(BUSES)
    margin_lu: float = 0.0
    """How much more than the script asks speech stands above beds and music."""
    lower_db: float = 0.0
    """How much further beds and music are down, `duck: no` or not, beyond what the lines' margins need."""
    pan_share: float = 1.0
    """How far from the centre speech stands, of what the script asks."""
    range_lu: float | None = None
    """The loudness range that it is ridden to, at most (EBU Tech 3342)."""
    headphones: bool = False
    """Whether it is heard with a head: a mixer of its own puts every sound where the two ears have it."""

    @property
    def bus_gain_db(self) -> Mapping[str, float]:
        """What it gives each bus beyond the standard mix, where that is not 0; -inf for one that it leaves out."""
        lower: dict[str, float] = {"beds": -self.lower_db, "music": -self.lower_db} if self.lower_db else {}
        return lower | {bus: float("-inf") for bus in BUSES if bus not in self.heard}

    @property
    def own_speech(self) -> bool:
        """Whether its speech is mixed anew; all else it takes from the standard mix."""
        return self.pan_share != 1.0


MIXES: Mapping[str, MixStyle] = {
    style.name: style
    for style in (
        MixStyle(name="standard", says="as the script has it"),
        MixStyle(
            name="clear_speech",
            says="beds and music 6 LU further under speech, voices near the centre",
            title="clear speech",
            margin_lu=6.0,
            # A voice moved in its room, where echoes meet the direct sound on other
            # sides, may lose some tenths.
            lower_db=6.5,
            pan_share=0.4,
        ),
        MixStyle(
            name="night",
            says="a loudness range of at most 6 LU: quiet passages come up, nothing startles",
            title="night",
            range_lu=6.0,
        ),
        MixStyle(
            name="narration_only", says="speech alone", title="narration only", heard=frozenset[BusName]({"speech"})
        ),
        MixStyle(
            name="binaural", says="for headphones: every sound from its own side", title="binaural", headphones=True
        ),
    )
}
"""Every mix by its name; the standard one first."""
STANDARD = MIXES["standard"]
ALL = "all"
"""Stands for every mix on the command line."""


def wanted(names: Iterable[str]) -> tuple[MixStyle, ...]:
    """The standard mix and those that are named, each once, in the order of `MIXES`. KeyError for one unknown."""
    asked = set(names)
    if unknown := asked - MIXES.keys() - {ALL}:
        raise KeyError(min(unknown))
    return tuple(style for style in MIXES.values() if style is STANDARD or style.name in asked or ALL in asked)
