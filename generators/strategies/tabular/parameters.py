"""The parameters of the strategy: tables, their columns, and whose children their rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.columns.column_field import ColumnField
from synthmill.generators.columns.joint_field import NamedJointTables
from synthmill.generators.schema.fields import (
    Choice,
    Items,
    Name,
    Number,
    Parameters,
    Reason,
    TableName,
    Whole,
    check_limits,
    options,
    refused,
)

MAX_CHILDREN = 10_000
"""Children that one parent may have."""


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


_FORM = (
    "give an object with table and max, where wanted also with min and weights; or with table and steps_of"
)


class ChildrenOf(Parameters):
    """The table whose rows are the parents of this table's rows, and how many children a parent has."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings)
        self.error_messages["type"] = Reason("isn't an object", _FORM)
        for field in self.fields.values():
            # In a list the reason keeps its fix; marshmallow would format it into plain text.
            messages: dict[str, Any] = {"required": [Reason("is missing", _FORM)]}
            field.error_messages = {**field.error_messages, **messages}

    table = TableName("The parents' table.", examples=["orders"])
    min = Whole("The fewest children of a parent.", 0, MAX_CHILDREN, default=0)
    max = Whole(
        "The most children of a parent; needed unless `steps_of` is given.",
        1,
        MAX_CHILDREN,
        default=None,
        examples=[8],
    )
    weights = Items(
        "How common each number of children is, from min to max. All equal if left out; tilted so that the "
        "mean is the one that the two tables' rows ask for.",
        Number("How common this number is.", 0.0, 1e15, above=True),
        default=None,
        most=MAX_CHILDREN + 1,
        examples=[[3, 2, 1]],
    )
    total = Choice(
        "exact: the table has exactly its `rows`; free: each parent's number of children is "
        "drawn independently, and the table has as many rows as they add up to.",
        ("exact", "free"),
        default="exact",
    )
    mean = Number(
        "With a free total, the mean number of children, to which the weights are tilted.",
        0.0,
        MAX_CHILDREN,
        default=None,
        examples=[2.5],
    )
    steps_of = Name(
        "The parents' column of the kind state: a child for every state that the parent goes through. Stands "
        "instead of all but `table`, and the total is free.",
        default=None,
        examples=["status"],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data.get("steps_of") is not None:
            for name in ("max", "weights", "mean"):
                if data.get(name) is not None:
                    raise refused("means nothing beside steps_of", "leave one of the two out", name)
            if data.get("min"):
                raise refused("means nothing beside steps_of", "leave one of the two out", "min")
            return
        if data.get("max") is None:
            raise refused("is missing", _FORM, "max")
        if data.get("mean") is not None and data["total"] != "free":
            raise refused("means nothing to an exact total", "leave it out, or set total to free", "mean")
        check_limits(data)
        counts = data["max"] - data["min"] + 1
        if data.get("weights") and len(data["weights"]) != counts:
            raise refused(
                f"{len(data['weights'])} weights for {counts} numbers of children",
                "give one weight for each number from min to max",
                "weights",
            )


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
        free = data["children_of"] is not None and (
            data["children_of"]["total"] == "free" or data["children_of"]["steps_of"] is not None
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
