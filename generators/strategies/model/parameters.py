"""The parameters of the strategy: which model, and how many rows."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.learning.conditions import Where
from synthmill.generators.schema.fields import Parameters, options, refused
from synthmill.generators.schema.input_field import InputFile
from synthmill.generators.schema.json_values import shown


class ModelRows(ma.fields.Field[Any]):
    """A number of rows, or an object with a number per table."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        counts = list(value.values()) if isinstance(value, dict) else [value]
        fix = f"give 1 to {limits.MAX_TABLE_ROWS}, or an object with such a number per table"
        if not counts:
            raise refused("names no table", fix)
        for count in counts:
            if isinstance(count, bool) or not isinstance(count, int):
                raise refused(f"{shown(count)} isn't a number of rows", fix)
            if not 1 <= count <= limits.MAX_TABLE_ROWS:
                raise refused(f"{shown(count)} is outside the limits", fix)
        return value

    def json_schema(self) -> dict[str, Any]:
        count = {"type": "integer", "minimum": 1, "maximum": limits.MAX_TABLE_ROWS}
        return {"oneOf": [count, {"type": "object", "additionalProperties": count, "minProperties": 1}]}


class ModelParameters(Parameters):
    """A model, and how much of it."""

    model = InputFile("The model file, by its sha256.", examples=["0" * 64])
    rows = ModelRows(
        **options(
            "Rows of the only table, or of each by name. Left out: as many as were learnt.", None, [1000]
        )
    )
    where = Where(
        **options(
            'What every row holds, by column: a value, a list of values, or {"min": .., "max": ..}. First a '
            "model of such rows is fitted to rows that the model makes.",
            None,
            [{"sex": "Female", "age": {"min": 18, "max": 30}}],
        )
    )
