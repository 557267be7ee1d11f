"""What others would use for the same work, as programs of their own: `python benchmarks/peers.py NAME FOLDER SECONDS`.

Nothing of this project is imported here: what it takes to load would count against them.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import imageio_ffmpeg

RATE_HZ = 44_100
KBPS = 192
LUFS = -16.0
Events = list[dict[str, Any]]


def with_pydub(folder: Path, events: Events, seconds: float) -> None:
    """Every event laid over the whole by itself, the beds at one level, brought to one RMS, exported."""
    from pydub import AudioSegment

    AudioSegment.converter = imageio_ffmpeg.get_ffmpeg_exe()
    mix = AudioSegment.silent(round(1000 * seconds), frame_rate=RATE_HZ).set_channels(2)
    sources: dict[str, Any] = {}
    for event in events:
        if event["file"] not in sources:
            sources[event["file"]] = AudioSegment.from_wav(folder / event["file"])
        sound = sources[event["file"]].apply_gain(event["level_db"]).set_channels(2)
        if event["kind"] == "bed":
            mix = mix.overlay(sound, loop=True)
        else:
            mix = mix.overlay(sound.pan(event["pan"]), position=round(1000 * event["start_s"]))
    mix.apply_gain(LUFS - mix.dBFS).export(folder / "pydub.mp3", format="mp3", bitrate=f"{KBPS}k")


def with_ffmpeg(folder: Path, events: Events, seconds: float) -> None:
    """One filter graph: delays, pans and sums, beds ducked by the narration; then its loudness, a limiter, MP3."""
    inputs: list[str] = []
    parts: list[str] = []
    named: dict[str, list[str]] = {"line": [], "bed": [], "hit": []}
    for number, event in enumerate(events):
        inputs += ["-stream_loop", "-1", "-t", str(seconds)] if event["kind"] == "bed" else []
        inputs += ["-i", str(folder / event["file"])]
        delay, pan = round(1000 * event["start_s"]), event["pan"]
        side = "" if event["kind"] == "bed" else f"pan=stereo|c0={min(1, 1 - pan):.3f}*c0|c1={min(1, 1 + pan):.3f}*c0,"
        parts.append(f"[{number}:a]{side}volume={event['level_db']}dB,adelay={delay}|{delay}[e{number}]")
        named[event["kind"]].append(f"[e{number}]")
    for kind, labels in named.items():
        parts.append(f"{''.join(labels)}amix=inputs={len(labels)}:normalize=0:dropout_transition=0[{kind}]")
    parts.append("[line]apad,asplit[said][key]")
    parts.append("[bed][key]sidechaincompress=threshold=0.02:ratio=6:attack=80:release=400[ducked]")
    parts.append(f"[ducked][hit][said]amix=inputs=3:normalize=0:duration=first,atrim=0:{seconds}[mix]")
    graph, whole = folder / "graph.txt", folder / "ffmpeg.wav"
    graph.write_text(";\n".join(parts), "utf-8")
    run = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin"]
    encoded = ["-c:a", "pcm_f32le", str(whole)]
    subprocess.run([*run, *inputs, "-/filter_complex", str(graph), "-map", "[mix]", *encoded], check=True)
    heard = subprocess.run(
        [run[0], "-hide_banner", "-nostdin", "-i", str(whole), "-af", "ebur128", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    )
    loud = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", heard.stderr)[-1])
    limited = f"volume={LUFS - loud}dB,aresample=176400,alimiter=limit=0.84:level=false,aresample={RATE_HZ}"
    subprocess.run([*run, "-i", str(whole), "-af", limited, "-b:a", f"{KBPS}k", str(folder / "ffmpeg.mp3")], check=True)
    whole.unlink()


PEERS: Mapping[str, Callable[[Path, Events, float], None]] = {
    "pydub": with_pydub,
    "ffmpeg": with_ffmpeg,
}


if __name__ == "__main__":
    _, name, at, length = sys.argv
    PEERS[name](Path(at), json.loads((Path(at) / "timeline.json").read_text("utf-8")), float(length))
