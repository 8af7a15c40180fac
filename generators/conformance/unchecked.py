"""What a report did not check, in words: a good score says nothing about it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from synthmill.generators.conformance.checks import Check
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe

_MOST_NAMED = 12
_SHAPE = frozenset({"type", "nulls"})
"""Checks that say nothing about what stands in a column."""

_INNER = frozenset({"object", "array"})
_PEOPLE = frozenset({"mask", "phone", "address", "street", "postcode", "email"})
"""Kinds whose cells may belong to others of their row."""


def unchecked(recipe: Recipe, plan: Plan, checks: Sequence[Check]) -> tuple[str, ...]:
    """Sentences about what no check of a report looked at."""
    return tuple(_sentences(recipe, plan, checks))


def _sentences(recipe: Recipe, plan: Plan, checks: Sequence[Check]) -> Iterator[str]:
    yield _domain(recipe)
    looked_at = {
        (check.table, name)
        for check in checks
        if check.what not in _SHAPE
        for name in check.column.split(", ")
    }
    bare = [
        f"{table.name}.{column.name}"
        for table in plan.tables
        for column in table.columns
        if (table.name, column.name) not in looked_at
    ]
    if recipe.strategy != "tabular":
        yield (
            f"Whether values are distributed as {recipe.strategy} declares: rows and types were checked,"
            " and the domain rules."
        )
    elif bare:
        yield f"What stands in these columns, beyond its type and nulls: {_listed(bare)}."
    if recipe.strategy == "tabular":
        yield from _of_kinds(recipe.parameters["tables"])
        yield (
            "What several columns or several tables are together, beyond keys, rules between columns that the"
            " recipe declares, and rank correlations of pairs of numbers."
        )


def _domain(recipe: Recipe) -> str:
    if not recipe.rules:
        return (
            "Whether the data is plausible to people of its trade: the recipe has no domain rules, and the"
            " other checks compare the rows with what the recipe itself declares."
        )
    count = len(recipe.rules)
    which = "the one domain rule" if count == 1 else f"the {count} domain rules"
    return f"Whether the data is plausible to people of its trade, beyond {which}."


def _of_kinds(tables: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Of kinds of which a part can't be checked."""
    of_kind: dict[str, list[str]] = {}
    for table in tables:
        for column in table["columns"]:
            of_kind.setdefault(column["kind"], []).append(f"{table['name']}.{column['name']}")
    inner = [name for kind in sorted(_INNER) for name in of_kind.get(kind, ())]
    if inner:
        yield f"What is inside the objects and lists of {_listed(inner)}."
    people = [name for kind in sorted(_PEOPLE) for name in of_kind.get(kind, ())]
    if people:
        yield f"Whether these go with other columns of their row: {_listed(people)}."
    if "hierarchy" in of_kind:
        yield f"Which row these name: {_listed(of_kind['hierarchy'])}."
    if "state" in of_kind:
        yield (
            "How often each transition is taken, but for the shares of the states that rows are in: "
            f"{_listed(of_kind['state'])}."
        )


def _listed(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
