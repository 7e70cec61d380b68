"""Runs exchanges over HTTP. Redirects are not followed: they would carry the key elsewhere."""

from __future__ import annotations

import asyncio
import time
from typing import TypeVar

import httpx

from capstan._exchange import Answer, Exchange, NoAnswer, Pause, Reply, Request, Step
from capstan._server import Server
from capstan._tracing import outgoing_headers
from capstan._version import USER_AGENT
from capstan.errors import Unreachable

T = TypeVar("T")

POOL = httpx.Limits(max_connections=256, max_keepalive_connections=64)


class Transport:
    """Blocking. Safe to use from several threads at once."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._http = httpx.Client(verify=server.tls or False, limits=POOL, timeout=timeout)

    def run(self, exchange: Exchange[T]) -> T:
        try:
            step = next(exchange)
            while True:
                step = exchange.send(self._reply(step))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    def _reply(self, step: Step) -> Reply:
        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return answer_of(self._http.send(prepare(self._http, self._server, step, self._timeout)))
        except (httpx.HTTPError, OSError) as error:
            return no_answer(self._server, error)

    def open(self, request: Request) -> httpx.Response:
        """The head of a streamed answer. Raises Unreachable."""
        try:
            return self._http.send(prepare(self._http, self._server, request, self._timeout), stream=True)
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(no_answer(self._server, error).reason) from error

    def close(self) -> None:
        self._http.close()


class AsyncTransport:
    """Awaiting. Belongs to the event loop that uses it first."""

    def __init__(self, server: Server, timeout: float) -> None:
        self._server = server
        self._timeout = timeout
        self._http = httpx.AsyncClient(verify=server.tls or False, limits=POOL, timeout=timeout)

    async def run(self, exchange: Exchange[T]) -> T:
        try:
            step = next(exchange)
            while True:
                step = exchange.send(await self._reply(step))
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def _reply(self, step: Step) -> Reply:
        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return answer_of(await self._http.send(prepare(self._http, self._server, step, self._timeout)))
        except (httpx.HTTPError, OSError) as error:
            return no_answer(self._server, error)

    async def open(self, request: Request) -> httpx.Response:
        """The head of a streamed answer. Raises Unreachable."""
        try:
            return await self._http.send(prepare(self._http, self._server, request, self._timeout), stream=True)
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(no_answer(self._server, error).reason) from error

    async def close(self) -> None:
        await self._http.aclose()


def prepare(http: httpx.Client | httpx.AsyncClient, server: Server, request: Request, timeout: float) -> httpx.Request:
    headers = {"accept": "application/json", "user-agent": USER_AGENT, **outgoing_headers(), **server.headers()}
    if request.body is not None:
        headers["content-type"] = "application/json"
    return http.build_request(
        request.method,
        server.address + request.path,
        params=dict(request.params) or None,
        headers={**headers, **request.headers},
        content=request.body,
        timeout=httpx.Timeout(timeout, read=timeout + request.patience),
    )


def answer_of(response: httpx.Response) -> Answer:
    return Answer(response.status_code, response.headers, response.content)


def no_answer(server: Server, error: Exception) -> NoAnswer:
    why = "no answer in time" if isinstance(error, httpx.TimeoutException) else (str(error) or type(error).__name__)
    return NoAnswer(f"cannot reach {server.address}: {why}")
