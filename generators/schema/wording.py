"""What marshmallow finds wrong, in our words and with a path for each thing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from synthmill.generators.errors import FieldError
from synthmill.generators.schema.json_values import element, step

_NULL, _MISSING = ("is null", "give a value, or leave it out"), ("is missing", "add it")
IN_OUR_WORDS = {
    "Field may not be null.": _NULL,
    "is null": _NULL,
    "Missing data for required field.": _MISSING,
    "is missing": _MISSING,
}
"""marshmallow's words as ours, and a fix where a field has none of its own."""


def in_order(messages: Mapping[Any, Any], raw: Any) -> list[tuple[Any, Any]]:
    """Messages by name, as the names stand in what was given, and after them of what is missing.

    marshmallow goes through unknown names as a set does: in another order in every process.
    """
    places = {name: place for place, name in enumerate(raw)} if isinstance(raw, Mapping) else {}
    return sorted(messages.items(), key=lambda one: places.get(one[0], len(places)))


def field_errors(messages: Any, raw: Any, path: str) -> Iterator[FieldError]:
    """marshmallow's nested messages as fields; list elements that have a name are called by it."""
    if isinstance(messages, Mapping):
        for at, inner in in_order(messages, raw):
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
