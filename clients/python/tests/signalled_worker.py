"""A worker as a program, for the test of its signals: `python signalled_worker.py ADDRESS`."""

from __future__ import annotations

import sys
from typing import Any

from capstan import TaskContext, Worker

worker = Worker(["research"], server=sys.argv[1], key="cap_key", concurrency=2)


@worker.handler("slow")
def slow(payload: Any, context: TaskContext) -> str:
    context.progress(message="started")
    context.stopped.wait(float(payload))
    return "stopped" if context.stopped.is_set() else "finished"


if __name__ == "__main__":
    worker.run()
    print("ended by itself", flush=True)
