"""Conformance of events in lives: one that comes too early, outside, or off its schedule is found."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import cache
from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.conformance.report import Report, conformance, rows_of
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from tests.generators.lives import DURING, bank, events

BUSY = {"hours": [0] * 8 + [1] * 10 + [0] * 6}
FREE = {"counts": "exposure", "total": "free", "per_day": 0.02, "max": 400}
BORN = {"name": "born", "kind": "birth_date", "column": "opened", "ages": [{"min": 18, "max": 80}]}
MOVED = {"name": "moved", "kind": "within", "during": DURING, "stay": "5d"}
WAYS: dict[str, dict[str, Any]] = {
    "weights": {"rows": 3_000, "max": 40},
    "exposure": {**FREE, "min_gap": "6h"},
    "a rate": {**FREE, "during": {**DURING, "rate": BUSY}},
    "a schedule": {"schedule": {"unit": "month", "day": 15, "jitter": "9h"}},
}


def declared(way: str, seed: int = 3) -> Recipe:
    parameters = bank(300, events("tx", **WAYS[way]), columns=(BORN, MOVED))
    return make_recipe("tabular", parameters, seed)


@cache
def made(way: str) -> dict[str, pa.Table]:
    return rows_of(declared(way))


def failures(report: Report) -> set[tuple[str, str]]:
    return {(check.column, check.what) for check in report.failed}


@pytest.mark.parametrize("way", WAYS)
def test_events_conform_under_any_seed(way: str) -> None:
    for seed in range(3):
        assert conformance(declared(way, 99), rows_of(declared(way, seed))).failed == ()


def changed(way: str, table: str, column: str, change: Callable[[list[Any]], None]) -> Report:
    tables = dict(made(way))
    cells = tables[table].column(column).to_pylist()
    change(cells)
    at = tables[table].schema.get_field_index(column)
    array = pa.array(cells, tables[table].schema.field(column).type)
    tables[table] = tables[table].set_column(at, tables[table].schema.field(at), array)
    return conformance(declared(way), tables)


def exchange(cells: list[Any]) -> None:
    """Of the first two of the third account, which have different times."""
    owners = made("weights")["tx"]["account"].to_pylist()
    first = owners.index(3)
    assert owners[first + 1] == 3
    cells[first], cells[first + 1] = cells[first + 1], cells[first]


def test_an_event_before_an_earlier_one_is_found() -> None:
    assert failures(changed("weights", "tx", "at", exchange)) == {("at", "order")}


def test_events_closer_than_the_least_gap_are_found() -> None:
    def closer(cells: list[Any]) -> None:
        owners = made("exposure")["tx"]["account"].to_pylist()
        second = next(at for at in range(1, len(owners)) if owners[at] == owners[at - 1])
        cells[second] = cells[second - 1] + dt.timedelta(hours=5)

    assert failures(changed("exposure", "tx", "at", closer)) == {("at", "order")}


def test_an_event_before_its_life_begins_is_found() -> None:
    def early(cells: list[Any]) -> None:
        cells[0] = dt.datetime(2017, 12, 31, tzinfo=dt.UTC)

    assert failures(changed("weights", "tx", "at", early)) == {("at", "follows")}


def test_events_at_all_hours_are_not_those_of_a_rate() -> None:
    other = rows_of(make_recipe("tabular", bank(300, events("tx", **FREE), columns=(BORN, MOVED)), 3))
    assert ("at", "distribution") in failures(conformance(declared("a rate"), other))


def test_an_event_off_its_schedule_is_found() -> None:
    def late(cells: list[Any]) -> None:
        cells[4] += dt.timedelta(days=1)

    assert failures(changed("a schedule", "tx", "at", late)) == {("at", "follows")}


def test_a_time_outside_its_interval_and_an_age_that_is_not_one_are_found() -> None:
    def long_ago(cells: list[Any]) -> None:
        cells[7] = dt.datetime(2001, 1, 1, tzinfo=dt.UTC)

    def child(cells: list[Any]) -> None:
        cells[7] = dt.date(2013, 1, 1)

    assert failures(changed("weights", "accounts", "moved", long_ago)) == {("moved", "follows")}
    assert failures(changed("weights", "accounts", "born", child)) == {("born", "follows")}
