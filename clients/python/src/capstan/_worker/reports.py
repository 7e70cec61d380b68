"""Progress and log lines on their way out: gathered from any thread, bounded, sent a few times a second."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from capstan._exchange import to_json
from capstan._worker.protocol import LINE_UNITS, PROGRESS_UNITS, Lease, clip

MOST_LINES = 1000
MOST_CHARACTERS = 256 * 1024
"""Of one task between two reports. Beyond either, lines are dropped and counted."""


@dataclass
class _Pending:
    progress: dict[str, Any] | None = None
    lines: list[str] = field(default_factory=list)
    characters: int = 0
    dropped: int = 0


class ReportBuffer:
    """The newest progress of each task, and its lines in their order."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: dict[Lease, _Pending] = {}

    def progress(self, lease: Lease, fraction: float | None, message: str | None) -> bool:
        """True when the buffer was empty: somebody has to be told."""
        progress: dict[str, Any] = {}
        if fraction is not None:
            progress["fraction"] = fraction
        if message is not None:
            progress["message"] = clip(message, PROGRESS_UNITS)
        with self._lock:
            first = not self._pending
            self._of(lease).progress = progress
        return first

    def log(self, lease: Lease, text: str) -> bool:
        """True when the buffer was empty."""
        lines = [clip(line, LINE_UNITS) for line in text.split("\n")]
        with self._lock:
            first = not self._pending
            pending = self._of(lease)
            for line in lines:
                if len(pending.lines) >= MOST_LINES - 1 or pending.characters + len(line) > MOST_CHARACTERS:
                    pending.dropped += 1
                else:
                    pending.lines.append(line)
                    pending.characters += len(line)
        return first

    def take(self, lease: Lease | None = None) -> Iterator[bytes]:
        """Entries of a `report`: of all tasks, or of one that is about to end."""
        with self._lock:
            if lease is None:
                taken, self._pending = self._pending, {}
            else:
                taken = {lease: self._pending.pop(lease)} if lease in self._pending else {}
        return (_entry(of, pending) for of, pending in taken.items())

    def forget(self, lease: Lease) -> None:
        with self._lock:
            self._pending.pop(lease, None)

    def _of(self, lease: Lease) -> _Pending:
        return self._pending.setdefault(lease, _Pending())


def _entry(lease: Lease, pending: _Pending) -> bytes:
    entry: dict[str, Any] = lease._asdict()
    if pending.progress is not None:
        entry["progress"] = pending.progress
    if pending.dropped:
        pending.lines.append(f"[{pending.dropped} lines dropped: too many at once]")
    if pending.lines:
        entry["lines"] = pending.lines
    return to_json(entry)
