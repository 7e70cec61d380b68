"""What both clients send, what they make of the answers, and when they ask again."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from capstan import (
    AsyncClient,
    CapstanError,
    Client,
    Retry,
    TaskCancelled,
    TaskFailed,
    Unreachable,
    WaitTimeout,
    task,
)
from scripted_http import Answered, Asked, ScriptedHttp, refused

Ask = Callable[..., Awaitable[Any]]

QUICK = Retry(tries=4, first=0.001, longest=0.002)
UID = "0199a0f0-0000-7000-8000-000000000001"
JOB = {"metadata": {"uid": UID, "name": UID, "namespace": "vision"}, "repeated": False}


def ended(state: str = "succeeded", **more: Any) -> dict[str, Any]:
    return {"uid": UID, "name": UID, "state": state, "reason": "", "message": "", **more}


def waited(*jobs: dict[str, Any], waiting: int = 0) -> Answered:
    return Answered(json={"done": waiting == 0, "jobs": list(jobs), "waiting": waiting})


@pytest.fixture(params=["sync", "async"])
def ask(request: pytest.FixtureRequest, http: ScriptedHttp) -> Ask:
    """Calls a method of either client by its name."""
    options: dict[str, Any] = {"key": "cap_key", "project": "vision", "retry": QUICK, "timeout": 5.0}

    async def sync(method: str, *arguments: Any, **named: Any) -> Any:
        with Client(http.address, **options) as client:
            return await asyncio.to_thread(getattr(client, method), *arguments, **named)

    async def awaiting(method: str, *arguments: Any, **named: Any) -> Any:
        async with AsyncClient(http.address, **options) as client:
            return await getattr(client, method)(*arguments, **named)

    return sync if request.param == "sync" else awaiting


async def test_submits_a_task_with_its_key_and_an_idempotency_key(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(Answered(201, JOB))
    assert await ask("submit", "embed", {"text": "ünï\u2028"}) == JOB
    (asked,) = http.asked
    assert (asked.method, asked.path) == ("POST", "/api/v1/jobs")
    assert asked.headers["authorization"] == "Bearer cap_key"
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}", asked.headers["idempotency-key"]
    )
    assert asked.json == {"project": "vision", "spec": {"task": {"handler": "embed", "payload": {"text": "ünï\u2028"}}}}


async def test_every_option_stands_where_the_api_wants_it(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(Answered(201, JOB))
    await ask(
        "submit",
        "embed",
        1,
        project="speech",
        idempotency_key="mine",
        name="first",
        labels={"team": "ocr"},
        queue="research",
        priority=80,
        type="inference",
        timeout=timedelta(minutes=1, milliseconds=5),
        deadline=90,
        start_deadline="2h",
        start_after=datetime(2027, 1, 31, 9, tzinfo=timezone(timedelta(hours=1))),
        retry={"limit": 1},
        ttl_after_finished=0,
        fair_key="tenant-1",
        concurrency={"key": "gpu", "limit": 2},
        rate={"key": "api", "limit": 5, "per": 1},
        unique={"key": "once", "window": "1h"},
        after=[JOB, "other"],
        on_dependency_failure="run",
        cancel_grace=0.25,
    )
    (asked,) = http.asked
    assert asked.headers["idempotency-key"] == "mine"
    assert asked.json == {
        "project": "speech",
        "name": "first",
        "labels": {"team": "ocr"},
        "spec": {
            "queue": "research",
            "priority": 80,
            "type": "inference",
            "timeout": "60005ms",
            "deadline": "90000ms",
            "startDeadline": "2h",
            "startAfter": "2027-01-31T08:00:00.000Z",
            "retry": {"limit": 1},
            "ttlAfterFinished": "0ms",
            "task": {
                "handler": "embed",
                "payload": 1,
                "fairKey": "tenant-1",
                "concurrency": {"key": "gpu", "limit": 2},
                "rate": {"key": "api", "limit": 5, "per": "1000ms"},
                "unique": {"key": "once", "window": "1h"},
                "after": [UID, "other"],
                "onDependencyFailure": "run",
                "cancelGrace": "250ms",
            },
        },
    }


@pytest.mark.parametrize(
    ("call", "want"),
    [
        pytest.param(lambda: task("embed", 1, colour="red"), "no option colour", id="an option that does not exist"),  # type: ignore[call-arg]
        pytest.param(lambda: task("embed", 1, timeout=-1), "no duration", id="a negative time"),
        pytest.param(
            lambda: task("embed", start_after=datetime(2027, 1, 1)), "no time zone", id="a time without a zone"
        ),
    ],
)
def test_refuses_before_anything_is_sent(call: Callable[[], object], want: str) -> None:
    with pytest.raises((TypeError, ValueError), match=want):
        call()


BUSY = [
    pytest.param(Answered(hang_up=True), id="the connection ends without an answer"),
    pytest.param(Answered(json=JOB, cut=True), id="the answer is cut off"),
    pytest.param(refused(503, "server.stopping"), id="the server stops"),
    pytest.param(refused(429, "quota.requests"), id="there are too many requests"),
    pytest.param(Answered(503, body=b"<html>"), id="a proxy has no server"),
]


@pytest.mark.parametrize("trouble", BUSY)
async def test_asks_again_with_the_same_key_when(trouble: Answered, ask: Ask, http: ScriptedHttp) -> None:
    http.answers(trouble, trouble, Answered(200, JOB))
    assert await ask("submit", "embed", 1) == JOB
    assert len(http.asked) == 3
    assert len({asked.headers["idempotency-key"] for asked in http.asked}) == 1
    assert len({asked.body for asked in http.asked}) == 1


@pytest.mark.parametrize("trouble", BUSY)
async def test_gives_up_in_the_end_when(trouble: Answered, ask: Ask, http: ScriptedHttp) -> None:
    http.answers(trouble)
    with pytest.raises(CapstanError) as caught:
        await ask("submit", "embed", 1)
    assert len(http.asked) == QUICK.tries
    assert "cap_key" not in f"{caught.value!r}{caught.value}"


async def test_waits_as_long_as_the_server_says(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(refused(429, "quota.requests", headers={"retry-after": "0.2"}), Answered(201, JOB))
    began = time.monotonic()
    await ask("submit", "embed", 1)
    assert time.monotonic() - began >= 0.2


async def test_a_refusal_says_what_is_wrong_and_is_final(ask: Ask, http: ScriptedHttp) -> None:
    details = [{"path": f"spec.f{n}", "expected": "a number", "got": '"x"'} for n in range(5)]
    http.answers(refused(422, "input.invalid", error={"details": details}))
    with pytest.raises(CapstanError) as caught:
        await ask("submit", "embed", 1)
    error = caught.value
    assert (error.code, error.status, error.request_id, error.next) == ("input.invalid", 422, "req-1", "mend it")
    assert error.details == details
    assert str(error).endswith('spec.f2: expected a number, got "x"; and 2 more)')
    assert len(http.asked) == 1


async def test_what_is_not_capstan_is_told_apart(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(Answered(404, body=b"<html>", headers={"content-type": "text/html"}))
    with pytest.raises(Unreachable, match="not Capstan: HTTP 404, text/html"):
        await ask("get", UID)


async def test_a_batch_is_one_request(ask: Ask, http: ScriptedHttp) -> None:
    answer = {"items": [{"uid": UID, "name": UID, "repeated": False}], "submitted": 1, "repeated": 0, "failed": 0}
    http.answers(Answered(json=answer))
    assert await ask("submit_batch", (task("embed", n, name=f"n{n}") for n in range(2)), mode="all") == answer
    (asked,) = http.asked
    assert asked.path == "/api/v1/jobs:batch"
    assert asked.json["mode"] == "all"
    assert asked.json["idempotencyKey"][14] == "7"
    assert [item["name"] for item in asked.json["jobs"]] == ["n0", "n1"]


async def test_waits_over_and_over_for_what_is_left(ask: Ask, http: ScriptedHttp) -> None:
    other = {**ended("failed"), "uid": "u2", "name": "second"}
    http.answers(waited(waiting=2), waited(other, waiting=1), waited(ended()))
    outcomes = await ask("wait", [UID, "second"])
    assert [one["state"] for one in outcomes] == ["succeeded", "failed"]
    assert [asked.json["jobs"] for asked in http.asked] == [[UID, "second"], [UID, "second"], [UID]]
    assert all(asked.json["timeout"] == "20000ms" for asked in http.asked)


async def test_waits_for_more_than_one_request_holds(ask: Ask, http: ScriptedHttp) -> None:
    def all_of_them(asked: Asked) -> Answered:
        return waited(*({**ended(), "uid": uid, "name": uid} for uid in asked.json["jobs"]))

    http.answers(all_of_them)
    uids = [f"u{n}" for n in range(10_001)]
    assert [one["uid"] for one in await ask("wait", uids)] == uids
    assert [len(asked.json["jobs"]) for asked in http.asked] == [10_000, 1]


async def test_waits_for_any(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(waited(ended(), waiting=1))
    assert [one["uid"] for one in await ask("wait", ["other", UID], until="any")] == [UID]
    assert http.asked[0].json["until"] == "any"


async def test_waits_no_longer_than_it_may(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(waited(ended(), waiting=1))
    with pytest.raises(WaitTimeout, match="1 of 2") as caught:
        await ask("wait", [UID, "other"], timeout=0.05)
    assert isinstance(caught.value, TimeoutError)
    assert [one["uid"] for one in caught.value.done] == [UID]
    assert http.asked[0].json["timeout"] == "50ms"


@pytest.mark.parametrize("value", [None, 0, False, "", {"a": [1]}])
async def test_a_result_is(value: Any, ask: Ask, http: ScriptedHttp) -> None:
    http.answers(waited(ended(result=value)))
    assert await ask("result", UID) == value


async def test_a_large_result_is_fetched(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(waited(ended(resultBytes=40_000)), Answered(json=["large"]))
    assert await ask("result", JOB) == ["large"]
    assert http.asked[1].path == f"/api/v1/jobs/vision/{UID}/result"


@pytest.mark.parametrize(
    ("outcome", "error", "message"),
    [
        pytest.param(
            ended("failed", error={"message": "no such word", "type": "KeyError", "retryable": False}),
            TaskFailed,
            "failed: KeyError: no such word",
            id="a handler's error",
        ),
        pytest.param(
            ended("failed", message="its deadline is over"), TaskFailed, "its deadline is over", id="a deadline"
        ),
        pytest.param(
            ended("cancelled", reason="Cancelled"), TaskCancelled, "cancelled: Cancelled", id="a cancellation"
        ),
    ],
)
async def test_a_task_without_a_result_raises(
    outcome: dict[str, Any], error: type[TaskFailed], message: str, ask: Ask, http: ScriptedHttp
) -> None:
    http.answers(Answered(201, JOB), waited(outcome))
    with pytest.raises(error, match=message) as caught:
        await ask("submit_and_wait", "embed", 1)
    assert (caught.value.uid, caught.value.error) == (UID, outcome.get("error"))


async def test_reads_cancels_and_lists(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(Answered(json=JOB))
    assert await ask("get", "na/me") == JOB
    assert await ask("cancel", JOB, reason="enough") == JOB
    assert [asked.path for asked in http.asked] == ["/api/v1/jobs/vision/na%2Fme", f"/api/v1/jobs/vision/{UID}/cancel"]
    assert http.asked[1].json == {"reason": "enough"}


async def test_to_cancel_what_is_cancelled_changes_nothing(ask: Ask, http: ScriptedHttp) -> None:
    job = {**JOB, "status": {"state": "cancelled"}}
    http.answers(Answered(hang_up=True), refused(409, "job.wrong_state"), Answered(json=job))
    assert await ask("cancel", JOB) == job


async def test_what_has_ended_can_not_be_cancelled(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(refused(409, "job.wrong_state"), Answered(json={**JOB, "status": {"state": "succeeded"}}))
    with pytest.raises(CapstanError, match=r"it is job\.wrong_state"):
        await ask("cancel", JOB)


async def test_a_dot_segment_is_no_name(ask: Ask, http: ScriptedHttp) -> None:
    with pytest.raises(ValueError, match="no name"):
        await ask("get", "..")


def test_lists_page_by_page(http: ScriptedHttp) -> None:
    http.answers(Answered(json={"items": [{"n": 1}, {"n": 2}], "next": "c1"}), Answered(json={"items": [{"n": 3}]}))
    with Client(http.address, project="vision") as client:
        jobs: list[Any] = list(client.list(state=["pending", "running"], handler="embed", limit=2))
    assert jobs == [{"n": 1}, {"n": 2}, {"n": 3}]
    assert http.asked[0].path == "/api/v1/jobs?state=pending%2Crunning&handler=embed&limit=2&project=vision"
    assert http.asked[1].path.endswith("&cursor=c1")


async def test_lists_page_by_page_on_a_loop(http: ScriptedHttp) -> None:
    http.answers(Answered(json={"items": [{"n": 1}], "next": "c1"}), Answered(json={"items": [{"n": 2}]}))
    async with AsyncClient(http.address) as client:
        jobs: list[Any] = [job async for job in client.list()]
    assert jobs == [{"n": 1}, {"n": 2}]


async def test_a_redirect_is_not_followed(ask: Ask, http: ScriptedHttp) -> None:
    http.answers(Answered(307, headers={"location": "http://127.0.0.1:9/elsewhere"}))
    with pytest.raises(Unreachable, match="HTTP 307"):
        await ask("get", UID)


async def test_without_a_project_it_says_so(http: ScriptedHttp) -> None:
    with Client(http.address) as client, pytest.raises(ValueError, match="CAPSTAN_PROJECT"):
        client.submit("embed", 1)
