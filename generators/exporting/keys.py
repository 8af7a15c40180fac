"""Which foreign keys a database can hold: those to a whole primary key, of one column or several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.engine.plan import ForeignKey, Plan, TablePlan


def foreign_keys(plan: Plan, table: TablePlan, parameters: Mapping[str, Any] | None) -> Iterator[ForeignKey]:
    """The foreign keys of a table to primary keys.

    A plan knows single columns; several belong together where they are cells of the same other row, which
    the recipe's `parameters` of the table say (None for a strategy that has no such).
    """
    # By link, and the table it leads to: which column of that table is which of ours.
    links: dict[tuple[str, str], dict[str, str]] = {}
    kinds = {column["name"]: column for column in parameters["columns"]} if parameters else {}
    for key in table.foreign_keys:
        own = key.columns[0]
        link = PARENT if kinds.get(own, {}).get("kind") == "parent" else own
        links.setdefault((link, key.table), {})[key.references[0]] = own
    children_of = (parameters or {}).get("children_of")
    if children_of is not None:
        links.setdefault((PARENT, children_of["table"]), {})
    for name, column in kinds.items():
        if column["kind"] == "parent":
            through = PARENT if column["through"] is None else column["through"]
            for (link, _), pairs in links.items():
                if link == through:
                    pairs.setdefault(column["column"], name)
    for (_, there), pairs in links.items():
        primary = plan.table(there).primary_key
        if primary and all(name in pairs for name in primary):
            yield ForeignKey(tuple(pairs[name] for name in primary), there, primary)
