"""Traces: what is taken from outside, and how far it is handed on."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from synthmill.app.core.execution.instrumentation import slot_span
from synthmill.app.core.execution.slot import work_slot
from synthmill.app.core.execution.worker import WorkerProcess
from synthmill.app.core.jobs import queries
from synthmill.app.core.observability import logs, tracing
from synthmill.app.core.services import Services
from synthmill.app.core.settings import Settings

TRACE = "0af7651916cd43dd8448eb211c80319c"
PARENT = f"00-{TRACE}-b7ad6b7169203331-01"


@pytest.fixture
def lines() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the application has logged."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(logs.formatter("json"))
    logger = logging.getLogger("synthmill.app")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    logger.removeHandler(handler)
    logger.setLevel(level)


@pytest.fixture
def exported(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """Spans as OpenTelemetry got them."""
    monkeypatch.setattr(tracing, "_exporter", None)
    exporter = InMemorySpanExporter()
    tracing.export_to(SimpleSpanProcessor(exporter), "tests")
    yield exporter


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "nonsense",
        f"00-{TRACE}-b7ad6b7169203331",
        f"00-{TRACE.upper()}-b7ad6b7169203331-01",
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-{TRACE}-{'0' * 16}-01",
        f"ff-{TRACE}-b7ad6b7169203331-01",
        PARENT + "\n",
    ],
)
def test_what_is_no_traceparent_begins_a_trace_of_our_own(given: str | None) -> None:
    assert tracing.valid(given) is None
    with tracing.span("work", given):
        current = tracing.current()
    assert current is not None
    assert tracing.valid(current) == current
    assert TRACE not in current


def test_a_later_version_of_the_standard_is_understood() -> None:
    assert tracing.valid(f"01-{TRACE}-b7ad6b7169203331-01-more") == PARENT


def test_spans_are_in_each_other_and_end() -> None:
    with tracing.span("outer", PARENT):
        outer = tracing.current()
        with tracing.span("inner"):
            inner = tracing.current()
        assert tracing.current() == outer
    assert tracing.current() is None
    assert outer is not None and inner is not None
    assert {outer[3:35], inner[3:35]} == {TRACE}
    assert len({PARENT, outer, inner}) == 3


def test_a_jobs_trace_reaches_the_log_lines_of_its_parts(
    services: Services,
    worker: WorkerProcess,
    submit: Callable[..., queries.JobView],
    lines: Callable[[], list[dict[str, Any]]],
) -> None:
    with tracing.span("POST /generate", PARENT, request_id="req_1"):
        job = submit()
    work(services, worker)
    accepted, *made = (
        line for line in lines() if line["event"] in ("job accepted", "part made", "job completed")
    )
    assert (accepted["trace_id"], accepted["request_id"], accepted["job_id"]) == (TRACE, "req_1", job.id)
    assert [line["part"] for line in made if "part" in line] == list(range(job.parts_total))
    assert made[-1]["event"] == "job completed"
    assert {line["trace_id"] for line in made} == {TRACE}
    assert {line["job_id"] for line in made} == {job.id}
    assert all(line["rows"] > 0 and line["bytes"] > 0 for line in made[:-1])


def test_opentelemetry_gets_the_same_spans(
    services: Services,
    worker: WorkerProcess,
    submit: Callable[..., queries.JobView],
    exported: InMemorySpanExporter,
) -> None:
    with tracing.span("POST /generate", PARENT):
        job = submit()
    work(services, worker)
    spans = exported.get_finished_spans()
    assert {span.name for span in spans} == {"POST /generate", "slot", "part", "finalise"}
    assert {f"{span.context.trace_id:032x}" for span in spans} == {TRACE}
    parts = [span.attributes["synthmill.part"] for span in spans if span.name == "part"]
    assert sorted(parts) == list(range(job.parts_total))
    by_id = {span.context.span_id: span.name for span in spans}
    parents = {span.name: by_id.get(span.parent.span_id) for span in spans}
    assert parents == {"POST /generate": None, "slot": "POST /generate", "part": "slot", "finalise": "slot"}


def test_without_an_endpoint_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_exporter", None)
    tracing.set_up(Settings(), "tests")
    assert tracing._exporter is None


def work(services: Services, worker: WorkerProcess) -> None:
    """Work slots off as the Celery task does."""
    slots = services.queue.slots
    while slots:
        job_id = slots.pop(0)
        with slot_span(services, job_id):
            work_slot(services, job_id, worker)
