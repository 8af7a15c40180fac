"""A column in parameters: an object whose `kind` decides what else it has."""

from __future__ import annotations

from functools import cache
from typing import Any

import marshmallow as ma

from synthmill.generators.columns.kind import Kind
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.errors import PluginError, UnknownNameError
from synthmill.generators.schema.fields import REQUIRED, options, refused
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.json_values import shown

_NAME = "_"
"""Stands in for the name that an inner column doesn't have."""


@cache
def _schema_of(kind: Kind) -> ma.Schema:
    return kind.Parameters()


class ColumnField(ma.fields.Field[dict[str, Any]]):
    """A column of a table."""

    def __init__(self, **settings: Any) -> None:
        messages = {"null": "is null", "required": "is missing"}
        super().__init__(**{"error_messages": messages, **settings})

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise refused(f"{shown(value)} isn't an object", "give an object with name and kind")
        name = value.get("kind")
        try:
            kind = KINDS.get(name if isinstance(name, str) else shown(name))
        except UnknownNameError as error:
            reason = "is missing" if "kind" not in value else f"{shown(name)} isn't a column kind"
            if isinstance(error, PluginError):
                reason = error.reason
            raise ma.ValidationError({"kind": refused(reason, error.fix).messages}) from None
        loaded: dict[str, Any] = _schema_of(kind).load(value)
        return loaded

    def schema_for(self, value: object) -> ma.Schema | None:
        """The schema of this column's kind; None where it has no kind that is known."""
        name = value.get("kind") if isinstance(value, dict) else None
        try:
            return _schema_of(KINDS.get(name)) if isinstance(name, str) else None
        except UnknownNameError:
            return None

    def json_schema(self) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["name", "kind"],
            "discriminator": {"propertyName": "kind"},
            "oneOf": [_column_schema(kind) for kind in KINDS.usable().values()],
        }


def _column_schema(kind: Kind) -> dict[str, Any]:
    described = object_schema(kind.Parameters)
    described["properties"]["kind"] = {"const": kind.name, "description": "The kind of column."}
    example = {"name": kind.name, "kind": kind.name, **kind.example}
    return described | {"title": kind.title, "description": kind.description, "examples": [example]}


class InnerColumn(ColumnField):
    """A column inside a column: without a name, unless it is a member of an object."""

    def __init__(self, about: str, *, default: Any = REQUIRED, named: bool = False) -> None:
        super().__init__(**options(about, default, [{"kind": "integer", "max": 9}]))
        self._named = named

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if self._named or not isinstance(value, dict):
            return super()._deserialize(value, attr, data, **kwargs)
        if "name" in value:
            raise ma.ValidationError({"name": refused("means nothing here", "leave it out").messages})
        loaded = super()._deserialize({"name": _NAME, **value}, attr, data, **kwargs)
        del loaded["name"]
        return loaded

    def json_schema(self) -> dict[str, Any]:
        # Written out, kinds within kinds would have no end.
        kind = {"type": "string", "enum": list(KINDS.usable()), "description": "The kind of column."}
        required = ["name", "kind"] if self._named else ["kind"]
        return {"type": "object", "required": required, "properties": {"kind": kind}}
