"""`isolation="process"`: handlers in processes of their own, one task at a time each. For code that holds the
interpreter lock without a pause, that may crash, or that is killed when it does not stop in time.
"""

from __future__ import annotations

import multiprocessing
import queue
import signal
import threading
from collections.abc import Callable
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Any

from capstan._worker.handlers import Handler
from capstan._worker.outcome import encoded, task_error
from capstan.context import StopSignal, TaskContext

_SPAWN = multiprocessing.get_context("spawn")
"""A fork would copy the threads' locks in whatever state they are."""


_NOT_SENT: Any = None
"""In the place of a stop signal, which stays with the worker."""


class HandlerRaised(Exception):
    """In the other process; `error` is what it raised, as it is reported."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


class ProcessDied(Exception):
    """The handler's process ended under it."""


class _NoReporter:
    """Stands in a context while it is sent to the other process."""

    def progress(self, fraction: float | None, message: str | None) -> None: ...

    def log(self, text: str) -> None: ...


class Processes:
    """Idle ones are kept: a handler finds what it has loaded before."""

    def __init__(self) -> None:
        self._idle: list[_Child] = []
        self._lock = threading.Lock()
        self._closed = False

    def call(
        self, handler: Handler, payload: Any, context: TaskContext, on_start: Callable[[Callable[[], None]], None]
    ) -> bytes:
        """The result as JSON. Blocks; raises HandlerRaised or ProcessDied. `on_start` is given what kills it."""
        child = self._take()
        on_start(child.kill)
        context.stopped.listen(lambda: child.stop(context))
        try:
            result = child.call(handler, payload, context)
        except HandlerRaised:
            self._give_back(child)
            raise
        except BaseException:
            child.dispose()
            raise
        self._give_back(child)
        return result

    def close(self) -> None:
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for child in idle:
            child.dispose()

    def _take(self) -> _Child:
        with self._lock:
            while self._idle:
                child = self._idle.pop()
                if child.alive:
                    return child
                child.dispose()
        return _Child()

    def _give_back(self, child: _Child) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(child)
                return
        child.dispose()


class _Child:
    """The worker's side of one process."""

    def __init__(self) -> None:
        self._pipe, theirs = _SPAWN.Pipe()
        self._process = _SPAWN.Process(target=_serve, args=(theirs,), name="capstan-handler", daemon=True)
        self._sending = threading.Lock()
        self._process.start()
        theirs.close()

    @property
    def alive(self) -> bool:
        return self._process.is_alive()

    def call(self, handler: Handler, payload: Any, context: TaskContext) -> bytes:
        facts = replace(context, reporter=_NoReporter(), stopped=_NOT_SENT)
        self._send(("run", handler, payload, facts))
        if context.stopped.is_set():
            self.stop(context)
        while True:
            try:
                kind, *values = self._pipe.recv()
            except (EOFError, OSError):
                self._process.join()
                raise ProcessDied(f"the handler's process ended with {_told(self._process.exitcode)}") from None
            if kind == "log":
                context.reporter.log(*values)
            elif kind == "progress":
                context.reporter.progress(*values)
            elif kind == "raised":
                raise HandlerRaised(*values)
            else:
                return bytes(values[0])

    def stop(self, context: TaskContext) -> None:
        """Names its task: the process may have another by the time that it hears of it."""
        self._send(("stop", context.uid, context.attempt, context.stopped.reason))

    def kill(self) -> None:
        """Whoever waits for an answer is told."""
        self._process.kill()

    def dispose(self) -> None:
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _send(self, message: tuple[Any, ...]) -> None:
        try:
            with self._sending:
                self._pipe.send(message)
        except OSError:
            pass  # it has ended; whoever reads from it is told


def _told(code: int | None) -> str:
    if code is not None and code < 0:
        return signal.Signals(-code).name
    return f"exit code {code}"


class _Serving:
    """The other side: one task after the other, until the worker is gone."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._sending = threading.Lock()
        self._work: queue.SimpleQueue[tuple[Handler, Any, TaskContext] | None] = queue.SimpleQueue()
        self._current: TaskContext | None = None

    def run(self) -> None:
        threading.Thread(target=self._listen, daemon=True).start()
        while (item := self._work.get()) is not None:
            self._send(_answer(*item))

    def progress(self, fraction: float | None, message: str | None) -> None:
        self._send(("progress", fraction, message))

    def log(self, text: str) -> None:
        self._send(("log", text))

    def _listen(self) -> None:
        """A thread of its own, so that a stop is heard while a handler runs."""
        while True:
            try:
                kind, *values = self._pipe.recv()
            except (EOFError, OSError):
                self._work.put(None)
                return
            if kind == "run":
                handler, payload, facts = values
                self._current = replace(facts, reporter=self, stopped=StopSignal())
                self._work.put((handler, payload, self._current))
            elif self._current is not None and (self._current.uid, self._current.attempt) == tuple(values[:2]):
                self._current.stopped.set(values[2])

    def _send(self, message: tuple[Any, ...]) -> None:
        with self._sending:
            self._pipe.send(message)


def _serve(pipe: Connection) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the worker decides
    _Serving(pipe).run()


def _answer(handler: Handler, payload: Any, context: TaskContext) -> tuple[Any, ...]:
    try:
        value = handler.function(payload, context) if handler.takes_context else handler.function(payload)
        return ("result", encoded(value))
    except BaseException as error:  # the worker reports it, whatever it is
        return ("raised", task_error(error))
