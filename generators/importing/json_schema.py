"""JSON Schema as facts: an object is a table, its properties the columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.kinds import column_for
from synthmill.generators.importing.model import MAX_BYTES, ColumnFacts, Imported, TableFacts
from synthmill.generators.importing.recipe import ROWS
from synthmill.generators.importing.schema_merge import Resolver
from synthmill.generators.importing.schema_values import count, listed, real, text, whole, wrong
from synthmill.generators.limits import MAX_CELL_VALUES, NAME_PATTERN
from synthmill.generators.recipes.recipe_file import load_json
from synthmill.generators.schema.json_values import plain, shown

_DEEPEST = 16
_MOST_ITEMS = 1_000
_ITEMS = 5
_MEMBERS = 100
_JSON = {"kind": "constant", "value": "{}"}
_TOO_DEEP = "lies too deep, so it is left out"
_LOST = (
    *("not", "if", "contains", "prefixItems", "patternProperties", "propertyNames", "dependentSchemas"),
    *("dependentRequired", "dependencies", "minProperties", "maxProperties"),
)
"""What is said in notes, as nothing here keeps to it."""


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
    root = reader.resolve(schema, "the schema")
    if root.get("type") == "array":
        root = reader.resolve(root.get("items") or {}, "the schema")
    if not isinstance(root.get("properties"), dict) or not root["properties"]:
        raise InvalidRequestError.one(
            "content", "describes no object with properties", "give a JSON Schema of type object"
        )
    title = root.get("title")
    table = TableFacts(title if isinstance(title, str) and title else name)
    reader.fill(table, root, "", ("#",), True)
    for key in ("id", "_id"):
        if key in table.columns and not table.columns[key].nullable:
            _make_key(table, table.columns[key])
            break
    return Imported([table], list(dict.fromkeys(reader.notes)))


def _make_key(table: TableFacts, facts: ColumnFacts) -> None:
    """Number its rows from the least value on, as many as there are values."""
    table.primary_key = (facts.name,)
    if facts.family == "integer" and facts.parameters and facts.parameters["kind"] == "integer":
        low, high = facts.parameters["min"], facts.parameters["max"]
        start = low if facts.low is not None or high < 1 else max(low, 1)
        facts.parameters = {"kind": "sequence", "start": start}
        if facts.high is not None:
            table.most_rows = high - start + 1
            table.rows = min(ROWS, table.most_rows)


class _Reader:
    def __init__(self, root: Mapping[str, Any]) -> None:
        self.notes: list[str] = []
        self.resolve = Resolver(root, self.notes)

    def fill(
        self, table: TableFacts, of: Mapping[str, Any], before: str, within: tuple[str, ...], needed: bool
    ) -> None:
        """Add the properties; `within` are the references that led here."""
        required = _required(of, before.rstrip("_") or "the schema")
        for name, inner in of["properties"].items():
            full = f"{before}{name}"
            if inner is False or self._is_circular(inner, within, full):
                continue
            schema = self.resolve(inner, full)
            must = needed and name in required
            if _is_object(schema) and "enum" not in schema and "const" not in schema:
                if len(within) < _DEEPEST:
                    self.fill(table, schema, f"{full}_", (*within, _reference(inner)), must)
                else:
                    self.notes.append(f"{full}: {_TOO_DEEP}")
                continue
            table.columns[full] = self.column(full, schema, must, (*within, _reference(inner)))

    def _is_circular(self, schema: Any, within: tuple[str, ...], name: str) -> bool:
        found = _reference(schema)
        if found and found in within:
            self.notes.append(f"{name}: refers to what it is in, so it is left out")
            return True
        return False

    def column(
        self, name: str, schema: Mapping[str, Any], must: bool, within: tuple[str, ...]
    ) -> ColumnFacts:
        kind, nullable = _type(schema, name)
        facts = ColumnFacts(name, "text", nullable=nullable or not must)
        for lost in _LOST:
            if lost in schema:
                self.notes.append(f"{name}: {lost} isn't taken over")
        values = [schema["const"]] if "const" in schema else schema.get("enum")
        if values is not None:
            facts.parameters = self._listed(name, values, schema, nullable)
            # Whether it can be null is what the values say.
            facts.nullable = facts.nullable and not (must and None not in values)
        elif kind == "integer":
            facts.family, facts.length = "integer", 8
            facts.parameters = whole(schema, facts)
        elif kind == "number":
            facts.family = "float"
            facts.parameters = real(schema, name)
        elif kind == "boolean":
            facts.family = "boolean"
        elif kind == "null":
            facts.parameters = {"kind": "constant", "value": "", "nulls": 1.0}
        elif kind == "array":
            facts.family, facts.parameters = "array", self._array(name, schema, within)
        elif kind == "object":
            facts.family, facts.parameters = "json", self._object(name, schema, within)
        else:
            facts.parameters = text(schema, facts, self.notes)
        return facts

    def _listed(self, name: str, values: Any, schema: Mapping[str, Any], nullable: bool) -> Mapping[str, Any]:
        if not isinstance(values, list) or not values:
            raise wrong(name, f"its enum is {shown(values)}", "give a list of values")
        allowed = values if nullable or "type" not in schema else [one for one in values if one is not None]
        found = listed(allowed, name, self.notes)
        return _JSON if found is None else found

    def _inner(self, name: str, schema: Any, must: bool, within: tuple[str, ...]) -> dict[str, Any] | None:
        """A column inside another one, with its name; None where it would have no end."""
        if self._is_circular(schema, within, name):
            return None
        if len(within) >= _DEEPEST:
            self.notes.append(f"{name}: {_TOO_DEEP}")
            return None
        facts = self.column(name, self.resolve(schema, name), must, (*within, _reference(schema)))
        return column_for(facts, 1)

    def _array(self, name: str, schema: Mapping[str, Any], within: tuple[str, ...]) -> Mapping[str, Any]:
        fewest, most = count(schema, "minItems", name) or 0, count(schema, "maxItems", name)
        if most is not None and most < fewest:
            raise wrong(name, f"its maxItems is less than {fewest}", "give at least its minItems")
        if schema.get("uniqueItems"):
            self.notes.append(f"{name}: that its items differ isn't taken over")
        items = schema.get("items")
        if isinstance(items, list):
            self.notes.append(f"{name}: what its items are one by one isn't taken over")
        inner = self._inner(f"{name}_item", items if isinstance(items, dict) else {}, True, within)
        if inner is None:
            return _JSON
        del inner["name"]
        room = min(_MOST_ITEMS, MAX_CELL_VALUES // _values(inner))
        if fewest > room:
            self.notes.append(f"{name}: its minItems isn't taken over, as it has {room} items at most")
        least = min(fewest, room)
        greatest = max(least, min(room, max(fewest, _ITEMS) if most is None else most))
        if "minItems" not in schema and greatest:
            least = 1
        return {"kind": "array", "of": inner, "min_items": least, "max_items": greatest}

    def _object(self, name: str, schema: Mapping[str, Any], within: tuple[str, ...]) -> Mapping[str, Any]:
        """Only inside lists: those of a table are flattened, and others have no properties."""
        members = list[dict[str, Any]]()
        if _is_object(schema):
            required = _required(schema, name)
            for member, inner in schema["properties"].items():
                if inner is False:
                    continue
                if not NAME_PATTERN.match(member) or len(members) == _MEMBERS:
                    self.notes.append(f"{name}: {shown(member)} can't be a member, so it is left out")
                    continue
                found = self._inner(f"{name}_{member}", inner, member in required, within)
                if found is not None:
                    members.append(found | {"name": member})
        if not members:
            self.notes.append(f"{name}: a nested object without properties is taken over as empty JSON")
            return _JSON
        return {"kind": "object", "members": members}


def _is_object(schema: Mapping[str, Any]) -> bool:
    properties = schema.get("properties")
    return schema.get("type", "object") in ("object", ["object"]) and isinstance(properties, dict)


def _reference(schema: Any) -> str:
    found = schema.get("$ref") if isinstance(schema, dict) else None
    return found if isinstance(found, str) else ""


def _required(schema: Mapping[str, Any], name: str) -> set[str]:
    found = schema.get("required") or ()
    if not isinstance(found, list | tuple) or not all(isinstance(one, str) for one in found):
        raise wrong(name, f"its required is {shown(found)}", "give a list of names")
    return set(found)


def _type(schema: Mapping[str, Any], name: str) -> tuple[str, bool]:
    """The first of its types, else what its other members speak of, and whether it may be null."""
    given = schema.get("type")
    if isinstance(given, str):
        return given, given == "null" or bool(schema.get("nullable"))
    if given is not None and not (isinstance(given, list) and all(isinstance(one, str) for one in given)):
        raise wrong(name, f"its type is {shown(given)}", "give the name of a type, or a list of them")
    if given:
        known = [one for one in given if one != "null"]
        return (known or ["null"])[0], "null" in given
    for type_, members in (
        ("number", ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")),
        ("array", ("items", "minItems", "maxItems")),
        ("object", ("properties",)),
    ):
        if any(member in schema for member in members):
            return type_, bool(schema.get("nullable"))
    return "string", "enum" in schema or bool(schema.get("nullable"))


def _values(column: Mapping[str, Any]) -> int:
    """How many values a cell of the column has at most."""
    if column["kind"] == "array":
        return max(1, int(column["max_items"]) * _values(column["of"]))
    return sum(map(_values, column["members"])) if column["kind"] == "object" else 1
