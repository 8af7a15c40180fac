"""Conditional columns: in each case what that case declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.condition import condition
from synthmill.generators.columns.kind import Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.conformance.checks import Check, exact
from synthmill.generators.conformance.distributions import check_law
from synthmill.generators.conformance.laws import Shares, law_of
from synthmill.generators.conformance.observed import NotObservableError, Observed
from synthmill.generators.datasets.profile.table import sampled_rows
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.tables.table import link_and_column, tables_of


def check_cases(plan: Plan, table: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    for column in table["columns"]:
        # What an order of the table does to cells has no case.
        if column["kind"] == "conditional" and column["name"] not in tables_of(plan)[table["name"]].orderings:
            yield from _of_column(plan, table["name"], column, observed)


def _of_column(plan: Plan, table: str, column: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    name, cells = column["name"], observed.column(table, column["name"])
    try:
        numbers = _cases(plan, table, column, observed.rows(table))
    except NotObservableError:
        return
    made = [*(case["then"] for case in column["cases"]), column["otherwise"]]
    wrong = 0
    sample = np.zeros(len(cells), np.bool_)
    sample[sampled_rows(len(cells), 0, len(cells))] = True
    for number, inner in enumerate(made):
        mine = numbers == number
        seen = cells.filter(pa.array(mine)).drop_null()
        law = None if inner is None else law_of(inner)
        if inner is None:
            wrong += len(seen)
        elif isinstance(law, Shares):
            known = pa.array([value for value, share in law.shares.items() if share > 0], cells.type)
            wrong += pc.sum(pc.invert(pc.is_in(seen, value_set=known))).as_py() or 0
        some = cells.filter(pa.array(mine & sample)).drop_null()
        if law is not None and len(some):
            which = f"case {number}" if number < len(column["cases"]) else "otherwise"
            check = check_law(table, {**inner, "name": name}, law, some)
            yield replace(check, declared=f"{which}: {check.declared}")
    declared = "values of the row's case"
    yield exact(table, name, "follows", declared, f"{wrong:,} rows differ", not wrong)


def _cases(plan: Plan, table: str, column: Mapping[str, Any], rows: Rows) -> I64:
    """The number of the first case that holds in each row; one past the last where none does."""
    tables = tables_of(plan)

    def source(name: str) -> Source:
        link, there, column = link_and_column(tables[table], name)
        compiled = tables[there].columns[column]
        return Source(there, column, link, compiled.type, True, compiled.width, compiled.unique, compiled.pii)

    numbers = np.full(len(rows), len(column["cases"]), np.int64)
    for number in reversed(range(len(column["cases"]))):
        holds = condition(column["cases"][number]["when"], source, "when")
        assert holds is not None
        numbers[holds(rows)] = number
    return numbers
