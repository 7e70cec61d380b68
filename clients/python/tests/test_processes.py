"""Handlers in processes of their own."""

from __future__ import annotations

import os
import signal
from typing import Any

from capstan import NonRetryable, TaskContext
from scripted_link import PATIENCE, ScriptedLink, StartWorker, make_task
from test_handlers import ask_to_stop


def where(payload: Any, context: TaskContext) -> list[Any]:
    context.log("in", payload)
    context.progress(0.5)
    return [os.getpid(), context.uid, payload]


def crash(payload: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(payload: Any) -> None:
    raise NonRetryable("not this one")


def until_stopped(payload: Any, context: TaskContext) -> str:
    context.log("started")
    context.stopped.wait(PATIENCE)
    return context.stopped.reason


def deaf(payload: Any, context: TaskContext) -> None:
    context.log("started")
    while True:
        pass


async def test_work_goes_on_in_one_process_that_is_not_this_one(link: ScriptedLink, start: StartWorker) -> None:
    start(where=where, isolation="process")
    connection = await link.connection()
    await connection.welcome()
    pids = []
    for number in range(2):
        task = make_task("where", number)
        await connection.grant(task)
        report = await connection.receive("report", "done")
        assert report["items"][0]["lines"] == [f"in {number}"]
        pid, uid, payload = (await connection.one_result())["result"]
        assert (uid, payload) == (task["uid"], number)
        pids.append(pid)
    assert len(set(pids)) == 1, "an idle process is used again"
    assert pids[0] != os.getpid()


async def test_what_goes_wrong_there_is_told_here(link: ScriptedLink, start: StartWorker) -> None:
    start(crash=crash, refuse=refuse, isolation="process")
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("crash"))
    error = (await connection.one_result())["error"]
    assert (error["type"], error["retryable"]) == ("ProcessDied", True)
    assert error["message"] == "the handler's process ended with SIGKILL"
    await connection.grant(make_task("refuse"))
    error = (await connection.one_result())["error"]
    assert (error["type"], error["message"], error["retryable"]) == ("NonRetryable", "not this one", False)


async def test_a_stop_is_heard_there(link: ScriptedLink, start: StartWorker) -> None:
    start(work=until_stopped, isolation="process")
    connection = await link.connection()
    await connection.welcome()
    task = make_task("work")
    await connection.grant(task)
    await connection.receive("report")
    await ask_to_stop(connection, task)
    assert (await connection.one_result())["stopped"] is True


async def test_one_that_does_not_stop_is_killed_and_its_slot_is_free(link: ScriptedLink, start: StartWorker) -> None:
    start(deaf=deaf, where=where, isolation="process", concurrency=1)
    connection = await link.connection()
    await connection.welcome()
    task = make_task("deaf")
    await connection.grant(task)
    await connection.receive("report")
    await ask_to_stop(connection, task, grace_ms=1)
    await connection.grant(make_task("where", 1))
    assert (await connection.one_result())["result"][2] == 1
