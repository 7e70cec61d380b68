"""Threads for handlers that are ordinary functions. They are daemons: one that ignores its stop does not keep the
process from ending, as those of `concurrent.futures` would.
"""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")


class Threads:
    """At most so many; each is started when none is idle."""

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._name = name
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._started = 0
        self._idle = 0

    async def run(self, function: Callable[[], T]) -> T:
        """Awaits what `function` returns or raises in one of the threads."""
        return await asyncio.wrap_future(self.submit(function))

    def submit(self, function: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        self._work.put(lambda: _fulfil(future, function))
        with self._lock:
            if self._idle >= self._work.qsize() or self._started >= self._most:
                return future
            self._started += 1
            number = self._started
        threading.Thread(target=self._serve, name=f"{self._name}-{number}", daemon=True).start()
        return future

    def close(self) -> None:
        """Each ends when it is idle."""
        for _ in range(self._started):
            self._work.put(None)

    def _serve(self) -> None:
        while True:
            with self._lock:
                self._idle += 1
            work = self._work.get()
            with self._lock:
                self._idle -= 1
            if work is None:
                return
            work()
            del work  # an idle thread holds no payload


def _fulfil(future: Future[Any], function: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        future.set_result(function())
    except BaseException as error:  # whoever waits is to know, whatever it is
        future.set_exception(error)
