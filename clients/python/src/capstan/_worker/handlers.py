"""What a worker can do: functions by the names under which it announces them."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Isolation = Literal["thread", "process"]
Mode = Literal["async", "thread", "process"]

_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._/-]{0,126}[A-Za-z0-9])?")


@dataclass(frozen=True)
class Handler:
    """Called with the payload of one task, and its context when it takes two arguments."""

    name: str
    function: Callable[..., Any]
    mode: Mode
    takes_context: bool


@dataclass(frozen=True)
class BatchHandler:
    """Called with the payloads of up to `size` tasks; a batch waits at most `within` seconds for more."""

    name: str
    function: Callable[..., Any]
    mode: Mode
    takes_context: bool
    size: int
    within: float
    parallel: int


AnyHandler = Handler | BatchHandler


def single(name: str, function: Callable[..., Any], isolation: Isolation) -> Handler:
    """Raises ValueError or TypeError for what can not be a handler."""
    mode = _mode(function, isolation)
    return Handler(_checked(name), function, mode, _takes_context(function))


def batch(name: str, function: Callable[..., Any], size: int, within: float, parallel: int) -> BatchHandler:
    """Raises ValueError or TypeError for what can not be a handler."""
    if size < 1 or within < 0 or parallel < 1:
        raise ValueError("size and parallel are at least 1, within is at least 0 seconds")
    mode = _mode(function, "thread")
    return BatchHandler(_checked(name), function, mode, _takes_context(function), size, within, parallel)


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f'{name!r} is no name of a handler: up to 128 letters, digits, ".", "_", "-" and "/"')
    return name


def _mode(function: Callable[..., Any], isolation: Isolation) -> Mode:
    called = function if inspect.isroutine(function) else type(function).__call__
    if not inspect.iscoroutinefunction(called):
        return isolation
    if isolation == "process":
        raise TypeError("a handler in a process of its own is an ordinary function, not an async one")
    return "async"


def _takes_context(function: Callable[..., Any]) -> bool:
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    parameters = list(inspect.signature(function).parameters.values())
    count = sum(1 for one in parameters if one.kind in positional)
    if any(one.kind is inspect.Parameter.VAR_POSITIONAL for one in parameters):
        return True
    if not 1 <= count <= 2:
        raise TypeError("a handler takes the payload, and the context when it wants it")
    return count == 2
