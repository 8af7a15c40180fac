"""Templates: recipes filled in for a domain, one file of `templates/` each."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

import marshmallow as ma

from synthmill.generators import limits
from synthmill.generators.domain_rules.fields import as_given, load_rules, rules_field
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.recipes.kept_rules import kept_rules
from synthmill.generators.recipes.recipe_file import read_object
from synthmill.generators.recipes.row_counts import Rows, check_count, tables_by_name, wished_counts
from synthmill.generators.recipes.row_law import ROW_LAW_SCHEMA, RowLaw, row_law
from synthmill.generators.recipes.template_options import (
    Option,
    OptionsField,
    check_options,
    options_of,
    take_options,
)
from synthmill.generators.recipes.typos import refuse_typos
from synthmill.generators.schema.fields import REQUIRED, Parameters, Text, Whole, options, refused
from synthmill.generators.schema.json_values import plain, shown
from synthmill.generators.schema.wording import field_errors

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*\Z")

FOLDER = Path(str(files("synthmill") / "templates"))


class TemplateError(ValueError):
    """A template file isn't one."""


@dataclass(frozen=True)
class Template:
    name: str
    title: str
    description: str
    strategy: str
    main: str
    """The table that a request's `rows` is for."""
    default_rows: int
    """Rows of the main table when a request doesn't say."""
    rows: Mapping[str, RowLaw]
    """Of the other tables: how their rows follow from the main table's."""
    parameters: Mapping[str, Any]
    options: Mapping[str, Option] = field(default_factory=dict)
    """By name: what a request may say among the parameters, besides those of the strategy."""
    rules: tuple[DomainRule, ...] = ()
    """What its trade expects of the rows."""

    def options_shown(self) -> dict[str, dict[str, Any]]:
        """`options` as plain values."""
        return {name: option.to_dict() for name, option in self.options.items()}

    def row_laws(self) -> dict[str, dict[str, Any]]:
        """`rows` as plain values."""
        return {table: law.to_dict() for table, law in self.rows.items()}


class _RowLaws(ma.fields.Field[dict[str, Any]]):
    """By table, how many rows it has, as `row_law` says."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refused(f"{shown(value)} isn't an object", 'give such as {"customers": {"ratio": 0.1}}')
        wrong = {}
        for table, law in value.items():
            try:
                row_law(law)
            except ma.ValidationError as error:
                wrong[table] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return {table: dict(law) for table, law in value.items()}

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": ROW_LAW_SCHEMA}


class _AnyObject(ma.fields.Field[dict[str, Any]]):
    """An object, whatever is in it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refused(f"{shown(value)} isn't an object", "give the parameters of the strategy")
        return dict(value)

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object"}


class TemplateContent(Parameters):
    """A template as it stands in its file, and as a server is given one."""

    name = Text(
        "What it is called: letters, digits, - and _.", longest=limits.MAX_NAME_LENGTH, examples=["shop"]
    )
    title = Text("A short title.", longest=200, examples=["A shop"])
    description = Text("What it makes, in a sentence or two.", longest=5_000)
    strategy = Text(
        "The strategy that its parameters are for.", longest=limits.MAX_NAME_LENGTH, default="tabular"
    )
    main = Text(
        "The table that a number as `rows` is for.", longest=limits.MAX_NAME_LENGTH, examples=["orders"]
    )
    default_rows = Whole("Rows of it when a request doesn't say.", 1, limits.MAX_TABLE_ROWS, examples=[1000])
    rows = _RowLaws(
        **options(
            "Of the other tables: {ratio: ...} of the main table's rows, {rows: ...} that stay, or"
            " {rows: ..., least: ...} that shrink with the square root of the main table's.",
            dict,
            (),
        )
    )
    parameters = _AnyObject(**options("The strategy's parameters, without rows.", REQUIRED, ()))
    options = OptionsField(
        **options("Parameters of the template's own: which columns there are, or how many rows.", dict, ())
    )
    rules = rules_field("What its trade expects of the rows: sentences, each with a query that checks it.")

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if not _NAME.match(data["name"]):
            raise refused(
                f"{shown(data['name'])} can't be a name",
                "use letters, digits, - and _, a letter first",
                "name",
            )
        unknown = sorted({data["main"], *data["rows"]} - set(tables_by_name(data["parameters"])))
        if unknown:
            field = "main" if data["main"] in unknown else "rows"
            raise refused(
                f"no such table in parameters: {', '.join(unknown)}", "name tables that there are", field
            )
        check_options(data["options"], data["parameters"])


def template_of(content: Mapping[str, Any]) -> Template:
    """The template that plain values mean. Raises InvalidRequestError, fields from the content's root."""
    checked = plain(content)
    try:
        loaded: dict[str, Any] = TemplateContent().load(checked)
    except ma.ValidationError as error:
        raise InvalidRequestError(field_errors(error.messages, checked, "")) from error
    laws = {table: row_law(law) for table, law in loaded["rows"].items()}
    return Template(
        **{
            **loaded,
            "rows": laws,
            "options": options_of(loaded["options"]),
            "rules": load_rules(loaded["rules"], "rules"),
        }
    )


def load_template(path: Path) -> Template:
    """One of our own templates. Raises TemplateError, naming the file and what is wrong in it."""
    try:
        template = read_template(path)
    except InvalidRequestError as error:
        raise TemplateError(f"{path.name}: {error}") from error
    if template.name != path.stem:
        raise TemplateError(f"{path.name}: its name is {template.name}, not that of its file")
    return template


def read_template(path: Path) -> Template:
    """The template in a YAML or JSON file. Raises InvalidRequestError, and OSError where it can't be read."""
    return template_of(
        read_object(path, "a template", "write an object with name, main, default_rows and parameters in it")
    )


def is_file_name(template: str) -> bool:
    """Whether what was given as a template's name is that of a file: it has a suffix or a folder."""
    return "/" in template or "\\" in template or template.endswith((".yaml", ".yml", ".json"))


def rules_over(
    template: Template | None, parameters: Mapping[str, Any], rules: Sequence[Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """A template's domain rules for these parameters as plain values, those of a request laid over them by
    their names."""
    own = as_given(kept_rules(template.rules, template.parameters, parameters)) if template else []
    return merge(own, list(rules)) if own and rules else own or [dict(rule) for rule in rules]


def filled_in(request: Mapping[str, Any], template: Template) -> dict[str, Any]:
    """The request that one for this template means, without the template: for its strategy, with all
    parameters. Raises InvalidRequestError.
    """
    parameters = resolve(template, request.get("parameters") or {}, request.get("rows"))
    replaced = ("template", "parameters", "rows", "domain_rules")
    kept = {key: value for key, value in request.items() if key not in replaced}
    rules = rules_over(template, parameters, request.get("domain_rules") or [])
    named = {"domain_rules": rules} if rules else {}
    return {**kept, "strategy": template.strategy, "parameters": parameters, **named}


def templates() -> Mapping[str, Template]:
    """All templates by name, in alphabetical order."""
    return MappingProxyType({name: _template(name) for name in _names()})


def get_template(name: str) -> Template:
    """The template of this name. Raises UnknownNameError."""
    if name not in _names():
        raise UnknownNameError("template", name, _names())
    return _template(name)


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


@cache
def _template(name: str) -> Template:
    return load_template(FOLDER / f"{name}.yaml")


def resolve(template: Template, overrides: Mapping[str, Any], rows: Rows) -> dict[str, Any]:
    """The parameters that a request for this template means, with the rows of every table filled in.

    A table has the rows that `rows` says, else those in `overrides`, else what the template says:
    `default_rows` for the main table; for the others what their laws make of it.

    Raises InvalidRequestError, fields named from the request's root.
    """
    base, overrides, rows = take_options(template.options, template.parameters, overrides, rows)
    refuse_typos(base, overrides, "parameters")
    parameters: dict[str, Any] = merge(base, overrides)
    tables = tables_by_name(parameters)
    counts = {
        name: check_count(table["rows"], f"parameters.tables[{name}].rows")
        for name, table in tables.items()
        if table.get("rows") is not None
    }
    # A strategy of one table may have been asked for another one.
    main = template.main if template.main in tables else next(iter(tables))
    counts |= wished_counts(rows, tables, main)
    main_rows = counts.setdefault(main, template.default_rows)
    for name, law in template.rows.items():
        if name not in counts:
            counts[name] = check_count(law.count(main_rows, template.default_rows), f"rows.{name}")
    for name, table in tables.items():
        if name in counts:
            table["rows"] = counts[name]
    return parameters


def merge(base: Any, over: Any) -> Any:
    """`over` laid over `base`, both left as they were.

    Objects are merged key by key and lists of named objects name by name (new names go to the end); an
    object that changes its `kind` is replaced, as the old kind's settings mean nothing to the new one.
    Everything else is replaced.

    >>> merge({"a": 1, "b": [{"name": "x", "n": 1}]}, {"b": [{"name": "x", "n": 2}, {"name": "y"}]})
    {'a': 1, 'b': [{'name': 'x', 'n': 2}, {'name': 'y'}]}
    """
    if isinstance(base, Mapping) and isinstance(over, Mapping) and not _changes_kind(base, over):
        merged = {key: merge(value, over.get(key, value)) for key, value in base.items()}
        return merged | {key: merge(None, value) for key, value in over.items() if key not in base}
    if _all_named(base) and _all_named(over):
        by_name = {item["name"]: item for item in base}
        for item in over:
            by_name[item["name"]] = merge(by_name.get(item["name"]), item)
        return [merge(None, item) for item in by_name.values()]
    if isinstance(over, Mapping):
        return {key: merge(None, value) for key, value in over.items()}
    if isinstance(over, list):
        return [merge(None, value) for value in over]
    return over


def _changes_kind(base: Mapping[str, Any], over: Mapping[str, Any]) -> bool:
    return "kind" in over and "kind" in base and over["kind"] != base["kind"]


def _all_named(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(isinstance(item, Mapping) and isinstance(item.get("name"), str) for item in value)
    )
