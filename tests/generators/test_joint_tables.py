"""Values that go together: what a row has is a row of the table, whichever column reads it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from synthmill.generators.columns.joint_tables import built_in_table
from synthmill.generators.columns.wordlist import entries
from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters, make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError

DRUGS: dict[str, Any] = {
    "attributes": ["ward", "drug", "dose", "price", "since", "seen", "free", "share"],
    "types": {"price": "money", "since": "date", "seen": "timestamp"},
    "weight": "share",
    "rows": [
        ["surgery", "paracetamol", 1000, 1.5, "2001-02-03", "2024-01-01T10:00:00Z", True, 4],
        ["surgery", "ibuprofen", 400.5, 2, "2002-02-03", "2024-01-02T10:00:00Z", False, 1],
        ["cardiology", "bisoprolol", 2.5, 3.25, None, None, False, 3],
        ["cardiology", "bisoprolol", 5, 3.5, "2004-02-03", "2024-01-03T10:00:00Z", None, 1],
    ],
}
WARD = {"name": "ward", "kind": "categorical", "values": ["surgery", "cardiology"]}
READ = ("dose", "price", "since", "seen", "free")


def drug(table: Any = "drugs", **more: Any) -> dict[str, Any]:
    where = [{"attribute": "ward", "column": "ward"}]
    return {
        "name": "drug",
        "kind": "joint",
        "joint_table": table,
        "attribute": "drug",
        "where": where,
        **more,
    }


def attributes(column: str, *names: str, **more: Any) -> list[dict[str, Any]]:
    return [{"name": n, "kind": "attribute", "column": column, "attribute": n, **more} for n in names]


def made(*columns: dict[str, Any], rows: int = 4_000, **parameters: Any) -> pa.RecordBatch:
    tables = [{"name": "t", "rows": rows, "columns": list(columns)}, *parameters.pop("tables", ())]
    plan = make_plan(make_recipe("tabular", {"tables": tables, **parameters}, 1))
    return make_rows(plan, tables[-1]["name"], 0, min(rows, plan.table(tables[-1]["name"]).rows))


def refused(*columns: dict[str, Any], **parameters: Any) -> tuple[str, str, str]:
    with pytest.raises(InvalidRequestError) as caught:
        made(*columns, **parameters)
    (error,) = caught.value.errors
    assert error.fix
    return error.field, error.reason, error.fix


def rows_of(table: dict[str, Any], *names: str) -> set[tuple[str, ...]]:
    """Chosen attributes of all rows, as text that compares across types."""
    place = [table["attributes"].index(name) for name in names]
    return {tuple(str(row[one]) for one in place) for row in table["rows"]}


def test_every_row_has_one_row_of_the_table() -> None:
    found = made(WARD, drug(), *attributes("drug", *READ), joint_tables=[{"name": "drugs", **DRUGS}])
    known = {
        (row[0], row[1], float(row[2]), float(row[3]), row[4], row[5] and row[5][:10], row[6])
        for row in DRUGS["rows"]
    }
    seen = {
        (
            row["ward"],
            row["drug"],
            row["dose"],
            float(row["price"]),
            row["since"] and str(row["since"]),
            row["seen"] and str(row["seen"])[:10],
            row["free"],
        )
        for row in found.to_pylist()
    }
    assert seen == known
    assert [str(found.schema.field(name).type) for name in READ] == [
        "double",
        "decimal128(18, 2)",
        "date32[day]",
        "timestamp[us, tz=UTC]",
        "bool",
    ]
    assert not found.schema.field("drug").nullable
    assert found.schema.field("since").nullable


def test_rows_are_as_likely_as_their_weights_among_those_that_agree() -> None:
    found = made(WARD, drug(DRUGS), *attributes("drug", "dose"), rows=20_000).to_pydict()
    surgery = [one for ward, one in zip(found["ward"], found["dose"], strict=True) if ward == "surgery"]
    heart = [one for ward, one in zip(found["ward"], found["dose"], strict=True) if ward == "cardiology"]
    assert abs(surgery.count(1000.0) / len(surgery) - 0.8) < 0.015
    assert abs(heart.count(2.5) / len(heart) - 0.75) < 0.015


def test_children_read_what_their_parents_drew() -> None:
    children = {
        "name": "c",
        "rows": 900,
        "children_of": {"table": "t", "max": 9},
        "columns": [
            {"name": "ward", "kind": "parent", "column": "ward"},
            {"name": "drug", "kind": "parent", "column": "drug"},
            *attributes("drug", "dose", through="t"),
        ],
    }
    found = made(WARD, drug(DRUGS, nulls=0.2), rows=300, tables=[children])
    pairs = {(r["ward"], r["drug"], str(r["dose"])) for r in found.slice(0, 300).to_pylist()}
    known = {(row[0], row[1], str(float(row[2]))) for row in DRUGS["rows"]}
    nothing = {(ward, None, "None") for ward in WARD["values"]}
    assert pairs == known | nothing


def test_a_city_has_its_own_coordinates_and_a_place_in_every_country() -> None:
    where = [{"attribute": "country", "column": "country"}]
    city = {"name": "city", "kind": "joint", "joint_table": "places", "where": where}
    names = ("country_code", "latitude", "longitude", "timezone", "calling_code", "area_code")
    found = made({"name": "country", "kind": "country"}, city, *attributes("city", *names))
    table = built_in_table("places")
    columns = [table.attributes[name].held for name in ("country", "city", *names)]
    assert {tuple(row[n] for n in ("country", "city", *names)) for row in found.to_pylist()} <= set(
        zip(*columns, strict=True)
    )
    assert set(table.attributes["country"].held) >= {entry[0] for entry in entries("countries")}
    berlin = table.attributes["city"].held.index("Berlin")
    assert [round(table.attributes[n].held[berlin]) for n in ("latitude", "longitude")] == [53, 13]


def test_what_lies_between_two_attributes_is_drawn_between_them() -> None:
    table = {
        "attributes": ["grade", "low", "high", "from", "to"],
        "types": {"low": "money", "high": "money", "from": "date", "to": "date"},
        "rows": [
            ["A", 30_000, 40_000, "2020-01-01", "2020-01-03"],
            ["B", 50_000.5, 50_000.5, "2021-01-01", "2021-06-01"],
        ],
    }
    pay = {"name": "pay", "kind": "attribute", "column": "grade", "attribute": "low", "up_to": "high"}
    day = {"name": "day", "kind": "attribute", "column": "grade", "attribute": "from", "up_to": "to"}
    found = made({"name": "grade", "kind": "joint", "joint_table": table}, pay, day).to_pylist()
    a = [float(row["pay"]) for row in found if row["grade"] == "A"]
    assert 30_000 <= min(a) < 30_100 and 39_900 < max(a) <= 40_000
    assert {float(row["pay"]) for row in found if row["grade"] == "B"} == {50_000.5}
    assert len({row["day"] for row in found if row["grade"] == "A"}) == 3


def test_a_value_without_a_row_is_refused_unless_it_is_allowed() -> None:
    ward = {**WARD, "values": ["surgery", "press"]}
    field, reason, fix = refused(ward, drug(DRUGS))
    assert field == "tables[t].columns[drug].where[0]"
    assert reason == "ward can be 'press', for which the table has no row"
    assert "allow_unmatched" in fix
    found = made(ward, drug(DRUGS, allow_unmatched=True)).to_pylist()
    assert {row["ward"] for row in found if row["drug"] is None} == {"press"}


def test_a_value_that_nobody_could_foresee_gives_null() -> None:
    ward = {"name": "ward", "kind": "formula", "formula": "if(id % 2 = 0, 'surgery', 'press')"}
    found = made({"name": "id", "kind": "sequence"}, ward, drug(DRUGS))
    assert found.schema.field("drug").nullable
    assert {row["ward"] for row in found.to_pylist() if row["drug"] is None} == {"press"}


@pytest.mark.parametrize(
    ("change", "member", "reason"),
    [
        ({"rows": [["surgery"]]}, "rows", "row 0 has 1 values for 8 attributes"),
        ({"weight": "drug"}, "weight", "drug isn't above 0 in every row"),
        ({"weight": "age"}, "weight", "there is no attribute age"),
        ({"types": {"drug": "date"}}, "rows", "the values of drug aren't all of type date"),
        ({"attributes": ["a"] * 8, "types": None, "weight": None}, "attributes", "a is named twice"),
    ],
)
def test_a_table_that_cannot_be_is_refused(change: dict[str, Any], member: str, reason: str) -> None:
    found = refused(WARD, drug({**DRUGS, **change}, where=[]))
    assert found[:2] == (f"tables[t].columns[drug].joint_table.{member}", reason)


def test_what_is_not_there_is_refused_with_what_there_is() -> None:
    assert refused(WARD, drug("drogs"))[1:] == (
        "there is no joint table drogs",
        "there are: places; or give it here, or in joint_tables",
    )
    assert refused(WARD, drug(DRUGS, attribute="age"))[1] == "the table has no attribute age"
    assert refused(WARD, drug(DRUGS), *attributes("ward", "dose"))[1] == "ward draws no row of a table"
    backwards = {"attributes": ["a", "low", "high"], "rows": [["x", 2, 1]]}
    read = {"name": "r", "kind": "attribute", "column": "a", "attribute": "low", "up_to": "high"}
    assert refused({"name": "a", "kind": "joint", "joint_table": backwards}, read)[:2] == (
        "tables[t].columns[r].up_to",
        "high is less than low in row 0",
    )


def test_a_recipe_without_joint_tables_is_loaded_as_before() -> None:
    parameters = {"tables": [{"name": "t", "rows": 1, "columns": [{"name": "id", "kind": "sequence"}]}]}
    assert set(load_parameters(STRATEGIES.get("tabular"), parameters)) == {"tables"}
