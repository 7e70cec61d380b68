"""A worker that is a program: the first SIGTERM or SIGINT drains it, a second one hands back what runs."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from scripted_link import PATIENCE, ScriptedLink, make_task

PROGRAM = Path(__file__).with_name("signalled_worker.py")


@pytest.fixture
async def program(link: ScriptedLink) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(PROGRAM), link.address, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    yield process
    if process.returncode is None:
        process.kill()
    await process.communicate()


@pytest.mark.parametrize("which", [signal.SIGTERM, signal.SIGINT])
async def test_the_first_signal_drains(
    which: signal.Signals, link: ScriptedLink, program: asyncio.subprocess.Process
) -> None:
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("slow", 0.3))
    await connection.receive("report")
    program.send_signal(which)
    await connection.receive("resize")
    assert (await connection.one_result())["result"] == "finished"
    await connection.receive("bye")
    out, err = await asyncio.wait_for(program.communicate(), PATIENCE)
    assert (program.returncode, out.decode()) == (0, "ended by itself\n"), err.decode()


async def test_the_second_signal_does_not_wait(link: ScriptedLink, program: asyncio.subprocess.Process) -> None:
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("slow", PATIENCE))
    await connection.receive("report")
    program.send_signal(signal.SIGTERM)
    await connection.receive("resize")
    program.send_signal(signal.SIGTERM)
    assert (await connection.receive("bye", "done"))["type"] == "bye"
    out, err = await asyncio.wait_for(program.communicate(), PATIENCE)
    assert (program.returncode, out.decode()) == (0, "ended by itself\n"), err.decode()
