"""What a sound measures, as the page says it."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.loudness import loudness
from producer.dsp.true_peak import true_peak
from producer.frozen import dataclass

SILENT_DB = -200.0
"""What stands for minus infinity, so that figures can be kept as JSON."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The sound's own measures, before it is levelled. Silence has -200 dB."""

    length_s: float
    onset_s: float | None  # None: nothing in it lands on a cue
    loudness_lufs: float
    true_peak_dbtp: float
    sample_peak_db: float
    dc_db: float  # the mean, in dB of full scale
    channels: int
    correlation: float  # of left and right, -1 … 1; mono: 1
    fold_loss_lu: float  # how much quieter it is when it is folded to mono

    def as_data(self) -> dict[str, object]:
        return asdict(self)


def measured(audio: Audio, rate_hz: int, onset: int | None, loudness_lufs: float | None = None) -> Figures:
    """The figures of shape (samples, 1 or 2).

    Args:
        onset: sample of the hit, or None.
        loudness_lufs: what the mix levels it by, when that was measured on more than is shown here.
    """
    own = loudness(audio, rate_hz) if loudness_lufs is None else loudness_lufs
    stereo = audio.shape[1] == 2
    fold = 0.0
    if stereo and np.isfinite(loudness(audio, rate_hz)):
        folded = loudness(as_stereo(as_mono(audio)), rate_hz)
        fold = max(loudness(audio, rate_hz) - folded, 0.0) if np.isfinite(folded) else -SILENT_DB
    means = np.abs(audio.mean(axis=0, dtype=np.float64)) if len(audio) else np.zeros(1)
    return Figures(
        length_s=len(audio) / rate_hz,
        onset_s=None if onset is None else onset / rate_hz,
        loudness_lufs=max(own, SILENT_DB),
        true_peak_dbtp=max(true_peak(audio), SILENT_DB),
        sample_peak_db=_db(float(np.abs(audio).max(initial=0.0))),
        dc_db=_db(float(means.max())),
        channels=int(audio.shape[1]),
        correlation=_correlation(audio) if stereo else 1.0,
        fold_loss_lu=fold,
    )


def _db(amplitude: float) -> float:
    return max(float(20.0 * np.log10(max(amplitude, 1e-30))), SILENT_DB)


def _correlation(audio: Audio) -> float:
    left, right = audio.T.astype(np.float64)
    both = float(np.sqrt(np.square(left).sum() * np.square(right).sum()))
    return float((left * right).sum() / both) if both > 0.0 else 1.0
