"""Strategies, one module or package each, found by the name STRATEGY that it exposes."""
