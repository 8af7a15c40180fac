"""Recipes of what somebody has: a schema or a file, as text."""

from __future__ import annotations

import io
from collections.abc import Sequence

from synthmill.app.core.errors import LimitExceededError
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.csv_file import CsvOptions
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.ddl import read_ddl
from synthmill.generators.importing.json_schema import read_json_schema
from synthmill.generators.importing.model import Imported

FORMATS = ("sql", "csv", "json_schema")
MAX_CONTENT = 128 * 1024
"""Characters: it is read in the process that answers. The command reads files of any size."""


def import_text(
    form: str, content: str, name: str, dialect: str | None = None, nulls: Sequence[str] | None = None
) -> Imported:
    """What a text of one of `FORMATS` declares; `name` is of a table that it doesn't name itself, and `nulls`
    are the texts that are null in CSV.

    Raises LimitExceededError, and InvalidRequestError where it can't be read.
    """
    if len(content) > MAX_CONTENT:
        raise LimitExceededError(
            "content",
            f"{len(content):,} characters",
            f"at most {MAX_CONTENT:,}; `synthmill import` reads larger files",
        )
    for field, given, meant in (("dialect", dialect, "sql"), ("nulls", nulls, "csv")):
        if given is not None and form != meant:
            raise InvalidRequestError.one(field, f"is for {meant}, and this is {form}", "leave it out")
    if form == "sql":
        return read_ddl(content, dialect)
    if form == "json_schema":
        return read_json_schema(content, name)
    return read_data(io.BytesIO(content.encode()), name, "csv", CsvOptions("utf-8", nulls))
