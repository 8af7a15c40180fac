"""What a recipe costs before anything is planned: values, bytes and CPU, in time linear in the recipe.

Estimates are rough, and rather too high than too low: `python -m benchmarks.costs` holds them against what
is measured. Nothing of a dataset depends on them; servers refuse by them what is beyond a budget,
and name the column that costs most.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from synthmill.generators.engine.contract import STRATEGIES, CostedStrategy
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe

READING_VALUE = 3e-6
READING_OBJECT = 25e-6
"""Seconds of CPU that a value, and an object, of parameters takes until it is checked."""


@dataclass(frozen=True)
class Cost:
    """What a column costs: some of it once, some for each cell. CPU is in seconds."""

    values: float = 1.0
    """Of a cell, those of its lists and objects counted."""
    size: float = 14.0
    """Bytes of a cell as text, and roughly in memory."""
    time: float = 0.06e-6
    """To make a cell, with the cells of other rows that only it looks at."""
    plan_time: float = 0.4e-3
    plan_size: float = 4_096.0
    """Bytes of what the plan keeps."""
    once_time: float = 0.2e-3
    """For any rows at once, however few they are."""
    once_size: float = 0.0
    held: float = 0.0
    """Bytes that are held for a cell while it is made, besides its own."""

    def repeated(self, times: float) -> Cost:
        """Of so many in one cell."""
        return Cost(
            self.values * times,
            self.size * times,
            self.time * times,
            self.plan_time,
            self.plan_size,
            self.once_time,
            self.once_size * max(times, 1.0),
            self.held * times,
        )

    def with_(self, other: Cost) -> Cost:
        """Of both in one cell."""
        return Cost(*(one + more for one, more in zip(_numbers(self), _numbers(other), strict=True)))

    def or_(self, other: Cost) -> Cost:
        """Of one or the other, whichever costs more."""
        return Cost(
            max(self.values, other.values),
            max(self.size, other.size),
            max(self.time, other.time),
            self.plan_time + other.plan_time,
            self.plan_size + other.plan_size,
            self.once_time + other.once_time,
            self.once_size + other.once_size,
            max(self.held, other.held),
        )


NOTHING = Cost(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)


def _numbers(cost: Cost) -> tuple[float, ...]:
    return tuple(vars(cost).values())


@dataclass(frozen=True)
class ColumnCost:
    """A column, and what it costs."""

    name: str
    field: str
    """Where it is, from the parameters' root: `tables[orders].columns[amount]`."""
    cost: Cost
    needs: tuple[str, ...] = ()
    """Columns of the table, shown or not, that are made with it."""
    shown: bool = True
    """Whether it is a column of the table's file."""


@dataclass(frozen=True)
class TableCost:
    """A table, and what its columns cost."""

    name: str
    rows: int
    columns: tuple[ColumnCost, ...]
    plan_time: float = 0.0
    """Besides that of its columns: what is counted beforehand."""


@dataclass(frozen=True)
class Amount:
    """So much of something, and whose share is the largest."""

    total: float = 0.0
    costliest: str = ""


@dataclass(frozen=True)
class Estimate:
    """What a recipe costs."""

    tables: tuple[TableCost, ...]

    def plan_time(self) -> Amount:
        own = ((f"tables[{table.name}]", table.plan_time) for table in self.tables)
        return _sum([*own, *self._each(lambda cost: cost.plan_time)])

    def plan_size(self) -> Amount:
        return _sum(self._each(lambda cost: cost.plan_size))

    def _each(self, of: Callable[[Cost], float]) -> Iterator[tuple[str, float]]:
        for table in self.tables:
            for column in table.columns:
                yield column.field, of(column.cost)

    def rows(self, counts: Mapping[str, int], columns: Sequence[str] | None = None) -> RowsCost:
        """Of so many rows of tables by name: all columns, or those chosen, with what they need."""
        made = [
            (count, column)
            for table in self.tables
            if (count := min(counts.get(table.name, 0), table.rows))
            for column in _made(table, columns)
        ]
        shown = [
            (count, one) for count, one in made if (one.shown if columns is None else one.name in columns)
        ]
        return RowsCost(
            values=_sum((one.field, count * one.cost.values) for count, one in shown),
            size=_sum((one.field, count * one.cost.size) for count, one in shown),
            memory=_sum(
                (one.field, count * (one.cost.size + one.cost.held) + one.cost.once_size)
                for count, one in made
            ),
            time=_sum((one.field, count * one.cost.time + one.cost.once_time) for count, one in made),
        )


@dataclass(frozen=True)
class RowsCost:
    values: Amount
    size: Amount
    memory: Amount
    time: Amount


def estimate(recipe: Recipe) -> Estimate | None:
    """What a recipe costs; None where its strategy doesn't say: see `estimate_of_plan`."""
    strategy = STRATEGIES.get(recipe.strategy)
    return strategy.costs(recipe.parameters) if isinstance(strategy, CostedStrategy) else None


def estimate_of_plan(plan: Plan) -> Estimate:
    """What the rows of a plan cost, of a strategy that doesn't say it: by the columns' widths."""
    return Estimate(
        tuple(
            TableCost(
                table.name,
                table.rows,
                tuple(
                    ColumnCost(one.name, f"tables[{table.name}].columns[{one.name}]", Cost(size=one.width))
                    for one in table.columns
                ),
            )
            for table in plan.tables
        )
    )


def reading(raw: Any) -> Amount:
    """Seconds of CPU until parameters are checked, whatever they say; the largest member is the costliest."""
    if not isinstance(raw, Mapping):
        return Amount(_reading(raw))
    return _sum((str(name)[:128], _reading(value)) for name, value in raw.items())


def _reading(raw: Any) -> float:
    total, waiting = 0.0, [raw]
    while waiting:
        value = waiting.pop()
        total += READING_VALUE
        if isinstance(value, Mapping):
            total += READING_OBJECT
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
    return total


def _made(table: TableCost, chosen: Sequence[str] | None) -> Iterable[ColumnCost]:
    if chosen is None:
        return table.columns
    by_name = {column.name: column for column in table.columns}
    found: dict[str, ColumnCost] = {}
    waiting = [name for name in chosen if name in by_name]
    while waiting:
        name = waiting.pop()
        if name not in found and name in by_name:
            found[name] = by_name[name]
            waiting.extend(by_name[name].needs)
    return found.values()


def _sum(shares: Iterable[tuple[str, float]]) -> Amount:
    total, most, costliest = 0.0, 0.0, ""
    for field, share in shares:
        total += share
        if share > most:
            most, costliest = share, field
    return Amount(total, costliest)
