"""The process in which the operating system's synthesiser runs: `python -m producer.voice.system_speech`.

One question on stdin, one answer on stdout, both JSON; then it ends. A driver so is never asked twice: what was said
before cannot sound in what follows, and none has to survive a second run of its loop.

    {"driver": "nsss"}                                          → {"voices": [{"id", "name", "languages"}], "version"}
    {"driver": "nsss", "voice", "rate", "text", "file"}         → {}, and the file
    either                                                      → {"error": "why not"}
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import platform
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from producer.voice.espeak_now import SYNCHRONOUS, said_at_once


def answer(question: dict[str, Any]) -> dict[str, object]:
    """What the driver gives to one question."""
    try:
        engine = _engine(question["driver"])
    except Exception as wrong:  # a driver that is not there, or broken, raises whatever it likes
        return {"error": _said(wrong)}
    if "text" not in question:
        return _voices(engine)
    return _spoken(engine, question)


def _engine(driver: str) -> Any:
    """What pyttsx3 has for a driver. Raises whatever that raises when it is not there, or broken."""
    import pyttsx3

    if driver != "espeak":
        return pyttsx3.init(driver)
    from pyttsx3.drivers import _espeak

    begin = _espeak.Initialize
    _espeak.Initialize = lambda _, *more: begin(SYNCHRONOUS, *more)
    engine = pyttsx3.init(driver)

    _espeak.Synth = said_at_once(_espeak, engine.proxy._driver)
    return engine


def _said(wrong: BaseException) -> str:
    return " ".join(str(wrong).split()) or type(wrong).__name__


def _voices(engine: Any) -> dict[str, object]:
    try:
        found = list(engine.getProperty("voices"))
    except Exception:  # one voice with an unlikely entry hides all others: pyttsx3 reads them in one go
        found = list(_one_by_one(engine))
    voices = [
        {"id": _text(one.id), "name": _text(one.name), "languages": [*map(_text, one.languages)]} for one in found
    ]
    return {"voices": voices, "version": _version(engine)}


def _text(value: object) -> str:
    """A string as JSON has it; some drivers give bytes, others nothing, or objects of the system's own."""
    return value.decode("utf-8", "ignore") if isinstance(value, bytes) else "" if value is None else str(value)


def _one_by_one(engine: Any) -> Iterator[Any]:
    """The voices whose entries can be read, past pyttsx3's own list. Raises what the driver raises."""
    module, driver = engine.proxy._module, engine.proxy._driver
    readers: Iterable[Callable[[], Any]]
    if engine.driver_name == "sapi5":
        readers = [_reader(_of_sapi, token) for token in driver._tts.GetVoices()]
    elif engine.driver_name == "nsss":
        system = module.NSSpeechSynthesizer
        readers = [
            _reader(lambda name: driver._toVoice(system.attributesForVoice_(name)), name)
            for name in system.availableVoices()
        ]
    else:
        raise RuntimeError("gives no list of its voices")
    for read in readers:
        with contextlib.suppress(Exception):
            yield read()


def _reader(read: Callable[[Any], Any], of: Any) -> Callable[[], Any]:
    return lambda: read(of)


def _of_sapi(token: Any) -> Any:
    from pyttsx3.voice import Voice

    return Voice(token.Id, token.GetDescription(), [token.GetAttribute("Language")])


def _version(engine: Any) -> str:
    """What the sound depends on besides the voice: the system, or the espeak-ng that the driver found."""
    if engine.driver_name != "espeak":
        return platform.platform()
    info = engine.proxy._module._espeak.dll.espeak_Info
    info.restype, info.argtypes = ctypes.c_char_p, [ctypes.c_void_p]
    return f"espeak-ng {_text(info(None))}"


def _spoken(engine: Any, question: dict[str, Any]) -> dict[str, object]:
    faults: list[Exception] = []
    engine.connect("error", lambda name, exception: faults.append(exception))
    before = engine.getProperty("voice")
    engine.setProperty("voice", question["voice"])
    engine.setProperty("rate", question["rate"])
    engine.save_to_file(question["text"], question["file"])
    engine.runAndWait()
    if faults:
        return {"error": _said(faults[0])}
    # macOS goes on with the voice that it had when it cannot have the one that is wanted, and says nothing.
    now = engine.getProperty("voice")
    if now == before and _text(now).casefold() != question["voice"].casefold():
        return {"error": "the system did not take this voice; is it still installed?"}
    return {}


def main() -> None:
    """Answer, and leave at once: some libraries crash where they are taken down."""
    answers = os.dup(1)
    os.dup2(2, 1)  # drivers print
    try:
        found = answer(json.load(sys.stdin))
    except Exception as wrong:
        found = {"error": f"{type(wrong).__name__}: {_said(wrong)}"}
    with os.fdopen(answers, "wb") as target:
        target.write(json.dumps(found).encode())
    sys.stderr.flush()
    os._exit(0)


if __name__ == "__main__":
    main()
