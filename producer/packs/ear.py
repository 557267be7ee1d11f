"""Listens to the sounds of one pack, at their own rate or as they are heard at 48 kHz, and remembers what it heard."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from producer import cache as entries
from producer import dsp, packs, sounds
from producer.audio import Audio
from producer.cache import Cache
from producer.digests import sha256_of
from producer.errors import PackError, Problem
from producer.foley import RECIPES
from producer.frozen import dataclass
from producer.made_by import made_by
from producer.model.sound import BedSource, SoundRef
from producer.packs import remarks
from producer.packs.hearing import Facts, Survey
from producer.packs.remarks import Remark
from producer.sounds.decode import UndecodableError, decode, is_float
from producer.sounds.find import Packs
from producer.sounds.kept import Kept
from producer.sounds.looping import Loop, LoopedBed, find_loop
from producer.sounds.making import Recordings, identity
from producer.sounds.pack import FileSource, Pack, PackSound
from producer.sounds.palette import palette
from producer.sounds.recording import Recording
from producer.sounds.torn import kept_shortfall

RATE_HZ = 48000
BED_S = 20.0
"""How much of an endless bed is listened to: several gusts of it."""
_BLOCK = 1 << 16
_LEVELS_S = 0.4
_HOPS_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One variation as a cue plays it."""

    length_s: float | None  # None: it goes on without end
    onset_s: float
    loudness_lufs: float


class Ear:
    """What one pack sounds like."""

    def __init__(self, pack: Pack, cache: Cache) -> None:
        self._pack, self._cache = pack, cache
        self._palette = palette(Packs(listed=(pack,)), RATE_HZ, cache, RECIPES, "bench")
        self._recordings = Recordings(RATE_HZ, cache, Kept())

    def heard(self, sound: PackSound, member: int) -> Heard:
        """Length, onset and loudness of a variation. Raises PackError when its file cannot be heard."""
        if sound.kind != "bed":
            measured = self._palette.measure(SoundRef(role=sound.role, member=member))
            return Heard(
                length_s=measured.length / RATE_HZ,
                onset_s=measured.onset / RATE_HZ,
                loudness_lufs=measured.loudness_lufs,
            )
        bed = self._bed(sound, member)
        length_s = None if bed.length is None else bed.length / RATE_HZ
        return Heard(length_s=length_s, onset_s=0.0, loudness_lufs=bed.loudness_lufs)

    def file(self, source: FileSource) -> Facts:
        """A recording at its own rate. Raises PackError when it cannot be heard."""
        try:
            sha256 = sha256_of(source.path)
            kept = self._cache.data(
                entries.key("bench file", made_by(packs, sounds, dsp), sha256), lambda: _surveyed(source).as_data()
            )
        except OSError as wrong:
            raise PackError([Problem(source.place, f"'{source.inside}' cannot be opened: {wrong.strerror}")]) from None
        except UndecodableError as wrong:
            raise PackError([Problem(source.place, f"'{source.inside}' {wrong}")]) from None
        return _facts(kept)

    def torn(self, source: FileSource) -> list[Remark]:
        """Whether a part of a recording that can be heard is missing."""
        what = kept_shortfall(source.path, self._recordings.sha256(source), self._cache)
        return [remarks.of_torn(what)] if what else []

    def made(self, sound: PackSound, member: int) -> Facts:
        """A variation as it is heard at 48 kHz: recipe, layers and all; of a bed, 20 s."""
        named = identity(self._pack, sound, member, self._recordings, RECIPES)
        return _facts(
            self._cache.data(
                entries.key("bench made", made_by(packs, sounds, dsp), named, RATE_HZ, BED_S),
                lambda: self._listened(sound, member).as_data(),
            )
        )

    def sha256_of(self, source: FileSource) -> str:
        """Of the file's bytes. Raises PackError when it cannot be read."""
        return self._recordings.sha256(source)

    def sha256(self, sound: PackSound, member: int) -> tuple[str, str]:
        """A hash, and what it is of: the `file` that a variation is, or the `samples` that it is made of."""
        layers = sound.members[member].layers
        only = layers[0].source if len(layers) == 1 else None
        if isinstance(only, FileSource):
            return self._recordings.sha256(only), "file"
        audio = self._palette.audio(SoundRef(role=sound.role, member=member, length_s=None))
        return hashlib.sha256(np.ascontiguousarray(audio, "<f4").tobytes()).hexdigest(), "samples"

    def seam(self, sound: PackSound, source: FileSource) -> list[Remark]:
        """What can be heard where a recorded bed goes round."""
        facts = self.file(source)
        if facts.length_s < 2 * _LEVELS_S:
            return []  # too short to have a seam; that is said elsewhere
        recording = self._recordings.recording(source)
        loop = find_loop(recording, RATE_HZ, sound.loop_s)
        bed = LoopedBed(recording, loop, facts.loudness_lufs)
        turn, half = loop.end - loop.fade, RATE_HZ // 2
        start = max(0, turn - half)
        if turn < 1:
            return []
        return remarks.of_seam(
            bed.read(start, turn + loop.fade + half),
            turn - start,
            loop.fade,
            RATE_HZ,
            replace(facts, step=facts.step * max(1.0, facts.rate_hz / RATE_HZ)),
            _own_jumps_db(recording, loop),
        )

    def _bed(self, sound: PackSound, member: int) -> BedSource:
        """That variation of a bed, which a palette would choose by chance."""
        one = replace(sound, members=(sound.members[member],))
        pack = replace(self._pack, sounds={sound.role: one}, names={sound.role: sound.role})
        return palette(Packs(listed=(pack,)), RATE_HZ, self._cache, RECIPES, "bench").bed(sound.role, "bench")

    def _listened(self, sound: PackSound, member: int) -> Facts:
        if sound.kind == "bed":
            bed = self._bed(sound, member)
            length = round(BED_S * RATE_HZ) if bed.length is None else bed.length
            survey = Survey(RATE_HZ, bed.channels, floating=True)
            for at in range(0, length, _BLOCK):
                survey.push(bed.read(at, min(at + _BLOCK, length)))
            return survey.facts()
        audio = self._palette.audio(SoundRef(role=sound.role, member=member))
        survey = Survey(RATE_HZ, audio.shape[1], floating=True)
        survey.push(audio)
        return survey.facts()


def _own_jumps_db(recording: Recording, loop: Loop) -> list[float]:
    """How far the level of what is looped moves anyway, over the time from before its seam to after it.

    Looked at every 100 ms, not from window to window: what beats (an engine, a clock) turns where its level moves most.
    """
    hop = RATE_HZ // 10
    stretches = range(loop.start, loop.end - hop + 1, _HOPS_AT_ONCE * hop)
    powers = np.concatenate(
        [_powers(recording.read(at, min(at + _HOPS_AT_ONCE * hop, loop.end)), hop) for at in stretches]
    )
    window = round(_LEVELS_S * RATE_HZ / hop)
    levels = [remarks.power_db(power) for power in np.convolve(powers, np.ones(window) / window, "valid")]
    return remarks.jumps_db(levels, window + round(loop.fade / hop))


def _powers(audio: Audio, hop: int) -> NDArray[np.float64]:
    """The mean power of each whole hop, shape (hops,)."""
    whole = audio[: len(audio) // hop * hop].reshape(-1, hop * audio.shape[1])
    return np.asarray(np.square(whole, dtype=np.float64).mean(axis=1))


def _surveyed(source: FileSource) -> Facts:
    decoded = decode(source.path)
    survey = Survey(decoded.rate_hz, decoded.channels, floating=is_float(source.path))
    for block in decoded.blocks:
        survey.push(block)
    return survey.facts()


def _facts(kept: dict[str, object]) -> Facts:
    return Facts(**kept)  # type: ignore[arg-type]
