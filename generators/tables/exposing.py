"""One-to-many relations whose children come to be in their parents' lives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.times.life import Bounds, Life, life_of
from synthmill.generators.columns.times.schedule import Schedule, schedule_of
from synthmill.generators.engine.arrow_cells import numbers_of
from synthmill.generators.kernels.derived.poisson import GREATEST, poisson
from synthmill.generators.kernels.mix import F64, I64, U64, key, mix
from synthmill.generators.kernels.relations.exposure import (
    CrowdedError,
    ExposedOneToMany,
    exposed_one_to_many,
)
from synthmill.generators.kernels.relations.one_to_many import FreeOneToMany, OneToMany, free_one_to_many
from synthmill.generators.schema.times import length
from synthmill.generators.tables.scope import ColumnScope
from synthmill.generators.tables.table import ParentRows, Relation, Table

if TYPE_CHECKING:
    from synthmill.generators.tables.planning import Planning
    from synthmill.generators.tables.rows import TableRows

MOST_SCHEDULED = 1_000_000
"""Children that a parent may have by a schedule."""
_GREATEST_EXPOSURE = 2.0**54


def life_and_schedule(planning: Planning, declared: Mapping[str, Any]) -> tuple[Life | None, Schedule | None]:
    """What `children_of` says of its parents' lives. Raises ParameterError."""
    source = _Parents(planning, declared["table"])
    life = schedule = None
    if declared["during"] is not None:
        life = life_of(declared["during"], source, length(declared["min_gap"]), "children_of.during")
    if declared["schedule"] is not None:
        schedule = schedule_of(declared["schedule"], source, "children_of.schedule")
    return life, schedule


@dataclass(frozen=True)
class _Parents:
    planning: Planning
    table: str

    def __call__(self, column: str, parameter: str) -> Source:
        """A column of the parents' table. Raises ParameterError."""
        return ColumnScope(self.planning, self.table, column).source(column, parameter=parameter)


def scheduled(planning: Planning, declared: Mapping[str, Any], life: Life, schedule: Schedule) -> Relation:
    """A child for every event of a schedule. Raises ParameterError."""
    parents = planning.tables[declared["table"]]
    count = _ScheduledCounts(parents, planning.counted_rows, life, schedule, declared["max"])
    found = free_one_to_many(parents.rows, declared["max"] or MOST_SCHEDULED, count)
    return Relation(parents.name, found, life, schedule, partial(_scheduled_with, found, count))


def _scheduled_with(found: FreeOneToMany, count: _ScheduledCounts, rows: ParentRows) -> OneToMany:
    return replace(found, count=replace(count, rows=rows))


def exposed(planning: Planning, name: str, declared: Mapping[str, Any], life: Life) -> Relation:
    """As many children as fit the length of a life. Raises ParameterError."""
    parents, most = planning.tables[declared["table"]], declared["max"]
    intensity = None
    if declared["intensity"] is not None:
        path = "children_of.intensity"
        intensity = _Parents(planning, parents.name)(declared["intensity"], path)
        if not (pt.is_int64(intensity.type) or pt.is_float64(intensity.type)):
            raise ParameterError(
                path, f"{intensity.column} is of type {intensity.type}", "name one of numbers"
            )
    exposures = _Exposures(parents, planning.counted_rows, life, intensity, most)
    draw = key(planning.seed, name, "", "children")
    if declared["total"] == "free":
        count = _PoissonCounts(exposures, declared["per_day"] / life.a_day, draw)
        free = free_one_to_many(parents.rows, most, count)
        return Relation(parents.name, free, life, counted_with=partial(_free_with, free, count))
    exact = _exact(planning.parameters[name]["rows"], exposures, draw)
    return Relation(parents.name, exact, life, counted_with=partial(_exact_with, exact, exposures))


def _free_with(free: FreeOneToMany, count: _PoissonCounts, rows: ParentRows) -> OneToMany:
    return replace(free, count=replace(count, exposures=replace(count.exposures, rows=rows)))


def _exact_with(exact: ExposedOneToMany, exposures: _Exposures, rows: ParentRows) -> OneToMany:
    return replace(exact, exposures=replace(exposures, rows=rows))


def _exact(rows: int, exposures: _Exposures, draw: int) -> ExposedOneToMany:
    parents, most = exposures.table, exposures.most
    try:
        return exposed_one_to_many(parents.rows, rows, most, exposures, draw)
    except CrowdedError:
        raise ParameterError(
            "children_of.max",
            f"some rows of {parents.name} would have more than {most} children by the length of their lives, "
            "or more than min_gap leaves time for",
            "give a greater max, a smaller min_gap, or fewer rows",
        ) from None
    except ParameterError:
        raise
    except ValueError:
        raise ParameterError(
            "children_of.during",
            f"no row of {parents.name} has a life in which it could have children",
            "let some begin before they end",
        ) from None


@dataclass(frozen=True, eq=False)
class _Exposures:
    """Of parents' lives. Satisfies `kernels.relations.exposure.Exposures`."""

    table: Table
    rows: ParentRows
    life: Life
    intensity: Source | None
    most: int

    def __call__(self, parents: U64) -> tuple[I64, I64]:
        exact, room = self.of(parents)
        greatest = exact.max(initial=0.0)
        if not greatest <= _GREATEST_EXPOSURE:
            # Cut off, parents that differ would count alike.
            field, fix = "during", "let lives be shorter"
            if self.intensity is not None:
                field, fix = "intensity", "divide all numbers of it by more than that"
            times = f"{greatest / _GREATEST_EXPOSURE:.3g} times"
            raise ParameterError(
                f"children_of.{field}",
                f"a row of {self.table.name} has {times} the exposure that is counted exactly",
                fix,
            )
        return exact.astype(np.int64), room

    def of(self, parents: U64) -> tuple[F64, I64]:
        """The exposure of each parent, and how many children it has time for."""
        rows = self.rows.of(self.table, parents, _columns(self.life.start, self.life.end, self.intensity))
        return rows.once((self.life, "exposure"), lambda: self._of(rows))

    def _of(self, rows: TableRows) -> tuple[F64, I64]:
        bounds = self.life.bounds(rows)
        exposure = self.life.exposure(bounds).astype(np.float64)
        if self.intensity is not None:
            cells = numbers_of(self.intensity.cells(rows))
            factors = np.maximum(cells.values.astype(np.float64), 0.0)
            exposure *= factors if cells.null is None else np.where(cells.null, 0.0, factors)
        return exposure, self._room(bounds)

    def _room(self, bounds: Bounds) -> I64:
        if not self.life.gap:
            return np.full(len(bounds.first), self.most)
        room: I64 = np.minimum((bounds.last - bounds.first - 1) // self.life.gap + 1, self.most)
        return room


@dataclass(frozen=True, eq=False)
class _PoissonCounts:
    exposures: _Exposures
    per_unit: float
    key: int

    def __call__(self, parents: U64) -> I64:
        exposure, room = self.exposures.of(parents)
        means = exposure * self.per_unit
        most = self.exposures.most
        if len(means) and not means.max() <= most:
            raise ParameterError(
                "children_of.max",
                f"a row of {self.exposures.table.name} has {means.max():.6g} children on average by the "
                f"length of its life, and {most} at most",
                f"give at least {min(2 * means.max(), GREATEST - 1):.0f}, or a smaller per_day",
            )
        return np.minimum(poisson(means, mix(self.key, parents)), room)


@dataclass(frozen=True, eq=False)
class _ScheduledCounts:
    table: Table
    rows: ParentRows
    life: Life
    schedule: Schedule
    most: int | None

    def __call__(self, parents: U64) -> I64:
        columns = _columns(self.life.start, self.life.end, self.schedule.column)
        rows = self.rows.of(self.table, parents, columns)
        counts = self.schedule.counts(rows, self.life.bounds(rows))
        if self.most is not None:
            return np.minimum(counts, self.most)
        if counts.max(initial=0) > MOST_SCHEDULED:
            raise ParameterError(
                "children_of.schedule",
                f"a row of {self.table.name} has {counts.max()} events in its life",
                f"let there be more time between them, or give max, up to {MOST_SCHEDULED}",
            )
        return counts


def _columns(*sources: Source | None) -> list[str]:
    """The columns of the parents' own that children are counted by."""
    return [one.column for one in sources if one is not None and one.link is None]
