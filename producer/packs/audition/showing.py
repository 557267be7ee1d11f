"""A take as the page has it: an MP3, two pictures and its figures, kept in the cache by what it was made from.

MP3, because every browser plays it and a page of some hundred players stays small; at 224 kb/s, which reaches up to
19 kHz, and constant, so that a click in the picture finds its place. It is written in this process, without starting an
encoder for every sound.
"""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Mapping

import numpy as np
import soundfile

from producer import cache as entries
from producer.audio import Audio
from producer.cache import Cache
from producer.errors import PackError, RenderError
from producer.frozen import dataclass
from producer.packs.audition.figures import SILENT_DB, Figures, measured
from producer.packs.audition.pictures import spectrogram_png, waveform_png
from producer.packs.audition.sheet import Heard, Take
from producer.packs.audition.spectrum import spectrogram
from producer.sounds.making import code_digest
from producer.units import DIALOGUE_LUFS, gain

MOST_S = 60.0
"""Longer sounds are shown up to here."""
CEILING_DBTP = -1.0
"""Levelling stops where a sound's peak would come over this."""
_QUALITY = 0.3  # libsndfile's scale: 224 kb/s in stereo


@dataclass(frozen=True, slots=True)
class Size:
    """Pixels of the two pictures, which stand one above the other."""

    columns: int
    wave_rows: int
    spectrum_rows: int


NARROW, WIDE = Size(512, 56, 144), Size(1024, 64, 176)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One finished take."""

    figures: Figures
    marks_s: tuple[float, ...]
    whole_s: float  # the sound's own length, when it is longer than what is shown
    levelled_db: float  # what levelling adds to the sound's own level
    held_by_peak: bool  # it would be louder, but for its peak
    file_db: float  # what was added in the file: it has the louder of the two levels
    mp3: bytes
    wave: bytes
    spectrum: bytes

    @property
    def volumes(self) -> tuple[float, float]:
        """What a player is set to for equal loudness, and for the sound's own level; neither is over 1."""
        return gain(self.levelled_db - self.file_db), gain(-self.file_db)


def shown(take: Take, rate_hz: int, cache: Cache) -> Shown | str:
    """The take made and measured, or the words that say why it cannot be heard."""
    name = entries.key("audition", code_digest(shown), take.name, rate_hz, take.wide)
    kept = cache.read(name)
    if kept is not None:
        return _unpacked(json.loads(kept))
    try:
        made = _made(take.make(), rate_hz, WIDE if take.wide else NARROW)
    except (PackError, RenderError) as wrong:
        return str(wrong)
    cache.write(name, json.dumps(_packed(made), sort_keys=True).encode())
    return made


def _made(heard: Heard, rate_hz: int, size: Size) -> Shown:
    most = round(MOST_S * rate_hz)
    whole_s = len(heard.audio) / rate_hz
    audio = heard.audio[:most] if len(heard.audio) else np.zeros((1, 1), np.float32)
    figures = measured(audio, rate_hz, heard.onset, heard.loudness_lufs)
    wanted = DIALOGUE_LUFS - figures.loudness_lufs if figures.loudness_lufs > SILENT_DB else 0.0
    levelled_db = min(wanted, CEILING_DBTP - figures.true_peak_dbtp)
    file_db = max(0.0, levelled_db)
    return Shown(
        figures=figures,
        marks_s=tuple(mark / rate_hz for mark in heard.marks),
        whole_s=whole_s,
        levelled_db=levelled_db,
        held_by_peak=levelled_db < wanted - 0.05,
        file_db=file_db,
        mp3=_mp3(audio * np.float32(gain(file_db)), rate_hz),
        wave=waveform_png(audio, size.columns, size.wave_rows),
        spectrum=spectrogram_png(spectrogram(audio, rate_hz, size.columns, size.spectrum_rows)),
    )


def _mp3(audio: Audio, rate_hz: int) -> bytes:
    out = io.BytesIO()
    soundfile.write(
        out,
        np.clip(audio, -1.0, 1.0),
        rate_hz,
        format="MP3",
        subtype="MPEG_LAYER_III",
        compression_level=_QUALITY,
        bitrate_mode="CONSTANT",
    )
    return out.getvalue()


_BYTES = ("mp3", "wave", "spectrum")


def _packed(made: Shown) -> dict[str, object]:
    numbers: dict[str, object] = {
        "figures": made.figures.as_data(),
        "marks_s": list(made.marks_s),
        "whole_s": made.whole_s,
        "levelled_db": made.levelled_db,
        "held_by_peak": made.held_by_peak,
        "file_db": made.file_db,
    }
    return numbers | {name: base64.b64encode(getattr(made, name)).decode() for name in _BYTES}


def _unpacked(kept: Mapping[str, object]) -> Shown:
    values = dict(kept)
    figures, marks = values.pop("figures"), values.pop("marks_s")
    assert isinstance(figures, dict) and isinstance(marks, list)
    files = {name: base64.b64decode(str(values.pop(name))) for name in _BYTES}
    return Shown(figures=Figures(**figures), marks_s=tuple(marks), **values, **files)  # type: ignore[arg-type]
