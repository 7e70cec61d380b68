"""What handlers are given, and what becomes of what they do."""

from __future__ import annotations

import asyncio
import os
import threading
from typing import Any

import pytest

from capstan import NonRetryable, TaskContext, Worker
from scripted_link import PATIENCE, Connection, ScriptedLink, StartWorker, make_task


class BadInput(NonRetryable):
    """A user's own."""


async def later(payload: Any) -> Any:
    await asyncio.sleep(0)
    return payload


def fail(error: BaseException) -> Any:
    def function(payload: Any) -> Any:
        raise error

    return function


def deep() -> Any:
    value: Any = []
    for _ in range(100_000):
        value = [value]
    return value


async def outcome_of(link: ScriptedLink, task: dict[str, Any]) -> dict[str, Any]:
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(task)
    return await connection.one_result()


@pytest.mark.parametrize(
    ("function", "want"),
    [
        pytest.param(lambda payload: payload, [1, {"é": None}], id="a function"),
        pytest.param(later, [1, {"é": None}], id="a coroutine"),
        pytest.param(lambda payload, context: context.handler, "work", id="a function with a context"),
        pytest.param(lambda payload: None, None, id="nothing"),
    ],
)
async def test_the_result_is_what_comes_back_from(
    function: Any, want: Any, link: ScriptedLink, start: StartWorker
) -> None:
    start(work=function)
    outcome = await outcome_of(link, make_task("work", [1, {"é": None}]))
    assert outcome["result"] == want
    assert "error" not in outcome


@pytest.mark.parametrize(
    ("function", "type_", "message", "retryable"),
    [
        pytest.param(fail(KeyError("word")), "KeyError", "'word'", True, id="any exception"),
        pytest.param(fail(NonRetryable("broken")), "NonRetryable", "broken", False, id="one for good"),
        pytest.param(fail(BadInput("no image")), "BadInput", "no image", False, id="a kind of one for good"),
        pytest.param(fail(ValueError("")), "ValueError", "ValueError", True, id="one without words"),
        pytest.param(fail(ValueError("😀" * 9000)), "ValueError", "😀" * 4096, True, id="one with too many words"),
        pytest.param(fail(ValueError("a\ud800")), "ValueError", "a?", True, id="one with half a character"),
        pytest.param(fail(SystemExit(3)), "SystemExit", "3", True, id="an exit"),
        pytest.param(lambda payload: object(), "ResultRefused", None, False, id="a result that is no JSON"),
        pytest.param(lambda payload: float("nan"), "ResultRefused", None, False, id="not a number"),
        pytest.param(lambda payload: "\ud800", "ResultRefused", None, False, id="half a character as a result"),
        pytest.param(lambda payload: deep(), "ResultRefused", None, False, id="a result that is too deep"),
    ],
)
async def test_an_error_is_reported_for(
    function: Any, type_: str, message: str | None, retryable: bool, link: ScriptedLink, start: StartWorker
) -> None:
    start(work=function)
    error = (await outcome_of(link, make_task("work")))["error"]
    assert (error["type"], error["retryable"]) == (type_, retryable)
    assert message is None or error["message"] == message
    assert "Traceback" in error["stack"]


async def test_a_handler_that_is_not_here_is_an_error(link: ScriptedLink, start: StartWorker) -> None:
    start(work=later)
    error = (await outcome_of(link, make_task("play")))["error"]
    assert error["message"] == "no handler 'play' here"


async def test_the_context_tells_all_about_the_task(link: ScriptedLink, start: StartWorker) -> None:
    seen: list[TaskContext] = []
    start(work=lambda payload, context: seen.append(context))
    task = make_task(
        "work",
        attempt=3,
        timeoutMs=1500,
        labels={"team": "ocr"},
        traceparent="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        dependencies=[
            {"uid": "u1", "name": "first", "state": "succeeded", "result": [1]},
            {"uid": "u2", "name": "second", "state": "failed"},
        ],
    )
    await outcome_of(link, task)
    (context,) = seen
    assert (context.uid, context.attempt, context.name) == (task["uid"], 3, "task")
    assert (context.project, context.queue, context.timeout) == ("vision", "research", 1.5)
    assert context.labels == {"team": "ocr"}
    assert context.traceparent == task["traceparent"]
    assert [(one.name, one.state, one.result) for one in context.dependencies] == [
        ("first", "succeeded", [1]),
        ("second", "failed", None),
    ]


async def test_progress_and_lines_come_before_the_end(link: ScriptedLink, start: StartWorker) -> None:
    def work(payload: Any, context: TaskContext) -> None:
        context.log("one", 1)
        context.log("two\nthree")
        context.progress(0.25)
        context.progress(0.5, "half")

    start(work=work)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("work"))
    report = await connection.receive("report", "done")
    assert report["type"] == "report"
    assert report["items"][0]["lines"] == ["one 1", "two", "three"]
    assert report["items"][0]["progress"] == {"fraction": 0.5, "message": "half"}


async def test_progress_comes_while_the_handler_runs(link: ScriptedLink, start: StartWorker) -> None:
    def work(payload: Any, context: TaskContext) -> None:
        context.progress(message="waiting")
        context.stopped.wait(PATIENCE)

    start(work=work)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("work"))
    assert (await connection.receive("report"))["items"][0]["progress"] == {"message": "waiting"}


async def test_a_flood_of_lines_is_bounded_and_says_so(link: ScriptedLink, start: StartWorker) -> None:
    def work(payload: Any, context: TaskContext) -> None:
        for number in range(50_000):
            context.log("x" * 100, number)
        context.log("y" * 100_000)

    start(work=work)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("work"))
    lines: list[str] = []
    while (message := await connection.receive("report", "done"))["type"] == "report":
        lines += message["items"][0]["lines"]
        assert len(message["items"][0]["lines"]) <= 1000
    assert any(line.endswith("lines dropped: too many at once]") for line in lines)


@pytest.mark.parametrize("fraction", [-0.1, 1.1, float("nan")])
def test_progress_beyond_its_bounds_is_refused(fraction: float) -> None:
    context = TaskContext("u", 1, "n", "p", "q", "h", reporter=None)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="from 0 to 1"):
        context.progress(fraction)


class Stopping:
    """Each kind of handler, as it notices that it is to stop."""

    @staticmethod
    def function(payload: Any, context: TaskContext) -> str:
        context.stopped.wait(PATIENCE)
        return "half a result"

    @staticmethod
    async def coroutine(payload: Any, context: TaskContext) -> None:
        await asyncio.sleep(PATIENCE)

    @staticmethod
    async def waiting(payload: Any, context: TaskContext) -> None:
        try:
            await context.stopped.wait_async()
        finally:
            assert context.stopped.is_set()


@pytest.mark.parametrize("function", [Stopping.function, Stopping.coroutine, Stopping.waiting])
async def test_a_stopped_handler_reports_that_it_stopped(function: Any, link: ScriptedLink, start: StartWorker) -> None:
    start(work=function)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("work")
    await connection.grant(task)
    await connection.receive("heartbeat")
    await ask_to_stop(connection, task)
    assert await connection.one_result() == {"uid": task["uid"], "attempt": 1, "stopped": True}


async def ask_to_stop(connection: Connection, task: dict[str, Any], grace_ms: int = 10_000) -> None:
    item = {"uid": task["uid"], "attempt": task["attempt"], "reason": "Cancelled", "graceMs": grace_ms}
    await connection.send("stop", tasks=[item])


async def test_a_handler_that_ignores_its_stop_loses_its_lease_and_its_slot(
    link: ScriptedLink, start: StartWorker
) -> None:
    go_on = threading.Event()
    start(deaf=lambda payload: go_on.wait(PATIENCE), concurrency=2)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("deaf")
    await connection.grant(task)
    await connection.receive("heartbeat")
    await ask_to_stop(connection, task, grace_ms=1)
    assert (await connection.receive("resize", "done")) == {"type": "resize", "concurrency": 1}
    go_on.set()
    assert (await connection.receive("resize", "done")) == {"type": "resize", "concurrency": 2}
    connection.break_off()
    assert (await (await link.connection()).welcome())["holding"] == []


async def test_a_later_attempt_replaces_the_one_that_runs_here(link: ScriptedLink, start: StartWorker) -> None:
    def work(payload: Any, context: TaskContext) -> int:
        if context.attempt == 1:
            context.stopped.wait(PATIENCE)
        return context.attempt

    start(work=work)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("work")
    await connection.grant(task)
    await connection.receive("heartbeat")
    await connection.grant({**task, "attempt": 2})
    assert await connection.one_result() == {"uid": task["uid"], "attempt": 2, "result": 2}


async def test_as_many_run_at_once_as_was_said(link: ScriptedLink, start: StartWorker) -> None:
    together = threading.Barrier(4)
    start(work=lambda payload: together.wait(PATIENCE) >= 0, concurrency=4)
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(*[make_task("work") for _ in range(4)])
    ended = 0
    while ended < 4:
        done = await connection.receive("done")
        assert all(entry["result"] is True for entry in done["results"])
        ended += len(done["results"])


@pytest.mark.parametrize(
    ("register", "want"),
    [
        pytest.param(lambda w: w.handler("a b")(len), "no name of a handler", id="a name with a space"),
        pytest.param(lambda w: w.handler("x" * 129)(len), "no name of a handler", id="a name that is too long"),
        pytest.param(lambda w: w.handler("f")(lambda: None), "takes the payload", id="a function without a parameter"),
        pytest.param(lambda w: w.handler("f")(lambda a, b, c: None), "takes the payload", id="one with three"),
        pytest.param(lambda w: w.handler("f", isolation="process")(later), "not an async one", id="async in a process"),
        pytest.param(lambda w: (w.handler("f")(len), w.handler("f")(len)), "already", id="the same name twice"),
        pytest.param(lambda w: w.batch_handler("f", size=0)(len), "at least 1", id="batches of none"),
        pytest.param(lambda w: w.run(), "nothing to do", id="a worker without handlers"),
    ],
)
def test_registering_refuses(register: Any, want: str) -> None:
    with pytest.raises((TypeError, ValueError), match=want):
        register(Worker(["research"], server="http://127.0.0.1:1"))


@pytest.mark.parametrize("queues", [[], "research"])
def test_queues_are_a_list(queues: Any) -> None:
    with pytest.raises(ValueError, match="a list"):
        Worker(queues)


def test_the_name_tells_host_and_process() -> None:
    assert Worker(["research"])._facts()["name"].endswith(f"-{os.getpid()}")
