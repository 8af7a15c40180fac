"""Books of companies that balance to the cent: chains of documents, their lines, and what they come to."""

from synthmill.generators.strategies.accounting.strategy import STRATEGY

__all__ = ["STRATEGY"]
