"""The hub's counts for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from synthmill.app.live.hub import Hub


class HubCollector(Collector):
    """What the hub has counted, at the moment of the scrape."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterator[Metric]:
        yield GaugeMetricFamily("synthmill_websockets_open", "WebSockets open now.", len(self._hub))
        yield CounterMetricFamily("synthmill_websockets_opened", "WebSockets opened.", self._hub.opened)
        closed = CounterMetricFamily(
            "synthmill_websockets_closed",
            "WebSockets closed, by close code; 1013 are slow readers, 1006 vanished.",
            labels=["code"],
        )
        for code, count in sorted(self._hub.closed.copy().items()):
            closed.add_metric([str(code)], count)
        yield closed
