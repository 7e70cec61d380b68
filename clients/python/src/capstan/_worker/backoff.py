"""What follows a connection that ended. Pure."""

from __future__ import annotations

import random
from enum import Enum

FIRST = 0.2
LONGEST = 10.0


class Then(Enum):
    """Connect again in each case but the last."""

    RESUME = "with the session"
    CAREFULLY = "with the session; something that was sent could not be read"
    ANEW = "without the session: another connection has it"
    GIVE_UP = "not at all"


def after_close(code: int | None) -> Then:
    """By the close code; None when there was none."""
    if code == 1008:
        return Then.GIVE_UP
    if code in (1009, 4400):
        return Then.CAREFULLY
    if code == 4409:
        return Then.ANEW
    return Then.RESUME


def after_refusal(status: int) -> Then:
    """By the HTTP status of a connection that was not opened."""
    passing = status >= 500 or status in (408, 425, 429)
    return Then.RESUME if passing else Then.GIVE_UP


def delay(failures: int) -> float:
    """Seconds before the next try, from half to the whole of a growing delay: workers that lost the same server do
    not return together.

    @param failures: in a row, from 1
    """
    return min(LONGEST, FIRST * 2.0 ** min(failures - 1, 16)) * random.uniform(0.5, 1)
