"""The master: one constant gain to the profile's loudness, a limiter for its peak, and corrections by what was decoded.

Never a compressor over the whole programme: it would undo the balance that the script asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.grid import hop_samples
from producer.dsp.limiter import CHUNK, RELEASE_DB_S, Limiter
from producer.dsp.loudness import Loudness, PowerMeter, integrated, lufs
from producer.dsp.true_peak import in_db
from producer.frozen import dataclass
from producer.model.profile import Profile
from producer.units import Span, gain

GAIN_STEP_DB = 0.1
"""The gain moves in steps, so that a small edit leaves far parts of an episode as they were."""
MOST_OFF_LINES_DB = 4.0
"""So much the limiter may take off the lines for a profile's loudness; most programmes need less than 1 dB."""
_LITTLE_DB = 1.0
_MUCH_LOWER_LU = 40
_CORRECTIONS = 20  # steps: no decoded file is further off
ROUNDS = 4
_BLOCK = 16 * CHUNK
_HOPS = 1 << 14  # that are worked on at once
SETTLE_S = 0.15
"""After so long a K-weighting filter does not know any more how it began."""
CLOSE_ENOUGH_LU = 0.25
RMS_CLOSE_ENOUGH_DB = 1.0
SILENT_RMS_DB = -60.0
"""What is at this or lower is no programme, but the room tone under one that is silent: it is not turned up."""
_OVERSHOOT_DB = {"mp3": 1.8, "aac": 1.6, "opus": 2.2}
"""What a codec may add to the peak of noise and impacts at its usual bitrate; the first round leaves room."""
_LOSS_DB = {"mp3": 0.26}  # LAME's presets turn what they encode down, by 0.97 at 192 kbps
_SAFETY_DB = 0.1
_MOST_LIFT_DB = 6.0
"""So far under a ceiling no encoder finds what it lifts over it: what is fed there is not what came out."""
_BETWEEN_SAMPLES_DB = 0.3
"""How far the true peak of speech and effects mostly lies over its highest sample; only a first guess leans on it."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to the mix: a gain, then (unless None) a limiter."""

    gain_db: float
    ceiling_dbtp: float | None
    most_gain_db: float | None = None
    """The most that it may be, for more would crush the lines; None where that is far."""

    @property
    def spares(self) -> bool:
        """Whether more gain was wanted than the lines bear."""
        return self.most_gain_db is not None and self.gain_db >= self.most_gain_db


@dataclass(frozen=True, slots=True)
class Levels:
    """Loudness and peaks of a mix, hop by hop: what its first plan is made from."""

    powers: NDArray[np.float64]  # K-weighted mean squares, one per hop
    peaks: NDArray[np.float64]  # highest sample of each hop
    spoken: NDArray[np.bool_]  # whether a line is heard in it
    seconds_per_hop: float

    def limited_lufs(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """Loudness after a gain and, nearly, the limiter."""
        return integrated(self._limited(gain_db, ceiling_dbtp), self.seconds_per_hop)

    def limited_rms_db(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """Nearly the RMS of one channel of it, K-weighted and without a gate: only a first guess leans on it."""
        return in_db(float(np.sqrt(self._limited(gain_db, ceiling_dbtp).mean() / 2.0)))

    def taken_off_db(self, plan: Plan, spans: Sequence[Span], rate_hz: int) -> tuple[float, ...]:
        """How much quieter the limiter makes each stretch, nearly; 0 where there is nothing, or no limiter."""
        hops, limited = hop_samples(rate_hz), self._limited(plan.gain_db, plan.ceiling_dbtp)
        slices = [slice(span.start // hops, -(-span.end // hops)) for span in spans]
        return tuple(_off_db(self.powers[there].sum(), limited[there].sum(), plan.gain_db) for there in slices)

    def off_lines_db(self, gain_db: float, ceiling_dbtp: float | None) -> float:
        """How much quieter the limiter makes the line in the middle, nearly; 0 where there are none."""
        powers, lengths = self._lines(self.powers)
        limited, _ = self._lines(self._limited(gain_db, ceiling_dbtp))
        return _middle(10.0 * np.log10(powers / limited) + gain_db, lengths) if len(powers) else 0.0

    def lines_lufs(self) -> float:
        """How loud the line in the middle is; -inf where there are none."""
        powers, lengths = self._lines(self.powers)
        return _middle(lufs(powers / lengths), lengths) if len(powers) else -np.inf

    def most_gain_db(self, gain_db: float, ceiling_dbtp: float | None, wanted: float) -> float | None:
        """The highest gain, in steps, at which the limiter takes no more than `MOST_OFF_LINES_DB` off the lines.

        It goes by the line in the middle, for one that is shouted is limited without harm to the others; and whatever
        the limiter takes, that line may become as loud as the whole is to be (`wanted`, LUFS).

        None where `gain_db`, and what corrections may add to it, are under that.
        """
        high = round(gain_db / GAIN_STEP_DB) + _CORRECTIONS
        low = round(min(gain_db, wanted - self.lines_lufs()) / GAIN_STEP_DB)
        if self.off_lines_db(high * GAIN_STEP_DB, ceiling_dbtp) <= MOST_OFF_LINES_DB:
            return None
        while high - low > 1:
            middle = (low + high) // 2
            fits = self.off_lines_db(middle * GAIN_STEP_DB, ceiling_dbtp) <= MOST_OFF_LINES_DB
            low, high = (middle, high) if fits else (low, middle)
        return _stepped(low * GAIN_STEP_DB)

    def _lines(self, powers: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """The sum of each line's powers, and how many hops it has; without those that are silent."""
        edges = np.flatnonzero(np.diff(self.spoken, prepend=False, append=False))
        if not len(edges):
            return np.zeros(0), np.zeros(0, np.int64)
        sums = np.add.reduceat(powers, edges[edges < len(powers)])[::2]
        return sums[sums > 0.0], (edges[1::2] - edges[::2])[sums > 0.0]

    def _limited(self, gain_db: float, ceiling_dbtp: float | None) -> NDArray[np.float64]:
        """Powers after a gain and the limiter, which falls for each hop's highest sample and rises slowly."""
        powers: NDArray[np.float64] = self.powers * 10.0 ** (gain_db / 10.0)
        if ceiling_dbtp is None:
            return powers
        over = gain(gain_db + _BETWEEN_SAMPLES_DB - ceiling_dbtp)
        release, highest = RELEASE_DB_S * self.seconds_per_hop, -np.inf
        for at in range(0, len(powers), _HOPS):  # of ten hours each step in between would be 33 MB
            peaks = self.peaks[at : at + _HOPS] * over
            released = release * np.arange(at, at + len(peaks))
            held, loud = released.copy(), np.flatnonzero(peaks > 1.0)
            held[loud] += 20.0 * np.log10(peaks[loud])
            np.maximum.accumulate(held, out=held)
            np.maximum(held, highest, out=held)
            highest = held[-1]
            down = np.flatnonzero(held > released)  # of most programmes a small part
            powers[at + down] *= 10.0 ** ((held[down] - released[down]) / -10.0)
        return powers

    @classmethod
    def joined(cls, parts: Sequence[Levels]) -> Levels:
        """The levels of parts that follow each other."""
        return cls(
            np.concatenate([part.powers for part in parts]),
            np.concatenate([part.peaks for part in parts]),
            np.concatenate([part.spoken for part in parts]),
            parts[0].seconds_per_hop,
        )

    def ridden(self, db: NDArray[np.float64]) -> Levels:
        """The levels after a slow gain, in dB for each hop."""
        return replace(self, powers=self.powers * 10.0 ** (db / 10.0), peaks=self.peaks * 10.0 ** (db / 20.0))


class LevelsTaken:
    """Takes down the levels of parts that follow each other, in the room that the whole has."""

    def __init__(self, most_hops: int) -> None:
        self._powers, self._peaks, self._spoken = (
            np.empty(most_hops),
            np.empty(most_hops),
            np.empty(most_hops, np.bool_),
        )
        self._hops, self._seconds_per_hop = 0, 0.0

    def add(self, part: Levels) -> None:
        """The next part."""
        there = slice(self._hops, self._hops + len(part.powers))
        self._powers[there], self._peaks[there], self._spoken[there] = part.powers, part.peaks, part.spoken
        self._hops, self._seconds_per_hop = there.stop, part.seconds_per_hop

    def levels(self) -> Levels:
        """Of all that was added."""
        there = slice(self._hops)
        return Levels(self._powers[there], self._peaks[there], self._spoken[there], self._seconds_per_hop)


def levels_of(audio: Audio, core: Span, rate_hz: int, lines: Iterable[Span] = ()) -> Levels:
    """The levels of a part, whole hops only.

    Args:
        audio: the part with something before it, shape (n, 2): the filter settles on that.
        core: the part itself, in samples of `audio`.
        lines: where its lines are, in samples of `audio`.
    """
    hop = hop_samples(rate_hz)
    before = min(core.start, round(SETTLE_S * rate_hz)) // hop
    meter = PowerMeter(rate_hz, 2, hop / rate_hz)
    for at in range(core.start - before * hop, core.end, _BLOCK):  # small blocks stay in the processor's cache
        meter.push(audio[at : min(at + _BLOCK, core.end)])
    powers = meter.powers()[before:]
    inside = audio[core.start : core.start + len(powers) * hop]
    hops = inside.reshape(len(powers), hop * audio.shape[1])
    peaks = np.maximum(hops.max(axis=1, initial=0.0), -hops.min(axis=1, initial=0.0))
    spoken = np.zeros(len(powers), np.bool_)
    for line in lines:
        spoken[max(0, line.start - core.start) // hop : max(0, -(-(line.end - core.start) // hop))] = True
    return Levels(powers, peaks.astype(float), spoken, hop / rate_hz)


def first_plan(mix: Levels, profile: Profile) -> Plan:
    """The plan before anything was encoded: the gain that should reach the profile's level through the limiter.

    Lines are never crushed for it: where most of a programme is quiet, and what is heard between its few lines counts
    for its loudness, they would be brought up until the limiter holds them down to that.
    """
    ceiling = None
    if profile.limiter and profile.peak_dbtp is not None:
        ceiling = profile.peak_dbtp - _OVERSHOOT_DB.get(profile.codec, 0.0) - _SAFETY_DB
    gain_db = 0.0
    loss_db = 0.0 if profile.vbr else _LOSS_DB.get(profile.codec, 0.0)
    wanted, reached_by = profile.loudness_lufs, mix.limited_lufs
    if profile.rms_db is not None:
        wanted, reached_by = sum(profile.rms_db) / 2.0, mix.limited_rms_db
    if wanted is not None:
        for _ in range(6):  # each turn closes most of what the limiter took
            reached = reached_by(gain_db, ceiling)
            if not np.isfinite(reached):
                return Plan(0.0, ceiling)
            gain_db += wanted + loss_db - reached
    most_db = None if wanted is None else mix.most_gain_db(gain_db, ceiling, wanted)
    return Plan(_stepped(gain_db if most_db is None else min(gain_db, most_db)), ceiling, most_db)


def lower_lu(mix: Levels, plan: Plan, profile: Profile) -> int | None:
    """By how much all that is heard between the lines must be lower, for the limiter to take little off the lines.

    None where it takes little by this plan, or takes as much whatever is between them.
    """

    def fits(lu: int) -> bool:
        between = mix.ridden(np.where(mix.spoken, 0.0, -float(lu)))
        made = first_plan(between, profile)
        return between.off_lines_db(made.gain_db, made.ceiling_dbtp) <= _LITTLE_DB

    if mix.off_lines_db(plan.gain_db, plan.ceiling_dbtp) <= 2.0 * _LITTLE_DB:
        return None
    low, high = 0, _MUCH_LOWER_LU
    if not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def corrected(plan: Plan, decoded: Loudness, profile: Profile, rms_db: float | None = None) -> Plan | None:
    """The next plan when the decoded file misses the profile, or None when it holds.

    Args:
        decoded: what the meters say of the delivered file after decoding.
        rms_db: its RMS, for a profile that goes by that.
    """
    following = plan
    if profile.rms_db is not None and rms_db is not None and rms_db > SILENT_RMS_DB:
        off = sum(profile.rms_db) / 2.0 - rms_db
        if abs(off) > RMS_CLOSE_ENOUGH_DB:
            following = _turned(following, plan.gain_db + off)
    if profile.loudness_lufs is not None and np.isfinite(decoded.integrated_lufs):
        off = profile.loudness_lufs - decoded.integrated_lufs
        if abs(off) > min(CLOSE_ENOUGH_LU, profile.tolerance_lu / 2):
            following = _turned(following, plan.gain_db + off)
    following = lowered(following, decoded.true_peak_dbtp, profile) or following
    return following if following != plan else None


def lowered(plan: Plan, true_peak_dbtp: float, profile: Profile, fed_dbtp: float = float("inf")) -> Plan | None:
    """The plan with its ceiling lower by what a peak came out too high, or None when none did.

    Args:
        fed_dbtp: the true peak, just there, of what went into the encoder. It may lift by more than was thought what
            lies under the ceiling: then only a ceiling under that changes anything.
    """
    if profile.peak_dbtp is None or plan.ceiling_dbtp is None or true_peak_dbtp <= profile.peak_dbtp:
        return None
    felt_dbtp = min(plan.ceiling_dbtp, max(fed_dbtp, plan.ceiling_dbtp - _MOST_LIFT_DB))
    return replace(plan, ceiling_dbtp=felt_dbtp - (true_peak_dbtp - profile.peak_dbtp) - _SAFETY_DB)


def holds(decoded: Loudness, profile: Profile, rms_db: float | None = None, *, spares: bool = False) -> bool:
    """Whether a decoded file is within the profile's loudness (or RMS) and peak.

    Args:
        spares: whether it may be quieter than that, so that its lines are not crushed (`Plan.spares`).
    """
    if profile.peak_dbtp is not None and decoded.true_peak_dbtp > profile.peak_dbtp:
        return False
    if profile.rms_db is not None and rms_db is not None and rms_db > SILENT_RMS_DB:
        return (spares or profile.rms_db[0] <= rms_db) and rms_db <= profile.rms_db[1]
    if profile.loudness_lufs is None or not np.isfinite(decoded.integrated_lufs):
        return True
    off = decoded.integrated_lufs - profile.loudness_lufs
    return (spares or off >= -profile.tolerance_lu) and off <= profile.tolerance_lu


def mastered(audio: Audio, plan: Plan, profile: Profile, *, spent: bool = False) -> Audio:
    """A stretch of the mix with `plan` applied, in the profile's channels, as many samples.

    Of a stretch that begins in the middle of the programme the first `limiter.LONGEST_RELEASE_S` are not final, and of
    one that ends in it the last few chunks (`limiter.CHUNK`): what comes from beyond is not in them.

    Args:
        spent: whether nobody wants `audio` any more, so that its room may be used.
    """
    shaped = as_mono(audio) if profile.channels == 1 else as_stereo(audio)
    spent = (spent or shaped is not audio) and shaped.flags.writeable  # silence of a part has no room
    if plan.ceiling_dbtp is None:
        return np.multiply(shaped, np.float32(gain(plan.gain_db)), out=shaped if spent else None)
    limiter = Limiter(profile.rate_hz, profile.channels, plan.ceiling_dbtp, plan.gain_db)
    made, given = shaped if spent else np.empty_like(shaped), 0  # the limiter gives nothing before it has it
    for ready in (limiter.push(shaped[at : at + _BLOCK]) for at in range(0, len(shaped), _BLOCK)):
        made[given : given + len(ready)] = ready
        given += len(ready)
    made[given:] = limiter.flush()
    return made


def _off_db(power: float, left: float, gain_db: float) -> float:
    """What was taken off what had such a power, beyond a gain."""
    return float(10.0 * np.log10(power / left)) + gain_db if left > 0.0 else 0.0


def _middle(values: NDArray[np.float64], lengths: NDArray[np.int64]) -> float:
    """The value of which as much is under it as over it, each counted for its length."""
    order = np.argsort(values, kind="stable")
    under = lengths[order].cumsum()
    return float(values[order[np.searchsorted(under, under[-1] / 2.0)]])


def _turned(plan: Plan, gain_db: float) -> Plan:
    """The plan with another gain, no more than its lines bear."""
    most_db = np.inf if plan.most_gain_db is None else plan.most_gain_db
    return replace(plan, gain_db=min(_stepped(gain_db), most_db))


def _stepped(gain_db: float) -> float:
    return round(round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB, 6)
