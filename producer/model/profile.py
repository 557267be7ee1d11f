"""What a file must measure to be delivered for its purpose."""

from __future__ import annotations

from collections.abc import Mapping

from producer.frozen import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One delivery target. Peaks are measured on the decoded file."""

    name: str
    rate_hz: int
    channels: int
    loudness_lufs: float | None  # None: by RMS instead
    tolerance_lu: float
    peak_dbtp: float | None  # None: as it falls
    limiter: bool = True
    codec: str = "mp3"
    kbps: int | None = None
    vbr: bool = False
    """MP3: as many bits as each moment needs."""
    bits: int | None = None
    """Of a sample in a lossless file; 32: floating point."""
    rms_db: tuple[float, float] | None = None
    floor_db: float | None = None
    head_s: float = 0.0
    tail_s: float = 0.0
    tone_db: float | None = None
    """RMS of the room tone under all of it, in dB of full scale."""
    stems: bool = False
    """Whether stems come with it without being asked for."""

    @property
    def crowded_db(self) -> float:
        """How much less than 15 dB it has from its loudness to its peak: speech has so much at least.

        So much the more its limiter takes off, whatever else is heard.
        """
        if self.loudness_lufs is None or self.peak_dbtp is None:
            return 0.0
        return max(0.0, _ROOM_DB - (self.peak_dbtp - self.loudness_lufs))


_ROOM_DB = 15.0


PROFILES: Mapping[str, Profile] = {
    profile.name: profile
    for profile in (
        Profile(name="podcast", rate_hz=44100, channels=2, loudness_lufs=-16, tolerance_lu=0.5, peak_dbtp=-1, kbps=192),
        Profile(
            name="broadcast",
            rate_hz=48000,
            channels=2,
            loudness_lufs=-23,
            tolerance_lu=0.2,
            peak_dbtp=-1,
            codec="wav",
            bits=24,
        ),
        Profile(
            name="acx",
            rate_hz=44100,
            channels=1,
            loudness_lufs=None,
            tolerance_lu=0,
            peak_dbtp=-3,
            kbps=192,
            rms_db=(-23, -18),
            floor_db=-60,
            head_s=1.0,
            tail_s=3.0,
            tone_db=-68,
        ),
        Profile(name="alexa", rate_hz=24000, channels=2, loudness_lufs=-14, tolerance_lu=0.5, peak_dbtp=-2, kbps=48),
        Profile(
            name="archive",
            rate_hz=48000,
            channels=2,
            loudness_lufs=-23,
            tolerance_lu=0.2,
            peak_dbtp=None,
            limiter=False,
            codec="flac",
            bits=24,
            stems=True,
        ),
    )
}
