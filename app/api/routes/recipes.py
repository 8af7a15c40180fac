"""POST /recipes/import: a recipe of what somebody has."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Response

from synthmill.app.api.envelope import enveloped_answer
from synthmill.app.api.resource import Resource
from synthmill.app.core.requests import importing
from synthmill.app.core.requests.importing import FORMATS, MAX_CONTENT
from synthmill.app.http.context import services
from synthmill.generators.importing.ddl import DIALECTS
from synthmill.generators.limits import MAX_NAME_LENGTH, MAX_TABLE_ROWS
from synthmill.generators.recipes.request import WholeNumber

resource = Resource("recipes", "Recipes from schemas and data.")

f = ma.fields
_MOST_NULLS = 100


class ImportSchema(ma.Schema):
    """What to make a recipe of."""

    format = f.String(
        required=True,
        validate=ma.validate.OneOf(FORMATS),
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
    nulls = f.List(
        f.String(validate=ma.validate.Length(1, MAX_NAME_LENGTH)),
        load_default=None,
        allow_none=True,
        validate=ma.validate.Length(0, _MOST_NULLS),
        metadata={
            "description": "of CSV: texts that are null without quotes, in every column; left out, NA, NULL"
            " and their like are null among numbers, dates and truth values. An empty cell is null anyway"
        },
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


@resource.operation("POST", "/recipes/import", returns=ImportedSchema, body=ImportSchema, refuses=[503])
def import_recipe(wanted: dict[str, Any]) -> Response:
    """Make a recipe of DDL, a CSV or a JSON Schema

    Nothing is stored. Keys, types, ranges and categories are taken over; texts of many values aren't.
    """
    return enveloped_answer(importing.import_recipe(services(), wanted))
