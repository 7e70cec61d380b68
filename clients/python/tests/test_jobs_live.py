"""Jobs of every kind through a real server, by the blocking client."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from capstan import CapstanError, Client
from live import Live


@pytest.fixture
def client(live: Live) -> Iterator[Client]:
    with Client(live.address, key_file=live.key_file, project="default") as client:
        yield client


def test_a_job_is_submitted_followed_and_read(client: Client) -> None:
    name = f"job-{uuid.uuid4()}"
    spec = {"command": ["sh", "-c", "echo one; echo two"]}
    job = client.submit_job({"name": name, "spec": spec})
    assert job["repeated"] is False
    states = []
    for event in client.follow(job, after="start"):
        states.append(event["state"])
        if event["state"] == "succeeded":
            break
    assert states[0] == "pending"
    assert client.get(name)["status"]["state"] == "succeeded"
    assert [line["text"] for line in client.logs(job, follow=True)] == ["one", "two"]
    assert job["metadata"]["uid"] in [one["metadata"]["uid"] for one in client.list(state=["succeeded"])]


def test_the_same_key_is_the_same_job(client: Client) -> None:
    key = str(uuid.uuid4())
    jobs = [client.submit_job({"spec": {"command": ["true"]}, "name": f"job-{key}"}, idempotency_key=key) for _ in "ab"]
    assert [job["repeated"] for job in jobs] == [False, True]
    assert jobs[0]["metadata"]["uid"] == jobs[1]["metadata"]["uid"]


def test_a_cancelled_job_may_be_cancelled_again(client: Client) -> None:
    job = client.submit_job({"spec": {"command": ["sleep", "600"]}, "name": f"job-{uuid.uuid4()}"})
    client.cancel(job, reason="a test")
    for event in client.follow(job, after="start"):
        if event["state"] == "cancelled":
            break
    assert client.cancel(job)["status"]["state"] == "cancelled"


def test_refusals_are_told(client: Client) -> None:
    with pytest.raises(CapstanError) as caught:
        client.get("nothing-of-this-name")
    assert (caught.value.code, caught.value.status) == ("job.not_found", 404)
    assert caught.value.request_id
    with pytest.raises(CapstanError) as caught:
        client.submit_job({"spec": {"priority": 1000}})
    assert "spec.priority" in [detail["path"] for detail in caught.value.details]
