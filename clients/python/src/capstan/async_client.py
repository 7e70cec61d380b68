"""The client for asyncio: the same methods as `Client`, awaited. What they say is explained there."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import httpx

from capstan._exchange import Answer, Exchange, Retry, accepted
from capstan._operations import Operations
from capstan._options import JobItem, JobRef, TaskOptions, task
from capstan._server import find_server
from capstan._sse import Following, Parser
from capstan._transport import AsyncTransport
from capstan.client import is_stream, pausing
from capstan.errors import CapstanError, Unreachable

if TYPE_CHECKING:
    from typing_extensions import Self, Unpack

    from capstan.models import BatchAnswer, EndedJob, Event, Job, LogLine, SubmittedJob

    Outcomes = list[EndedJob]  # inside the class `list` is a method

T = TypeVar("T")


class AsyncClient:
    """Submits, waits, follows and cancels, on one event loop. Arguments as for `Client`."""

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
        self._transport = AsyncTransport(found, timeout)
        self._operations = Operations(project or os.environ.get("CAPSTAN_PROJECT") or None, retry or Retry())

    async def submit(
        self,
        handler: str,
        payload: Any = None,
        *,
        project: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> SubmittedJob:
        """A task for whichever worker announces `handler`. It is durable when this returns."""
        return await self._run(self._operations.submit(task(handler, payload, **options), project, idempotency_key))

    async def submit_job(
        self, job: JobItem, *, project: str | None = None, idempotency_key: str | None = None
    ) -> SubmittedJob:
        """Any job, as the API takes it."""
        return await self._run(self._operations.submit(job, project, idempotency_key))

    async def submit_batch(
        self,
        jobs: Iterable[JobItem],
        *,
        mode: Literal["each", "all"] = "each",
        project: str | None = None,
        idempotency_key: str | None = None,
    ) -> BatchAnswer:
        """Up to 10,000 at once, each answered for itself or all refused together."""
        return await self._run(self._operations.submit_batch(jobs, mode, project, idempotency_key))

    async def submit_and_wait(
        self,
        handler: str,
        payload: Any = None,
        *,
        wait_timeout: float | None = None,
        project: str | None = None,
        idempotency_key: str | None = None,
        **options: Unpack[TaskOptions],
    ) -> Any:
        """The task's result. Raises TaskFailed, TaskCancelled, WaitTimeout."""
        item = task(handler, payload, **options)
        return await self._run(self._operations.submit_and_wait(item, wait_timeout, project, idempotency_key))

    async def wait(
        self,
        jobs: Sequence[JobRef],
        *,
        until: Literal["all", "any"] = "all",
        timeout: float | None = None,
        project: str | None = None,
    ) -> Outcomes:
        """What they came to, in the order of `jobs`. Raises WaitTimeout."""
        return await self._run(self._operations.wait(jobs, until, timeout, project))

    async def result(self, job: JobRef, *, timeout: float | None = None, project: str | None = None) -> Any:
        """Waits for the task and returns its result. Raises TaskFailed, TaskCancelled, WaitTimeout."""
        return await self._run(self._operations.result(job, timeout, project))

    async def payload(self, job: JobRef, *, project: str | None = None) -> Any:
        """What a task was submitted with."""
        return await self._run(self._operations.payload(job, project))

    async def get(self, job: JobRef, *, project: str | None = None) -> Job:
        return await self._run(self._operations.get(job, project))

    async def list(self, *, limit: int | None = None, **filters: Any) -> AsyncIterator[Job]:
        """Newest first, page by page."""
        cursor = None
        while True:
            page = await self._run(self._operations.page({**filters, "limit": limit}, cursor))
            for job in page["items"]:
                yield job
            cursor = page.get("next")
            if cursor is None:
                return

    async def cancel(self, job: JobRef, *, reason: str | None = None, project: str | None = None) -> Job:
        """Its handler is asked to stop; `wait` tells when it has."""
        return await self._run(self._operations.cancel(job, reason, project))

    def follow(
        self, job: JobRef | None = None, *, after: str | None = None, project: str | None = None
    ) -> AsyncIterator[Event]:
        """Events as they happen, across broken connections."""
        return self._follow(self._operations.following(job, after, project))

    def logs(self, job: JobRef, *, follow: bool = False, project: str | None = None) -> AsyncIterator[LogLine]:
        """What its handler logged, in the latest attempt."""
        return self._follow(self._operations.logs(job, follow, project))

    async def close(self) -> None:
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def _run(self, exchange: Exchange[T]) -> T:
        return await self._transport.run(exchange)

    async def _follow(self, following: Following) -> AsyncIterator[Any]:
        while True:
            try:
                response = await self._transport.open(following.next_request())
                try:
                    async for item in self._items(response, following):
                        yield item
                    return
                finally:
                    await response.aclose()
            except CapstanError as error:
                pause = following.pause_after(error)
            await self._transport.run(pausing(pause))

    async def _items(self, response: httpx.Response, following: Following) -> AsyncIterator[Any]:
        """Ends after the stream's own end. Raises Unreachable when it breaks off before."""
        parser = Parser()
        try:
            if response.is_error or not is_stream(response):
                accepted(Answer(response.status_code, response.headers, await response.aread()))
                raise Unreachable("what answers is no stream of events")
            following.opened = True
            async for piece in response.aiter_bytes():
                for message in parser.feed(piece):
                    if message.event == "end":
                        return
                    yield following.take(message)
        except (httpx.HTTPError, OSError) as error:
            raise Unreachable(f"the stream broke off: {str(error) or type(error).__name__}") from error
        raise Unreachable("the stream broke off before its end")
