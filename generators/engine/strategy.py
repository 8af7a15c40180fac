"""What a strategy is, where strategies are found, and the way from parameters to rows."""

from __future__ import annotations

import importlib
import json
import pkgutil
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Any, Protocol, runtime_checkable

import marshmallow as ma
import pyarrow as pa

from synthmill.generators import limits
from synthmill.generators.engine.cells import Cells, cells_of
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import FieldError, InvalidRequestError, UnknownNameError
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import element, plain, step
from synthmill.generators.version import ENGINE_VERSION


class Strategy(Protocol):
    """A kind of generator. One file or folder of `generators/strategies`, found by its `STRATEGY`."""

    @property
    def name(self) -> str: ...

    @property
    def title(self) -> str: ...

    @property
    def description(self) -> str: ...

    @property
    def pure(self) -> bool:
        """Whether equal arguments of `rows` always give equal rows."""

    @property
    def Parameters(self) -> type[ma.Schema]:  # noqa: N802 - it is a class
        """The one source of validation, JSON Schema and help. Loading gives JSON types, defaults included."""

    def plan(self, parameters: Mapping[str, Any], seed: int) -> Plan:
        """The plan of loaded parameters. Raises InvalidRequestError, fields from the parameters' root."""

    def rows(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        """Rows start to stop - 1 of a table, with exactly the schema of `plan.table(table)`."""


@runtime_checkable
class CellStrategy(Strategy, Protocol):
    """A strategy that can leave its cells as they were made, which formats write in less time."""

    def cells(self, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
        """The same rows as `rows`, by column."""


@runtime_checkable
class EndlessStrategy(Strategy, Protocol):
    """A strategy with tables that can go on, event after event, without a total that decides anything."""

    def endless(self, parameters: Mapping[str, Any], table: str | None) -> tuple[dict[str, Any], str]:
        """The parameters, not yet loaded, with a table as long as a table can be, and that table's name.

        None stands for the only table that can go on. Raises FiniteTableError where none is meant or the one
        meant has a total that its rows follow from, and InvalidRequestError as `plan` does.
        """

    def events(self, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
        """Like `rows`, but in the order in which they happen."""


@cache
def strategies() -> Mapping[str, Strategy]:
    """All strategies by name, in alphabetical order."""
    package = importlib.import_module("synthmill.generators.strategies")
    modules = (
        importlib.import_module(f"{package.__name__}.{found.name}")
        for found in pkgutil.iter_modules(package.__path__)
    )
    found = {module.STRATEGY.name: module.STRATEGY for module in modules if hasattr(module, "STRATEGY")}
    return MappingProxyType(dict(sorted(found.items())))


def get_strategy(name: str) -> Strategy:
    """The strategy of this name. Raises UnknownNameError."""
    try:
        return strategies()[name]
    except KeyError:
        raise UnknownNameError("strategy", name, strategies()) from None


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
    parameters = load_parameters(get_strategy(strategy_name), raw_parameters)
    return Recipe(strategy_name, parameters, seed, ENGINE_VERSION)


def make_plan(recipe: Recipe) -> Plan:
    """The plan of a recipe; kept for the recipes asked for last, so asking again is quick.

    Raises InvalidRequestError for a recipe of another engine version and for what can't be satisfied.
    """
    if recipe.engine != ENGINE_VERSION:
        raise InvalidRequestError.one(
            "engine",
            f"the recipe is for engine version {recipe.engine}, this is {ENGINE_VERSION}",
            "use a release with that engine version, or make a new recipe",
        )
    return _planned(_Hashed(recipe))


class _Hashed:
    """A recipe as a key of the cache: equal by its sha256."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.sha256 = recipe.sha256

    def __hash__(self) -> int:
        return hash(self.sha256)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Hashed) and other.sha256 == self.sha256


@lru_cache(maxsize=32)
def _planned(hashed: _Hashed) -> Plan:
    recipe = hashed.recipe
    return get_strategy(recipe.strategy).plan(recipe.parameters, recipe.seed)


def make_rows(recipe: Recipe, plan: Plan, table: str, start: int, stop: int) -> pa.RecordBatch:
    """Rows start to stop - 1 of a table of a recipe's plan. Raises KeyError and IndexError.

    Meant for ranges of about a block: time and memory grow with the range.
    """
    return _strategy_of(recipe, plan, table, start, stop).rows(plan, table, start, stop)


def make_cells(recipe: Recipe, plan: Plan, table: str, start: int, stop: int) -> Mapping[str, Cells]:
    """The same rows as `make_rows`, as cells by column: what formats take. Raises KeyError and IndexError."""
    strategy = _strategy_of(recipe, plan, table, start, stop)
    if isinstance(strategy, CellStrategy):
        return strategy.cells(plan, table, start, stop)
    return cells_of(strategy.rows(plan, table, start, stop))


def _strategy_of(recipe: Recipe, plan: Plan, table: str, start: int, stop: int) -> Strategy:
    rows = plan.table(table).rows
    if not 0 <= start <= stop <= rows:
        raise IndexError(f"rows {start} to {stop} of table {table}, which has {rows}")
    return get_strategy(recipe.strategy)


def parameters_json_schema(strategy: Strategy) -> dict[str, Any]:
    """JSON Schema (2020-12) of a strategy's parameters, from its marshmallow schema; the caller's to keep."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Parameters of {strategy.name}",
    }
    body: dict[str, Any] = json.loads(json.dumps(object_schema(strategy.Parameters)))
    return {**schema, **body}
