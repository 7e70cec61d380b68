"""Idempotency keys."""

from __future__ import annotations

import time
import uuid

from capstan._ids import uuid7


def test_a_uuid_of_version_7_begins_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    made = uuid.UUID(uuid7())
    after = time.time_ns() // 1_000_000
    assert (made.variant, made.version) == (uuid.RFC_4122, 7)
    assert before <= made.int >> 80 <= after


def test_no_two_are_alike() -> None:
    assert len({uuid7() for _ in range(10_000)}) == 10_000
