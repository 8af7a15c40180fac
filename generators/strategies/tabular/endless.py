"""Tables that can go on: any that isn't made of a stated number of children.

A cell follows from its row's number, so a table may be as long as one likes. A child's place among its
parent's children, however, follows from how many children there are in all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators import limits
from synthmill.generators.errors import FiniteTableError
from synthmill.generators.recipes.row_counts import choose_table, tables_by_name
from synthmill.generators.schema.fields import TableName
from synthmill.generators.schema.references import named_by
from synthmill.generators.strategies.tabular.parameters import TableParameters


def endless(parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
    """The parameters of this table and of those that it looks at, its rows as many as there can be.

    Raises FiniteTableError.
    """
    tables = tables_by_name(parameters)
    if not tables or len(tables) < len(parameters["tables"]):
        # Whoever loads them says what is wrong with them.
        return dict(parameters), table or ""
    able = [name for name, one in tables.items() if one.get("children_of") is None]
    chosen = choose_table(table, tables, able)
    if chosen not in able:
        raise FiniteTableError(
            f"{chosen} has children_of: exactly so many rows in all, shared out among parents",
            f"tables that go on: {', '.join(able)}",
        )
    kept = _needed(tables, chosen)
    longest = {**tables[chosen], "rows": limits.MAX_TABLE_ROWS}
    shown = [longest if name == chosen else tables[name] for name in tables if name in kept]
    return {**parameters, "tables": shown}, chosen


def _needed(tables: Mapping[str, Mapping[str, Any]], table: str) -> set[str]:
    """The table, those that its columns name, those that theirs name, and so on."""
    found: set[str] = set()
    ahead = [table]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += [one for one in named_by(TableParameters(), tables[name], TableName) if one in tables]
    return found
