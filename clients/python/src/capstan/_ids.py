"""UUIDs of version 7 (RFC 9562): they begin with the time, so that indexes on them stay compact."""

from __future__ import annotations

import secrets
import time
import uuid

_RANDOM_BITS = 74


def uuid7() -> str:
    """48 bits of milliseconds since 1970, then 74 random bits."""
    random = secrets.randbits(_RANDOM_BITS)
    high = (time.time_ns() // 1_000_000) << 80 | 0x7 << 76 | (random >> 62) << 64
    low = 0b10 << 62 | (random & (1 << 62) - 1)
    return str(uuid.UUID(int=high | low))
