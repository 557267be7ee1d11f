"""A studio that runs, on a small script of its own, and what asks it."""

from __future__ import annotations

import contextlib
import http.client
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray

from producer.cache import Cache
from producer.production import Order
from producer.project import find
from producer.studio import serving
from producer.studio.serving import Open

SCRIPT = """\
title: {title}
packs: [ruins]
cast:
  ada: {{name: Ada, voice: en-gb}}
  ben: {{name: Ben, voice: en-us, pan: left 20}}
scenes:
  - id: one
    title: {title}
    play:
      - bed: room_tone level -30 LU    # under it all
      - pause: 1 s
      - ada: The lamp is out. [leather_grip level -12 LU] Who was it?
      - pause: 2 s
      - sound: door_creak level -8 LU, wait no
      - pause: 3 s
      - ben: Nobody but the wind.
      - pause: 2 s
"""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Studio:
    """A studio and its script."""

    open: Open
    script: Path

    @property
    def port(self) -> int:
        return urlsplit(self.open.url).port or 0

    @property
    def state(self) -> dict[str, Any]:
        return self.open.maker.state.told()

    def ask(self, path: str, method: str = "GET", body: bytes | None = None, **headers: str) -> Answer:
        """One request, as it is given: nothing is put right on the way."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
            given = {"Host": f"127.0.0.1:{self.port}"} | {n.replace("_", "-"): value for n, value in headers.items()}
            if body is not None:
                given.setdefault("Content-Length", str(len(body)))
            for name, value in given.items():
                connection.putheader(name, value)
            connection.endheaders()
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it may refuse before all is sent
                if body is not None:
                    connection.send(body)
            got = connection.getresponse()
            return Answer(got.status, {n.lower(): value for n, value in got.getheaders()}, got.read())
        finally:
            connection.close()

    def post(self, path: str, asked: object, **headers: str) -> Answer:
        """As the page asks."""
        own = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Content-Type": "application/json",
            "X-Producer-Token": self.open.token,
            "Sec-Fetch-Site": "same-origin",
        }
        return self.ask(path, "POST", json.dumps(asked).encode(), **(own | headers))

    def until(self, holds: Callable[[dict[str, Any]], bool], what: str) -> dict[str, Any]:
        """Waits for a state."""
        for _ in range(2400):
            state = self.state
            if holds(state):
                return state
            time.sleep(0.025)
        raise AssertionError(f"never {what}: {self.state}")

    def save(self, text: str) -> None:
        self.script.write_text(text, "utf-8")

    def saved(self, text: str) -> dict[str, Any]:
        """Save, and wait until that is what is heard."""
        self.save(text)
        digest = __import__("hashlib").sha256(text.encode()).hexdigest()
        return self.until(lambda _: self._is(digest), "made")

    def _is(self, digest: str) -> bool:
        version = self.open.maker.state.version
        return version is not None and digest in version.digests.values() and not self.open.maker.state.problems

    def clip(self, name: str) -> Any:
        version = self.open.maker.state.version
        assert version is not None
        return next(clip for clip in version.desk.placed.timeline.clips if clip.name == name)

    def sound(self, number: int | None = None, query: str = "") -> NDArray[np.float64]:
        """All of a version as it is served, shape (n, 2), full scale is 1."""
        got = self.ask(f"/audio/{number or self.state['version']}.wav{query}")
        assert got.status == 200 and got.body[:4] == b"RIFF"
        return np.frombuffer(got.body[44:], "<i2").reshape(-1, 2) / 32767.0


@contextlib.contextmanager
def studio(folder: Path, cache: Path, *, title: str = "The lamp", finish: bool = False) -> Iterator[Studio]:
    """A studio whose first version can be heard."""
    script = folder / "script" / "lamp.yaml"
    script.parent.mkdir(parents=True)
    script.write_text(SCRIPT.format(title=title), "utf-8")
    project, _ = find(script, folder)
    with Cache(cache) as kept, serving.running(Order(project=project, jobs=2), kept, 0, finish=finish) as opened:
        made = Studio(opened, script)
        made.until(lambda state: state["version"] > 0 or bool(state["problems"]), "heard")
        assert not made.state["problems"], made.state["problems"]
        yield made
