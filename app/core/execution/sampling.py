"""Rows of a model as one JSON array, made by one worker: small enough to be an answer."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from synthmill.app.core.jobs.kind import Claim, Report
from synthmill.app.core.jobs.object_keys import file_key
from synthmill.app.core.jobs.rows_answer import ROWS_NAME
from synthmill.app.core.services import Services
from synthmill.app.core.uploads.inputs import held_inputs
from synthmill.generators.engine.inputs import Input
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError
from synthmill.generators.formats import FORMATS
from synthmill.generators.learning import MEDIA_TYPE

MAX_ANSWER_BYTES = 64 * 2**20
_BLOCK_ROWS = 4_096


@dataclass(frozen=True)
class Sampled:
    """What the part gave: rows, which are in storage, or why there are none."""

    size: int
    refused: str | None = None


def model_input(sha256: str) -> Input:
    return Input(sha256, MEDIA_TYPE, "model")


def sample_part(
    services: Services, claim: Claim, model: str, request: Mapping[str, Any], run: int, report: Report
) -> Sampled:
    """Make the request's rows of the model with this sha256. Raises what `report` does."""
    try:
        with held_inputs(services, claim.workspace_id, [model_input(model)]) as paths:
            plan = make_plan(make_recipe("model", {"model": model}, request["seed"]), paths)
            _check_alone(plan)
            parameters = {"model": model, "rows": claim.units}
            where = where_of(request["conditions"], plan)
            if where:
                parameters["where"] = where
            plan = make_plan(make_recipe("model", parameters, request["seed"]), paths)
        content = _rows(plan, claim.units, report)
    except (InvalidRequestError, UnknownNameError) as error:
        return Sampled(0, str(error))
    key = file_key(claim.job_id, ROWS_NAME, run)
    services.storage.put(key, b"[", *content, b"]")
    return Sampled(sum(map(len, content)) + 2)


def _check_alone(plan: Plan) -> None:
    """Raises InvalidRequestError for a model of several tables."""
    if len(plan.tables) != 1:
        names = ", ".join(table.name for table in plan.tables)
        fix = "make them as a dataset: POST /api/v1/generate"
        raise InvalidRequestError.one("model_id", f"the model is of several tables: {names}", fix)


def _rows(plan: Plan, rows: int, report: Report) -> list[bytes]:
    """The objects of all rows with commas between them: the lines of a JSON Lines file."""
    (table,) = plan.tables
    results = run_stages(plan)
    content: list[bytes] = []
    size = 0
    for start in range(0, rows, _BLOCK_ROWS):
        stop = min(start + _BLOCK_ROWS, rows)
        cells = make_cells(plan, table.name, start, stop, None, results)
        lines = FORMATS.get("jsonl").encode(table, cells, "none").body
        content.append((b"," if start else b"") + lines.rstrip(b"\n").replace(b"\n", b","))
        size += len(content[-1])
        if size > MAX_ANSWER_BYTES:
            raise InvalidRequestError.one(
                "n_samples",
                f"{rows:,} rows have more than {MAX_ANSWER_BYTES // 2**20} MiB as JSON",
                "fewer, or make them as a dataset: POST /api/v1/generate with the strategy model",
            )
        report(stop)
    return content


def where_of(conditions: Sequence[Mapping[str, Any]], plan: Plan) -> dict[str, Any]:
    """Conditions as the strategy takes them: by column a value, a list, or limits.

    Each is a column, an operator (eq, in, between, ge, gt, le or lt) and a value. Raises InvalidRequestError
    for a column that isn't there and for two that can't be met together.
    """
    types = {column.name: str(column.type) for table in plan.tables for column in table.columns}
    where: dict[str, Any] = {}
    for condition in conditions:
        column, field = condition["column"], condition["field"]
        if column not in types:
            known = f"columns: {', '.join(types)}"
            raise InvalidRequestError([FieldError(field, f"there is no column {column!r}", known)])
        wanted = _wanted(condition, types[column])
        if column in where:
            wanted = _both(where[column], wanted, field, column)
        where[column] = wanted
    return where


def _wanted(condition: Mapping[str, Any], type_: str) -> Any:
    operator, value = condition["operator"], condition["value"]
    if operator in ("eq", "in"):
        return value
    if operator == "between":
        return {"min": value[0], "max": value[1]}
    if operator in ("ge", "gt"):
        return {"min": value if operator == "ge" else _next(value, type_, 1, condition["field"])}
    return {"max": value if operator == "le" else _next(value, type_, -1, condition["field"])}


def _next(value: Any, type_: str, step: int, field: str) -> Any:
    """The least value beyond this one that a column of the type can hold, or the greatest below it."""
    number = not isinstance(value, bool) and isinstance(value, int | float)
    if number and type_.startswith(("int", "uint")):
        return math.floor(value) + 1 if step > 0 else math.ceil(value) - 1
    if number:
        return math.nextafter(float(value), math.copysign(math.inf, step))
    if isinstance(value, str) and type_.startswith("date"):
        try:
            return (date.fromisoformat(value) + timedelta(days=step)).isoformat()
        except (ValueError, OverflowError):
            pass
    raise InvalidRequestError.one(field, f"{value!r} has no next value in a column of {type_}", "ge or le")


def _both(first: Any, second: Any, field: str, column: str) -> Any:
    """What meets both; limits alone can be put together."""
    if not isinstance(first, dict) or not isinstance(second, dict):
        raise InvalidRequestError.one(
            field, f"{column} has two conditions, one of which isn't a range", "say it in one condition"
        )
    limits = {**first, **second}
    try:
        if "min" in first and "min" in second:
            limits["min"] = max(first["min"], second["min"])
        if "max" in first and "max" in second:
            limits["max"] = min(first["max"], second["max"])
    except TypeError:
        fix = "limits of one kind"
        raise InvalidRequestError.one(field, f"{column} has a number and a text as limits", fix) from None
    return limits


def packed(sampled: Sampled) -> bytes:
    return json.dumps({"size": sampled.size, "refused": sampled.refused}).encode()
