"""What can be known of tables only when all of them have been read: that names lead somewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.model import ColumnFacts, Imported, Reference, TableFacts, found, short


def settle(imported: Imported, enums: Mapping[str, list[str]]) -> None:
    """Write every name as it was declared, give enumerated types their values, and keys their columns.

    Raises InvalidRequestError for a column that isn't there.
    """
    tables = {table.name: table for table in imported.tables}
    for table in imported.tables:
        _types(table, enums, imported.notes)
        _leave_out_computed(table)
        table.primary_key = _columns(table, table.primary_key, f"the primary key of {table.name}")
        table.uniques = [_columns(table, names, f"a unique key of {table.name}") for names in table.uniques]
        for name in table.primary_key:
            table.columns[name].nullable = False
        for names in table.uniques:
            if len(names) == 1:
                table.columns[names[0]].unique = True
        alone = {names[0] for names in table.uniques if len(names) == 1}
        table.uniques += [
            (one.name,) for one in table.columns.values() if one.unique and one.name not in alone
        ]
    for table in imported.tables:
        table.references = [
            one for one in table.references if _leads_somewhere(one, table, tables, imported.notes)
        ]


def _leave_out_computed(table: TableFacts) -> None:
    """Keys of columns that are left out are left out with them."""

    def kept(names: Iterable[str]) -> bool:
        return table.computed.isdisjoint(name.lower() for name in names)

    table.primary_key = table.primary_key if kept(table.primary_key) else ()
    table.uniques = [names for names in table.uniques if kept(names)]
    table.references = [one for one in table.references if kept(one.columns)]


def _types(table: TableFacts, enums: Mapping[str, list[str]], notes: list[str]) -> None:
    for column in table.columns.values():
        if column.family != "other":
            continue
        column.family = "text"
        values = found(column.sql_type or "", enums)
        if values:
            column.values, column.length = values, max(map(len, values))
            column.sql_type = f"VARCHAR({column.length})"
        else:
            notes.append(
                f"{table.name}: {column.name} becomes TEXT, instead of {short(column.sql_type or '')}"
            )
            column.sql_type = "TEXT"


def _leads_somewhere(
    reference: Reference, table: TableFacts, tables: Mapping[str, TableFacts], notes: list[str]
) -> bool:
    what = f"a foreign key of {table.name}"
    reference.columns = _columns(table, reference.columns, what)
    there = found(reference.table, tables)
    if there is None:
        notes.append(f"{table.name}: {reference.table}, which it refers to, isn't declared")
        return False
    reference.table = there.name
    reference.references = _columns(there, reference.references or there.primary_key, what)
    if not reference.references:
        notes.append(f"{table.name}: {there.name}, which it refers to, has no primary key")
        return False
    if not there.computed.isdisjoint(name.lower() for name in reference.references):
        return False
    if len(reference.references) != len(reference.columns):
        raise InvalidRequestError.one(
            "content",
            f"{what} has {len(reference.columns)} columns ({', '.join(reference.columns)}) "
            f"for {len(reference.references)} of {there.name} ({', '.join(reference.references)})",
            "name as many columns on both sides",
        )
    return True


def _columns(table: TableFacts, names: Iterable[str], what: str) -> tuple[str, ...]:
    return tuple(column_of(table, name, what).name for name in names)


def column_of(table: TableFacts, name: str, what: str) -> ColumnFacts:
    """The column that is named there. Raises InvalidRequestError where the table has no such column."""
    column = table.column(name)
    if column is None:
        raise InvalidRequestError.one(
            "content",
            f"{what} names the column {name}, which {table.name} doesn't have",
            f"declare it, or name one of: {', '.join(table.columns)}",
        )
    return column
