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


@dataclass(frozen=True, slots=True, kw_only=True)
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
    """Mixes an episode and measures every line on the buses as they are delivered."""
    rate_hz = placed.timeline.rate_hz
    spoken = [clip for clip in placed.timeline.clips if clip.kind == "speech"]
    freed = [clip for clip in placed.timeline.clips if clip.kind in ("bed", "music") and clip.duck is False]
    mixer = Mixer(placed.timeline, placed.script, placed.takes, placed.palette)
    mixer.prepare(2)
    said = {margin.clip: margin for margin in mixer.margins}
    waiting = {
        clip.id: (clip, {bus: silence(clip.span.length) for bus in ("speech", "beds", "music", "mix")})
        for clip in spoken
    }
    lines = []
    for block in mixer.blocks(2):
        for clip, heard in list(waiting.values()):
            inside = block.span.within(clip.span)
            for bus, audio in heard.items():
                source = block.sum() if bus == "mix" else getattr(block, bus)
                audio[inside.start - clip.span.start : inside.end - clip.span.start] = source[
                    inside.start - block.span.start : inside.end - block.span.start
                ]
            if clip.span.end <= block.span.end:
                del waiting[clip.id]
                held = not any(other.span.meets(clip.span) for other in freed)
                lines.append(_line(clip, heard, held, said[clip.id], rate_hz))
    assert not waiting
    return Episode(tuple(lines), tuple(mixer.reductions.values()))


def _line(clip: Clip, heard: dict[str, Audio], held: bool, said: LineMargin, rate_hz: int) -> Line:
    meter = PowerMeter(rate_hz, 2)
    meter.push(heard["speech"])
    speech = integrated(meter.powers(), meter.seconds_per_hop)
    speech = speech if np.isfinite(speech) else own_length_loudness(heard["speech"], rate_hz)
    return Line(
        clip=clip,
        over_beds_lu=speech - ungated(heard["beds"], rate_hz) if held else float("inf"),
        over_music_lu=speech - ungated(heard["music"], rate_hz),
        estoi=estoi(heard["speech"], heard["mix"], rate_hz),
        said=said,
    )


def ungated(audio: Audio, rate_hz: int) -> float:
    meter = PowerMeter(rate_hz, 2)
    meter.push(audio)
    return float(lufs(meter.powers().mean()))


def estoi(speech: Audio, mix: Audio, rate_hz: int) -> float:
    """How much of the speech is left in the mix, both folded to mono as a telephone's loudspeaker has them: 0 to 1."""
    clean, heard = (resample_poly(audio.mean(axis=1, dtype=float), _ESTOI_HZ, rate_hz) for audio in (speech, mix))
    return float(stoi(clean, heard, _ESTOI_HZ, extended=True))
