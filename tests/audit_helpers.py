"""A small real episode to audit: mixed, mastered, encoded and decoded as a render does it, whole or with a mistake."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from scipy import signal

from producer import auditing, master, witness
from producer.audio import Audio
from producer.audit.audit import Audit, audit
from producer.audit.cells import Album, look
from producer.audit.planned import plan_of
from producer.audit.programme import Listener
from producer.audit.reference import Limited, Reference
from producer.audit.tap import Tap
from producer.deliver import encode, ffmpeg
from producer.dsp.loudness import loudness
from producer.errors import Place
from producer.levels import levels_of
from producer.mix.margin import LineMargin
from producer.mix.mixer import Mixer, Tapping
from producer.mix.parts import Part
from producer.model.profile import PROFILES
from producer.model.timeline import Clip, ClipWord, Timeline
from producer.timeline.document import to_json
from producer.units import Samples, Span
from tests.deliver_helpers import write
from tests.mix_helpers import Sounds, bed, bed_of, hit, noise, script, spoken, take, timeline, voice

RATE = 44100
PODCAST = PROFILES["podcast"]


def band_hit(low: float, high: float, seconds: float, name: str, gap_s: float = 0.02) -> Audio:
    """A knock of band noise that rings off."""
    count = round(seconds * RATE)
    made = signal.sosfilt(signal.butter(4, (low, high), "band", fs=RATE, output="sos"), noise(count, 1, name)[:, 0])
    made *= np.exp(-np.arange(count) / (0.25 * count)) * np.minimum(1.0, np.arange(count) / (0.1 * gap_s * RATE))
    return np.asarray(made[:, None] * 3.0, np.float32)


HITS = {
    "knock": band_hit(200, 900, 0.5, "knock"),
    "glass": band_hit(3000, 9000, 0.7, "glass"),
    "thud": band_hit(60, 250, 0.6, "thud"),
    "latch": band_hit(900, 3000, 0.25, "latch"),
}


def lowered(audio: Audio, hz: float) -> Audio:
    return np.asarray(signal.sosfilt(signal.butter(1, hz, fs=RATE, output="sos"), audio, axis=0), np.float32)


BEDS = {
    "wind": bed_of(lowered(noise(8 * RATE, 2, "wind"), 500.0), RATE),
    "rain": bed_of(noise(6 * RATE, 2, "rain"), RATE),
}
PALETTE = Sounds(RATE, hits=HITS, beds=BEDS)
VOICE = voice(6.0, RATE)
WORDS = "one two three lamp five six"


@dataclass(frozen=True)
class Episode:
    """A timeline and the takes of its lines."""

    timeline: Timeline
    takes: dict[tuple[str, int], object]


def line(number: int, start_s: float, seconds: float = 2.4) -> tuple[Clip, Audio]:
    """A line of six words, all as long."""
    audio = np.roll(VOICE, number * 9001, axis=0)[: round(seconds * RATE)]
    start, words = round(start_s * RATE), WORDS.split()
    made = spoken(f"line-{number}", start, audio, text=WORDS, place=Place("test.yaml", 10 + number, 3))
    edges = np.linspace(start, start + len(audio), len(words) + 1).astype(int).tolist()
    timed = tuple(ClipWord(word, Samples(edges[i]), Samples(edges[i + 1])) for i, word in enumerate(words))
    return replace(made, words=timed), audio


def cue(name: str, start_s: float, **rest: object) -> Clip:
    return hit(name, round(start_s * RATE), HITS[name], **({"place": Place("test.yaml", 30 + int(start_s), 5)} | rest))


def good() -> Episode:
    """24 s: five lines, seven cues, wind throughout and rain for a while."""
    lines = [line(1, 1.0), line(2, 5.0), line(3, 9.0), line(4, 14.0), line(5, 19.0)]
    cues = [
        cue("knock", 3.8, level=-2.0, pan=70.0),
        cue("glass", 6.0, level=-4.0, pan=-60.0),
        cue("thud", 8.0, level=0.0, pan=-50.0),
        cue("latch", 12.0, level=-6.0, pan=40.0),
        cue("knock", 13.0, level=-4.0, distance=4.0, room="small room"),
        cue("glass", 17.2, level=-3.0),
        cue("thud", 22.0, level=-2.0),
    ]
    beds = [bed("wind", 0, 24 * RATE, level=-14.0), bed("rain", 10 * RATE, 18 * RATE, level=-18.0, fade_in=RATE)]
    return episode([*(clip for clip, _ in lines), *cues, *beds], lines, 24.0)


def episode(clips: Sequence[Clip], lines: Sequence[tuple[Clip, Audio]], seconds: float, **rest: object) -> Episode:
    ordered = sorted(clips, key=lambda clip: clip.span.start)
    whole = timeline(ordered, encode.whole_frames(round(seconds * RATE), PODCAST), RATE, **rest)  # type: ignore[arg-type]
    return Episode(whole, {(clip.line, 0): take(audio) for clip, audio in lines})


class Made:
    """An episode as a render leaves it: mix, plan of the master, reference, and the file."""

    def __init__(self, made: Episode, folder: Path, name: str = "good") -> None:
        self.episode, self.folder = made, folder
        self.witness = witness.Witness(made.timeline)
        taken: dict[int, witness.PartWitness] = {}

        def tapping(part: Part) -> Tap:
            taken[part.index] = witness.PartWitness(RATE)
            return taken[part.index].tap

        self.solved = mixer = self.mixer(made, tapping)
        blocks = []
        for mixed in mixer.each(mixer.mix, range(len(mixer)), 1):
            core = mixed.buses.within(mixed.part.core)
            taken[mixed.part.index].push(core.beds, core.music)
            self.witness.push(mixed.part.core, taken[mixed.part.index])
            blocks.append(core.sum())
        self.mix = np.concatenate(blocks)
        self.margins: tuple[LineMargin, ...] = mixer.margins
        lines = [clip for clip in made.timeline.clips if clip.kind == "speech"]
        spans = [clip.span for clip in lines]
        levels = levels_of(self.mix, Span(Samples(0), Samples(len(self.mix))), RATE, spans)
        self.plan = master.first_plan(levels, PODCAST)
        for _ in range(master.ROUNDS):
            self.file = self.written(self.mix, name)
            following = master.corrected(self.plan, auditing.listen(self.file)[1].loudness, PODCAST)
            if following is None:
                break
            self.plan = following
        album = Album()
        album.add(look(master.mastered(self.mix, self.plan, PODCAST), 0, 0, len(self.mix), RATE))
        own = list(self.witness.own({clip.id: clip.span for clip in lines}).values())
        off_db = levels.off_each_db(self.plan.gain_db, self.plan.ceiling_dbtp, spans, own, RATE)
        limited = Limited(
            off_db={clip.id: db for clip, db in zip(lines, off_db, strict=True)},
            lower_lu=master.lower_lu(levels, self.plan, PODCAST),
            spared=self.plan.spares,
        )
        built = self.witness.reference(album.whole(), self.margins, "podcast", limited=limited)
        self.reference = Reference.from_bytes(built.to_bytes())
        self.document = to_json(made.timeline, script())

    def mixer(self, made: Episode, tapping: Tapping | None = None) -> Mixer:
        more = {} if tapping is None else {"tapping": tapping}
        return Mixer(made.timeline, script(), made.takes, PALETTE, **more)  # type: ignore[arg-type]

    def written(self, mix: Audio, name: str, plan: master.Plan | None = None) -> Path:
        """A mix mastered by the same plan (or `plan`) and encoded."""
        path = self.folder / f"{name}.mp3"
        write(master.mastered(mix, plan or self.plan, PODCAST), PODCAST, path)
        return path

    def remixed(self, change: Callable[[Clip], Clip | None], name: str = "remixed") -> Audit:
        """The audit of the episode mixed again with clips changed or left out, against the good one's plan."""
        clips = [changed for clip in self.episode.timeline.clips if (changed := change(clip)) is not None]
        other = replace(self.episode, timeline=replace(self.episode.timeline, clips=tuple(clips)))
        mixer = self.mixer(other)
        mixer.follow(self.solved)  # one thing is changed, and nothing makes way for it
        return self.audited(self.written(np.concatenate([buses.sum() for buses in mixer.blocks()]), name))

    def decoded(self) -> Audio:
        return np.concatenate(list(ffmpeg.decode(self.file, 2, RATE))).copy()

    def reencoded(self, audio: Audio, name: str = "reencoded") -> Audit:
        """The audit of other samples, encoded as the episode is."""
        path = self.folder / f"{name}.mp3"
        clean = np.clip(audio, -1.0, 1.0).astype(np.float32)
        write(clean, PODCAST, path)
        return self.audited(path)

    def audited(self, path: Path | None = None, profile: str | None = None) -> Audit:
        facts, heard = auditing.listen(path or self.file)
        return audit("x.mp3", facts, heard, plan=plan_of(self.document), reference=self.reference, profile=profile)


def listened(audio: Audio, rate_hz: int) -> Listener:
    listener = Listener(rate_hz, audio.shape[1])
    for _ in listener.listen([audio]):
        pass
    return listener


def at_loudness(audio: Audio, lufs: float, rate_hz: int) -> Audio:
    return audio * np.float32(10.0 ** ((lufs - loudness(audio, rate_hz)) / 20.0))
