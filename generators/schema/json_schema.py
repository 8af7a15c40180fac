"""JSON Schema (2020-12) of marshmallow schemas: of our own fields and of the usual ones."""

from __future__ import annotations

from typing import Any, Protocol, runtime_checkable

import marshmallow as ma


@runtime_checkable
class Describable(Protocol):
    """A field that says by itself what JSON it takes."""

    def json_schema(self) -> dict[str, Any]: ...


_TYPES: tuple[tuple[type[ma.fields.Field[Any]], str], ...] = (
    (ma.fields.Integer, "integer"),
    (ma.fields.Float, "number"),
    (ma.fields.Boolean, "boolean"),
    (ma.fields.String, "string"),
    (ma.fields.Mapping, "object"),
)


def object_schema(schema: type[ma.Schema]) -> dict[str, Any]:
    """The JSON Schema of what a marshmallow schema loads; unknown members are refused, as ours all do."""
    members = schema().fields
    described: dict[str, Any] = {"type": "object"}
    if schema.__doc__:
        described["description"] = " ".join(schema.__doc__.split())
    described["properties"] = {name: field_schema(field) for name, field in members.items()}
    required = [name for name, field in members.items() if field.required]
    if required:
        described["required"] = required
    described["additionalProperties"] = False
    return described


def field_schema(field: ma.fields.Field[Any]) -> dict[str, Any]:
    """The JSON Schema of one field: its type and limits, description, examples and default."""
    described = _type_schema(field)
    if field.allow_none:
        described = {"anyOf": [described, {"type": "null"}]}
    described |= {
        key: field.metadata[key] for key in ("title", "description", "examples") if key in field.metadata
    }
    if field.load_default is not ma.missing:
        default = field.load_default
        described["default"] = default() if callable(default) else default
    return described


def _type_schema(field: ma.fields.Field[Any]) -> dict[str, Any]:
    if isinstance(field, Describable):
        return dict(field.json_schema())
    if isinstance(field, ma.fields.Nested):
        return object_schema(type(field.schema))
    if isinstance(field, ma.fields.List):
        return {"type": "array", "items": field_schema(field.inner)} | _limits(field, "Items")
    for kind, name in _TYPES:
        if isinstance(field, kind):
            return {"type": name} | _limits(field, "Length")
    return {}


def _limits(field: ma.fields.Field[Any], unit: str) -> dict[str, Any]:
    described: dict[str, Any] = {}
    for rule in field.validators:
        if isinstance(rule, ma.validate.Range):
            described |= {"minimum": rule.min, "maximum": rule.max}
        elif isinstance(rule, ma.validate.Length):
            described |= {f"min{unit}": rule.equal or rule.min, f"max{unit}": rule.equal or rule.max}
        elif isinstance(rule, ma.validate.OneOf):
            described["enum"] = list(rule.choices)
    return {key: value for key, value in described.items() if value is not None}
