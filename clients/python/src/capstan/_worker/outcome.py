"""What a handler came to, as an entry of `done`."""

from __future__ import annotations

import traceback
from typing import Any

from capstan._exchange import to_json
from capstan._worker.protocol import MESSAGE_UNITS, STACK_UNITS, TYPE_UNITS, Lease, clip
from capstan.errors import NonRetryable


class ResultRefused(NonRetryable):
    """The handler returned what can not be stored: no JSON, or too much of it."""


def encoded(value: Any) -> bytes:
    """A result as JSON. Raises ResultRefused."""
    try:
        return to_json(value)
    except (TypeError, ValueError, RecursionError) as error:
        raise ResultRefused(f"the result is no JSON: {error}") from error


def succeeded(lease: Lease, result: bytes) -> bytes:
    return _head(lease) + b',"result":' + result + b"}"


def stored(lease: Lease) -> bytes:
    """The result was sent by HTTP."""
    return _head(lease) + b"}"


def stopped(lease: Lease) -> bytes:
    return _head(lease) + b',"stopped":true}'


def failed(lease: Lease, error: BaseException) -> bytes:
    return failure(lease, task_error(error))


def failure(lease: Lease, error: dict[str, Any]) -> bytes:
    return _head(lease) + b',"error":' + to_json(error) + b"}"


def task_error(error: BaseException) -> dict[str, Any]:
    """Message, type, stack and whether another attempt makes sense."""
    stack = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    return {
        "message": clip(str(error) or type(error).__name__, MESSAGE_UNITS),
        "type": clip(type(error).__name__, TYPE_UNITS),
        "stack": clip(stack, STACK_UNITS),
        "retryable": not isinstance(error, NonRetryable),
    }


def _head(lease: Lease) -> bytes:
    return to_json({"uid": lease.uid, "attempt": lease.attempt})[:-1]
