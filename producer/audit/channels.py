"""Left and right as planned? One inverted, missing, swapped with the other, or louder than it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from producer.audit.compared import powers
from producer.audit.finding import Finding
from producer.audit.programme import Heard, runs
from producer.audit.reference import Reference, relation
from producer.audit.shares import Shares
from producer.dsp.grid import coarse_samples

_LEVEL_DB = -55.0
_ALIKE = 0.3
"""Channels that have less in common than this have no sign that could be wrong."""
INVERTED_S = 2.0
BALANCE_DB = 1.5
MONO_LOSS_LU = 3.3
"""A hard-panned sound loses 3.01 LU when both channels become one, by their mean; more is lost only by cancelling."""


def compared(reference: Reference, heard: Heard) -> tuple[Finding, ...]:
    """What is wrong with the channels of a stereo file."""
    if heard.channels != 2:
        return ()
    planned, known = reference.channels, heard.compared
    found = relation(heard.seen) if known is None else known.found
    count = min(len(planned), len(found))
    power = powers(heard.seen.channels, count) if known is None else known.power[:count]
    loud = power > 10.0 ** (_LEVEL_DB / 10.0)
    return tuple(
        _wrong(
            planned[:count], found[:count], loud, heard.length_s, coarse_samples(reference.rate_hz) / reference.rate_hz
        )
    )


def _wrong(
    planned: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    found: np.ndarray[tuple[int, ...], np.dtype[np.float32]],
    loud: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    length_s: float,
    coarse_s: float,
) -> Iterator[Finding]:
    if not loud.any():
        return

    def whole(kind: str, what: str, mend: str) -> Finding:
        return Finding(
            kind="balance" if kind == "balance" else "channel", where=None, start_s=0.0, end_s=length_s, what=what,
            mend=mend,
        )  # fmt: skip

    apart, should = found[loud, 0], planned[loud, 0]
    for name, sign in (("left", -1.0), ("right", 1.0)):
        if (sign * apart > 40.0).mean() > 0.9 and (sign * should > 40.0).mean() < 0.5:
            yield whole("missing", f"the {name} channel is missing", "look at how the file was made after the render")
            return
    signed = loud & (np.abs(planned[:, 1]) > _ALIKE) & (np.abs(found[:, 1]) > 0.5 * _ALIKE)
    wrong = signed & (planned[:, 1] * found[:, 1] < 0.0)
    if signed.sum() >= 5 and wrong.sum() > 0.8 * signed.sum():
        yield whole(
            "inverted",
            "one channel is inverted: folded to mono, what is in the middle vanishes",
            "turn one channel's sign, or render it again",
        )
    else:
        doubt = signed & ~wrong
        for start, end in runs(~doubt):
            inside = np.flatnonzero(wrong[start:end])
            if len(inside) * coarse_s >= INVERTED_S:
                low, high = start + int(inside[0]), start + int(inside[-1]) + 1
                yield Finding(
                    kind="channel",
                    where=None,
                    start_s=low * coarse_s,
                    end_s=high * coarse_s,
                    what=f"one channel is inverted for {(high - low) * coarse_s:.1f} s",
                    mend="turn one channel's sign there, or render it again",
                )
    sided = np.abs(should) > 1.5
    fit = float((apart * should)[sided].sum() / max(np.square(should[sided]).sum(), 1e-9))
    if sided.sum() >= 3 and fit < -0.5:
        yield whole("swapped", "left and right are swapped", "swap the channels, or render it again")
        return
    off = float(np.median(apart - should))
    if abs(off) > BALANCE_DB:
        side = "left" if off > 0 else "right"
        yield whole(
            "balance", f"the {side} channel is {abs(off):.1f} dB louder than planned", "look at how the file was made"
        )


def mono_losses(names: Iterable[str], sums: Shares) -> dict[str, float]:
    """What each line and cue loses when both channels become one, LU, over the frames that it rules; by clip id.

    Args:
        names: of the clips in their order, sums: what was summed up of them in a file of two channels.
    """
    found: dict[str, float] = {}
    for name, ruled, (left, right, both) in zip(names, sums.ruled.tolist(), sums.channels.tolist(), strict=True):
        if left + right > 1e-9 * max(1, ruled) and ruled >= 4:
            kept = max((left + right + 2.0 * both) / 2.0, 1e-12)
            found[name] = float(10.0 * np.log10((left + right) / kept))
    return found
