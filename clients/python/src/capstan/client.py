"""The blocking client. Every method may raise `CapstanError`; requests are repeated where that is safe (all are:
submissions carry an idempotency key), so an error is what was left after the last try.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import httpx

from capstan._exchange import Answer, Exchange, Pause, Retry, accepted
from capstan._operations import Operations
from capstan._options import JobItem, JobRef, TaskOptions, task
from capstan._server import find_server
from capstan._sse import Following, Parser
from capstan._transport import Transport
from capstan.errors import CapstanError, Unreachable

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from capstan.models import BatchAnswer, EndedJob, Event, Job, LogLine, SubmittedJob

    Outcomes = list[EndedJob]  # inside the class `list` is a method

T = TypeVar("T")


class Client:
    """Submits, waits, follows and cancels. Safe to use from several threads.

    Without arguments: CAPSTAN_SERVER, CAPSTAN_KEY or CAPSTAN_KEY_FILE, CAPSTAN_PROJECT, and for TLS with a
    certificate authority of one's own CAPSTAN_CA_FILE. `timeout` is that of one request, in seconds.

    A *job* is a uid, a name, or what the server answered about it.
    """

    def __init__(
        self,
        server: str | None = None,
        *,
        key: str | None = None,
        key_file: str | os.PathLike[str] | None = None,
        project: str | None = None,
        ca_file: str | os.PathLike[str] | None = None,
        allow_plain_http: bool = False,
        timeout: float = 30.0,
        retry: Retry | None = None,
    ) -> None:
        found = find_server(server, key, key_file, ca_file=ca_file, allow_plain_http=allow_plain_http)
        self._transport = Transport(found, timeout)
        self._operations = Operations(project or os.environ.get("CAPSTAN_PROJECT") or None, retry or Retry())

    def submit(
        self,
        handler: str,
        payload: Any = None,
        *,
        project: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> SubmittedJob:
        """A task for whichever worker announces `handler`. It is durable when this returns.

        `repeated` in the answer: it was there already, by its key or its name.
        """
        return self._run(self._operations.submit(task(handler, payload, **options), project, idempotency_key))

    def submit_job(
        self, job: JobItem, *, project: str | None = None, idempotency_key: str | None = None
    ) -> SubmittedJob:
        """Any job, as the API takes it: `{"name": …, "labels": …, "spec": {…}}`."""
        return self._run(self._operations.submit(job, project, idempotency_key))

    def submit_batch(
        self,
        jobs: Iterable[JobItem],
        *,
        mode: Literal["each", "all"] = "each",
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> BatchAnswer:
        """Up to 10,000 at once; `capstan.task(handler, payload, …)` makes one.

        `each`: every item is answered for itself, in order. `all`: one that is refused refuses them all.
        """
        return self._run(self._operations.submit_batch(jobs, mode, project, idempotency_key))

    def submit_and_wait(
        self,
        handler: str,
        payload: Any = None,
        *,
        wait_timeout: float | None = None,
        project: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> Any:
        """The task's result. Raises TaskFailed, TaskCancelled, and WaitTimeout after `wait_timeout` seconds (the
        task then goes on)."""
        item = task(handler, payload, **options)
        return self._run(self._operations.submit_and_wait(item, wait_timeout, project, idempotency_key))

    def wait(
        self,
        jobs: Sequence[JobRef],
        *,
        until: Literal["all", "any"] = "all",
        timeout: float | None = None,
        project: str | None = None,
    ) -> Outcomes:
        """What all of them came to, in the order of `jobs`; with `any`, of those that have ended when the first has.

        Raises WaitTimeout, which holds those that have ended.
        """
        return self._run(self._operations.wait(jobs, until, timeout, project))

    def result(self, job: JobRef, *, timeout: float | None = None, project: str | None = None) -> Any:
        """Waits for the task and returns its result, of any size. Raises TaskFailed, TaskCancelled, WaitTimeout."""
        return self._run(self._operations.result(job, timeout, project))

    def payload(self, job: JobRef, *, project: str | None = None) -> Any:
        """What a task was submitted with."""
        return self._run(self._operations.payload(job, project))

    def get(self, job: JobRef, *, project: str | None = None) -> Job:
        return self._run(self._operations.get(job, project))

    def list(self, *, limit: int | None = None, **filters: Any) -> Iterator[Job]:
        """Newest first, page by page; `limit` is that of one page.

        `filters`: project, state (one or a list), queue, type, handler, selector, newerThan, olderThan.
        """
        cursor = None
        while True:
            page = self._run(self._operations.page({**filters, "limit": limit}, cursor))
            yield from page["items"]
            cursor = page.get("next")
            if cursor is None:
                return

    def cancel(self, job: JobRef, *, reason: str | None = None, project: str | None = None) -> Job:
        """Its handler is asked to stop; `wait` tells when it has."""
        return self._run(self._operations.cancel(job, reason, project))

    def follow(
        self, job: JobRef | None = None, *, after: str | None = None, project: str | None = None
    ) -> Iterator[Event]:
        """Events as they happen, across broken connections: none is skipped, none comes twice.

        `after`: an event's id, or "start" for those that are still kept; without it from now on.
        """
        return self._follow(self._operations.following(job, after, project))

    def logs(self, job: JobRef, *, follow: bool = False, project: str | None = None) -> Iterator[LogLine]:
        """What its handler logged, in the latest attempt; with `follow` until that has ended."""
        return self._follow(self._operations.logs(job, follow, project))

    def close(self) -> None:
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _run(self, exchange: Exchange[T]) -> T:
        return self._transport.run(exchange)

    def _follow(self, following: Following) -> Iterator[Any]:
        while True:
            try:
                response = self._transport.open(following.next_request())
                try:
                    yield from self._items(response, following)
                    return
                finally:
                    response.close()
            except CapstanError as error:
                pause = following.pause_after(error)
            self._transport.run(pausing(pause))

    def _items(self, response: httpx.Response, following: Following) -> Iterator[Any]:
        """Ends after the stream's own end. Raises Unreachable when it breaks off before."""
        parser = Parser()
        try:
            if response.is_error or not is_stream(response):
                accepted(Answer(response.status_code, response.headers, response.read()))
                raise Unreachable("what answers is no stream of events")
            following.opened = True
            for piece in response.iter_bytes():
                for message in parser.feed(piece):
                    if message.event == "end":
                        return
                    yield following.take(message)
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(f"the stream broke off: {str(error) or type(error).__name__}") from error
        raise Unreachable("the stream broke off before its end")


def is_stream(response: httpx.Response) -> bool:
    return str(response.headers.get("content-type", "")).startswith("text/event-stream")


def pausing(seconds: float) -> Exchange[None]:
    yield Pause(seconds)
