"""Whether a file is fit for each profile, and if not, why and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field

from producer.audit.finding import Kind, clock
from producer.audit.programme import Figures, Heard
from producer.frozen import dataclass
from producer.model.formats import FORMATS, OPUS_RATE_HZ, in_format
from producer.model.profile import PROFILES, Profile

_MUCH = 0.5
"""When so much of an episode has a bed under it, it is no plain narration."""
NARRATION = "ship the narration instead: render episode --mix narration_only --profile acx"
"""What is told of a mix with beds; of a render that has the narration, which file that is (`instead`)."""
_FULL_DB = -0.5
"""A highest sample over this has no room above it."""
_ROUNDING = 1e-3
"""Figures that are shown alike count alike."""
_SMEARED_S = 0.05
"""By so much a sound may reach into the room beside it: a frame of the measure, and a coder's block (of AAC 23 ms)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFacts:
    """What kind of file it is."""

    codec: str  # mp3, aac, opus, wav, flac, or what else it is called
    rate_hz: int
    channels: int
    kbps: tuple[int, ...] = ()
    """MP3: every bitrate among its frames."""
    bits: int | None = None
    floating: bool = False
    """Whether it holds samples over full scale as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One thing for which a profile refuses a file."""

    kind: Kind
    what: str
    mend: str
    at_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a profile says to a file."""

    profile: str
    faults: tuple[Fault, ...] = field(default=())

    @property
    def passes(self) -> bool:
        return not self.faults


def verdicts(
    facts: FileFacts, heard: Heard, found: Figures, *, planned: str | None = None, bed_share: float | None = None
) -> Mapping[str, Verdict]:
    """Every profile's verdict, by name.

    Args:
        planned: the profile that the episode was rendered for; None for a file of unknown origin.
        bed_share: how much of the episode has a bed or music under it, 0 … 1; None when that is not known.
    """
    return {
        name: Verdict(profile=name, faults=tuple(_faults(profile, facts, heard, found, planned == name, bed_share)))
        for name, profile in PROFILES.items()
    }


def delivered(
    facts: FileFacts, heard: Heard, found: Figures, profile: str, kind: str, bed_share: float | None = None
) -> Verdict:
    """What a profile says to a file that was asked for in another format than its own: all but the format is the same.

    Args:
        kind: of `model.formats.FORMATS`.
    """
    wanted = in_format(PROFILES[profile], FORMATS[kind])
    return Verdict(profile=profile, faults=tuple(_faults(wanted, facts, heard, found, True, bed_share)))


def _faults(
    profile: Profile, facts: FileFacts, heard: Heard, found: Figures, ours: bool, bed_share: float | None
) -> Iterator[Fault]:
    again = "render it again" if ours else f"render episode --profile {profile.name}"
    yield from _format(profile, facts, again)
    yield from _loudness(profile, heard, again)
    yield from _peak(profile, heard, again)
    if profile.rms_db is not None:
        low, high = profile.rms_db
        if not low - _ROUNDING <= found.rms_db <= high + _ROUNDING:
            off = found.rms_db - (high if found.rms_db > high else low)
            yield Fault(
                kind="rms",
                what=f"its RMS is {found.rms_db:.1f} dB, {profile.name} takes {low:g} to {high:g} dB",
                mend=f"turn it {'down' if off > 0 else 'up'} by {abs(off):.1f} dB or more",
            )
    if profile.floor_db is not None and found.floor_db > profile.floor_db + _ROUNDING:
        yield _floor(profile.floor_db, profile.name, found, bed_share)
    elif profile.floor_db is not None and bed_share is not None and bed_share >= _MUCH:
        yield Fault(
            kind="floor",
            what=f"a bed or music lies under {bed_share:.0%} of it: its head and tail are quiet, its pauses are not; "
            f"{profile.name} takes plain narration",
            mend=NARRATION,
            at_s=found.head_s,
        )
    for name, length_s, least_s in (("head", found.head_s, profile.head_s), ("tail", found.tail_s, profile.tail_s)):
        if length_s < least_s - _SMEARED_S:
            yield Fault(
                kind="head",
                what=f"{'before' if name == 'head' else 'after'} the sound there is {length_s:.1f} s of room, "
                f"{profile.name} wants {least_s:g} s",
                mend=f"let it {'begin' if name == 'head' else 'end'} with {least_s:g} s of pause",
                at_s=0.0 if name == "head" else heard.length_s - length_s,
            )


def _format(profile: Profile, facts: FileFacts, again: str) -> Iterator[Fault]:
    wrong = []
    more_is_fine = profile.rms_db is not None  # ACX asks for at least so much, and takes mono and stereo
    if facts.codec != profile.codec:
        wrong.append(f"it is {facts.codec.upper()}, not {profile.codec.upper()}")
    rate_hz = OPUS_RATE_HZ if profile.codec == "opus" else profile.rate_hz
    if facts.rate_hz != rate_hz:
        wrong.append(f"its rate is {facts.rate_hz / 1000:g} kHz, not {rate_hz / 1000:g} kHz")
    if facts.channels != profile.channels and not (more_is_fine and facts.channels in (1, 2)):
        wrong.append(f"it has {facts.channels} channel{'s' * (facts.channels != 1)}, not {profile.channels}")
    if profile.kbps is not None and facts.codec == "mp3":
        if len(facts.kbps) > 1:
            wrong.append(
                f"its bitrate varies from {facts.kbps[0]} to {facts.kbps[-1]} kbps, not {profile.kbps} kbps throughout"
            )
        elif facts.kbps and (facts.kbps[0] < profile.kbps if more_is_fine else facts.kbps[0] != profile.kbps):
            wrong.append(f"its bitrate is {facts.kbps[0]} kbps, not {profile.kbps} kbps")
    if profile.bits is not None and facts.codec == profile.codec and facts.bits not in (None, profile.bits):
        wrong.append(f"it has {facts.bits} bits a sample, not {profile.bits}")
    if wrong:
        yield Fault(kind="format", what="; ".join(wrong), mend=again)


def _loudness(profile: Profile, heard: Heard, again: str) -> Iterator[Fault]:
    if profile.loudness_lufs is None:
        return
    is_lufs, wanted = heard.loudness.integrated_lufs, profile.loudness_lufs
    off = is_lufs - wanted
    if abs(off) <= profile.tolerance_lu + _ROUNDING:
        return
    if is_lufs == float("-inf"):
        yield Fault(kind="loudness", what="nothing in it is loud enough to be measured", mend="look at what was mixed")
        return
    what = f"it is at {is_lufs:.2f} LUFS, {abs(off):.1f} LU too {'loud' if off > 0 else 'quiet'} "
    what += f"({profile.name}: {wanted:g} ±{profile.tolerance_lu:g} LUFS)"
    at_s = heard.peak_at / heard.seen.rate_hz
    if off < 0 and not profile.limiter and heard.loudness.sample_peak_db > _FULL_DB:
        what += f", for no limiter holds its peaks, and with more gain the highest, at {clock(at_s)}, would be cut off"
        mend = "lower what is loudest there, or have it in floating point: --format wav-float"
        yield Fault(kind="loudness", what=what, mend=mend, at_s=at_s)
        return
    yield Fault(kind="loudness", what=what, mend=again)


def _peak(profile: Profile, heard: Heard, again: str) -> Iterator[Fault]:
    if profile.peak_dbtp is None:
        return
    true = profile.rms_db is None  # ACX measures the highest sample
    peak = heard.loudness.true_peak_dbtp if true else heard.loudness.sample_peak_db
    if peak > profile.peak_dbtp + _ROUNDING:
        unit = "dBTP" if true else "dB"
        yield Fault(
            kind="peak",
            what=f"its {'true peak' if true else 'highest sample'} is {peak:.2f} {unit}, "
            f"{peak - profile.peak_dbtp:.1f} dB over what {profile.name} takes ({profile.peak_dbtp:g} {unit})",
            mend=again,
            at_s=heard.peak_at / heard.seen.rate_hz,
        )


def _floor(most_db: float, name: str, found: Figures, bed_share: float | None) -> Fault:
    says = f"its quietest 0.4 s is at {found.floor_db:.1f} dB RMS, {name} takes no more than {most_db:g} dB"
    if bed_share is not None and bed_share >= _MUCH:
        return Fault(
            kind="floor",
            what=f"{says}: a bed or music lies under {bed_share:.0%} of it, so no pause is ever quiet, "
            "and no master can mend that; this is no product for ACX, which takes plain narration",
            mend=NARRATION,
            at_s=found.floor_at_s,
        )
    return Fault(
        kind="floor",
        what=f"{says} (at {clock(found.floor_at_s)})",
        mend=f"let there be a pause with nothing under it, or {NARRATION}",
        at_s=found.floor_at_s,
    )
