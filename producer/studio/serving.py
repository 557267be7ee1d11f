"""The studio while it runs: its maker, its watcher and its server, begun and ended together."""

from __future__ import annotations

import contextlib
import os
import secrets
import socket
import threading
from collections.abc import Callable, Iterator
from types import ModuleType

from producer.cache import Cache
from producer.errors import RenderError
from producer.frozen import dataclass
from producer.production import Order
from producer.studio.making import Maker
from producer.studio.watching import Watcher

PORT = 8765
_LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Open:
    """A studio that runs."""

    url: str
    maker: Maker
    token: str
    instead: str = ""
    """Why it is not at the usual port; "" where it is, or another was asked for."""


def parts() -> None:
    """Look for what the studio is made of. Raises RenderError where it is not installed."""
    try:
        _uvicorn()
        __import__("starlette")
        __import__("watchfiles")
    except ImportError:
        how = "pip install 'producer-audio-drama[studio]'"
        raise RenderError(f"the studio needs the extra 'studio': {how}") from None


def serve(order: Order, cache: Cache, port: int | None, opened: Callable[[Open], None], *, finish: bool = True) -> None:
    """Run the studio until Ctrl-C.

    Args:
        port: where; None for 8765, or where that is taken any that is free.
        opened: is told of it, as soon as it listens.
    """
    with running(order, cache, port, finish=finish) as studio, contextlib.suppress(KeyboardInterrupt):
        opened(studio)
        threading.Event().wait()


@contextlib.contextmanager
def running(order: Order, cache: Cache, port: int | None = None, *, finish: bool = True) -> Iterator[Open]:
    """A studio. Raises RenderError where it cannot listen.

    Args:
        port, finish: as for `serve`; port 0 is any that is free.
    """
    parts()
    from producer.studio.server import application

    uvicorn = _uvicorn()
    listening, instead = _listening(port)
    number = listening.getsockname()[1]
    token = secrets.token_urlsafe(24)
    maker = Maker(order, cache, finish=finish)

    def brought() -> list[str]:
        version = maker.state.version
        return list(version.digests) if version is not None else []

    watcher = Watcher(order, brought, maker.changed)
    app, answers = application(maker, number, token)
    config = uvicorn.Config(
        app,
        log_level="critical",
        access_log=False,
        lifespan="off",
        ws="none",
        server_header=False,
        date_header=False,
        limit_concurrency=64,
        timeout_graceful_shutdown=1,
        timeout_keep_alive=20,
    )
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="server", daemon=True)
    watcher.start()
    maker.start()
    serving.start()
    try:
        yield Open(f"http://{_LOOPBACK}:{number}/", maker, token, instead)
    finally:
        answers.closing = True
        server.should_exit = True
        watcher.close()
        maker.close()
        serving.join(5.0)
        listening.close()


def _listening(port: int | None) -> tuple[socket.socket, str]:
    """A socket that hears this machine alone, and why it is not at the usual port."""
    instead = ""
    for number in (PORT, 0) if port is None else (port,):
        one = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if os.name == "posix":  # else what a studio has just left there is in the way; on Windows two would share it
            one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            one.bind((_LOOPBACK, number))
            one.listen(128)
            return one, instead
        except OSError as taken:
            one.close()
            why, instead = taken, f"port {number} is not to be had ({taken.strerror})"
    raise RenderError(f"cannot listen on port {port}: {why.strerror}; name another with --port")


def _uvicorn() -> ModuleType:
    import uvicorn

    return uvicorn
