"""A server of the worker's protocol that says what a test tells it to, over a real socket."""

from __future__ import annotations

import asyncio
import json
import threading
import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any

from websockets.asyncio.server import Server as SocketServer
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response

from capstan import Worker

PATIENCE = 20.0
"""Seconds that a test waits for what it expects: a bound, never a delay."""


async def soon(awaitable: Any) -> Any:
    return await asyncio.wait_for(awaitable, PATIENCE)


class Connection:
    """One connection of a worker, from the server's side."""

    def __init__(self, socket: ServerConnection) -> None:
        self._socket = socket
        self.over = asyncio.Event()

    async def receive(self, *types: str) -> dict[str, Any]:
        """The next message of one of these types; others are passed over."""
        while True:
            message: dict[str, Any] = json.loads(await soon(self._socket.recv()))
            if message["type"] in types:
                return message

    async def send(self, type: str, **fields: Any) -> None:
        await self._socket.send(json.dumps({"type": type, **fields}))

    async def welcome(self, *, session: str | None = None, heartbeat_ms: int = 50, lost: Any = ()) -> dict[str, Any]:
        """Hears hello and answers it."""
        hello = await self.receive("hello")
        await self.send(
            "welcome",
            session=session or hello.get("session") or str(uuid.uuid4()),
            heartbeatMs=heartbeat_ms,
            leaseMs=10_000,
            lost=list(lost),
        )
        return hello

    async def grant(self, *tasks: dict[str, Any]) -> None:
        await self.send("tasks", tasks=list(tasks))

    async def acknowledge(self, done: dict[str, Any], outcome: str = "recorded") -> None:
        leases = [{"uid": one["uid"], "attempt": one["attempt"]} for one in done["results"]]
        await self.send("acks", acks=[{**lease, "outcome": outcome} for lease in leases])

    async def one_result(self) -> dict[str, Any]:
        """The entry of a `done` with one, acknowledged."""
        done = await self.receive("done")
        await self.acknowledge(done)
        (entry,) = done["results"]
        return dict(entry)

    async def close(self, code: int, reason: str = "") -> None:
        await self._socket.close(code, reason)

    def break_off(self) -> None:
        """Without any goodbye."""
        self._socket.transport.abort()

    def go_deaf(self) -> None:
        """Reads nothing any more, as if the cable were cut."""
        self._socket.transport.pause_reading()

    async def closed(self) -> int | None:
        """The code that the worker closed with."""
        try:
            while True:
                await soon(self._socket.recv())
        except ConnectionClosed as error:
            return error.rcvd.code if error.rcvd else None


class ScriptedLink:
    def __init__(self) -> None:
        self._connections: asyncio.Queue[Connection] = asyncio.Queue()
        self.requests: list[Request] = []
        self.refuse_with: int | None = None
        self._socket: SocketServer | None = None

    @property
    def address(self) -> str:
        assert self._socket is not None
        return f"http://127.0.0.1:{self._socket.sockets[0].getsockname()[1]}"

    async def connection(self) -> Connection:
        """The next that a worker opens."""
        return await soon(self._connections.get())  # type: ignore[no-any-return]

    def _request(self, connection: ServerConnection, request: Request) -> Response | None:
        self.requests.append(request)
        if self.refuse_with is not None:
            return connection.respond(HTTPStatus(self.refuse_with), "no\n")
        return None

    async def _serve(self, socket: ServerConnection) -> None:
        await self._connections.put(Connection(socket))
        await socket.wait_closed()

    @asynccontextmanager
    async def listening(self, **options: Any) -> AsyncIterator[ScriptedLink]:
        async with serve(
            self._serve,
            "127.0.0.1",
            0,
            subprotocols=["capstan.worker.v1"],  # type: ignore[list-item]
            process_request=self._request,
            max_size=4 * 1024 * 1024,
            close_timeout=1,
            **options,
        ) as self._socket:
            yield self


class Working:
    """A worker in a thread of its own: what it does to its loop does not stop the server of the test."""

    def __init__(self, worker: Worker) -> None:
        self.worker = worker
        self.error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="worker", daemon=True)

    def _run(self) -> None:
        try:
            self.worker.run()
        except BaseException as error:
            self.error = error

    def start(self) -> None:
        self._thread.start()

    async def ended(self) -> BaseException | None:
        """What `run` raised."""
        await asyncio.to_thread(self._thread.join, PATIENCE)
        assert not self._thread.is_alive(), "the worker still runs"
        return self.error

    async def stop(self) -> None:
        self.worker.stop()
        self.worker.stop()
        await self.ended()


def make_task(handler: str, payload: Any = None, **fields: Any) -> dict[str, Any]:
    """As the server grants it."""
    return {
        "uid": str(uuid.uuid4()),
        "attempt": 1,
        "name": "task",
        "project": "vision",
        "queue": "research",
        "handler": handler,
        "payload": payload,
        **fields,
    }


StartWorker = Callable[..., Working]
