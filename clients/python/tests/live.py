"""A real server: `capstan up` from this repository, or the one that CAPSTAN_TEST_SERVER and CAPSTAN_TEST_KEY_FILE
name.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import httpx
import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
UP = ["npm", "run", "--silent", "capstan", "--", "up", "--port", "0", "--output", "json"]
START_WITHIN = 120.0
STOP_WITHIN = 60.0


@dataclass(frozen=True)
class Live:
    address: str
    key_file: str
    worker_key_file: str

    def env(self, key_file: str) -> dict[str, str]:
        """For programs that are started."""
        settings = {"CAPSTAN_SERVER": self.address, "CAPSTAN_KEY_FILE": key_file, "CAPSTAN_PROJECT": "default"}
        return {**os.environ, **settings}


def _with_worker_key(address: str, key_file: str, directory: Path) -> Live:
    """The first key administers; it can neither work on tasks nor should it."""
    body = {"name": f"worker-{uuid.uuid4().hex[:8]}", "roles": ["worker"]}
    key = Path(key_file).read_text(encoding="utf-8").strip()
    made = httpx.post(f"{address}/api/v1/keys", json=body, headers={"authorization": f"Bearer {key}"})
    made.raise_for_status()
    file = directory / "worker.key"
    file.write_text(made.json()["key"], encoding="utf-8")
    return Live(address, key_file, str(file))


@contextmanager
def serving(directory: Path) -> Iterator[Live]:
    """Skips the test where no server can be had."""
    named = os.environ.get("CAPSTAN_TEST_SERVER")
    if named:
        yield _with_worker_key(named, os.environ["CAPSTAN_TEST_KEY_FILE"], directory)
        return
    if shutil.which("npm") is None or not (REPOSITORY / "node_modules").is_dir():
        pytest.skip("no server is named, and none can be started: run `npm ci` in the repository")
    with (directory / "server.log").open("wb") as log:
        starting = subprocess.Popen(
            [*UP, "--data", str(directory / "data")], cwd=REPOSITORY, stdin=subprocess.DEVNULL, stdout=PIPE, stderr=log
        )
    try:
        started = _started(starting, directory / "server.log")
        try:
            yield _with_worker_key(started["address"], started["keyFile"], directory)
        finally:
            os.kill(started["pid"], signal.SIGTERM)
            starting.wait(STOP_WITHIN)
    finally:
        if starting.poll() is None:
            starting.kill()
        starting.communicate()


def _started(starting: subprocess.Popen[bytes], log: Path) -> dict[str, Any]:
    """What it says of itself when it serves."""
    assert starting.stdout is not None
    too_long = threading.Timer(START_WITHIN, starting.kill)
    too_long.start()
    line = starting.stdout.readline()
    too_long.cancel()
    assert line, f"the server did not start: {log.read_text(errors='replace')[-2000:]}"
    facts: dict[str, Any] = json.loads(line)
    return facts
