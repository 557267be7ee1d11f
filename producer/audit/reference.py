"""What an episode should sound like, small enough to lie beside it: `reference.npz`.

Version 3 holds, for one mix, levels in steps of its scale (one byte each). An episode is a row of stretches, the parts
in which it was mixed, so that it is written and read a piece at a time:

- `<n>/cells` (12, frames) and `<n>/outline` (2, moments): the mastered programme as it went to the encoder
- `<n>/clips` (12, rows): each clip's own powers in the mix, one after another
- `channels` (2, coarse frames): left against right in dB, and their correlation in hundredths
- `edges` (stretches + 1): the frames where stretches begin, and the end
- `pieces` (pieces, 5): stretch, clip, number of its first row, frames of a row, how many rows of it there are
- `about`: a JSON document with the rate, the length, the profile, the mix, the clips' ids, the lines' margins and
  what the limiter takes off them, for each format in which it takes something else

Of cells, outline and clips it has the steps from each value to the next one in time (modulo 256): near nothing, mostly.
No pickles, no dates, no paths; the same values give the same bytes.
"""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from functools import partial
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from producer.audit.archive import Archive, from_bytes, packed, to_bytes
from producer.audit.cells import BANDS, MOMENTS, Seen, Whole
from producer.audit.clips import Clips
from producer.audit.levels import CLIPS, Powers, db, from_steps, steps
from producer.audit.rows import MEMORY, Room, Rows
from producer.dsp.grid import COARSE, frame_samples
from producer.frozen import dataclass

VERSION = 3
_MOST_BYTES = 1 << 26
"""Of one array."""
_MOST_FRAMES = 1 << 26
"""A fortnight."""
_AT_ONCE = 1 << 13  # coarse frames


Keep = Callable[[str, Callable[[], bytes]], bytes]
"""Given what names a thing, and what makes it: has it from before, or makes it."""


class BrokenReferenceError(Exception):
    """The file is no reference of this version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Margin:
    """How far a line stands above what lies under it, LU, as the stems had it; None where nothing lies under it."""

    beds_lu: float | None
    music_lu: float | None
    asked_beds_lu: float
    asked_music_lu: float
    freed_lu: float | None = None
    """Above the beds and music with `duck: no`, of which nothing is asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limited:
    """What the master's limiter takes off lines."""

    off_db: Mapping[str, float]  # by clip id
    lower_lu: int | None
    """By how much all that is heard between lines must be lower for it to take little; None where that is not why."""
    spared: bool = False
    """Whether the whole is quieter than it was to be, for more gain would crush the lines."""

    def document(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"off_db": dict(self.off_db), "lower_lu": self.lower_lu, "spared": self.spared}


NOT_LIMITED = Limited(off_db={}, lower_lu=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """An episode as it should sound."""

    rate_hz: int
    samples: int
    profile: str
    mix: str
    cell_codes: Rows  # (frames, BANDS), as in `Seen`
    outline_codes: Rows  # (moments, 2)
    channels: Powers  # (coarse frames, 2): left against right in dB, correlation -1 … 1
    clips: Clips
    margins: Mapping[str, Margin]  # by clip id
    limited: Limited
    limited_as: Mapping[str, Limited] = field(default_factory=dict)
    """In the formats, by their names, in which it is not as in the one that the rest is of."""
    names: tuple[str, ...] = ()
    """What names all that is planned and was heard in each stretch, where it is known; "" for one where it is not."""

    def of_format(self, kind: str) -> Reference:
        """The same with what the limiter takes in another format."""
        return replace(self, limited=self.limited_as.get(kind, self.limited))

    def keeping(self, keep: Keep | None, what: str, stretch: int, make: Callable[[], bytes]) -> bytes:
        """What was found out of a stretch before, where it was, or what `make` finds out."""
        name = self.names[stretch] if self.names else ""
        return make() if keep is None or not name else keep(f"{what} {name}", make)

    def to_bytes(self) -> bytes:
        """The file."""
        file = io.BytesIO()
        self.write(file)
        return file.getvalue()

    def write(self, file: BinaryIO, keep: Keep | None = None) -> None:
        """Write the file, a stretch at a time.

        Args:
            keep: may know what was packed of a stretch before.
        """
        about: dict[str, Any] = {
            "version": VERSION,
            "rate_hz": self.rate_hz,
            "samples": self.samples,
            "profile": self.profile,
            "mix": self.mix,
            "clips": list(self.clips.names),
            "margins": {
                name: [one.beds_lu, one.music_lu, one.asked_beds_lu, one.asked_music_lu, one.freed_lu]
                for name, one in self.margins.items()
            },
            "limited": self.limited.document(),
        }
        if self.limited_as:
            about["limited_as"] = {kind: one.document() for kind, one in self.limited_as.items()}
        channels = np.stack([np.clip(self.channels[:, 0], -60, 60), 100.0 * self.channels[:, 1]], axis=1)
        archive = Archive(file)
        archive.add("about", np.frombuffer(json.dumps(about, ensure_ascii=False).encode(), np.uint8))
        archive.add("edges", np.array(self.clips.edges, np.int64))
        archive.add("pieces", self.clips.pieces[:, :5])
        archive.add("channels", np.rint(channels).astype(np.int8).T.copy())
        for number, (start, end) in enumerate(self.clips.stretches):
            kept = self.keeping(keep, "packed", number, partial(self._packed, number, start, end))
            for name, one in zip(("cells", "outline", "clips"), from_bytes(kept), strict=True):
                archive.put(f"{number}/{name}", one)
        archive.close()

    def _packed(self, stretch: int, start: int, end: int) -> bytes:
        """A stretch, from its first frame to its last, as the file has it."""
        cells, outline = self.cell_codes[start:end], self.outline_codes[start * MOMENTS : end * MOMENTS]
        rows = CLIPS.coded(db(self.clips.rows(stretch)))
        return to_bytes(packed(steps(codes)) for codes in (cells, outline, rows))

    @classmethod
    def from_bytes(cls, data: bytes) -> Reference:
        """The reference in a file. Raises BrokenReferenceError when it is none, in words for the user."""
        return cls.read(io.BytesIO(data))

    @classmethod
    def read(cls, file: BinaryIO, room: Room = MEMORY) -> Reference:
        """The reference in an open file, which may be closed then. Raises as `from_bytes`."""
        try:
            with zipfile.ZipFile(file) as archive:
                about: dict[str, Any] = json.loads(_array(archive, "about").tobytes().decode())
                if about["version"] != VERSION:
                    raise BrokenReferenceError(
                        f"is of version {about['version']}; this Producer reads {VERSION}: render the episode again"
                    )
                return cls._read(about, archive, room)
        except (
            LookupError,
            ValueError,
            TypeError,
            AttributeError,
            OSError,
            zipfile.BadZipFile,
            EOFError,
            zlib.error,
        ) as wrong:
            raise BrokenReferenceError(f"is no reference of an episode: {wrong}") from None

    @classmethod
    def _read(cls, about: dict[str, Any], archive: zipfile.ZipFile, room: Room) -> Reference:
        rate_hz, samples = int(about["rate_hz"]), int(about["samples"])
        names = [str(name) for name in about["clips"]]
        edges, pieces, channels = (_array(archive, name) for name in ("edges", "pieces", "channels"))
        frames = -(-samples // frame_samples(rate_hz))
        if not 0 < frames <= _MOST_FRAMES or channels.shape != (2, -(-frames // COARSE)):
            raise ValueError("its parts do not fit together")
        _check(edges, pieces, frames, len(names))
        cells, outline, clips = (Rows(room, columns) for columns in (BANDS, 2, BANDS))
        begins = np.searchsorted(pieces[:, 0], np.arange(len(edges)))
        for number in range(len(edges) - 1):
            long = int(edges[number + 1] - edges[number])
            rows = int(pieces[begins[number] : begins[number + 1], 4].sum())
            for name, table, shape in (
                ("cells", cells, (BANDS, long)),
                ("outline", outline, (2, long * MOMENTS)),
                ("clips", clips, (BANDS, rows)),
            ):
                found = _array(archive, f"{number}/{name}")
                if found.shape != shape or found.dtype != np.uint8:
                    raise ValueError("its parts do not fit together")
                table.append(from_steps(found))
        at = np.concatenate([[0], np.cumsum(pieces[:, 4])[:-1]]) if len(pieces) else np.zeros(0, np.int64)
        apart = channels.T.astype(np.float32)
        return cls(
            rate_hz=rate_hz,
            samples=samples,
            profile=str(about["profile"]),
            mix=str(about["mix"]),
            cell_codes=cells,
            outline_codes=outline,
            channels=np.stack([apart[:, 0], apart[:, 1] / 100.0], axis=1).astype(np.float32),
            clips=Clips(names, edges.tolist(), np.column_stack([pieces, at]), clips),
            margins={str(name): _margin(row) for name, row in about["margins"].items()},
            limited=_limited(about.get("limited")),
            limited_as={str(kind): _limited(said) for kind, said in about.get("limited_as", {}).items()},
        )


def _array(archive: zipfile.ZipFile, name: str) -> NDArray[Any]:
    """An array of the archive. Raises KeyError or ValueError where there is none."""
    entry = archive.getinfo(f"{name}.npy")
    if entry.file_size > _MOST_BYTES:
        raise BrokenReferenceError("is larger than any reference is")
    with archive.open(entry) as file:
        return np.asarray(np.lib.format.read_array(file, allow_pickle=False))


def _margin(row: list[float | None]) -> Margin:
    """What the document has of a line; an earlier version wrote nothing of what is freed."""
    beds_lu, music_lu, asked_beds_lu, asked_music_lu, *freed = [None if one is None else float(one) for one in row]
    if asked_beds_lu is None or asked_music_lu is None:
        raise ValueError("a line's margins do not fit")
    return Margin(
        beds_lu=beds_lu,
        music_lu=music_lu,
        asked_beds_lu=asked_beds_lu,
        asked_music_lu=asked_music_lu,
        freed_lu=freed[0] if freed else None,
    )


def _limited(said: dict[str, Any] | None) -> Limited:
    """What the document has of it; nothing where an earlier version wrote it."""
    if said is None:
        return NOT_LIMITED
    lower_lu = said["lower_lu"]
    return Limited(
        off_db={str(name): float(db) for name, db in said["off_db"].items()},
        lower_lu=None if lower_lu is None else int(lower_lu),
        spared=bool(said["spared"]),
    )


def _check(edges: NDArray[Any], pieces: NDArray[Any], frames: int, clips: int) -> None:
    """Raises ValueError when stretches and pieces are not such as a render writes."""
    if (
        edges.dtype != np.int64
        or pieces.dtype != np.int64
        or edges.ndim != 1
        or pieces.ndim != 2
        or pieces.shape[1] != 5
        or len(edges) < 2
        or (edges[0], edges[-1]) != (0, frames)
        or (np.diff(edges) <= 0).any()
    ):
        raise ValueError("its parts do not fit together")
    stretch, clip, first, step, rows = pieces.T
    if not np.array_equal(np.unique(clip), np.arange(clips)):
        raise ValueError("its clips do not fit")
    order = stretch * clips + clip
    if (stretch < 0).any() or (stretch >= len(edges) - 1).any() or (np.diff(order) <= 0).any():
        raise ValueError("its clips are not in order")
    if (
        not np.isin(step, (1, COARSE)).all()
        or (rows <= 0).any()
        or (first * step < edges[stretch]).any()
        or ((first + rows - 1) * step >= edges[stretch + 1]).any()
    ):
        raise ValueError("the rows of its clips do not fit")


def relation(seen: Whole | Seen) -> Powers:
    """How left and right relate in each coarse frame: level difference in dB and correlation, shape (coarse, 2).

    A frame without sound counts as (0, 1).
    """
    made = [np.zeros((0, 2), np.float32)]
    for low in range(0, len(seen.channels), _AT_ONCE * COARSE):
        rows = seen.channels[low : low + _AT_ONCE * COARSE]
        padded = np.zeros((-(-len(rows) // COARSE) * COARSE, 3))
        padded[: len(rows)] = rows
        left, right, both = padded.reshape(-1, COARSE, 3).mean(axis=1).T
        least = 1e-12
        silent = (left + right) <= 2 * least
        apart = 10.0 * np.log10(np.maximum(left, least) / np.maximum(right, least))
        alike = both / np.sqrt(np.maximum(left, least) * np.maximum(right, least))
        found = [np.where(silent, 0.0, apart), np.where(silent, 1.0, np.clip(alike, -1.0, 1.0))]
        made.append(np.stack(found, axis=1).astype(np.float32))
    return np.concatenate(made)
