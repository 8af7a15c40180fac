"""A plan: all that follows from a recipe before the first row is made.

Plans are made once per job and per process, from the recipe alone, and hold nothing that depends on
how the work will be cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyarrow as pa

MAX_BLOCK_ROWS = 65_536
"""Rows of a block unless they are wide: enough for a useful Parquet row group, quick enough to abandon."""


@dataclass(frozen=True)
class ColumnPlan:
    name: str
    type: pa.DataType
    nullable: bool
    kind: str
    """The column kind's name, for people; workers read `Plan.data`."""
    pii: bool = False
    """Whether such values, were they real, would tell of a person who it is."""


@dataclass(frozen=True)
class ForeignKey:
    columns: tuple[str, ...]
    table: str
    references: tuple[str, ...]


@dataclass(frozen=True)
class TablePlan:
    name: str
    rows: int
    block_rows: int
    """Rows of every block but the last."""
    columns: tuple[ColumnPlan, ...]
    primary_key: tuple[str, ...] = ()
    foreign_keys: tuple[ForeignKey, ...] = ()

    @cached_property
    def schema(self) -> pa.Schema:
        return pa.schema([pa.field(c.name, c.type, c.nullable) for c in self.columns])

    @property
    def blocks(self) -> int:
        return -(-self.rows // self.block_rows)

    def block_range(self, block: int) -> tuple[int, int]:
        """First row of a block and the row after its last."""
        start = block * self.block_rows
        return start, min(start + self.block_rows, self.rows)


@dataclass(frozen=True)
class Plan:
    tables: tuple[TablePlan, ...]
    data: Any
    """What the strategy's `rows` needs, compiled; of no meaning to anybody else."""

    def table(self, name: str) -> TablePlan:
        """The table of this name. Raises KeyError."""
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(name)
