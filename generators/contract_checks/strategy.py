"""What every strategy promises."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from typing import Any

import pyarrow as pa

from synthmill.generators.contract_checks.promise import promise, refusal
from synthmill.generators.engine.parameters import load_parameters, parameters_json_schema
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS, Plan, TablePlan
from synthmill.generators.engine.planning import make_plan, make_recipe
from synthmill.generators.engine.recipe import Recipe, canonical
from synthmill.generators.engine.rows import make_rows
from synthmill.generators.engine.strategies import get_strategy

MOST_ROWS = 2_000
"""Of each table, so that a try is quick: more aren't made."""


@dataclass(frozen=True)
class StrategySubject:
    """A strategy to be tried, with parameters that it is tried with."""

    name: str
    parameters: Mapping[str, Any]

    def recipe(self, seed: int = 0) -> Recipe:
        return make_recipe(self.name, copy.deepcopy(dict(self.parameters)), seed)

    def plan(self, seed: int = 0) -> Plan:
        return make_plan(self.recipe(seed))


def example_of(name: str) -> StrategySubject:
    """A strategy with the defaults of its parameters, and the first examples of those that have none."""
    fields = get_strategy(name).Parameters().fields
    required = {key: one for key, one in fields.items() if one.required}
    return StrategySubject(name, {key: one.metadata["examples"][0] for key, one in required.items()})


def _rows(plan: Plan, table: TablePlan, start: int = 0, stop: int = MOST_ROWS) -> pa.RecordBatch:
    return make_rows(plan, table.name, start, min(stop, table.rows))


def it_says_what_it_is(subject: StrategySubject) -> None:
    strategy = get_strategy(subject.name)
    promise(bool(strategy.title), "it has no title")
    promise(strategy.description.endswith("."), f"its description isn't a sentence: {strategy.description!r}")


def loading_parameters_again_changes_nothing(subject: StrategySubject) -> None:
    strategy, recipe = get_strategy(subject.name), subject.recipe()
    again = load_parameters(strategy, recipe.parameters)
    promise(again == recipe.parameters, f"they become {again}")
    promise(Recipe.from_dict(recipe.to_dict()) == recipe, "the recipe isn't the same once stored and read")
    canonical(recipe.parameters)


def unknown_parameters_are_refused_by_name(subject: StrategySubject) -> None:
    attempt = partial(make_recipe, subject.name, {**subject.parameters, "colour": 1}, 0)
    fields = [error.field for error in refusal("a parameter `colour`", attempt)]
    promise(fields == ["colour"], f"{', '.join(fields)} is")


def what_is_no_json_is_refused(subject: StrategySubject) -> None:
    for value in (math.nan, math.inf, 10**30, b"bytes", {1: 2}):
        refusal(repr(value), partial(make_recipe, subject.name, {**subject.parameters, "colour": value}, 0))


def the_json_schema_describes_every_parameter(subject: StrategySubject) -> None:
    strategy = get_strategy(subject.name)
    schema = parameters_json_schema(strategy)
    promise(set(schema["properties"]) == set(strategy.Parameters().fields), "it has others, or lacks some")
    promise(all(one.get("description") for one in schema["properties"].values()), "some have no description")
    promise(schema["additionalProperties"] is False, "it allows others")
    canonical(schema)


def rows_have_exactly_the_planned_schema(subject: StrategySubject) -> None:
    plan = subject.plan()
    promise(plan.strategy == subject.name, f"the plan says that it is of {plan.strategy!r}")
    for table in plan.tables:
        batch = _rows(plan, table)
        promise(batch.schema.equals(table.schema), f"{table.name} has {batch.schema}")
        promise(batch.num_rows == min(MOST_ROWS, table.rows), f"{table.name}: {batch.num_rows} rows are made")
        batch.validate(full=True)
        for column in table.columns:
            kept = column.nullable or not batch[column.name].null_count
            promise(kept, f"{table.name}.{column.name} has nulls, and the plan says that it has none")
        size = table.block_rows
        fits = 1 <= size <= MAX_BLOCK_ROWS and size & (size - 1) == 0
        promise(fits, f"block_rows of {table.name} is {size}: give a power of two up to {MAX_BLOCK_ROWS}")


def any_cut_gives_the_same_values(subject: StrategySubject) -> None:
    plan = subject.plan()
    for table in plan.tables:
        whole = _rows(plan, table)
        for cuts in ((1,), (7, 8), (100, 1_000, 1_001)):
            edges = sorted({0, len(whole), *(cut for cut in cuts if cut < len(whole))})
            for start, stop in pairwise(edges):
                same = _rows(plan, table, start, stop).equals(whole.slice(start, stop - start))
                promise(same, f"rows {start} to {stop - 1} of {table.name} are others alone than among all")


def a_choice_of_columns_equals_the_columns_of_the_whole(subject: StrategySubject) -> None:
    plan = subject.plan()
    for table in plan.tables:
        whole = _rows(plan, table, 3, 103)
        for column in table.columns:
            stop = min(103, table.rows)
            alone = make_rows(plan, table.name, min(3, stop), stop, [column.name])
            promise(alone.schema.names == [column.name], f"{column.name} alone gives {alone.schema.names}")
            same = alone[column.name].equals(whole[column.name])
            promise(same, f"{column.name} is another alone than among all")


def a_plan_made_anew_gives_the_same_values(subject: StrategySubject) -> None:
    recipe, strategy = subject.recipe(), get_strategy(subject.name)
    plans = [strategy.plan(copy.deepcopy(dict(recipe.parameters)), recipe.seed, {}) for _ in range(2)]
    for table in plans[0].tables:
        one, other = (_rows(plan, table, 0, 60) for plan in plans)
        promise(one.equals(other), f"two plans of one recipe give different rows of {table.name}")


def another_seed_gives_other_values(subject: StrategySubject) -> None:
    one, other = subject.plan(0), subject.plan(1)
    changed = any(not _rows(one, table).equals(_rows(other, table)) for table in one.tables)
    promise(changed, "all tables are the same for another seed")


CHECKS: tuple[Callable[[StrategySubject], None], ...] = (
    it_says_what_it_is,
    loading_parameters_again_changes_nothing,
    unknown_parameters_are_refused_by_name,
    what_is_no_json_is_refused,
    the_json_schema_describes_every_parameter,
    rows_have_exactly_the_planned_schema,
    any_cut_gives_the_same_values,
    a_choice_of_columns_equals_the_columns_of_the_whole,
    a_plan_made_anew_gives_the_same_values,
    another_seed_gives_other_values,
)
