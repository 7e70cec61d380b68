"""Runs handlers: async ones on the loop that the worker was started on, others in threads or processes. What they
come to goes to the link; what the link hears comes here, always on that loop.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from capstan._tracing import continued
from capstan._worker import outcome
from capstan._worker.batcher import Batcher
from capstan._worker.handlers import AnyHandler, BatchHandler, Handler
from capstan._worker.link import Link
from capstan._worker.processes import HandlerRaised, Processes
from capstan._worker.protocol import Lease, lease_of
from capstan._worker.threads import Threads
from capstan._worker.values import Values
from capstan.context import Dependency, StopSignal, TaskContext
from capstan.errors import NonRetryable

log = logging.getLogger("capstan.worker")

LARGE = 1024 * 1024
"""Bytes of a result that may have to be sent by HTTP first."""

RAISED = (Exception, SystemExit, KeyboardInterrupt)
"""What a handler may raise without ending the worker: a `sys.exit` in it is its own failure."""


class WrongBatch(NonRetryable):
    """A batch handler returned something other than one result for each payload."""


@dataclass(eq=False)
class Run:
    """One lease while its handler runs."""

    lease: Lease
    task: dict[str, Any]
    handler: AnyHandler
    stopped: StopSignal = field(default_factory=StopSignal)
    coroutine: asyncio.Task[None] | None = None
    kill: Callable[[], None] | None = None
    in_thread: bool = False
    handed_back: bool = False
    """The worker ends it, not the server: nothing is reported, and bye returns it to the queue."""


@dataclass(frozen=True)
class _Reporter:
    link: Link
    lease: Lease

    def progress(self, fraction: float | None, message: str | None) -> None:
        self.link.progress(self.lease, fraction, message)

    def log(self, text: str) -> None:
        self.link.log(self.lease, text)


class Running:
    def __init__(self, handlers: Mapping[str, AnyHandler], concurrency: int, link: Link, values: Values) -> None:
        self._handlers = handlers
        self._concurrency = concurrency
        self._link = link
        self._values = values
        self._loop = asyncio.get_running_loop()
        self._threads = Threads(concurrency, "capstan-handler")
        self._fetching = Threads(8, "capstan-values")
        self._processes = Processes()
        self._runs: dict[Lease, Run] = {}
        self._stuck: set[Run] = set()
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._batchers = {
            one.name: Batcher(one.size, one.within, one.parallel, partial(self._batch, one))
            for one in handlers.values()
            if isinstance(one, BatchHandler)
        }

    def start(self, tasks: Sequence[dict[str, Any]]) -> None:
        for task in tasks:
            lease = lease_of(task)
            handler = self._handlers.get(task["handler"])
            if handler is None:
                self._link.finish(lease, outcome.failed(lease, LookupError(f"no handler {task['handler']!r} here")))
                continue
            self._supersede(lease)
            run = self._runs[lease] = Run(lease, task, handler)
            self._quiet.clear()
            if isinstance(handler, BatchHandler):
                self._batchers[handler.name].add(run)
            else:
                run.coroutine = self._loop.create_task(self._single(handler, run))

    def stop(self, lease: Lease, reason: str, grace: float) -> None:
        """The handler is asked to end; after `grace` seconds its lease is gone."""
        run = self._runs.get(lease)
        if run is None:
            return
        self._ask(run, reason)
        self._loop.call_later(grace, self._abandon, run)

    def lose(self, leases: Sequence[Lease]) -> None:
        """They are somebody else's: their handlers end, and nothing is reported."""
        for lease in leases:
            run = self._runs.get(lease)
            if run is not None:
                self._ask(run, "the lease is lost")
                self._abandon(run)

    def stop_all(self, reason: str) -> None:
        """The worker ends: what runs is handed back."""
        for run in list(self._runs.values()):
            run.handed_back = True
            self._ask(run, reason)

    async def ended(self, timeout: float) -> bool:
        """False when handlers still run after so many seconds."""
        try:
            await asyncio.wait_for(self._quiet.wait(), timeout)
        except (TimeoutError, asyncio.TimeoutError):
            return False
        return True

    def close(self) -> None:
        for run in list(self._runs.values()):
            if run.kill is not None:
                run.kill()
        self._processes.close()
        self._threads.close()
        self._fetching.close()

    @property
    def busy(self) -> bool:
        return bool(self._runs)

    def _supersede(self, lease: Lease) -> None:
        """A later attempt of a task that runs here: the earlier one is lost."""
        self.lose([one for one in self._runs if one.uid == lease.uid and one.attempt < lease.attempt])

    def _ask(self, run: Run, reason: str) -> None:
        run.stopped.set(reason)
        if isinstance(run.handler, BatchHandler):
            if self._batchers[run.handler.name].remove(run):
                self._end(run, outcome.stopped(run.lease))
        elif run.handler.mode == "async" and run.coroutine is not None:
            run.coroutine.cancel()

    def _abandon(self, run: Run) -> None:
        """The lease is gone, whatever the handler does."""
        if self._runs.get(run.lease) is not run:
            return
        self._link.abandon(run.lease)
        del self._runs[run.lease]
        if not self._runs:
            self._quiet.set()
        if run.kill is not None:
            run.kill()
        elif run.in_thread:
            log.error("handler %s does not stop: its thread is busy, and takes no task meanwhile", run.handler.name)
            self._stuck.add(run)
            self._resize()

    def _resize(self) -> None:
        self._link.resize(max(0, self._concurrency - len(self._stuck)))

    def _end(self, run: Run, entry: bytes) -> None:
        if run in self._stuck:
            self._stuck.discard(run)
            self._resize()
        if self._runs.get(run.lease) is not run:
            return
        if not run.handed_back:
            self._link.finish(run.lease, outcome.stopped(run.lease) if run.stopped.is_set() else entry)
        del self._runs[run.lease]
        if not self._runs:
            self._quiet.set()

    async def _single(self, handler: Handler, run: Run) -> None:
        try:
            entry = await self._come_to(handler, run)
        except asyncio.CancelledError as cancelled:
            entry = outcome.failed(run.lease, cancelled)
        except RAISED as error:
            entry = self._failed(run, error)
        self._end(run, entry)

    async def _come_to(self, handler: Handler, run: Run) -> bytes:
        if handler.mode != "async":
            run.in_thread = True
            try:
                return await self._threads.run(partial(self._blocking, handler, run))
            finally:
                run.in_thread = False
        payload, dependencies = await self._given(run)
        context = self._context(run, dependencies)
        with continued(context.traceparent, handler.name):
            value = await _called(handler.function, payload, context, handler.takes_context)
        return await self._entry(run.lease, value)

    def _blocking(self, handler: Handler, run: Run) -> bytes:
        """In a thread: all of it, so that the loop and the link are spared large values."""
        if run.stopped.is_set():
            return outcome.stopped(run.lease)
        payload = self._values.payload(run.task)
        context = self._context(run, self._values.dependencies(run.task))
        with continued(context.traceparent, handler.name):
            if handler.mode == "process":
                result = self._processes.call(handler, payload, context, partial(setattr, run, "kill"))
            else:
                result = outcome.encoded(_called(handler.function, payload, context, handler.takes_context))
        return self._values.entry(run.lease, result)

    async def _batch(self, handler: BatchHandler, runs: list[Run]) -> None:
        ready: list[tuple[Run, Any, TaskContext]] = []
        for run in runs:
            try:
                payload, dependencies = await self._given(run)
                ready.append((run, payload, self._context(run, dependencies)))
            except RAISED as error:
                self._end(run, self._failed(run, error))
        if not ready:
            return
        try:
            values = await self._batch_values(handler, ready)
        except (*RAISED, asyncio.CancelledError) as error:
            values = [error] * len(ready)
        for (run, _, _), value in zip(ready, values):
            self._end(run, await self._batch_entry(run, value))

    async def _batch_values(self, handler: BatchHandler, ready: list[tuple[Run, Any, TaskContext]]) -> list[Any]:
        payloads = [payload for _, payload, _ in ready]
        contexts = [context for _, _, context in ready]
        if handler.mode == "async":
            values = await _called(handler.function, payloads, contexts, handler.takes_context)
        else:
            call = partial(_called, handler.function, payloads, contexts, handler.takes_context)
            values = await self._threads.run(call)
        values = list(values)
        if len(values) != len(ready):
            raise WrongBatch(f"{handler.name} returned {len(values)} results for {len(ready)} payloads")
        return values

    async def _batch_entry(self, run: Run, value: Any) -> bytes:
        """A value that is an exception fails its own task alone."""
        if isinstance(value, BaseException):
            return self._failed(run, value)
        try:
            return await self._entry(run.lease, value)
        except RAISED as error:
            return self._failed(run, error)

    async def _given(self, run: Run) -> tuple[Any, list[Dependency]]:
        if not self._values.must_be_fetched(run.task):
            return self._values.payload(run.task), self._values.dependencies(run.task)
        return await self._fetching.run(lambda: (self._values.payload(run.task), self._values.dependencies(run.task)))

    async def _entry(self, lease: Lease, value: Any) -> bytes:
        result = outcome.encoded(value)
        if len(result) < LARGE:
            return self._values.entry(lease, result)
        return await self._fetching.run(partial(self._values.entry, lease, result))

    def _failed(self, run: Run, error: BaseException) -> bytes:
        if isinstance(error, HandlerRaised):
            return outcome.failure(run.lease, error.error)
        if not run.stopped.is_set():
            log.warning("task %s (%s) failed: %s", run.lease.uid, run.handler.name, type(error).__name__)
        return outcome.failed(run.lease, error)

    def _context(self, run: Run, dependencies: Sequence[Dependency]) -> TaskContext:
        task = run.task
        milliseconds = task.get("timeoutMs")
        return TaskContext(
            uid=run.lease.uid,
            attempt=run.lease.attempt,
            name=task["name"],
            project=task["project"],
            queue=task["queue"],
            handler=task["handler"],
            reporter=_Reporter(self._link, run.lease),
            stopped=run.stopped,
            labels=task.get("labels") or {},
            timeout=None if milliseconds is None else milliseconds / 1000,
            traceparent=task.get("traceparent"),
            dependencies=dependencies,
        )


def _called(function: Callable[..., Any], given: Any, context: Any, takes_context: bool) -> Any:
    return function(given, context) if takes_context else function(given)
