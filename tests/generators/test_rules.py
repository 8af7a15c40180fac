"""Rules hold whatever small recipe they stand in together, and whatever rows are asked for."""

from __future__ import annotations

import copy
import pickle
import time
from collections.abc import Iterator
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from tests.generators.rule_checks import CHECKS, Made
from tests.generators.rules import RULES, tables_of_rules

ALL = sorted(RULES)


def made(parameters: dict[str, Any], seed: int) -> Made:
    recipe = make_recipe("tabular", copy.deepcopy(parameters), seed)
    plan = make_plan(recipe)
    return {table.name: make_rows(plan, table.name, 0, table.rows) for table in plan.tables}


@given(
    rules=st.sets(st.sampled_from(ALL)),
    parents=st.integers(1, 700),
    mean=st.floats(1, 5),
    seed=st.integers(0, 2**53),
    data=st.data(),
)
@settings(max_examples=30)
def test_rules_hold_together_and_any_cut_gives_the_same_values(
    rules: set[str], parents: int, mean: float, seed: int, data: st.DataObject
) -> None:
    parameters = tables_of_rules(rules, parents, mean)
    whole = made(parameters, seed)
    for rule in rules:
        CHECKS[rule](whole)
    recipe = make_recipe("tabular", parameters, seed)
    plan = pickle.loads(pickle.dumps(make_plan(recipe)))
    for table in plan.tables:
        start = data.draw(st.integers(0, table.rows))
        stop = data.draw(st.integers(start, min(table.rows, start + 400)))
        alone = make_rows(plan, table.name, start, stop)
        assert alone.equals(whole[table.name].slice(start, stop - start)), table.name


@pytest.mark.parametrize("rule", ALL)
def test_every_rule_holds_by_itself(rule: str) -> None:
    CHECKS[rule](made(tables_of_rules({rule}, 1_500, 3.0), 7))


@pytest.mark.parametrize("rule", ALL)
def test_every_check_can_fail(rule: str) -> None:
    """The same tables without the rule, or with another seed's cells in them, don't pass."""
    whole = made(tables_of_rules({rule}, 1_500, 3.0), 7)
    other = made(tables_of_rules({rule}, 1_500, 3.0), 8)
    mixed = [{**whole, name: other[name]} for name in whole] + [dict(_shuffled(whole))]
    failures = 0
    for tables in mixed:
        try:
            CHECKS[rule](tables)
        except (AssertionError, KeyError, IndexError, TypeError):
            failures += 1
    assert failures


def _shuffled(whole: Made) -> Iterator[tuple[str, pa.RecordBatch]]:
    """Every table with its columns turned by different numbers of rows."""
    for name, batch in whole.items():
        turned = []
        for at, column in enumerate(batch.columns):
            by = (7 * at) % max(1, batch.num_rows)
            turned.append(pa.concat_arrays([column.slice(by), column.slice(0, by)]))
        yield name, pa.RecordBatch.from_arrays(turned, schema=batch.schema)


@pytest.mark.slow
@pytest.mark.parametrize("rule", ALL)
def test_every_rule_holds_in_a_million_rows(rule: str) -> None:
    whole = made(tables_of_rules({rule}, 400_000, 2.5), 3)
    assert sum(batch.num_rows for batch in whole.values()) >= 10**6
    CHECKS[rule](whole)


def refusal(parameters: dict[str, Any]) -> tuple[str, str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        make_plan(make_recipe("tabular", parameters, 0))
    (error,) = caught.value.errors
    return error.field, error.reason, error.fix


STATES = {"kind": "state", "start": "at", "transitions": [{"state": "a", "next": "b", "max": "1d"}]}


def schema(change: dict[str, Any], **tables: dict[str, Any]) -> dict[str, Any]:
    """`parents` and `kids` with changes of their tables; a list of columns is added to theirs."""
    parameters = tables_of_rules((), 100, 3.0)
    by_name = {table["name"]: table for table in parameters["tables"]}
    for name, changes in {"kids": change, **tables}.items():
        columns = by_name[name]["columns"] + changes.pop("columns", [])
        by_name[name].update(changes, columns=columns)
    return parameters


def column(kind: str, **parameters: Any) -> dict[str, Any]:
    return {"name": "x", "kind": kind, **parameters}


def kids_with(kind: str, **parameters: Any) -> dict[str, Any]:
    return schema({"columns": [column(kind, **parameters)]})


def parents_with(kind: str, **parameters: Any) -> dict[str, Any]:
    return schema({}, parents={"columns": [column(kind, **parameters)]})


CASE = {"column": "land", "equals": "DE"}
EURO = {"kind": "constant", "value": "EUR"}


@pytest.mark.parametrize(
    ("parameters", "field", "reason"),
    [
        (schema({"unique_keys": [["parent_id", "n", "ratio"]]}), "tables[kids].unique_keys[0]", "of its own"),
        (schema({"unique_keys": [["land"]]}), "tables[kids].unique_keys[0]", "distribution of its own"),
        (
            schema({"unique_keys": [["n"]]}),
            "tables[kids].unique_keys[0]",
            "9 different values, and the table has 300",
        ),
        (
            schema({"unique_keys": [["parent_id", "n"]]}),
            "tables[kids].unique_keys[0]",
            "9 different values, and a row of parents may have 12 children",
        ),
        (schema({"unique_keys": [["nothing"]]}), "tables[kids].unique_keys[0]", "no column nothing"),
        (schema({"unique_keys": [["n", "n"]]}), "tables[kids].unique_keys[0]", "names n more than once"),
        (
            schema({"columns": [column("date")], "unique_keys": [["amount", "n"], ["amount", "x"]]}),
            "tables[kids].unique_keys[0]",
            "amount is part of another unique key",
        ),
        (schema({"orderings": [["n", "land"]]}), "tables[kids].orderings[0]", "land is of type string"),
        (
            schema({"orderings": [["n", "ratio"]]}),
            "tables[kids].orderings[0]",
            "of type int64 and ratio of type double",
        ),
        (schema({}, parents={"orderings": [["id", "id"]]}), "tables[parents].orderings[0]", "more than once"),
        (
            schema({"columns": [column("running_total", column="n")], "orderings": [["n", "x"]]}),
            "tables[kids].orderings[0]",
            "put in order with a column that looks at it",
        ),
        (
            kids_with("aggregate", function="count", table="parents"),
            "tables[kids].columns[x].table",
            "aren't children",
        ),
        (
            parents_with("aggregate", function="sum", table="kids", column="land"),
            "tables[parents].columns[x].column",
            "land is of type string",
        ),
        (
            parents_with("aggregate", function="sum", table="kids", column="n", plus="at"),
            "tables[parents].columns[x].plus",
            "the sum of type int64",
        ),
        (
            parents_with("aggregate", function="count", table="kids", where={"column": "land", "above": "A"}),
            "tables[parents].columns[x].where",
            "has no order",
        ),
        (parents_with("running_total", column="id"), "tables[parents].columns[x].kind", "no parent table"),
        (
            kids_with("running_total", column="n", start="opening"),
            "tables[kids].columns[x].start",
            "of type decimal",
        ),
        (kids_with("step"), "tables[kids].columns[x].kind", "aren't the steps"),
        (
            parents_with(
                "state",
                start="at",
                transitions=[
                    {"state": "a", "next": "b", "max": "1d"},
                    {"state": "c", "next": "b", "max": "1d"},
                ],
            ),
            "tables[parents].columns[x].transitions",
            "nothing leads from a to c",
        ),
        (
            parents_with("state", start="id", transitions=STATES["transitions"]),
            "tables[parents].columns[x].start",
            "timestamp",
        ),
        (parents_with("state_time", column="at"), "tables[parents].columns[x].column", "isn't a state"),
        (
            schema({"rows": None, "children_of": {"table": "parents", "steps_of": "at"}}),
            "tables[kids].children_of.steps_of",
            "isn't a state",
        ),
        (
            schema({"rows": 5, "children_of": {"table": "parents", "max": 3, "total": "free"}}),
            "tables[kids].rows",
            "follows from children_of",
        ),
        (
            schema({"rows": None, "children_of": {"table": "parents", "max": 3, "total": "free", "mean": 4}}),
            "tables[kids].children_of.mean",
            "outside 0 to 3",
        ),
        (schema({"rows": None}), "tables[kids].rows", "is missing"),
        (
            kids_with(
                "conditional", cases=[{"when": CASE, "then": EURO}], otherwise={"kind": "integer", "max": 1}
            ),
            "tables[kids].columns[x].otherwise",
            "of type int64, and cases[0].then of type string",
        ),
        (
            kids_with("conditional", cases=[{"when": {"column": "n", "equals": "DE"}, "then": EURO}]),
            "tables[kids].columns[x].cases[0].when",
            "n is of type int64, and 'DE' isn't",
        ),
        (
            kids_with("conditional", cases=[{"when": {"column": "nothing", "equals": 1}, "then": EURO}]),
            "tables[kids].columns[x].cases[0].when",
            "no column nothing",
        ),
        (
            kids_with("determined", by=["land"], then={"kind": "sequence"}),
            "tables[kids].columns[x].then.kind",
            "a sequence differs from row to row",
        ),
        (
            kids_with("determined", by=["land"], then={"kind": "parent", "column": "at"}),
            "tables[kids].columns[x].then.column",
            "isn't one of the columns that decide",
        ),
        (
            kids_with("determined", by=["land"], then={"kind": "foreign_key", "table": "things"}),
            "tables[kids].columns[x].then.kind",
            "can't stand inside another column",
        ),
        (
            kids_with("lookup", column="n", entries=[{"at": "a", "value": 1}]),
            "tables[kids].columns[x].entries",
            "n is of type int64",
        ),
        (
            kids_with("foreign_key", table="parents", distribution="weight", weight="at"),
            "tables[kids].columns[x].weight",
            "isn't a number",
        ),
        (
            parents_with("rising", precision="microsecond"),
            "tables[parents].columns[x].precision",
            "there are",
        ),
    ],
)
def test_what_can_not_be_satisfied_is_refused(parameters: dict[str, Any], field: str, reason: str) -> None:
    where, why, fix = refusal(parameters)
    assert where == field
    assert reason in why
    assert fix


def test_a_sum_over_two_levels_is_refused() -> None:
    parameters = schema(
        {"columns": [column("aggregate", function="count", table="crumbs")]},
        parents={"columns": [column("aggregate", function="sum", table="kids", column="x")]},
    )
    crumbs = {
        "name": "crumbs",
        "rows": 500,
        "children_of": {"table": "kids", "max": 9},
        "columns": [{"name": "line", "kind": "line_number"}],
    }
    parameters["tables"].append(crumbs)
    where, why, _ = refusal(parameters)
    assert where == "tables[parents].columns[x].column"
    assert "itself made from the children" in why


def test_weights_below_nothing_are_refused() -> None:
    parameters = kids_with("foreign_key", table="things", distribution="weight", weight="w")
    parameters["tables"][0]["columns"].append({"name": "w", "kind": "integer", "min": -5, "max": -1})
    where, why, _ = refusal(parameters)
    assert where == "tables[kids].columns[x].weight"
    assert "less than 0" in why


def test_sums_that_need_more_than_64_bits_are_refused_by_name() -> None:
    parameters = parents_with("aggregate", function="sum", table="kids", column="big")
    parameters["tables"][2]["columns"].append(
        {"name": "big", "kind": "integer", "min": 2**62, "max": 2**63 - 1}
    )
    with pytest.raises(InvalidRequestError, match=r"parents\.x: sums come to more than 64 bits"):
        made(parameters, 0)


def test_children_of_a_free_total_stay_when_parents_are_added() -> None:
    few, many = (made(tables_of_rules({"free_total"}, parents, 2.0), 5)["kids"] for parents in (300, 900))
    few_columns, start = few.select(["parent_id", "line", "amount"]), few.num_rows
    assert many.select(["parent_id", "line", "amount"]).slice(0, start).equals(few_columns)


def test_a_date_can_come_after_a_date() -> None:
    parameters = kids_with("later", column="on", min="2d", max="9d", until="2024-06-01T00:00:00Z")
    parameters["tables"][2]["columns"].append(
        {"name": "on", "kind": "date", "start": "2024-01-01", "end": "2024-05-01"}
    )
    kids = made(parameters, 0)["kids"].to_pandas()
    days = [(late - early).days for late, early in zip(kids["x"], kids["on"], strict=True)]
    assert set(days) == set(range(2, 10))
    parameters["tables"][2]["columns"][-2]["min"] = "5h"
    assert refusal(parameters)[1] == "on is a date, and 5h isn't whole days"


def test_free_totals_have_a_limit_that_all_tables_share() -> None:
    tables: list[dict[str, Any]] = [
        {"name": "top", "rows": 2 * 10**9, "columns": [{"name": "id", "kind": "sequence"}]},
        {
            "name": "kids",
            "children_of": {"table": "top", "max": 3, "total": "free"},
            "columns": [{"name": "line", "kind": "line_number"}],
        },
    ]
    where, why, fix = refusal({"tables": tables})
    assert where == "tables[kids].children_of"
    assert "2000000000 rows of top" in why
    assert "at most 1000000000 rows" in fix


@pytest.mark.slow
@pytest.mark.parametrize("rule", ALL)
def test_late_rows_alone_cost_little_more_than_the_first(rule: str) -> None:
    """In CPU time, and as a ratio: the machine may be busy with other things."""
    recipe = make_recipe("tabular", tables_of_rules({rule}, 400_000, 2.5), 3)
    plan = make_plan(recipe)
    for table in plan.tables:
        if table.rows < 100_000:
            continue
        last = table.rows - 1_000

        def cost(start: int, name: str = table.name) -> float:
            times = []
            for _ in range(7):
                before = time.process_time()
                make_rows(plan, name, start, start + 1_000)
                times.append(time.process_time() - before)
            return min(times)

        cost(0)
        assert cost(last) < 4 * cost(0) + 0.004, table.name
