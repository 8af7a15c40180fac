"""What a recipe says of the rows that a reference may lead to."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.generators.columns.mapping_field import Mapping
from synthmill.generators.schema.column_name import ColumnName
from synthmill.generators.schema.fields import Name, Parameters, options, refused

_MOST_MATCHED = 4


class ExistingParameters(Parameters):
    """The times between which a row of the other table exists, and the time at which it has to."""

    at = ColumnName("The row's own column of times, or of days.", examples=["ordered_at"])
    since = Name("The other table's column that says since when its row exists.", examples=["opened_at"])
    until = Name(
        "The one that says when it ends; where that is null, it doesn't. Left out: no row ends.",
        default=None,
        examples=["closed_at"],
    )


def existing_field() -> ma.fields.Nested:
    about = (
        "Only rows that exist at the row's time: `since` is no later than `at`, and `until` is later than it "
        "or null."
    )
    example = {"at": "ordered_at", "since": "opened_at", "until": "closed_at"}
    return ma.fields.Nested(ExistingParameters, **options(about, None, [example]))


class MatchField(Mapping):
    """Columns of the other table, each with the column of the row that must have the same value."""

    def __init__(self) -> None:
        super().__init__(
            "Only rows with the same values as this one: columns of the other table, each with the column of "
            "this row that it must be equal to. A row with a null there refers to none.",
            ColumnName("A column of this table, or of one that a link leads to."),
            default=None,
            examples=[{"city_id": "city_id"}],
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        loaded = super()._deserialize(value, attr, data, **kwargs)
        if len(loaded) > _MOST_MATCHED:
            raise refused(f"has {len(loaded)} members", f"give 1 to {_MOST_MATCHED}")
        return loaded
