"""A request to generate: checked, and turned into recipe and output."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.engine.inputs import NO_INPUTS, Input, InputPaths
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.planning import make_plan, make_recipe
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.registry import check_plugins
from synthmill.generators.errors import FieldError, InvalidRequestError, PluginError, UnknownNameError
from synthmill.generators.formats import codec, get_format
from synthmill.generators.recipes.request_schema import GenerationRequest
from synthmill.generators.recipes.row_counts import Rows, apply_rows
from synthmill.generators.recipes.template import Template, get_template, resolve
from synthmill.generators.schema.json_values import plain, shown, step
from synthmill.generators.schema.wording import IN_OUR_WORDS

FindTemplate = Callable[[str], Template]
FindInputs = Callable[[Sequence[Input]], InputPaths]


def no_inputs(wanted: Sequence[Input]) -> InputPaths:
    """What there is where nobody provides inputs."""
    return NO_INPUTS


@dataclass(frozen=True)
class Generation:
    """A request that can be carried out."""

    recipe: Recipe
    output: Output
    part_rows: int | None
    template: str | None
    """The template's name, for people; all that it says is in the recipe."""


def parse(
    raw: Mapping[str, Any],
    find_template: FindTemplate = get_template,
    find_inputs: FindInputs = no_inputs,
) -> Generation:
    """The generation that a request means, its seed drawn if it has none, its recipe known to make a plan.

    `find_template` knows the templates by name, and raises UnknownNameError for those that it doesn't;
    `find_inputs` the places of inputs, and may leave some out, which are then refused.

    Raises InvalidRequestError with fields named from the request's root, such as
    `parameters.tables[orders].columns[amount].max`.
    """
    request = load_request(GenerationRequest(), raw)
    check_plugins(request["plugins"])
    output = _output(request["format"], request["compression"], request["sha256"])
    strategy, parameters = parameters_of(request, request["rows"], find_template)
    recipe, _ = planned(strategy, parameters, request["seed"], find_inputs)
    return Generation(recipe, output, request["part_rows"], request.get("template"))


def load_request(schema: ma.Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A request as such a schema has it. Raises InvalidRequestError."""
    content = plain(raw)
    if not isinstance(content, dict):
        raise InvalidRequestError.one(
            "request", f"{shown(content)} isn't an object", 'give {"template": ...}'
        )
    try:
        loaded: dict[str, Any] = schema.load(content)
    except ma.ValidationError as error:
        raise InvalidRequestError(_readable(error.messages_dict, schema)) from error
    return loaded


def planned(
    strategy: str, parameters: Mapping[str, Any], seed: int | None, find_inputs: FindInputs = no_inputs
) -> tuple[Recipe, Plan]:
    """The recipe, its seed drawn if there is none, and its plan. Raises as `parse`."""
    if seed is None:
        seed = secrets.randbelow(limits.MAX_DRAWN_SEED + 1)
    try:
        recipe = make_recipe(strategy, parameters, seed)
        plan = make_plan(recipe, find_inputs(recipe.inputs))
    except UnknownNameError as error:
        raise unknown("strategy", error) from error
    except InvalidRequestError as error:
        raise from_root(error) from error
    _check_plan(plan)
    return recipe, plan


def _readable(messages: Mapping[str, Any], schema: ma.Schema) -> Iterator[FieldError]:
    for name, reasons in islice(messages.items(), limits.MAX_FIELDS):
        field = schema.fields.get(name)
        shown_name = name[: limits.MAX_NAME_LENGTH]
        if field is None:
            yield FieldError(shown_name, "unknown field", f"known: {', '.join(schema.fields)}")
            continue
        for reason in reasons if isinstance(reasons, list) else [str(reasons)]:
            told, _ = IN_OUR_WORDS.get(str(reason), (str(reason).rstrip("."), ""))
            yield FieldError(shown_name, told, f"give {field.metadata['description']}")


def _output(format_name: str, compression: str, sha256: bool) -> Output:
    try:
        get_format(format_name)
    except UnknownNameError as error:
        raise unknown("format", error) from error
    try:
        return Output(format_name, compression, codec(format_name, compression), sha256)
    except UnknownNameError as error:
        raise unknown("compression", error) from error


def unknown(field: str, error: UnknownNameError) -> InvalidRequestError:
    """The refusal of a name that a field of the request gave."""
    reason = error.reason if isinstance(error, PluginError) else f"unknown {error.what} {shown(error.name)}"
    return InvalidRequestError.one(field, reason, error.fix)


def parameters_of(
    request: Mapping[str, Any], rows: Rows = None, find_template: FindTemplate = get_template
) -> tuple[str, dict[str, Any]]:
    """The strategy's name and its parameters, rows included, before the strategy has checked them."""
    parameters = request["parameters"]
    if "strategy" in request:
        apply_rows(parameters, rows)
        return request["strategy"], parameters
    try:
        template = find_template(request["template"])
    except UnknownNameError as error:
        raise unknown("template", error) from error
    return template.strategy, resolve(template, parameters, rows)


def from_root(error: InvalidRequestError) -> InvalidRequestError:
    """A strategy names fields from the root of its parameters, whoever asks from that of the request."""

    def renamed(one: FieldError) -> FieldError:
        whole = one.field in ("", "parameters", "engine", "plugins")
        field = one.field or "parameters" if whole else step("parameters", one.field)
        return FieldError(field, one.reason, one.fix)

    return InvalidRequestError(map(renamed, error.errors))


def _check_plan(plan: Plan) -> None:
    """What holds for the tables of every strategy."""
    names = [table.name for table in plan.tables]
    _limit("parameters.tables", len(names), limits.MAX_TABLES, "tables")
    if len({name.lower() for name in names}) < len(names):
        raise InvalidRequestError.one(
            "parameters.tables", "two names differ in case alone", "files of such names overwrite one another"
        )
    for table in plan.tables:
        at = f"parameters.tables[{table.name}]"
        _limit(f"{at}.rows", table.rows, limits.MAX_TABLE_ROWS, "rows")
        _limit(f"{at}.columns", len(table.columns), limits.MAX_COLUMNS, "columns")
        for field, name in [(at, table.name), *((f"{at}.columns", c.name) for c in table.columns)]:
            if len(name) > limits.MAX_NAME_LENGTH or not limits.NAME_PATTERN.match(name):
                raise InvalidRequestError.one(
                    field,
                    f"{shown(name)} can't be a name",
                    f"letters, digits and _, not a digit first, at most {limits.MAX_NAME_LENGTH} characters",
                )


def _limit(field: str, count: int, most: int, what: str) -> None:
    if not 1 <= count <= most:
        raise InvalidRequestError.one(field, f"{count} {what}", f"1 to {most} {what}")
