"""A synthesiser as a user may have one: `command_synth.py HOW TEXT_FILE WAV [SPEED]`, run as a program of its own.

HOW is `well`, `ssml` (what it reads is SSML, and it does what that says), or what goes wrong: `silence`, a noise of
`NOISES`, `tone`, `crash`, `hang` and those of `WRONG`. It speaks through the espeak-ng that the program carries, as
another voice than any that aligns it, at a rate of its own. With `-` for TEXT_FILE and WAV it reads standard input and
writes standard output.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import numpy as np
import soundfile

if TYPE_CHECKING:
    from producer.model.script import Token

RATE_HZ = 22050
SPEAK = "{http://www.w3.org/2001/10/synthesis}"


def plain(text: str) -> tuple[Token, ...]:
    from producer.model.script import Token  # what makes no speech starts without it, four times as fast

    return tuple(Token(word, word) for word in text.split())


def marked(text: str) -> tuple[Token, ...]:
    """The tokens of an SSML document; a parser that is none of ours says whether it is one."""
    root = ElementTree.fromstring(text)
    if root.tag != f"{SPEAK}speak" or root.get("version") != "1.1":
        raise ValueError(f"no SSML: {root.tag}")
    return tuple(_within(root, emphasis=False))


def _within(element: ElementTree.Element, *, emphasis: bool) -> Iterator[Token]:
    """Words, and after a phoneme what stands close to it: `Cholmley` and `.`."""
    from producer.model.script import Token

    for word in (element.text or "").split():
        yield Token(word, word, emphasis)
    for child in element:
        if child.tag == f"{SPEAK}phoneme":
            after = "".join((child.tail or "x")[:1].strip())
            yield Token(child.text or "", child.attrib["ph"] + after, emphasis, ipa=True)
            rest = (child.tail or "")[len(after) :]
        elif child.tag == f"{SPEAK}emphasis":
            yield from _within(child, emphasis=True)
            rest = child.tail or ""
        else:
            raise ValueError(f"no element of ours: {child.tag}")
        for word in rest.split():
            yield Token(word, word, emphasis)


def spoken(tokens: tuple[Token, ...], speed: float) -> np.ndarray:
    from producer.voice.engine import Utterance
    from producer.voice.pyttsx3_voice import Pyttsx3  # alone: the other engines would be read each time

    said = Pyttsx3().say(
        Utterance(voice="en-us+m2", speed=150.0 * speed, pitch=0.0, tokens=tokens, ends=tokens[-1].spoken[-1] != ",")
    )
    quiet = np.zeros(RATE_HZ // 5, np.float32)
    return np.concatenate([quiet, said.samples * np.float32(0.3), quiet])


def growing(target: Path) -> None:
    with target.open("wb") as file:  # of holes: it takes no room
        file.truncate(4_000_000_000)
    time.sleep(600)


def printing(target: Path) -> None:
    os.ftruncate(2, 4_000_000_000)
    time.sleep(600)


def binary(target: Path) -> None:
    os.write(2, bytes(range(256)) * 2000 + b"\n" + bytes(range(127, 256)))
    sys.exit(3)


def short(target: Path) -> None:
    soundfile.write(target, spoken(plain("Nobody had lit the lamp for a year."), 1.0), RATE_HZ, format="WAV")
    os.truncate(target, target.stat().st_size // 2)


WRONG: dict[str, Callable[[Path], object]] = {
    "nothing": lambda target: None,
    "short": short,
    "few": lambda target: soundfile.write(target, spoken(plain("Nobody."), 2.0)[4000:11000], RATE_HZ, format="WAV"),
    "growing": growing,
    "printing": printing,
    "binary": binary,
}

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
    if how in WRONG:
        WRONG[how](Path(target))
        return
    if how in ("well", "ssml"):
        samples = spoken(plain(text) if how == "well" else marked(text), float(speed))
    elif how in NOISES:
        samples = noise(how, rng.standard_normal(3 * RATE_HZ), time_s)
    elif how == "tone":
        samples = 0.3 * np.sin(2.0 * np.pi * 440.0 * time_s)
    if target == "-":
        sound = io.BytesIO()
        soundfile.write(sound, samples, RATE_HZ, format="WAV")
        sys.stdout.buffer.write(sound.getvalue())
    else:
        soundfile.write(target, samples, RATE_HZ, format="WAV")


if __name__ == "__main__":
    main(*sys.argv[1:])
