"""Series of measurements: trend, seasons, noise, events, anomalies and gaps, of many entities."""

from synthmill.generators.strategies.time_series.strategy import STRATEGY

__all__ = ["STRATEGY"]
