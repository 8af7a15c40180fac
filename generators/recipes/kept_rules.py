"""Which of a template's domain rules a request keeps: none that reads what the request has left out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.recipes.row_counts import tables_by_name

_LITERAL = re.compile(r"'(?:[^']|'')*'")
_NAME = re.compile(r"\w+")


def kept_rules(
    rules: Iterable[DomainRule], whole: Mapping[str, Any], asked: Mapping[str, Any]
) -> tuple[DomainRule, ...]:
    """The rules of a template that can be asked of a request's tables.

    `whole` are the template's parameters, `asked` those that the request means: an option may have left out
    columns, and a strategy of one table may have been asked for another one. A rule is left out where its
    query names such a column or table; one that names what neither has is kept, so that it is refused.
    """
    there = tables_by_name(asked)
    left_out = set[str]()
    for name, table in tables_by_name(whole).items():
        if name in there:
            left_out |= _columns(table) - _columns(there[name])
        else:
            left_out.add(name.lower())
    return tuple(rule for rule in rules if not left_out & _named(rule.query))


def _columns(table: Mapping[str, Any]) -> set[str]:
    """A table's columns; none where its strategy lists no columns."""
    return {column["name"].lower() for column in table.get("columns", ()) if isinstance(column, Mapping)}


def _named(query: str) -> set[str]:
    """All words of a query, but for its literals. Parsing it would load DuckDB for every request."""
    return {word.lower() for word in _NAME.findall(_LITERAL.sub("", query))}
