"""What a handler is given beside its payload."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class StopSignal:
    """Set when the handler is to end: cancelled, timed out, preempted, lost, or the worker stops. Set once."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []
        self.reason = ""

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, timeout: float | None = None) -> bool:
        """Blocks: a pause that ends early when the handler is to stop. True when it is to stop."""
        return self._event.wait(timeout)

    async def wait_async(self) -> str:
        """The reason, as soon as there is one."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self.listen(lambda: _finish_soon(loop, future))
        await future
        return self.reason

    def listen(self, listener: Callable[[], None]) -> None:
        """Called once, from the thread that sets it; at once when it is set."""
        with self._lock:
            if not self._event.is_set():
                self._listeners.append(listener)
                return
        listener()

    def set(self, reason: str) -> None:
        """From any thread. The first reason counts."""
        with self._lock:
            if self._event.is_set():
                return
            self.reason = reason
            self._event.set()
            listeners, self._listeners = self._listeners, []
        for listener in listeners:
            listener()


def _finish_soon(loop: asyncio.AbstractEventLoop, future: asyncio.Future[None]) -> None:
    if not loop.is_closed():
        loop.call_soon_threadsafe(_finish, future)


def _finish(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


class Reporter(Protocol):
    """Where progress and log lines go."""

    def progress(self, fraction: float | None, message: str | None) -> None: ...

    def log(self, text: str) -> None: ...


@dataclass(frozen=True)
class Dependency:
    """A task that this one waited for. `result` is None unless it `succeeded`."""

    uid: str
    name: str
    state: str
    result: Any = None


@dataclass(frozen=True)
class TaskContext:
    """One attempt of a task. Make effects idempotent by `uid`: a handler can run twice when its worker was cut off
    for longer than a lease."""

    uid: str
    attempt: int
    name: str
    project: str
    queue: str
    handler: str
    reporter: Reporter = field(repr=False)
    stopped: StopSignal = field(default_factory=StopSignal, repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    timeout: float | None = None
    """Of this attempt, in seconds."""
    traceparent: str | None = None
    dependencies: Sequence[Dependency] = ()
    """What the tasks of `after` came to, in their order."""

    def progress(self, fraction: float | None = None, message: str | None = None) -> None:
        """Shown with the task, at most a few times a second. `fraction` from 0 to 1."""
        if fraction is not None and not 0 <= fraction <= 1:
            raise ValueError(f"a fraction is from 0 to 1, not {fraction}")
        self.reporter.progress(fraction, message)

    def log(self, *words: object) -> None:
        """A line of the task's log, as `print` would write it. Of too many lines a second some are dropped, and the
        log says how many."""
        self.reporter.log(" ".join(map(str, words)))
