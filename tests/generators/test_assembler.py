"""The compiled assembler writes the very bytes that Arrow's functions do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthmill.generators.contract_checks.awkward import batch_of, table_of
from synthmill.generators.engine.arrow_cells import cells_of
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Floats,
    Integers,
    Text,
    masked,
)
from synthmill.generators.engine.pipeline import make_cells, make_plan, make_recipe
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats.csv import FORMAT as CSV
from synthmill.generators.formats.jsonl import FORMAT as JSONL
from synthmill.generators.kernels.backend import use
from tests.generators.worlds import all_kinds, world

FORMATS = (CSV, JSONL)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
INT64 = st.integers(-(2**63), 2**63 - 1)
DAYS = st.integers(-719_162, 2_932_896)
SECOND, YEARS = 86_400, 719_162 * 86_400


def both(table: TablePlan, cells: Mapping[str, Cells], style: Any) -> tuple[bytes, bytes]:
    bodies = []
    for name in ("numpy", "numba"):
        with use(name):
            bodies.append(bytes(style.encode(table, cells, "none").body))
    return bodies[0], bodies[1]


def table_with(types: Mapping[str, tuple[pa.DataType, Cells]]) -> TablePlan:
    columns = tuple(ColumnPlan(name, kind, True, "any") for name, (kind, _) in types.items())
    return TablePlan("t", 9, 9, columns)


def check(**columns: tuple[pa.DataType, Cells]) -> None:
    cells = {name: each for name, (_, each) in columns.items()}
    for style in FORMATS:
        plain, fast = both(table_with(columns), cells, style)
        assert fast == plain


def texts(values: list[str]) -> Text:
    offsets = np.cumsum([0, *(len(value.encode()) for value in values)])
    return Text(np.frombuffer("".join(values).encode(), np.uint8), offsets)


@st.composite
def columns_of(draw: st.DrawFn, rows: int) -> tuple[pa.DataType, Cells]:
    """A column of any class of cells, some of them null."""

    def many(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    def whole(values: st.SearchStrategy[int]) -> Integers:
        return Integers(np.array(many(values), np.int64))

    def words(most: int = 5) -> DictionaryCells:
        values = draw(st.lists(TEXT, min_size=1, max_size=most))
        codes = np.array(many(st.integers(0, len(values) - 1)), np.uint32)
        return DictionaryCells(codes, Dictionary(pa.array(values)))

    def pieces() -> Concat:
        parts: list[Any] = [
            *(draw(st.lists(st.sampled_from([words(), b"-", "ß,".encode(), b'"', b" "]), max_size=3))),
            draw(st.sampled_from([words(1), texts(many(TEXT)), whole(INT64)])),
            Digits(np.array(many(st.integers(0, 2**63 - 1)), np.int64), draw(st.integers(0, 30))),
        ]
        return Concat(tuple(parts[: draw(st.integers(len(parts) - 1, len(parts)))]))

    def numbers() -> DictionaryCells:
        return DictionaryCells(
            np.array(many(st.integers(0, 1)), np.uint32), Dictionary(pa.array([1.5, 1e300]))
        )

    def moments(unit: str, second: int, zone: str | None) -> tuple[pa.DataType, Cells]:
        near = draw(st.integers(-(2**33), 2**33))
        apart = draw(st.sampled_from([10, 10**9, 10**12]))
        values = st.integers(0, apart).map(lambda value: max(-YEARS, near) * second + value)
        return pa.timestamp(unit, zone), whole(values)

    made: list[Any] = [
        lambda: (pa.string(), words()),
        lambda: (pa.float64(), numbers()),
        lambda: (pa.string(), pieces()),
        lambda: (pa.string(), texts(many(TEXT))),
        lambda: (pa.int64(), whole(INT64)),
        lambda: (pa.decimal128(18, draw(st.integers(0, 9))), None),
        lambda: (pa.date32(), whole(DAYS)),
        lambda: moments("s", 1, "UTC"),
        lambda: moments("ms", 10**3, None),
        lambda: moments("us", 10**6, "UTC"),
        lambda: (pa.bool_(), Booleans(np.array(many(st.booleans())))),
        lambda: (pa.float64(), Floats(np.array(many(st.floats())))),
        lambda: (pa.string(), Fixed(np.array(many(st.binary(min_size=16, max_size=16).map(list)), np.uint8))),
    ]
    type_, cells = draw(st.sampled_from(made))()
    if cells is None:
        cells = whole(st.integers(-(10**18) + 1, 10**18 - 1))
    if draw(st.booleans()):
        cells = masked(cells, np.array(many(st.booleans()), np.bool_))
    return type_, cells


@given(st.data())
@settings(max_examples=300)
def test_any_cells_have_the_same_bytes(data: st.DataObject) -> None:
    rows = data.draw(st.integers(1, 6))
    columns = data.draw(st.lists(columns_of(rows), min_size=1, max_size=5))
    check(**{f"c{place}": column for place, column in enumerate(columns)})


@given(st.lists(INT64 | st.integers(0, 20).map(lambda digits: min(10**digits, 2**63 - 1)), min_size=1))
def test_any_whole_number_has_the_same_digits(values: list[int]) -> None:
    numbers = np.array(values, np.int64)
    check(a=(pa.int64(), Integers(numbers)), b=(pa.int64(), Integers(numbers - 1)))


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("rows", [1, 7, 500])
def test_arrow_batches_have_the_same_bytes(style: Any, rows: int) -> None:
    plain, fast = both(table_of(rows, rows), cells_of(batch_of(rows)), style)
    assert fast == plain


@pytest.mark.parametrize("style", FORMATS)
@pytest.mark.parametrize("table", ["cells", "folk", "towns"])
def test_every_kind_has_the_same_bytes(style: Any, table: str) -> None:
    for parameters in (all_kinds(), world()):
        recipe = make_recipe("tabular", parameters, 0)
        plan = make_plan(recipe)
        planned = plan.table(table)
        bodies = []
        for name in ("numpy", "numba"):
            with use(name):
                cells = make_cells(plan, table, 0, planned.rows)
                bodies.append(bytes(style.encode(planned, cells, "none").body))
        assert bodies[0] == bodies[1]


def test_words_of_very_different_lengths_have_room() -> None:
    words = Dictionary(pa.array(["", "x" * 100_000, "y,z"]))
    check(
        a=(pa.string(), DictionaryCells(np.array([0, 2, 1, 0, 1], np.uint32), words)),
        b=(pa.string(), Concat((DictionaryCells(np.array([1, 1, 0, 0, 2], np.uint32), words), b"/"))),
    )


def test_great_tables_of_words_keep_their_separators() -> None:
    words = Dictionary(pa.array([f"word {number}" for number in range(30_000)]))
    codes = np.arange(0, 30_000, 7, dtype=np.uint32)
    check(
        a=(pa.string(), DictionaryCells(codes, words)),
        b=(pa.string(), masked(DictionaryCells(codes, words), codes % 2 == 0)),
    )


def test_years_without_four_digits_are_written_all_the_same() -> None:
    ends = np.array([-800_000, 0, 719_000], np.int64)
    check(
        a=(pa.date32(), Integers(ends)),
        b=(pa.timestamp("s"), Integers(ends * SECOND)),
        c=(pa.date32(), Integers(ends, np.array([True, False, False]))),
    )


def test_a_table_of_one_column_keeps_its_nulls() -> None:
    check(a=(pa.int64(), Integers(np.arange(4), np.array([True, False, True, True]))))
    check(a=(pa.string(), Arrow(pa.array(["a", None, ""]))))


@pytest.mark.parametrize("scale", [0, 1, 2, 9])
def test_numbers_close_together_are_written_like_others(scale: int) -> None:
    values = np.arange(5_000) % 301 - 150
    check(
        a=(pa.decimal128(18, scale), Integers(values)), b=(pa.decimal128(18, scale), Integers(values * 10**4))
    )


@pytest.mark.parametrize("character", [*map(chr, range(32)), '"', ",", "\\"], ids=ascii)
def test_texts_with_one_special_character_alone_have_the_same_bytes(character: str) -> None:
    values = ["plain", f"a{character}b", "more"]
    check(free=(pa.string(), texts(values)))
    check(coded=(pa.string(), DictionaryCells(np.array([0, 1, 2], np.uint32), Dictionary(pa.array(values)))))
