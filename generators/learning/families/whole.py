"""What is known of a row's children together: columns of the parent that are learnt and never given back.

How many there are, the time of the first one and, where that helps, what each variable comes to in all.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.gap import Gap
from synthmill.generators.learning.families.layout import Layout, Rows, come_to
from synthmill.generators.learning.families.parts import Part
from synthmill.generators.learning.source import Column, units_of


def rows_name(child: str) -> str:
    """No column of the data has such a name, as it may have no control characters."""
    return f"{child}\trows"


def start_name(child: str) -> str:
    return f"{child}\tstart"


def total_name(child: str, column: str, variable: int) -> str:
    return f"{child}\ttotal {column} {variable}"


def held_name(child: str, column: str) -> str:
    """How often rows refer to a row by this column, which isn't their family's."""
    return f"{child}\theld {column}"


def numbers(name: str, values: I64, known: np.typing.NDArray[np.bool_] | None = None) -> Column:
    known = np.ones(len(values), np.bool_) if known is None else known
    return Column(name, pa.int64(), pa.array(values), known)


def start_of(
    child: str, part: Part, gap: Gap, times: I64, counts: I64, parent: Part
) -> tuple[Column, str | None]:
    """The times of the first rows of families, and the parent's time that they are counted from, if it is
    never later; times are in steps of the gap."""
    there = counts > 0
    first = np.zeros(len(counts), np.int64)
    first[there] = times[(np.cumsum(counts) - counts)[there]]
    found: tuple[int, str] | None = None
    for name, column in parent.source.columns.items():
        fits = parent.roles[name] == "time" and column.type == gap.type and not column.has_nulls
        if not fits or pt.is_integer(column.type):
            continue
        waits = (first - units_of(column.values) // gap.step)[there]
        if waits.min(initial=0) >= 0 and (found is None or int(waits.sum()) < found[0]):
            found = int(waits.sum()), name
    if found is not None:
        since = units_of(parent.source.columns[found[1]].values) // gap.step
        return numbers(start_name(child), np.where(there, first - since, 0), there), found[1]
    values = pa.array(first * gap.step)
    if pt.is_date(gap.type):
        values = values.cast(pa.int32())
    return Column(start_name(child), gap.type, values.cast(gap.type), there), None


def totals_of(
    child: str, names: Mapping[int, tuple[str, int]], layout: Layout, rows: Rows, counts: I64
) -> list[Column]:
    """What each step that isn't a bit comes to in each family, as `come_to` says; null where there is none.

    `names` are the steps' columns and which variable of these they are, `rows` those of the families that
    have any, `counts` all families' numbers of them.
    """
    found = []
    for at, step in enumerate(layout.steps):
        if layout.slots[at, 3] < 0:
            continue
        values = np.full(len(counts), -1, np.int64)
        values[counts > 0] = come_to(rows.bins(at, step), step.variable.ordered, rows.counts, step.later)
        found.append(numbers(total_name(child, *names[at]), values.clip(0), values >= 0))
    return found
