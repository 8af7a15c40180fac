"""Several tables of children in one order of time: balances follow it, and the last is the latest."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from functools import cache
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.conformance.report import conformance
from synthmill.generators.conformance.report import rows_of as observed
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.plan import Plan
from synthmill.generators.errors import FieldError, InvalidRequestError
from tests.generators.lives import bank, events
from tests.generators.worlds import rows_of

OPENING = {"name": "opening", "kind": "decimal", "min": 0, "max": 500}


def balance(other: str, **more: Any) -> dict[str, Any]:
    others = [{"table": other, "column": "amount", "time": "at"}]
    return {
        "name": "balance",
        "kind": "running_total",
        "column": "amount",
        "start": "opening",
        "time": "at",
        "others": others,
        **more,
    }


def last(name: str, table: str, column: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "kind": "aggregate", "function": "last", "table": table, "column": column, **more}


AMOUNT = {"name": "amount", "kind": "decimal", "min": -100, "max": 120}
FEE = {"name": "amount", "kind": "decimal", "min": -3, "max": -1, "nulls": 0.1}
SORT = {"name": "sort", "kind": "categorical", "values": ["in", "out"]}
TOP = (
    OPENING,
    last("so_far", "fees", "amount", function="sum", plus="opening"),
    last("final", "tx", "amount", function="sum", plus="so_far"),
    last("tx_balance", "tx", "balance"),
    last("tx_at", "tx", "at"),
    last("fee_balance", "fees", "balance"),
    last("fee_at", "fees", "at"),
    last("tx_sort", "tx", "sort", where={"column": "amount", "above": 0}),
    last("began", "tx", "at", function="first"),
)  # fmt: skip
MONTHLY = {"schedule": {"unit": "month", "day": 1}}
FREE = {"counts": "exposure", "total": "free", "per_day": 0.008, "max": 400}


def ledger(accounts: int = 150, *, days: bool = False) -> dict[str, Any]:
    """Accounts with transactions and monthly fees; with `days`, many of both at one moment."""
    at = {"name": "at", "kind": "event_time", "precision": "day" if days else "second"}
    return bank(
        accounts,
        events("tx", at, AMOUNT, SORT, balance("fees"), **FREE),
        events("fees", at, FEE, balance("tx"), **MONTHLY),
        columns=TOP,
    )


def all_events(parameters: dict[str, Any]) -> dict[int, list[tuple[Any, str, dict[str, Any]]]]:
    """Of each account in the order of time, at one moment in that of the tables' names."""
    found = defaultdict(list)
    for table in ("fees", "tx"):
        for row in rows_of(parameters, table).to_pylist():
            found[row["account"]].append((row["at"], table, row))
    return {one: sorted(many, key=lambda event: event[:2]) for one, many in found.items()}


@pytest.mark.parametrize("days", [False, True])
def test_balances_of_two_tables_go_on_in_one_order_of_time(days: bool) -> None:
    parameters = ledger(days=days)
    found = all_events(parameters)
    for account in rows_of(parameters, "accounts").to_pylist():
        reached, latest = account["opening"], None
        for _, _, row in found.get(account["id"], []):
            reached += row["amount"] or Decimal(0)
            assert row["balance"] == reached
            latest = row
        assert account["final"] == reached
        if latest is not None:
            own = [(account[f"{table}_at"], account[f"{table}_balance"]) for table in ("fee", "tx")]
            assert (latest["at"], reached) in own


def test_last_and_first_are_those_of_the_latest_and_earliest_child() -> None:
    parameters = ledger()
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(parameters, "tx").to_pylist():
        found[row["account"]].append(row)
    without = 0
    for account in rows_of(parameters, "accounts").to_pylist():
        own = found[account["id"]]
        without += not own
        assert account["tx_at"] == max((row["at"] for row in own), default=None)
        assert account["began"] == min((row["at"] for row in own), default=None)
        assert account["tx_balance"] == (own[-1]["balance"] if own else None)
        gains = [row["sort"] for row in own if row["amount"] > 0]
        assert account["tx_sort"] == (gains[-1] if gains else None)
    assert without


def test_a_fee_that_was_changed_is_found_in_the_balances_of_both_tables() -> None:
    recipe = make_recipe("tabular", ledger(60), 0)
    tables = observed(recipe)
    assert conformance(recipe, tables).failed == ()
    amounts = tables["fees"]["amount"].to_pylist()
    amounts[5] = Decimal("-2.34")
    at = tables["fees"].schema.get_field_index("amount")
    column = pa.array(amounts, tables["fees"].schema.field("amount").type)
    changed = tables["fees"].set_column(at, tables["fees"].schema.field(at), column)
    failed = conformance(recipe, {**tables, "fees": changed}).failed
    wrong = {(check.table, check.column) for check in failed if check.what == "follows"}
    assert wrong >= {("fees", "balance"), ("tx", "balance"), ("accounts", "so_far")}


@settings(max_examples=30)
@given(st.sampled_from(["accounts", "tx", "fees"]), st.integers(0, 2_000), st.integers(1, 400))
def test_any_part_of_any_of_the_tables_is_the_same(table: str, start: int, count: int) -> None:
    plan, whole = entire(table)
    start = min(start, len(whole) - 1)
    stop = min(start + count, len(whole))
    assert make_rows(plan, table, start, stop).equals(whole.slice(start, stop - start))


@cache
def entire(table: str) -> tuple[Plan, pa.RecordBatch]:
    plan = make_plan(make_recipe("tabular", ledger(), 0))
    return plan, make_rows(plan, table, 0, plan.table(table).rows)


def refusal(parameters: dict[str, Any]) -> FieldError:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error


@pytest.mark.parametrize(
    ("other", "field", "reason"),
    [
        ({"table": "tx"}, "others[0].table", "aren't children of the same rows"),
        ({"table": "accounts"}, "others[0].table", "aren't children of the same rows"),
        ({"table": "nothing"}, "others[0].table", "there is no table nothing"),
        ({"column": "account"}, "others[0].column", "is of type int64"),
        ({"column": "at"}, "others[0].column", "is of type timestamp"),
        ({"column": "balance"}, "others[0].column", "is of type decimal"),
        ({"time": "drawn"}, "others[0].time", "doesn't rise from sibling to sibling"),
        ({"time": "now_and_then"}, "others[0].time", "may be null"),
    ],
)
def test_what_has_no_order_of_time_is_refused_by_name(other: dict[str, Any], field: str, reason: str) -> None:
    drawn = {"name": "drawn", "kind": "timestamp"}
    seldom = {"name": "now_and_then", "kind": "event_time", "nulls": 0.5}
    one = {"table": "fees", "column": "amount", "time": "at", **other}
    counted = {"name": "balance", "kind": "running_total", "column": "account"}
    tables = (
        events("tx", AMOUNT, balance("fees", others=[one]), **FREE),
        events("fees", FEE, drawn, seldom, counted, **MONTHLY),
    )
    if other.get("column") == "balance":
        tables[1]["columns"][-1]["column"] = "scaled"
        tables[1]["columns"].append({"name": "scaled", "kind": "decimal", "scale": 4, "max": 3})
    error = refusal(bank(50, *tables, columns=(OPENING,)))
    assert error.field == f"tables[tx].columns[balance].{field}"
    assert reason in error.reason


def test_balances_that_look_at_one_another_are_refused() -> None:
    def of(table: str) -> dict[str, Any]:
        return balance(table, others=[{"table": table, "column": "balance", "time": "at"}])

    tables = (events("tx", AMOUNT, of("fees"), **FREE), events("fees", FEE, of("tx"), **MONTHLY))
    assert "in a circle" in refusal(bank(50, *tables, columns=(OPENING,))).reason


def test_the_last_of_all_rows_and_totals_over_two_levels_are_refused_by_name() -> None:
    parts = {
        "name": "parts",
        "rows": 90,
        "children_of": {"table": "tx", "max": 50},
        "columns": [{"name": "n", "kind": "integer", "max": 9}],
    }
    of_parts = {"name": "n", "kind": "aggregate", "function": "last", "table": "parts", "column": "n"}
    tables = (events("tx", of_parts, **FREE), parts)
    two_levels = refusal(bank(50, *tables, columns=(last("latest", "tx", "n"),)))
    assert "two levels below" in two_levels.reason
    everywhere = refusal(bank(50, events("tx", AMOUNT, last("latest", "accounts", "id"), **FREE)))
    assert everywhere.field == "tables[tx].columns[latest].table"
    assert "aren't children of rows of tx" in everywhere.reason
