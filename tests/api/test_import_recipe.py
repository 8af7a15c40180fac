from __future__ import annotations

from synthmill.generators.recipes.yaml_text import load_yaml
from tests.api.caller import Caller, fields

DDL = """CREATE TABLE a (id INT PRIMARY KEY, name VARCHAR(9));
CREATE TABLE b (id INT PRIMARY KEY, a_id INT REFERENCES a (id), CHECK (id <> a_id));"""


def test_ddl_becomes_a_request_that_can_be_made(api: Caller) -> None:
    answer = api.post("/recipes/import", json={"format": "sql", "content": DDL, "rows": 20})
    assert answer.status_code == 200
    made = answer.json["data"]
    assert load_yaml(made["recipe"]) == made["request"]
    assert made["notes"] == ["b: the check id <> a_id isn't taken over"]
    assert api.post("/preview", json={**made["request"], "seed": 1}).status_code == 200


def test_a_csv_and_a_json_schema(api: Caller) -> None:
    csv = {"format": "csv", "content": "id,size\n1,s\n2,m\n3,s\n", "name": "things"}
    [table] = api.post("/recipes/import", json=csv).json["data"]["request"]["parameters"]["tables"]
    assert (table["name"], table["rows"], table["primary_key"]) == ("things", 3, ["id"])
    schema = {"format": "json_schema", "content": '{"properties": {"age": {"type": "integer"}}}'}
    [table] = api.post("/recipes/import", json=schema).json["data"]["request"]["parameters"]["tables"]
    assert [column["name"] for column in table["columns"]] == ["age"]


def test_what_is_wrong_is_named(api: Caller) -> None:
    for body, field in (
        ({"format": "xml", "content": "x"}, "format"),
        ({"format": "sql"}, "content"),
        ({"format": "sql", "content": DDL, "dialect": "klingon"}, "dialect"),
        ({"format": "sql", "content": DDL, "rows": 0}, "rows"),
        ({"format": "sql", "content": DDL, "colour": "red"}, "colour"),
        ({"format": "csv", "content": "x" * 150_000}, "content"),
        ({"format": "json_schema", "content": "[]"}, "content"),
        ({"format": "sql", "content": "SELECT 1"}, "content"),
    ):
        assert fields(api.refused(422, "POST", "/recipes/import", json=body)) == [field]
