"""The engine's pipeline: parameters to a recipe, that to its plan, that to its stages, and then to its rows.

Each step is a pure function. What a step does follows from the strategy; what holds for all of them is here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.arrow_cells import to_batch
from synthmill.generators.engine.cells import Cells
from synthmill.generators.engine.contract import STRATEGIES, EndlessStrategy, StagedStrategy, Strategy
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recent import Recent
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.registry import (
    Installed,
    check_plugins,
    installed,
    plugins_used,
    requirements_of,
)
from synthmill.generators.engine.stages import NO_RESULTS, Results, Stage, WholePassError, check_stage
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import plain
from synthmill.generators.schema.wording import field_errors
from synthmill.generators.version import ENGINE_VERSION


def load_parameters(strategy: Strategy, raw: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters, checked and with defaults filled in; loading what comes out changes nothing.

    Raises InvalidRequestError with a path for each thing wrong, such as `tables[orders].columns[id].step`.
    """
    checked = plain(raw)
    try:
        loaded: dict[str, Any] = strategy.Parameters().load(checked)
    except ma.ValidationError as error:
        raise InvalidRequestError(field_errors(error.messages, checked, "")) from error
    return loaded


def parameters_json_schema(strategy: Strategy) -> Mapping[str, Any]:
    """JSON Schema (2020-12) of a strategy's parameters, from its marshmallow schema; not to be changed."""
    return _schema(strategy.name, strategy.Parameters, installed())


@lru_cache(64)
def _schema(name: str, parameters: type[ma.Schema], _installed: tuple[Installed, ...]) -> Mapping[str, Any]:
    """The schema with the plugins that are there: to describe all kinds of columns takes a server longer
    than anything else that it answers by itself."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Parameters of {name}",
    }
    body: dict[str, Any] = json.loads(json.dumps(object_schema(parameters)))
    return {**schema, **body}


def make_recipe(
    strategy_name: str,
    raw_parameters: Mapping[str, Any],
    seed: int,
    rules: Sequence[DomainRule] = (),
) -> Recipe:
    """The recipe of a request, for the engine that is running; its domain rules are taken as they are.

    Raises UnknownNameError and InvalidRequestError (fields from the parameters' root, or `seed`).
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise InvalidRequestError.one(
            "seed", "isn't a seed", f"give a whole number from 0 to {limits.MAX_SEED}"
        )
    with plugins_used() as used:
        strategy = STRATEGIES.get(strategy_name)
        parameters = load_parameters(strategy, raw_parameters)
        inputs = strategy.inputs(parameters)
    plugins = requirements_of(used)
    return Recipe(strategy_name, parameters, seed, ENGINE_VERSION, inputs, plugins, tuple(rules))


def make_plan(recipe: Recipe, inputs: InputPaths = NO_INPUTS) -> Plan:
    """The plan of a recipe; kept for the recipes asked for last, so asking again is quick.

    `inputs` are the files that the recipe names, at least. Raises InvalidRequestError for a recipe of another
    engine version or of plugins that aren't installed, for an input that isn't given and for what can't be
    satisfied.
    """
    if recipe.engine != ENGINE_VERSION:
        raise InvalidRequestError.one(
            "engine",
            f"the recipe is for engine version {recipe.engine}, this is {ENGINE_VERSION}",
            "use a release with that engine version, or make a new recipe",
        )
    check_plugins(recipe.plugins)
    missing = [one for one in recipe.inputs if one.sha256 not in inputs]
    if missing:
        raise InvalidRequestError(
            FieldError(
                one.field,
                f"the input {one.sha256} isn't here",
                "give the file with this sha256 to whatever makes the dataset",
            )
            for one in missing
        )
    paths = tuple(inputs[one.sha256] for one in recipe.inputs)
    return _KEPT.get((recipe.sha256, paths), lambda: _planned(recipe, inputs), recipe.memory)


_KEPT: Recent[Plan] = Recent(128 * 2**20, lambda plan: plan.memory)


def _planned(recipe: Recipe, inputs: InputPaths) -> Plan:
    with plugins_used() as used:
        plan = STRATEGIES.get(recipe.strategy).plan(recipe.parameters, recipe.seed, inputs)
    unsaid = set(requirements_of(used)) - set(recipe.plugins)
    if unsaid:
        raise InvalidRequestError.one(
            "plugins",
            f"the recipe uses {' and '.join(sorted(unsaid))} without saying so",
            "make the recipe again from its request",
        )
    return plan


def next_stage(plan: Plan, results: Results = NO_RESULTS) -> Stage | None:
    """The stage to run next, given what those before it gave; None where rows can be made.

    Raises ValueError for a stage that can't be run: a name that was used, no units, too many stages.
    """
    strategy = STRATEGIES.get(plan.strategy)
    if not isinstance(strategy, StagedStrategy):
        return None
    stage = strategy.next_stage(plan, results)
    if stage is not None:
        check_stage(stage, results)
    return stage


def make_rows(
    plan: Plan,
    table: str,
    start: int,
    stop: int,
    columns: Sequence[str] | None = None,
    results: Results = NO_RESULTS,
) -> pa.RecordBatch:
    """Rows start to stop - 1 of a table: its columns, or those chosen, in the order in which they are named.

    Meant for ranges of about a block: time and memory grow with the range. Raises as `make_cells` does.
    """
    cells = make_cells(plan, table, start, stop, columns, results)
    made = plan.table(table) if columns is None else plan.table(table).chosen(columns)
    return to_batch(cells, made.schema)


def make_cells(
    plan: Plan,
    table: str,
    start: int,
    stop: int,
    columns: Sequence[str] | None = None,
    results: Results = NO_RESULTS,
) -> Mapping[str, Cells]:
    """The same rows as cells by column, which formats take: all columns, or those chosen and no others.

    Raises KeyError, IndexError, for columns as `TablePlan.chosen` does, and WholePassError where `results`
    lack a stage that the table needs.
    """
    found = _checked_table(plan, table, start, stop, results)
    if columns is not None:
        found.chosen(columns)
    return STRATEGIES.get(plan.strategy).cells(plan, table, start, stop, columns, results)


def make_events(plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
    """Like `make_cells` of all columns, but in the order in which they happen.

    Raises as that does, and TypeError for a strategy whose tables don't go on.
    """
    strategy = STRATEGIES.get(plan.strategy)
    if not isinstance(strategy, EndlessStrategy):
        raise TypeError(f"tables of {plan.strategy} don't go on")
    _checked_table(plan, table, start, stop, NO_RESULTS)
    return strategy.events(plan, table, start, stop)


def _checked_table(plan: Plan, table: str, start: int, stop: int, results: Results) -> TablePlan:
    found = plan.table(table)
    if not 0 <= start <= stop <= found.rows:
        raise IndexError(f"rows {start} to {stop} of table {table}, which has {found.rows}")
    if found.needs and not results.suffice(found.needs):
        raise WholePassError(table, found.needs)
    return found
