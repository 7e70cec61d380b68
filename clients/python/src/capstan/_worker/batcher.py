"""Gathers tasks into batches: up to `size`, or what there is after `within` seconds. While as many batches run as
may, the next one fills up. Belongs to one event loop.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Batcher(Generic[T]):
    def __init__(self, size: int, within: float, parallel: int, run: Callable[[list[T]], Awaitable[None]]) -> None:
        self._size = size
        self._within = within
        self._parallel = parallel
        self._run = run
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[tuple[float, T]] = deque()
        self._active: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    def add(self, item: T) -> None:
        self._waiting.append((self._loop.time(), item))
        self._pump()

    def remove(self, item: T) -> bool:
        """False when it is in no batch yet to come."""
        for entry in self._waiting:
            if entry[1] is item:
                self._waiting.remove(entry)
                return True
        return False

    def _pump(self) -> None:
        while self._waiting and len(self._active) < self._parallel and self._ripe():
            taken = [self._waiting.popleft()[1] for _ in range(min(self._size, len(self._waiting)))]
            task = self._loop.create_task(self._one(taken))
            self._active.add(task)
            task.add_done_callback(self._ended)
        self._arm()

    def _ripe(self) -> bool:
        return len(self._waiting) >= self._size or self._loop.time() >= self._waiting[0][0] + self._within

    def _arm(self) -> None:
        """A timer for the oldest that waits, unless the end of a batch will look anyhow."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._waiting and len(self._active) < self._parallel:
            self._timer = self._loop.call_at(self._waiting[0][0] + self._within, self._pump)

    async def _one(self, items: list[T]) -> None:
        await self._run(items)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._active.discard(task)
        self._pump()
