"""A synthesiser as a user may have one: `command_synth.py HOW TEXT_FILE WAV [SPEED]`, run as a program of its own.

HOW is `well`, `ssml` (what it reads is SSML, and it does what that says), or what goes wrong: `silence`, `noise`,
`tone`, `crash`, `hang` and those of `WRONG`. It speaks through the espeak-ng that the program carries, as another voice
than any that aligns it, at a rate of its own. With `-` for TEXT_FILE and WAV it reads standard input and writes
standard output.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import soundfile

from producer.model.script import Token
from producer.voice.engine import Utterance
from producer.voice.engines import VOICES

RATE_HZ = 22050
SPEAK = "{http://www.w3.org/2001/10/synthesis}"


def plain(text: str) -> tuple[Token, ...]:
    return tuple(Token(word, word) for word in text.split())


def marked(text: str) -> tuple[Token, ...]:
    """The tokens of an SSML document; a parser that is none of ours says whether it is one."""
    root = ElementTree.fromstring(text)
    if root.tag != f"{SPEAK}speak" or root.get("version") != "1.1":
        raise ValueError(f"no SSML: {root.tag}")
    return tuple(_within(root, emphasis=False))


def _within(element: ElementTree.Element, *, emphasis: bool) -> Iterator[Token]:
    """Words, and after a phoneme what stands close to it: `Cholmley` and `.`."""
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
    said = VOICES["pyttsx3"].say(
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
    elif how == "noise":
        samples = 0.1 * rng.standard_normal(3 * RATE_HZ) * np.sin(np.pi * time_s / 3.0)
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
