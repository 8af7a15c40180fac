"""Events in the lives of their parents, times within intervals, and ages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.kind import PARENT
from synthmill.generators.columns.kinds.birth_date import years_before
from synthmill.generators.columns.kinds.within import WithinCells
from synthmill.generators.columns.times.life import Bounds, Life
from synthmill.generators.conformance.checks import Check, exact, tested
from synthmill.generators.conformance.keys import source_of
from synthmill.generators.conformance.links import Links
from synthmill.generators.conformance.observed import NotObservableError, Observed
from synthmill.generators.conformance.pvalues import ks_law
from synthmill.generators.conformance.states import as_its_kind_gives
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.engine.cells import Arrow, Flags, Integers
from synthmill.generators.engine.plan import Plan
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.times import UNITS, microseconds
from synthmill.generators.tables.table import tables_of

_FEWEST = 50
"""Events from which it is tested whether they come as the rate says."""


def check_lives(plan: Plan, table: Mapping[str, Any], observed: Observed, links: Links) -> Iterator[Check]:
    for column in table["columns"]:
        # Where an order of the table puts times in order, they aren't as they were drawn.
        if not as_its_kind_gives(plan, table["name"], column):
            continue
        try:
            if column["kind"] == "event_time":
                yield from _events(plan, table["name"], column, observed)
            elif column["kind"] == "within":
                yield _within(plan, table["name"], column, observed)
            elif column["kind"] == "birth_date":
                yield from _ages(table, column, observed, links)
        except NotObservableError:
            continue


def _events(plan: Plan, table: str, column: Mapping[str, Any], observed: Observed) -> Iterator[Check]:
    name, relation = column["name"], tables_of(plan)[table].parents
    life = relation.life
    assert life is not None
    parents, owners = observed.target(table, PARENT)
    siblings, _ = observed.rows(table).siblings()
    order = np.argsort(owners, kind="stable")
    times, known = _times(observed, table, name, order)
    known &= owners[order] >= 0
    later = siblings.sibling_index() > 0
    gaps = np.diff(times, prepend=times[:1])
    early = later & known & np.concatenate(([False], known[:-1])) & (gaps < life.gap)
    said = "rising from sibling to sibling" + (", min_gap apart" if life.gap else "")
    yield _counted(table, name, "order", said, early)
    bounds = _of(life.bounds(observed.rows(parents)), np.maximum(owners[order], 0))
    outside = known & ~_inside(times, bounds, _unit(column))
    yield _counted(table, name, "follows", f"in the life of its row of {parents}", outside)
    if relation.schedule is not None:
        index = siblings.sibling_index().view(np.int64)
        rows = observed.rows(parents)
        base = relation.schedule.times(
            rows, life.bounds(rows), np.maximum(owners[order], 0), index, np.zeros(len(index), np.uint64)
        )
        off = (times < base // _unit(column) * _unit(column)) | (times > base + relation.schedule.jitter)
        yield _counted(table, name, "follows", "by the schedule", known & off)
    elif not life.gap and column["gaps"] is column["sessions"] is None and column["type"] == "timestamp":
        yield from _by_the_rate(table, name, life, times, bounds, known, _unit(column))


def _by_the_rate(
    table: str, name: str, life: Life, times: I64, bounds: Bounds, known: Flags, unit: int
) -> Iterator[Check]:
    """Whether events are evenly spread over what the rate adds up to in lives, whole weeks and whole days."""
    lives = bounds.first, bounds.last
    for span, windows in (("life", lives), ("week", _windows(times, 7)), ("day", _windows(times, 1))):
        first, last = windows
        whole = known & (first >= bounds.first) & (last <= bounds.last)
        start = life.rate.reached(first).astype(np.float64)
        passed = life.rate.reached(last).astype(np.float64) - start
        # A time stands for the unit that begins with it.
        ends = (np.maximum(times, first), np.minimum(times + (unit - 1), np.maximum(last - 1, first)))
        middle = (life.rate.reached(ends[0]).astype(np.float64) + life.rate.reached(ends[1])) / 2.0
        usable = whole & (passed > 0)
        if usable.sum() >= _FEWEST and unit < UNITS["hour"]:
            shares = (middle[usable] - start[usable]) / passed[usable]
            outcome = ks_law(shares, lambda x: np.clip(x, 0.0, 1.0), True)
            said = f"as the rate says, in each {span}", f"{usable.sum():,} events"
            yield tested(table, name, "distribution", outcome, *said)


def _windows(times: I64, days: int) -> tuple[I64, I64]:
    """Weeks or days from 1970 on that times lie in."""
    lasts = days * UNITS["day"]
    first = times // lasts * lasts
    return first, first + lasts


def _within(plan: Plan, table: str, column: Mapping[str, Any], observed: Observed) -> Check:
    cells = tables_of(plan)[table].columns[column["name"]].cells
    assert isinstance(cells, WithinCells)
    times, known = _times(observed, table, column["name"], None)
    bounds = cells.life.bounds(observed.rows(table))
    wrong = known & ~_inside(times, bounds, _unit(column))
    return _counted(table, column["name"], "follows", "within its interval", wrong)


def _ages(
    table: Mapping[str, Any], column: Mapping[str, Any], observed: Observed, links: Links
) -> Iterator[Check]:
    name = column["name"]
    event = source_of(table, column, observed.tables, links)
    if event is None:
        return
    born, known = _times(observed, table["name"], name, None)
    known &= event.is_valid().to_numpy(zero_copy_only=False)
    born, at = born // UNITS["day"], _moments(event) // UNITS["day"]
    aged = np.zeros(len(born), np.bool_)
    for ages in column["ages"]:
        aged |= (born > years_before(at, ages["max"] + 1)) & (born <= years_before(at, ages["min"]))
    limits = f"{column['ages'][0]['min']} to {column['ages'][-1]['max']} at {column['column']}"
    yield _counted(table["name"], name, "follows", limits, known & ~aged)
    if column["until"] is not None:
        until = np.array([microseconds(column["until"]) // UNITS["day"]])
        late = born <= years_before(until, column["oldest"] + 1)
        yield _counted(table["name"], name, "follows", f"at most {column['oldest']} at until", known & late)


def _times(observed: Observed, table: str, column: str, order: I64 | None) -> tuple[I64, Flags]:
    """In microseconds, and which there are."""
    cells = observed.column(table, column)
    known, times = cells.is_valid().to_numpy(zero_copy_only=False), _moments(cells)
    return (times, known.copy()) if order is None else (times[order], known[order])


def _moments(array: pa.Array) -> I64:
    cells = numbers_of(Arrow(array))
    assert isinstance(cells, Integers)
    return cells.values * UNITS["day"] if pt.is_date32(array.type) else cells.values


def _of(bounds: Bounds, places: I64) -> Bounds:
    missing = None if bounds.missing is None else bounds.missing[places]
    return Bounds(bounds.first[places], bounds.last[places], missing)


def _inside(times: I64, bounds: Bounds, unit: int) -> Flags:
    """Whether times, each of which stands for the unit that begins with it, may lie in these lives."""
    first, last = bounds.first, np.maximum(bounds.last, bounds.first + 1)
    inside = (times >= np.where(unit == UNITS["day"], first // unit * unit, first)) & (times < last)
    return inside if bounds.missing is None else inside & ~bounds.missing


def _unit(column: Mapping[str, Any]) -> int:
    return UNITS["day"] if column["type"] == "date" else UNITS[column["precision"]]


def _counted(table: str, column: str, what: str, declared: str, wrong: Flags) -> Check:
    count = int(np.count_nonzero(wrong))
    return exact(table, column, what, declared, f"{count:,} rows differ", not count)
