"""What every strategy promises."""

from __future__ import annotations

import copy
from itertools import pairwise

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.engine.parameters import load_parameters, parameters_json_schema
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS
from synthmill.generators.engine.planning import make_plan, make_recipe
from synthmill.generators.engine.recipe import Recipe, canonical
from synthmill.generators.engine.rows import make_rows
from synthmill.generators.engine.strategies import get_strategy, strategies
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.version import ENGINE_VERSION
from tests.generators.strategy_examples import EXAMPLES

NAMES = sorted(strategies())


def recipe_of(name: str, seed: int = 0) -> Recipe:
    return make_recipe(name, EXAMPLES[name], seed)


def test_every_strategy_is_tried_here() -> None:
    assert sorted(EXAMPLES) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_rows_have_exactly_the_planned_schema(name: str) -> None:
    recipe = recipe_of(name)
    plan = make_plan(recipe)
    for table in plan.tables:
        batch = make_rows(plan, table.name, 0, table.rows)
        assert batch.schema.equals(table.schema)
        assert batch.num_rows == table.rows
        batch.validate(full=True)
        assert not any(batch[column.name].null_count for column in table.columns if not column.nullable)
        assert 1 <= table.block_rows <= MAX_BLOCK_ROWS
        assert table.block_rows & (table.block_rows - 1) == 0


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
@settings(max_examples=25)
def test_any_cut_gives_the_same_values(name: str, data: st.DataObject) -> None:
    recipe = recipe_of(name)
    plan = make_plan(recipe)
    for table in plan.tables:
        cuts = data.draw(st.lists(st.integers(0, table.rows), max_size=4))
        edges = sorted({0, table.rows, *cuts})
        parts = [make_rows(plan, table.name, start, stop) for start, stop in pairwise(edges)]
        whole = make_rows(plan, table.name, 0, table.rows)
        assert pa.Table.from_batches(parts).combine_chunks().equals(pa.Table.from_batches([whole]))


@pytest.mark.parametrize("name", NAMES)
def test_a_plan_made_anew_gives_the_same_values(name: str) -> None:
    recipe = recipe_of(name)
    plans = [get_strategy(name).plan(copy.deepcopy(recipe.parameters), recipe.seed, {}) for _ in range(2)]
    for table in plans[0].tables:
        first, second = (make_rows(plan, table.name, 5, 60) for plan in plans)
        assert first.equals(second)


@pytest.mark.parametrize("name", NAMES)
def test_another_seed_gives_other_values(name: str) -> None:
    batches = []
    for seed in (0, 1):
        recipe = recipe_of(name, seed)
        plan = make_plan(recipe)
        batches.append([make_rows(plan, table.name, 0, 60) for table in plan.tables])
    assert not any(one.equals(other) for one, other in zip(*batches, strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_loading_parameters_again_changes_nothing(name: str) -> None:
    strategy = get_strategy(name)
    loaded = load_parameters(strategy, EXAMPLES[name])
    assert load_parameters(strategy, loaded) == loaded
    assert Recipe.from_dict(recipe_of(name).to_dict()) == recipe_of(name)
    canonical(loaded)


@pytest.mark.parametrize("name", NAMES)
def test_unknown_parameters_are_refused_by_name(name: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        make_recipe(name, {**EXAMPLES[name], "colour": 1}, 0)
    assert [error.field for error in refusal.value.errors] == ["colour"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", [float("nan"), float("inf"), 10**30, b"bytes", {1: 2}])
def test_what_is_no_json_is_refused(name: str, value: object) -> None:
    with pytest.raises(InvalidRequestError):
        make_recipe(name, {**EXAMPLES[name], "colour": value}, 0)


@pytest.mark.parametrize("name", NAMES)
def test_the_json_schema_describes_the_parameters(name: str) -> None:
    schema = parameters_json_schema(get_strategy(name))
    assert schema["$schema"].endswith("2020-12/schema")
    assert set(schema["properties"]) == set(get_strategy(name).Parameters().fields)
    assert schema["additionalProperties"] is False
    canonical(schema)


@pytest.mark.parametrize("name", NAMES)
def test_strategies_say_what_they_are(name: str) -> None:
    strategy = get_strategy(name)
    assert strategy.name == name
    assert strategy.title
    assert strategy.description.endswith(".")


def test_unknown_strategies_are_named_with_the_known_ones() -> None:
    with pytest.raises(UnknownNameError, match=r"unknown strategy 'nothing'; known: .*tabular"):
        make_recipe("nothing", {}, 0)


@pytest.mark.parametrize("seed", [-1, 2**63, 1.0, True, "1", None])
def test_seeds_that_are_none_are_refused(seed: object) -> None:
    with pytest.raises(InvalidRequestError, match="seed"):
        make_recipe("tabular", EXAMPLES["tabular"], seed)  # type: ignore[arg-type]


def test_a_recipe_for_another_engine_is_refused() -> None:
    old = Recipe("tabular", EXAMPLES["tabular"], 0, "0")
    with pytest.raises(InvalidRequestError, match=f"for engine version 0, this is {ENGINE_VERSION}"):
        make_plan(old)


def test_a_plan_is_made_once() -> None:
    assert make_plan(recipe_of("tabular")) is make_plan(recipe_of("tabular"))


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4), (0, 10**6)])
def test_rows_that_are_not_there_are_refused(start: int, stop: int) -> None:
    recipe = recipe_of("tabular")
    with pytest.raises(IndexError):
        make_rows(make_plan(recipe), "cells", start, stop)
    with pytest.raises(KeyError):
        make_rows(make_plan(recipe), "nothing", 0, 1)
