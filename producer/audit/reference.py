"""What an episode should sound like, small enough to lie beside it: `reference.npz`.

Version 2 holds, for one mix, decibels in half decibels above -120 (one byte each):

- `cells` (frames, 12) and `outline` (moments, 2; in steps of 1.5 dB): the mastered programme as it went to the encoder
- `channels` (coarse frames, 2): left against right in dB, and their correlation in hundredths
- `clips`: each clip's own powers in the mix, one after another, and `rows` (clips, 4): where they begin, how many rows
  there are, the first row's number, and the frames of a row
- `about`: a JSON document with the rate, the length, the profile, the mix, the clips' ids and the lines' margins

No pickles, no dates, no paths; the same values give the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from producer.audit.cells import BANDS, MOMENTS, Seen
from producer.audit.levels import CELLS, CLIPS, Codes, Powers, db
from producer.audit.tap import ClipCells
from producer.dsp.grid import COARSE, frame_samples

VERSION = 2
_MOST_BYTES = 1 << 28


class BrokenReferenceError(Exception):
    """The file is no reference of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far a line stands above what lies under it, LU, as the stems had it; None where nothing lies under it."""

    beds_lu: float | None
    music_lu: float | None
    asked_beds_lu: float
    asked_music_lu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An episode as it should sound. Powers are in dB."""

    rate_hz: int
    samples: int
    profile: str
    mix: str
    cell_codes: Codes  # (frames, BANDS), as in `Seen`
    outline_codes: Codes  # (moments, 2)
    channels: Powers  # (coarse frames, 2): left against right in dB, correlation -1 … 1
    clips: Mapping[str, ClipCells]  # powers of these are in dB, too
    margins: Mapping[str, Margin]  # by clip id

    @property
    def cells_db(self) -> Powers:
        return CELLS.decoded(self.cell_codes)

    def to_bytes(self) -> bytes:
        """The file."""
        rows, parts, at = [], [], 0
        for one in self.clips.values():
            rows.append((at, len(one.powers), one.first, one.step))
            parts.append(CLIPS.coded(one.powers))
            at += len(one.powers)
        about = {
            "version": VERSION,
            "rate_hz": self.rate_hz,
            "samples": self.samples,
            "profile": self.profile,
            "mix": self.mix,
            "clips": list(self.clips),
            "margins": {
                name: [one.beds_lu, one.music_lu, one.asked_beds_lu, one.asked_music_lu]
                for name, one in self.margins.items()
            },
        }
        channels = np.stack([np.clip(self.channels[:, 0], -60, 60), 100.0 * self.channels[:, 1]], axis=1)
        arrays = {
            "about": np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8),
            "cells": self.cell_codes.T.copy(),  # by band: neighbours are alike, and pack better
            "outline": self.outline_codes.T.copy(),
            "channels": np.rint(channels).astype(np.int8).T.copy(),
            "clips": np.concatenate([np.zeros((0, BANDS), np.uint8), *parts]).T.copy(),
            "rows": np.array(rows, np.int64).reshape(-1, 4),
        }
        file = io.BytesIO()
        np.savez_compressed(file, **arrays)  # type: ignore[arg-type]
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> Reference:
        """The reference in a file. Raises BrokenReferenceError when it is none, in words for the user."""
        try:
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
                    raise BrokenReferenceError("is larger than any reference is")
            with np.load(io.BytesIO(data), allow_pickle=False) as found:
                about: dict[str, Any] = json.loads(bytes(found["about"]).decode())
                if about["version"] != VERSION:
                    raise BrokenReferenceError(f"is of version {about['version']}; this Producer reads {VERSION}")
                return cls._read(about, {name: found[name] for name in found.files})
        except (KeyError, ValueError, TypeError, OSError, zipfile.BadZipFile, EOFError) as wrong:
            raise BrokenReferenceError(f"is no reference of an episode: {wrong}") from None

    @classmethod
    def _read(cls, about: dict[str, Any], arrays: Mapping[str, NDArray[Any]]) -> Reference:
        rate_hz, samples = int(about["rate_hz"]), int(about["samples"])
        frames = -(-samples // frame_samples(rate_hz))
        moments = frames * MOMENTS
        coarse = -(-frames // COARSE)
        packed, rows = arrays["clips"].T, arrays["rows"].tolist()
        shapes = {"cells": (BANDS, frames), "outline": (2, moments), "channels": (2, coarse)}
        if any(arrays[name].shape != shape for name, shape in shapes.items()) or len(rows) != len(about["clips"]):
            raise ValueError("its parts do not fit together")
        clips = {}
        for name, (at, count, first, step) in zip(about["clips"], rows, strict=True):
            if min(at, count, first) < 0 or at + count > len(packed) or step not in (1, COARSE):
                raise ValueError(f"the rows of {name} do not fit")
            clips[str(name)] = ClipCells(first, step, CLIPS.decoded(packed[at : at + count]))
        channels = arrays["channels"].T.astype(np.float32)
        return cls(
            rate_hz=rate_hz,
            samples=samples,
            profile=str(about["profile"]),
            mix=str(about["mix"]),
            cell_codes=arrays["cells"].T.astype(np.uint8),
            outline_codes=arrays["outline"].T.astype(np.uint8),
            channels=np.stack([channels[:, 0], channels[:, 1] / 100.0], axis=1).astype(np.float32),
            clips=clips,
            margins={
                str(name): Margin(beds_lu=row[0], music_lu=row[1], asked_beds_lu=row[2], asked_music_lu=row[3])
                for name, row in about["margins"].items()
            },
        )


def relation(seen: Seen) -> Powers:
    """How left and right relate in each coarse frame: level difference in dB and correlation, shape (coarse, 2).

    A frame without sound counts as (0, 1).
    """
    frames = len(seen.channels)
    padded = np.zeros((-(-frames // COARSE) * COARSE, 3))
    padded[:frames] = seen.channels
    left, right, both = padded.reshape(-1, COARSE, 3).mean(axis=1).T
    least = 1e-12
    silent = (left + right) <= 2 * least
    apart = 10.0 * np.log10(np.maximum(left, least) / np.maximum(right, least))
    alike = both / np.sqrt(np.maximum(left, least) * np.maximum(right, least))
    return np.stack([np.where(silent, 0.0, apart), np.where(silent, 1.0, np.clip(alike, -1.0, 1.0))], axis=1).astype(
        np.float32
    )


def build(
    seen: Seen,
    clips: Mapping[str, ClipCells],
    buses: Mapping[str, tuple[str, bool]],
    *,
    turned_down: Mapping[str, Powers],
    bus_gain_db: Mapping[str, float] | None = None,
    margins: Mapping[str, Margin],
    profile: str,
    mix: str = "standard",
) -> Reference:
    """The reference of one mix.

    Args:
        seen: the mastered programme.
        clips: each clip's own powers, before beds and music are turned down.
        buses: clip id -> (bus, whether it is free of the margin).
        turned_down: bus -> its powers in coarse frames as far down as the margin has it, shape (coarse, BANDS); what
            it comes to is shared out among the bus's clips.
        bus_gain_db: what this mix gives each bus beyond the standard one; 0 unless said.
        margins: by clip id.
    """
    coarse = -(-len(seen.cell_codes) // COARSE)
    found: dict[str, ClipCells] = {}
    for bus in ("speech", "sounds", "beds", "music"):
        inside = {name: one for name, one in clips.items() if buses[name][0] == bus}
        fixed = np.float32(10.0 ** ((bus_gain_db or {}).get(bus, 0.0) / 10.0))
        if bus not in turned_down:
            found |= {name: ClipCells(one.first, one.step, db(one.powers * fixed)) for name, one in inside.items()}
            continue
        ruled, freed = (
            _total([one for name, one in inside.items() if buses[name][1] is free], coarse) for free in (False, True)
        )
        after = np.zeros_like(ruled)
        after[: len(turned_down[bus])] = turned_down[bus][:coarse]
        gains = np.clip((after - freed) / np.maximum(ruled, 1e-12), 1e-5, 1.5)
        shares = np.asarray(np.where(ruled > 1e-11, gains, 1.0), np.float32)
        for name, one in inside.items():
            along = np.ones_like(one.powers) if buses[name][1] else _rows(shares, one)
            found[name] = ClipCells(one.first, one.step, db(one.powers * along * fixed))
    return Reference(
        rate_hz=seen.rate_hz,
        samples=seen.samples,
        profile=profile,
        mix=mix,
        cell_codes=seen.cell_codes,
        outline_codes=seen.moment_codes,
        channels=relation(seen),
        clips={name: found[name] for name in clips},
        margins=margins,
    )


def _total(clips: list[ClipCells], coarse: int) -> Powers:
    total = np.zeros((coarse * COARSE, BANDS), np.float32)
    for one in clips:
        add(total, one, one.powers)
    return np.asarray(total.reshape(coarse, COARSE, BANDS).mean(axis=1), np.float32)


def add(total: Powers, clip: ClipCells, powers: Powers) -> None:
    """Add `powers` (linear, of `clip`'s rows) to `total`, shape (frames, BANDS), in place."""
    rows = powers if clip.step == 1 else np.repeat(powers, clip.step, axis=0)
    first = clip.first * clip.step
    room = total[first : first + len(rows)]
    room += rows[: len(room)]


def _rows(coarse: Powers, clip: ClipCells) -> Powers:
    """Coarse rows as `clip` has its own."""
    at = (clip.first + np.arange(len(clip.powers))) * clip.step // COARSE
    return np.asarray(coarse[np.minimum(at, len(coarse) - 1)], np.float32)
