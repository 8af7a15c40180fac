"""A small dataset as an Excel workbook: a sheet for each table, with types, a header and filters."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow.types as pt
import xlsxwriter

from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_plan, make_rows
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError

MOST_ROWS = 1_048_576
"""Of a sheet, the header included."""
_MOST_COLUMNS = 16_384
_LONGEST_NAME = 31
_LONGEST_TEXT = 32_767
_FIRST_YEAR = 1900
_EXACT = 10**15
"""Excel's numbers have 15 digits; longer ones are written as text."""


def write_xlsx(recipe: Recipe, path: Path, inputs: InputPaths = NO_INPUTS) -> None:
    """Write the workbook. Raises OSError, InvalidRequestError for a table that doesn't fit into a sheet."""
    plan = make_plan(recipe, inputs)
    for table in plan.tables:
        _check(table)
    results = run_stages(plan)
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    # Opened here, a place where no file can be is an OSError, and known before rows are made.
    with path.open("wb") as file, xlsxwriter.Workbook(file, options) as book:
        formats = {
            "bold": book.add_format({"bold": True}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        names: set[str] = set()
        for table in plan.tables:
            sheet = book.add_worksheet(_sheet_name(table.name, names))
            _fill(sheet, plan, results, table, formats)


def _check(table: TablePlan) -> None:
    for count, most, what in (
        (table.rows + 1, MOST_ROWS, "rows with the header"),
        (len(table.columns), _MOST_COLUMNS, "columns"),
    ):
        if count > most:
            raise InvalidRequestError.one(
                f"tables[{table.name}]",
                f"{count:,} {what}; a sheet of Excel has {most:,}",
                "make fewer rows, or export SQL; CSV and Parquet have no such limit",
            )


def _sheet_name(name: str, taken: set[str]) -> str:
    short = name[:_LONGEST_NAME]
    number = 1
    while short.lower() in taken:
        number += 1
        short = f"{name[: _LONGEST_NAME - len(str(number)) - 1]}_{number}"
    taken.add(short.lower())
    return short


def _fill(sheet: Any, plan: Plan, results: Results, table: TablePlan, formats: dict[str, Any]) -> None:
    shapes = []
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, column.name, formats["bold"])
        shape = "date" if pt.is_date(column.type) else "time" if pt.is_timestamp(column.type) else None
        sheet.set_column(place, place, 20 if shape else max(10, len(column.name) + 2))
        shapes.append(formats.get(shape or ""))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, table.rows, len(table.columns) - 1)
    for block in range(table.blocks):
        start, stop = table.block_range(block)
        rows = make_rows(plan, table.name, start, stop, None, results)
        columns = [column.to_pylist() for column in rows.columns]
        for at, row in enumerate(zip(*columns, strict=True), start + 1):
            for place, value in enumerate(row):
                _write(sheet, at, place, value, shapes[place])


def _write(sheet: Any, row: int, place: int, value: Any, shape: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif shape is not None and value.year < _FIRST_YEAR:
        sheet.write_string(row, place, value.isoformat())
    elif shape is not None:
        # Excel has no time zones: UTC, as everywhere.
        sheet.write_datetime(
            row, place, value.replace(tzinfo=None) if hasattr(value, "tzinfo") else value, shape
        )
    elif isinstance(value, str | list | dict):
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
        if len(text) > _LONGEST_TEXT:
            raise InvalidRequestError.one(
                f"row {row - 1}",
                f"a text of {len(text):,} characters; a cell of Excel has {_LONGEST_TEXT:,}",
                "make shorter texts, or export SQL",
            )
        sheet.write_string(row, place, text)
    elif value - value != 0 or (value == int(value) and abs(value) >= _EXACT):
        sheet.write_string(row, place, str(value))
    else:
        sheet.write_number(row, place, float(value))
