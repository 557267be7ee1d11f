"""The master: one constant gain to the profile's loudness, a limiter for its peak, and corrections by what was decoded.

Never a compressor over the whole programme: it would undo the balance that the script asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from producer.audio import Audio, as_mono, as_stereo
from producer.dsp.limiter import Limiter
from producer.dsp.loudness import Loudness
from producer.frozen import dataclass
from producer.levels import BLOCK, Levels
from producer.model.profile import Profile
from producer.units import gain

GAIN_STEP_DB = 0.1
"""The gain moves in steps, so that a small edit leaves far parts of an episode as they were."""
MOST_OFF_LINES_DB = 4.0
"""So much the limiter may take off the lines for a profile's loudness; most programmes need less than 1 dB. Where a
profile has less room between loudness and peak (`Profile.crowded_db`), it may take that, too."""
_LITTLE_DB = 2.0
"""What the limiter takes off lines when what is between them has been lowered: under what the audit names."""
_MUCH_LOWER_LU = 40
"""As good as silence: what this does not mend is not due to what is between lines."""
_CORRECTIONS = 20  # steps: no decoded file is further off
ROUNDS = 4
_TURNS = 6
_CLOSE_DB = 0.25
"""So near a gain comes to what it is to reach, where it can be reached."""
_MUCH_DB = 1.0
"""What takes so much off a quarter of what is said, or off a whole without lines, is given room where there is any."""
_RMS_STEP_DB = 0.5
_KEPT_DB = 0.6
"""A ceiling is raised to no nearer than this under what the peak may be: where it is higher, the encoder adds more."""
_ROOM_DB, _ROOM_STEP_DB = 0.5, 0.25
"""It is raised by no less, for all is encoded again; and in steps, so that a small edit leaves it as it was."""
CLOSE_ENOUGH_LU = 0.25
RMS_CLOSE_ENOUGH_DB = 1.0
SILENT_RMS_DB = -60.0
"""What is at this or lower is no programme, but the room tone under one that is silent: it is not turned up."""
_OVERSHOOT_DB = {"mp3": 1.8, "aac": 1.6, "opus": 2.2}
"""What a codec may add to the peak of noise and impacts at its usual bitrate; the first round leaves room."""
_LOSS_DB = {"mp3": 0.26}  # LAME's presets turn what they encode down, by 0.97 at 192 kbps
_LOW_KBPS = 64
_OVERSHOOT_LOW_DB, _LOSS_LOW_DB = 0.8, 0.5
"""The same under so many kilobits a second: what is left out makes peaks lower, and the whole."""
_SAFETY_DB = 0.1
_FLOATING = 32  # bits
_MOST_LIFT_DB = 6.0
"""So far under a ceiling no encoder finds what it lifts over it: what is fed there is not what came out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to the mix: a gain, then (unless None) a limiter."""

    gain_db: float
    ceiling_dbtp: float | None
    most_gain_db: float | None = None
    """The most that it may be, for more would crush the lines, bring nothing, or be cut off; None where that is far."""

    @property
    def spares(self) -> bool:
        """Whether more gain was wanted than the lines bear, or without a limiter the highest sample."""
        return self.most_gain_db is not None and self.gain_db >= self.most_gain_db


def first_plan(mix: Levels, profile: Profile) -> Plan:
    """The plan before anything was encoded: the gain that should reach the profile's level through the limiter.

    Lines are never crushed for it: where most of a programme is quiet, and what is heard between its few lines counts
    for its loudness, they would be brought up until the limiter holds them down to that.
    """
    ceiling = None
    if profile.limiter and profile.peak_dbtp is not None:
        ceiling = profile.peak_dbtp - _overshoot_db(profile) - _SAFETY_DB
    wanted, reached_by = _aim(mix, profile)
    if wanted is None:
        return Plan(0.0, ceiling)
    aimed_db = wanted + loss_db(profile)
    aimed_db -= _quieter_db(mix, profile, aimed_db, ceiling)
    gain_db = _gain_for(aimed_db, reached_by, ceiling)
    return Plan(0.0, ceiling) if gain_db is None else _spared(Plan(gain_db, ceiling), mix, profile, aimed_db)


def lower_lu(mix: Levels, plan: Plan, profile: Profile) -> int | None:
    """By how much all that is heard between the lines must be lower, for the limiter to take little off the lines.

    None where it takes little by this plan, or takes as much whatever is between them.
    """
    little_db = _LITTLE_DB + profile.crowded_db

    def fits(lu: int) -> bool:
        between = mix.ridden(np.where(mix.spoken, 0.0, -float(lu)))
        made = first_plan(between, profile)
        return not made.spares and between.off_lines_db(made.gain_db, made.ceiling_dbtp) <= little_db

    if not plan.spares and mix.off_lines_db(plan.gain_db, plan.ceiling_dbtp) <= little_db + 1.0:
        return None
    low, high = 0, _MUCH_LOWER_LU
    if not fits(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high


def corrected(
    plan: Plan, decoded: Loudness, profile: Profile, rms_db: float | None = None, mix: Levels | None = None
) -> Plan | None:
    """The next plan when the decoded file misses the profile, or leaves its peak room that its lines could have.

    None when it is as it should be.

    Args:
        decoded: what the meters say of the delivered file after decoding.
        rms_db: its RMS, for a profile that goes by that.
        mix: what the plan was made from: it knows what the limiter takes of more gain.
    """
    following = plan
    is_db, close_db = decoded.integrated_lufs, min(CLOSE_ENOUGH_LU, profile.tolerance_lu / 2)
    if profile.rms_db is not None:
        silent = rms_db is None or rms_db <= SILENT_RMS_DB
        is_db, close_db = -np.inf if silent or rms_db is None else rms_db, RMS_CLOSE_ENOUGH_DB
    wanted = _wanted(profile)
    if wanted is not None and np.isfinite(is_db):
        off_db = wanted - is_db
        ceiling = plan.ceiling_dbtp if off_db < -close_db else _raised(plan, off_db > close_db, decoded, profile, mix)
        following = _turned(plan, off_db, close_db, ceiling, profile, mix)
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
        spares: whether it may be quieter than that, so that its lines are not crushed, nor its peaks (`Plan.spares`).
    """
    if profile.peak_dbtp is not None and decoded.true_peak_dbtp > profile.peak_dbtp:
        return False
    if profile.rms_db is not None and rms_db is not None and rms_db > SILENT_RMS_DB:
        return (spares or profile.rms_db[0] <= rms_db) and rms_db <= profile.rms_db[1]
    if profile.loudness_lufs is None or not np.isfinite(decoded.integrated_lufs):
        return True
    off = decoded.integrated_lufs - profile.loudness_lufs
    return (spares or off >= -profile.tolerance_lu) and off <= profile.tolerance_lu


def missed_db(decoded: Loudness, profile: Profile, rms_db: float | None = None) -> float:
    """How far a decoded file is from the middle of what the profile asks; 0 where it asks nothing of it."""
    if profile.rms_db is not None and rms_db is not None:
        return abs(sum(profile.rms_db) / 2.0 - rms_db) if rms_db > SILENT_RMS_DB else 0.0
    if profile.loudness_lufs is None or not np.isfinite(decoded.integrated_lufs):
        return 0.0
    return abs(profile.loudness_lufs - decoded.integrated_lufs)


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
    for ready in (limiter.push(shaped[at : at + BLOCK]) for at in range(0, len(shaped), BLOCK)):
        made[given : given + len(ready)] = ready
        given += len(ready)
    made[given:] = limiter.flush()
    return made


def loss_db(profile: Profile) -> float:
    """What the profile's encoder turns down, and its master is turned up for."""
    return 0.0 if profile.vbr else _LOSS_LOW_DB if _is_low(profile) else _LOSS_DB.get(profile.codec, 0.0)


def _turned(
    plan: Plan, off_db: float, close_db: float, ceiling: float | None, profile: Profile, mix: Levels | None
) -> Plan:
    """The plan for a programme that came out so much too quiet. Its lines are spared, as the first plan spared them.

    Args:
        close_db: so far off is near enough, where the ceiling stays.
        ceiling: the plan's, or a higher one.
    """
    if mix is None or plan.ceiling_dbtp is None:
        most_db = np.inf if plan.most_gain_db is None else plan.most_gain_db
        turned_db = min(_stepped(plan.gain_db + off_db), most_db)
        return plan if abs(off_db) <= close_db else replace(plan, gain_db=turned_db)
    _, reached_by = _aim(mix, profile)
    reached = reached_by(plan.gain_db, plan.ceiling_dbtp)
    off_db -= _quieter_db(mix, profile, reached + off_db, ceiling, plan.gain_db)
    if abs(off_db) <= close_db and ceiling == plan.ceiling_dbtp:
        return plan
    gain_db = _gain_for(reached + off_db, reached_by, ceiling, plan.gain_db)
    return plan if gain_db is None else _spared(Plan(gain_db, ceiling), mix, profile, reached + off_db)


def _raised(plan: Plan, quiet: bool, decoded: Loudness, profile: Profile, mix: Levels | None) -> float | None:
    """The plan's ceiling, higher where the limiter takes much and the encoder has added less to peaks than was thought.

    Args:
        quiet: whether the whole is too quiet.
    """
    ceiling = plan.ceiling_dbtp
    if mix is None or ceiling is None or profile.peak_dbtp is None:
        return ceiling
    room_db = profile.peak_dbtp - _KEPT_DB - decoded.true_peak_dbtp
    if not np.isfinite(room_db) or room_db < _ROOM_DB:
        return ceiling
    if mix.spoken.any():
        crowded = plan.spares or mix.off_lines_db(plan.gain_db, ceiling, 0.75) > _MUCH_DB
    else:
        _, reached_by = _aim(mix, profile)
        crowded = quiet and reached_by(plan.gain_db, None) - reached_by(plan.gain_db, ceiling) > _MUCH_DB
    return ceiling + room_db // _ROOM_STEP_DB * _ROOM_STEP_DB if crowded else ceiling


def _quieter_db(
    mix: Levels, profile: Profile, aimed_db: float, ceiling_dbtp: float | None, gain_db: float = 0.0
) -> float:
    """How much less of its range of RMS a profile gets than the middle, so that the limiter takes little off the lines.

    0 for one that goes by loudness.

    Args:
        aimed_db: what would reach the middle, as the levels of the mix have it.
    """
    if profile.rms_db is None or ceiling_dbtp is None:
        return 0.0
    low, high = profile.rms_db
    most_db, quieter_db = (high - low) / 2.0 - RMS_CLOSE_ENOUGH_DB, 0.0
    while quieter_db < most_db:
        reaching_db = _gain_for(aimed_db - quieter_db, mix.limited_rms_db, ceiling_dbtp, gain_db)
        if reaching_db is None or mix.off_lines_db(reaching_db, ceiling_dbtp) <= _MUCH_DB:
            break
        quieter_db += _RMS_STEP_DB
    return min(quieter_db, most_db)


_Reached = Callable[[float, float | None], float]
"""What a gain and a limiter's ceiling bring a mix to."""


def _aim(mix: Levels, profile: Profile) -> tuple[float | None, _Reached]:
    """What a profile wants of a mix, if anything, and what it is brought to in the same measure."""
    return _wanted(profile), mix.limited_lufs if profile.rms_db is None else mix.limited_rms_db


def _wanted(profile: Profile) -> float | None:
    """The loudness that a profile wants, or the middle of its RMS."""
    return profile.loudness_lufs if profile.rms_db is None else sum(profile.rms_db) / 2.0


def _overshoot_db(profile: Profile) -> float:
    return _OVERSHOOT_LOW_DB if _is_low(profile) else _OVERSHOOT_DB.get(profile.codec, 0.0)


def _is_low(profile: Profile) -> bool:
    """Whether an MP3 has so few bits that more is left out of peaks than is added to them."""
    return profile.codec == "mp3" and profile.kbps is not None and profile.kbps < _LOW_KBPS


def _gain_for(wanted: float, reached_by: _Reached, ceiling_dbtp: float | None, gain_db: float = 0.0) -> float | None:
    """The gain that reaches a level through the limiter, or comes nearest to it; None for silence.

    Beyond some gain a programme becomes quieter: its peaks are held, and what is quiet in it begins to count.
    """
    nearest = np.inf, gain_db
    for _ in range(_TURNS):  # each closes most of what the limiter took
        reached = reached_by(gain_db, ceiling_dbtp)
        if not np.isfinite(reached):
            return None
        off = wanted - reached
        nearest = min(nearest, (abs(off), gain_db))
        gain_db += off
    return gain_db if nearest[0] < _CLOSE_DB and abs(off) < _CLOSE_DB else nearest[1]


def _spared(plan: Plan, mix: Levels, profile: Profile, aimed_db: float) -> Plan:
    """The plan with its gain in steps, and no more of it than its lines bear, or than brings it anywhere.

    Args:
        aimed_db: what it was to reach.
    """
    wanted, reached_by = _aim(mix, profile)
    assert wanted is not None
    if plan.ceiling_dbtp is None:
        return _whole(plan, mix, profile)
    most_db = _most_gain_db(mix, plan, wanted, MOST_OFF_LINES_DB + profile.crowded_db)
    stepped_db = _stepped(plan.gain_db)
    if mix.spoken.any() and aimed_db - reached_by(plan.gain_db, plan.ceiling_dbtp) > _CLOSE_DB:
        most_db = stepped_db if most_db is None else min(most_db, stepped_db)
    return replace(plan, gain_db=stepped_db if most_db is None else min(stepped_db, most_db), most_gain_db=most_db)


def _whole(plan: Plan, mix: Levels, profile: Profile) -> Plan:
    """The plan without a limiter, with its gain in steps, and no more of it than keeps every sample under full scale.

    Whole numbers end there: more gain would be tops cut flat. Floating point holds what is over it as it is.
    """
    stepped_db, peak = _stepped(plan.gain_db), float(mix.peaks.max(initial=0.0))
    if profile.bits == _FLOATING or peak <= 0.0:
        return replace(plan, gain_db=stepped_db)
    most_db = _stepped(np.floor(-20.0 * np.log10(peak) / GAIN_STEP_DB) * GAIN_STEP_DB - GAIN_STEP_DB)
    return replace(plan, gain_db=min(stepped_db, most_db), most_gain_db=most_db if most_db <= stepped_db else None)


def _most_gain_db(mix: Levels, plan: Plan, wanted: float, most_off_db: float) -> float | None:
    """The highest gain, in steps, at which the limiter takes no more than `most_off_db` off the lines.

    It goes by the line in the middle, for one that is shouted is limited without harm to the others; and whatever the
    limiter takes, that line may come to it as loud as the whole is to be (`wanted`, LUFS).

    None where the plan's gain, and what corrections may add to it, are under that.
    """

    def fits(steps: int) -> bool:
        return mix.off_lines_db(steps * GAIN_STEP_DB, plan.ceiling_dbtp) <= most_off_db

    high = round(plan.gain_db / GAIN_STEP_DB) + _CORRECTIONS
    if fits(high):
        return None
    low = round(min(plan.gain_db, wanted - mix.lines_lufs()) / GAIN_STEP_DB)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return _stepped(low * GAIN_STEP_DB)


def _stepped(gain_db: float) -> float:
    return round(round(gain_db / GAIN_STEP_DB) * GAIN_STEP_DB, 6)
