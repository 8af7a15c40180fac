"""A template's options: single parameters that decide which columns its tables have, or how many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import marshmallow as ma

from synthmill.generators.errors import InvalidRequestError, did_you_mean
from synthmill.generators.recipes.row_counts import Rows, check_count, tables_by_name
from synthmill.generators.schema.fields import Flag, Items, Name, Parameters, Text, Whole, options, refused
from synthmill.generators.schema.json_values import shown


@dataclass(frozen=True)
class Option:
    """One of `columns`, `columns_of` and `rows_of` is given."""

    description: str
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By table, the columns that are there only where the option is true; it is false if left out."""
    columns_of: str | None = None
    """The table of which it says how many columns there are, from the first on."""
    default: int = 1
    """How many, if it is left out."""
    rows_of: str | None = None
    """The table whose rows it says, as a request's `rows` do."""

    def to_dict(self) -> dict[str, Any]:
        """As a template's file says it."""
        if self.columns:
            return {
                "description": self.description,
                "columns": {table: list(names) for table, names in self.columns.items()},
            }
        if self.columns_of is not None:
            return {"description": self.description, "columns_of": self.columns_of, "default": self.default}
        return {"description": self.description, "rows_of": self.rows_of}


class _Columns(ma.fields.Field[dict[str, Any]]):
    """By table, a list of columns."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not value:
            raise refused(f"{shown(value)} isn't an object", "give such as {customers: [email]}")
        names = Items("Columns.", Name("A column."))
        return {table: names.deserialize(columns) for table, columns in value.items()}

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}


class OptionContent(Parameters):
    description = Text("What it is for, in a sentence.", longest=1_000)
    columns = _Columns(
        **options("By table, the columns that are there only where the option is true.", None, ())
    )
    columns_of = Text("The table of which it says how many columns there are.", default=None)
    default = Whole("How many, if it is left out.", 1, 1_000, default=None)
    rows_of = Text("The table whose number of rows it is.", default=None)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if sum(data[name] is not None for name in ("columns", "columns_of", "rows_of")) != 1:
            raise refused("needs one of columns, columns_of and rows_of", "give one of the three")
        if (data["columns_of"] is None) != (data["default"] is None):
            raise refused("goes with columns_of", "give both, or neither", "default")


class OptionsField(ma.fields.Field[dict[str, Any]]):
    """A template's options by name."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise refused(f"{shown(value)} isn't an object", "give such as {include_pii: {...}}")
        found, wrong = {}, {}
        for name, content in value.items():
            try:
                Name("An option.").deserialize(name)
                found[name] = OptionContent().load(content)
            except ma.ValidationError as error:
                wrong[str(name)] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return found

    def json_schema(self) -> dict[str, Any]:
        return {"type": "object"}


def options_of(loaded: Mapping[str, Mapping[str, Any]]) -> dict[str, Option]:
    """From what an OptionsField loaded."""
    return {
        name: Option(
            one["description"],
            {table: tuple(columns) for table, columns in (one["columns"] or {}).items()},
            one["columns_of"],
            one["default"] or 1,
            one["rows_of"],
        )
        for name, one in loaded.items()
    }


def check_options(loaded: Mapping[str, Mapping[str, Any]], parameters: Mapping[str, Any]) -> None:
    """Refuse options that are parameters already, or name tables and columns that the parameters haven't."""
    tables = tables_by_name(parameters)
    for name, one in options_of(loaded).items():
        if name in parameters:
            raise refused(f"{name} is a parameter, too", "call the option something else", "options")
        named = [*one.columns, *(table for table in (one.columns_of, one.rows_of) if table is not None)]
        for table in named:
            if table not in tables:
                raise refused(
                    f"{name}: no such table in parameters: {table}", "name one that there is", "options"
                )
        for table, columns in one.columns.items():
            missing = set(columns) - set(_column_names(tables[table]))
            if missing:
                raise refused(
                    f"{name}: {table} has no {', '.join(sorted(missing))}", "name its columns", "options"
                )


def take_options(
    known: Mapping[str, Option], base: Mapping[str, Any], overrides: Mapping[str, Any], rows: Rows
) -> tuple[Mapping[str, Any], Mapping[str, Any], Rows]:
    """A template's parameters as its options have them, the overrides without the options, and the rows.

    Raises InvalidRequestError, fields named from the request's root.
    """
    if not known:
        return base, overrides, rows
    base = {**base, "tables": [dict(table) for table in base["tables"]]}
    tables = tables_by_name(base)
    for name in overrides:
        near = did_you_mean(name, known)
        if near and name not in known and name not in base:
            raise InvalidRequestError.one(
                f"parameters.{name}", f"there is no such parameter{near}", f"options: {', '.join(known)}"
            )
    for name, option in known.items():
        given = overrides.get(name)
        if option.rows_of is not None:
            rows = _rows(rows, given, option.rows_of, f"parameters.{name}")
        elif option.columns_of is not None:
            table = tables[option.columns_of]
            most = len(table["columns"])
            count = _loaded(Whole(option.description, 1, most), given, option.default, f"parameters.{name}")
            table["columns"] = table["columns"][:count]
        elif not _loaded(Flag(option.description), given, False, f"parameters.{name}"):
            for table_name, left_out in option.columns.items():
                table = tables[table_name]
                table["columns"] = [one for one in table["columns"] if one["name"] not in left_out]
    return base, {name: value for name, value in overrides.items() if name not in known}, rows


def _rows(rows: Rows, given: Any, table: str, path: str) -> Rows:
    if given is None:
        return rows
    if rows is not None:
        raise InvalidRequestError.one(path, "there is `rows`, too", "give one of the two")
    return {table: check_count(given, path)}


def _loaded(of: ma.fields.Field[Any], given: Any, default: Any, path: str) -> Any:
    if given is None:
        return default
    try:
        return of.deserialize(given)
    except ma.ValidationError as error:
        [reason] = error.messages if isinstance(error.messages, list) else [str(error)]
        raise InvalidRequestError.one(path, str(reason), getattr(reason, "fix", "")) from error


def _column_names(table: Mapping[str, Any]) -> list[str]:
    return [column["name"] for column in table["columns"] if isinstance(column, Mapping)]
