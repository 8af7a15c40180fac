"""Columns inside columns, and what such a column sees of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import TYPE_CHECKING, Any

from synthmill.generators import limits
from synthmill.generators.columns.joint_tables.table import JointTable
from synthmill.generators.columns.kind import Column, ParameterError, Rows, Scope
from synthmill.generators.columns.kinds_by_name import KINDS
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.cells import Cells, masked
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.integers import below
from synthmill.generators.kernels.mix import U64

if TYPE_CHECKING:
    from synthmill.generators.columns.times.life import Life
    from synthmill.generators.columns.times.schedule import Schedule

NAME = "_"
"""What an inner column is called where something must be: its own column has the name that counts."""


@dataclass(frozen=True, eq=False)
class Inner:
    """A column inside another one, compiled, nulls included."""

    name: str
    column: Column
    keys: tuple[int, ...]
    """Under which it draws."""
    null_key: int
    nulls: float

    @property
    def nullable(self) -> bool:
        return self.nulls > 0 or self.column.nullable

    @property
    def filled(self) -> float:
        """The share of cells that aren't null, roughly."""
        return self.column.filled * (1.0 - self.nulls)

    def cells(self, rows: Rows) -> Cells:
        made = self.column.cells(rows)
        return masked(made, below(rows.draw(self.null_key), self.nulls)) if self.nulls > 0 else made


def compile_inner(
    definition: Mapping[str, Any],
    scope: Scope,
    purpose: str,
    parameter: str,
    *,
    only: tuple[str, ...] | None = None,
    repeated: bool = False,
) -> Inner:
    """Compile an inner column, its randomness apart from that of others by its purpose.

    `only`: the columns of the row that it may look at; `repeated`: a row has several of its cells. Raises
    ParameterError, naming `parameter` in front.
    """
    kind = KINDS.get(definition["kind"])
    for name in ("nulls_when", "sql_type"):
        if definition.get(name) is not None:
            raise ParameterError(
                f"{parameter}.{name}", "can't stand inside another column", "give it to the whole column"
            )
    inner = InnerScope(scope, purpose, only, repeated)
    named = {"name": NAME, **definition}
    try:
        column = kind.column(named, inner)
    except ParameterError as error:
        raise ParameterError(f"{parameter}.{error.parameter}", error.reason, error.fix) from error
    if column.rows_of is not None:
        raise ParameterError(
            f"{parameter}.kind",
            f"a {kind.name} can't stand inside another column",
            "make it a column of its own",
        )
    keys = tuple(inner.keys)
    return Inner(named["name"], column, keys, inner.key("nulls"), definition["nulls"])


def common_packing(columns: Iterable[Inner]) -> Packing:
    """How cells pack that are each one of these columns'."""
    (first, *others) = {inner.column.packing for inner in columns}
    return Packing.USUAL if others else first


def distinct_of(inner: Inner) -> float:
    """How many different cells a column has, where they are few; infinite otherwise."""
    domain = inner.column.domain
    return inner.column.distinct if domain is None else float(len(domain))


def share_filled(columns: Sequence[Inner], weights: Sequence[float]) -> float:
    """The share of cells that aren't null, each made by one of these columns, as often as its weight is of
    the sum of all; weights behind those of the columns are of null."""
    return sum(inner.filled * weight for inner, weight in zip(columns, weights, strict=False)) / sum(weights)


def common_width(columns: Sequence[Inner], weights: Sequence[float]) -> int:
    """The mean length of such cells as text."""
    shares = [inner.filled * weight for inner, weight in zip(columns, weights, strict=False)]
    widths = sum(share * inner.column.width for share, inner in zip(shares, columns, strict=True))
    return ceil(widths / sum(shares)) if sum(shares) > 0 else 1


def limited(values: int, parameter: str) -> int:
    """So many values of one cell. Raises ParameterError where they are too many to be held at once."""
    if values > limits.MAX_CELL_VALUES:
        raise ParameterError(
            parameter,
            f"a cell can have {values:,} values, with all that is inside it",
            f"make it at most {limits.MAX_CELL_VALUES:,} by smaller max_items, or make a table of children",
        )
    return values


@dataclass(frozen=True)
class InnerScope:
    """The plan as an inner column sees it, with keys of its own. Satisfies `columns.kind.Scope`."""

    outer: Scope
    purpose: str
    only: tuple[str, ...] | None
    repeated: bool
    keys: list[int] = field(default_factory=list)
    """Those that were asked for."""

    @property
    def table(self) -> str:
        return self.outer.table

    @property
    def rows(self) -> int:
        return self.outer.rows

    def rows_of(self, table: str) -> int:
        return self.outer.rows_of(table)

    def key(self, purpose: str = "") -> int:
        found = self.outer.key(f"{self.purpose} {purpose}")
        self.keys.append(found)
        return found

    def group_key(self, purpose: str) -> int:
        return self.outer.group_key(purpose)

    def source(self, column: str, through: str | None = None, *, parameter: str = "column") -> Source:
        if self.only is not None and (through is not None or column not in self.only):
            raise ParameterError(
                parameter,
                f"{column} isn't one of the columns that decide",
                f"look at {', '.join(self.only)} alone, or add it to them",
            )
        return self.outer.source(column, through, parameter=parameter)

    def has_column(self, column: str) -> bool:
        return self.outer.has_column(column) if self.only is None else column in self.only

    def key_of(self, table: str, column: str | None) -> Source:
        return self.outer.key_of(table, column)

    def parent(self) -> str | None:
        return self.outer.parent()

    def steps_of(self) -> str | None:
        return self.outer.steps_of()

    def life(self) -> Life | None:
        return self.outer.life()

    def schedule(self) -> Schedule | None:
        return self.outer.schedule()

    def joint_table(self, name: str, *, parameter: str) -> JointTable:
        return self.outer.joint_table(name, parameter=parameter)

    def source_in(self, table: str, column: str, *, parameter: str = "column") -> Source:
        return self.outer.source_in(table, column, parameter=parameter)

    def source_of_children(self, table: str, column: str, *, parameter: str = "column") -> Source:
        self._refuse_children(table)
        return self.outer.source_of_children(table, column, parameter=parameter)

    def source_of_others(self, table: str, column: str, *, parameter: str = "column") -> Source:
        self._refuse_children(table)
        return self.outer.source_of_others(table, column, parameter=parameter)

    def children_of(self, table: str) -> int:
        self._refuse_children(table)
        return self.outer.children_of(table)

    def every_cell(self, source: Source, most: int) -> Cells:
        return self.outer.every_cell(source, most)

    def column_of(self, table: str, column: str) -> Column:
        return self.outer.column_of(table, column)

    def parents_of(self, table: str) -> tuple[str, int] | None:
        return self.outer.parents_of(table)

    def rows_at(self, table: str, numbers: U64) -> Rows:
        return self.outer.rows_at(table, numbers)

    def _refuse_children(self, table: str) -> None:
        if self.repeated:
            raise ParameterError(
                "table", f"{table} can't be looked at from a list", "make it a column of its own"
            )
