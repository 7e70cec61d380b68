"""Events are followed across broken connections: none is skipped, none comes twice."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from capstan import AsyncClient, CapstanError, Client, Retry, Unreachable
from capstan._sse import Parser
from scripted_http import Answered, ScriptedHttp, refused, stream

Follow = Callable[..., Awaitable[list[Any]]]

QUICK = Retry(tries=4, first=0.001, longest=0.002)
END = "event: end\ndata: {}\n\n"


def item(number: int) -> str:
    return f'id: c{number}\nevent: item\ndata: {{"n": {number}}}\n\n'


def failing(code: str) -> str:
    return f'event: error\ndata: {{"error": {{"code": "{code}", "message": "it is {code}"}}}}\n\n'


@pytest.fixture(params=["sync", "async"])
def follow(request: pytest.FixtureRequest, http: ScriptedHttp) -> Follow:
    async def sync(**named: Any) -> list[Any]:
        with Client(http.address, project="vision", retry=QUICK) as client:
            return await asyncio.to_thread(lambda: list(client.follow(**named)))

    async def awaiting(**named: Any) -> list[Any]:
        async with AsyncClient(http.address, project="vision", retry=QUICK) as client:
            return [event async for event in client.follow(**named)]

    return sync if request.param == "sync" else awaiting


async def test_until_the_end(follow: Follow, http: ScriptedHttp) -> None:
    http.answers(stream("retry: 1000\n\n", item(1), ": alive\n\n", item(2), END))
    assert await follow(job="j", after="start") == [{"n": 1}, {"n": 2}]
    (asked,) = http.asked
    assert asked.path == "/api/v1/events/follow?project=vision&job=j&after=start"
    assert asked.headers["accept"] == "text/event-stream"


@pytest.mark.parametrize(
    "first",
    [
        pytest.param(stream(item(1)), id="a stream that ends without its end"),
        pytest.param(stream(item(1), cut=True), id="a connection that breaks"),
        pytest.param(stream(item(1), "id: c2\nevent: item\ndata: {", cut=True), id="half an event"),
        pytest.param(stream(item(1), failing("server.stopping")), id="a server that stops"),
    ],
)
async def test_goes_on_after(first: Answered, follow: Follow, http: ScriptedHttp) -> None:
    http.answers(first, refused(503, "store.unavailable"), Answered(hang_up=True), stream(item(2), END))
    assert await follow(after="start") == [{"n": 1}, {"n": 2}]
    assert [asked.headers.get("last-event-id") for asked in http.asked] == [None, "c1", "c1", "c1"]
    assert http.asked[1].path == "/api/v1/events/follow?project=vision", "where it goes on replaces where it began"


@pytest.mark.parametrize(
    ("answer", "error", "tries"),
    [
        pytest.param(refused(410, "cursor.expired"), "it is cursor.expired", 1, id="a cursor is too old"),
        pytest.param(refused(503, "server.stopping"), "it is server.stopping", 1, id="it could never be opened"),
        pytest.param(
            stream(failing("cursor.expired")), "it is cursor.expired", 1, id="the stream says what does not pass"
        ),
        pytest.param(Answered(json={}), "no stream of events", 1, id="what answers is no stream"),
        pytest.param(stream(), "broke off", QUICK.tries, id="it breaks again and again without an item"),
    ],
)
async def test_raises_when(answer: Answered, error: str, tries: int, follow: Follow, http: ScriptedHttp) -> None:
    http.answers(answer)
    with pytest.raises(CapstanError, match=error):
        await follow()
    assert len(http.asked) == tries


async def test_raises_when_nothing_listens(follow: Follow, http: ScriptedHttp) -> None:
    http.answers(Answered(hang_up=True))
    with pytest.raises(Unreachable):
        await follow()


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_reads_a_stream_cut_anywhere(size: int, ending: str) -> None:
    text = "id: 1\nevent: item\ndata: a\u2028é\ndata:b\n\n: alive\n\nevent: end\ndata: {}\n\n"
    whole = text.replace("\n", ending).encode()
    parser = Parser()
    read = [message for at in range(0, len(whole), size) for message in parser.feed(whole[at : at + size])]
    assert [(one.event, one.data, one.id) for one in read] == [("item", "a\u2028é\nb", "1"), ("end", "{}", "1")]
