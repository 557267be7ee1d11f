"""What a judge finds of an episode's lines on its stems: margins, and how much of each can be understood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pystoi import stoi
from scipy.signal import resample_poly

from producer import render
from producer.audio import Audio, silence
from producer.dsp.loudness import PowerMeter, integrated, lufs, own_length_loudness
from producer.mix.margin import LineMargin
from producer.mix.mixer import Mixer
from producer.mix.reduction import Reduction
from producer.model.timeline import Clip

BUSES = ("speech", "beds", "music", "mix")
_ESTOI_HZ = 10000  # the measure's own rate


@dataclass(frozen=True, slots=True)
class Line:
    """One line as it came out. A margin is infinite where nothing of that bus lies under it."""

    clip: Clip
    over_beds_lu: float  # beds that are not freed
    over_music_lu: float
    estoi: float
    said: LineMargin  # what the mixer says of it


@dataclass(frozen=True, slots=True)
class Episode:
    lines: tuple[Line, ...]
    reductions: tuple[Reduction, ...]


def measured(placed: render.Placed) -> Episode:
    """Mixes what of an episode lies under its lines, and measures every line on the buses as they are delivered."""
    rate_hz = placed.timeline.rate_hz
    spoken = [clip for clip in placed.timeline.clips if clip.kind == "speech"]
    freed = [clip for clip in placed.timeline.clips if clip.kind in ("bed", "music") and clip.duck is False]
    mixer = Mixer(placed.timeline, placed.script, placed.takes, placed.palette)
    waiting = {clip.id: (clip, {bus: silence(clip.span.length) for bus in BUSES}) for clip in spoken}
    found: dict[str, tuple[float, float, float]] = {}
    wanted = [part.index for part in mixer.parts if any(part.core.meets(clip.span) for clip in spoken)]
    for mixed in mixer.each(mixer.mix, wanted, 2):
        block = mixed.buses.within(mixed.part.core)
        here = {"speech": block.speech, "beds": block.beds, "music": block.music, "mix": block.sum()}
        for clip, heard in [one for one in waiting.values() if one[0].span.meets(block.span)]:
            inside = block.span.within(clip.span)
            for bus, audio in heard.items():
                audio[inside.start - clip.span.start : inside.end - clip.span.start] = here[bus][
                    inside.start - block.span.start : inside.end - block.span.start
                ]
            if clip.span.end <= block.span.end:
                del waiting[clip.id]
                found[clip.id] = _found(heard, not any(other.span.meets(clip.span) for other in freed), rate_hz)
    assert not waiting
    # What the lines ask is known by now: asked before, all of it would have been played twice.
    said = {margin.clip: margin for margin in mixer.margins}
    lines = tuple(Line(clip, *found[clip.id], said[clip.id]) for clip in spoken)
    return Episode(lines, tuple(mixer.reductions.values()))


def _found(heard: dict[str, Audio], held: bool, rate_hz: int) -> tuple[float, float, float]:
    """How far a line stands above beds that must make way, and above music, LU; and how much of it is understood."""
    meter = PowerMeter(rate_hz, 2)
    meter.push(heard["speech"])
    speech = integrated(meter.powers(), meter.seconds_per_hop)
    speech = speech if np.isfinite(speech) else own_length_loudness(heard["speech"], rate_hz)
    return (
        speech - ungated(heard["beds"], rate_hz) if held else float("inf"),
        speech - ungated(heard["music"], rate_hz),
        estoi(heard["speech"], heard["mix"], rate_hz),
    )


def ungated(audio: Audio, rate_hz: int) -> float:
    meter = PowerMeter(rate_hz, 2)
    meter.push(audio)
    return float(lufs(meter.powers().mean()))


def estoi(speech: Audio, mix: Audio, rate_hz: int) -> float:
    """How much of the speech is left in the mix, both folded to mono as a telephone's loudspeaker has them: 0 to 1."""
    clean, heard = (resample_poly(audio.mean(axis=1, dtype=float), _ESTOI_HZ, rate_hz) for audio in (speech, mix))
    return float(stoi(clean, heard, _ESTOI_HZ, extended=True))
