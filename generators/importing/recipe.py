"""From facts of tables to a request that makes them: rows, keys, children, columns."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from synthmill.generators import limits
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.kinds import COUNTED, NULLS, column_for, most_rows, sequence
from synthmill.generators.importing.model import ColumnFacts, Imported, Reference, TableFacts
from synthmill.generators.recipes.yaml_text import dump_yaml
from synthmill.generators.schema.json_values import plain

ROWS = 1_000
"""Of tables that refer to others, if it isn't given."""
_MOST_CHILDREN = 8

Request = dict[str, Any]


def request_for(imported: Imported, rows: int | None = None) -> Request:
    """A request of the strategy `tabular`; what can't be kept is added to the notes.

    `rows` is for the tables that refer to others and aren't referred to; those that are have fewer. A table
    of data has as many as were seen, unless `rows` says otherwise.
    Raises InvalidRequestError where nothing can be made of the tables.
    """
    _rename(imported)
    tables = {table.name: table for table in imported.tables}
    if rows is not None:
        for table in imported.tables:
            table.rows = table.rows and min(rows, table.most_rows)
    _size(tables, rows or ROWS)
    made = [_table(table, tables, imported.notes) for table in imported.tables]
    for table in imported.tables:
        for unique in table.uniques:
            counted = len(unique) == 1 and table.columns[unique[0]].family in COUNTED
            if not counted and set(unique) != set(table.primary_key):
                imported.notes.append(f"{table.name}: that {', '.join(unique)} are unique isn't taken over")
    request: Request = {"strategy": "tabular", "parameters": plain({"tables": made})}
    _keep_what_can_be(request, imported.notes)
    return request


def recipe_yaml(request: Request) -> str:
    """The request as a recipe file, a column a line."""
    return dump_yaml(request)


def _rename(imported: Imported) -> None:
    """Give tables and columns names that files and data frames can have, everywhere they are named."""
    names = _names([table.name for table in imported.tables], imported.notes, "table")
    columns = {
        table.name: _names(list(table.columns), imported.notes, f"{table.name}: column")
        for table in imported.tables
    }
    for table in imported.tables:
        own = columns[table.name]
        for reference in table.references:
            there = columns[reference.table]
            reference.columns = tuple(own[name] for name in reference.columns)
            reference.references = tuple(there[name] for name in reference.references)
            reference.table = names[reference.table]
        table.primary_key = tuple(own[name] for name in table.primary_key)
        table.uniques = [tuple(own[name] for name in unique) for unique in table.uniques]
        for name, facts in table.columns.items():
            facts.name = own[name]
        table.columns = {facts.name: facts for facts in table.columns.values()}
        table.name = names[table.name]


def _names(given: list[str], notes: list[str], what: str) -> dict[str, str]:
    taken: set[str] = set()
    found = {}
    for name in given:
        short = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_") or "column"
        short = (short if not short[0].isdigit() else f"_{short}")[: limits.MAX_NAME_LENGTH - 4]
        chosen, number = short, 1
        while chosen.lower() in taken:
            number += 1
            chosen = f"{short}_{number}"
        taken.add(chosen.lower())
        found[name] = chosen
        if chosen != name:
            notes.append(f"{what} {name} is called {chosen}")
    return found


def _size(tables: Mapping[str, TableFacts], rows: int) -> None:
    """Rows of every table: fewer for those that many refer to, never more than there are keys for."""
    heights = _heights(tables)
    tallest = max(heights.values(), default=0)
    # So many times as many rows as those that it refers to has a table, unless it would leave these with few.
    times = min(4.0, max(1.0, rows / 10) ** (1 / tallest)) if tallest else 1.0
    for table in tables.values():
        if table.rows is not None:
            continue
        wanted = max(1, int(rows / times ** heights[table.name]))
        if heights[table.name] and not table.references:
            wanted = max(1, min(wanted, rows // 10))
        keys = [most_rows(table.columns[name]) for name in table.primary_key]
        table.rows = min(wanted, *keys) if len(keys) == 1 else wanted
    for _ in range(len(tables)):
        for table in tables.values():
            table.rows = max(1, min(table.rows or 1, _room(table, tables)))


def _heights(tables: Mapping[str, TableFacts]) -> dict[str, int]:
    """How many generations of tables refer to each, directly or not; a circle is cut at its last table."""
    left, heights, height = dict(tables), dict[str, int](), 0
    while left:
        referred = {
            reference.table
            for table in left.values()
            for reference in table.references
            if reference.table != table.name
        }
        for name in [name for name in left if name not in referred] or [next(reversed(left))]:
            heights[name] = height
            del left[name]
        height += 1
    return heights


def _room(table: TableFacts, tables: Mapping[str, TableFacts]) -> int:
    """Rows that can differ, where the primary key is made of other tables' keys."""
    owner = _owner(table)
    if owner is not None:
        parents = tables[owner.table].rows or 1
        return parents if _is_alone(table, owner) else parents * _MOST_CHILDREN // 2
    keys = [_reference_of(table, name) for name in table.primary_key]
    if len(keys) > 1 and all(keys):
        product = 1
        for key in keys:
            product *= tables[key.table].rows or 1 if key else 1
        return max(1, product // 2)
    return 10**10


def _owner(table: TableFacts) -> Reference | None:
    """The table whose child this one is by its primary key: all of it, or all but a number."""
    for reference in sorted(table.references, key=lambda one: -len(one.columns)):
        rest = [name for name in table.primary_key if name not in reference.columns]
        inside = set(reference.columns) <= set(table.primary_key)
        if not inside or reference.table == table.name or not table.primary_key:
            continue
        if not rest or (
            len(rest) == 1
            and table.columns[rest[0]].family in ("integer", "decimal")
            and _reference_of(table, rest[0]) is None
        ):
            return reference
    # A key that no two rows share: each parent has at most one child.
    alone = (one for one in table.references if _is_alone(table, one) and one.table != table.name)
    return next(alone, None)


def _is_alone(table: TableFacts, reference: Reference) -> bool:
    """Whether no two rows refer to the same row."""
    columns = set(reference.columns)
    keys = [*table.uniques, *((one.name,) for one in table.columns.values() if one.unique)]
    return columns == set(table.primary_key) or any(columns == set(key) for key in keys)


def _reference_of(table: TableFacts, column: str) -> Reference | None:
    found = [reference for reference in table.references if column in reference.columns]
    return max(found, key=lambda one: len(one.columns), default=None)


def _table(table: TableFacts, tables: Mapping[str, TableFacts], notes: list[str]) -> dict[str, Any]:
    owner = _owner(table)
    made: dict[str, Any] = {"name": table.name, "rows": table.rows}
    if table.primary_key:
        made["primary_key"] = list(table.primary_key)
    if owner is not None:
        parents = tables[owner.table].rows or 1
        single = _is_alone(table, owner)
        most = 1 if single else max(_MOST_CHILDREN, 2 * -(-(table.rows or 1) // parents))
        least = 0 if single or (table.rows or 1) < parents else 1
        made["children_of"] = {"table": owner.table, "min": least, "max": most}
    keys: dict[str, dict[str, Any]] = {}
    for reference in sorted(table.references, key=lambda one: (one is not owner, -len(one.columns))):
        _refer(table, reference, reference is owner, keys, notes)
    made["columns"] = [
        _typed(facts, keys.get(name) or _plain(table, facts, owner, tables))
        for name, facts in table.columns.items()
    ]
    return made


def _refer(
    table: TableFacts, reference: Reference, owned: bool, keys: dict[str, dict[str, Any]], notes: list[str]
) -> None:
    """Columns of a foreign key: cells of one row of the other table."""
    pairs = list(zip(reference.columns, reference.references, strict=False))
    taken = [own for own, _ in pairs if own in keys]
    if taken and len(pairs) == 1:
        return  # It follows from a longer key with that column.
    if taken:
        there = reference.table
        notes.append(f"{table.name}: {', '.join(taken)} can't be part of a key of {there} and of another")
        return
    link = None
    for own, there in pairs:
        column: dict[str, Any] = {"name": own}
        if owned:
            column |= {"kind": "parent", "column": there}
        elif link is None:
            column |= {"kind": "foreign_key", "table": reference.table, "column": there}
            nullable = [table.columns[name].nullable for name, _ in pairs]
            if all(nullable):
                column["nulls"] = NULLS
            link = own
        else:
            column |= {"kind": "parent", "column": there, "through": link}
        keys[own] = column


def _plain(
    table: TableFacts, facts: ColumnFacts, owner: Reference | None, tables: Mapping[str, TableFacts]
) -> dict[str, Any]:
    if not _is_own_key(table, facts.name):
        return column_for(facts, table.rows or 1)
    # Among children of one parent a line number is enough, if the key says whose children they are.
    number = (
        owner is not None
        and set(owner.columns) < set(table.primary_key)
        and (len(owner.columns) == 1 or _is_known_by(owner.references, tables[owner.table]))
    )
    return {"name": facts.name, **({"kind": "line_number"} if number else sequence(facts))}


def _is_own_key(table: TableFacts, name: str) -> bool:
    """Whether the column is a part of the primary key that comes from no other table."""
    facts = table.columns[name]
    free = _reference_of(table, name) is None
    return free and name in table.primary_key and facts.family in COUNTED and facts.parameters is None


def _is_known_by(columns: Sequence[str], table: TableFacts) -> bool:
    """Whether these columns hold its primary key, of which a sequence or a line number is made."""
    key = set(table.primary_key)
    return key <= set(columns) and any(_is_own_key(table, name) for name in key)


def _typed(facts: ColumnFacts, column: dict[str, Any]) -> dict[str, Any]:
    return column | ({"sql_type": facts.sql_type} if facts.sql_type else {})


def _keep_what_can_be(request: Request, notes: list[str]) -> None:
    """Leave out primary keys that nothing makes unique, saying so. Raises InvalidRequestError."""
    tables = {table["name"]: table for table in request["parameters"]["tables"]}
    for _ in range(len(tables) + 1):
        try:
            make_plan(make_recipe("tabular", request["parameters"], 0))
            return
        except InvalidRequestError as error:
            keys = [name for name, t in tables.items() if "primary_key" in t for one in error.errors
                    if one.field.startswith(f"tables[{name}].primary_key")]  # fmt: skip
            if not keys:
                raise
            for name in dict.fromkeys(keys):
                key = ", ".join(tables[name].pop("primary_key"))
                notes.append(f"{name}: nothing makes {key} unique, so it isn't taken over as primary key")
