"""What a Broadcast Wave file knows of itself: bext with loudness, markers, INFO, and ID3 in a chunk.

Its chapters are its markers: players built on ffmpeg would show those of both.
"""

from __future__ import annotations

from dataclasses import replace
from math import isfinite
from pathlib import Path

import soundfile

from producer.deliver import id3_tags, wave
from producer.deliver.tagging import GENRE, MAKER, Tags

_BITS = {"PCM_16": 16, "PCM_24": 24, "FLOAT": 32}


def write(path: Path, tags: Tags) -> None:
    """Put everything into a file that `wave.write` wrote."""
    found = soundfile.info(str(path))
    form = wave.Form(int(found.samplerate), int(found.channels), _BITS[found.subtype])
    script = tags.script
    own = wave.bext(
        description=" - ".join(filter(None, (script.show, tags.title))),
        originator=MAKER,
        reference=script.sha256[:32],
        date=script.date if len(script.date) == len("2026-11-22") else "",
        loudness=_loudness(tags),
        history=_history(form),
    )
    info = wave.info(
        {
            b"INAM": tags.title,
            b"IPRD": tags.album,
            b"IART": tags.artist,
            b"ICRD": script.date,
            b"IGNR": GENRE,
            b"ILNG": tags.language,
            b"ITRK": "" if script.episode is None else str(script.episode),
            b"ICMT": "\n".join(filter(None, (script.summary, tags.disclosure))),
            b"ISFT": MAKER,
        }
    )
    wave.add(
        path, form, own, [*wave.markers(tags.markers), info, (b"id3 ", id3_tags.as_bytes(replace(tags, chapters=())))]
    )


def _loudness(tags: Tags) -> list[float | None]:
    if tags.loudness is None:
        return [None] * 5
    is_at = tags.loudness
    values = (
        is_at.integrated_lufs,
        is_at.range_lu,
        is_at.true_peak_dbtp,
        is_at.max_momentary_lufs,
        is_at.max_short_term_lufs,
    )
    return [value if isfinite(value) else None for value in values]


def _history(form: wave.Form) -> str:
    """Source: EBU R 98."""
    kind = "mono" if form.channels == 1 else "stereo"
    return f"A=PCM,F={form.rate_hz},W={form.bits},M={kind},T={MAKER}\r\n"
