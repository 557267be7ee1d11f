"""What the studio answers: its page, its sound, what happens, and what the page asks for a cue."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from producer.errors import LocatedError, ProducerError
from producer.model.formats import SUFFIXES
from producer.model.mixes import MIXES
from producer.production import audio_name
from producer.studio import bench, pages, requests
from producer.studio.desk import Selection
from producer.studio.guard import Guard
from producer.studio.making import Maker
from producer.studio.requests import BadRequestError
from producer.studio.states import Version

_POLL_S = 0.025
_ALIVE_S = 10.0
_AHEAD_S = 15.0
_PACE = 2.2  # a listener may play at double speed
_CHUNK = 1 << 16


class _Answers:
    """One function for each address."""

    def __init__(self, maker: Maker, token: str) -> None:
        self._maker, self._token = maker, token
        self._bench = bench.Bench(maker)
        self.closing = False

    async def page(self, _: Request) -> Response:
        text, policy = await run_in_threadpool(self._page)
        return Response(text, media_type="text/html", headers={"content-security-policy": policy})

    def _page(self) -> tuple[str, str]:
        state = self._maker.state
        if state.version is None:
            return pages.waiting(self._token, state)
        if state.whole == state.version.number and state.page:
            return pages.finished(state.page, self._token, state)
        return pages.live(state.version, self._token, state)

    async def asset(self, request: Request) -> Response:
        name = request.url.path.removeprefix("/")
        kind = "text/css" if name.endswith(".css") else "text/javascript"
        return Response(pages.asset(name), media_type=kind)

    async def events(self, request: Request) -> Response:
        async def told() -> AsyncIterator[bytes]:
            number, quiet_s = -1, 0.0
            while not self.closing and not await request.is_disconnected():
                state = self._maker.state
                if state.number != number:
                    number, quiet_s = state.number, 0.0
                    yield b"data: " + json.dumps(state.told()).encode() + b"\n\n"
                elif quiet_s > _ALIVE_S:
                    quiet_s = 0.0
                    yield b": here\n\n"
                await asyncio.sleep(_POLL_S)
                quiet_s += _POLL_S

        return StreamingResponse(told(), media_type="text/event-stream")

    async def audio(self, request: Request) -> Response:
        """A version's sound, all of it or a range, mixed as it is read."""
        version = self._maker.versions.get(request.path_params["number"])
        if version is None:
            return _wrong(404, "that version is gone")
        size = version.desk.size
        chosen = requests.selection(request.query_params.get("mute", ""), request.query_params.get("solo", ""))
        headers = {"accept-ranges": "bytes", "content-type": "audio/wav"}
        try:
            asked = requests.span(request.headers.get("range"), size)
        except BadRequestError:
            return Response(status_code=416, headers=headers | {"content-range": f"bytes */{size}"})
        begin, end = asked or (0, size)
        headers["content-length"] = str(end - begin)
        if asked is not None:
            headers["content-range"] = f"bytes {begin}-{end - 1}/{size}"
        status = 200 if asked is None else 206
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        return StreamingResponse(self._sound(request, version, chosen, begin, end), status_code=status, headers=headers)

    async def _sound(
        self, request: Request, version: Version, chosen: Selection, begin: int, end: int
    ) -> AsyncIterator[bytes]:
        """The bytes, not far ahead of who listens: what nobody may ever hear would be made in the way of the next."""
        desk, turns = version.desk, self._maker.turns
        first_s, began_s = desk.seconds(begin), time.monotonic()
        while begin < end:
            while (wait_s := turns.wait_s(version.number)) > 0:
                await asyncio.sleep(wait_s)
            if await request.is_disconnected():
                return
            turns.asked(desk.seconds(begin))
            piece = await run_in_threadpool(desk.piece, chosen, begin, end)
            for at in range(0, len(piece), _CHUNK):
                if await request.is_disconnected():
                    return
                yield piece[at : at + _CHUNK]
            begin += len(piece)
            ahead_s = desk.seconds(begin) - first_s - _AHEAD_S - _PACE * (time.monotonic() - began_s)
            await asyncio.sleep(max(0.0, ahead_s / _PACE))

    async def mix(self, request: Request) -> Response:
        """A finished mix in the output folder: one of a fixed set of names."""
        order = self._maker.order
        names = {audio_name(order.project.slug, style, suffix) for style in MIXES.values() for suffix in SUFFIXES}
        name = request.path_params["name"]
        path = (order.output or order.project.output) / name
        if name not in names or not path.is_file():
            return _wrong(404, "there is no such thing here")
        return FileResponse(path)

    async def cue(self, request: Request) -> Response:
        return await self._answered(self._bench.cue, _Query(request))

    async def post(self, request: Request) -> Response:
        """A question or a wish of the page, by its name."""
        try:
            asked = json.loads(await request.body())
        except (ValueError, RecursionError):
            return _wrong(400, "that is no JSON")
        if not isinstance(asked, dict):
            return _wrong(400, "that is no object")
        answer = {
            "/nudge": self._bench.nudge,
            "/write": self._bench.write,
            "/try": self._bench.attempt,
            "/forget": self._bench.forget,
        }[request.url.path]
        return await self._answered(answer, asked)

    async def _answered(self, answer: Any, asked: Mapping[str, Any]) -> Response:
        try:
            return JSONResponse(await run_in_threadpool(answer, asked))
        except BadRequestError as wrong:
            return _wrong(400, str(wrong))
        except bench.OutdatedError as wrong:
            return _wrong(409, str(wrong))
        except LocatedError as wrong:
            return _wrong(422, "; ".join(problem.what for problem in wrong.problems[:3]))
        except (bench.NudgeError, ProducerError) as wrong:
            return _wrong(422, str(wrong))


class _Query(dict[str, Any]):
    """An address's query, with its numbers as numbers."""

    def __init__(self, request: Request) -> None:
        super().__init__(request.query_params)
        version = self.get("version", "")
        if version.isascii() and version.isdigit() and len(version) < 10:
            self["version"] = int(version)


def _wrong(status: int, why: str) -> Response:
    return JSONResponse({"error": why}, status)


def application(maker: Maker, port: int, token: str) -> tuple[Guard, _Answers]:
    """The server as ASGI has it, and what is told when it is to end."""
    answers = _Answers(maker, token)
    routes = [
        Route("/", answers.page),
        Route("/studio.css", answers.asset),
        Route("/panel.js", answers.asset),
        Route("/events", answers.events),
        Route("/cue", answers.cue),
        Route("/audio/{number:int}.wav", answers.audio),
        *(Route(path, answers.post, methods=["POST"]) for path in ("/nudge", "/write", "/try", "/forget")),
        Route("/{name}", answers.mix),
    ]
    return Guard(Starlette(routes=routes), port, token), answers
