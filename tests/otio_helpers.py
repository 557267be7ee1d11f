"""A player for our OTIO timelines: the format's own places, and the gains that are metadata."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
import soundfile
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def along(points: list[list[float]], still: float, length: int) -> Floats:
    """An envelope's values over `length` samples; `still` where there is none."""
    return np.interp(np.arange(length), *zip(*points, strict=True)) if points else np.full(length, still)


def buses(file: Path, samples: int) -> dict[str, Floats]:
    """What the enabled tracks of each bus come to, before any room, shape (samples, 2)."""
    read = otio.adapters.read_from_file(str(file))
    made: dict[str, Floats] = {}
    for track in read.tracks:
        if not track.enabled:
            continue
        heard = made.setdefault(track.metadata["producer"]["bus"], np.zeros((samples, 2)))
        for one in track.find_clips():
            start = round(one.trimmed_range_in_parent().start_time.value)
            audio = played(one, file.parent)
            heard[start : start + len(audio)] += audio * track.metadata["producer"]["volume"]
    for bus in read.metadata["producer"]["buses"]:
        made[bus["name"]] *= along(list(bus["envelope"]), 1.0, samples)[:, None]
    return made


def played(one: Any, folder: Path) -> Floats:
    """What is heard of a clip, shape (n, 2)."""
    figures, place = one.metadata["producer"], one.source_range
    length = round(place.duration.value)
    audio, rate_hz = soundfile.read(
        folder / one.media_reference.target_url,
        start=round(place.start_time.value),
        frames=length,
        always_2d=True,
    )
    assert rate_hz == place.start_time.rate
    assert len(audio) == length
    gain = figures["volume"] * along(list(figures["envelope"]), 1.0, length)
    for ends, fade in (
        (np.arange(length), figures["fade_in_samples"]),
        (length - np.arange(length), figures["fade_out_samples"]),
    ):
        gain *= np.clip(ends / fade, 0.0, 1.0) if fade else 1.0
    side = along(list(figures["balance_envelope"]), figures["balance"], length)
    balance = np.stack([np.minimum(1.0, 1.0 - side), np.minimum(1.0, 1.0 + side)], axis=1)
    return np.repeat(audio, 3 - audio.shape[1], axis=1) * balance * gain[:, None]
