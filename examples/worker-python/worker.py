"""A warm worker: counts the words of texts, each in a process of its own, and compares what was counted.

    CAPSTAN_SERVER=… CAPSTAN_KEY_FILE=… python worker.py [QUEUE]

SIGTERM or Ctrl-C: finishes what runs, takes no more, ends.
"""

import logging
import sys

from capstan import NonRetryable, Worker

from terms import count_terms, keywords, nearest, weigh

QUEUE = sys.argv[1] if len(sys.argv) > 1 else "default"

worker = Worker([QUEUE], concurrency=4)


# Counting is pure Python and holds the interpreter's lock: processes use all cores, threads would use one.
@worker.handler("text/terms", isolation="process")
def terms(payload, context):
    text = payload.get("text")
    if not isinstance(text, str):
        raise NonRetryable("the payload has no text")
    counts = count_terms(text)
    context.log(f"{payload['name']}: {sum(counts.values())} words, {len(counts)} different")
    return {"name": payload["name"], "counts": counts}


@worker.handler("text/keywords")
def compare(payload, context):
    """Waited for the counts: they are its dependencies' results."""
    documents = {one.result["name"]: one.result["counts"] for one in context.dependencies if one.result}
    weights = weigh(documents)
    context.progress(0.5, f"{len(documents)} documents weighed")
    likest = nearest(weights)
    return {
        name: {
            "words": sum(documents[name].values()),
            "keywords": keywords(weights[name]),
            "nearest": likest[name][0],
            "likeness": round(likest[name][1], 4),
        }
        for name in sorted(documents)
    }


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format="%(levelname)s %(message)s")
    logging.getLogger("httpx").setLevel(logging.WARNING)
    worker.run()
