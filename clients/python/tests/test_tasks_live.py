"""Tasks through a real server: submitted by the clients, done by a worker of this package."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from capstan import (
    AsyncClient,
    CapstanError,
    Client,
    NonRetryable,
    TaskCancelled,
    TaskContext,
    TaskFailed,
    Worker,
    WorkerRefused,
    task,
)
from live import Live
from scripted_link import PATIENCE, Working

ONCE = {"limit": 0}


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with Client(live.address, key_file=live.key_file, project="default") as client:
        yield client


@pytest.fixture
def name() -> str:
    """Of a handler that no other test has."""
    return f"test-{uuid.uuid4().hex}"


Start = Callable[[Worker], Working]


@pytest.fixture
def make_worker(live: Live) -> Callable[..., Worker]:
    """A worker; it begins with `begin(worker)` and ends with the test."""
    return lambda **options: Worker(
        ["default"], **{"server": live.address, "key_file": live.worker_key_file, "concurrency": 8, **options}
    )


@pytest.fixture
def begin() -> Iterator[Start]:
    begun: list[Working] = []

    def start(worker: Worker) -> Working:
        working = Working(worker)
        begun.append(working)
        working.start()
        return working

    yield start
    for working in begun:
        asyncio.run(working.stop())


@pytest.mark.parametrize(
    "payload", [None, 0, "", [], {"é": [1.5, None, True, "\u2028😀"]}, "x" * 40_000, "y" * 5_000_000]
)
def test_what_goes_in_comes_out(payload: Any, client: Client, name: str, make_worker: Any, begin: Start) -> None:
    worker = make_worker()
    worker.handler(name)(lambda payload: payload)
    begin(worker)
    job = client.submit(name, payload)
    assert client.result(job, timeout=PATIENCE) == payload
    assert client.payload(job) == payload


async def test_the_same_by_the_asynchronous_client(live: Live, name: str, make_worker: Any, begin: Start) -> None:
    async def double(payload: int) -> int:
        return payload * 2

    worker = make_worker()
    worker.handler(name)(double)
    working = begin(worker)
    async with AsyncClient(live.address, key_file=live.key_file, project="default") as client:
        assert await client.submit_and_wait(name, 21, wait_timeout=PATIENCE) == 42
        batch = await client.submit_batch(task(name, number) for number in range(100))
        assert (batch["submitted"], batch["failed"]) == (100, 0)
        ended = await client.wait(batch["items"], timeout=PATIENCE)
        assert [one["result"] for one in ended] == [number * 2 for number in range(100)]
    await working.stop()


def test_batches_are_scored_together(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    sizes: list[int] = []

    def score(payloads: list[int]) -> list[int]:
        sizes.append(len(payloads))
        return [payload + 1 for payload in payloads]

    worker = make_worker(concurrency=64)
    worker.batch_handler(name, size=32, within=0.05)(score)
    begin(worker)
    batch = client.submit_batch(task(name, number) for number in range(200))
    ended = client.wait(batch["items"], timeout=PATIENCE)
    assert [one["result"] for one in ended] == [number + 1 for number in range(200)]
    assert max(sizes) <= 32
    assert len(sizes) < 100


def test_a_failure_is_tried_again(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    def flaky(payload: Any, context: TaskContext) -> int:
        if context.attempt < 3:
            raise ConnectionError("not yet")
        return context.attempt

    worker = make_worker()
    worker.handler(name)(flaky)
    begin(worker)
    retry = {"limit": 3, "backoff": {"initial": "10ms"}}
    assert client.submit_and_wait(name, retry=retry, wait_timeout=PATIENCE) == 3


@pytest.mark.parametrize("retryable", [True, False])
def test_a_dead_letter_tells_why(retryable: bool, client: Client, name: str, make_worker: Any, begin: Start) -> None:
    attempts: list[int] = []

    def fail(payload: Any, context: TaskContext) -> None:
        attempts.append(context.attempt)
        raise KeyError("no such word") if retryable else NonRetryable("no such word")

    worker = make_worker()
    worker.handler(name)(fail)
    begin(worker)
    with pytest.raises(TaskFailed, match="no such word") as caught:
        client.submit_and_wait(name, retry={"limit": 1, "backoff": {"initial": "1ms"}}, wait_timeout=PATIENCE)
    assert caught.value.error is not None
    assert caught.value.error["type"] == ("KeyError" if retryable else "NonRetryable")
    assert caught.value.error["retryable"] is retryable
    assert "Traceback" in caught.value.error["stack"]
    assert attempts == ([1, 2] if retryable else [1])


def test_a_running_task_is_cancelled(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    stopped = threading.Event()
    begun = threading.Event()

    def slow(payload: Any, context: TaskContext) -> None:
        begun.set()
        if context.stopped.wait(PATIENCE):
            stopped.set()

    worker = make_worker()
    worker.handler(name)(slow)
    begin(worker)
    job = client.submit(name)
    assert begun.wait(PATIENCE)
    client.cancel(job, reason="enough")
    with pytest.raises(TaskCancelled):
        client.result(job, timeout=PATIENCE)
    assert stopped.is_set()


def test_a_handler_that_takes_too_long_is_stopped(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    async def slow(payload: Any) -> None:
        await asyncio.sleep(PATIENCE)

    worker = make_worker()
    worker.handler(name)(slow)
    begin(worker)
    with pytest.raises(TaskFailed, match=r"(?i)time"):
        client.submit_and_wait(name, timeout=0.2, retry=ONCE, wait_timeout=PATIENCE)


def test_progress_and_lines_are_seen(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    go_on = threading.Event()

    def work(payload: Any, context: TaskContext) -> None:
        context.log("first")
        context.progress(0.5, "half")
        go_on.wait(PATIENCE)
        context.log("last")

    worker = make_worker()
    worker.handler(name)(work)
    begin(worker)
    job = client.submit(name)
    while "progress" not in client.get(job)["status"]:
        pass
    assert client.get(job)["status"]["progress"]["message"] == "half"
    go_on.set()
    client.result(job, timeout=PATIENCE)
    assert [line["text"] for line in client.logs(job, follow=True)] == ["first", "last"]


def test_a_task_waits_for_others_and_is_given_their_results(
    client: Client, name: str, make_worker: Any, begin: Start
) -> None:
    worker = make_worker()
    worker.handler(name)(lambda payload: payload)
    worker.handler(name + "/sum")(lambda payload, context: sum(len(one.result) for one in context.dependencies))
    begin(worker)
    batch = client.submit_batch([task(name, "x" * size) for size in (1, 10, 50_000)])
    assert client.submit_and_wait(name + "/sum", after=batch["items"], wait_timeout=PATIENCE) == 50_011


def test_a_worker_that_ends_hands_its_tasks_to_another_at_once(
    client: Client, name: str, make_worker: Any, begin: Start
) -> None:
    begun = threading.Event()

    def once(payload: Any, context: TaskContext) -> int:
        if context.attempt == 1:
            begun.set()
            context.stopped.wait(PATIENCE)
        return context.attempt

    first = make_worker(drain_timeout=0)
    first.handler(name)(once)
    going = begin(first)
    job = client.submit(name)
    assert begun.wait(PATIENCE)
    second = make_worker()
    second.handler(name)(once)
    begin(second)
    asyncio.run(going.stop())  # bye hands it back at once
    assert client.result(job, timeout=PATIENCE) == 2


def test_events_tell_the_life_of_a_task(client: Client, name: str, make_worker: Any, begin: Start) -> None:
    worker = make_worker()
    worker.handler(name)(lambda payload: payload)
    begin(worker)
    job = client.submit(name, 1)
    states = []
    for event in client.follow(job, after="start"):
        states.append(event["state"])
        if event["state"] == "succeeded":
            break
    assert states[0] == "pending"


def test_all_or_none(client: Client, name: str) -> None:
    with pytest.raises(CapstanError) as caught:
        client.submit_batch([task(name, 1), task("not a name", 2)], mode="all")
    assert any("jobs[1]" in detail["path"] for detail in caught.value.details)
    assert list(client.list(handler=name)) == []


def test_each_for_itself(client: Client, name: str) -> None:
    batch = client.submit_batch([task(name, 1), task("not a name", 2)])
    assert (batch["submitted"], batch["failed"]) == (1, 1)
    assert batch["items"][1]["error"]["details"][0]["path"].endswith("handler")
    client.cancel(batch["items"][0])


def test_unique_tasks_and_repeated_keys(client: Client, name: str) -> None:
    first = client.submit(name, 1, unique={"key": name})
    again = client.submit(name, 2, unique={"key": name})
    assert (again["repeated"], again["metadata"]["uid"]) == (True, first["metadata"]["uid"])
    keyed = [client.submit(name, 3, idempotency_key=name) for _ in "ab"]
    assert [one["repeated"] for one in keyed] == [False, True]
    for job in (first, keyed[0]):
        client.cancel(job)


def test_a_worker_whose_key_may_not_work_is_told(live: Live, make_worker: Any, name: str) -> None:
    worker = make_worker(key_file=live.key_file)
    worker.handler(name)(lambda payload: payload)
    with pytest.raises(WorkerRefused, match="may not") as caught:
        worker.run()
    assert caught.value.status == 403
    assert caught.value.code == "auth.forbidden"
