"""Recipes of what somebody has: a schema or a file, as text."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.app.core.confined.answer import Answer
from synthmill.app.core.errors import LimitExceededError
from synthmill.app.core.services import Services
from synthmill.generators.errors import InvalidRequestError

FORMATS = ("sql", "csv", "json_schema")
MAX_CONTENT = 128 * 1024
"""Characters: somebody waits for it. The command reads files of any size."""


def import_recipe(services: Services, wanted: Mapping[str, Any]) -> Answer:
    """The request, the recipe file and notes that a text of one of `FORMATS` comes to, as JSON.

    Raises LimitExceededError, and InvalidRequestError where it can't be read.
    """
    length = len(wanted["content"])
    if length > MAX_CONTENT:
        raise LimitExceededError(
            "content",
            f"{length:,} characters",
            f"at most {MAX_CONTENT:,}; `synthmill import` reads larger files",
        )
    for field, meant in (("dialect", "sql"), ("nulls", "csv")):
        if wanted[field] is not None and wanted["format"] != meant:
            reason = f"is for {meant}, and this is {wanted['format']}"
            raise InvalidRequestError.one(field, reason, "leave it out")
    return services.executor.run("import", wanted)
