"""The strategies that there are, our own and those of plugins, by name."""

from __future__ import annotations

from collections.abc import Mapping

from synthmill.generators.engine.contract import Strategy
from synthmill.generators.engine.registry import Registry


def _problem(found: object) -> str:
    """Why something can't be a strategy, or nothing."""
    needed = ("name", "title", "description", "Parameters", "inputs", "plan", "cells")
    missing = [name for name in needed if not hasattr(found, name)]
    return f"a strategy needs {', '.join(missing)}" if missing else ""


STRATEGIES: Registry[Strategy] = Registry("strategies", "strategy", _problem)


def strategies() -> Mapping[str, Strategy]:
    """All strategies that can be used, by name, in alphabetical order."""
    return STRATEGIES.usable()


def get_strategy(name: str) -> Strategy:
    """The strategy of this name. Raises UnknownNameError, and PluginError for one that can't be used."""
    return STRATEGIES.get(name)
