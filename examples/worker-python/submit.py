"""Submits one task for each text, and one that waits for them all; prints what that says.

    CAPSTAN_SERVER=… CAPSTAN_KEY_FILE=… CAPSTAN_PROJECT=… python submit.py [QUEUE [FILE…]]

Without files: the documentation of this repository.
"""

import sys
from pathlib import Path

from capstan import CapstanError, Client, task

DOCS = Path(__file__).resolve().parents[2] / "docs"


def main(queue="default", *names):
    paths = [Path(name) for name in names] or sorted(DOCS.glob("*.md"))
    texts = [{"name": path.name, "text": path.read_text(encoding="utf-8")} for path in paths]
    with Client() as client:
        batch = client.submit_batch([task("text/terms", text, queue=queue) for text in texts], mode="all")
        found = client.submit_and_wait("text/keywords", queue=queue, after=batch["items"], wait_timeout=120)
    for name, facts in found.items():
        print(f"{name:22} {facts['words']:6}  {', '.join(facts['keywords'])}")
    closest = max(found, key=lambda name: found[name]["likeness"])
    print(f"\nmost alike: {closest} and {found[closest]['nearest']} ({found[closest]['likeness']:.2f})")


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except (CapstanError, OSError, ValueError) as problem:
        sys.exit(f"submit.py: {problem}")
