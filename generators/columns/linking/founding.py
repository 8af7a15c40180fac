"""Whether every row finds one that it may refer to, while planning."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from synthmill.generators.columns.kind import ParameterError, Rows, Scope
from synthmill.generators.columns.linking.wanted import Wanted
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrow_cells import decoded, gathered, to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, DictionaryCells
from synthmill.generators.kernels.mix import I64

MOST_TRIED = 2**17
"""Rows of a table that are all made to see whether each finds one."""

_MOST_KNOWN = 2**16
"""Rows of a table whose column's values are all looked at, since others have one of them."""

_FARTHEST = 64
"""Columns that may be copies of one another."""


def known_values(source: Source, scope: Scope) -> Cells | None:
    """All values that a column can have besides null, where they are few: of a small table, or known."""
    table, column = source.table, source.column
    for _ in range(_FARTHEST):
        compiled, rows = scope.column_of(table, column), scope.rows_of(table)
        if rows <= _MOST_KNOWN:
            cells = scope.rows_at(table, np.arange(rows, dtype=np.uint64)).look(None, column)
            return Arrow(to_arrow(cells, compiled.type).drop_null().unique())
        if compiled.domain is not None:
            return Arrow(compiled.domain)
        cells = decoded(scope.rows_at(table, np.zeros(1, np.uint64)).look(None, column))
        if isinstance(cells, DictionaryCells):
            return Arrow(cells.words.values)
        if compiled.copy_of is not None:
            _, table, column = compiled.copy_of
        elif compiled.refers_to is not None:
            table, column = compiled.refers_to
        else:
            return None
    return None


def check_founded(find: Callable[[Rows], I64], wanted: Wanted, doubt: str, scope: Scope) -> None:
    """Try all rows, if they are few enough. Raises ParameterError where one finds none, or may do so: one
    with a value that is in `doubt`, if any is."""
    columns = [source.column for source in wanted.own]
    parameter = "match" if columns else "existing"
    values = f"for each value of {', '.join(columns)}" if columns else "that fits"
    begin = f" which exists from the earliest {wanted.at.column} on" if wanted.at is not None else ""
    fix = f"give {wanted.table} a row {values}{begin}; or set otherwise to null"
    if scope.rows > MOST_TRIED:
        lost = f"a row with {doubt}" if doubt else f"one of {scope.rows} rows"
        raise ParameterError(parameter, f"{lost} may find no row of {wanted.table}", fix)
    rows = scope.rows_at(scope.table, np.arange(scope.rows, dtype=np.uint64))
    wrong = np.flatnonzero((find(rows) < 0) & ~wanted.nothing(rows))
    if len(wrong):
        sources = [*wanted.own, *((wanted.at,) if wanted.at is not None else ())]
        said = [f"{source.column} {_shown(source, rows, wrong[:1])}" for source in sources]
        raise ParameterError(parameter, f"no row of {wanted.table} is there for {' and '.join(said)}", fix)


def _shown(source: Source, rows: Rows, place: I64) -> str:
    return str(to_arrow(gathered(source.cells(rows), place), source.type)[0].as_py())
