"""What it costs to refer to rows that fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from synthmill.generators.columns.costs import Costing
from synthmill.generators.columns.linking.founding import MOST_TRIED
from synthmill.generators.columns.linking.index import MAX_INDEXED_ROWS
from synthmill.generators.engine.costs import NOTHING, Cost

_SORTED = 0.5e-6
"""Seconds to sort a row by its group and time."""
_TRIED = 1e-6
_CHOSEN = 0.15e-6
_UNINDEXED = 6e-6
"""To look at children, or through a table in the order of its times."""


def reference_cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """Of the parameters `match`, `existing` and `otherwise`, beside the cost of the key that is found."""
    table, existing = parameters["table"], parameters["existing"]
    there, own = list(parameters["match"] or {}), list((parameters["match"] or {}).values())
    each = 4.0  # Bytes of the number of a row.
    if existing is not None:
        there += [existing[name] for name in ("since", "until") if existing[name] is not None]
        own.append(existing["at"])
        each += 8.0 if existing["until"] is None else 40.0
    if parameters["distribution"] != "uniform":
        each += 8.0 if existing is None or existing["until"] is None else 24.0
    looked = sum(costing.column(name).time for name in own)
    rows = costing.rows_of(table)
    if rows > MAX_INDEXED_ROWS:
        return replace(NOTHING, time=_UNINDEXED)
    # Of more rows than can be tried, planning knows without it that each finds one, or refuses them.
    tried = costing.rows_of(None) if parameters["otherwise"] == "refused" else 0.0
    tried = tried if tried <= MOST_TRIED else 0.0
    planned = sum(costing.whole(table, name) for name in there) + rows * _SORTED * len(there)
    return replace(
        NOTHING, time=_CHOSEN, plan_time=planned + tried * (looked + _TRIED), plan_size=rows * each
    )
