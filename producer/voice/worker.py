"""The process that holds a synthesiser: `python -m producer.voice.worker [NAME=MODULE:ATTRIBUTE …]`.

Utterances come on stdin, sounds go back on what was stdout; anything a library prints goes to stderr instead. The
arguments name engines besides those of `engines.VOICES`.
"""

from __future__ import annotations

import importlib
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from typing import IO

from producer.voice.engine import BrokenVoiceError, UnspeakableError, Voice
from producer.voice.engines import VOICES
from producer.voice.wire import pack_refusal, pack_spoken, unpack_utterance

_LOOK_S = 1.0


def serve(source: IO[bytes], target: IO[bytes], voices: dict[str, Voice]) -> None:
    """Answer every utterance until the source ends."""
    for line in source:
        engine, utterance = unpack_utterance(line)
        try:
            answer = pack_spoken(voices[engine].say(utterance))
        except BrokenVoiceError as why:
            answer = pack_refusal("broken", str(why))
        except UnspeakableError as why:
            answer = pack_refusal("unspeakable", str(why))
        except Exception as fault:  # the owner gives it the line's place; this process can go on
            said = " ".join(str(fault).split())  # a message is one line
            answer = pack_refusal("fault", f"{type(fault).__name__}: {said}")
        target.write(answer)
        target.flush()


def named_voices(names: Sequence[str]) -> dict[str, Voice]:
    """The engines of this program and those named as `NAME=MODULE:ATTRIBUTE`."""
    voices = dict(VOICES)
    for text in names:
        name, _, where = text.partition("=")
        module, _, attribute = where.partition(":")
        voices[name] = getattr(importlib.import_module(module), attribute)
    return voices


def _leave_with(owner: int) -> None:
    """End this process, and the program that it may have started, when the one that it works for is gone."""
    while os.getppid() == owner:
        time.sleep(_LOOK_S)
    os.kill(os.getpid(), signal.SIGTERM)


def main() -> None:
    """Keep the answers' pipe to ourselves, then serve."""
    if os.name == "posix":  # one that hangs would not see that nobody waits for it
        threading.Thread(target=_leave_with, args=(os.getppid(),), daemon=True).start()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, answers, named_voices(sys.argv[1:]))


if __name__ == "__main__":
    main()
