"""Previews, made while the caller waits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.app.core.access.keys import Principal
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.requests.generation import SubmissionFields, generation_of, library_part
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import held_inputs
from synthmill.generators.datasets.preview import preview
from synthmill.generators.engine.pipeline import make_plan
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.limits import MAX_PREVIEW_ROWS
from synthmill.generators.recipes.request import Generation, GenerationRequest, WholeNumber

MAX_CELLS = 1_000_000
"""Rows times columns of one preview: it is made in the process that answers."""


class PreviewFields(SubmissionFields):
    """What a preview's request adds to a generation request."""

    limit = WholeNumber(
        load_default=10,
        validate=ma.validate.Range(1, MAX_PREVIEW_ROWS),
        metadata={"description": "rows of each table"},
    )
    table = ma.fields.String(load_default=None, metadata={"description": "only this table"})
    columns = ma.fields.List(
        ma.fields.String(),
        load_default=None,
        metadata={"description": "only these columns of `table`, in this order; others aren't made"},
    )


class PreviewRequest(GenerationRequest, PreviewFields):
    """All that a preview can be asked with."""

    class Meta(GenerationRequest.Meta):
        description = "A body as for `POST /generate`, and which rows to show."


@dataclass(frozen=True)
class Wanted:
    generation: Generation
    limit: int
    table: str | None
    columns: list[str] | None


@dataclass(frozen=True)
class Preview:
    recipe: Recipe
    plan: Plan
    rows: Mapping[str, pa.Table]
    """The first rows by table."""


def preview_of(services: Services, principal: Principal, body: dict[str, Any]) -> Wanted:
    """The preview that a body means whose `PreviewFields` are loaded. Raises InvalidRequestError."""
    request = library_part(body, PreviewFields, PreviewRequest)
    generation = generation_of(services, principal, request)
    return Wanted(generation, body["limit"], body["table"], body["columns"])


def show_preview(services: Services, principal: Principal, wanted: Wanted) -> Preview:
    """The first rows. Raises InvalidRequestError, LimitExceededError for more than `MAX_CELLS`, and
    WholePassError where they follow from more than can be found out while somebody waits."""
    recipe = wanted.generation.recipe
    with held_inputs(services, principal.workspace_id, recipe.inputs) as inputs:
        plan = make_plan(recipe, inputs)
        _check_cells(plan, wanted)
        return Preview(recipe, plan, preview(recipe, wanted.limit, wanted.table, wanted.columns, inputs))


def _check_cells(plan: Plan, wanted: Wanted) -> None:
    shown = [table for table in plan.tables if wanted.table in (None, table.name)]
    width = None if wanted.columns is None else len(wanted.columns)
    cells = sum((width or len(table.columns)) * min(table.rows, wanted.limit) for table in shown)
    if cells > MAX_CELLS:
        raise LimitExceededError(
            "limit",
            f"{cells:,} values are too many for a preview",
            f"at most {MAX_CELLS:,}: fewer rows or one table",
        )
