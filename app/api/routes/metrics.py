"""/metrics: counts for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Flask, Response, current_app
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from synthmill.app.api.resource import Resource
from synthmill.app.core.confined.executor import Executor
from synthmill.app.core.metrics import MetricsSnapshot, take_snapshot
from synthmill.app.core.services import Services

resource = Resource("metrics", "For monitoring the server.")

_EXTENSION = "synthmill.metrics"
_COUNTED = {
    "parts_made": "Parts made.",
    "rows_made": "Rows made, those of parts made again included.",
    "bytes_made": "Bytes of parts made, encoded and compressed.",
    "events": "Numbered events recorded.",
    "storage_errors": "Times that storage refused, failed or could not be reached.",
    "broker_errors": "Times that Redis could not be used.",
}
"""Counted by all processes together; names and help."""


class StateCollector(Collector):
    """What the database and the broker say at the moment of the scrape."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def describe(self) -> Iterator[Metric]:
        """Names only, so that registering asks no database."""
        return _metrics(MetricsSnapshot({}, {}, 0, 0, {}, {}, {}, {}))

    def collect(self) -> Iterator[Metric]:
        return _metrics(take_snapshot(self._services))


def _metrics(snapshot: MetricsSnapshot) -> Iterator[Metric]:
    yield _by("state", "synthmill_jobs", "Jobs by state, of all workspaces.", snapshot.jobs)
    yield _by(
        "state",
        "synthmill_parts",
        "Parts of unfinished jobs by state; running ones are leased.",
        snapshot.parts,
    )
    yield GaugeMetricFamily(
        "synthmill_leases_run_out",
        "Parts in hand of a worker that gives no sign of life.",
        snapshot.leases_run_out,
    )
    yield GaugeMetricFamily("synthmill_workers", "Workers that gave a sign of life lately.", snapshot.workers)
    yield _by("state", "synthmill_streams", "Streams that go on, by state.", snapshot.streams)
    yield _by("queue", "synthmill_queue_messages", "Slots that no worker has taken.", snapshot.waiting)
    yield _by(
        "queue",
        "synthmill_queue_oldest_seconds",
        "How long the oldest queued job has waited.",
        snapshot.oldest,
    )
    for name, text in _COUNTED.items():
        yield CounterMetricFamily(f"synthmill_{name}", text, snapshot.counted.get(name, 0))


class ProcessCollector(Collector):
    """What ended the processes in which this one has requests worked on."""

    def __init__(self, executor: Executor) -> None:
        self._executor = executor

    def collect(self) -> Iterator[Metric]:
        ended = CounterMetricFamily(
            "synthmill_confined_ended",
            "Confined processes of this web process that a request was the end of, by what ended them.",
            labels=["reason"],
        )
        for reason, count in sorted(self._executor.ended.copy().items()):
            ended.add_metric([reason], count)
        yield ended


def _by(label: str, name: str, text: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        gauge.add_metric([value], number)
    return gauge


def install(app: Flask, services: Services, registry: CollectorRegistry) -> None:
    """Have `/metrics` show all that is in the registry, and the state of the server with it."""
    registry.register(StateCollector(services))
    registry.register(ProcessCollector(services.executor))
    app.extensions[_EXTENSION] = registry


@resource.operation(
    "GET", "/metrics", responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
def metrics() -> Response:
    """Read the counts as Prometheus wants them; also at `/metrics`"""
    registry: CollectorRegistry = current_app.extensions[_EXTENSION]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
