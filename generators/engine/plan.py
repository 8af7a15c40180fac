"""A plan: all that follows from a recipe before the first row is made.

Plans are made once per job and per process, from the recipe alone, and hold nothing that depends on
how the work will be cut.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import cached_property
from typing import Any

import pyarrow as pa

from synthmill.generators.errors import InvalidRequestError, UnknownNameError

MAX_BLOCK_ROWS = 65_536
"""Rows of a block unless they are wide: enough for a useful Parquet row group, quick enough to abandon."""


BLOCK_BYTES = 16 * 2**20
"""What a block may come to, as text with its columns' names, by estimate."""


def block_rows(fits: Callable[[int], bool]) -> int:
    """The largest power of two up to MAX_BLOCK_ROWS of which a block may be; one where none fits."""
    rows = MAX_BLOCK_ROWS
    while rows > 1 and not fits(rows):
        rows //= 2
    return rows


class Packing(Enum):
    """What compression finds in a column, beyond what its type and its text's length say."""

    USUAL = "usual"
    WORDS = "words"
    """Some few different cells, over and over."""
    NEIGHBOURS = "neighbours"
    """Cells that are like those of the row before, or like others of their row."""
    SENTENCES = "sentences"
    """Texts of some tens of bytes and more that are put together from few pieces."""
    REPEATED = "repeated"
    """Cells in no order, each some times over, one behind the other."""
    RANDOM = "random"
    """Digits without any pattern."""


@dataclass(frozen=True)
class ColumnPlan:
    """A column of a planned table."""

    name: str
    type: pa.DataType
    """Of the cells: files, manifests and DataFrames have it."""
    nullable: bool
    """Whether cells may be null."""
    kind: str
    """The column kind's name, for people, or any word of the strategy's own; nothing follows from it."""
    pii: bool = False
    """Whether such values, if they were real, would identify a person."""
    width: int = 12
    """A cell's length as text, on average of those that aren't null, roughly, in bytes: files' sizes are
    estimated from it before rows are made."""
    packing: Packing = Packing.USUAL
    """How well the column is compressed, for the same estimates."""
    held: int = 0
    """Bytes that the plan holds for it, where they are many."""
    filled: float = 1.0
    """The share of cells that aren't null, roughly."""

    @property
    def text_bytes(self) -> float:
        """A cell's length as text, by estimate, on average of all, of which a null one has none."""
        return self.filled * (27 if pa.types.is_timestamp(self.type) else self.width)


@dataclass(frozen=True)
class ForeignKey:
    """Columns whose values are those of another table's columns."""

    columns: tuple[str, ...]
    table: str
    """The other table."""
    references: tuple[str, ...]
    """Its columns, in the same order: a key of that table."""


@dataclass(frozen=True)
class TablePlan:
    """A planned table."""

    name: str
    """Of the table and, with the format's extension, of its file."""
    rows: int
    """How many it has."""
    block_rows: int
    """Rows of every block but the last: a power of two up to MAX_BLOCK_ROWS."""
    columns: tuple[ColumnPlan, ...]
    """In the order of the file."""
    primary_key: tuple[str, ...] = ()
    """The names of columns whose values, together, no two rows share."""
    foreign_keys: tuple[ForeignKey, ...] = ()
    """What manifests say of them; making the rows keep it is the strategy's affair."""
    needs: tuple[str, ...] = ()
    """Names of stages: rows can be made once each has been run, or there is none left to run."""

    @cached_property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    def chosen(self, names: Sequence[str]) -> TablePlan:
        """The table with these columns alone, in this order, and without keys.

        Raises InvalidRequestError (field `columns`) for an unknown column, for none and for one twice.
        """
        known = {column.name: column for column in self.columns}
        for name in names:
            if name not in known:
                error = UnknownNameError("column", name, known)
                raise InvalidRequestError.one("columns", error.reason, error.fix)
        if not names or len(set(names)) < len(names):
            raise InvalidRequestError.one(
                "columns", "none is named, or one of them twice", "name each column once"
            )
        columns = tuple(known[name] for name in names)
        return replace(self, columns=columns, primary_key=(), foreign_keys=())

    @cached_property
    def bytes_per_row(self) -> float:
        """A row's length as a line of CSV, by estimate; `sizes` has those of other formats."""
        return sum(column.text_bytes + 1 for column in self.columns)

    @property
    def blocks(self) -> int:
        return -(-self.rows // self.block_rows)

    def block_range(self, block: int) -> tuple[int, int]:
        """First row of a block and the row after its last."""
        start = block * self.block_rows
        return start, min(start + self.block_rows, self.rows)


@dataclass(frozen=True)
class Plan:
    """What a strategy's `plan` gives: the tables, and all that its `cells` needs."""

    strategy: str
    """The name of the strategy that made the plan, and makes its rows."""
    tables: tuple[TablePlan, ...]
    """In the order of the manifest."""
    data: Any
    """What the strategy's `cells` needs, compiled; of no meaning to anybody else."""

    @property
    def memory(self) -> float:
        """Bytes that it takes, roughly, with the rows of small tables, which are kept once they are made."""
        kept = sum(table.bytes_per_row * min(table.rows, MAX_BLOCK_ROWS) for table in self.tables)
        return kept + sum(10_000 + column.held for table in self.tables for column in table.columns)

    def table(self, name: str) -> TablePlan:
        """The table of this name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
