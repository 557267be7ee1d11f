"""A synthesiser as a user may have one: `command_synth.py HOW TEXT_FILE WAV [SPEED]`, run as a program of its own.

HOW is `well`, or what goes wrong: `silence`, a noise (`white`, `pink`, `brown`, `bursts`, `hum`, `band`), `tone`,
`crash`, `hang`, `nothing`, `text`, `nan`. It speaks
through the espeak-ng that the program carries, as another voice than any that aligns it, at a rate of its own.
With `-` for TEXT_FILE and WAV it reads standard input and writes standard output.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import soundfile

RATE_HZ = 22050


def spoken(text: str, speed: float) -> np.ndarray:
    # What makes no speech starts without these, four times as fast.
    from producer.model.script import Token
    from producer.voice.engine import Utterance
    from producer.voice.engines import VOICES

    tokens = tuple(Token(word, word) for word in text.split())
    said = VOICES["pyttsx3"].say(
        Utterance(voice="en-us+m2", speed=150.0 * speed, pitch=0.0, tokens=tokens, ends=not text.endswith(","))
    )
    quiet = np.zeros(RATE_HZ // 5, np.float32)
    return np.concatenate([quiet, said.samples * np.float32(0.3), quiet])


NOISES = ("white", "pink", "brown", "bursts", "hum", "band")


def noise(how: str, white: np.ndarray, time_s: np.ndarray) -> np.ndarray:
    """Noise of a colour, under a slow envelope; in bursts over a steady one; over a hum; or of one band, as a hiss."""
    hz = np.maximum(np.fft.rfftfreq(len(white), 1.0 / RATE_HZ), 20.0)
    slope = {"pink": 0.5, "brown": 1.0, "bursts": 0.5}.get(how, 0.0)
    spectrum = np.fft.rfft(white) * hz**-slope
    if how == "band":
        spectrum *= (hz > 1500.0) & (hz < 4500.0)
    made = np.fft.irfft(spectrum, len(white))
    made /= np.abs(made).max()
    if how == "bursts":
        return 0.3 * made * (np.sin(2.0 * np.pi * 4.0 * time_s) > 0.0) + 0.02 * white
    if how == "hum":
        return 0.05 * made + sum(0.3 / k * np.sin(2.0 * np.pi * 100.0 * k * time_s) for k in range(1, 12))
    return 0.5 * made * np.sin(np.pi * time_s / time_s[-1])


def main(how: str, source: str, target: str, speed: str = "1") -> None:
    text = (sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")).strip()
    log = os.environ.get("COMMAND_SYNTH_LOG")
    if log:
        with Path(log).open("a", encoding="utf-8") as file:
            file.write(text + "\n")
    rng = np.random.default_rng(3)
    time_s = np.arange(3 * RATE_HZ) / RATE_HZ
    samples = np.zeros(3 * RATE_HZ)
    if how == "crash":
        sys.stderr.write("loading\nout of memory in the vocoder\n")
        sys.exit(7)
    if how == "hang":
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
        Path(os.environ["COMMAND_SYNTH_PIDS"]).write_text(f"{os.getpid()} {child.pid}", "utf-8")
        time.sleep(600)
    if how == "nothing":
        return
    if how == "text":
        Path(target).write_text("this is no sound", "utf-8")
        return
    if how == "well":
        samples = spoken(text, float(speed))
    elif how in NOISES:
        samples = noise(how, rng.standard_normal(3 * RATE_HZ), time_s)
    elif how == "tone":
        samples = 0.3 * np.sin(2.0 * np.pi * 440.0 * time_s)
    elif how == "nan":
        samples = np.full(RATE_HZ, np.nan)
    form = "FLOAT" if how == "nan" else "PCM_16"
    if target == "-":
        sound = io.BytesIO()
        soundfile.write(sound, samples, RATE_HZ, subtype=form, format="WAV")
        sys.stdout.buffer.write(sound.getvalue())
    else:
        soundfile.write(target, samples, RATE_HZ, subtype=form, format="WAV")


if __name__ == "__main__":
    main(*sys.argv[1:])
