"""JSON Schema: properties become columns, with their types, limits and lists."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.json_schema import read_json_schema
from synthmill.generators.importing.recipe import request_for
from tests.generators.worlds import rows_of

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
    assert found.notes == []
    found = read_json_schema(json.dumps({"properties": {"id": {}, "any": {"type": "object"}}}))
    assert found.notes == ["any: a nested object without properties is taken over as empty JSON"]


@pytest.mark.parametrize(
    "text",
    [
        '{"properties": {"a": {"allOf": [{"type": "string"}, {"type": "array"}]}}}',
        '{"properties": {"a": {"$ref": "#/properties/b"}, "b": {"allOf": [{"$ref": "#/properties/a"}]}}}',
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


def column(schema: Any) -> dict[str, Any]:
    """The column of a property that must be there, and the rows' cells."""
    return imported({"required": ["a"], "properties": {"a": schema}})["a"]


def cells(schema: Any) -> list[Any]:
    request = request_for(read_json_schema(json.dumps({"required": ["a"], "properties": {"a": schema}})))
    made: list[Any] = rows_of(request["parameters"], "table").column("a").to_pylist()
    return made


def notes(schema: Any) -> list[str]:
    return read_json_schema(json.dumps({"required": ["a"], "properties": {"a": schema}})).notes


@pytest.mark.parametrize(
    ("schema", "values"),
    [
        ({"enum": ["a", "b", None]}, {"a", "b", None}),
        ({"enum": [1, 2, None]}, {1, 2, None}),
        ({"enum": [True, False, None]}, {True, False, None}),
        ({"type": "string", "enum": ["a", None]}, {"a"}),
        ({"type": ["string", "null"], "enum": ["a", None]}, {"a", None}),
        ({"enum": ["a", "a"]}, {"a"}),
        ({"enum": [None]}, {None}),
        ({"const": 5}, {5}),
        ({"enum": [1, "a", "b", None]}, {"a", "b", None}),
    ],
)
def test_an_enum_gives_its_values_and_nulls_only_where_it_has_them(schema: Any, values: set[Any]) -> None:
    assert set(cells(schema)) == values


def test_values_that_no_kind_can_mix_are_said() -> None:
    assert notes({"enum": [1, "a", "b"]}) == [
        "a: its values are of several types or nested; only the texts are taken over"
    ]
    assert notes({"enum": [{"x": 1}]}) == ["a: its values are of several types or nested; none is taken over"]
    assert notes({"enum": ["a", None, "a"]}) == []


@pytest.mark.parametrize(
    ("schema", "least", "greatest"),
    [
        ({"type": "integer", "exclusiveMinimum": 0, "maximum": 3}, 1, 3),
        ({"type": "integer", "minimum": 0.5, "exclusiveMaximum": 4.5}, 1, 4),
        ({"type": "integer", "maximum": -5}, None, -5),
        ({"type": "integer", "minimum": 100_000}, 100_000, None),
        ({"type": "integer", "exclusiveMinimum": True, "minimum": 7, "maximum": 8}, 8, 8),
        ({"type": "integer", "multipleOf": 5, "minimum": 1, "maximum": 12}, 5, 10),
        ({"type": "integer", "multipleOf": 2.5, "maximum": -3}, None, -5),
        ({"type": "number", "multipleOf": 0.01, "minimum": 0, "maximum": 0.03}, 0, 0.03),
        ({"type": "number", "multipleOf": 0.25, "exclusiveMinimum": 0}, 0.25, None),
        ({"type": "number", "exclusiveMinimum": 0, "maximum": 1}, 0.001, 1),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1e-6}, 1e-12, 1e-6 - 1e-12),
        ({"type": "number", "minimum": 2.00001, "maximum": 2.00002}, 2.00001, 2.00002),
        ({"type": "number", "minimum": 1e18, "exclusiveMaximum": 1e19}, 1e18, 1e19),
        ({"type": "number", "minimum": 1.23456, "maximum": 1.23456}, 1.23456, 1.23456),
        ({"allOf": [{"type": "integer"}, {"minimum": 3}, {"minimum": 5, "maximum": 6}]}, 5, 6),
        ({"minimum": 3, "maximum": 4}, 3, 4),
        ({"type": "number"}, 0, 1_000),
        ({"type": "number", "multipleOf": 0.01}, 0, 1_000),
        ({"type": "number", "maximum": 1e300}, 0, 1e300),
    ],
)
def test_numbers_keep_to_their_limits(schema: Any, least: float | None, greatest: float | None) -> None:
    made = cells(schema)
    assert least is None or min(made) >= least
    assert greatest is None or max(made) <= greatest
    step = schema.get("multipleOf")
    assert not step or all(abs(value / step - round(value / step)) < 1e-9 for value in made)


@pytest.mark.parametrize(
    ("schema", "pattern"),
    [
        ({"type": "string", "pattern": "^[A-Z]{3}-\\d{2}$"}, r"[A-Z]{3}-\d{2}"),
        ({"type": "string", "format": "ipv4"}, r"(\d+\.){3}\d+"),
        ({"type": "string", "format": "ipv6"}, r"[0-9a-f:]+"),
        ({"type": "string", "format": "time"}, r"\d\d:\d\d:\d\dZ"),
        ({"type": "string", "format": "uri"}, r"https://[a-z./-]+"),
        ({"type": "string", "format": "hostname"}, r"[a-z]+\.example\.\w+"),
        ({"type": "string", "format": "uuid"}, r"[0-9a-f-]{36}"),
        ({"type": "string", "format": "email"}, r"\S+@\S+"),
        ({"type": "string", "format": "duration"}, r"PT\d+M"),
        ({"type": "string", "minLength": 5, "maxLength": 6}, r".{5,6}"),
        ({"type": "string", "minLength": 2, "maxLength": 2}, r".{2}"),
        ({"type": "string", "maxLength": 0}, r""),
        ({"oneOf": [{"type": "string", "minLength": 40}, {"type": "null"}]}, r".{40,}"),
    ],
)
def test_texts_are_of_their_format_pattern_and_length(schema: Any, pattern: str) -> None:
    assert all(value is None or re.fullmatch(pattern, value) for value in cells(schema))


@pytest.mark.parametrize(
    ("schema", "reported"),
    [
        ({"type": "string", "pattern": "(?=x)a"}, "its pattern isn't taken over: at character 2"),
        ({"type": "string", "pattern": "a*", "minLength": 3}, "its length isn't taken over"),
        ({"type": "string", "format": "regex"}, "its format 'regex' isn't taken over"),
        ({"type": "string", "format": "uuid", "maxLength": 9}, "its length isn't taken over"),
        ({"type": "integer", "not": {"const": 3}}, "not isn't taken over"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}]}, "of anyOf only the first is taken over"),
        ({"allOf": [{"pattern": "a"}, {"pattern": "b"}]}, "pattern is said several times"),
        ({"type": "array", "uniqueItems": True}, "that its items differ isn't taken over"),
        ({"type": "array", "minItems": 5_000}, "its minItems isn't taken over"),
        ({"type": "array", "items": {"$ref": "#"}}, "refers to what it is in"),
    ],
)
def test_what_is_lost_is_said(schema: Any, reported: str) -> None:
    assert reported in " ".join(notes(schema))


def test_arrays_are_lists_of_their_items_kind() -> None:
    made = cells(
        {
            "type": "array",
            "items": {"type": "integer", "minimum": 3, "maximum": 4},
            "minItems": 2,
            "maxItems": 3,
        }
    )
    assert {len(value) for value in made} == {2, 3}
    assert {item for value in made for item in value} == {3, 4}
    line = {
        "type": "object",
        "required": ["sku"],
        "properties": {"sku": {"enum": ["x"]}, "n": {"type": "integer"}},
    }
    made = cells({"type": "array", "items": line})
    assert {item["sku"] for value in made for item in value} == {"x"}
    assert any(item["n"] is None for value in made for item in value)


def test_lists_inside_lists_have_no_more_values_than_a_cell_may() -> None:
    inner = {"type": "array", "items": {"type": "string"}, "maxItems": 1_000}
    found = column({"type": "array", "items": inner, "maxItems": 1_000})
    assert (found["max_items"], found["of"]["max_items"]) == (10, 1_000)


def test_a_key_stays_within_its_limits_whatever_rows_are_asked_for() -> None:
    schema = {"required": ["id"], "properties": {"id": {"type": "integer", "minimum": 1, "maximum": 500}}}
    for wanted, rows in ((None, 500), (5_000, 500), (20, 20)):
        [table] = request_for(read_json_schema(json.dumps(schema)), wanted)["parameters"]["tables"]
        assert (table["rows"], table["primary_key"]) == (rows, ["id"])
        assert table["columns"] == [{"name": "id", "kind": "sequence", "start": 1}]


@pytest.mark.parametrize(
    ("schema", "reported"),
    [
        ({"type": "integer", "minimum": "x"}, "a: its minimum is 'x'"),
        ({"type": "number", "exclusiveMaximum": []}, "a: its exclusiveMaximum is []"),
        ({"type": "integer", "multipleOf": 0}, "a: its multipleOf is 0"),
        ({"type": "integer", "minimum": 5, "maximum": 4}, "a: no whole number lies between its limits"),
        ({"type": "number", "minimum": 5, "maximum": 4}, "a: no number lies between its limits"),
        ({"type": "integer", "multipleOf": 7, "minimum": 1, "maximum": 6}, "a: no multiple of 7 lies"),
        ({"type": "string", "maxLength": "x"}, "a: its maxLength is 'x'"),
        ({"type": "string", "minLength": 2, "maxLength": 1}, "a: its maxLength is less than 2"),
        ({"type": "string", "pattern": 5}, "a: its pattern is 5"),
        ({"type": "array", "maxItems": -1}, "a: its maxItems is -1"),
        ({"enum": "x"}, "a: its enum is 'x'"),
        ({"type": {"a": 1}}, "a: its type is {'a': 1}"),
        ({"type": "object", "properties": {"b": {}}, "required": 5}, "a: its required is 5"),
    ],
)
def test_what_a_schema_says_wrongly_is_one_clear_error(schema: Any, reported: str) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        column(schema)
    [error] = refusal.value.errors
    assert error.field == "content" and reported in error.reason and error.fix


def test_schemas_that_refer_to_themselves_in_every_way_end() -> None:
    both = {name: {"allOf": [{"$ref": "#"}]} for name in "ab"}
    with pytest.raises(InvalidRequestError, match="has more than 20,000 schemas"):
        read_json_schema(json.dumps({"properties": both}))
    found = read_json_schema(json.dumps({"properties": {"x": {}, "up": {"$ref": "#"}}}))
    assert list(found.tables[0].columns) == ["x"] and "up: refers to what it is in" in found.notes[0]
