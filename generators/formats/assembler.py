"""Rows of text from cells, by one compiled walk over a program of steps.

What is constant in a row (separators, keys, quotes) is joined to what stands before it while the program is
made: to the words of a table, once for all rows, or to a step as its tail. `generators.kernels.compiled.rows`
says what each step is and runs them.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    U32,
    Arrow,
    Booleans,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Fixed,
    Integers,
    Part,
    Text,
)
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.formats.text_tables import (
    AFTER,
    SLACK,
    UNITS,
    SpeltWords,
    WordTable,
    calendar,
    days_of,
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

    def spelt(self, column: pa.Array) -> pa.Array:
        """The cells without `quote` as large strings, nulls staying null. Raises TypeError."""

    def part(self, texts: pa.Array) -> pa.Array | None:
        """The texts as they stand within a longer cell; None where that depends on the rest of it."""

    def plain(self, text: Text) -> bool:
        """Whether the cells stand as they are, all of them. May say no where they do."""


@dataclass(eq=False)
class _Step:
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


def assembled(table: TablePlan, cells: Mapping[str, Cells], style: Style) -> memoryview:
    """The bytes of all rows."""
    ready = [_prepared(cells[column.name], column, style) for column in table.columns]
    program = _Program(len(ready[0]), style)
    leads = [
        style.before(place, column) + (style.quote(column) if one.null is None else b"")
        for place, (column, one) in enumerate(zip(table.columns, ready, strict=True))
    ]
    program.constant(leads[0])
    for column, one, after in zip(table.columns, ready, [*leads[1:], style.end], strict=True):
        program.column(column, one, style.quote(column), style.null(table), after)
    return program.run()


@dataclass(frozen=True, eq=False)
class _Spelt(Text):
    """Text in which nothing is left to quote or escape."""


@dataclass(frozen=True, eq=False)
class _Dated(Integers):
    """Dates or timestamps, with the first and last day of the calendar that they need."""

    days: tuple[int, int] = (0, 0)


def _prepared(cells: Cells, column: ColumnPlan, style: Style) -> Cells:
    """Cells that a step can be made of: those given, or their text."""
    cells = decoded(cells)
    match cells:
        case DictionaryCells() | Booleans():
            return cells
        case Integers():
            fits = _is_plain(column.type)
            if not fits and (days := days_of(cells, column.type)) is not None:
                return _Dated(cells.values, cells.null, days=days)
        case Fixed():
            fits = pt.is_string(column.type)
        case Concat(parts):
            parts = tuple(
                part for part in (_prepared_part(part, style) for part in parts) if part is not None
            )
            if len(parts) == len(cells.parts) and any(map(_has_length, parts)):
                return Concat(parts, cells.null)
            fits = False
        case Text():
            fits = style.plain(cells)
        case _:
            fits = False
    if fits:
        return cells
    text = decoded(Arrow(style.spelt(to_arrow(cells, column.type))))
    assert isinstance(text, Text)
    return _Spelt(text.blob, text.offsets, text.null)


def _prepared_part(part: Part, style: Style) -> Part | None:
    """A part whose text needs no further look; None for one that can't be written without the others."""
    if isinstance(part, Integers | Digits):
        return part
    if isinstance(part, DictionaryCells):
        words = part.words.made((style.name, "part"), lambda values: _words_within(values, style))
        return None if words is None else DictionaryCells(part.codes, words)
    if isinstance(part, Text):
        spelt = style.part(to_arrow(part, pa.large_string()))
        if spelt is None:
            return None
        text = decoded(Arrow(spelt))
        assert isinstance(text, Text)
        return text
    return _constant_within(part, style)


@lru_cache(maxsize=1_000)
def _constant_within(constant: bytes, style: Style) -> bytes | None:
    spelt = style.part(strings([constant.decode()]))
    return None if spelt is None else str(spelt[0].as_py()).encode()


def _words_within(values: pa.Array, style: Style) -> SpeltWords | None:
    spelt = style.part(values)
    return None if spelt is None else SpeltWords(spelt)


def _has_length(part: Part) -> bool:
    """Whether a part is never empty, so that a cell with it isn't."""
    if isinstance(part, DictionaryCells):
        return bool(part.words.made("shortest", lambda values: pc.min(pc.binary_length(values)).as_py()))
    return isinstance(part, Integers | Digits) or (isinstance(part, bytes) and len(part) > 0)


def _is_plain(type_: pa.DataType) -> bool:
    return bool(pt.is_integer(type_) or (pt.is_decimal(type_) and type_.scale >= 0))


@dataclass(eq=False)
class _Program:
    rows: int
    style: Style
    steps: list[_Step] = field(default_factory=list)
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
            self.add(_Step(self.kernel.CONSTANT, tail=text))

    def add(self, step: _Step) -> None:
        self.steps.append(step)
        self.open = True

    def column(self, column: ColumnPlan, cells: Cells, quote: bytes, null: bytes, after: bytes) -> None:
        """The steps of a column's cells, and of what follows them whether they are null or not."""
        skip = None
        if cells.null is not None:
            skip = _Step(self.kernel.NULL, self.address(cells.null), tail=null + after)
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
                self.add(_Step(kinds.WORD, words=words, codes=codes))
            case Booleans(values):
                codes = values.view(np.uint8).astype(np.uint32)
                self.add(_Step(kinds.WORD, words=_FLAGS, codes=codes))
            case Digits(values, width):
                self.add(_Step(kinds.DIGITS, self.address(values), width, most=max(width, 19)))
            case Fixed(rows):
                self.add(_Step(kinds.UUID, self.address(rows), most=36))
            case Text(blob, offsets):
                end = int(offsets[-1])
                if len(blob) < end + SPARE:
                    blob = np.concatenate((blob, np.zeros(SPARE, np.uint8)))
                step = _Step(kinds.TEXT, self.address(offsets), self.address(blob))
                step.total = end - int(offsets[0])
                self.add(step)
            case _Dated():
                self.dates(cells, type_)
            case Integers():
                self.integers(cells, type_)

    def dates(self, cells: _Dated, type_: pa.DataType) -> None:
        kinds, values, (first, _) = self.kernel, self.address(cells.values), cells.days
        table = self.address(calendar(*cells.days))
        if pt.is_date32(type_):
            self.add(_Step(kinds.DATE, values, first, table, most=16))
            return
        decimals, second = UNITS[type_.unit]
        self.add(_Step(kinds.MOMENT, values, first * 86_400 * second, table, decimals, most=30))
        self.constant(b"" if type_.tz is None else b"Z")

    def integers(self, cells: Integers, type_: pa.DataType) -> None:
        kinds, values = self.kernel, self.address(cells.values)
        scale = type_.scale if pt.is_decimal(type_) else 0
        least, greatest = int(cells.values.min()), int(cells.values.max())
        digits = max(len(str(least)), len(str(greatest)))
        if (near := few(least, greatest, cells.values, scale)) is not None:
            first, words = near
            self.add(_Step(kinds.WORD, words=words, codes=(cells.values - first).astype(np.uint32)))
        elif scale:
            # A sign, and zeros before and behind the point.
            self.add(_Step(kinds.DECIMAL, values, scale, 10**scale, most=3 + max(digits, scale)))
        else:
            self.add(_Step(kinds.INTEGER, values, most=digits))

    def address(self, array: npt.NDArray[Any]) -> int:
        array = np.ascontiguousarray(array)
        self.kept.append(array)
        return int(array.ctypes.data)

    def run(self) -> memoryview:
        for step in self.steps:
            if step.words is not None and step.codes is not None:
                self.words(step, step.words, step.codes)
        tails = self.address(np.frombuffer(b"".join(step.tail + AFTER for step in self.steps), np.uint8))
        lines, size = [], SLACK
        for step in self.steps:
            lines.append((step.kind, step.a, step.b, step.c, tails, len(step.tail), step.width))
            tails += len(step.tail) + SLACK
            size += step.total + self.rows * (step.most + len(step.tail))
        program = np.array(lines, np.int64)
        out = np.empty(size, np.uint8)
        start = out.ctypes.data
        end = self.kernel.assemble(program, 0, self.rows, start)
        # Room for the longest rows may be twice what was needed, and whoever has the bytes keeps all of it.
        out.resize(end - start, refcheck=False)
        return memoryview(out.data)

    def words(self, step: _Step, words: Dictionary, codes: U32) -> None:
        """The table of a step, with the step's tail behind every word unless that takes too much room."""
        after = step.tail if len(step.tail) * len(words) <= _FOLDED else b""

        def make(values: pa.Array) -> WordTable:
            spelt = values if isinstance(words, SpeltWords) else self.style.spelt(values)
            return word_table(spelt, after, self.kernel.SLOT_SIZE)

        table = words.made((self.style.name, after), make)
        step.tail = step.tail.removeprefix(after)
        step.kind = self.kernel.SLOT if table.slots else self.kernel.WORD
        self.kept += table.starts, table.blob
        step.a, (step.b, step.c) = self.address(codes), table.places
        if table.most <= _LONG:
            step.most = table.most
        else:
            step.total = int((table.starts[1:] - table.starts[:-1]).astype(np.int64)[codes].sum())
