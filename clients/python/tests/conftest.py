"""A fresh server and fresh workers for each test; none outlives it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from capstan import Worker
from live import Live, serving
from scripted_http import ScriptedHttp
from scripted_link import ScriptedLink, StartWorker, Working


@pytest.fixture(autouse=True)
def _no_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SERVER", "KEY", "KEY_FILE", "PROJECT", "CA_FILE"):
        monkeypatch.delenv(f"CAPSTAN_{name}", raising=False)


@pytest.fixture
async def link() -> AsyncIterator[ScriptedLink]:
    async with ScriptedLink().listening() as listening:
        yield listening


@pytest.fixture
async def start(link: ScriptedLink) -> AsyncIterator[StartWorker]:
    """Starts a worker with these handlers."""
    started: list[Working] = []

    def begin(*, batch: dict[str, Any] | None = None, isolation: Any = "thread", **options: Any) -> Working:
        handlers = {name: options.pop(name) for name in list(options) if callable(options[name])}
        worker = Worker(["research"], **{"server": link.address, "key": "cap_key", "concurrency": 8, **options})
        for name, function in handlers.items():
            if batch:
                worker.batch_handler(name, **batch)(function)
            else:
                worker.handler(name, isolation=isolation)(function)
        working = Working(worker)
        started.append(working)
        working.start()
        return working

    yield begin
    for working in started:
        await working.stop()


@pytest.fixture(scope="session")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """One real server for all tests that want one."""
    with serving(tmp_path_factory.mktemp("capstan")) as server:
        yield server


@pytest.fixture
def http() -> Iterator[ScriptedHttp]:
    with ScriptedHttp() as listening:
        yield listening
