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
        ({"format": "sql", "content": DDL, "nulls": ["NA"]}, "nulls"),
        ({"format": "csv", "content": "a\n1\n", "dialect": "mysql"}, "dialect"),
        ({"format": "csv", "content": "a\n1\n", "nulls": "NA"}, "nulls"),
        ({"format": "csv", "content": "a\n1\n", "nulls": ["x"] * 101}, "nulls"),
    ):
        assert fields(api.refused(422, "POST", "/recipes/import", json=body)) == [field]


def test_a_statement_that_cannot_be_read_costs_a_note(api: Caller) -> None:
    script = (
        "CREATE TABLE a (x int);\nGO\n\\set x 1\nCOPY a (x) FROM stdin;\n1\n\\.\n"
        "CREATE TABLE b (y bit varying(5));"
    )
    made = api.post("/recipes/import", json={"format": "sql", "content": script}).json["data"]
    assert [table["name"] for table in made["request"]["parameters"]["tables"]] == ["a", "b"]
    assert made["notes"] == [
        "passed over, as no column is declared there: \\set in line 3, COPY in line 4",
        "b: y becomes TEXT, instead of bit varying(5)",
    ]


def test_texts_that_are_null_can_be_chosen(api: Caller) -> None:
    body = {"format": "csv", "content": "id,x\n1,NA\n2,DE\n3,DE\n"}

    def column(**more: object) -> dict[str, object]:
        made = api.post("/recipes/import", json={**body, **more}).json["data"]
        found: dict[str, object] = made["request"]["parameters"]["tables"][0]["columns"][1]
        return found

    assert column()["values"] == column(nulls=[])["values"] == ["DE", "NA"]
    assert column(nulls=["NA"])["values"] == ["DE"]


def test_hostile_content_is_refused_with_its_limit(api: Caller) -> None:
    for form, content, said in (
        ("csv", "\n", "can't be read as csv"),
        ("csv", "," * 131_000 + "\n", "has 131,001 columns"),
        ("sql", "".join(f"CREATE TABLE t{i} (x int);" for i in range(4_000)), "more than 200 tables"),
        ("sql", "CREATE TABLE a (x int", "declares no table"),
    ):
        problem = api.refused(422, "POST", "/recipes/import", json={"format": form, "content": content})
        assert said in str(problem["errors"][0])
    deep = {"format": "sql", "content": f"CREATE TABLE a (x int{'[]' * 300})"}
    assert api.post("/recipes/import", json=deep).status_code == 200
