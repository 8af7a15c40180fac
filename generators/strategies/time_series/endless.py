"""Series that go on: samples by time, and those of one moment by entity."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.row_counts import choose_table, tables_by_name
from synthmill.generators.schema.times import END_OF_TIME, UNITS, length, microseconds

HISTORY_DAYS = 200 * 365
"""From the first sample to the last: trends that grow don't get out of hand in it."""


def shortest(parameters: Mapping[str, Any], table: str | None) -> tuple[Mapping[str, Any], str]:
    """The parameters, not yet loaded, of one table alone, with a single row. Raises FiniteTableError."""
    tables = tables_by_name(parameters)
    if not tables or len(tables) < len(parameters["tables"]):
        # Whoever loads them says what is wrong with them.
        return parameters, table or ""
    chosen = choose_table(table, tables, list(tables))
    return {**parameters, "tables": [{**tables[chosen], "rows": 1}]}, chosen


def longest(loaded: Mapping[str, Any], table: str) -> dict[str, Any]:
    """The same, loaded, by time and with as many rows as history has room for.

    Raises InvalidRequestError where samples without rows would leave no order by time.
    """
    (given,) = loaded["tables"]
    entities = 1 if given["entities"] is None else given["entities"]["count"]
    missing = given["gaps"] is not None and given["gaps"]["missing_rows"]
    if missing and entities > 1:
        raise InvalidRequestError.one(
            f"tables[{table}].gaps.missing_rows",
            "would leave a stream of several entities in no order by time",
            "false: lost samples then have rows without values",
        )
    start = microseconds(given["start"])
    end = min(start + HISTORY_DAYS * UNITS["day"], microseconds(END_OF_TIME) - 2 * UNITS["day"])
    steps = (end - start) // length(given["interval"])
    # Where rows are missing, at most half of the steps have none; a span may be cut short.
    each = steps // 3 if missing else steps
    rows = max(1, min(limits.MAX_TABLE_ROWS, each * entities))
    # A single entity's samples come by time anyway.
    return {**loaded, "tables": [{**given, "rows": rows, "order": "time" if entities > 1 else "entity"}]}
