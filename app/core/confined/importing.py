"""Recipes of what somebody has: a schema or a file, as text."""

from __future__ import annotations

import io
from typing import Any

from synthmill.generators.importing.csv_file import CsvOptions
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.json_schema import read_json_schema
from synthmill.generators.importing.model import Imported
from synthmill.generators.importing.recipe import recipe_yaml, request_for


def import_text(
    format: str,  # noqa: A002 - as the request calls it
    content: str,
    name: str,
    dialect: str | None,
    nulls: list[str] | None,
    rows: int | None,
) -> dict[str, Any]:
    """The request and the recipe file that a text comes to; `name` is for a table that has none in it, and
    `nulls` are the texts that are null in CSV.

    Raises InvalidRequestError where it can't be read.
    """
    imported = _read(format, content, name, dialect, nulls)
    request = request_for(imported, rows)
    return {"request": request, "recipe": recipe_yaml(request), "notes": imported.notes}


def _read(form: str, content: str, name: str, dialect: str | None, nulls: list[str] | None) -> Imported:
    if form == "sql":
        return read_ddl(content, dialect)
    if form == "json_schema":
        return read_json_schema(content, name)
    return read_data(io.BytesIO(content.encode()), name, "csv", CsvOptions("utf-8", nulls))
