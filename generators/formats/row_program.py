"""The program of steps that puts rows of text together: what is constant in a row is joined to what stands
before it while the program is made, to the words of a table, once for all rows, or to a step as its tail.

`generators.kernels.compiled.rows` says what each step is and runs them.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import (
    U32,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Integers,
    Text,
)
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats.text_tables import (
    AFTER,
    SLACK,
    UNITS,
    FormattedWords,
    WordTable,
    calendar,
    few,
    word_table,
)
from synthmill.generators.kernels.backend import load
from synthmill.generators.kernels.texts import SPARE

_FOLDED = 16_384
"""Bytes that a constant may add to a table of words; beyond that copying it apart is quicker."""
_LONG = 64
"""Words longer than that are counted cell by cell before memory is set aside for them."""
_FLAGS = Dictionary(strings(["false", "true"]))


class Style(Hashable, Protocol):
    """What a text format says of cells."""

    @property
    def name(self) -> str: ...

    @property
    def end(self) -> bytes:
        """Of a row."""

    def before(self, place: int, column: ColumnPlan) -> bytes:
        """What stands before a column's cell, null or not."""

    def quote(self, column: ColumnPlan) -> bytes:
        """What stands before and behind every cell that isn't null."""

    def null(self, table: TablePlan) -> bytes: ...

    def formatted(self, column: pa.Array) -> pa.Array:
        """The cells without `quote` as large strings, nulls staying null. Raises TypeError."""

    def part(self, texts: pa.Array) -> pa.Array | None:
        """The texts as they stand within a longer cell; None where that depends on the rest of it."""

    def plain(self, text: Text) -> bool:
        """Whether the cells stand as they are, all of them. May say no where they do."""


@dataclass(frozen=True, eq=False)
class Dated(Integers):
    """Dates or timestamps, with the first and last day of the calendar that they need."""

    days: tuple[int, int] = (0, 0)


@dataclass(eq=False)
class Step:
    kind: int
    a: int = 0
    b: int = 0
    c: int = 0
    width: int = 0
    tail: bytes = b""
    most: int = 0
    """Bytes that the cell takes in a row at most."""
    total: int = 0
    """Bytes that it takes in all rows together, where that is known."""
    words: Dictionary | None = None
    codes: U32 | None = None


@dataclass(eq=False)
class Program:
    rows: int
    style: Style
    steps: list[Step] = field(default_factory=list)
    kept: list[npt.NDArray[Any]] = field(default_factory=list)
    """Arrays whose addresses are in the steps."""

    def __post_init__(self) -> None:
        self.kernel = load("rows")
        self.open = False
        """Whether the last step is one that a constant may be joined to."""

    def constant(self, text: bytes) -> None:
        if self.open:
            self.steps[-1].tail += text
        elif text:
            self.add(Step(self.kernel.CONSTANT, tail=text))

    def add(self, step: Step) -> None:
        self.steps.append(step)
        self.open = True

    def column(self, column: ColumnPlan, cells: Cells, quote: bytes, null: bytes, after: bytes) -> None:
        """The steps of a column's cells, and of what follows them whether they are null or not."""
        skip = None
        if cells.null is not None:
            skip = Step(self.kernel.NULL, self.address(cells.null), tail=null + after)
            self.add(skip)
            first = len(self.steps)
            self.open = False
            self.constant(quote)
        for part in cells.parts if isinstance(cells, Concat) else (cells,):
            if isinstance(part, bytes):
                self.constant(part)
            else:
                self.cell(part, column.type)
        self.constant(quote + after)
        if skip is not None:
            skip.b = len(self.steps) - first
            self.open = False

    def cell(self, cells: Cells, type_: pa.DataType) -> None:
        kinds = self.kernel
        match cells:
            case DictionaryCells(codes, words):
                self.add(Step(kinds.WORD, words=words, codes=codes))
            case Booleans(values):
                codes = values.view(np.uint8).astype(np.uint32)
                self.add(Step(kinds.WORD, words=_FLAGS, codes=codes))
            case Digits(values, width):
                self.add(Step(kinds.DIGITS, self.address(values), width, most=max(width, 19)))
            case Fixed(rows):
                self.add(Step(kinds.UUID, self.address(rows), most=36))
            case Text(blob, offsets):
                end = int(offsets[-1])
                if len(blob) < end + SPARE:
                    blob = np.concatenate((blob, np.zeros(SPARE, np.uint8)))
                step = Step(kinds.TEXT, self.address(offsets), self.address(blob))
                step.total = end - int(offsets[0])
                self.add(step)
            case Dated():
                self.dates(cells, type_)
            case Integers():
                self.integers(cells, type_)

    def dates(self, cells: Dated, type_: pa.DataType) -> None:
        kinds, values, (first, _) = self.kernel, self.address(cells.values), cells.days
        table = self.address(calendar(*cells.days))
        if pt.is_date32(type_):
            self.add(Step(kinds.DATE, values, first, table, most=16))
            return
        decimals, second = UNITS[type_.unit]
        self.add(Step(kinds.MOMENT, values, first * 86_400 * second, table, decimals, most=30))
        self.constant(b"" if type_.tz is None else b"Z")

    def integers(self, cells: Integers, type_: pa.DataType) -> None:
        kinds, values = self.kernel, self.address(cells.values)
        scale = type_.scale if pt.is_decimal(type_) else 0
        least, greatest = int(cells.values.min()), int(cells.values.max())
        digits = max(len(str(least)), len(str(greatest)))
        if (near := few(least, greatest, cells.values, scale)) is not None:
            first, words = near
            self.add(Step(kinds.WORD, words=words, codes=(cells.values - first).astype(np.uint32)))
        elif scale:
            # A sign, and zeros before and behind the point.
            self.add(Step(kinds.DECIMAL, values, scale, 10**scale, most=3 + max(digits, scale)))
        else:
            self.add(Step(kinds.INTEGER, values, most=digits))

    def address(self, array: npt.NDArray[Any]) -> int:
        array = np.ascontiguousarray(array)
        self.kept.append(array)
        return int(array.ctypes.data)

    def run(self) -> memoryview:
        for step in self.steps:
            if step.words is not None and step.codes is not None:
                self.words(step, step.words, step.codes)
        tails = self.address(np.frombuffer(b"".join(step.tail + AFTER for step in self.steps), np.uint8))
        matrix, size = [], SLACK
        for step in self.steps:
            matrix.append((step.kind, step.a, step.b, step.c, tails, len(step.tail), step.width))
            tails += len(step.tail) + SLACK
            size += step.total + self.rows * (step.most + len(step.tail))
        program = np.array(matrix, np.int64)
        out = np.empty(size, np.uint8)
        start = out.ctypes.data
        end = self.kernel.assemble(program, 0, self.rows, start)
        # Room for the longest rows may be twice what was needed, and the holder of the bytes keeps all of it.
        out.resize(end - start, refcheck=False)
        return memoryview(out.data)

    def words(self, step: Step, words: Dictionary, codes: U32) -> None:
        """The table of a step, with the step's tail behind every word unless that takes too much room."""
        after = step.tail if len(step.tail) * len(words) <= _FOLDED else b""

        def make(values: pa.Array) -> WordTable:
            formatted = values if isinstance(words, FormattedWords) else self.style.formatted(values)
            return word_table(formatted, after, self.kernel.SLOT_SIZE)

        table = words.made((self.style.name, after), make)
        step.tail = step.tail.removeprefix(after)
        step.kind = self.kernel.SLOT if table.slots else self.kernel.WORD
        self.kept += table.starts, table.blob
        step.a, (step.b, step.c) = self.address(codes), table.places
        if table.most <= _LONG:
            step.most = table.most
        else:
            step.total = int((table.starts[1:] - table.starts[:-1]).astype(np.int64)[codes].sum())
