"""Finds the direction in which handwritten digits differ most, together.

Each member holds a share of the digits. The mean and the variance are one all-reduce; the first
principal component is found by power iteration: each member multiplies its own share of the
covariance matrix with the current direction, and the products are added up.

Exit codes: 0 done, 143 stopped by SIGTERM, 1 anything else.
"""

import gzip
import json
import math
import os
import signal
import sys
from pathlib import Path

from gang import Gang, PeerLost, RendezvousFailed

DATA = Path(__file__).resolve().parent.parent / "digits-ddp" / "digits.csv.gz"
PIXELS = 64
TOLERANCE = 1e-8
MOST_ITERATIONS = 500
STOPPED_BY_SIGTERM = 143


class Stopped(Exception):
    """SIGTERM came."""


def main():
    signal.signal(signal.SIGTERM, _stop)
    with Gang.join() as gang:
        shard = load(gang.rank, gang.world)
        say(gang, "rendezvous", world_size=gang.world, shard=len(shard))
        count, mean, variance = moments(gang, shard)
        centred = [[value - m for value, m in zip(row, mean)] for row in shard]
        direction, eigenvalue, iterations = power_iteration(gang, centred, count)
        if gang.rank == 0:
            share = eigenvalue / sum(variance)
            publish({"examples": count, "mean": mean, "component": direction,
                     "variance": eigenvalue, "share_of_variance": share})
            say(gang, "done", examples=count, iterations=iterations,
                variance=round(eigenvalue, 4), share_of_variance=round(share, 4))


def load(rank, world):
    """Every `world`-th image, from `rank` on: lists of 64 values from 0 to 16."""
    with gzip.open(DATA, "rt", encoding="ascii") as lines:
        return [[float(value) for value in line.split(",")[:PIXELS]]
                for number, line in enumerate(lines) if number % world == rank]


def moments(gang, shard):
    """How many images there are, and the mean and variance of each pixel, over all members."""
    sums = [sum(column) for column in zip(*shard)]
    squares = [sum(value * value for value in column) for column in zip(*shard)]
    total = gang.all_reduce([float(len(shard))] + sums + squares)
    count = int(total[0])
    mean = [value / count for value in total[1:PIXELS + 1]]
    variance = [value / count - m * m for value, m in zip(total[PIXELS + 1:], mean)]
    return count, mean, variance


def power_iteration(gang, centred, count):
    """The covariance's first eigenvector and eigenvalue, and how many rounds it took."""
    direction = [1.0 / math.sqrt(PIXELS)] * PIXELS
    for iteration in range(1, MOST_ITERATIONS + 1):
        product = [value / count for value in gang.all_reduce(own_product(centred, direction))]
        eigenvalue = math.sqrt(sum(value * value for value in product))
        following = [value / eigenvalue for value in product]
        moved = max(abs(a - b) for a, b in zip(following, direction))
        direction = following
        if gang.rank == 0 and iteration % 10 == 0:
            say(gang, "step", step=iteration, variance=round(eigenvalue, 4), moved=float(f"{moved:.3g}"))
        if moved < TOLERANCE:
            break
    return direction, eigenvalue, iteration


def own_product(centred, direction):
    """This member's part of (covariance × direction), before the division by the count."""
    product = [0.0] * PIXELS
    for row in centred:
        along = sum(a * b for a, b in zip(row, direction))
        for pixel, value in enumerate(row):
            product[pixel] += along * value
    return product


def publish(result):
    path = Path(os.environ.get("CAPSTAN_OUTPUT_COMPONENT") or "/out/component.json")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")


def say(gang, event, **facts):
    print(json.dumps({"event": event, "rank": gang.rank, **facts}), flush=True)


def _stop(_signal, _frame):
    raise Stopped


def fail(error):
    lost = {"lost_rank": error.rank} if isinstance(error, PeerLost) else {}
    rank = int(os.environ.get("RANK", 0))
    print(json.dumps({"event": "error", "rank": rank, **lost, "message": str(error)}), flush=True)
    return 1


if __name__ == "__main__":
    try:
        main()
    except Stopped:
        sys.exit(STOPPED_BY_SIGTERM)
    except (PeerLost, RendezvousFailed, OSError, ValueError) as problem:
        sys.exit(fail(problem))
