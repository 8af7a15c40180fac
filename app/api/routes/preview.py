"""POST /preview: the first rows of the very dataset that POST /generate would make."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.app.api.resource import Resource
from synthmill.app.api.schemas.submission import PreviewLoader, PreviewRequest, PreviewRequestSchema
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.uploads.inputs import held_inputs
from synthmill.app.http.context import principal, services
from synthmill.generators.datasets.preview import json_rows, preview
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.planning import make_plan

resource = Resource("preview", "See the first rows at once.")

MAX_CELLS = 1_000_000
"""Rows times columns of one preview: it is made while the caller waits, in the web process."""


class ColumnSchema(ma.Schema):
    name = ma.fields.String(required=True)
    type = ma.fields.String(required=True, metadata={"description": "as Arrow names it"})
    kind = ma.fields.String(required=True)
    nullable = ma.fields.Boolean(required=True)


class TablePreviewSchema(ma.Schema):
    name = ma.fields.String(required=True)
    columns = ma.fields.List(ma.fields.Nested(ColumnSchema), required=True)
    rows = ma.fields.List(
        ma.fields.List(ma.fields.Raw(allow_none=True)),
        required=True,
        metadata={"description": "values in the order of the columns, as the JSON Lines file has them"},
    )
    rows_total = ma.fields.Integer(required=True, metadata={"description": "rows of the whole table"})


class PreviewSchema(ma.Schema):
    seed = ma.fields.Integer(
        required=True, metadata={"description": "as given or drawn; with it /generate makes these rows"}
    )
    recipe = ma.fields.Dict(required=True)
    tables = ma.fields.List(ma.fields.Nested(TablePreviewSchema), required=True)


@resource.operation(
    "POST", "/preview", returns=PreviewSchema, body=PreviewLoader, body_described_by=PreviewRequestSchema
)
def show_preview(wanted: PreviewRequest) -> dict[str, Any]:
    """Show the first rows

    Nothing is stored. The body is that of `POST /generate`; `limit`, `table` and `columns` say what to show.
    """
    recipe = wanted.generation.recipe
    with held_inputs(services(), principal().workspace_id, recipe.inputs) as inputs:
        plan = make_plan(recipe, inputs)
        _check_cells(plan, wanted)
        shown = preview(recipe, wanted.limit, wanted.table, wanted.columns, inputs)
    return {
        "seed": recipe.seed,
        "recipe": recipe.to_dict(),
        "tables": [_rendered(plan.table(name), rows) for name, rows in shown.items()],
    }


def _check_cells(plan: Plan, wanted: PreviewRequest) -> None:
    shown = [table for table in plan.tables if wanted.table in (None, table.name)]
    width = None if wanted.columns is None else len(wanted.columns)
    cells = sum((width or len(table.columns)) * min(table.rows, wanted.limit) for table in shown)
    if cells > MAX_CELLS:
        raise LimitExceededError(
            "limit",
            f"{cells:,} values are too many for a preview",
            f"at most {MAX_CELLS:,}: fewer rows or one table",
        )


def _rendered(table: TablePlan, rows: pa.Table) -> dict[str, Any]:
    table = table.chosen(rows.schema.names)
    return {
        "name": table.name,
        "columns": [
            {"name": c.name, "type": str(c.type), "kind": c.kind, "nullable": c.nullable}
            for c in table.columns
        ],
        "rows": json_rows(table, rows),
        "rows_total": table.rows,
    }
