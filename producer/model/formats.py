"""The kinds of file that an episode can be delivered in. A profile has one of its own; `--format` names others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from producer.frozen import dataclass
from producer.model.profile import Profile

OPUS_RATE_HZ = 48_000
"""Opus has no other (RFC 6716): a programme at another rate goes there and comes back."""
_KBPS_A_CHANNEL = {"mp3": 96, "aac": 96, "opus": 64}
"""Where the profile does not say otherwise: what each needs for speech over effects to sound as it came."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One kind of file."""

    name: str
    codec: str
    suffix: str
    bits: int | None = None  # of a sample; 32: floating point
    vbr: bool = False
    says: str

    @property
    def lossy(self) -> bool:
        return self.codec in _KBPS_A_CHANNEL


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format(name="mp3", codec="mp3", suffix=".mp3", says="MP3 with one bitrate"),
        Format(name="mp3-vbr", codec="mp3", suffix=".mp3", vbr=True, says="MP3 with as many bits as each moment needs"),
        Format(name="m4b", codec="aac", suffix=".m4b", says="AAC as an audiobook"),
        Format(name="m4a", codec="aac", suffix=".m4a", says="AAC"),
        Format(name="opus", codec="opus", suffix=".opus", says="Opus in Ogg"),
        Format(name="flac", codec="flac", suffix=".flac", bits=24, says="FLAC, 24 bit"),
        Format(name="flac16", codec="flac", suffix=".flac", bits=16, says="FLAC, 16 bit with dither"),
        Format(name="wav", codec="wav", suffix=".wav", bits=24, says="Broadcast Wave, 24 bit"),
        Format(name="wav16", codec="wav", suffix=".wav", bits=16, says="Broadcast Wave, 16 bit with dither"),
        Format(name="wav-float", codec="wav", suffix=".wav", bits=32, says="Broadcast Wave, 32 bit floating point"),
    )
}
SUFFIXES = tuple(dict.fromkeys(one.suffix for one in FORMATS.values()))


def own_format(profile: Profile) -> Format:
    """The kind of file that a profile asks for."""
    return next(
        one for one in FORMATS.values() if (one.codec, one.vbr, one.bits) == (profile.codec, profile.vbr, profile.bits)
    )


def in_format(profile: Profile, kind: Format) -> Profile:
    """The profile's loudness, peak, rate and channels in another kind of file; the profile itself in its own."""
    if kind == own_format(profile):
        return profile
    kbps = _KBPS_A_CHANNEL[kind.codec] * profile.channels if kind.lossy and not kind.vbr else None
    if kbps is not None and profile.kbps is not None:
        kbps = min(kbps, profile.kbps)  # where a profile is frugal its other formats are, too
    return replace(profile, codec=kind.codec, bits=kind.bits, vbr=kind.vbr, kbps=kbps)


def clash(names: tuple[str, ...]) -> tuple[str, str] | None:
    """Two of these formats whose files would have one name; None when there are none."""
    taken: dict[str, str] = {}
    for name in dict.fromkeys(names):
        before = taken.setdefault(FORMATS[name].suffix, name)
        if before != name:
            return before, name
    return None
