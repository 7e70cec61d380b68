"""The closed vocabulary of clients/conformance: what handlers do, and what was seen of them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from capstan import NonRetryable, TaskContext, Worker

Spec = dict[str, Any]


@dataclass
class Seen:
    batches: dict[str, list[int]] = field(default_factory=dict)
    """Sizes of the calls, by handler."""
    stopped: set[str] = field(default_factory=set)
    """Uids of tasks whose handler saw its stop signal."""
    entered: set[str] = field(default_factory=set)
    """Uids of tasks whose handler was called."""


def seconds(text: str) -> float:
    return float(text.removesuffix("ms")) / 1000 if text.endswith("ms") else float(text.removesuffix("s"))


def register(worker: Worker, name: str, key: str, spec: Spec, seen: Seen) -> None:
    """Raises KeyError for a word that is not known."""
    if spec["do"] in BATCHES:
        does_all = BATCHES[spec["do"]]

        @worker.batch_handler(name, size=spec["size"], within=seconds(spec["within"]))
        def handle_all(payloads: list[Any]) -> list[Any]:
            seen.batches.setdefault(key, []).append(len(payloads))
            return does_all(spec, payloads)

        return
    does = HANDLERS[spec["do"]]

    @worker.handler(name)
    def handle(payload: Any, context: TaskContext) -> Any:
        seen.entered.add(context.uid)
        try:
            return does(spec, payload, context)
        finally:
            if context.stopped.is_set():
                seen.stopped.add(context.uid)


def _raise(error: Exception) -> Any:
    raise error


def _fail(spec: Spec, _: Any, context: TaskContext) -> int:
    if context.attempt > spec["times"]:
        return context.attempt
    raise type(spec["type"], (Exception,), {})(spec["message"])


def _until_stopped(spec: Spec, payload: Any, context: TaskContext) -> Any:
    if context.attempt > spec.get("attempts", context.attempt):
        return payload
    context.stopped.wait()
    return None


def _sleep(spec: Spec, payload: Any, _: TaskContext) -> Any:
    time.sleep(seconds(spec["for"]))
    return payload


def _block(spec: Spec, payload: Any, _: TaskContext) -> Any:
    end = time.monotonic() + seconds(spec["for"])
    while time.monotonic() < end:
        pass
    return payload


def _progress(spec: Spec, _: Any, context: TaskContext) -> None:
    for fraction, message in spec["steps"]:
        context.progress(fraction, message)
    context.stopped.wait()


def _log(spec: Spec, _: Any, context: TaskContext) -> None:
    for line in spec["lines"]:
        context.log(line)


def _facts(_: Spec, __: Any, context: TaskContext) -> dict[str, Any]:
    names = ("attempt", "project", "queue", "traceparent")
    return {"labels": dict(context.labels), **{name: getattr(context, name) for name in names}}


HANDLERS: dict[str, Callable[[Spec, Any, TaskContext], Any]] = {
    "echo": lambda _, payload, __: payload,
    "nothing": lambda *_: None,
    "no-json": lambda *_: object(),
    "fail": _fail,
    "refuse": lambda spec, *_: _raise(NonRetryable(spec["message"])),
    "wait-until-stopped": _until_stopped,
    "sleep": _sleep,
    "block": _block,
    "progress": _progress,
    "log": _log,
    "length": lambda _, payload, __: len(payload["text"]),
    "text": lambda _, payload, __: {"text": "x" * payload},
    "facts": _facts,
    "sum": lambda _, __, context: sum(one.result for one in context.dependencies),
    "lengths": lambda _, __, context: [len(one.result["text"]) for one in context.dependencies],
    "states": lambda _, __, context: [one.state for one in context.dependencies],
}


def _refuse_odd(_: Spec, payloads: list[Any]) -> list[Any]:
    return [NonRetryable(f"{payload} is odd") if payload % 2 else payload for payload in payloads]


BATCHES: dict[str, Callable[[Spec, list[Any]], list[Any]]] = {
    "batch-double": lambda _, payloads: [payload * 2 for payload in payloads],
    "batch-refuse-odd": _refuse_odd,
    "batch-fail": lambda spec, _: _raise(RuntimeError(spec["message"])),
}
