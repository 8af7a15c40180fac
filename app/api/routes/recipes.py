"""POST /recipes/import: a recipe of what somebody has."""

from __future__ import annotations

import io
from typing import Any

import marshmallow as ma

from synthmill.app.api.resource import Resource
from synthmill.app.core.errors import LimitExceededError
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.ddl import DIALECTS, read_ddl
from synthmill.generators.importing.json_schema import read_json_schema
from synthmill.generators.importing.model import Imported
from synthmill.generators.importing.recipe import recipe_yaml, request_for
from synthmill.generators.limits import MAX_NAME_LENGTH, MAX_TABLE_ROWS
from synthmill.generators.recipes.request import WholeNumber

resource = Resource("recipes", "Recipes from schemas and data.")

MAX_CONTENT = 128 * 1024
"""Characters: it is read while the caller waits, in the web process. The command reads files of any size."""

f = ma.fields


class ImportSchema(ma.Schema):
    """What to make a recipe of."""

    format = f.String(
        required=True,
        validate=ma.validate.OneOf(("sql", "csv", "json_schema")),
        metadata={"description": "what `content` is: DDL, a data file, or a JSON Schema"},
    )
    content = f.String(
        required=True, metadata={"description": f"the text itself, at most {MAX_CONTENT} characters"}
    )
    dialect = f.String(
        load_default=None,
        validate=ma.validate.OneOf(DIALECTS),
        metadata={"description": "of DDL; several are tried if left out"},
    )
    name = f.String(
        load_default="table",
        validate=ma.validate.Length(1, MAX_NAME_LENGTH),
        metadata={"description": "of the table, where the content names none"},
    )
    rows = WholeNumber(
        load_default=None,
        validate=ma.validate.Range(1, MAX_TABLE_ROWS),
        metadata={"description": "rows of the largest tables"},
    )


class ImportedSchema(ma.Schema):
    request = f.Dict(required=True, metadata={"description": "a body for `POST /generate`"})
    recipe = f.String(required=True, metadata={"description": "the same as a recipe file, YAML"})
    notes = f.List(
        f.String(), required=True, metadata={"description": "what couldn't be taken over, or was renamed"}
    )


@resource.operation("POST", "/recipes/import", returns=ImportedSchema, body=ImportSchema)
def import_recipe(wanted: dict[str, Any]) -> dict[str, Any]:
    """Make a recipe of DDL, a CSV or a JSON Schema

    Nothing is stored. Keys, types, ranges and categories are taken over; texts of many values aren't.
    """
    if len(wanted["content"]) > MAX_CONTENT:
        raise LimitExceededError(
            "content",
            f"{len(wanted['content']):,} characters",
            f"at most {MAX_CONTENT:,}; `synthmill import` reads larger files",
        )
    imported = _read(wanted)
    request = request_for(imported, wanted["rows"])
    return {"request": request, "recipe": recipe_yaml(request), "notes": imported.notes}


def _read(wanted: dict[str, Any]) -> Imported:
    if wanted["format"] == "sql":
        return read_ddl(wanted["content"], wanted["dialect"])
    if wanted["format"] == "json_schema":
        return read_json_schema(wanted["content"], wanted["name"])
    return read_data(io.BytesIO(wanted["content"].encode()), wanted["name"], "csv")
