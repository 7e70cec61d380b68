"""The worker's connection, in a thread and an event loop of its own, so that heartbeats wait for no handler. It
connects again whatever happens, resumes its session and sends again what was not acknowledged.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

from capstan._exchange import Answer, refusal
from capstan._server import Server
from capstan._version import USER_AGENT
from capstan._worker import backoff, protocol
from capstan._worker.backoff import Then
from capstan._worker.ledger import Ledger
from capstan._worker.protocol import Lease, lease_of
from capstan._worker.reports import ReportBuffer
from capstan.errors import WorkerRefused

log = logging.getLogger("capstan.worker")

OPEN_TIMEOUT = 10.0
"""Seconds for the handshake, and again for the welcome."""

PING_EVERY = 5.0
PING_TIMEOUT = 10.0
"""A connection whose other end is gone is found after both together, in seconds."""

REPORT_EVERY = 0.25
CLOSE_TIMEOUT = 5.0


class Sink(Protocol):
    """Told from the link's thread."""

    def granted(self, tasks: list[dict[str, Any]]) -> None: ...

    def asked_to_stop(self, lease: Lease, reason: str, grace: float) -> None: ...

    def lost(self, leases: list[Lease]) -> None: ...

    def drained(self) -> None: ...

    def ended(self, error: WorkerRefused | None) -> None: ...


class _Connect(connect):
    """Redirects are not followed: they would carry the key elsewhere."""

    def process_redirect(self, exc: Exception) -> Exception:
        return exc


class Link:
    """Methods without an underscore may be called from any thread."""

    def __init__(
        self, server: Server, facts: dict[str, Any], concurrency: int, sink: Sink, reports: ReportBuffer
    ) -> None:
        self._server = server
        self._facts = facts
        self._concurrency = concurrency
        self._sink = sink
        self._reports = reports
        self._ledger = Ledger()
        self._inbox: deque[Callable[[], None]] = deque()
        self._signalled = False
        self._closing = False
        self._draining = False
        self._socket: ClientConnection | None = None
        self._attempt: asyncio.Future[tuple[Then, str, bool]] | None = None
        self._failure: WorkerRefused | None = None
        self._told_concurrency = concurrency
        self._reports_due = False
        self._report_timer: asyncio.TimerHandle | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="capstan-link", daemon=True)

    def start(self) -> None:
        self._thread.start()
        self._ready.wait()

    def finish(self, lease: Lease, entry: bytes) -> None:
        """A handler ended; `entry` goes into a `done`."""
        self._post(lambda: self._ledger.finished(lease, entry))

    def abandon(self, lease: Lease) -> None:
        """The lease is gone; nothing is reported."""
        self._post(lambda: self._forget(lease))

    def progress(self, lease: Lease, fraction: float | None, message: str | None) -> None:
        if self._reports.progress(lease, fraction, message):
            self._post(self._report_soon)

    def log(self, lease: Lease, text: str) -> None:
        if self._reports.log(lease, text):
            self._post(self._report_soon)

    def resize(self, concurrency: int) -> None:
        """Takes so many at a time from now on, unless it drains."""
        self._post(lambda: self._set_concurrency(concurrency))

    def drain(self) -> None:
        """Takes no more; `sink.drained` is called when nothing is held or owed."""
        self._post(self._begin_drain)

    def close(self) -> None:
        """Says bye, when there is a connection; what is held goes back to the queue at once."""
        self._post(self._begin_close)

    def join(self, timeout: float) -> None:
        self._thread.join(timeout)

    def _post(self, action: Callable[[], None]) -> None:
        """One wake-up of the loop for however many actions gather until it comes."""
        self._inbox.append(action)
        if not self._signalled:
            self._signalled = True
            try:
                self._loop.call_soon_threadsafe(self._work_inbox)
            except RuntimeError:
                log.debug("the connection has ended: nothing more is reported")

    def _work_inbox(self) -> None:
        self._signalled = False
        while self._inbox:
            self._inbox.popleft()()
        self._tell_drained()
        self._wake.set()

    def _forget(self, lease: Lease) -> None:
        self._ledger.dropped(lease)
        self._reports.forget(lease)

    def _set_concurrency(self, concurrency: int) -> None:
        if not self._draining:
            self._concurrency = concurrency

    def _begin_drain(self) -> None:
        self._draining = True
        self._concurrency = 0

    def _begin_close(self) -> None:
        self._closing = True
        self._closed.set()
        if self._socket is None and self._attempt is not None:
            self._attempt.cancel()  # nobody has heard of it yet

    def _report_soon(self) -> None:
        if self._report_timer is None:
            self._report_timer = self._loop.call_later(REPORT_EVERY, self._report_now)

    def _report_now(self) -> None:
        self._report_timer = None
        self._reports_due = True
        self._wake.set()

    def _tell_drained(self) -> None:
        if self._draining and self._ledger.empty:
            self._sink.drained()

    def _run(self) -> None:
        asyncio.run(self._main())

    async def _main(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._wake = asyncio.Event()
        self._closed = asyncio.Event()
        self._ready.set()
        error: WorkerRefused | None = None
        try:
            await self._stay_connected()
        except WorkerRefused as refused:
            error = refused
        except Exception as bug:
            log.exception("the connection's thread failed")
            error = WorkerRefused(f"the connection failed: {bug}", code="client.internal")
        if self._report_timer is not None:
            self._report_timer.cancel()
        self._sink.ended(error)

    async def _stay_connected(self) -> None:
        failures = 0
        while not self._closing:
            self._attempt = asyncio.ensure_future(self._one_connection())
            try:
                then, why, welcomed = await self._attempt
            except asyncio.CancelledError:
                return
            if self._closing:
                return
            failures = 1 if welcomed else failures + 1
            if then is Then.GIVE_UP or (then is Then.CAREFULLY and not (welcomed and self._ledger.broke_the_schema())):
                raise self._failure or WorkerRefused(f"the server refused this worker: {why}", code="client.refused")
            if then is Then.ANEW:
                self._sink.lost(self._ledger.forget_session())
            pause = backoff.delay(failures)
            log.warning("not connected to %s (%s); again in %.1f s", self._server.address, why, pause)
            await _first_of(self._closed.wait(), asyncio.sleep(pause))

    async def _one_connection(self) -> tuple[Then, str, bool]:
        """What follows it, why it ended, and whether it was ever in use."""
        welcomed = False
        self._failure = None
        try:
            async with self._connect() as socket:
                await self._say_hello(socket)
                welcomed = True
                await self._serve(socket)
                # `moving`, or the end: closing sends our code before the socket goes.
                await socket.close(1000 if self._closing else 1001)
                return Then.RESUME, "the server moves", welcomed
        except InvalidStatus as refused:
            return self._refused(refused)
        except ConnectionClosed as closed:
            code = closed.rcvd.code if closed.rcvd else None
            reason = closed.rcvd.reason if closed.rcvd else ""
            return backoff.after_close(code), f"closed with {code}{': ' + reason if reason else ''}", welcomed
        except (OSError, TimeoutError, asyncio.TimeoutError, InvalidHandshake, ValueError) as error:
            return Then.RESUME, str(error) or type(error).__name__, welcomed
        finally:
            self._socket = None

    def _connect(self) -> _Connect:
        return _Connect(
            self._server.socket_address(protocol.PATH),
            subprotocols=[Subprotocol(protocol.SUBPROTOCOL)],
            additional_headers=self._server.headers(),
            user_agent_header=USER_AGENT,
            compression=None,
            max_size=protocol.LARGEST_MESSAGE,
            open_timeout=OPEN_TIMEOUT,
            ping_interval=PING_EVERY,
            ping_timeout=PING_TIMEOUT,
            close_timeout=CLOSE_TIMEOUT,
            ssl=self._server.tls,
        )

    def _refused(self, refused: InvalidStatus) -> tuple[Then, str, bool]:
        response = refused.response
        said = refusal(Answer(response.status_code, response.headers, bytes(response.body or b"")))
        self._failure = WorkerRefused(
            f"the server refused the connection: {said.message}",
            code=said.code,
            status=response.status_code,
            next=said.next,
            details=said.details,
            request_id=said.request_id,
        )
        return backoff.after_refusal(response.status_code), said.message, False

    async def _say_hello(self, socket: ClientConnection) -> None:
        concurrency = self._concurrency
        text = protocol.hello(self._facts, concurrency, self._ledger.session, self._ledger.held)
        await socket.send(text, text=True)
        welcome = protocol.read(await asyncio.wait_for(socket.recv(), OPEN_TIMEOUT))
        if welcome["type"] != "welcome":
            self._unwelcome(welcome)
            await socket.recv()  # the close that follows an error
            raise ValueError(f"{welcome['type']} instead of a welcome")
        lost = self._ledger.connected(welcome["session"], map(lease_of, welcome["lost"]))
        if lost:
            self._sink.lost(lost)
        self._told_concurrency = concurrency
        self._heartbeat = welcome["heartbeatMs"] / 1000
        self._socket = socket
        log.info("connected to %s", self._server.address)
        self._tell_drained()

    def _unwelcome(self, message: dict[str, Any]) -> None:
        if message["type"] == "error":
            self._failure = WorkerRefused(str(message.get("message", "")), code=str(message.get("code", "")))

    async def _serve(self, socket: ClientConnection) -> None:
        """Returns when the server moves, or after bye. Raises ConnectionClosed."""
        self._wake.set()
        await _first_of(self._read(socket), self._write(socket), self._beat(socket))

    async def _beat(self, socket: ClientConnection) -> None:
        while True:
            await asyncio.sleep(self._heartbeat)
            await socket.send(protocol.HEARTBEAT, text=True)

    async def _write(self, socket: ClientConnection) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            if self._concurrency != self._told_concurrency:
                self._told_concurrency = self._concurrency
                await socket.send(protocol.resize(self._concurrency), text=True)
            for message in protocol.report(self._due_reports()):
                await socket.send(message, text=True)
            for message in self._ledger.messages():
                await socket.send(message, text=True)
            if self._closing:
                await socket.send(protocol.BYE, text=True)
                return

    def _due_reports(self) -> list[bytes]:
        """All of them a few times a second; those of a task that is about to end before its `done`."""
        if self._reports_due:
            self._reports_due = False
            return list(self._reports.take())
        return [entry for lease in self._ledger.unsent for entry in self._reports.take(lease)]

    async def _read(self, socket: ClientConnection) -> None:
        while True:
            message = protocol.read(await socket.recv())
            if message["type"] == "moving":
                return
            self._take(message)

    def _take(self, message: dict[str, Any]) -> None:
        kind = message["type"]
        if kind == "tasks":
            self._sink.granted([task for task in message["tasks"] if self._ledger.granted(lease_of(task))])
        elif kind == "acks":
            self._ledger.acknowledged(message["acks"])
            self._tell_drained()
            self._wake.set()
        elif kind == "stop":
            for item in message["tasks"]:
                self._sink.asked_to_stop(lease_of(item), item["reason"], item["graceMs"] / 1000)
        elif kind == "error":
            self._unwelcome(message)
        else:
            log.debug("a message of the type %s is not known here", kind)


async def _first_of(*parts: Any) -> None:
    """Until one has ended, whose error is raised; the others are cancelled."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
