"""Rows of text from cells, by one compiled pass over a program of steps: what steps can be made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pt

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Booleans,
    Cells,
    Concat,
    DictionaryCells,
    Digits,
    Fixed,
    Integers,
    Part,
    Text,
)
from synthmill.generators.engine.plan import ColumnPlan, TablePlan
from synthmill.generators.engine.recent import Recent
from synthmill.generators.formats.row_program import Dated, Program, Style
from synthmill.generators.formats.text_tables import FormattedWords, days_of


def assembled(table: TablePlan, cells: Mapping[str, Cells], style: Style) -> memoryview:
    """The bytes of all rows."""
    ready = [_prepared(cells[column.name], column, style) for column in table.columns]
    program = Program(len(ready[0]), style)
    leads = [
        style.before(place, column) + (style.quote(column) if one.null is None else b"")
        for place, (column, one) in enumerate(zip(table.columns, ready, strict=True))
    ]
    program.constant(leads[0])
    for column, one, after in zip(table.columns, ready, [*leads[1:], style.end], strict=True):
        program.column(column, one, style.quote(column), style.null(table), after)
    return program.run()


@dataclass(frozen=True, eq=False)
class _FormattedText(Text):
    """Text in which nothing is left to quote or escape."""


def _prepared(cells: Cells, column: ColumnPlan, style: Style) -> Cells:
    """Cells that a step can be made of: those given, or their text."""
    cells = decoded(cells)
    match cells:
        case DictionaryCells() | Booleans():
            return cells
        case Integers():
            fits = _is_plain(column.type)
            if not fits and (days := days_of(cells, column.type)) is not None:
                return Dated(cells.values, cells.null, days=days)
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
    text = decoded(Arrow(style.formatted(to_arrow(cells, column.type))))
    assert isinstance(text, Text)
    return _FormattedText(text.blob, text.offsets, text.null)


def _prepared_part(part: Part, style: Style) -> Part | None:
    """A part whose text needs no further look; None for one that can't be written without the others."""
    if isinstance(part, Integers | Digits):
        return part
    if isinstance(part, DictionaryCells):
        words = part.words.made((style.name, "part"), lambda values: _words_within(values, style))
        return None if words is None else DictionaryCells(part.codes, words)
    if isinstance(part, Text):
        within = style.part(to_arrow(part, pa.large_string()))
        if within is None:
            return None
        text = decoded(Arrow(within))
        assert isinstance(text, Text)
        return text
    return _CONSTANTS.get((part, style), lambda: _constant_within(part, style), 2.0 * len(part))


_CONSTANTS: Recent[bytes | None] = Recent(4 * 2**20, lambda within: len(within or b""))


def _constant_within(constant: bytes, style: Style) -> bytes | None:
    within = style.part(strings([constant.decode()]))
    return None if within is None else str(within[0].as_py()).encode()


def _words_within(values: pa.Array, style: Style) -> FormattedWords | None:
    within = style.part(values)
    return None if within is None else FormattedWords(within)


def _has_length(part: Part) -> bool:
    """Whether a part is never empty, so that a cell with it isn't."""
    if isinstance(part, DictionaryCells):
        return bool(part.words.made("shortest", lambda values: pc.min(pc.binary_length(values)).as_py()))
    return isinstance(part, Integers | Digits) or (isinstance(part, bytes) and len(part) > 0)


def _is_plain(type_: pa.DataType) -> bool:
    return bool(pt.is_integer(type_) or (pt.is_decimal(type_) and type_.scale >= 0))
