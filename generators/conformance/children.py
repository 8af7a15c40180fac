"""How many children rows have, and so how many rows a table of children has whose total is free."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.conformance.checks import Check, exact, tested
from synthmill.generators.conformance.draws import Draws, nearest
from synthmill.generators.conformance.links import Links, Tables, codes
from synthmill.generators.conformance.pvalues import Outcome, chi_two
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.tables.table import tables_of

_MOST_PARENTS = 200_000
"""Of a draw, at most, whose children are counted."""


@dataclass(frozen=True)
class _Total:
    """Children of so many parents; without a variance where nobody knows whose they are."""

    mean: float
    variance: float | None
    parents: int


def has_free_total(table: Mapping[str, Any]) -> bool:
    """Whether the number of a table's rows is the seed's choice."""
    return table["children_of"] is not None and table["rows"] is None


def check_children(
    plan: Plan, table: Mapping[str, Any], tables: Tables, links: Links, draws: Draws[Plan]
) -> Iterator[Check]:
    """Children of each parent, where the rows say whose they are, and the total, where it is free."""
    relation, name = table["children_of"], table["name"]
    if relation is None:
        return
    most = tables_of(plan)[name].parents.one_to_many.most
    link = links.get(PARENT)
    if link is not None and link.identifies_rows:
        own = tables[name].select(list(link.own)).drop_null()
        counts = _observed(own, tables[relation["table"]].num_rows)
        if relation["max"] is not None:
            yield _limits(table, ", ".join(link.own), counts)
        numbers = draws.of(lambda one: _tally(_declared(one, name), most))
        declared = f"{float(_declared(draws[0], name).mean()):.2f} on average"
        outcome = nearest(chi_two, _tally(counts, most), numbers)
        yield tested(
            name, ", ".join(link.own), "children", outcome, declared, f"{counts.mean():.2f} on average"
        )
    if has_free_total(table):
        parents = tables[relation["table"]].num_rows
        seen = _Total(tables[name].num_rows / max(1, parents), None, parents)
        totals = draws.of(partial(_total, name=name))
        said = f"about {totals[0].mean * parents:,.0f}", f"{tables[name].num_rows:,}"
        yield tested(name, "", "rows", nearest(_totals, seen, totals), *said)


def _limits(table: Mapping[str, Any], own: str, counts: I64) -> Check:
    relation = table["children_of"]
    fewest, most = int(counts.min(initial=relation["min"])), int(counts.max(initial=relation["min"]))
    declared = f"{relation['min']} to {relation['max']} of each row of {relation['table']}"
    held = relation["min"] <= fewest and most <= relation["max"]
    return exact(table["name"], own, "children", declared, f"{fewest} to {most}", held)


def _observed(keys: pa.Table, parents: int) -> I64:
    """Children of each parent, those without any last."""
    counts = np.unique(codes(keys, keys.slice(0, 0))[0], return_counts=True)[1].astype(np.int64)
    return np.concatenate([counts, np.zeros(max(0, parents - len(counts)), np.int64)])


def _declared(plan: Plan, name: str) -> I64:
    """Children of parents from the first to the last: what comes later may have had less time for them."""
    relation = tables_of(plan)[name].parents
    parents = tables_of(plan)[relation.table].rows
    some = np.unique(np.linspace(0, parents - 1, min(parents, _MOST_PARENTS)).astype(np.uint64))
    counts: I64 = relation.one_to_many.children_of(some)[1]
    return counts


def _tally(counts: I64, most: int) -> I64:
    return np.bincount(np.minimum(counts, most + 1), minlength=most + 2).astype(np.int64)


def _total(plan: Plan, name: str) -> _Total:
    counts = _declared(plan, name)
    return _Total(float(counts.mean()), float(counts.var()), len(counts))


def _totals(one: _Total, other: _Total) -> Outcome:
    """A normal test whether two totals are of the same mean."""
    variance = other.variance if one.variance is None else one.variance
    assert variance is not None
    distance = min(1.0, abs(one.mean - other.mean) / max(one.mean, other.mean, 1e-300))
    error = math.sqrt(variance * (1.0 / max(1, one.parents) + 1.0 / max(1, other.parents)))
    if error == 0.0:
        return Outcome("normal", math.inf if distance else 0.0, 0.0 if distance else 1.0, distance)
    z = (one.mean - other.mean) / error
    return Outcome("normal", z, math.erfc(abs(z) / math.sqrt(2.0)), distance)
