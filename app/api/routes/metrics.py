"""/metrics: counts for Prometheus."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from flask import Flask, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from synthmill.app.api.resource import Resource
from synthmill.app.core.metrics import Census, take_census
from synthmill.app.core.services import Services

resource = Resource("metrics", "For whoever watches the server.")

_EXTENSION = "synthmill.metrics"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60)


_COUNTED = {
    "parts_made": "Parts made.",
    "rows_made": "Rows made, those of parts made again included.",
    "bytes_made": "Bytes of parts made, encoded and compressed.",
    "events": "Numbered events told.",
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
        return _metrics(Census({}, {}, 0, 0, {}, {}, {}, {}))

    def collect(self) -> Iterator[Metric]:
        return _metrics(take_census(self._services))


def _metrics(census: Census) -> Iterator[Metric]:
    yield _by("state", "synthmill_jobs", "Jobs by state, of all workspaces.", census.jobs)
    yield _by(
        "state",
        "synthmill_parts",
        "Parts of unfinished jobs by state; running ones are leased.",
        census.parts,
    )
    yield GaugeMetricFamily(
        "synthmill_leases_run_out",
        "Parts in hand of a worker that gives no sign of life.",
        census.leases_run_out,
    )
    yield GaugeMetricFamily("synthmill_workers", "Workers that gave a sign of life lately.", census.workers)
    yield _by("state", "synthmill_streams", "Streams that go on, by state.", census.streams)
    yield _by("queue", "synthmill_queue_messages", "Slots that no worker has taken.", census.waiting)
    yield _by(
        "queue", "synthmill_queue_oldest_seconds", "How long the oldest queued job has waited.", census.oldest
    )
    for name, text in _COUNTED.items():
        yield CounterMetricFamily(f"synthmill_{name}", text, census.counted.get(name, 0))


def _by(label: str, name: str, text: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    gauge = GaugeMetricFamily(name, text, labels=[label])
    for value, number in values.items():
        gauge.add_metric([value], number)
    return gauge


class Metrics:
    def __init__(self, services: Services, registry: CollectorRegistry) -> None:
        self.registry = registry
        self.registry.register(StateCollector(services))
        self.requests = Counter(
            "synthmill_http_requests",
            "Requests answered.",
            ["method", "route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "synthmill_http_request_seconds",
            "Time until the answer's first byte.",
            ["method", "route"],
            buckets=_SECONDS,
            registry=self.registry,
        )

    def count(self, response: Response) -> Response:
        rule = request.url_rule
        if rule is None or not rule.websocket:
            route = "unknown" if rule is None else rule.rule
            # A made-up method must not become a label, or a stranger could fill the memory with them.
            method = request.method if request.method in _METHODS else "OTHER"
            self.requests.labels(method, route, response.status_code).inc()
            self.seconds.labels(method, route).observe(time.perf_counter() - g.began)
        return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


def _begin() -> None:
    g.began = time.perf_counter()


def install(app: Flask, services: Services, registry: CollectorRegistry) -> None:
    metrics = Metrics(services, registry)
    app.extensions[_EXTENSION] = metrics
    app.before_request(_begin)
    app.after_request(metrics.count)


@resource.operation(
    "GET", "/metrics", responses={200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
)
def metrics() -> Response:
    """Read the counts as Prometheus wants them; also at `/metrics`"""
    found: Metrics = current_app.extensions[_EXTENSION]
    return Response(generate_latest(found.registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
