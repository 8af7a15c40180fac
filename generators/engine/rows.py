"""The rows of a plan: any range of any table, all columns or a choice of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyarrow as pa

from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.contract import STRATEGIES, EndlessStrategy
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.stages import NO_RESULTS, Results, WholePassError


def make_rows(
    plan: Plan,
    table: str,
    start: int,
    stop: int,
    columns: Sequence[str] | None = None,
    results: Results = NO_RESULTS,
) -> pa.RecordBatch:
    """Rows start to stop - 1 of a table: its columns, or those chosen, in the order in which they are named.

    Meant for ranges of about a block: time and memory grow with the range. Raises as `make_cells` does.
    """
    cells = make_cells(plan, table, start, stop, columns, results)
    made = plan.table(table) if columns is None else plan.table(table).chosen(columns)
    return to_batch(cells, made.schema)


def make_cells(
    plan: Plan,
    table: str,
    start: int,
    stop: int,
    columns: Sequence[str] | None = None,
    results: Results = NO_RESULTS,
) -> Mapping[str, Cells]:
    """The same rows as cells by column, which formats take: all columns, or those chosen and no others.

    Raises KeyError, IndexError, for columns as `TablePlan.chosen` does, and WholePassError where `results`
    lack a stage that the table needs.
    """
    found = _checked_table(plan, table, start, stop, results)
    if columns is not None:
        found.chosen(columns)
    return STRATEGIES.get(plan.strategy).cells(plan, table, start, stop, columns, results)


def make_events(plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
    """Like `make_cells` of all columns, but in the order in which they happen.

    Raises as that does, and TypeError for a strategy whose tables don't go on.
    """
    strategy = STRATEGIES.get(plan.strategy)
    if not isinstance(strategy, EndlessStrategy):
        raise TypeError(f"tables of {plan.strategy} don't go on")
    _checked_table(plan, table, start, stop, NO_RESULTS)
    return strategy.events(plan, table, start, stop)


def _checked_table(plan: Plan, table: str, start: int, stop: int, results: Results) -> TablePlan:
    found = plan.table(table)
    if not 0 <= start <= stop <= found.rows:
        raise IndexError(f"rows {start} to {stop} of table {table}, which has {found.rows}")
    if found.needs and not results.suffice(found.needs):
        raise WholePassError(table, found.needs)
    return found
