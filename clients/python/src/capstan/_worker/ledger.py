"""What this worker holds and owes: leases, and the reports that the server has not acknowledged. It outlives every
connection and belongs to the link's thread. No I/O.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

from capstan._worker import outcome, protocol
from capstan._worker.protocol import Lease, lease_of

log = logging.getLogger("capstan.worker")


class Ledger:
    """A lease is held from its grant to the acknowledgement of its report."""

    def __init__(self) -> None:
        self.session: str | None = None
        self._held: dict[Lease, bytes | None] = {}
        self._unsent: dict[Lease, None] = {}
        self._careful = False
        self._in_flight: Lease | None = None

    @property
    def empty(self) -> bool:
        return not self._held

    @property
    def held(self) -> list[Lease]:
        return list(self._held)

    def granted(self, lease: Lease) -> bool:
        """False for a lease that is held already."""
        if lease in self._held:
            return False
        self._held[lease] = None
        return True

    def finished(self, lease: Lease, entry: bytes) -> None:
        """Its report is owed from now on. What is not held any more is nobody's business."""
        if lease in self._held and self._held[lease] is None:
            self._held[lease] = entry
            self._unsent[lease] = None

    def dropped(self, lease: Lease) -> None:
        """It is somebody else's, or nobody's: nothing is reported."""
        self._held.pop(lease, None)
        self._unsent.pop(lease, None)

    def acknowledged(self, acks: Iterable[dict[str, Any]]) -> None:
        for ack in acks:
            lease = lease_of(ack)
            if ack["outcome"] == "refused":
                log.warning("the report of task %s was refused: %s", lease.uid, ack.get("message", ""))
            elif ack["outcome"] == "stale":
                log.warning("task %s was given to another before its report came", lease.uid)
            self.dropped(lease)
            if lease == self._in_flight:
                self._in_flight = None

    def connected(self, session: str, lost: Iterable[Lease]) -> list[Lease]:
        """A connection begins: every report that is still owed goes again. Returns the leases that are lost."""
        gone = [lease for lease in lost if lease in self._held]
        if self.session is not None and session != self.session:
            gone = self.held  # the server does not know the session of before, nor what it held
        for lease in gone:
            self.dropped(lease)
        self.session = session
        self._in_flight = None
        self._unsent = dict.fromkeys(lease for lease, entry in self._held.items() if entry is not None)
        return gone

    def forget_session(self) -> list[Lease]:
        """Another connection has taken the session over, and its leases with it."""
        gone = self.held
        self.session = None
        self._held.clear()
        self._unsent.clear()
        return gone

    def broke_the_schema(self) -> bool:
        """The server could not read what was sent. From now on reports go one by one, so that the next time shows
        which it was; that one is replaced by an error, or it would stop this worker for ever.

        False when it can not have been a report.
        """
        if not self._careful:
            self._careful = True
            return self.owes
        guilty, self._in_flight = self._in_flight, None
        if guilty is None or self._held.get(guilty) is None:
            return False
        error = outcome.ResultRefused("the server could not read the result")
        replaced = outcome.failed(guilty, error)
        if self._held[guilty] == replaced:
            return False
        self._held[guilty] = replaced
        return True

    @property
    def owes(self) -> bool:
        return any(entry is not None for entry in self._held.values())

    @property
    def unsent(self) -> list[Lease]:
        """Whose reports are waiting to be sent."""
        return list(self._unsent)

    def messages(self) -> Iterator[bytes]:
        """What is to be sent now. Each is sent once a connection."""
        if self._careful:
            yield from self._one_by_one()
            return
        entries = [entry for lease in self._unsent if (entry := self._held.get(lease)) is not None]
        self._unsent.clear()
        yield from protocol.done(entries)

    def _one_by_one(self) -> Iterator[bytes]:
        if self._in_flight is not None:
            return
        if not self._unsent:
            self._careful = False
            return
        lease = next(iter(self._unsent))
        del self._unsent[lease]
        self._in_flight = lease
        yield from protocol.done([entry] if (entry := self._held.get(lease)) is not None else [])
