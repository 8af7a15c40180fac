"""The first rows of a dataset, without the rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import NO_RESULTS, Results, Stage, WholePassError
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.formats import FORMATS

MAX_PREVIEW_UNITS = 100_000
"""Of all stages that a preview runs: somebody waits for it."""


def preview(
    recipe: Recipe,
    limit: int = 10,
    table: str | None = None,
    columns: Sequence[str] | None = None,
    inputs: InputPaths = NO_INPUTS,
) -> dict[str, pa.Table]:
    """At most `limit` first rows of every table, or of one: the very rows that the whole dataset begins with.

    `columns` are those wanted of the one table, in that order. Stages that rows need are run, if they are
    pure and small (`MAX_PREVIEW_UNITS`).

    Raises UnknownNameError for a table that the recipe doesn't have, WholePassError, and InvalidRequestError
    for a limit outside 1 to `MAX_PREVIEW_ROWS` and for columns without a table or not in it.
    """
    if not 1 <= limit <= limits.MAX_PREVIEW_ROWS:
        raise InvalidRequestError.one(
            "limit", f"{limit} rows", f"give a whole number from 1 to {limits.MAX_PREVIEW_ROWS}"
        )
    if columns is not None and table is None:
        raise InvalidRequestError.one("columns", "of which table isn't said", "give the table, too")
    plan = make_plan(recipe, inputs)
    names = [one.name for one in plan.tables]
    if table is not None and table not in names:
        raise UnknownNameError("table", table, names)
    if table is not None and columns is not None:
        plan.table(table).chosen(columns)
    shown, results = {}, NO_RESULTS
    for one in plan.tables:
        if table in (None, one.name):
            results = staged(plan, one, results)
            shown[one.name] = _first_rows(plan, one, limit, columns, results)
    return shown


def staged(plan: Plan, table: TablePlan, results: Results) -> Results:
    """The results of the stages that the table needs besides these, where they are pure and small. Raises
    WholePassError."""
    units = 0

    def admit(stage: Stage) -> None:
        nonlocal units
        units += stage.units
        if not stage.pure or units > MAX_PREVIEW_UNITS:
            raise WholePassError(table.name, table.needs)

    return run_stages(plan, results, needs=table.needs, admit=admit)


def _first_rows(
    plan: Plan, table: TablePlan, limit: int, columns: Sequence[str] | None, results: Results
) -> pa.Table:
    # A strategy makes rows of one block at a time; a preview may be longer than a block of wide rows.
    batches = [
        make_rows(plan, table.name, start, min(start + table.block_rows, limit, table.rows), columns, results)
        for start in range(0, min(limit, table.rows), table.block_rows)
    ]
    return pa.Table.from_batches(batches)


def json_rows(table: TablePlan, rows: pa.Table) -> list[list[Any]]:
    """Rows as JSON values, in their columns' order: the very values that a JSON Lines file would hold."""
    names = rows.schema.names
    table = table.chosen(names)
    encode = FORMATS.get("jsonl").encode
    bodies = (encode(table, cells_of(batch), "none").body for batch in rows.combine_chunks().to_batches())
    return [
        [row.get(name) for name in names] for body in bodies for row in map(json.loads, body.splitlines())
    ]
