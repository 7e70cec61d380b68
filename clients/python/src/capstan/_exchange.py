"""Conversations with the server without any I/O: generators that yield a request or a pause and are given the
reply. `Client` runs them with blocking calls, `AsyncClient` with awaiting ones; what is said is written once.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from capstan.errors import CapstanError, Unreachable

T = TypeVar("T")

BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
LONGEST_RETRY_AFTER = 60.0


@dataclass(frozen=True)
class Request:
    """One HTTP request. Each may be sent again: it reads, or carries an idempotency key, or says the same twice."""

    method: str
    path: str
    params: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    patience: float = 0.0
    """Seconds that the server may take on purpose before it answers, beside the usual time limit."""


@dataclass(frozen=True)
class Answer:
    """`headers` has its names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def ok(self) -> bool:
        return 200 <= self.status < 300


@dataclass(frozen=True)
class NoAnswer:
    """The request may or may not have arrived."""

    reason: str


@dataclass(frozen=True)
class Pause:
    seconds: float


Step = Request | Pause
Reply = Answer | NoAnswer | None
Exchange = Generator[Step, Reply, T]


@dataclass(frozen=True)
class Retry:
    """How often a request is sent in all, and how long between, in seconds, where the server does not say.

    The defaults bridge a server that restarts: about twenty seconds together.
    """

    tries: int = 8
    first: float = 0.2
    factor: float = 2.0
    longest: float = 10.0
    random: Callable[[], float] = random.random

    def pause(self, attempt: int) -> float:
        """Between half and the whole of a growing delay: callers that failed together do not return together.

        @param attempt: from 1
        """
        return min(self.longest, self.first * self.factor ** min(attempt - 1, 64)) * (0.5 + self.random() / 2)

    def pause_after(self, reply: Answer | NoAnswer, attempt: int) -> float | None:
        """None when `reply` is final: an answer, or the last try."""
        if isinstance(reply, Answer) and reply.status not in BUSY:
            return None
        if attempt >= self.tries:
            return None
        wanted = retry_after(reply) if isinstance(reply, Answer) else None
        return self.pause(attempt) if wanted is None else wanted * (1 + self.random() / 4)


def retry_after(answer: Answer) -> float | None:
    """Seconds, at most a minute; the form with a date is not understood (our server sends none)."""
    text = answer.headers.get("retry-after", "")
    try:
        seconds = float(text)
    except ValueError:
        return None
    return min(seconds, LONGEST_RETRY_AFTER) if seconds >= 0 else None


def call(request: Request, retry: Retry) -> Exchange[Answer]:
    """A good answer. Raises CapstanError."""
    attempt = 1
    while True:
        reply = yield request
        assert reply is not None
        pause = retry.pause_after(reply, attempt)
        if pause is None:
            return accepted(reply)
        yield Pause(pause)
        attempt += 1


def accepted(reply: Answer | NoAnswer) -> Answer:
    if isinstance(reply, NoAnswer):
        raise Unreachable(reply.reason)
    if not reply.ok:
        raise refusal(reply)
    return reply


def call_json(request: Request, retry: Retry) -> Exchange[Any]:
    answer = yield from call(request, retry)
    return json.loads(answer.body)


def refusal(answer: Answer) -> CapstanError:
    """What the server's error body says, or that it is no body of ours."""
    error = _error_of(answer.body)
    if error is None:
        kind = answer.headers.get("content-type", "no content type")
        return Unreachable(f"what answers is not Capstan: HTTP {answer.status}, {kind}")
    return CapstanError(
        str(error["message"]),
        code=str(error.get("code", "")),
        status=answer.status,
        next=str(error.get("next", "")),
        details=error.get("details") or (),
        request_id=str(error.get("request_id", "")),
    )


def _error_of(body: bytes) -> dict[str, Any] | None:
    try:
        error = json.loads(body)["error"]
        return error if isinstance(error["message"], str) else None
    except (ValueError, LookupError, TypeError):
        return None


def to_json(value: object) -> bytes:
    """JSON as the wire wants it: UTF-8, and no NaN. Raises TypeError or ValueError for what is no JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
