"""Left and right as planned? One inverted, missing, swapped with the other, the same, or louder than it should be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from producer.audit.compared import Flags, powers
from producer.audit.finding import Finding
from producer.audit.levels import Powers
from producer.audit.programme import Heard, runs
from producer.audit.reference import Reference, relation
from producer.audit.shares import Shares
from producer.dsp.grid import coarse_samples

_LEVEL_DB = -55.0
_ALIKE = 0.3
"""Channels that have less in common than this have no sign that could be wrong."""
_APART_DB, _APART = 1.5, 0.9
"""Channels that differ by more than this, or have less in common, are heard from more than one place."""
_SAME_DB, _SAME = 0.5, 0.99
"""Within this, and with so much in common, they are one channel twice, whatever codec they went through."""
_APART_LEAST = 5  # coarse frames
_LESS, _LESS_SHARE = 0.8, 2.0 / 3.0
"""Every codec leaves what channels have in common, and its sign, within 3 %; less of it in most places is a delay."""
_SIDE_DB = 3.0
"""A sound that far to one side is heard on that side, whatever a codec makes of it."""
_TURNED_LEAST = 2  # coarse frames
_AFTER_THE_RENDER = "look at how the file was made after the render"
INVERTED_S = 2.0
BALANCE_DB = 1.5
MONO_LOSS_LU = 3.3
"""A hard-panned sound loses 3.01 LU when both channels become one, by their mean; more is lost only by cancelling."""


def compared(reference: Reference, heard: Heard) -> tuple[Finding, ...]:
    """What is wrong with the channels of a file."""
    planned, known = reference.channels, heard.compared
    found = relation(heard.seen) if known is None else known.found
    count = min(len(planned), len(found))
    power = powers(heard.seen.channels, count) if known is None else known.power[:count]
    planned, found, loud = planned[:count], found[:count], power > 10.0 ** (_LEVEL_DB / 10.0)
    if _folded(planned, found, loud):
        how = "left and right are the same" if heard.channels == 2 else "it has 1 channel, not 2"
        return (
            Finding(
                kind="channel",
                where=None,
                start_s=0.0,
                end_s=heard.length_s,
                what=f"{how}: what the mix has apart comes from one place",
                mend=_AFTER_THE_RENDER,
            ),
        )
    if heard.channels != 2:
        return ()
    coarse_s = coarse_samples(reference.rate_hz) / reference.rate_hz
    return tuple(_wrong(planned, found, loud, heard.length_s, coarse_s))


def _folded(planned: Powers, found: Powers, loud: Flags) -> bool:
    """Whether what is planned apart is the same in both channels. See `relation`."""
    apart = loud & ((np.abs(planned[:, 0]) > _APART_DB) | (planned[:, 1] < _APART))
    same = (np.abs(found[apart, 0]) < _SAME_DB) & (found[apart, 1] > _SAME)
    return len(same) >= _APART_LEAST and float(same.mean()) > 0.95


def turned(reference: Reference, heard: Heard) -> Iterator[tuple[float, float]]:
    """Where left and right are swapped for a while, as of a cue that was panned to the other side: seconds."""
    planned, known = reference.channels, heard.compared
    found = relation(heard.seen) if known is None else known.found
    count = min(len(planned), len(found))
    power = powers(heard.seen.channels, count) if known is None else known.power[:count]
    should, apart = planned[:count, 0], found[:count, 0]
    sided = (power > 10.0 ** (_LEVEL_DB / 10.0)) & (np.abs(should) > _SIDE_DB)
    wrong = sided & (apart * should < 0.0) & (np.abs(apart) > _SIDE_DB)
    coarse_s = coarse_samples(reference.rate_hz) / reference.rate_hz
    for start, end in runs(~(sided & ~wrong)):
        inside = np.flatnonzero(wrong[start:end])
        if len(inside) >= _TURNED_LEAST:
            yield (start + int(inside[0])) * coarse_s, (start + int(inside[-1]) + 1) * coarse_s


def together(findings: Iterable[Finding]) -> bool:
    """Whether both channels are what they were: what lasts a moment is not looked for where one is late."""
    return not any(one.kind == "channel" and "in common" in one.what for one in findings)


def of_one_channel(findings: Iterable[Finding]) -> bool:
    """Whether half of it is not there: then nothing can be said of lines and cues."""
    return any(one.kind == "channel" and ("missing" in one.what or "one place" in one.what) for one in findings)


def _wrong(planned: Powers, found: Powers, loud: Flags, length_s: float, coarse_s: float) -> Iterator[Finding]:
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
            yield whole("missing", f"the {name} channel is missing", _AFTER_THE_RENDER)
            return
    common = loud & (np.abs(planned[:, 1]) > _ALIKE)
    less = np.abs(found[common, 1]) < _LESS * np.abs(planned[common, 1])
    if len(less) >= _APART_LEAST and float(less.mean()) > _LESS_SHARE:
        yield whole(
            "apart",
            "left and right have less in common than planned: one of them is late, by a millisecond or so, or widened",
            _AFTER_THE_RENDER,
        )
        return
    signed = common & (np.abs(found[:, 1]) > 0.5 * _ALIKE)
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
