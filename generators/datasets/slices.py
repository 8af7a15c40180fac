"""Any rows of a dataset, without the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import pyarrow as pa

from synthmill.generators.engine.inputs import NO_INPUTS, InputPaths
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_rows
from synthmill.generators.engine.plan import Plan, TablePlan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.stages import Results
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.formats import FORMATS

_RANGE = re.compile(r"(?P<start>\d*)(?P<colon>:?)(?P<stop>\d*)\Z", re.ASCII)
_FIX = "give rows as START:STOP, counted from 0, STOP not included"


def parse_range(text: str, rows: int) -> tuple[int, int]:
    """`5:10`, `5:`, `:10`, `:` or `5` as first row and row after the last, like Python's slices.

    Raises InvalidRequestError (field `rows`) for anything else, and for rows that the table doesn't have.
    """
    found = _RANGE.match(text)
    if not found or not text:
        raise InvalidRequestError.one("rows", f"{text!r} isn't a range", _FIX)
    start = int(found["start"] or 0)
    last = int(found["stop"]) if found["stop"] else rows
    stop = last if found["colon"] else start + 1
    if start > stop:
        raise InvalidRequestError.one("rows", f"{text} ends before it begins", _FIX)
    if stop > rows:
        raise InvalidRequestError.one(
            "rows", f"the table has no row {stop - 1}", f"its rows are 0:{rows}, STOP not included"
        )
    return start, stop


def excerpt(
    recipe: Recipe,
    table: str,
    start: int,
    stop: int,
    format_name: str = "csv",
    header: bool = True,
    columns: Sequence[str] | None = None,
    inputs: InputPaths = NO_INPUTS,
) -> Iterator[bytes]:
    """Rows start to stop - 1 of a table as text, in pieces of a block at most; made from the recipe alone.

    The lines of `csv` and `jsonl` are those of a whole file in that format; `header` is CSV's first line.
    `columns` are those wanted, in that order. Stages that the table needs are run as a whole first. Raises
    InvalidRequestError (another engine version, an unknown column), KeyError for a table that isn't there,
    IndexError for rows that aren't, UnknownNameError for another format.
    """
    plan = make_plan(recipe, inputs)
    chosen = plan.table(table) if columns is None else plan.table(table).chosen(columns)
    results = run_stages(plan, needs=chosen.needs)
    pieces = lines("jsonl" if format_name == "json" else format_name, plan, chosen, start, stop, results)
    if format_name == "json":
        yield from _array(pieces)
        return
    if header and (line := FORMATS.get(format_name).prefix(chosen, "none")):
        yield line
    yield from pieces


def read_rows(
    plan: Plan, table: str, start: int, stop: int, columns: Sequence[str] | None = None
) -> pa.Table:
    """Rows start to stop - 1 of a table, or chosen columns of them. Stages that it needs are run first.

    Raises as `make_rows` does.
    """
    found = plan.table(table)
    schema = (found if columns is None else found.chosen(columns)).schema
    results = run_stages(plan, needs=found.needs)
    batches = []
    for block in range(start // found.block_rows, -(-stop // found.block_rows)):
        first, last = found.block_range(block)
        batches.append(make_rows(plan, table, max(start, first), min(stop, last), columns, results))
    return pa.Table.from_batches(batches, schema)


def lines(
    format_name: str, plan: Plan, table: TablePlan, start: int, stop: int, results: Results
) -> Iterator[bytes]:
    """The lines of rows start to stop - 1 as a file in that format has them, a block at a time."""
    columns = [column.name for column in table.columns]
    while start < stop:
        # A strategy makes rows of one block at a time.
        end = min(stop, start - start % table.block_rows + table.block_rows)
        rows = make_cells(plan, table.name, start, end, columns, results)
        yield bytes(FORMATS.get(format_name).encode(table, rows, "none").body)
        start = end


def _array(pieces: Iterator[bytes]) -> Iterator[bytes]:
    before = b"["
    for lines in pieces:
        # JSON has no line's end inside of text, so every one is between two rows.
        yield before + b"\n" + lines.removesuffix(b"\n").replace(b"\n", b",\n")
        before = b","
    yield b"[]\n" if before == b"[" else b"\n]\n"
