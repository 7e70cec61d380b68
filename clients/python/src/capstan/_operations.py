"""What can be asked of the server, as exchanges: the whole of the clients but their I/O."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast
from urllib.parse import quote

from capstan._exchange import Exchange, Request, Retry, call, call_json, to_json
from capstan._ids import uuid7
from capstan._options import JobItem, JobRef, project_of, reference
from capstan._sse import Following
from capstan.errors import CapstanError, TaskCancelled, TaskFailed, WaitTimeout

if TYPE_CHECKING:
    from capstan.models import BatchAnswer, EndedJob, Job, JobList, SubmittedJob, WaitAnswer

MOST_WAITED = 10_000
"""Jobs in one request to wait."""

LONGEST_POLL = 20.0
"""Seconds that the server is asked to hold a request; it allows thirty."""


@dataclass(frozen=True)
class Operations:
    """Of one client: its project where none is named, and its patience."""

    project: str | None
    retry: Retry
    clock: Callable[[], float] = time.monotonic

    def submit(self, item: JobItem, project: str | None, key: str | None) -> Exchange[SubmittedJob]:
        body = to_json({"project": self._project(project), **item})
        headers = {"idempotency-key": key or uuid7()}
        answer: SubmittedJob = yield from call_json(
            Request("POST", "/api/v1/jobs", headers=headers, body=body), self.retry
        )
        return answer

    def submit_batch(
        self, items: Iterable[JobItem], mode: Literal["each", "all"], project: str | None, key: str | None
    ) -> Exchange[BatchAnswer]:
        body = {
            "project": self._project(project),
            "mode": mode,
            "jobs": list(items),
            "idempotencyKey": key or uuid7(),
        }
        answer: BatchAnswer = yield from call_json(
            Request("POST", "/api/v1/jobs:batch", body=to_json(body)), self.retry
        )
        return answer

    def get(self, job: JobRef, project: str | None) -> Exchange[Job]:
        answer: Job = yield from call_json(Request("GET", self._path(job, project)), self.retry)
        return answer

    def cancel(self, job: JobRef, reason: str | None, project: str | None) -> Exchange[Job]:
        body = to_json({} if reason is None else {"reason": reason})
        try:
            answer: Job = yield from call_json(
                Request("POST", self._path(job, project) + "/cancel", body=body), self.retry
            )
        except CapstanError as error:
            if error.code != "job.wrong_state":
                raise
            answer = yield from self.get(job, project)
            if answer["status"]["state"] != "cancelled":
                raise  # it ended in another way
        return answer

    def page(self, filters: Mapping[str, Any], cursor: str | None) -> Exchange[JobList]:
        params = {name: _parameter(value) for name, value in filters.items() if value is not None}
        if self.project is not None:
            params.setdefault("project", self.project)
        if cursor is not None:
            params["cursor"] = cursor
        answer: JobList = yield from call_json(Request("GET", "/api/v1/jobs", params), self.retry)
        return answer

    def payload(self, job: JobRef, project: str | None) -> Exchange[Any]:
        return (yield from call_json(Request("GET", self._path(job, project) + "/payload"), self.retry))

    def wait(
        self, jobs: Sequence[JobRef], until: Literal["all", "any"], timeout: float | None, project: str | None
    ) -> Exchange[list[EndedJob]]:
        """Those that have ended, in the order asked. Raises WaitTimeout."""
        if until == "any" and len(jobs) > MOST_WAITED:
            raise ValueError(f"to wait for any of them, at most {MOST_WAITED} jobs")
        waiting = list(dict.fromkeys(reference(job) for job in jobs))
        place = self._project(project or next((project_of(job, None) for job in jobs), None))
        ended: dict[str, EndedJob] = {}
        ends_at = None if timeout is None else self.clock() + timeout
        while waiting and not (until == "any" and ended):
            left = LONGEST_POLL if ends_at is None else min(LONGEST_POLL, ends_at - self.clock())
            answer = yield from self._poll(waiting[:MOST_WAITED], until, max(left, 0.001), place)
            for outcome in answer["jobs"]:
                ended[outcome["uid"]] = ended[outcome["name"]] = outcome
            waiting = [job for job in waiting if job not in ended]
            if waiting and not (until == "any" and ended) and ends_at is not None and self.clock() >= ends_at:
                raise WaitTimeout(
                    f"{len(waiting)} of {len(jobs)} have not ended in {timeout} s", _in_order(jobs, ended)
                )
        return _in_order(jobs, ended)

    def _poll(self, jobs: Sequence[str], until: str, seconds: float, project: str) -> Exchange[WaitAnswer]:
        body = to_json({"project": project, "jobs": jobs, "until": until, "timeout": f"{round(seconds * 1000)}ms"})
        request = Request("POST", "/api/v1/jobs:wait", body=body, patience=seconds)
        answer: WaitAnswer = yield from call_json(request, self.retry)
        return answer

    def result(self, job: JobRef, timeout: float | None, project: str | None) -> Exchange[Any]:
        """Waits for the end. Raises TaskFailed, TaskCancelled, WaitTimeout."""
        place = project or project_of(job, None)
        (outcome,) = yield from self.wait([job], "all", timeout, place)
        return (yield from self.value(outcome, place))

    def value(self, outcome: EndedJob, project: str | None) -> Exchange[Any]:
        """The result of one that has ended: large ones do not stand in the outcome. Raises TaskFailed."""
        if outcome["state"] == "cancelled":
            raise TaskCancelled(outcome)
        if outcome["state"] != "succeeded":
            raise TaskFailed(outcome)
        if "result" in outcome or not outcome.get("resultBytes"):
            return outcome.get("result")
        answer = yield from call(Request("GET", self._path(outcome["uid"], project) + "/result"), self.retry)
        return json.loads(answer.body)

    def submit_and_wait(
        self, item: JobItem, timeout: float | None, project: str | None, key: str | None
    ) -> Exchange[Any]:
        started = self.clock()
        job = yield from self.submit(item, project, key)
        left = None if timeout is None else max(0.0, timeout - (self.clock() - started))
        return (yield from self.result(job["metadata"]["uid"], left, project))

    def following(self, job: JobRef | None, after: str | None, project: str | None) -> Following:
        place = project or (project_of(job, self.project) if job is not None else self.project)
        params = {"project": place, "job": None if job is None else reference(job), "after": after}
        request = Request("GET", "/api/v1/events/follow", {k: v for k, v in params.items() if v is not None})
        return Following(request, self.retry)

    def logs(self, job: JobRef, follow: bool, project: str | None) -> Following:
        request = Request("GET", self._path(job, project) + "/logs", {"follow": "true"} if follow else {})
        return Following(request, self.retry)

    def _project(self, project: str | None) -> str:
        found = project or self.project
        if found is None:
            raise ValueError("no project is named: pass project=, here or to the client, or set CAPSTAN_PROJECT")
        return found

    def _path(self, job: JobRef, project: str | None) -> str:
        place = self._project(project or project_of(job, None))
        return f"/api/v1/jobs/{_segment(place)}/{_segment(reference(job))}"


def _in_order(jobs: Iterable[JobRef], ended: Mapping[str, EndedJob]) -> list[EndedJob]:
    return [ended[reference(job)] for job in jobs if reference(job) in ended]


def _segment(text: str) -> str:
    """A dot segment would lead to another route, even when it is escaped."""
    if text in ("", ".", ".."):
        raise ValueError(f"{text!r} is no name")
    return quote(text, safe="")


def _parameter(value: Any) -> str:
    if isinstance(value, (list, tuple)):
        return ",".join(cast("list[str]", value))
    return str(value)
