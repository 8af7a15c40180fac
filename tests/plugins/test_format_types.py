"""A format that can't hold a column says so before any work begins."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

import synthmill
from synthmill.command import main
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.plan import ColumnPlan, Plan, TablePlan
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.format_check import check_format, value_of
from synthmill.generators.recipes.request import parse
from tests.generators.worlds import all_kinds
from tests.plugin_packages import on_the_path, write_package

WHOLE = """
import pyarrow as pa
from synthmill.plugins import Encoded, to_batch

class Whole:
    name, extension, media_type = "whole", "txt", "text/plain"
    compressions, compresses_inside = ("none",), False
    def codec(self, compression): return "whole 1"
    def prefix(self, table, compression): return b""
    def encode(self, table, cells, compression):
        for column in to_batch(cells, table.schema).columns:
            if not pa.types.is_integer(column.type):
                raise TypeError(f"only whole numbers,\\nnot {column.type}")
        return Encoded(b"1")
    def suffix(self, table, compression, blocks): return b""

FORMAT = Whole()
"""
TIMES = """
import datetime, pyarrow as pa
from synthmill.plugins import ColumnPlan, Parameters, Plan, TablePlan, cells_of

class Times:
    name, title, description, Parameters = "times", "Times", "Stretches of time.", Parameters
    def inputs(self, parameters): return ()
    def plan(self, parameters, seed, inputs):
        columns = (ColumnPlan("at", pa.duration("s"), False, "time"),)
        return Plan("times", (TablePlan("t", 5, 8, columns),), None)
    def cells(self, plan, table, start, stop, columns, results):
        at = [datetime.timedelta(0, row) for row in range(start, stop)]
        return cells_of(pa.record_batch({"at": at}, schema=plan.table(table).schema))

STRATEGY = Times()
"""
TABLE = {
    "name": "orders",
    "rows": 10,
    "columns": [
        {"name": "id", "kind": "sequence"},
        {"name": "paid", "kind": "boolean"},
        {"name": "tags", "kind": "array", "of": {"kind": "sequence"}, "min_items": 1, "max_items": 3},
    ],
}
REQUEST: dict[str, Any] = {"strategy": "tabular", "parameters": {"tables": [TABLE]}, "seed": 7}


@pytest.fixture(autouse=True)
def installed(tmp_path: Path) -> Iterator[None]:
    folder = tmp_path / "site"
    folder.mkdir()
    entries = (
        "[synthmill.formats]\nwhole = whole_numbers:FORMAT\n"
        "[synthmill.strategies]\ntimes = times_of_day:STRATEGY\n"
    )
    write_package(folder, "whole-numbers", "1.0", entries, {"whole_numbers": WHOLE, "times_of_day": TIMES})
    with on_the_path(folder):
        yield


def test_every_column_that_a_format_cannot_hold_is_named_with_it_and_the_formats_that_can() -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        parse({**REQUEST, "format": "whole"})
    assert [(error.field, error.reason, error.fix) for error in refusal.value.errors] == [
        (
            "format",
            f"whole can't hold orders.{column} ({of}): only whole numbers, not {of}",
            "choose arrow or csv or jsonl or parquet",
        )
        for column, of in (("paid", "bool"), ("tags", "list<item: int64 not null>"))
    ]


def test_nothing_is_begun_and_the_command_prints_lines(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recipe = tmp_path / "recipe.json"
    recipe.write_text(__import__("json").dumps(REQUEST))
    assert (
        main(["generate", "--recipe", str(recipe), "--format", "whole", "--out", str(tmp_path / "out")]) == 2
    )
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("error: format: whole can't hold orders.") for line in lines)
    assert not (tmp_path / "out").exists()


def test_a_format_of_ours_that_cannot_hold_a_plugins_column_says_so_as_well() -> None:
    with pytest.raises(InvalidRequestError, match=r"csv can't hold t\.at \(duration\[s\]\)") as refusal:
        synthmill.generate(strategy="times", format="csv")
    (error,) = refusal.value.errors
    assert error.fix == "choose arrow or parquet"
    assert synthmill.generate(strategy="times", format="arrow").manifest["rows"] == 5


def test_columns_that_a_format_can_hold_are_made() -> None:
    table = {**TABLE, "columns": TABLE["columns"][:1]}
    wanted = {**REQUEST, "parameters": {"tables": [table]}, "format": "whole"}
    assert synthmill.generate(**wanted).manifest["rows"] == 10


def test_our_formats_hold_every_type_of_our_kinds() -> None:
    plan = make_plan(make_recipe("tabular", all_kinds(), 0))
    assert {column.kind for table in plan.tables for column in table.columns} >= set(KINDS.usable())
    for name in FORMATS.usable():
        if name != "whole":
            check_format(plan, name)


@pytest.mark.parametrize(
    "of", [pa.map_(pa.string(), pa.int64()), pa.binary(), pa.list_(pa.int8(), 2)], ids=str
)
@pytest.mark.parametrize("name", ["csv", "jsonl"])
def test_our_formats_of_text_refuse_the_types_that_they_have_no_text_for(name: str, of: pa.DataType) -> None:
    plan = Plan("any", (TablePlan("t", 1, 1, (ColumnPlan("c", of, True, "any"),)),), None)
    with pytest.raises(
        InvalidRequestError, match=rf"{name} can't hold t\.c .*: no text for a column of type"
    ):
        check_format(plan, name)


@pytest.mark.parametrize(
    "type_",
    [
        pa.int8(), pa.uint64(), pa.float32(), pa.decimal128(9, 3), pa.date32(), pa.timestamp("ns", "UTC"),
        pa.time32("s"), pa.duration("us"), pa.large_string(), pa.binary(),
        pa.dictionary(pa.int32(), pa.string()),
        pa.list_(pa.struct([("a", pa.list_(pa.bool_()))])),
    ],
    ids=str,
)  # fmt: skip
def test_there_is_a_cell_of_every_type(type_: pa.DataType) -> None:
    assert pa.array([value_of(type_)], type_).null_count == 0
