"""A stretch of an MP3 to be heard by itself: its own frames, but at the ends, which are eased over.

Where a file begins in the middle of a sound a decoder would begin with a click. So the first frames (and the last) are
decoded, eased and encoded again, and those between stay as they are: that takes a hundredth of what encoding takes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from producer.audio import Audio
from producer.deliver import encode, mp3
from producer.dsp.envelopes import fade
from producer.model.profile import Profile
from producer.units import Samples, Span

_NEW_FRAMES = 8
"""So many at an end are made anew: an encoder and a decoder have settled after them."""
_SPARE_FRAMES = 2
_LEAST_FRAMES = 2 * _NEW_FRAMES + mp3.LEAD_FRAMES + mp3.TRAIL_FRAMES + _SPARE_FRAMES


def excerpt(
    frames: Sequence[bytes],
    following: bytes | None,
    profile: Profile,
    folder: Path,
    *,
    into_samples: int = 0,
    out_samples: int = 0,
) -> list[bytes] | None:
    """Frames of a part of an MP3 (`encode.encode_part`), eased.

    Args:
        following: the frame after them, where it is at hand: a decoder finds the end of the last one in it.
        folder: for what an encoder writes.
        into_samples, out_samples: over how much they rise, and fall. With 0 they stay as they are; that which falls is
            the end of a file, and followed by what a decoder is late by.

    Returns:
        None where they are too few, or what follows them is wanted and not at hand.

    Raises RenderError when an encoder or decoder stops.
    """
    if (into_samples or out_samples) and len(frames) < _LEAST_FRAMES:
        return None
    made = list(frames)
    if out_samples:
        if following is None:
            return None
        made = _ended(made, following, out_samples, profile, folder)
    if into_samples:
        made = _begun(made, into_samples, profile, folder)
    return made


def _begun(frames: Sequence[bytes], into: int, profile: Profile, folder: Path) -> list[bytes]:
    frame, wanted = mp3.frame_samples(profile.rate_hz), _NEW_FRAMES + mp3.TRAIL_FRAMES
    around = frames[: wanted + _SPARE_FRAMES]
    heard = encode.decode_frames(around, profile)[: wanted * frame]
    new = Span(Samples(0), Samples(_NEW_FRAMES * frame))
    made = encode.encode_part(_eased(heard, into=(0, into)), new, profile, folder, first=True, last=False)
    return [*mp3.frames(made.frames), *frames[_NEW_FRAMES:]]


def _ended(frames: Sequence[bytes], following: bytes, out: int, profile: Profile, folder: Path) -> list[bytes]:
    frame, wanted = mp3.frame_samples(profile.rate_hz), mp3.LEAD_FRAMES + _NEW_FRAMES
    around = [*frames[-wanted - _SPARE_FRAMES :], following]
    heard = encode.decode_frames(around, profile)[_SPARE_FRAMES * frame :][: wanted * frame]
    new = Span(Samples(mp3.LEAD_FRAMES * frame), Samples(wanted * frame))
    eased = _eased(heard, out=(len(heard) - out, out))
    made = encode.encode_part(eased, new, profile, folder, first=False, last=True)
    return [*frames[:-_NEW_FRAMES], *mp3.frames(made.frames)]


def _eased(audio: Audio, *, into: tuple[int, int] | None = None, out: tuple[int, int] | None = None) -> Audio:
    gains = fade(0, len(audio), into=into, out=out, shape="cosine")
    return audio if gains is None else audio * gains.astype(np.float32)[:, None]
