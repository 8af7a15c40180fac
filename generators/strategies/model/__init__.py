"""Rows of a model that was fitted to real data."""

from synthmill.generators.strategies.model.strategy import STRATEGY

__all__ = ["STRATEGY"]
