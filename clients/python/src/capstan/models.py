"""What the server answers: dictionaries as they come from JSON. Generated from docs/openapi.json by
tools/generate_models.py; do not edit.
"""

from __future__ import annotations

import sys
from typing import Any, Literal, TypedDict

if sys.version_info >= (3, 11):
    from typing import NotRequired
else:
    from typing_extensions import NotRequired


class JobMetadata(TypedDict):
    name: str
    namespace: str
    uid: str
    labels: dict[str, str]
    resourceVersion: str
    creationTimestamp: str


class JobStatusCharges(TypedDict):
    failed: int
    lost: int
    preempted: int


class JobStatusAttemptOutcomeMember(TypedDict):
    role: str
    index: int


class TaskError(TypedDict):
    message: str
    type: NotRequired[str]
    """Name of the exception, for retry rules"""
    stack: NotRequired[str]
    retryable: bool
    """false: a dead letter at once"""


class JobStatusAttemptOutcome(TypedDict):
    kind: Literal["succeeded", "failed", "stopped"]
    reason: NotRequired[str]
    message: NotRequired[str]
    member: NotRequired[JobStatusAttemptOutcomeMember]
    exitCode: NotRequired[int]
    signal: NotRequired[str]
    error: NotRequired[TaskError]


class JobStatusAttemptPlacedItem(TypedDict):
    node: str
    role: str
    members: int


class JobStatusAttemptPreempted(TypedDict):
    by: str
    """The job that got its place"""
    uid: str
    reason: Literal["Reclaimed", "HigherPriority", "Overrun"]
    lost: float
    """Work since its last checkpoint, seconds"""


class JobStatusAttemptMember(TypedDict):
    role: str
    index: int
    rank: int
    phase: Literal["waiting", "running", "ended"]
    pid: NotRequired[int]
    node: NotRequired[str]
    startedAt: NotRequired[str]
    endedAt: NotRequired[str]
    exitCode: NotRequired[int]
    signal: NotRequired[str]
    reason: NotRequired[str]
    message: NotRequired[str]
    peakMemory: NotRequired[int]
    """Bytes, proportional set size"""
    cpuTime: NotRequired[float]
    """Seconds"""


class JobStatusAttemptOutput(TypedDict):
    name: str
    path: str
    bytes: int


class JobStatusAttempt(TypedDict):
    number: int
    agent: str
    admittedAt: str
    startedAt: NotRequired[str]
    endedAt: NotRequired[str]
    outcome: NotRequired[JobStatusAttemptOutcome]
    flavor: NotRequired[str]
    """Of its nodes"""
    domain: NotRequired[str]
    """The zone, rack or node that holds all of it"""
    placed: NotRequired[list[JobStatusAttemptPlacedItem]]
    """Where its members were put"""
    backfilled: NotRequired[bool]
    """It passed the first of its queue, which it was expected not to delay"""
    preempted: NotRequired[JobStatusAttemptPreempted]
    members: list[JobStatusAttemptMember]
    outputs: list[JobStatusAttemptOutput]


class JobStatusProgress(TypedDict):
    fraction: NotRequired[float]
    """From 0 to 1"""
    message: NotRequired[str]
    at: str


class JobStatus(TypedDict):
    state: Literal["pending", "admitted", "running", "unreachable", "stopping", "backoff", "suspended", "succeeded", "failed", "cancelled"]
    reason: str
    message: str
    since: str
    attempt: int
    """Number of the latest attempt; 0 before the first"""
    submittedBy: str
    updatedAt: str
    endedAt: NotRequired[str]
    retryAt: NotRequired[str]
    """End of the backoff"""
    stoppingTo: NotRequired[str]
    """Where a stopping job goes"""
    charges: JobStatusCharges
    attempts: list[JobStatusAttempt]
    """The last 20"""
    result: NotRequired[Any]
    """What the handler of a task returned, where it is at most 32 KiB"""
    resultBytes: NotRequired[int]
    """Size of a larger result: GET …/result reads it"""
    payloadBytes: NotRequired[int]
    """Size of a payload above 32 KiB: GET …/payload reads it"""
    error: NotRequired[TaskError]
    """What the handler of a task threw last"""
    progress: NotRequired[JobStatusProgress]
    worker: NotRequired[str]
    """Session of the worker that holds the task"""


class Job(TypedDict):
    """An AI job: what was asked for and what became of it"""

    apiVersion: Literal["capstan.dev/v1alpha1"]
    kind: Literal["AIJob"]
    metadata: JobMetadata
    spec: dict[str, Any]
    """As submitted, every default filled in; may be submitted again"""
    status: JobStatus


class SubmittedJob(TypedDict):
    apiVersion: Literal["capstan.dev/v1alpha1"]
    kind: Literal["AIJob"]
    metadata: JobMetadata
    spec: dict[str, Any]
    """As submitted, every default filled in; may be submitted again"""
    status: JobStatus
    repeated: bool
    """True when this submission was known already"""


class JobList(TypedDict):
    items: list[Job]
    next: NotRequired[str]


class EndedJob(TypedDict):
    uid: str
    name: str
    state: Literal["pending", "admitted", "running", "unreachable", "stopping", "backoff", "suspended", "succeeded", "failed", "cancelled"]
    reason: str
    message: str
    result: NotRequired[Any]
    resultBytes: NotRequired[int]
    """Size of a result that is not shown here: GET …/result reads it"""
    error: NotRequired[TaskError]


class WaitAnswer(TypedDict):
    done: bool
    """False: call again"""
    jobs: list[EndedJob]
    """Those that have ended"""
    waiting: int
    """How many have not"""


class BatchAnswerItemErrorDetail(TypedDict):
    path: str
    expected: str
    got: str


class BatchAnswerItemError(TypedDict):
    code: str
    message: str
    details: NotRequired[list[BatchAnswerItemErrorDetail]]


class BatchAnswerItem(TypedDict):
    uid: NotRequired[str]
    name: NotRequired[str]
    repeated: NotRequired[bool]
    error: NotRequired[BatchAnswerItemError]


class BatchAnswer(TypedDict):
    items: list[BatchAnswerItem]
    submitted: int
    repeated: int
    failed: int


class Event(TypedDict):
    id: str
    """Cursor: following after it continues with the next event"""
    at: str
    type: Literal["normal", "warning"]
    reason: str
    message: str
    project: str
    job: str
    uid: str
    state: str
    """The state that the job was in after the event"""


class LogLine(TypedDict):
    id: str
    """Cursor: reading after it continues with the next line"""
    attempt: int
    role: str
    member: int
    at: str
    stream: Literal["stdout", "stderr", "capstan"]
    """capstan: said by us, such as what a cap dropped"""
    text: str
    """Bytes that are no UTF-8 are replaced"""
    partial: bool
    """True when the line goes on in the next item"""


class ErrorErrorDetail(TypedDict):
    path: str
    """Where: spec.roles[0].members"""
    expected: str
    got: str
    hint: NotRequired[str]
    """The nearest known name, or what to do"""


class ErrorError(TypedDict):
    code: str
    message: str
    next: str
    """What to do about it"""
    details: list[ErrorErrorDetail]
    request_id: str


class Error(TypedDict):
    error: ErrorError
