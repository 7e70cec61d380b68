"""W3C trace context. With `opentelemetry-api` installed handlers run inside a span that continues the submitter's
trace, and requests carry the current one; without it a handler's own requests still pass its traceparent on.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from typing import Any

_current: ContextVar[str | None] = ContextVar("capstan_traceparent", default=None)


def _load(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError:
        return None


_propagate: Any = _load("opentelemetry.propagate")
_trace: Any = _load("opentelemetry.trace")


def outgoing_headers() -> dict[str, str]:
    """Headers of the trace that the caller is in; none outside of one."""
    headers: dict[str, str] = {}
    if _propagate is not None:
        _propagate.inject(headers)
    current = _current.get()
    if "traceparent" not in headers and current:
        headers["traceparent"] = current
    return headers


@contextmanager
def continued(traceparent: str | None, name: str) -> Iterator[None]:
    """Runs a handler as a part of the trace of whoever submitted its task."""
    token = _current.set(traceparent)
    try:
        if _trace is None or _propagate is None:
            yield
            return
        parent = _propagate.extract({"traceparent": traceparent} if traceparent else {})
        tracer = _trace.get_tracer("capstan")
        with tracer.start_as_current_span(f"task {name}", context=parent, kind=_trace.SpanKind.CONSUMER):
            yield
    finally:
        _current.reset(token)
