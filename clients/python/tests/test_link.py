"""The worker's connection at its edges: breaks, lost acknowledgements, close codes, drain."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from capstan import TaskContext, Worker, WorkerRefused
from scripted_link import PATIENCE, ScriptedLink, StartWorker, make_task


def double(payload: int) -> int:
    return payload * 2


def lease(task: dict[str, Any]) -> dict[str, Any]:
    return {"uid": task["uid"], "attempt": task["attempt"]}


def until_stopped(stopped: threading.Event) -> Callable[[Any, TaskContext], None]:
    """A handler that ends when it is asked to, and then sets `stopped`."""

    def slow(payload: Any, context: TaskContext) -> None:
        if context.stopped.wait(PATIENCE):
            stopped.set()

    return slow


async def test_says_what_it_can_do_and_proves_who_it_is(link: ScriptedLink, start: StartWorker) -> None:
    start(double=double, halve=double, concurrency=3, name="host-7", labels={"gpu": "a100"})
    hello = await (await link.connection()).receive("hello")
    assert hello == {
        "type": "hello",
        "name": "host-7",
        "handlers": ["double", "halve"],
        "queues": ["research"],
        "labels": {"gpu": "a100"},
        "concurrency": 3,
        "client": hello["client"],
    }
    assert hello["client"].startswith("capstan-python/")
    assert link.requests[0].headers["authorization"] == "Bearer cap_key"
    assert link.requests[0].headers["sec-websocket-protocol"] == "capstan.worker.v1"
    assert link.requests[0].path == "/api/v1/worker"


async def test_does_a_task_and_reports_its_result(link: ScriptedLink, start: StartWorker) -> None:
    start(double=double)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("double", 21)
    await connection.grant(task)
    assert await connection.one_result() == {**lease(task), "result": 42}


async def test_a_report_without_acknowledgement_is_sent_again_after_a_break(
    link: ScriptedLink, start: StartWorker
) -> None:
    start(double=double)
    first = await link.connection()
    await first.welcome(session="00000000-0000-4000-8000-000000000001")
    task = make_task("double", 4)
    await first.grant(task)
    before = await first.receive("done")
    first.break_off()
    second = await link.connection()
    hello = await second.welcome()
    assert hello["session"] == "00000000-0000-4000-8000-000000000001"
    assert hello["holding"] == [lease(task)]
    again = await second.receive("done")
    assert again == before
    await second.acknowledge(again)
    second.break_off()
    third = await link.connection()
    assert (await third.welcome())["holding"] == []


async def test_a_handler_outlives_a_break_and_its_result_goes_over_the_next_connection(
    link: ScriptedLink, start: StartWorker
) -> None:
    go_on = threading.Event()
    start(slow=lambda payload: go_on.wait(PATIENCE) and payload)
    first = await link.connection()
    await first.welcome()
    task = make_task("slow", "kept")
    await first.grant(task)
    await first.receive("heartbeat")
    first.break_off()
    second = await link.connection()
    assert (await second.welcome())["holding"] == [lease(task)]
    go_on.set()
    assert await second.one_result() == {**lease(task), "result": "kept"}


async def test_what_was_lost_meanwhile_is_stopped_and_not_reported(link: ScriptedLink, start: StartWorker) -> None:
    reasons: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def slow(payload: Any, context: TaskContext) -> str:
        context.stopped.wait(PATIENCE)
        loop.call_soon_threadsafe(reasons.put_nowait, context.stopped.reason)
        return "nobody wants it"

    start(slow=slow, double=double)
    first = await link.connection()
    await first.welcome()
    task = make_task("slow")
    await first.grant(task)
    await first.receive("heartbeat")
    first.break_off()
    second = await link.connection()
    await second.welcome(lost=[lease(task)])
    assert await asyncio.wait_for(reasons.get(), PATIENCE) == "the lease is lost"
    other = make_task("double", 1)
    await second.grant(other)
    assert await second.one_result() == {**lease(other), "result": 2}
    second.break_off()
    assert (await (await link.connection()).welcome())["holding"] == []


async def test_a_server_that_does_not_know_the_session_has_lost_all_of_it(
    link: ScriptedLink, start: StartWorker
) -> None:
    start(slow=lambda payload, context: context.stopped.wait(PATIENCE))
    first = await link.connection()
    await first.welcome(session="00000000-0000-4000-8000-000000000001")
    await first.grant(make_task("slow"))
    await first.receive("heartbeat")
    first.break_off()
    second = await link.connection()
    await second.welcome(session="00000000-0000-4000-8000-000000000002")
    second.break_off()
    hello = await (await link.connection()).welcome()
    assert (hello["session"], hello["holding"]) == ("00000000-0000-4000-8000-000000000002", [])


@pytest.mark.parametrize("outcome", ["recorded", "stale", "refused"])
async def test_every_acknowledgement_ends_the_lease(outcome: str, link: ScriptedLink, start: StartWorker) -> None:
    start(double=double)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("double", 1))
    await connection.acknowledge(await connection.receive("done"), outcome)
    connection.break_off()
    assert (await (await link.connection()).welcome())["holding"] == []


async def test_a_lease_that_is_granted_twice_runs_once(link: ScriptedLink, start: StartWorker) -> None:
    calls: list[int] = []
    start(count=lambda payload: calls.append(payload))
    connection = await link.connection()
    await connection.welcome()
    task = make_task("count", 1)
    await connection.grant(task, task)
    await connection.grant(task, make_task("count", 2))
    ended: set[str] = set()
    while len(ended) < 2:
        done = await connection.receive("done")
        ended |= {entry["uid"] for entry in done["results"]}
        await connection.acknowledge(done)
    assert sorted(calls) == [1, 2]


async def test_when_the_server_moves_the_session_goes_on_elsewhere(link: ScriptedLink, start: StartWorker) -> None:
    go_on = threading.Event()
    start(slow=lambda payload: go_on.wait(PATIENCE))
    first = await link.connection()
    await first.welcome(session="00000000-0000-4000-8000-000000000001")
    task = make_task("slow")
    await first.grant(task)
    await first.send("moving")
    assert await first.closed() == 1001
    second = await link.connection()
    hello = await second.welcome()
    assert (hello["session"], hello["holding"]) == ("00000000-0000-4000-8000-000000000001", [lease(task)])
    go_on.set()
    assert (await second.one_result())["result"] is True


@pytest.mark.parametrize("code", [1001, 1011, 1012, 4429])
async def test_connects_again_with_its_session_after(code: int, link: ScriptedLink, start: StartWorker) -> None:
    start(double=double)
    first = await link.connection()
    await first.welcome(session="00000000-0000-4000-8000-000000000001")
    await first.close(code)
    hello = await (await link.connection()).welcome()
    assert hello["session"] == "00000000-0000-4000-8000-000000000001"


async def test_begins_anew_when_another_has_its_session(link: ScriptedLink, start: StartWorker) -> None:
    stopped = threading.Event()
    start(slow=until_stopped(stopped))
    first = await link.connection()
    await first.welcome()
    await first.grant(make_task("slow"))
    await first.receive("heartbeat")
    await first.close(4409)
    hello = await (await link.connection()).welcome()
    assert "session" not in hello
    assert await asyncio.to_thread(stopped.wait, PATIENCE)


async def test_gives_up_when_its_key_is_no_longer_valid(link: ScriptedLink, start: StartWorker) -> None:
    stopped = threading.Event()
    working = start(slow=until_stopped(stopped))
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("slow"))
    await connection.receive("heartbeat")
    await connection.send("error", code="auth.revoked", message="the key was revoked")
    await connection.close(1008)
    error = await working.ended()
    assert isinstance(error, WorkerRefused)
    assert (error.code, error.message) == ("auth.revoked", "the key was revoked")
    assert stopped.is_set()


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_gives_up_when_the_connection_is_refused_with(
    status: int, link: ScriptedLink, start: StartWorker
) -> None:
    link.refuse_with = status
    error = await start(double=double).ended()
    assert isinstance(error, WorkerRefused)
    assert error.status == status
    assert "cap_key" not in f"{error!r} {error}"


async def test_tries_again_while_the_server_is_busy(link: ScriptedLink, start: StartWorker) -> None:
    link.refuse_with = 503
    start(double=double)
    while len(link.requests) < 2:
        await asyncio.sleep(0)
    link.refuse_with = None
    await (await link.connection()).welcome()


async def test_a_wrong_hello_ends_the_worker_with_what_the_server_says(link: ScriptedLink, start: StartWorker) -> None:
    working = start(double=double)
    connection = await link.connection()
    await connection.receive("hello")
    await connection.send("error", code="input.invalid", message="queues[0]: expected a name")
    await connection.close(4400)
    error = await working.ended()
    assert isinstance(error, WorkerRefused)
    assert error.message == "queues[0]: expected a name"


async def test_a_result_that_the_server_can_not_read_is_found_and_replaced(
    link: ScriptedLink, start: StartWorker
) -> None:
    start(same=lambda payload: payload)
    connection = await link.connection()
    await connection.welcome()
    bad, good = make_task("same", "bad"), make_task("same", "good")
    await connection.grant(bad, good)
    told: dict[str, dict[str, Any]] = {}
    while len(told) < 2:
        done = await connection.receive("done")
        if any(entry.get("result") == "bad" for entry in done["results"]):
            await connection.close(4400)
            connection = await link.connection()
            await connection.welcome()
            continue
        told |= {entry["uid"]: entry for entry in done["results"]}
        await connection.acknowledge(done)
    assert told[good["uid"]]["result"] == "good"
    assert told[bad["uid"]]["error"]["type"] == "ResultRefused"
    assert told[bad["uid"]]["error"]["retryable"] is False


async def test_drains_then_says_bye(link: ScriptedLink, start: StartWorker) -> None:
    go_on = threading.Event()
    working = start(slow=lambda payload: go_on.wait(PATIENCE))
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("slow"))
    await connection.receive("heartbeat")
    working.worker.stop()
    assert (await connection.receive("resize"))["concurrency"] == 0
    go_on.set()
    done = await connection.receive("done", "bye")
    assert done["type"] == "done", "it waits for what runs"
    await connection.acknowledge(done)
    await connection.receive("bye")
    assert await connection.closed() == 1000
    assert await working.ended() is None


async def test_hands_back_what_does_not_end_in_time(link: ScriptedLink, start: StartWorker) -> None:
    working = start(slow=lambda payload, context: context.stopped.wait(PATIENCE), drain_timeout=0.05)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("slow"))
    await connection.receive("heartbeat")
    working.worker.stop()
    message = await connection.receive("bye", "done")
    assert message["type"] == "bye", "what was not finished is not reported"
    assert await working.ended() is None


async def test_drains_though_the_connection_breaks_meanwhile(link: ScriptedLink, start: StartWorker) -> None:
    go_on = threading.Event()
    working = start(slow=lambda payload: go_on.wait(PATIENCE))
    first = await link.connection()
    await first.welcome()
    await first.grant(make_task("slow"))
    await first.receive("heartbeat")
    working.worker.stop()
    await first.receive("resize")
    first.break_off()
    second = await link.connection()
    assert (await second.welcome())["concurrency"] == 0
    go_on.set()
    await second.one_result()
    await second.receive("bye")
    assert await working.ended() is None


async def test_heartbeats_go_on_while_the_main_thread_is_busy(link: ScriptedLink, start: StartWorker) -> None:
    enough = threading.Event()

    async def busy(payload: Any) -> str:
        while not enough.is_set():  # never awaits: the worker's own loop stands still
            pass
        return "done"

    start(busy=busy)
    connection = await link.connection()
    await connection.welcome(heartbeat_ms=20)
    await connection.grant(make_task("busy"))
    for _ in range(10):
        await connection.receive("heartbeat")
    enough.set()
    assert (await connection.one_result())["result"] == "done"


async def test_heartbeats_go_on_while_every_thread_computes(link: ScriptedLink, start: StartWorker) -> None:
    enough = threading.Event()

    def busy(payload: Any) -> int:
        rounds = 0
        while not enough.is_set():  # holds the interpreter's lock but for its switch interval
            rounds += 1
        return rounds

    start(busy=busy, concurrency=4)
    connection = await link.connection()
    await connection.welcome(heartbeat_ms=20)
    await connection.grant(*[make_task("busy") for _ in range(4)])
    for _ in range(10):
        await connection.receive("heartbeat")
    enough.set()
    ended = 0
    while ended < 4:
        ended += len((await connection.receive("done"))["results"])


async def test_nothing_is_left_of_a_worker_that_has_ended(link: ScriptedLink, start: StartWorker) -> None:
    before = set(threading.enumerate())
    working = start(double=double)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("double", 1))
    await connection.one_result()
    working.worker.stop()
    assert await working.ended() is None
    for thread in set(threading.enumerate()) - before:
        if thread.name.startswith("capstan"):
            await asyncio.to_thread(thread.join, PATIENCE)
            assert not thread.is_alive(), f"{thread.name} still runs"


async def test_messages_from_the_future_are_passed_over(link: ScriptedLink, start: StartWorker) -> None:
    start(double=double)
    connection = await link.connection()
    await connection.welcome()
    await connection.send("weather", sun=True)
    await connection.grant(make_task("double", 3, colour="new"))
    assert (await connection.one_result())["result"] == 6


async def test_finds_out_that_the_other_end_is_gone(
    link: ScriptedLink, start: StartWorker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("capstan._worker.link.PING_EVERY", 0.05)
    monkeypatch.setattr("capstan._worker.link.PING_TIMEOUT", 0.05)
    start(double=double)
    first = await link.connection()
    await first.welcome(session="00000000-0000-4000-8000-000000000001")
    first.go_deaf()
    hello = await (await link.connection()).welcome()
    assert hello["session"] == "00000000-0000-4000-8000-000000000001"
    first.break_off()


async def test_stops_while_it_waits_for_its_welcome(link: ScriptedLink, start: StartWorker) -> None:
    working = start(double=double)
    connection = await link.connection()
    await connection.receive("hello")
    working.worker.stop()
    assert await working.ended() is None


async def test_stops_while_nobody_listens() -> None:
    worker = Worker(["research"], server="http://127.0.0.1:9", key="cap_key")
    worker.handler("double")(double)
    running = asyncio.create_task(worker.run_async(handle_signals=False))
    await asyncio.sleep(0)
    with pytest.raises(RuntimeError, match="runs already"):
        await worker.run_async()
    worker.stop()
    await asyncio.wait_for(running, PATIENCE)
