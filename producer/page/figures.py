"""A mix in figures, each beside what its profile asks."""

from __future__ import annotations

from producer.frozen import dataclass
from producer.page.values import Mix


@dataclass(frozen=True, slots=True)
class Figure:
    """One measurement; `asked` is "" where nothing is, and then `holds` is None."""

    name: str
    value: str
    unit: str
    asked: str = ""
    holds: bool | None = None


def figures(mix: Mix) -> tuple[Figure, ...]:
    """What a client asks of a file, in the order of their asking."""
    measured, profile = mix.measured, mix.profile
    made: list[Figure] = []
    if profile is not None and profile.loudness_lufs is not None:
        asked = f"{number(profile.loudness_lufs, 0)} ±{profile.tolerance_lu:g}"
        made.append(Figure("Loudness", number(measured.lufs), "LUFS", asked, "loudness" not in mix.faults))
    else:
        made.append(Figure("Loudness", number(measured.lufs), "LUFS"))
    if profile is not None and profile.rms_db is not None:
        low, high = profile.rms_db
        made.append(
            Figure(
                "RMS", number(measured.rms_db), "dB", f"{low:g} to {high:g}".replace("-", "−"), "rms" not in mix.faults
            )
        )
    if profile is not None and profile.floor_db is not None:
        asked = f"at most {number(profile.floor_db, 0)}"
        made.append(Figure("Noise floor", number(measured.floor_db), "dB", asked, "floor" not in mix.faults))
    if profile is not None and profile.peak_dbtp is not None:
        asked = f"at most {number(profile.peak_dbtp, 0)}"
        made.append(Figure("True peak", number(measured.peak_dbtp), "dBTP", asked, "peak" not in mix.faults))
    else:
        made.append(Figure("True peak", number(measured.peak_dbtp), "dBTP"))
    made.append(Figure("Loudness range", number(measured.range_lu), "LU"))
    if measured.channels > 1:
        made.append(Figure("Lost in mono", number(measured.mono_loss_lu), "LU"))
    return tuple(made)


def number(value: float | None, digits: int = 1) -> str:
    """A figure with a real minus; a dash where there is none."""
    return "–" if value is None else f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
