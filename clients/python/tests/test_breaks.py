"""Property: whatever breaks and whatever is lost on the way, each lease is reported until it is acknowledged, and its
handler runs once.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from typing import Any

import pytest
from websockets.exceptions import ConnectionClosed

from scripted_link import Connection, ScriptedLink, StartWorker, make_task

TASKS = 60


class Server:
    """Grants tasks a few at a time, loses acknowledgements, and breaks off, as its random numbers say."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.waiting = [make_task("note", number) for number in range(TASKS)]
        self.held: dict[str, dict[str, Any]] = {}
        self.recorded: Counter[str] = Counter()
        self.results: dict[str, Any] = {}
        self.breaks = 0

    async def serve(self, connection: Connection) -> None:
        """Until it breaks off, or all is recorded."""
        hello = await connection.receive("hello")
        holding = {lease["uid"] for lease in hello.get("holding", ())}
        # What was granted into a broken connection never arrived: it goes back, as a real server would do it.
        for uid in [uid for uid in self.held if uid not in holding]:
            self.waiting.append(self.held.pop(uid))
        lost = [{"uid": uid, "attempt": 1} for uid in holding if uid not in self.held]
        session = hello.get("session", "00000000-0000-4000-8000-000000000001")
        await connection.send("welcome", session=session, heartbeatMs=5, leaseMs=1000, lost=lost)
        while sum(self.recorded.values()) < TASKS or self.held:
            await self.grant(connection)
            done = await connection.receive("done", "heartbeat")
            if self.random.random() < 0.15:
                self.breaks += 1
                connection.break_off()
                return
            if done["type"] == "done":
                await self.record(connection, done["results"])

    async def grant(self, connection: Connection) -> None:
        taken = [self.waiting.pop() for _ in range(min(self.random.randrange(5), len(self.waiting)))]
        self.held |= {task["uid"]: task for task in taken}
        if taken:
            await connection.grant(*taken)

    async def record(self, connection: Connection, results: list[dict[str, Any]]) -> None:
        acks = []
        for entry in results:
            if self.held.pop(entry["uid"], None):
                self.recorded[entry["uid"]] += 1
                self.results[entry["uid"]] = entry["result"]
                acks.append({"uid": entry["uid"], "attempt": 1, "outcome": "recorded"})
            else:
                acks.append({"uid": entry["uid"], "attempt": 1, "outcome": "stale"})
        if self.random.random() < 0.3:
            self.breaks += 1
            connection.break_off()  # recorded, but the worker never hears of it
        else:
            await connection.send("acks", acks=acks)


@pytest.mark.parametrize("seed", range(6))
async def test_nothing_is_lost_and_nothing_counts_twice(
    seed: int, link: ScriptedLink, start: StartWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capstan._worker.backoff.FIRST", 0.001)
    monkeypatch.setattr("capstan._worker.backoff.LONGEST", 0.002)
    ran: list[int] = []

    def note(payload: int) -> str:
        ran.append(payload)
        return json.dumps(payload)

    server = Server(seed)
    tasks = {task["uid"]: task["payload"] for task in server.waiting}
    start(note=note, concurrency=TASKS)
    while sum(server.recorded.values()) < TASKS:
        try:
            await server.serve(await link.connection())
        except ConnectionClosed:
            continue
    assert set(server.recorded) == set(tasks)
    assert set(server.recorded.values()) == {1}
    assert server.results == {uid: json.dumps(payload) for uid, payload in tasks.items()}
    assert server.breaks > 0
    # A lease that never arrived runs later; one that did arrive runs once, however often it was reported.
    assert Counter(ran) == Counter(range(TASKS))
