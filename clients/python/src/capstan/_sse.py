"""Server-sent events, as our server writes them: lines end with LF or CRLF (`str.splitlines` would cut at U+2028
too), and each item has an id that resumes after it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from capstan._exchange import Answer, Request, Retry, refusal
from capstan.errors import CapstanError, Unreachable

PASSING = frozenset({"store.unavailable", "server.stopping", "agent.unavailable"})
"""Codes of `event: error` that pass by themselves."""

SILENCE = 90.0
"""Seconds without a byte after which a stream is dead: the server sends comments more often."""


@dataclass(frozen=True)
class Message:
    event: str
    data: str
    id: str | None


@dataclass
class Parser:
    """Fed with the pieces of a stream as they come, cut anywhere."""

    _rest: bytes = b""
    _event: str = ""
    _data: list[str] = field(default_factory=list)
    _id: str | None = None

    def feed(self, piece: bytes) -> list[Message]:
        lines = (self._rest + piece).replace(b"\r\n", b"\n").split(b"\n")
        self._rest = lines.pop()
        messages = []
        for line in lines:
            message = self._line(line.decode("utf-8", "replace"))
            if message:
                messages.append(message)
        return messages

    def _line(self, line: str) -> Message | None:
        if line == "":
            return self._dispatch()
        name, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if name == "event":
            self._event = value
        elif name == "data":
            self._data.append(value)
        elif name == "id":
            self._id = value
        return None

    def _dispatch(self) -> Message | None:
        message = Message(self._event or "message", "\n".join(self._data), self._id) if self._data else None
        self._event, self._data = "", []
        return message


@dataclass
class Following:
    """Where a follower is: what to ask next, and whether to ask again after a break."""

    request: Request
    retry: Retry
    opened: bool = False
    last_id: str | None = None
    failures: int = 0

    def next_request(self) -> Request:
        """Where it goes on replaces where it began."""
        headers = {"accept": "text/event-stream"}
        if self.last_id is None:
            return Request("GET", self.request.path, self.request.params, headers, patience=SILENCE)
        params = {name: value for name, value in self.request.params.items() if name != "after"}
        headers["last-event-id"] = self.last_id
        return Request("GET", self.request.path, params, headers, patience=SILENCE)

    def take(self, message: Message) -> Any:
        """The item that a message holds. Raises CapstanError for an `event: error`."""
        if message.event == "error":
            raise stream_error(message.data)
        self.failures = 0
        self.last_id = message.id or self.last_id
        return json.loads(message.data)

    def pause_after(self, error: CapstanError) -> float:
        """Seconds until the next try. Raises `error` when there is none: what could never be opened is the
        caller's to know, and so is what does not pass."""
        self.failures += 1
        if not self.opened or not is_passing(error) or self.failures >= self.retry.tries:
            raise error
        return self.retry.pause(self.failures)


def is_passing(error: CapstanError) -> bool:
    return isinstance(error, Unreachable) or error.status in (429, 503)


def stream_error(data: str) -> CapstanError:
    """An `event: error` carries no status; what a retry can mend counts as 503."""
    error = refusal(Answer(500, {}, data.encode()))
    if isinstance(error, Unreachable):
        return error
    error.status = 503 if error.code in PASSING else 500 if error.code == "internal" else 400
    return error
