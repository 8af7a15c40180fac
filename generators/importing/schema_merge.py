"""Schemas that are said in several places, put together: `$ref`, `allOf`, and one of `anyOf` and `oneOf`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.json_values import shown

Schema = Mapping[str, Any]

_DEEPEST = 16
_MOST = 20_000
"""Schemas that are looked up at most: short ones can refer to one another without an end."""
_GREATER = ("minimum", "exclusiveMinimum", "minLength", "minItems")
_LESSER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems")
_ANNOTATIONS = (
    "title",
    "description",
    "default",
    "examples",
    "$id",
    "$schema",
    "$comment",
    "$defs",
    "definitions",
)


class Resolver:
    """Called with a schema gives all that it says, in one place; what can't be kept is added to the notes."""

    def __init__(self, root: Schema, notes: list[str]) -> None:
        self.root, self.notes, self.left = root, notes, _MOST

    def __call__(self, schema: Any, name: str, depth: int = 0) -> Schema:
        """Raises InvalidRequestError for references that lead nowhere."""
        self.left -= 1
        if self.left < 0:
            raise InvalidRequestError.one(
                "content", f"has more than {_MOST:,} schemas with those referred to", "import a part of it"
            )
        if not isinstance(schema, dict):
            return {}
        parts = [self._referred(schema["$ref"], name, depth)] if "$ref" in schema else []
        parts.append({key: value for key, value in schema.items() if key not in _JOINING})
        if isinstance(schema.get("allOf"), list):
            parts += [self._deeper(one, name, depth) for one in schema["allOf"]]
        for choice in ("anyOf", "oneOf"):
            if isinstance(schema.get(choice), list) and schema[choice]:
                parts.append(self._one(schema[choice], choice, name, depth))
        found = parts[0]
        for part in parts[1:]:
            found = self._merged(found, part, name)
        return found

    def _deeper(self, schema: Any, name: str, depth: int) -> Schema:
        if depth >= _DEEPEST:
            raise InvalidRequestError.one(
                "content", f"{name}: schemas inside one another have no end", "give a schema without others"
            )
        return self(schema, name, depth + 1)

    def _referred(self, reference: Any, name: str, depth: int) -> Schema:
        """The schema that a `$ref` within the document leads to."""
        if not isinstance(reference, str) or not (reference == "#" or reference.startswith("#/")):
            raise InvalidRequestError.one(
                "content",
                f"the reference {shown(reference)} leads nowhere here",
                "give a schema without others",
            )
        found: Any = self.root
        for part in reference[2:].split("/") if reference != "#" else ():
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise InvalidRequestError.one(
                "content", f"there is no {shown(reference)}", "define it in `$defs`"
            )
        return self._deeper(found, name, depth)

    def _one(self, choices: list[Any], word: str, name: str, depth: int) -> Schema:
        """The first of several, null if one of them is."""
        others = [one for one in choices if not (isinstance(one, dict) and one.get("type") == "null")]
        if len(others) > 1:
            self.notes.append(f"{name}: of {word} only the first is taken over")
        if not others:
            return {"type": "null"}
        found = self._deeper(others[0], name, depth)
        if len(others) < len(choices) and isinstance(found.get("type"), str):
            return {**found, "type": [found["type"], "null"]}
        return found

    def _merged(self, one: Schema, other: Schema, name: str) -> Schema:
        made = dict(one)
        for key, value in other.items():
            before = made.get(key)
            if key not in made or before == value or key in _ANNOTATIONS:
                made.setdefault(key, value)
            elif key == "properties" and isinstance(before, dict) and isinstance(value, dict):
                both = {inner: {"allOf": [before[inner], value[inner]]} for inner in before if inner in value}
                made[key] = {**before, **value, **both}
            elif key == "required" and isinstance(before, list) and isinstance(value, list):
                made[key] = [*before, *value]
            elif key in _GREATER + _LESSER and _are_numbers(before, value):
                made[key] = max(before, value) if key in _GREATER else min(before, value)
            elif key == "enum" and isinstance(before, list) and isinstance(value, list):
                made[key] = [choice for choice in before if choice in value]
            elif key == "type":
                made[key] = self._type(before, value, name)
            else:
                self.notes.append(f"{name}: {key} is said several times; only {shown(before)} is taken over")
        return made

    def _type(self, before: Any, value: Any, name: str) -> Any:
        one, other = (types if isinstance(types, list) else [types] for types in (before, value))
        both = [type_ for type_ in one if type_ in other]
        if not both and {"integer", "number"} <= {*map(str, one), *map(str, other)}:
            both = ["integer"]
        if not both:
            raise InvalidRequestError.one(
                "content", f"{name} can't be {shown(before)} and {shown(value)}", "give it one type"
            )
        return both[0] if len(both) == 1 else both


_JOINING = ("$ref", "allOf", "anyOf", "oneOf")


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
