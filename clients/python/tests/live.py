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
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE
from typing import Any

import pytest

REPOSITORY = Path(__file__).resolve().parents[3]
UP = ["npm", "run", "--silent", "capstan", "--", "up", "--port", "0", "--output", "json"]
START_WITHIN = 120.0
STOP_WITHIN = 60.0


@dataclass(frozen=True)
class Live:
    address: str
    key_file: str

    @property
    def env(self) -> dict[str, str]:
        """For programs that are started."""
        settings = {"CAPSTAN_SERVER": self.address, "CAPSTAN_KEY_FILE": self.key_file, "CAPSTAN_PROJECT": "default"}
        return {**os.environ, **settings}


@contextmanager
def serving(directory: Path) -> Iterator[Live]:
    """Skips the test where no server can be had."""
    named = os.environ.get("CAPSTAN_TEST_SERVER")
    if named:
        yield Live(named, os.environ["CAPSTAN_TEST_KEY_FILE"])
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
            yield Live(started["address"], started["keyFile"])
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
