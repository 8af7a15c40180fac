"""The column kinds that there are, by name: those of `kinds`, and those of plugins."""

from __future__ import annotations

from synthmill.generators.columns.kind import Kind
from synthmill.generators.engine.registry import Registry


def _problem(found: object) -> str:
    """Why something can't be a column kind, or nothing."""
    return "" if isinstance(found, Kind) else f"a column kind is a Kind, not a {type(found).__name__}"


KINDS: Registry[Kind] = Registry("column_kinds", "column kind", _problem)
"""Those of `kinds`, and those of plugins."""
