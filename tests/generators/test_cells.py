"""Cells of every class are what `to_arrow` says they are."""

from __future__ import annotations

import pickle
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.contract_checks.awkward import batch_of
from synthmill.generators.engine.arrays import MONEY
from synthmill.generators.engine.arrow_cells import decoded, gathered, to_arrow
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

WORDS = Dictionary(pa.array(["red", "green", "blue"]))
CODES = np.array([2, 0, 1, 2], np.uint32)
WHOLE = np.array([5, 0, 70, 123], np.int64)
IDS = np.arange(64, dtype=np.uint8).reshape(4, 16)

EVERY: dict[str, tuple[Cells, pa.DataType, list[object]]] = {
    "coded": (DictionaryCells(CODES, WORDS), pa.string(), ["blue", "red", "green", "blue"]),
    "numbers": (
        DictionaryCells(CODES, Dictionary(pa.array([0.5, 1.0, 9.0]))),
        pa.float64(),
        [9.0, 0.5, 1.0, 9.0],
    ),
    "integers": (Integers(WHOLE), pa.int64(), [5, 0, 70, 123]),
    "small": (Integers(WHOLE), pa.int16(), [5, 0, 70, 123]),
    "money": (Integers(-WHOLE), MONEY, [Decimal(f"-{cents}").scaleb(-2) for cents in (5, 0, 70, 123)]),
    "digits": (Digits(WHOLE, 2), pa.string(), ["05", "00", "70", "123"]),
    "floats": (Floats(WHOLE / 8), pa.float64(), [0.625, 0.0, 8.75, 15.375]),
    "booleans": (Booleans(WHOLE > 10), pa.bool_(), [False, False, True, True]),
    "fixed": (
        Fixed(IDS),
        pa.string(),
        [
            f"{row:02x}{row + 1:02x}{row + 2:02x}{row + 3:02x}-{row + 4:02x}{row + 5:02x}-{row + 6:02x}"
            f"{row + 7:02x}-{row + 8:02x}{row + 9:02x}-{''.join(f'{row + at:02x}' for at in range(10, 16))}"
            for row in range(0, 64, 16)
        ],
    ),
    "text": (
        Text(np.frombuffer("abüc".encode(), np.uint8), np.array([0, 1, 4, 4, 5])),
        pa.string(),
        ["a", "bü", "", "c"],
    ),
    "pieces": (
        Concat((DictionaryCells(CODES, WORDS), b"-", Integers(WHOLE), b"/", Digits(WHOLE, 3))),
        pa.string(),
        ["blue-5/005", "red-0/000", "green-70/070", "blue-123/123"],
    ),
    "arrow": (Arrow(pa.array([1, 2, 3, 4])), pa.int64(), [1, 2, 3, 4]),
}
every = pytest.mark.parametrize("name", EVERY)


@every
def test_cells_become_arrays_of_the_columns_type(name: str) -> None:
    cells, type_, expected = EVERY[name]
    array = to_arrow(cells, type_)
    array.validate(full=True)
    assert array.type == type_
    assert array.to_pylist() == expected
    assert len(cells) == 4


@every
def test_hidden_cells_are_null_and_stay_so(name: str) -> None:
    cells, type_, expected = EVERY[name]
    once = masked(cells, np.array([True, False, False, False]))
    twice = masked(once, np.array([False, False, True, False]))
    assert to_arrow(twice, type_).to_pylist() == [None, expected[1], None, expected[3]]
    assert twice.null is not None
    assert twice.null.tolist() == [True, False, True, False]


@every
def test_cells_can_be_gathered(name: str) -> None:
    cells, type_, expected = EVERY[name]
    places = np.array([3, 3, 0])
    assert to_arrow(gathered(cells, places), type_).to_pylist() == [expected[3], expected[3], expected[0]]
    some = masked(cells, np.array([True, False, False, False]))
    assert to_arrow(gathered(some, places), type_).to_pylist() == [expected[3], expected[3], None]


@every
def test_no_rows_are_no_cells(name: str) -> None:
    cells, type_, _ = EVERY[name]
    none = gathered(cells, np.empty(0, np.int64))
    assert len(none) == 0
    assert to_arrow(none, type_).to_pylist() == []


@pytest.mark.parametrize("name", batch_of(1).schema.names)
@pytest.mark.parametrize(("start", "rows"), [(0, 20), (3, 11), (5, 0)])
def test_opened_arrays_hold_what_they_held(name: str, start: int, rows: int) -> None:
    array = batch_of(40)[name].slice(start, rows)
    cells = decoded(Arrow(array))
    assert to_arrow(cells, array.type).equals(array)
    assert isinstance(cells, Arrow) == (name in ("single", "wide"))


def test_dictionaries_open_to_codes() -> None:
    array = pa.array(["a", None, "b", "a"]).dictionary_encode()
    cells = decoded(Arrow(array))
    assert isinstance(cells, DictionaryCells)
    assert to_arrow(cells, pa.string()).to_pylist() == ["a", None, "b", "a"]
    odd = pa.DictionaryArray.from_arrays(pa.array([0, 1, None]), pa.array(["a", None]))
    assert to_arrow(decoded(Arrow(odd)), pa.string()).to_pylist() == ["a", None, None]


def test_words_make_a_thing_once_and_travel_without_it() -> None:
    words = Dictionary(pa.array(["a"]))
    made = [words.made("page", lambda values: [*values.to_pylist()]) for _ in range(2)]
    assert made[0] is made[1]
    assert pickle.loads(pickle.dumps(words)).values.equals(words.values)
