"""The worker's messages (docs/worker-protocol.md), both ways, and the limits that the server holds them to."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from capstan._exchange import to_json

SUBPROTOCOL = "capstan.worker.v1"
PATH = "/api/v1/worker"

LARGEST_MESSAGE = 4 * 1024 * 1024
LARGEST_RESULT = 16 * 1024 * 1024
MOST_IN_A_MESSAGE = 10_000

ENVELOPE = 256
"""Bytes around the entries of a message, generously."""

LARGEST_ENTRY = LARGEST_MESSAGE - ENVELOPE

MESSAGE_UNITS = 8192
TYPE_UNITS = 256
STACK_UNITS = 65_536
LINE_UNITS = 16_384
PROGRESS_UNITS = 1024

HEARTBEAT = b'{"type":"heartbeat"}'
BYE = b'{"type":"bye"}'


class Lease(NamedTuple):
    """One attempt of one task."""

    uid: str
    attempt: int


def lease_of(item: dict[str, Any]) -> Lease:
    return Lease(item["uid"], item["attempt"])


def hello(facts: dict[str, Any], concurrency: int, session: str | None, holding: Sequence[Lease]) -> bytes:
    message = {"type": "hello", **facts, "concurrency": concurrency}
    if session is not None:
        message |= {"session": session, "holding": [lease._asdict() for lease in holding]}
    return to_json(message)


def resize(concurrency: int) -> bytes:
    return to_json({"type": "resize", "concurrency": concurrency})


def done(entries: Iterable[bytes]) -> Iterator[bytes]:
    """Messages for entries of `done`, none larger than the limit."""
    return _packed(b'{"type":"done","results":[', entries)


def report(entries: Iterable[bytes]) -> Iterator[bytes]:
    return _packed(b'{"type":"report","items":[', entries)


def _packed(head: bytes, entries: Iterable[bytes]) -> Iterator[bytes]:
    pack: list[bytes] = []
    size = 0
    for entry in entries:
        if pack and (size + len(entry) + 1 > LARGEST_ENTRY or len(pack) == MOST_IN_A_MESSAGE):
            yield head + b",".join(pack) + b"]}"
            pack, size = [], 0
        pack.append(entry)
        size += len(entry) + 1
    if pack:
        yield head + b",".join(pack) + b"]}"


def read(text: str | bytes) -> dict[str, Any]:
    """Raises ValueError for what is no message."""
    message = json.loads(text)
    if not isinstance(message, dict) or not isinstance(message.get("type"), str):
        raise ValueError("a message is an object with a type")
    return message


def clip(text: str, units: int) -> str:
    """Cut to so many UTF-16 units: that is how the server counts. Lone surrogates, which no JSON in UTF-8 can hold,
    become question marks."""
    sound = text.encode("utf-8", "replace").decode("utf-8")
    if len(sound) * 2 <= units:
        return sound
    return sound.encode("utf-16-le")[: units * 2].decode("utf-16-le", "ignore")
