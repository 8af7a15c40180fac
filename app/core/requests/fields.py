"""What a schema says of a request's fields, in our words: the same for every face."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import marshmallow as ma

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.schema.fields import Reason
from synthmill.generators.schema.json_schema import field_schema


def load_object(schema: ma.Schema, body: Mapping[str, Any]) -> dict[str, Any]:
    """A body that was read elsewhere, as a schema has it. Raises InvalidRequestError."""
    try:
        loaded: dict[str, Any] = schema.load(body)
    except ma.ValidationError as error:
        messages: dict[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
        raise InvalidRequestError(field_errors(messages, "", schema)) from error
    return loaded


_REASONS = {
    "Missing data": "is missing",
    "Field may not be null": "is null",
    "Not a valid string": "isn't text",
    "Not a valid integer": "isn't a whole number",
    "Must be greater": "is outside its limits",
    "Must be one of": "isn't one of its values",
    "Length must be": "is too short or too long",
}
"""What marshmallow's own messages begin with, in our words."""


def field_errors(messages: Mapping[str, Any], location: str, schema: ma.Schema) -> Iterator[FieldError]:
    known = ", ".join(sorted(schema.fields)) or "none"
    for name, found in messages.items():
        if isinstance(found, Mapping):
            yield from _nested(found, str(name), schema.fields.get(name))
            continue
        for reason in found:
            unknown = reason == "Unknown field."
            fix = f"known here: {known}" if unknown else _fix_of(reason) or _fix(schema.fields.get(name))
            reason = (
                f"is no {location or 'body'} parameter" if unknown and location else _in_our_words(reason)
            )
            yield FieldError(location or "body" if name == "_schema" else name, reason, fix)


_KINDS_OF_JSON = {
    "array": "an array",
    "object": "an object",
    "boolean": "true or false",
    "number": "a number",
}


def _in_our_words(reason: str) -> str:
    return next((ours for start, ours in _REASONS.items() if reason.startswith(start)), reason)


def _fix_of(reason: str) -> str:
    """What would be right, where the field has said so itself."""
    return reason.fix if isinstance(reason, Reason) else ""


def _fix(field: ma.fields.Field[Any] | None) -> str:
    """What would be right, from what the field says of itself: its type, its limits, its description."""
    if field is None:
        return ""
    described = field_schema(field)
    described = described.get("anyOf", [described])[0]
    if "enum" in described:
        right = f"one of: {', '.join(described['enum'])}"
    elif described.get("type") == "integer":
        limits = f" from {described['minimum']} to {described['maximum']}" if "minimum" in described else ""
        right = f"a whole number{limits}"
    elif described.get("type") in _KINDS_OF_JSON or "type" not in described:
        right = _KINDS_OF_JSON.get(described.get("type", ""), "a value")
    else:
        limited = "minLength" in described
        right = "text" + (
            f" of {described['minLength']} to {described['maxLength']} characters" if limited else ""
        )
    about = field.metadata.get("description")
    return f"give {right}" + (f": {about}" if about else "")


def _nested(messages: Mapping[Any, Any], path: str, of: ma.fields.Field[Any] | None) -> Iterator[FieldError]:
    """What is wrong within a field, a list or an object."""
    for name, found in messages.items():
        place = (
            f"{path}[{name}]" if isinstance(name, int) else path if name == "_schema" else f"{path}.{name}"
        )
        inner, known = _within(of, name)
        if isinstance(found, Mapping):
            yield from _nested(found, place, inner)
            continue
        for reason in found:
            unknown = reason == "Unknown field." and known
            fix = f"known here: {known}" if unknown else _fix_of(reason) or _fix(inner) or _USUAL_FIX
            yield FieldError(place, _in_our_words(reason), fix)


_USUAL_FIX = "see the API's description of this place"


def _within(of: ma.fields.Field[Any] | None, name: Any) -> tuple[ma.fields.Field[Any] | None, str]:
    """The field at a place of another, if it is known, and which there are beside it."""
    if isinstance(of, ma.fields.List):
        return of.inner, ""
    if isinstance(of, ma.fields.Nested):
        fields = of.schema.fields
        return fields.get(name) or (of if name == "_schema" or isinstance(name, int) else None), ", ".join(
            sorted(fields)
        )
    return (of.value_field, "") if isinstance(of, ma.fields.Dict) else (None, "")
