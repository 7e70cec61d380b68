"""A warm worker: handlers by name, run for the tasks that the server grants."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Literal, TypeVar

from capstan._server import find_server
from capstan._transport import Transport
from capstan._version import USER_AGENT
from capstan._worker import handlers
from capstan._worker.link import Link
from capstan._worker.protocol import Lease
from capstan._worker.reports import ReportBuffer
from capstan._worker.running import Running
from capstan._worker.values import Values
from capstan.errors import WorkerRefused

log = logging.getLogger("capstan.worker")

F = TypeVar("F", bound=Callable[..., Any])

SHORT_GRACE = 3.0
"""Seconds that handlers have after they were asked to end because the worker does."""


class Worker:
    """Announces its handlers to the server and runs them for the tasks of `queues`, `concurrency` at a time.

    The address and the key are found as for `Client`. Nothing is connected before `run`.
    """

    def __init__(
        self,
        queues: Sequence[str],
        *,
        concurrency: int | None = None,
        name: str | None = None,
        labels: Mapping[str, str] | None = None,
        server: str | None = None,
        key: str | None = None,
        key_file: str | os.PathLike[str] | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        allow_plain_http: bool = False,
        drain_timeout: float = 25.0,
    ) -> None:
        """`concurrency`: by default the number of cores, and room for two of the largest batch. `drain_timeout`:
        seconds that running handlers have when the worker is to end; keep it below what follows with SIGKILL."""
        if isinstance(queues, str) or not queues:
            raise ValueError("queues is a list with at least one name")
        self._server_options: dict[str, Any] = {
            "server": server,
            "key": key,
            "key_file": key_file,
            "ca_file": ca_file,
            "allow_plain_http": allow_plain_http,
        }
        self._queues = list(queues)
        self._concurrency = concurrency
        self._name = name or f"{socket.gethostname()}-{os.getpid()}"
        self._labels = dict(labels or {})
        self._drain_timeout = drain_timeout
        self._handlers: dict[str, handlers.AnyHandler] = {}
        self._running: _Session | None = None
        self._lock = threading.Lock()

    def handler(self, name: str, *, isolation: Literal["thread", "process"] = "thread") -> Callable[[F], F]:
        """Registers a function for `name`: it is given the payload, and a `TaskContext` when it takes two arguments;
        what it returns, any JSON, is the result; what it raises is the error (`NonRetryable`: for good).

        Async functions run on the worker's loop, and are cancelled when they are to stop. Others run in a thread;
        with `isolation="process"` in a process, which is killed when it does not stop in time.
        """

        def register(function: F) -> F:
            self._add(handlers.single(name, function, isolation))
            return function

        return register

    def batch_handler(self, name: str, *, size: int, within: float = 0.01, parallel: int = 1) -> Callable[[F], F]:
        """Registers a function that is given a list of up to `size` payloads (and their contexts, when it takes two
        arguments) and returns a list of as many results; a result that is an exception fails its own task alone.

        A batch starts when it is full, or `within` seconds after its first task came; `parallel` run at a time.
        Have a concurrency of at least twice `size`, so that the next batch fills while one runs.
        """

        def register(function: F) -> F:
            self._add(handlers.batch(name, function, size, within, parallel))
            return function

        return register

    def run(self) -> None:
        """Works until SIGTERM, SIGINT or `stop`: then takes no more, finishes what runs, and returns.

        Raises WorkerRefused when the server does not want this worker (any more).
        """
        asyncio.run(self.run_async())

    async def run_async(self, *, handle_signals: bool = True) -> None:
        """The same, on a loop that exists: async handlers run on it."""
        session = self._begin()
        try:
            with _signals(session.end) if handle_signals else _nothing():
                await session.run(self._drain_timeout)
        finally:
            with self._lock:
                self._running = None

    def stop(self) -> None:
        """Begins the end, from any thread; a second time hands back what still runs."""
        with self._lock:
            running = self._running
        if running is not None:
            running.end()

    def _begin(self) -> _Session:
        if not self._handlers:
            raise ValueError("a worker without handlers has nothing to do")
        with self._lock:
            if self._running is not None:
                raise RuntimeError("this worker runs already")
            self._running = _Session(self._facts(), self._effective_concurrency(), self._handlers, self._server_options)
            return self._running

    def _add(self, handler: handlers.AnyHandler) -> None:
        if handler.name in self._handlers:
            raise ValueError(f"there is a handler {handler.name!r} already")
        self._handlers[handler.name] = handler

    def _facts(self) -> dict[str, Any]:
        return {
            "name": self._name,
            "handlers": sorted(self._handlers),
            "queues": self._queues,
            "labels": self._labels,
            "client": USER_AGENT,
        }

    def _effective_concurrency(self) -> int:
        if self._concurrency is not None:
            return self._concurrency
        batches = [2 * one.size for one in self._handlers.values() if isinstance(one, handlers.BatchHandler)]
        return max([os.cpu_count() or 1, *batches])


class _Session:
    """One `run` of a worker: told by the link's thread, acting on the loop."""

    def __init__(
        self,
        facts: dict[str, Any],
        concurrency: int,
        announced: Mapping[str, handlers.AnyHandler],
        server_options: dict[str, Any],
    ) -> None:
        server = find_server(**server_options)
        self._loop = asyncio.get_running_loop()
        self._transport = Transport(server, timeout=30.0)
        self._link = Link(server, facts, concurrency, self, ReportBuffer())
        self._running = Running(dict(announced), concurrency, self._link, Values(self._transport))
        self._ending = asyncio.Event()
        self._hurry = asyncio.Event()
        self._drained = asyncio.Event()
        self._link_ended: asyncio.Future[WorkerRefused | None] = self._loop.create_future()

    async def run(self, drain_timeout: float) -> None:
        self._link.start()
        try:
            await _any(self._ending.wait(), asyncio.shield(self._link_ended))
            if not self._link_ended.done():
                await self._drain(drain_timeout)
        finally:
            await self._close()
        error = self._link_ended.result()
        if error is not None:
            raise error

    def end(self) -> None:
        """From any thread."""
        self._soon(self._end)

    def granted(self, tasks: list[dict[str, Any]]) -> None:
        self._soon(self._running.start, tasks)

    def asked_to_stop(self, lease: Lease, reason: str, grace: float) -> None:
        self._soon(self._running.stop, lease, reason, grace)

    def lost(self, leases: list[Lease]) -> None:
        self._soon(self._running.lose, leases)

    def drained(self) -> None:
        self._soon(self._drained.set)

    def ended(self, error: WorkerRefused | None) -> None:
        self._soon(self._set_ended, error)

    async def _drain(self, timeout: float) -> None:
        log.info("draining: no more tasks are taken")
        self._link.drain()
        pause = asyncio.sleep(timeout)
        await _any(self._drained.wait(), self._hurry.wait(), asyncio.shield(self._link_ended), pause)
        if self._running.busy and not self._drained.is_set():
            log.warning("the handlers that still run are asked to stop; their tasks go back to the queue")

    async def _close(self) -> None:
        """What has not ended by now is handed back by bye. Handlers may clean up before the loop goes."""
        self._running.stop_all("the worker stops")
        await self._running.ended(SHORT_GRACE)
        self._link.close()
        await self._link_ended
        self._running.close()
        self._transport.close()

    def _end(self) -> None:
        if self._ending.is_set():
            self._hurry.set()
        self._ending.set()

    def _set_ended(self, error: WorkerRefused | None) -> None:
        if not self._link_ended.done():
            self._link_ended.set_result(error)

    def _soon(self, action: Callable[..., None], *arguments: Any) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(action, *arguments)


async def _any(*parts: Any) -> None:
    """Until one of them has ended; the others are cancelled."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@contextmanager
def _nothing() -> Iterator[None]:
    yield


@contextmanager
def _signals(end: Callable[[], None]) -> Iterator[None]:
    """SIGTERM and SIGINT begin the end. Only a main thread can have them."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {one: signal.signal(one, lambda *_: end()) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
