"""What two datasets differ in is said to the row and the column, wherever their rows come from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

import synthmill
from synthmill.generators.datasets.diff import diff
from synthmill.generators.datasets.diff_report import Change, Counts, changes
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError

ID: dict[str, Any] = {"name": "id", "kind": "sequence"}
SIZE: dict[str, Any] = {"name": "size", "kind": "integer", "min": 1, "max": 6}


def shop(
    rows: int = 100, seed: int = 0, key: bool = True, columns: tuple[dict[str, Any], ...] = (ID, SIZE)
) -> Recipe:
    table = {"name": "orders", "rows": rows, "columns": list(columns), "primary_key": ["id"] if key else []}
    return make_recipe("tabular", {"tables": [table]}, seed)


def test_the_same_recipe_twice_has_no_difference() -> None:
    report = diff(shop(), shop())
    assert report.equal
    assert (report.recipe, report.tables[0].counts) == ((), Counts(100, 0, 0, 0))
    assert report.tables[0].key == ("id",)


def test_rows_go_by_their_keys_and_columns_are_counted() -> None:
    report = diff(shop(rows=100), shop(rows=90, columns=(ID, {**SIZE, "min": 7, "max": 9})))
    assert report.tables[0].counts == Counts(0, 90, 10, 0, {"size": 90})
    assert [one.field for one in report.recipe] == [
        "parameters.tables[orders].rows",
        "parameters.tables[orders].columns[size].min",
        "parameters.tables[orders].columns[size].max",
    ]


def test_rows_without_a_key_go_by_their_places() -> None:
    report = diff(shop(key=False), shop(rows=110, seed=1, key=False))
    counts = report.tables[0].counts
    assert report.tables[0].key == ()
    assert (counts.alike + counts.changed, counts.added) == (100, 10)
    assert 60 < counts.columns["size"] == counts.changed < 100
    assert report.recipe[-1] == Change("seed", 0, 1)


def test_columns_and_tables_of_one_alone_are_named() -> None:
    other = make_recipe("tabular", {"tables": [{"name": "items", "rows": 5, "columns": [ID]}]}, 0)
    report = diff(shop(), shop(columns=(ID,)))
    assert (report.tables[0].missing_columns, report.equal) == (("size",), False)
    report = diff(shop(), other)
    assert (report.tables, report.missing_tables, report.added_tables) == ((), ("orders",), ("items",))


def test_rows_are_counted_by_the_values_of_a_column() -> None:
    report = diff(shop(), shop(rows=95), by="size")
    groups = report.tables[0].groups
    assert sum(one.missing for one in groups.values()) == 5
    assert all(1 <= int(value) <= 6 for value in groups)


def test_files_are_read_where_they_are_and_made_again_where_not(tmp_path: Path) -> None:
    given = {"strategy": "tabular", "parameters": dict(shop().parameters), "seed": 0}
    for format_ in ("csv", "parquet"):
        synthmill.generate(**given, format=format_, out=tmp_path / format_)
    assert diff(tmp_path / "csv", tmp_path / "parquet" / "manifest.json").equal
    file = tmp_path / "parquet" / "orders.parquet"
    rows = pa.parquet.read_table(file)
    bent = rows.set_column(1, rows.schema.field(1), pa.array([99, *rows["size"].to_pylist()[1:]]))
    pa.parquet.write_table(bent, file)
    assert diff(tmp_path / "csv", tmp_path / "parquet").tables[0].counts.columns == {"size": 1}
    file.unlink()
    assert diff(tmp_path / "csv", tmp_path / "parquet").equal


def test_what_neither_has_is_refused_by_name() -> None:
    with pytest.raises(InvalidRequestError, match="neither dataset has a table 'order'"):
        diff(shop(), shop(), tables=["order"])
    with pytest.raises(InvalidRequestError, match="none of the tables has a column 'sizes'"):
        diff(shop(), shop(), by="sizes")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": 1}, {"a": 1.0}, [Change("a", 1, 1.0)]),
        ({"a": [1, 2]}, {"a": [1, 3]}, [Change("a", [1, 2], [1, 3])]),
        ({"a": {"b": True}}, {"a": {}}, [Change("a.b", True, None)]),
        ({"a": [{"code": "X", "n": 1}]}, {"a": [{"code": "X", "n": 2}]}, [Change("a[X].n", 1, 2)]),
        ({"a": []}, {"a": [{"name": "t"}]}, [Change("a[t]", None, {"name": "t"})]),
        ({"a": None}, {"a": None}, []),
    ],
)
def test_changes_of_recipes_have_paths(before: Any, after: Any, expected: list[Change]) -> None:
    assert list(changes(before, after)) == expected
