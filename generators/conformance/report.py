"""The report: a dataset's rows against what a recipe declares."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pyarrow as pa

from synthmill.generators.conformance.cases import check_cases
from synthmill.generators.conformance.checks import ALPHA, Check, exact, judge
from synthmill.generators.conformance.children import check_children, has_free_total
from synthmill.generators.conformance.distributions import check_column, check_correlations, check_fan_out
from synthmill.generators.conformance.domain import check_domain
from synthmill.generators.conformance.draws import Draws
from synthmill.generators.conformance.keys import check_followers, check_keys
from synthmill.generators.conformance.lags import check_lags, declared_lags, lags_of_sample
from synthmill.generators.conformance.links import Tables
from synthmill.generators.conformance.lives import check_lives
from synthmill.generators.conformance.observed import Observed
from synthmill.generators.conformance.references import check_references
from synthmill.generators.conformance.rules import check_rules
from synthmill.generators.conformance.states import check_states
from synthmill.generators.conformance.steps import check_steps
from synthmill.generators.conformance.unchecked import unchecked
from synthmill.generators.datasets.profile.table import SAMPLE_ROWS, sampled_rows
from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.limits import MAX_SEED

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_LINKED = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)\.[A-Za-z_]")

Made = tuple[Recipe, Plan]

MOST_ROWS = 20_000_000
"""Of all tables together: their rows are in memory at once."""


@dataclass(frozen=True)
class Report:
    """Checks, those that failed first. It passes with a `score` of at least what is asked for."""

    recipe: Recipe
    """What was declared."""
    rows: int
    checks: tuple[Check, ...]
    not_checked: tuple[str, ...]
    """What no check looked at, in sentences."""

    @property
    def score(self) -> float:
        """Of the worst check: 1 if all passed, 0 where a key or a rule is broken."""
        return min((check.score for check in self.checks), default=1.0)

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if not check.passed)

    def to_dict(self) -> dict[str, Any]:
        return {
            "conformance": 1,
            "recipe": self.recipe.to_dict(),
            "rows": self.rows,
            "sample_rows": SAMPLE_ROWS,
            "alpha": ALPHA,
            "score": self.score,
            "failed": len(self.failed),
            "not_checked": list(self.not_checked),
            "checks": [check.to_dict() for check in self.checks],
        }


def rows_of(recipe: Recipe) -> dict[str, pa.Table]:
    """All rows that a recipe makes, by table. Raises InvalidRequestError where they are too many."""
    plan = make_plan(recipe)
    check_size(sum(table.rows for table in plan.tables))
    results = run_stages(plan)
    tables = {}
    for table in plan.tables:
        blocks = [table.block_range(block) for block in range(table.blocks)]
        made = [make_rows(plan, table.name, *block, None, results) for block in blocks]
        tables[table.name] = pa.Table.from_batches(made, table.schema)
    return tables


def check_size(rows: int) -> None:
    if rows > MOST_ROWS:
        raise InvalidRequestError.one(
            "rows",
            f"{rows:,} rows are too many for a report, which has them in memory",
            f"at most {MOST_ROWS:,}: make the recipe with fewer rows, and `verify` the large dataset",
        )


def conformance(recipe: Recipe, tables: Tables) -> Report:
    """Check rows, by table, against what the recipe declares.

    Of another strategy than `tabular`: rows, types and domain rules. Raises InvalidRequestError for a recipe
    of such a one without rules, or that makes no plan.
    """
    if recipe.strategy != "tabular" and not recipe.rules:
        raise InvalidRequestError.one(
            "strategy",
            f"{recipe.strategy} declares no distributions, and the recipe no domain rules",
            "give a dataset of `tabular`, or of a recipe with domain rules",
        )
    plan = make_plan(recipe)
    checks: list[Check] = []
    for table in plan.tables:
        if table.name not in tables:
            checks.append(exact(table.name, "", "rows", f"{table.rows:,}", "no such table", False))
    if recipe.strategy == "tabular":
        checks += _declared(recipe, plan, tables)
    else:
        for table in plan.tables:
            if table.name in tables:
                checks += _described(table, tables[table.name], free=False)
    checks += check_domain(recipe, tables)
    judged = tuple(judge(checks))
    rows = sum(one.num_rows for one in tables.values())
    return Report(recipe, rows, judged, unchecked(recipe, plan, judged))


def _declared(recipe: Recipe, plan: Plan, tables: Tables) -> list[Check]:
    """What `tabular` declares: all but domain rules."""
    others = Draws(lambda number: _with_seed(recipe, (recipe.seed + 1 + number) % MAX_SEED))
    parameters = {table["name"]: table for table in recipe.parameters["tables"]}
    checks: list[Check] = []
    observed = Observed(plan, recipe.parameters, tables)
    sound = [table for table in plan.tables if table.name in tables]
    complete = len(sound) == len(plan.tables)
    wrong: set[str] = set()
    for table in sound:
        described = list(_described(table, tables[table.name], has_free_total(parameters[table.name])))
        checks += described
        if not all(check.passed for check in described if check.what == "type"):
            wrong.add(table.name)
    for table in sound:
        # What depends on columns that are missing, or are of another type, can't be checked.
        if complete and wrong.isdisjoint(_words(parameters[table.name]) | {table.name}):
            checks += _checked(plan, table.name, parameters, observed, others)
    return checks


def _described(table: TablePlan, rows: pa.Table, free: bool) -> Iterator[Check]:
    """Rows, unless how many they are is the seed's choice, and columns with their types."""
    declared, seen = f"{table.rows:,}", f"{rows.num_rows:,}"
    if not free:
        yield exact(table.name, "", "rows", declared, seen, table.rows == rows.num_rows)
    for column in table.columns:
        found = rows.schema.field(column.name).type if column.name in rows.schema.names else None
        yield exact(
            table.name, column.name, "type", str(column.type), str(found or "missing"), found == column.type
        )


def _checked(
    plan: Plan,
    name: str,
    parameters: Mapping[str, Mapping[str, Any]],
    observed: Observed,
    draws: Draws[Made],
) -> Iterator[Check]:
    table, tables, links = parameters[name], observed.tables, observed.links(name)
    plans = draws.of(lambda made: made[1])
    yield from check_keys(plan, table, tables, links)
    yield from check_children(plan, table, tables, links, plans)
    yield from check_followers(plan, table, tables, links)
    yield from check_lags(plan, table, tables, links)
    yield from check_rules(plan, table, observed)
    yield from check_references(plan, table, observed)
    yield from check_cases(plan, table, observed)
    yield from check_states(plan, table, observed)
    yield from check_steps(plan, table, parameters, observed)
    yield from check_lives(plan, table, observed, links)
    seen = tables[name].take(pa.array(sampled_rows(tables[name].num_rows, 0, tables[name].num_rows)))
    declared = draws.of(lambda made: _sample(*made, name))
    keys = {key.columns[0] for key in plan.table(name).foreign_keys}
    others = _of_other_rows(table) | keys
    ruled = set(_NAME.findall(json.dumps({key: value for key, value in table.items() if key != "columns"})))
    for column in table["columns"]:
        array, arrays = _cells(seen, column["name"]), declared.of(partial(_cells, name=column["name"]))
        nullable = declared[0].schema.field(column["name"]).nullable
        if column["kind"] == "foreign_key":
            yield from check_fan_out(name, column, nullable, array, arrays)
        elif column["kind"] == "later":
            lags = lags_of_sample(table, column, tables, links)
            if lags is not None:
                others_lags = plans.of(partial(declared_lags, name=name, column=column))
                yield from check_column(name, column, nullable, lags, others_lags)
        elif column["name"] not in others:
            yield from check_column(name, column, nullable, array, arrays, column["name"] not in ruled)
    independent = [column["name"] for column in table["columns"] if column["name"] not in others]
    yield from check_correlations(name, independent, seen, declared)


def _of_other_rows(table: Mapping[str, Any]) -> set[str]:
    """Columns that repeat what other rows hold, or are made from such: those rows are checked where they are.

    Which rows are repeated is the seed's choice, so that their distribution differs from seed to seed.
    """
    links = {column["name"] for column in table["columns"] if column["kind"] in ("foreign_key", "hierarchy")}
    if table["children_of"] is not None:
        links.add(table["children_of"]["table"])
    found = {
        column["name"]
        for column in table["columns"]
        if column["kind"] in ("parent", "foreign_key", "event_time")
        or column.get("through") is not None
        or not links.isdisjoint(_LINKED.findall(json.dumps(column)))
    }
    reading = True
    while reading:
        more = {column["name"] for column in table["columns"] if _words(column) & found} - found
        found |= more
        reading = bool(more)
    return found


def _words(described: Mapping[str, Any]) -> set[str]:
    """All names in a column's or a table's parameters, in formulas too, but for its own."""
    text = json.dumps({key: value for key, value in described.items() if key not in ("name", "kind")})
    return set(_NAME.findall(text))


def _with_seed(recipe: Recipe, seed: int) -> Made:
    other = make_recipe(recipe.strategy, recipe.parameters, seed)
    return other, make_plan(other)


def _cells(rows: pa.Table, name: str) -> pa.Array:
    return rows.column(name).combine_chunks()


def _sample(recipe: Recipe, plan: Plan, name: str) -> pa.Table:
    """The fixed sample of a table of the recipe."""
    table, pieces = plan.table(name), []
    for block in range(table.blocks):
        start, stop = table.block_range(block)
        places = sampled_rows(table.rows, start, stop) - start
        if len(places):
            pieces.append(make_rows(plan, name, start, stop).take(pa.array(places)))
    return pa.Table.from_batches(pieces, table.schema)
