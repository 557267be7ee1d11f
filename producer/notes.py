"""What is known of a mixed part, how it is kept, and how loud parts are that follow each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.audit.laid import RULED, Laid
from producer.audit.rows import Room, Rows
from producer.frozen import dataclass
from producer.levels import Levels
from producer.mix.asking import margins_from_json, margins_to_json
from producer.mix.listening import StemName
from producer.mix.margin import LineMargin
from producer.mix.parts import Part
from producer.model.timeline import Clip
from producer.packed import packed, unpacked
from producer.witness import PartWitness


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """What is known of a mixed part."""

    margins: tuple[LineMargin, ...]
    said: Mapping[str, Mapping[str, float]]  # style with speech of its own -> clip -> LUFS
    levels: Mapping[str, Levels]  # by style
    witness: PartWitness
    stems: frozenset[StemName] = frozenset()

    def to_bytes(self, part: Part, clips: Sequence[Clip]) -> bytes:
        """To be kept. Lines and `clips` are known by their number, times are counted from the part's start."""
        number = {clip.id: index for index, clip in enumerate(part.lines)}
        heard = self.witness.laid(clips, part.core.length)
        among = {clip.id: index for index, clip in enumerate(clips)}
        facts = {
            "margins": margins_to_json(self.margins),
            "said": {style: [[number[clip], lufs] for clip, lufs in said.items()] for style, said in self.said.items()},
            "hop_s": {style: levels.seconds_per_hop for style, levels in self.levels.items()},
            "clips": [among[name] for name in heard.names],
        }
        arrays: dict[str, NDArray[Any]] = {f"powers {style}": levels.powers for style, levels in self.levels.items()}
        arrays |= {f"peaks {style}": levels.peaks for style, levels in self.levels.items()}
        arrays |= {f"spoken {style}": levels.spoken for style, levels in self.levels.items()}
        arrays |= {"places": heard.places, "heard": heard.powers, "ruled": heard.ruled, "before": heard.before}
        return packed(facts, arrays | {f"bus {bus}": powers for bus, powers in heard.turned_down.items()})

    @classmethod
    def from_bytes(cls, raw: bytes, part: Part, clips: Sequence[Clip], rate_hz: int, mark: str) -> Notes:
        """What `to_bytes` kept of `part`, in which `clips` are heard, under `mark`. Raises ValueError or KeyError."""
        facts, arrays = unpacked(raw)
        # The levels of all parts are held together: by themselves, not with all that is in `raw`.
        alone = {
            name: array.copy() for name, array in arrays.items() if name.startswith(("powers ", "peaks ", "spoken "))
        }
        heard = Laid(
            names=tuple(clips[number].id for number in facts["clips"]),
            places=arrays["places"],
            powers=arrays["heard"],
            ruled=arrays["ruled"],
            before=arrays["before"],
            turned_down={bus: arrays[f"bus {bus}"] for bus in RULED},
            mark=mark,
        )
        return cls(
            margins=margins_from_json(facts["margins"], part),
            said={
                style: {part.lines[number].id: lufs for number, lufs in said} for style, said in facts["said"].items()
            },
            levels={
                style: Levels(alone[f"powers {style}"], alone[f"peaks {style}"], alone[f"spoken {style}"], hop_s)
                for style, hop_s in facts["hop_s"].items()
            },
            witness=PartWitness.known(rate_hz, heard),
        )


class LevelsTaken:
    """Takes down the levels of parts that follow each other: an hour's are 3.7 MB, in files until they are wanted."""

    def __init__(self, room: Room) -> None:
        """`room` makes the files."""
        self._rows = [Rows(room, 1, kind) for kind in (np.float32, np.float32, np.bool_)]
        self._seconds_per_hop = 0.0

    def add(self, part: Levels) -> None:
        """The next part. Raises RenderError when there is no room left for it."""
        for rows, one in zip(self._rows, (part.powers, part.peaks, part.spoken), strict=True):
            rows.append(one[:, None])
        self._seconds_per_hop = part.seconds_per_hop

    def levels(self) -> Levels:
        """Of all that was added."""
        powers, peaks, spoken = (rows[:][:, 0] for rows in self._rows)
        return Levels(powers, peaks, spoken, self._seconds_per_hop)
