"""Batches: full, or what there is after a while; each task answered for itself."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest

from capstan import NonRetryable
from capstan._worker.batcher import Batcher
from scripted_link import PATIENCE, ScriptedLink, StartWorker, make_task
from test_handlers import ask_to_stop


async def outcomes(link: ScriptedLink, count: int, handler: str = "score") -> list[dict[str, Any]]:
    """Of so many tasks with the payloads 0, 1, 2 …, in that order."""
    connection = await link.connection()
    await connection.welcome()
    tasks = [make_task(handler, number) for number in range(count)]
    await connection.grant(*tasks)
    ended: dict[str, dict[str, Any]] = {}
    while len(ended) < count:
        done = await connection.receive("done")
        await connection.acknowledge(done)
        ended |= {entry["uid"]: entry for entry in done["results"]}
    return [ended[task["uid"]] for task in tasks]


async def squares(payloads: list[int]) -> list[int]:
    return [payload**2 for payload in payloads]


@pytest.mark.parametrize("function", [squares, lambda payloads, contexts: [payload**2 for payload in payloads]])
async def test_each_task_gets_its_own_result(
    function: Callable[..., Any], link: ScriptedLink, start: StartWorker
) -> None:
    sizes: list[int] = []

    def counted(payloads: list[int], contexts: list[Any]) -> Any:
        sizes.append(len(payloads))
        return [payload**2 for payload in payloads]

    start(score=counted if function is not squares else squares, batch={"size": 4, "within": 0.01}, concurrency=16)
    assert [one["result"] for one in await outcomes(link, 10)] == [n**2 for n in range(10)]
    assert all(size <= 4 for size in sizes)


async def test_an_exception_among_the_results_fails_its_own_task(link: ScriptedLink, start: StartWorker) -> None:
    def score(payloads: list[int]) -> list[Any]:
        return [NonRetryable("odd") if payload % 2 else payload for payload in payloads]

    start(score=score, batch={"size": 4}, concurrency=8)
    ended = await outcomes(link, 4)
    assert [one.get("result") for one in ended] == [0, None, 2, None]
    assert ended[1]["error"]["message"] == "odd"
    assert ended[1]["error"]["retryable"] is False


@pytest.mark.parametrize(
    ("function", "type_", "retryable"),
    [
        pytest.param(lambda payloads: 1 // 0, "ZeroDivisionError", True, id="the handler raises"),
        pytest.param(lambda payloads: [1], "WrongBatch", False, id="there are too few results"),
        pytest.param(lambda payloads: None, "TypeError", True, id="the results are no list"),
    ],
)
async def test_the_whole_batch_fails_when(
    function: Any, type_: str, retryable: bool, link: ScriptedLink, start: StartWorker
) -> None:
    start(score=function, batch={"size": 2}, concurrency=8)
    for one in await outcomes(link, 2):
        assert (one["error"]["type"], one["error"]["retryable"]) == (type_, retryable)


async def test_one_that_waits_for_its_batch_is_stopped_at_once(link: ScriptedLink, start: StartWorker) -> None:
    start(score=squares, batch={"size": 8, "within": 60}, concurrency=8)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("score", 1)
    await connection.grant(task)
    await connection.receive("heartbeat")
    await ask_to_stop(connection, task)
    assert (await connection.one_result())["stopped"] is True


class Recorder:
    """Batches as they begin; each ends when it is told to."""

    def __init__(self) -> None:
        self.began: asyncio.Queue[list[int]] = asyncio.Queue()
        self.go_on = asyncio.Semaphore(0)

    async def run(self, items: list[int]) -> None:
        self.began.put_nowait(items)
        await self.go_on.acquire()

    async def next(self) -> list[int]:
        return await asyncio.wait_for(self.began.get(), PATIENCE)


async def test_a_full_batch_does_not_wait() -> None:
    recorder = Recorder()
    batcher = Batcher(3, 60, 1, recorder.run)
    for number in range(3):
        batcher.add(number)
    assert await recorder.next() == [0, 1, 2]


async def test_a_small_batch_goes_after_its_time() -> None:
    recorder = Recorder()
    Batcher(3, 0.001, 1, recorder.run).add(7)
    assert await recorder.next() == [7]


async def test_while_one_runs_the_next_fills_up() -> None:
    recorder = Recorder()
    batcher = Batcher(3, 0, 1, recorder.run)
    batcher.add(0)
    assert await recorder.next() == [0]
    for number in range(1, 6):
        batcher.add(number)
    assert batcher.remove(2)
    assert not batcher.remove(0)
    recorder.go_on.release()
    assert await recorder.next() == [1, 3, 4]
    recorder.go_on.release()
    assert await recorder.next() == [5]


async def test_several_run_side_by_side_when_they_may() -> None:
    recorder = Recorder()
    batcher = Batcher(1, 0, 2, recorder.run)
    for number in range(3):
        batcher.add(number)
    assert [await recorder.next(), await recorder.next()] == [[0], [1]]
    assert recorder.began.empty()
    recorder.go_on.release()
    assert await recorder.next() == [2]
