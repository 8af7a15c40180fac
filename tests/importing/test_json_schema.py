"""JSON Schema: properties become columns, with their types, limits and lists."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generators.errors import InvalidRequestError
from generators.importing.json_schema import read_json_schema
from generators.importing.recipe import request_for
from generators.strategy import make_plan, make_recipe

ORDER: dict[str, Any] = {
    "title": "order",
    "type": "object",
    "required": ["id", "status", "address"],
    "properties": {
        "id": {"type": "integer"},
        "status": {"enum": ["new", "paid"]},
        "amount": {"type": "number", "minimum": 5, "maximum": 9},
        "count": {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 10},
        "placed": {"type": "string", "format": "date-time"},
        "code": {"type": "string", "maxLength": 3},
        "paid": {"type": ["boolean", "null"]},
        "tags": {"type": "array", "items": {"type": "string"}},
        "address": {"$ref": "#/$defs/address"},
    },
    "$defs": {
        "address": {
            "type": "object",
            "required": ["city"],
            "properties": {"city": {"type": "string"}, "country_code": {"type": "string", "maxLength": 2}},
        }
    },
}


def imported(schema: Any) -> dict[str, dict[str, Any]]:
    [table] = request_for(read_json_schema(json.dumps(schema)))["parameters"]["tables"]
    return {column["name"]: column for column in table["columns"]}


def test_properties_become_columns() -> None:
    columns = imported(ORDER)
    assert list(columns) == [
        *("id", "status", "amount", "count", "placed", "code", "paid", "tags"),
        *("address_city", "address_country_code"),
    ]
    assert columns["id"] == {"name": "id", "kind": "sequence"}
    assert columns["status"]["values"] == ["new", "paid"]
    assert (columns["amount"]["min"], columns["amount"]["max"]) == (5, 9)
    assert (columns["count"]["min"], columns["count"]["max"]) == (1, 9)
    assert columns["placed"]["kind"] == "timestamp"
    assert columns["address_city"]["kind"] == "city" and "nulls" not in columns["address_city"]
    assert columns["paid"]["nulls"] > 0


def test_it_makes_a_plan_and_says_what_is_lost() -> None:
    found = read_json_schema(json.dumps({"type": "array", "items": ORDER, "$defs": ORDER["$defs"]}))
    recipe = make_recipe("tabular", request_for(found)["parameters"], 0)
    assert make_plan(recipe).tables[0].primary_key == ("id",)
    assert found.notes == ["tags: a nested array is taken over as empty JSON"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"type": "string"}',
        '{"properties": {"a": {"$ref": "http://example.org/x"}}}',
        '{"properties": {"a": {"$ref": "#/$defs/a"}}, "$defs": {"a": {"$ref": "#/$defs/a"}}}',
        '{"properties": {"a": {"$ref": "#/nowhere"}}}',
        "[" * 100_000,
    ],
)
def test_what_is_no_schema_of_objects_is_refused(text: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_json_schema(text)
