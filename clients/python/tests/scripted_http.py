"""An HTTP server that answers as a test tells it to, and remembers what it was asked."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Asked:
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Answered:
    """`json` or `body`; `cut`: the connection ends after so many bytes of it, `hang_up`: before any answer."""

    status: int = 200
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes | None = None
    cut: bool = False
    hang_up: bool = False

    @property
    def bytes(self) -> bytes:
        return json.dumps(self.json).encode() if self.body is None else self.body


def refused(status: int, code: str, **more: Any) -> Answered:
    """An error body, as the server writes it."""
    error = {"code": code, "message": f"it is {code}", "next": "mend it", "details": [], "request_id": "req-1"}
    return Answered(status, {"error": {**error, **more.pop("error", {})}}, **more)


def stream(*parts: str, cut: bool = False) -> Answered:
    """Server-sent events."""
    return Answered(200, None, {"content-type": "text/event-stream"}, "".join(parts).encode(), cut=cut)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hangs up, as some tests have it, is nothing to print."""


class ScriptedHttp:
    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self.script: list[Answered | Callable[[Asked], Answered]] = []
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answers(self, *script: Answered | Callable[[Asked], Answered]) -> ScriptedHttp:
        """In this order; the last one again and again."""
        self.script = list(script)
        return self

    def encrypt(self, context: ssl.SSLContext) -> ScriptedHttp:
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        return self

    def __enter__(self) -> ScriptedHttp:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _next(self, asked: Asked) -> Answered:
        with self._lock:
            self.asked.append(asked)
            answer = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        return answer(asked) if callable(answer) else answer

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        scripted = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                headers = {name.lower(): value for name, value in self.headers.items()}
                answer = scripted._next(Asked(self.command, self.path, headers, body))
                self.close_connection = True
                if answer.hang_up:
                    return
                self.send_response(answer.status)
                for name, value in {"content-type": "application/json", **answer.headers}.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(answer.bytes) + (1 if answer.cut else 0)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(answer.bytes)

            do_GET = do_POST = do_PUT = _answer

            def log_message(self, format: str, *args: Any) -> None:
                """Says nothing."""

        return Handler
