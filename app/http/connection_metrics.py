"""What is known of a web process's connections and slots, for Prometheus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import Flask
from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector

from synthmill.app.http.held_connections import ConnectionCounts, State
from synthmill.app.http.waiting_slots import KINDS, WaitingSlots

_EXTENSION = "synthmill.connections"


class ConnectionCollector(Collector):
    """The counts of the moment."""

    def __init__(self, counts: ConnectionCounts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[Metric]:
        held = GaugeMetricFamily(
            "synthmill_connections",
            "HTTP connections of this process by what they wait for; WebSockets are counted elsewhere.",
            labels=["state"],
        )
        for state in State:
            held.add_metric([state.value], self._counts.states[state])
        yield held
        dropped = CounterMetricFamily(
            "synthmill_connections_dropped",
            "HTTP connections given up: too slow, too many, or not readable.",
            labels=["reason"],
        )
        for reason, count in sorted(self._counts.dropped.copy().items()):
            dropped.add_metric([reason], count)
        yield dropped
        yield GaugeMetricFamily(
            "synthmill_connections_kept_bytes",
            "Bytes of requests that wait for a thread and of answers that aren't taken.",
            self._counts.kept_bytes,
        )


class SlotCollector(Collector):
    def __init__(self, slots: WaitingSlots) -> None:
        self._slots = slots

    def collect(self) -> Iterator[Metric]:
        taken = GaugeMetricFamily(
            "synthmill_long_requests",
            "Requests of this process that may hold a thread for long: waits (with uploads) and downloads.",
            labels=["kind"],
        )
        for kind in KINDS:
            taken.add_metric([kind], self._slots.taken[kind])
        yield taken


def install(app: Flask, registry: CollectorRegistry, slots: WaitingSlots) -> None:
    app.extensions[_EXTENSION] = counts = ConnectionCounts()
    registry.register(ConnectionCollector(counts))
    registry.register(SlotCollector(slots))


def connection_counts(app: Any) -> ConnectionCounts:
    """Where the server of this application counts."""
    found: ConnectionCounts = app.extensions[_EXTENSION]
    return found
