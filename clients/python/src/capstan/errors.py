"""What can come instead of an answer. Everything that the clients raise on purpose is a `CapstanError`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from capstan.models import EndedJob, TaskError
    from capstan.models import ErrorErrorDetail as ErrorDetail

MOST_DETAILS_TOLD = 3


class CapstanError(Exception):
    """A refusal by the server, or no answer from it.

    `code` is stable and meant for programs (docs/errors.md lists the server's; those that begin with `client.`
    come from here); `status` is the HTTP status, 0 without an answer; `details` name the fields that are wrong;
    `next` says what to do; `request_id` finds the request in the server's log.
    """

    def __init__(
        self,
        message: str,
        *,
        code: str,
        status: int = 0,
        next: str = "",
        details: Sequence[ErrorDetail] = (),
        request_id: str = "",
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.status = status
        self.next = next
        self.details = list(details)
        self.request_id = request_id

    def __str__(self) -> str:
        told = [f"{d['path']}: expected {d['expected']}, got {d['got']}" for d in self.details[:MOST_DETAILS_TOLD]]
        left_out = len(self.details) - len(told)
        if left_out > 0:
            told.append(f"and {left_out} more")
        return self.message + (f" ({'; '.join(told)})" if told else "")


class Unreachable(CapstanError):
    """No answer, or one that does not come from Capstan."""

    def __init__(self, message: str) -> None:
        super().__init__(
            message,
            code="client.unreachable",
            next="Check the address (CAPSTAN_SERVER) and that the server runs.",
        )


class WaitTimeout(CapstanError, TimeoutError):
    """The time that the caller gave is over. `done` has the outcomes that were there by then."""

    def __init__(self, message: str, done: Sequence[EndedJob] = ()) -> None:
        super().__init__(message, code="client.timeout", next="Wait again: the tasks go on.")
        self.done = list(done)


class TaskFailed(CapstanError):
    """A task ended without a result. `error` is what its handler raised, when it was that."""

    def __init__(self, outcome: EndedJob) -> None:
        error = outcome.get("error")
        reason = outcome.get("reason", "")
        message = outcome.get("message", "")
        sentence = f"{error.get('type', 'Error')}: {error['message']}" if error else (message or reason)
        super().__init__(f"{outcome['name']} {outcome['state']}: {sentence}", code=self._code())
        self.uid = outcome["uid"]
        self.name = outcome["name"]
        self.state = outcome["state"]
        self.reason = reason
        self.error: TaskError | None = error

    @staticmethod
    def _code() -> str:
        return "client.task-failed"


class TaskCancelled(TaskFailed):
    """A task was cancelled before it had a result."""

    @staticmethod
    def _code() -> str:
        return "client.task-cancelled"


class WorkerRefused(CapstanError):
    """The server does not want this worker: its key, what it asks for, or what it said. Trying again is no use."""


class NonRetryable(Exception):
    """Raise it, or a subclass, in a handler when another attempt would fail as well: a dead letter at once."""
