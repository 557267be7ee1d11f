"""The same mixing work for this project and for what others would use: narration, three beds, hits at fixed times.

Narration is spoken once by the default voice and then stands as recorded takes: no voice is part of what is measured.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from numpy.typing import NDArray

from producer import project, render, voice
from producer.cache import Cache

RATE_HZ = 44_100
SCENE_S = 300.0
BED_S = 30.0
HITS = 24
HITS_PER_MINUTE = 30
RECORDINGS = 240
"""So many lines are recorded at most; longer workloads hear them again."""
_WORDS = ("The road was empty, and the wind had gone.", "He counted the lamps; there were none.", "Nobody answered.")


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is heard: `start_s` and `level_db` beside the narration."""

    kind: str
    file: str
    start_s: float
    length_s: float
    level_db: float
    pan: float = 0.0


@dataclass(frozen=True, slots=True)
class Workload:
    """A folder with the sources, a script with its pack, and the events that both describe."""

    folder: Path
    seconds: float
    events: tuple[Event, ...]

    @property
    def script(self) -> Path:
        return self.folder / "script.yaml"

    @property
    def pack(self) -> Path:
        return self.folder / "pack"


def make(folder: Path, minutes: float, seed: int = 0, hits_per_minute: float = HITS_PER_MINUTE) -> Workload:
    """Write a workload of so many minutes."""
    chance = np.random.default_rng(seed)
    (folder / "src").mkdir(parents=True, exist_ok=True)
    (folder / "pack").mkdir(exist_ok=True)
    seconds = 60.0 * minutes
    lengths = _spoken(folder, min(RECORDINGS, max(1, int(7 * minutes))))
    for number, edge_hz in enumerate((300.0, 900.0, 2500.0)):
        _write(folder / "pack" / f"bed{number}.wav", _bed(edge_hz, chance))
    hit_s = [float(chance.uniform(0.2, 2.0)) for _ in range(HITS)]
    for number, length_s in enumerate(hit_s):
        count = round(length_s * RATE_HZ)
        ringing = np.exp(-6.0 * np.arange(count) / RATE_HZ)
        _write(folder / "pack" / f"hit{number:02d}.wav", 0.3 * chance.standard_normal(count) * ringing)
    events: list[Event] = [Event("bed", f"pack/bed{n}.wav", 0.0, seconds, -18.0 - 6.0 * n) for n in range(3)]
    script = ["title: Workload", "profile: podcast", "packs: []", "gap: 0 s"]
    script += ["cast:", "  reader: {voice: en-gb}", "scenes:"]
    said = 0
    for scene, begin in enumerate(np.arange(0.0, seconds, SCENE_S).tolist()):
        end = min(seconds, begin + SCENE_S)
        script += [f"  - title: Part {scene + 1}", "    crossfade: 0 s", "    play:"]
        script += [f"      - bed: bed{n} level {-18 - 6 * n} LU" for n in range(3)]
        for _ in range(round((end - begin) / 60.0 * hits_per_minute)):
            hit, at = int(chance.integers(HITS)), round(float(chance.uniform(0.0, max(0.1, end - begin - 3.0))), 3)
            level, pan = round(float(chance.uniform(-18.0, -6.0)), 1), round(float(chance.uniform(-100.0, 100.0)))
            events.append(Event("hit", f"pack/hit{hit:02d}.wav", begin + at, hit_s[hit], level, pan / 100.0))
            side = "centre" if not pan else f"{'left' if pan < 0 else 'right'} {abs(pan)}"
            script.append(f"      - sound: hit{hit:02d} at start of scene + {at:.3f} s, level {level} LU, pan {side}")
        playhead, at = 0.0, 1.0
        while begin + at + lengths[said % len(lengths)] < end - 1.0:
            number = said % len(lengths)
            events.append(Event("line", f"src/line{number:04d}.wav", begin + at, lengths[number], 0.0))
            script += [f"      - pause: {at - playhead:.3f} s", f"      - id: line_{said:05d}"]
            script += [f"        reader: '{_text(number)}'", f"        take: src/line{number:04d}.wav"]
            playhead = at + lengths[number]
            at, said = round(playhead + float(chance.uniform(2.0, 6.0)), 3), said + 1
        script.append(f"      - pause: {end - begin - playhead:.3f} s")
    (folder / "script.yaml").write_text("\n".join(script) + "\n", "utf-8")
    names = [f"  bed{n}: {{kind: bed, files: [bed{n}.wav]}}" for n in range(3)]
    names += [f"  hit{n:02d}: {{kind: hit, files: [hit{n:02d}.wav]}}" for n in range(HITS)]
    head = ["pack: workload", "version: 1.0.0", "author: Benchmarks", "licence: CC0-1.0", "sounds:"]
    (folder / "pack" / "pack.yaml").write_text("\n".join([*head, *names]) + "\n", "utf-8")
    made = Workload(folder, seconds, tuple(sorted(events, key=lambda event: event.start_s)))
    (folder / "timeline.json").write_text(json.dumps([_json(event) for event in made.events]), "utf-8")
    return made


def _json(event: Event) -> dict[str, object]:
    return {name: getattr(event, name) for name in ("kind", "file", "start_s", "length_s", "level_db", "pan")}


def _text(number: int) -> str:
    return f"{number}. {_WORDS[number % len(_WORDS)]}"


def _spoken(folder: Path, count: int) -> list[float]:
    """The lines as recordings; how long each is, seconds."""
    lines = "".join(f"      - reader: '{_text(number)}'\n" for number in range(count))
    script = folder / "narration.yaml"
    script.write_text(f"title: N\ncast: {{reader: {{voice: en-gb}}}}\nscenes:\n  - play:\n{lines}", "utf-8")
    with Cache(temporary=True) as cache:
        read, _ = render.read_script(project.find(script, folder)[0], (), cache)
        takes = voice.speak_lines(read.lines, RATE_HZ, cache, os.cpu_count() or 1)
        said = [np.concatenate([part.audio for part in takes[line.id, 0].phrases]) for line in read.lines]
    for number, audio in enumerate(said):
        _write(folder / "src" / f"line{number:04d}.wav", audio.astype(float))
    return [len(audio) / RATE_HZ for audio in said]


def _bed(edge_hz: float, chance: np.random.Generator) -> NDArray[np.float64]:
    """Low-passed noise that goes round without a seam: made in the frequency domain, it is periodic."""
    count = round(BED_S * RATE_HZ)
    hz = np.fft.rfftfreq(count, 1.0 / RATE_HZ)
    spectrum = chance.standard_normal((2, len(hz))) + 1j * chance.standard_normal((2, len(hz)))
    made = np.fft.irfft(spectrum / (1.0 + (hz / edge_hz) ** 2), count, axis=1).T
    return np.asarray(0.3 * made / np.abs(made).max())


def _write(path: Path, audio: NDArray[np.float64]) -> None:
    soundfile.write(path, audio.astype(np.float32), RATE_HZ, subtype="PCM_16")
