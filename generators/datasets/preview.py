"""The first rows of a dataset, without the rest."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.cells import cells_of
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.strategy import make_plan, make_rows
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.formats import get_format


def preview(recipe: Recipe, limit: int = 10, table: str | None = None) -> dict[str, pa.Table]:
    """At most `limit` first rows of every table, or of one: the very rows that the whole dataset begins with.

    Raises UnknownNameError for a table that the recipe doesn't have, InvalidRequestError for a limit outside
    1 to `MAX_PREVIEW_ROWS`.
    """
    if not 1 <= limit <= limits.MAX_PREVIEW_ROWS:
        raise InvalidRequestError.one(
            "limit", f"{limit} rows", f"give a whole number from 1 to {limits.MAX_PREVIEW_ROWS}"
        )
    plan = make_plan(recipe)
    names = [one.name for one in plan.tables]
    if table is not None and table not in names:
        raise UnknownNameError("table", table, names)
    shown = {}
    for one in plan.tables:
        if table in (None, one.name):
            # A strategy makes rows of one block at a time; a preview may be longer than a block of wide rows.
            batches = [
                make_rows(recipe, plan, one.name, start, min(start + one.block_rows, limit, one.rows))
                for start in range(0, min(limit, one.rows), one.block_rows)
            ]
            shown[one.name] = pa.Table.from_batches(batches, one.schema)
    return shown


def json_rows(table: TablePlan, rows: pa.Table) -> list[list[Any]]:
    """Rows as JSON values, in the columns' order: the very values that a JSON Lines file would hold."""
    names = [column.name for column in table.columns]
    encode = get_format("jsonl").encode
    bodies = (encode(table, cells_of(batch), "none").body for batch in rows.combine_chunks().to_batches())
    return [
        [row.get(name) for name in names] for body in bodies for row in map(json.loads, body.splitlines())
    ]
