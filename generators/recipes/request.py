"""A request to generate: what it may say, how it is checked, and turned into recipe and output."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.engine.inputs import NO_INPUTS, Input, InputPaths
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.registry import REQUIREMENT, check_plugins
from synthmill.generators.errors import FieldError, InvalidRequestError, PluginError, UnknownNameError
from synthmill.generators.formats import FORMATS, codec
from synthmill.generators.recipes.format_check import check_format
from synthmill.generators.recipes.request_fields import Flag, Requirements
from synthmill.generators.recipes.request_rules import (
    DomainRules,
    RulesMode,
    check_rules_of_request,
    rules_of_request,
)
from synthmill.generators.recipes.row_counts import RowCounts, Rows, apply_rows
from synthmill.generators.recipes.template import Template, get_template, resolve
from synthmill.generators.schema.json_values import plain, shown, step
from synthmill.generators.schema.wording import IN_OUR_WORDS, in_order


class WholeNumber(ma.fields.Integer):
    """An integer; unlike marshmallow's own, not a boolean, not text, not 1.0."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ma.ValidationError(f"{shown(value)} isn't a whole number")
        return super()._deserialize(value, attr, data, **kwargs)


def _name(description: str, **settings: Any) -> ma.fields.String:
    length = ma.validate.Length(1, limits.MAX_NAME_LENGTH, error="isn't {min} to {max} characters long")
    return ma.fields.String(validate=length, metadata={"description": description}, **settings)


def _whole_number(description: str, low: int, high: int) -> WholeNumber:
    within = ma.validate.Range(low, high, error="{input} is outside the limit of {min} to {max}")
    return WholeNumber(validate=within, load_default=None, metadata={"description": description})


class SourceRequest(ma.Schema):
    """Where data comes from, for whatever it is asked; descriptions say what is right."""

    class Meta:
        unknown = ma.RAISE

    strategy = _name("the name of a strategy, unless `template` is given")
    template = _name("the name of a template, unless `strategy` is given")
    parameters = ma.fields.Dict(
        ma.fields.String(),
        ma.fields.Raw(allow_none=True),
        load_default=dict,
        metadata={"description": "an object: the strategy's parameters, or what differs from the template's"},
    )
    seed = _whole_number(
        f"a whole number from 0 to {limits.MAX_SEED}; left out, one is drawn and given back",
        0,
        limits.MAX_SEED,
    )

    plugins = Requirements()

    @ma.validates_schema
    def one_of_both(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("strategy" in data) == ("template" in data):
            both = "both are given" if "strategy" in data else "neither `template` nor `strategy` is given"
            raise ma.ValidationError(both, "template")


class GenerationRequest(SourceRequest):
    """What can be asked for, in-process and of a server."""

    rows = RowCounts(
        load_default=None,
        allow_none=False,
        error_messages={"null": "is null; left out, the sizes are those of the template or the parameters"},
        metadata={
            "description": "a whole number for the template's main table (the others follow), or an object"
            f" with a whole number per table, each from 1 to {limits.MAX_TABLE_ROWS}",
            "oneOf": [
                {"type": "integer", "minimum": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": {"type": "integer", "minimum": 1},
                },
            ],
        },
    )
    format = _name(
        "the name of a file format: arrow, csv, jsonl or parquet, or one of a plugin", load_default="csv"
    )
    compression = _name("none, gzip or zstd", load_default="none")
    sha256 = Flag(
        load_default=False,
        metadata={
            "description": "true or false: whether the manifest also has the sha256 of each whole file; "
            "it changes no byte of the files, and reads those of several parts once more"
        },
    )
    part_rows = _whole_number(
        f"a whole number from 1 to {limits.MAX_TABLE_ROWS}: rows of a part, rounded up to whole blocks",
        1,
        limits.MAX_TABLE_ROWS,
    )
    domain_rules = DomainRules()
    rules = RulesMode()


FindTemplate = Callable[[str], Template]
FindInputs = Callable[[Sequence[Input]], InputPaths]
Admit = Callable[[Recipe], None]


@dataclass(frozen=True)
class Generation:
    """A request that can be carried out."""

    recipe: Recipe
    output: Output
    part_rows: int | None
    template: str | None
    """The template's name, for people; all that it says is in the recipe."""
    rules: str | None = None
    """`fail` or `warn`: what is to happen where the recipe's domain rules are broken; None: nobody looks."""


def parse(
    raw: Mapping[str, Any],
    find_template: FindTemplate = get_template,
    find_inputs: FindInputs = lambda wanted: NO_INPUTS,
    admit: Admit | None = None,
) -> Generation:
    """The generation that a request means, its seed drawn if it has none, its recipe known to make a plan.

    `find_template` knows the templates by name, and raises UnknownNameError for those that it doesn't;
    `find_inputs` the places of inputs, those left out are refused; `admit` may refuse a recipe unplanned.

    Raises InvalidRequestError, fields named from the request's root: `parameters.tables[orders].rows`.
    """
    request = load_request(GenerationRequest(), raw)
    check_plugins(request["plugins"])
    output = _output(request["format"], request["compression"], request["sha256"])
    strategy, parameters = parameters_of(request, request["rows"], find_template)
    template = find_template(request["template"]) if "template" in request else None
    rules = rules_of_request(template, parameters, request["domain_rules"])
    recipe, plan = planned(strategy, parameters, request["seed"], find_inputs, admit, rules)
    if request["domain_rules"] or request["rules"] is not None:
        check_rules_of_request(recipe, plan, request["rules"])
    if recipe.plugins or REQUIREMENT.match(output.codec):
        check_format(plan, output.format)  # Ours hold all that our own strategies and kinds make.
    return Generation(recipe, output, request["part_rows"], request.get("template"), request["rules"])


def load_request(schema: ma.Schema, raw: Mapping[str, Any]) -> dict[str, Any]:
    """A request as such a schema has it. Raises InvalidRequestError."""
    content = plain(raw)
    if not isinstance(content, dict):
        reason = f"{shown(content)} isn't an object"
        raise InvalidRequestError.one("request", reason, 'give {"template": ...}')
    try:
        loaded: dict[str, Any] = schema.load(content)
    except ma.ValidationError as error:
        raise InvalidRequestError(_readable(error.messages_dict, content, schema)) from error
    return loaded


def planned(
    strategy: str,
    parameters: Mapping[str, Any],
    seed: int | None,
    find_inputs: FindInputs = lambda wanted: NO_INPUTS,
    admit: Admit | None = None,
    rules: Sequence[DomainRule] = (),
) -> tuple[Recipe, Plan]:
    """The recipe, its seed drawn if there is none, and its plan. Raises as `parse`."""
    if seed is None:
        seed = secrets.randbelow(limits.MAX_DRAWN_SEED + 1)
    try:
        recipe = make_recipe(strategy, parameters, seed, rules)
        if admit is not None:
            admit(recipe)
        plan = make_plan(recipe, find_inputs(recipe.inputs))
    except UnknownNameError as error:
        raise unknown("strategy", error) from error
    except InvalidRequestError as error:
        raise from_root(error) from error
    _check_plan(plan)
    return recipe, plan


def _readable(messages: Mapping[str, Any], raw: Mapping[str, Any], schema: ma.Schema) -> Iterator[FieldError]:
    for name, reasons in islice(in_order(messages, raw), limits.MAX_FIELDS):
        field = schema.fields.get(name)
        shown_name = name[: limits.MAX_NAME_LENGTH]
        if field is None:
            yield FieldError(shown_name, "unknown field", f"known: {', '.join(schema.fields)}")
            continue
        for reason in reasons if isinstance(reasons, list) else [str(reasons)]:
            text, _ = IN_OUR_WORDS.get(str(reason), (str(reason).rstrip("."), ""))
            yield FieldError(shown_name, text, f"give {field.metadata['description']}")


def _output(format_name: str, compression: str, sha256: bool) -> Output:
    try:
        FORMATS.get(format_name)
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
    """A strategy names fields from the root of its parameters, the caller from that of the request."""

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
        _check_name(at, table.name, limits.NAME_PATTERN, "letters, digits and _, not a digit first")
        for column in table.columns:
            _check_name(f"{at}.columns", column.name, limits.HEADER_PATTERN, "no control characters")


def _check_name(field: str, name: str, pattern: re.Pattern[str], fix: str) -> None:
    if len(name) > limits.MAX_NAME_LENGTH or not pattern.match(name):
        most = f"at most {limits.MAX_NAME_LENGTH} characters"
        raise InvalidRequestError.one(field, f"{shown(name)} can't be a name", f"{fix}, {most}")


def _limit(field: str, count: int, most: int, what: str) -> None:
    if not 1 <= count <= most:
        raise InvalidRequestError.one(field, f"{count} {what}", f"1 to {most} {what}")
