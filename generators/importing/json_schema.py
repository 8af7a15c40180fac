"""JSON Schema as facts: an object is a table, its properties the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from generators.errors import InvalidRequestError
from generators.importing.model import MAX_BYTES, ColumnFacts, Imported, TableFacts
from generators.json_values import plain
from generators.recipe_file import load_json

_DEEPEST = 16
_FORMATS: Mapping[str, Mapping[str, Any]] = {
    "date": {"kind": "date"},
    "date-time": {"kind": "timestamp"},
    "uuid": {"kind": "uuid"},
    "email": {"kind": "email", "numbered": True},
    "idn-email": {"kind": "email", "numbered": True},
}


def read_json_schema(text: str, name: str = "table") -> Imported:
    """One table: the object that the schema describes, objects inside of it flattened (`address_city`).

    Raises InvalidRequestError for text that is too long or isn't a schema of objects.
    """
    if len(text.encode()) > MAX_BYTES:
        raise InvalidRequestError.one("content", f"longer than {MAX_BYTES} bytes", "give the schema alone")
    try:
        schema = plain(load_json(text))
    except ValueError as error:
        raise InvalidRequestError.one("content", f"isn't JSON: {error}", "give a JSON Schema") from error
    if not isinstance(schema, dict):
        raise InvalidRequestError.one("content", "isn't an object", "give a JSON Schema")
    reader = _Reader(schema)
    root = reader.resolved(schema)
    if root.get("type") == "array":
        root = reader.resolved(root.get("items") or {})
    if not isinstance(root.get("properties"), dict) or not root["properties"]:
        raise InvalidRequestError.one(
            "content", "describes no object with properties", "give a JSON Schema of type object"
        )
    title = root.get("title")
    table = TableFacts(title if isinstance(title, str) and title else name)
    reader.fill(table, root, "", 0, True)
    for key in ("id", "_id"):
        if key in table.columns and not table.columns[key].nullable:
            table.primary_key = (key,)
            break
    return Imported([table], reader.notes)


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.notes: list[str] = []

    def resolved(self, schema: Any, depth: int = 0) -> Mapping[str, Any]:
        """The schema that a `$ref` within the document leads to. Raises InvalidRequestError."""
        if not isinstance(schema, dict) or "$ref" not in schema:
            return schema if isinstance(schema, dict) else {}
        reference = schema["$ref"]
        if depth > _DEEPEST or not isinstance(reference, str) or not reference.startswith("#/"):
            raise InvalidRequestError.one(
                "content", f"the reference {reference!r} leads nowhere here", "give a schema without others"
            )
        found: Any = self.root
        for part in reference[2:].split("/"):
            found = found.get(part.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        if not isinstance(found, dict):
            raise InvalidRequestError.one("content", f"there is no {reference}", "define it in `$defs`")
        return self.resolved(found, depth + 1)

    def fill(self, table: TableFacts, told: Mapping[str, Any], before: str, depth: int, needed: bool) -> None:
        required = set(told.get("required") or ())
        for name, inner in told["properties"].items():
            schema = self.resolved(inner)
            must = needed and name in required
            if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
                if depth < _DEEPEST:
                    self.fill(table, schema, f"{before}{name}_", depth + 1, must)
                continue
            table.columns[f"{before}{name}"] = self._column(f"{before}{name}", schema, must)

    def _column(self, name: str, schema: Mapping[str, Any], must: bool) -> ColumnFacts:
        kind = schema.get("type")
        if isinstance(kind, list):
            must = must and "null" not in kind
            kind = next((one for one in kind if one != "null"), "string")
        facts = ColumnFacts(name, "text", nullable=not must)
        values = schema.get("enum", [schema["const"]] if "const" in schema else None)
        if values and all(isinstance(one, type(values[0])) for one in values) and values[0] is not None:
            facts.values = values
        elif kind in ("integer", "number"):
            facts.family = "integer" if kind == "integer" else "float"
            facts.length = 8 if kind == "integer" else None
            facts.low = schema.get("minimum", schema.get("exclusiveMinimum"))
            facts.high = schema.get("maximum", schema.get("exclusiveMaximum"))
            if kind == "integer" and "minimum" not in schema and facts.low is not None:
                facts.low += 1
            if kind == "integer" and "maximum" not in schema and facts.high is not None:
                facts.high -= 1
        elif kind == "boolean":
            facts.family = "boolean"
        elif kind in ("array", "object"):
            facts.family = "json"
            self.notes.append(f"{name}: a nested {kind} is taken over as empty JSON")
        else:
            facts.length = schema.get("maxLength")
            facts.parameters = _FORMATS.get(str(schema.get("format")))
            if "pattern" in schema:
                self.notes.append(f"{name}: its pattern isn't taken over")
        return facts
