"""Large payloads and results go beside the connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from capstan._server import find_server
from capstan._transport import Transport
from capstan._worker.outcome import ResultRefused
from capstan._worker.protocol import LARGEST_MESSAGE, Lease, done
from capstan._worker.values import Values
from scripted_http import Answered, ScriptedHttp, refused

LEASE = Lease("0199a0f0-0000-7000-8000-000000000001", 2)


@pytest.fixture
def values(http: ScriptedHttp) -> Iterator[Values]:
    transport = Transport(find_server(http.address, "cap_key", None), timeout=5)
    yield Values(transport)
    transport.close()


def test_a_payload_is_fetched_with_the_same_key(values: Values, http: ScriptedHttp) -> None:
    http.answers(refused(503, "server.stopping", headers={"retry-after": "0"}), Answered(json={"large": True}))
    task: dict[str, Any] = {"payloadPath": "/api/v1/jobs/vision/u1/payload"}
    assert values.must_be_fetched(task)
    assert values.payload(task) == {"large": True}
    assert [asked.path for asked in http.asked] == [task["payloadPath"]] * 2
    assert http.asked[0].headers["authorization"] == "Bearer cap_key"


def test_so_is_the_result_of_a_dependency(values: Values, http: ScriptedHttp) -> None:
    http.answers(Answered(json=[1, 2]))
    one = {"uid": "u1", "name": "first", "state": "succeeded", "resultPath": "/api/v1/jobs/vision/u1/result"}
    task: dict[str, Any] = {"dependencies": [one]}
    assert values.must_be_fetched(task)
    assert values.dependencies(task)[0].result == [1, 2]


@pytest.mark.parametrize("path", ["@127.0.0.1:9/x", "//127.0.0.1/x", ".evil.example/x"])
def test_no_path_leads_the_key_to_another_server(path: str, values: Values, http: ScriptedHttp) -> None:
    with pytest.raises(ValueError, match="none of its own"):
        values.payload({"payloadPath": path})
    assert http.asked == []


def test_a_result_that_fits_a_message_is_in_it(values: Values, http: ScriptedHttp) -> None:
    result = b'"' + b"x" * (LARGEST_MESSAGE - 512) + b'"'
    entry = values.entry(LEASE, result)
    (message,) = done([entry])
    assert len(message) <= LARGEST_MESSAGE
    assert result in message
    assert http.asked == []


def test_a_larger_one_is_sent_first(values: Values, http: ScriptedHttp) -> None:
    http.answers(Answered(204, body=b""))
    result = b'"' + b"x" * LARGEST_MESSAGE + b'"'
    assert values.entry(LEASE, result) == b'{"uid":"%s","attempt":2}' % LEASE.uid.encode()
    (asked,) = http.asked
    assert (asked.method, asked.path) == ("PUT", f"/api/v1/worker/results/{LEASE.uid}/2")
    assert asked.body == b'{"result":' + result + b"}"


def test_one_that_is_too_large_is_not_sent_at_all(values: Values, http: ScriptedHttp) -> None:
    with pytest.raises(ResultRefused, match="at most 16777216 are kept"):
        values.entry(LEASE, b'"' + b"x" * 16 * 1024 * 1024 + b'"')
    assert http.asked == []


def test_many_results_become_several_messages_none_too_large() -> None:
    entries = [b'{"x":"' + b"y" * 1_000_000 + b'"}' for _ in range(10)]
    messages = list(done(entries))
    assert [message.count(b'"x"') for message in messages] == [4, 4, 2]
    assert all(len(message) <= LARGEST_MESSAGE for message in messages)
    assert [message.count(b"{}") for message in done([b"{}"] * 25_000)] == [10_000, 10_000, 5_000]
