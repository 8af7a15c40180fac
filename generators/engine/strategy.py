"""Where strategies are found, and the way from parameters to rows."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import marshmallow as ma
import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.cells import Cells, to_batch
from synthmill.generators.engine.contract import EndlessStrategy, Strategy
from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.registry import Registry, check_plugins, plugins_used, requirements_of
from synthmill.generators.engine.stages import NO_RESULTS, Results, WholePassError
from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import element, plain, step
from synthmill.generators.version import ENGINE_VERSION


def _problem(found: object) -> str:
    """Why something can't be a strategy, or nothing."""
    needed = ("name", "title", "description", "Parameters", "inputs", "plan", "cells")
    missing = [name for name in needed if not hasattr(found, name)]
    return f"a strategy needs {', '.join(missing)}" if missing else ""


STRATEGIES: Registry[Strategy] = Registry("strategies", "strategy", _problem)


def strategies() -> Mapping[str, Strategy]:
    """All strategies that can be used, by name, in alphabetical order."""
    return STRATEGIES.usable()


def get_strategy(name: str) -> Strategy:
    """The strategy of this name. Raises UnknownNameError, and PluginError for one that can't be used."""
    return STRATEGIES.get(name)


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


_NULL, _MISSING = ("is null", "give a value, or leave it out"), ("is missing", "add it")
IN_OUR_WORDS = {
    "Field may not be null.": _NULL,
    "is null": _NULL,
    "Missing data for required field.": _MISSING,
    "is missing": _MISSING,
}
"""marshmallow's words as ours, and a fix where a field has none of its own."""


def field_errors(messages: Any, raw: Any, path: str) -> Iterator[FieldError]:
    """marshmallow's nested messages as fields; list elements that have a name are called by it."""
    if isinstance(messages, Mapping):
        for at, inner in messages.items():
            if isinstance(at, int) and isinstance(raw, list) and at < len(raw):
                yield from field_errors(inner, raw[at], element(path, at, raw[at]))
            elif at == "_schema":
                yield from field_errors(inner, raw, path)
            else:
                member = raw.get(at) if isinstance(raw, Mapping) else None
                yield from field_errors(inner, member, step(path, str(at)))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Mapping):
            yield from field_errors(message, raw, path)
        else:
            reason, fix = IN_OUR_WORDS.get(str(message), (str(message), ""))
            yield FieldError(path or "parameters", reason, getattr(message, "fix", "") or fix)


def make_recipe(strategy_name: str, raw_parameters: Mapping[str, Any], seed: int) -> Recipe:
    """The recipe of a request, for the engine that is running.

    Raises UnknownNameError and InvalidRequestError (fields from the parameters' root, or `seed`).
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= limits.MAX_SEED:
        raise InvalidRequestError.one(
            "seed", "isn't a seed", f"give a whole number from 0 to {limits.MAX_SEED}"
        )
    with plugins_used() as used:
        strategy = get_strategy(strategy_name)
        parameters = load_parameters(strategy, raw_parameters)
        inputs = strategy.inputs(parameters)
    return Recipe(strategy_name, parameters, seed, ENGINE_VERSION, inputs, requirements_of(used))


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
    return _planned(_Asked(recipe.sha256, tuple(inputs[one.sha256] for one in recipe.inputs), recipe))


@dataclass(frozen=True)
class _Asked:
    """A recipe as a key of the cache: equal by its sha256, with its inputs in the same places."""

    sha256: str
    paths: tuple[Path, ...]
    recipe: Recipe = field(compare=False)


@lru_cache(maxsize=32)
def _planned(asked: _Asked) -> Plan:
    recipe = asked.recipe
    inputs = {one.sha256: path for one, path in zip(recipe.inputs, asked.paths, strict=True)}
    with plugins_used() as used:
        plan = get_strategy(recipe.strategy).plan(recipe.parameters, recipe.seed, inputs)
    unsaid = set(requirements_of(used)) - set(recipe.plugins)
    if unsaid:
        raise InvalidRequestError.one(
            "plugins",
            f"the recipe uses {' and '.join(sorted(unsaid))} without saying so",
            "make the recipe again from its request",
        )
    return plan


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
    return get_strategy(plan.strategy).cells(plan, table, start, stop, columns, results)


def make_events(plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
    """Like `make_cells` of all columns, but in the order in which they happen.

    Raises as that does, and TypeError for a strategy whose tables don't go on.
    """
    strategy = get_strategy(plan.strategy)
    if not isinstance(strategy, EndlessStrategy):
        raise TypeError(f"tables of {plan.strategy} don't go on")
    _checked_table(plan, table, start, stop, NO_RESULTS)
    return strategy.events(plan, table, start, stop)


def _checked_table(plan: Plan, table: str, start: int, stop: int, results: Results) -> TablePlan:
    found = plan.table(table)
    if not 0 <= start <= stop <= found.rows:
        raise IndexError(f"rows {start} to {stop} of table {table}, which has {found.rows}")
    if not results.suffice(found.needs):
        raise WholePassError(table, found.needs)
    return found


def parameters_json_schema(strategy: Strategy) -> dict[str, Any]:
    """JSON Schema (2020-12) of a strategy's parameters, from its marshmallow schema; the caller's to keep."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Parameters of {strategy.name}",
    }
    body: dict[str, Any] = json.loads(json.dumps(object_schema(strategy.Parameters)))
    return {**schema, **body}
