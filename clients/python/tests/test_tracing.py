"""The trace of whoever submitted a task goes through its handler, to what that asks for in turn."""

from __future__ import annotations

from typing import Any

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from capstan import Client, _tracing
from scripted_http import Answered, ScriptedHttp
from scripted_link import ScriptedLink, StartWorker, make_task

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture(scope="module")
def spans() -> InMemorySpanExporter:
    exporter = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
    return exporter


def submitting(http: ScriptedHttp) -> Any:
    http.answers(Answered(201, {}))

    def work(payload: Any) -> None:
        with Client(http.address, project="vision") as client:
            client.submit("next", payload)

    return work


async def test_with_opentelemetry_a_handler_is_a_span_of_that_trace(
    spans: InMemorySpanExporter, link: ScriptedLink, start: StartWorker, http: ScriptedHttp
) -> None:
    start(work=submitting(http))
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("work", traceparent=PARENT))
    await connection.one_result()
    (span,) = spans.get_finished_spans()
    assert span.name == "task work"
    assert f"{span.context.trace_id:032x}" == TRACE
    assert http.asked[0].headers["traceparent"] == f"00-{TRACE}-{span.context.span_id:016x}-01"


async def test_without_it_the_traceparent_is_passed_on(
    monkeypatch: pytest.MonkeyPatch, link: ScriptedLink, start: StartWorker, http: ScriptedHttp
) -> None:
    monkeypatch.setattr(_tracing, "_propagate", None)
    monkeypatch.setattr(_tracing, "_trace", None)
    start(work=submitting(http))
    connection = await link.connection()
    await connection.welcome()
    await connection.grant(make_task("work", traceparent=PARENT))
    await connection.one_result()
    assert http.asked[0].headers["traceparent"] == PARENT
    assert _tracing.outgoing_headers() == {}
