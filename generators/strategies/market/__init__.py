"""Prices of made-up securities: live, in history and as bars, all from the same function of time."""

from synthmill.generators.strategies.market.strategy import STRATEGY

__all__ = ["STRATEGY"]
