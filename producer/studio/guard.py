"""Refuses what does not come from the studio's own page on this machine, before anything else looks at it.

It listens on the loopback, which other pages in the same browser can reach, too. So: `Host` must name this server (a
name that was bent to 127.0.0.1 does not), `Origin` and `Sec-Fetch-Site`, where there are any, must be our own, and
what changes something must carry the token that only our page was given. Nothing is ever allowed to another origin.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

LARGEST_BODY = 64 << 10
LARGEST_TARGET = 4 << 10
TOKEN = "x-producer-token"
STRICT_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
_HEADERS = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("x-frame-options", "DENY"),
)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """An ASGI application around another.

    Args:
        port: where it listens.
        token: what a request that changes something must have in its header `TOKEN`.
    """

    def __init__(self, app: App, port: int, token: str) -> None:
        self._app, self._token = app, token
        self._hosts = {f"{name}:{port}" for name in ("127.0.0.1", "localhost")}
        self._origins = {f"http://{host}" for host in self._hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        if scope["type"] != "http":
            return
        refused = self._refused(scope)
        if refused is not None:
            await _answer(send, *refused)
            return
        if scope["method"] not in ("GET", "HEAD"):
            body = await _body(receive)
            if body is None:
                await _answer(send, 413, "too much")
                return
            receive = _once(body, receive)

        async def sending(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = _with(list(message.get("headers", ())))
            await send(message)

        await self._app(scope, receive, sending)

    def _refused(self, scope: Scope) -> tuple[int, str] | None:
        """Status and reason where a request is refused."""
        headers: dict[str, list[str]] = {}
        for name, value in scope["headers"]:
            headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
        hosts, origins = headers.get("host", []), headers.get("origin", [])
        sites = headers.get("sec-fetch-site", [])
        writes = scope["method"] not in ("GET", "HEAD")
        length = headers.get("content-length", ["0"])[0]
        kind = headers.get("content-type", [""])[0].partition(";")[0].strip().lower()
        token = headers.get(TOKEN, [""])[0].encode()
        target = len(scope.get("raw_path", b"")) + len(scope.get("query_string", b""))
        checks = (
            (len(hosts) == 1 and hosts[0].lower() in self._hosts, 403, "this server answers to its own name only"),
            (all(one in self._origins for one in origins), 403, "this comes from another page"),
            (len(origins) == 1 or not writes, 403, "this does not say which page it comes from"),
            (all(site in ("same-origin", "none") for site in sites), 403, "this comes from another site"),
            (target <= LARGEST_TARGET, 414, "this address is too long"),
            (length.isdigit() and len(length) < 12 and int(length) <= LARGEST_BODY, 413, "too much"),
            (kind == "application/json" or not writes, 415, "JSON is wanted here"),
            (not writes or hmac.compare_digest(token, self._token.encode()), 403, "load the page anew: the studio did"),
        )
        return next(((status, why) for holds, status, why in checks if not holds), None)


async def _body(receive: Receive) -> bytes | None:
    """All of a body, of whatever length it was said to be; None when that is too long."""
    parts, taken = [], 0
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        taken += len(parts[-1])
        if taken > LARGEST_BODY:
            return None
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _once(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read already, and then what comes."""
    given = False

    async def receiving() -> MutableMapping[str, Any]:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receiving


def _with(headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
    """Headers, and those that every answer has."""
    there = {name.lower() for name, _ in headers}
    own = [*_HEADERS, ("cache-control", "no-store"), ("content-security-policy", STRICT_POLICY)]
    return headers + [(name.encode(), value.encode()) for name, value in own if name.encode() not in there]


async def _answer(send: Send, status: int, why: str) -> None:
    body = json.dumps({"error": why}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    # What is left of a refused request is not read: the connection goes with it.
    await send(
        {"type": "http.response.start", "status": status, "headers": _with([*headers, (b"connection", b"close")])}
    )
    await send({"type": "http.response.body", "body": body})
