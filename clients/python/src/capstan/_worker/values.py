"""Payloads, results of dependencies and results: beside the connection where they are large. Blocking."""

from __future__ import annotations

from typing import Any

from capstan._exchange import Request, Retry, call, call_json
from capstan._transport import Transport
from capstan._worker import outcome
from capstan._worker.outcome import ResultRefused
from capstan._worker.protocol import LARGEST_ENTRY, LARGEST_RESULT, Lease
from capstan.context import Dependency


class Values:
    """Over the same HTTP client as any other request, with its retries."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    @staticmethod
    def must_be_fetched(task: dict[str, Any]) -> bool:
        return "payloadPath" in task or any("resultPath" in one for one in task.get("dependencies") or ())

    def payload(self, task: dict[str, Any]) -> Any:
        path = task.get("payloadPath")
        return task.get("payload") if path is None else self._get(path)

    def dependencies(self, task: dict[str, Any]) -> list[Dependency]:
        return [self._dependency(one) for one in task.get("dependencies") or ()]

    def entry(self, lease: Lease, result: bytes) -> bytes:
        """The entry of `done` for a result, which is sent first when it is too large for a message.

        Raises ResultRefused, or CapstanError when it could not be sent.
        """
        inline = outcome.succeeded(lease, result)
        if len(inline) <= LARGEST_ENTRY:
            return inline
        if len(result) > LARGEST_RESULT:
            raise ResultRefused(f"the result has {len(result)} bytes; at most {LARGEST_RESULT} are kept")
        path = f"/api/v1/worker/results/{lease.uid}/{lease.attempt}"
        self._transport.run(call(Request("PUT", path, body=b'{"result":' + result + b"}"), Retry()))
        return outcome.stored(lease)

    def _dependency(self, one: dict[str, Any]) -> Dependency:
        path = one.get("resultPath")
        result = one.get("result") if path is None else self._get(path)
        return Dependency(one["uid"], one["name"], one["state"], result)

    def _get(self, path: str) -> Any:
        if not path.startswith("/api/"):
            raise ValueError(f"the server named {path!r}, which is none of its own paths")
        return self._transport.run(call_json(Request("GET", path), Retry()))
