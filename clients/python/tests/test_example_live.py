"""examples/worker-python, run as its README says."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

from live import REPOSITORY, Live

EXAMPLE = REPOSITORY / "examples" / "worker-python"


@pytest.fixture
def worker(live: Live) -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, str(EXAMPLE / "worker.py"), "default"]
    with subprocess.Popen(command, env=live.env(live.worker_key_file), stderr=subprocess.PIPE) as process:
        yield process
        if process.poll() is None:
            process.kill()


def test_the_documentation_is_told_apart_by_its_words(live: Live, worker: subprocess.Popen[bytes]) -> None:
    command = [sys.executable, str(EXAMPLE / "submit.py"), "default"]
    ran = subprocess.run(command, env=live.env(live.key_file), capture_output=True, text=True, timeout=120)
    assert ran.returncode == 0, ran.stderr
    *lines, _, last = ran.stdout.splitlines()
    names = sorted(path.name for path in (REPOSITORY / "docs").glob("*.md"))
    assert [line.split()[0] for line in lines] == names
    assert "audit" in next(line for line in lines if line.startswith("audit.md"))
    assert last.startswith("most alike: ")
    worker.send_signal(signal.SIGTERM)
    _, log = worker.communicate(timeout=60)
    assert worker.returncode == 0, log.decode()
