"""What parameters refer to by name: found by the fields of their schema, never by what a text looks like."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma


def named_by(schema: ma.Schema, parameters: Any, kind: type[ma.fields.Field[Any]]) -> Iterator[str]:
    """The texts that stand in fields of this kind, at any depth; parameters need not be loaded yet."""
    if isinstance(parameters, Mapping):
        for name, field in schema.fields.items():
            if name in parameters:
                yield from _named(field, parameters[name], kind)


def _named(field: ma.fields.Field[Any], value: Any, kind: type[ma.fields.Field[Any]]) -> Iterator[str]:
    if isinstance(field, kind):
        if isinstance(value, str):
            yield value
    elif isinstance(field, ma.fields.Nested):
        yield from named_by(field.schema, value, kind)
    elif hasattr(field, "schema_for"):
        # A field whose value says by itself which schema it has.
        found = field.schema_for(value)
        if found is not None:
            yield from named_by(found, value, kind)
    elif hasattr(field, "inner"):
        items = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        for item in items:
            yield from _named(field.inner, item, kind)
