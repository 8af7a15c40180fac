"""What two datasets differ in, to the row and the column: what a changed parameter caused, say.

Rows of both are put into a database in a temporary folder and joined by the table's primary key, so that
memory doesn't grow with them. `docs/diff.md` says what is compared.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa

from synthmill.generators.datasets.diff_report import Counts, DiffReport, TableDiff, changes
from synthmill.generators.datasets.diff_side import Side, SideTable, side_of
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError

_PLACE, _HERE = "place in the table", "is there"
"""Columns of our own: a blank is in no column's name."""


def diff(
    before: str | Path | Recipe,
    after: str | Path | Recipe,
    *,
    tables: Collection[str] = (),
    by: str | None = None,
) -> DiffReport:
    """Compare two datasets of the same tables.

    Each is a dataset's folder, its manifest, a recipe or the file of a request; where a dataset's files lie
    beside its manifest they are read, otherwise rows are made of the recipe. `tables` are those wanted, by
    default all; `by` names a column by whose values the rows of each table that has it are counted, too.
    Raises InvalidRequestError for tables that neither has, for a column that no table has, and where a
    recipe can't be made here; AttestError, ManifestError, OSError.
    """
    first, second = side_of(before), side_of(after)
    known = list(dict.fromkeys((*first.tables, *second.tables)))
    if unknown := [name for name in tables if name not in known]:
        raise InvalidRequestError.one(
            "table", f"neither dataset has a table {unknown[0]!r}", f"one of {', '.join(known)}"
        )
    wanted = [name for name in known if not tables or name in tables]
    both = [name for name in wanted if name in first.tables and name in second.tables]
    if by is not None and not any(by in first.tables[one].schema.names for one in both):
        raise InvalidRequestError.one("by", f"none of the tables has a column {by!r}", "name one that has")
    with _database() as connection:
        compared = [_compared(connection, name, first, second, by) for name in both]
    return DiffReport(
        tuple(changes(first.recipe.to_dict(), second.recipe.to_dict())),
        tuple(compared),
        tuple(name for name in wanted if name not in second.tables),
        tuple(name for name in wanted if name not in first.tables),
    )


@contextmanager
def _database() -> Iterator[Any]:
    """A database in a folder that goes with it."""
    import duckdb

    settings: dict[str, Any] = {
        "threads": 1,
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
    }
    with (
        tempfile.TemporaryDirectory(prefix="synthmill-") as folder,
        duckdb.connect(str(Path(folder) / "rows"), config=settings) as connection,
    ):
        yield connection


def _compared(connection: Any, name: str, first: Side, second: Side, by: str | None) -> TableDiff:
    before, after = first.tables[name], second.tables[name]
    shared = [one for one in before.schema.names if one in after.schema.names]
    keyed = before.key == after.key and before.key and all(one in shared for one in before.key)
    key = before.key if keyed else ()
    for side, table in (("before", before), ("after", after)):
        _load(connection, side, table)
    columns = [one for one in shared if one not in key]
    grouped = by if by in shared else None
    found = connection.execute(_query(before, after, key or (_PLACE,), columns, grouped)).fetchall()
    groups = {str(row[0]): _counts(row[1:], columns) for row in found}
    for side in ("before", "after"):
        connection.execute(f"DROP TABLE {side}")
    return TableDiff(
        name,
        key,
        _total(list(groups.values())),
        tuple(one for one in before.schema.names if one not in shared),
        tuple(one for one in after.schema.names if one not in shared),
        {} if grouped is None else {value: one for value, one in groups.items() if not one.equal},
    )


def _load(connection: Any, name: str, table: SideTable) -> None:
    """The table's rows, each with its place and a mark that it is there."""
    fields = [pa.field(one.name, one.type) for one in table.schema]
    schema = pa.schema([*fields, pa.field(_PLACE, pa.int64()), pa.field(_HERE, pa.bool_())])

    def batches() -> Iterator[pa.RecordBatch]:
        reached = 0
        for batch in table.batches():
            columns = [column.cast(one.type) for column, one in zip(batch.columns, fields, strict=True)]
            places = pa.array(range(reached, reached + batch.num_rows), pa.int64())
            there = pa.array([True] * batch.num_rows, pa.bool_())
            reached += batch.num_rows
            yield pa.RecordBatch.from_arrays([*columns, places, there], schema=schema)

    reader = pa.RecordBatchReader.from_batches(schema, batches())
    connection.register("rows", reader)
    connection.execute(f"CREATE TABLE {name} AS FROM rows")
    connection.unregister("rows")


def _query(
    before: SideTable, after: SideTable, key: tuple[str, ...], columns: list[str], by: str | None
) -> str:
    """Of each value of `by`, or of all rows: missing, added, alike, and of each column how many differ."""
    unlike = [_unlike(one, before, after) for one in columns]
    in_both = f"(a.{_quoted(_HERE)} AND b.{_quoted(_HERE)})"
    changed = f"({' OR '.join(unlike)})" if unlike else "false"
    counts = [
        f"count(*) FILTER (WHERE b.{_quoted(_HERE)} IS NULL)",
        f"count(*) FILTER (WHERE a.{_quoted(_HERE)} IS NULL)",
        f"count(*) FILTER (WHERE {in_both} AND NOT {changed})",
        f"count(*) FILTER (WHERE {in_both} AND {changed})",
        *(f"count(*) FILTER (WHERE {in_both} AND {one})" for one in unlike),
    ]
    group = (
        "''"
        if by is None
        else f"coalesce(CAST(a.{_quoted(by)} AS VARCHAR), CAST(b.{_quoted(by)} AS VARCHAR), '')"
    )
    joined = " AND ".join(f"a.{_quoted(one)} = b.{_quoted(one)}" for one in key)
    parts = ("SELECT", ", ".join((group, *counts)), "FROM before a FULL OUTER JOIN after b ON", joined)
    return " ".join((*parts, "GROUP BY ALL ORDER BY 1"))


def _unlike(name: str, before: SideTable, after: SideTable) -> str:
    sides = [f"{side}.{_quoted(name)}" for side in "ab"]
    if before.schema.field(name).type != after.schema.field(name).type:
        sides = [f"CAST({one} AS VARCHAR)" for one in sides]
    return f"{sides[0]} IS DISTINCT FROM {sides[1]}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _counts(row: tuple[int, ...], columns: list[str]) -> Counts:
    missing, added, alike, changed, *by_column = row
    unlike = {name: count for name, count in zip(columns, by_column, strict=True) if count}
    return Counts(alike, changed, missing, added, unlike)


def _total(groups: list[Counts]) -> Counts:
    columns: dict[str, int] = {}
    for one in groups:
        for name, count in one.columns.items():
            columns[name] = columns.get(name, 0) + count
    return Counts(
        sum(one.alike for one in groups),
        sum(one.changed for one in groups),
        sum(one.missing for one in groups),
        sum(one.added for one in groups),
        dict(sorted(columns.items(), key=lambda item: (-item[1], item[0]))),
    )
