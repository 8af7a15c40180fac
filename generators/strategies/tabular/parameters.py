"""The parameters of the strategy: tables, their columns, and whose children their rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.columns.column_field import ColumnField
from synthmill.generators.columns.joint_tables.field import NamedJointTables
from synthmill.generators.schema.fields import (
    Items,
    Name,
    Parameters,
    Whole,
    options,
    refused,
)
from synthmill.generators.strategies.tabular.children_of import ChildrenOf

EXAMPLE: dict[str, Any] = {
    "tables": [
        {
            "name": "orders",
            "rows": 1000,
            "columns": [
                {"name": "id", "kind": "sequence"},
                {"name": "placed_on", "kind": "date", "start": "2024-01-01", "end": "2024-12-31"},
            ],
            "primary_key": ["id"],
        },
        {
            "name": "order_items",
            "rows": 2500,
            "children_of": {"table": "orders", "min": 1, "max": 4},
            "columns": [
                {"name": "order_id", "kind": "parent", "column": "id"},
                {"name": "line", "kind": "line_number"},
                {"name": "price", "kind": "money", "min": 1, "max": 500},
            ],
            "primary_key": ["order_id", "line"],
        },
    ]
}
"""Parameters with two related tables."""


class TableParameters(Parameters):
    """A table: its name, its number of rows and its columns in order."""

    name = Name("What the table, and its file, is called.", examples=["orders"])
    rows = Whole(
        "How many rows it has; needed unless they follow from `children_of`.",
        1,
        limits.MAX_TABLE_ROWS,
        default=None,
        examples=[1000],
    )
    columns = Items("The columns, in order.", ColumnField(), most=limits.MAX_COLUMNS)
    primary_key = Items(
        "The columns whose values, together, no two rows share.",
        Name("A column's name."),
        fewest=0,
        most=32,
        default=list,
        examples=[["id"]],
    )
    unique_keys = Items(
        "Further keys: lists of columns whose values, together, no two rows share. A composite primary key "
        "counts as one. Columns of such a key choose evenly among their values.",
        Items("Columns.", Name("A column's name."), most=32),
        fewest=0,
        most=32,
        default=list,
        examples=[[["student_id", "course_id"]]],
    )
    orderings = Items(
        "Lists of columns whose values rise within every row: what is drawn for them is put in order.",
        Items("Columns, the least first.", Name("A column's name."), fewest=2, most=32),
        fewest=0,
        most=32,
        default=list,
        examples=[[["starts_on", "ends_on"]]],
    )
    children_of = ma.fields.Nested(
        ChildrenOf,
        **options("Makes every row a child of one row of another table, exactly `rows` in all.", None, ()),
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_repeated("columns", data["columns"])
        of = data["children_of"]
        free = of is not None and (
            of["total"] == "free" or of["steps_of"] is not None or of["schedule"] is not None
        )
        if data["rows"] is None and not free:
            raise refused("is missing", "say how many rows the table has", "rows")


class TabularParameters(Parameters):
    """Tables with columns of many kinds and the relations between them."""

    tables = Items(
        "The tables.",
        ma.fields.Nested(TableParameters),
        most=limits.MAX_TABLES,
        examples=[EXAMPLE["tables"]],
    )
    joint_tables = NamedJointTables()

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        _refuse_repeated("tables", data["tables"])
        _refuse_repeated("joint_tables", data.get("joint_tables", ()))


def _refuse_repeated(what: str, items: Iterable[Mapping[str, Any]]) -> None:
    # Names that differ in case alone would be one file on some systems and one column in most databases.
    repeated = [name for name, times in Counter(item["name"].lower() for item in items).items() if times > 1]
    if repeated:
        raise refused(f"several are called {', '.join(repeated)}", "give each a name of its own", what)
