"""From Python's words to the body of a submission."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any, Literal, TypedDict

if TYPE_CHECKING:
    from typing_extensions import NotRequired, Unpack

Duration = str | float | timedelta
"""`"30s"` and the like as the server spells them, or seconds, or a timedelta."""

JobRef = str | Mapping[str, Any]
"""A uid, a name, or anything of the server's that has one: a job, an item of a batch, an outcome."""


class Concurrency(TypedDict):
    """At most `limit` tasks of this key run at a time."""

    key: str
    limit: int


class Rate(TypedDict):
    """At most `limit` tasks of this key start in each `per`."""

    key: str
    limit: int
    per: Duration


class Unique(TypedDict):
    """A second submission of this key is the same task: within `window`, or until it has ended."""

    key: str
    window: NotRequired[Duration]


class TaskOptions(TypedDict, total=False):
    """Everything about a task but its handler and its payload. All of it has a default."""

    name: str
    labels: Mapping[str, str]
    queue: str
    priority: int
    type: Literal["training", "inference", "evaluation", "simulation", "batch"]
    timeout: Duration
    """Of one attempt."""
    deadline: Duration
    """Of the task, from its submission."""
    start_deadline: Duration
    start_after: datetime | str
    retry: Mapping[str, Any]
    """As in the API: `{"limit": 3, "backoff": {"initial": "5s"}}`."""
    ttl_after_finished: Duration
    fair_key: str
    concurrency: Concurrency
    rate: Rate
    unique: Unique
    after: Sequence[JobRef]
    on_dependency_failure: Literal["fail", "run"]
    cancel_grace: Duration


class JobItem(TypedDict):
    """One job of a batch."""

    spec: dict[str, Any]
    name: NotRequired[str]
    labels: NotRequired[dict[str, str]]


_OF_JOB = {"name", "labels"}
_OF_SPEC = {
    "queue": "queue",
    "priority": "priority",
    "type": "type",
    "timeout": "timeout",
    "deadline": "deadline",
    "start_deadline": "startDeadline",
    "start_after": "startAfter",
    "retry": "retry",
    "ttl_after_finished": "ttlAfterFinished",
}
_OF_TASK = {
    "fair_key": "fairKey",
    "concurrency": "concurrency",
    "rate": "rate",
    "unique": "unique",
    "after": "after",
    "on_dependency_failure": "onDependencyFailure",
    "cancel_grace": "cancelGrace",
}


def task(handler: str, payload: Any = None, **options: Unpack[TaskOptions]) -> JobItem:
    """A task, for `submit_batch`. Raises TypeError for an option that does not exist."""
    unknown = sorted(set(options) - _OF_JOB - set(_OF_SPEC) - set(_OF_TASK))
    if unknown:
        raise TypeError(f"there is no option {', '.join(unknown)}")
    given = {name: _wire(name, value) for name, value in options.items() if value is not None}
    of_task = {wire: given[name] for name, wire in _OF_TASK.items() if name in given}
    spec = {wire: given[name] for name, wire in _OF_SPEC.items() if name in given}
    item: JobItem = {"spec": {**spec, "task": {"handler": handler, "payload": payload, **of_task}}}
    if "name" in given:
        item["name"] = given["name"]
    if "labels" in given:
        item["labels"] = dict(given["labels"])
    return item


def duration(value: Duration) -> str:
    """`90` → `"90000ms"`. Raises ValueError for a negative one."""
    if isinstance(value, str):
        return value
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if not seconds >= 0:
        raise ValueError(f"{value!r} is no duration")
    return f"{round(seconds * 1000)}ms"


def timestamp(value: datetime | str) -> str:
    """RFC 3339. A time without a zone is refused: the server's clock may stand in another."""
    if isinstance(value, str):
        return value
    if value.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone: write datetime.now(timezone.utc), say")
    return value.astimezone(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def reference(job: JobRef) -> str:
    """The uid, where there is one."""
    if isinstance(job, str):
        return job
    found = job.get("uid") or job.get("metadata", {}).get("uid")
    if not isinstance(found, str):
        raise ValueError(f"no uid in {sorted(job)}: was this item refused?")
    return found


def project_of(job: JobRef, otherwise: str | None) -> str | None:
    """The project that a job view names; a uid or a name says nothing of it."""
    if isinstance(job, str):
        return otherwise
    found = job.get("metadata", {}).get("namespace")
    return found if isinstance(found, str) else otherwise


_DURATIONS = {"timeout", "deadline", "start_deadline", "ttl_after_finished", "cancel_grace"}


def _wire(name: str, value: Any) -> Any:
    if name in _DURATIONS:
        return duration(value)
    if name == "start_after":
        return timestamp(value)
    if name == "after":
        return [reference(job) for job in value]
    if name == "rate":
        return {**value, "per": duration(value["per"])}
    if name == "unique" and "window" in value:
        return {**value, "window": duration(value["window"])}
    return value
