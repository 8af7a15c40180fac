"""Tables of columns: relational data, every cell a function of its place."""

from synthmill.generators.strategies.tabular.strategy import STRATEGY

__all__ = ["STRATEGY"]
