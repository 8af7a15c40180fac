"""A file as a table: the types that its values have, whatever form it comes in."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet
import pytest

from synthmill.generators.errors import InvalidRequestError, UnknownNameError
from synthmill.generators.importing.table_file import FORMS, read_table_file

ROWS: list[dict[str, Any]] = [
    {
        "code": "00501",
        "age": 25,
        "income": 5e4,
        "born": "2000-01-31",
        "at": "2026-01-01T10:00:00",
        "ok": True,
    },
    {
        "code": "10001",
        "age": 31,
        "income": 1.5,
        "born": "1994-12-01",
        "at": "2026-01-02T00:30:00",
        "ok": False,
    },
    {"code": None, "age": 40, "income": 2.0, "born": "1980-02-29", "at": "2026-01-03T23:59:59", "ok": True},
]
TYPES = {
    "code": pa.string(), "age": pa.int64(), "income": pa.float64(), "born": pa.date32(), "ok": pa.bool_(),
}  # fmt: skip


def write(folder: Path, form: str, rows: list[dict[str, Any]]) -> Path:
    path = folder / f"people.{form}"
    if form == "json":
        path.write_text(json.dumps(rows))
    elif form == "jsonl":
        path.write_text("\n".join(map(json.dumps, rows)) + "\n\n")
    elif form == "csv":
        head = list(rows[0])
        lines = [",".join("" if row[n] is None else str(row[n]) for n in head) for row in rows]
        path.write_text("\n".join([",".join(head), *lines]))
    else:
        typed = [
            row | {"born": date.fromisoformat(row["born"]), "at": datetime.fromisoformat(row["at"])}
            for row in rows
        ]
        pa.parquet.write_table(pa.Table.from_pylist(typed), path)
    return path


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_types_and_values(tmp_path: Path, form: str) -> None:
    table = read_table_file(write(tmp_path, form, ROWS), "people", form)
    assert {name: table.schema.field(name).type for name in TYPES} == TYPES
    assert pa.types.is_timestamp(table.schema.field("at").type)
    assert table.column("code").to_pylist() == ["00501", "10001", None]
    assert table.column("born").to_pylist()[2] == date(1980, 2, 29)
    assert table.column("at").to_pylist()[1] == datetime(2026, 1, 2, 0, 30)
    assert table.schema.names == list(ROWS[0])


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_what_a_row_does_not_name_is_null(tmp_path: Path, form: str) -> None:
    rows = [{"a": 1}, {"b": 2.5}, {"a": 3, "b": 1}]
    table = read_table_file(write(tmp_path, form, rows), "t", form)
    assert table.to_pydict() == {"a": [1, None, 3], "b": [None, 2.5, 1.0]}


@pytest.mark.parametrize("form", FORMS)
def test_a_row_too_many_is_refused_with_the_number_and_none_too_many_is_not(
    tmp_path: Path, form: str
) -> None:
    path = write(tmp_path, form, ROWS)
    assert read_table_file(path, "people", form, 3).num_rows == 3
    with pytest.raises(InvalidRequestError, match=r"tables\.people: has more than 2 rows"):
        read_table_file(path, "people", form, 2)


@pytest.mark.parametrize(
    ("form", "content", "reason"),
    [
        ("json", b'{"a": 1}', "isn't a JSON array"),
        ("json", b"[1]", "row 1 isn't an object"),
        ("json", b'[{"a": NaN}]', "holds NaN"),
        ("json", b'[{"a": [1]}]', "column a holds lists"),
        ("json", b'[{"a": 1}, {"a": "x"}]', "column a holds numbers and texts"),
        ("json", b'[{"a": 1e999}]', "a number beyond"),
        ("json", b"[" * 100_000, "can't be read as json"),
        ("json", b"[]", "has no rows"),
        ("jsonl", b'{"a": 1}\n{', "can't be read as jsonl"),
        ("json", b"\xff", "can't be read as json"),
        ("csv", b"a,a\n1,2\n", "several columns are called"),
        ("csv", b"", "can't be read as csv"),
        ("csv", b"\x1f\x8b\x08\x00", "is compressed"),
        ("parquet", b"PAR1", "can't be read as parquet"),
    ],
)
def test_what_cannot_be_read_is_refused_and_names_the_table(
    tmp_path: Path, form: str, content: bytes, reason: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    with pytest.raises(InvalidRequestError) as refused:
        read_table_file(path, "people", form)
    (error,) = refused.value.errors
    assert error.field == "tables.people" and reason in error.reason and error.fix


def test_another_form_is_refused_by_name(tmp_path: Path) -> None:
    path = write(tmp_path, "csv", ROWS)
    with pytest.raises(UnknownNameError, match="known: csv, json, jsonl, parquet"):
        read_table_file(path, "people", "xlsx")


@pytest.mark.parametrize("form", ["csv", "json", "jsonl"])
def test_whole_numbers_beyond_64_bits_stay_exact_as_texts(tmp_path: Path, form: str) -> None:
    numbers = [2**64 + one for one in range(3)]
    texts = {
        "csv": "id,small\n" + "".join(f"{one},7\n" for one in numbers),
        "json": json.dumps([{"id": one, "small": 7} for one in numbers]),
        "jsonl": "".join(json.dumps({"id": one, "small": 7}) + "\n" for one in numbers),
    }
    file = tmp_path / "t"
    file.write_text(texts[form])
    table = read_table_file(file, "t", form)
    assert table.column("id").to_pylist() == [str(one) for one in numbers]
    assert table.column("small").to_pylist() == [7, 7, 7]


def test_large_doubles_and_64_bits_stay_numbers(tmp_path: Path) -> None:
    file = tmp_path / "t.csv"
    file.write_text(f"a,b,c\n1e30,{2**63 - 1},{10**20}\n5,{-(2**63)},0.5\n")
    types = [str(one.type) for one in read_table_file(file, "t", "csv").schema]
    assert types == ["double", "int64", "double"]
