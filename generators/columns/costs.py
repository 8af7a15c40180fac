"""What a column kind costs by its parameters: what a kind may say, and what holds where it says nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Protocol

from synthmill.generators.engine.costs import NOTHING, Cost


class Costing(Protocol):
    """The tables of a recipe, as one column sees them that is to say its cost. Nothing is planned yet."""

    def inner(self, definition: Mapping[str, Any]) -> Cost:
        """The cost of a column inside this one."""

    def column(self, name: str, through: str | None = None) -> Cost:
        """The cost of looking at another column: of the row, or of the one that `through` leads to."""

    def key_of(self, table: str, column: str | None) -> Cost:
        """The cost of looking at a key of another table's rows."""

    def whole(self, table: str | None, column: str) -> float:
        """Seconds of CPU for all cells of a column of a table; of no table: of the column's own."""

    def rows_of(self, table: str | None) -> float:
        """Rows of a table; of no table: of the column's own."""

    def children(self, table: str | None = None) -> float:
        """How many children a row has in a table on average; of no table: its siblings, at most."""

    def of_child(self, table: str, column: str) -> Cost:
        """The cost of a column of a table of children."""


Costs = Callable[[Mapping[str, Any], Costing], Cost]
"""From loaded parameters. Raises nothing: columns that aren't there cost what is usual."""

_ENTRY_TIME = 1.5e-6
_ENTRY_SIZE = 100.0


def usual_cost(parameters: Mapping[str, Any], costing: Costing) -> Cost:
    """The cost of a kind that doesn't say it.

    A cell is taken for as long as the longest text in the parameters and all columns in them together, and
    for what a `column` takes that is looked at `through` a link. The plan keeps all that the parameters say.
    """
    entries, longest, texts = 0, 0, 0
    cost = Cost()
    for value in _values(parameters):
        if isinstance(value, Mapping):
            cost = cost.with_(costing.inner(value))
            continue
        entries += 1
        if isinstance(value, str):
            longest = max(longest, len(value))
            texts += len(value)
    if isinstance(parameters.get("column"), str) and "table" not in parameters:
        through = parameters.get("through")
        looked = costing.column(parameters["column"], through if isinstance(through, str) else None)
        cost = replace(
            cost,
            size=max(cost.size, looked.size),
            time=cost.time + (looked.time if through else 0.0),
            once_time=cost.once_time + (looked.once_time if through else 0.0),
            once_size=cost.once_size + (looked.once_size if through else 0.0),
        )
    return replace(
        cost,
        size=cost.size + longest,
        plan_time=cost.plan_time + entries * _ENTRY_TIME,
        plan_size=cost.plan_size + entries * _ENTRY_SIZE + texts,
    )


def usual_and(**more: float) -> Costs:
    """As `usual_cost`, with so much more of what is named: `plan_time=2e-3`."""
    added = replace(NOTHING, **more)
    return lambda parameters, costing: usual_cost(parameters, costing).with_(added)


def _values(parameters: Mapping[str, Any]) -> Iterator[Any]:
    """All values beneath, columns inside as they are."""
    waiting = list(parameters.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, Mapping) and not isinstance(value.get("kind"), str):
            waiting.extend(value.values())
        elif isinstance(value, list | tuple):
            waiting.extend(value)
        else:
            yield value
