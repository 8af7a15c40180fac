"""A compiled table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from synthmill.generators.columns.computed import Computed
from synthmill.generators.columns.kind import Column
from synthmill.generators.kernels.mix import U64
from synthmill.generators.kernels.one_to_many import OneToMany

if TYPE_CHECKING:
    from synthmill.generators.tables.ordering import Ordering
    from synthmill.generators.tables.rows import TableRows


@dataclass(frozen=True)
class Nulls:
    key: int
    probability: float


@dataclass(frozen=True)
class Relation:
    table: str
    family: OneToMany


@dataclass(eq=False)
class Table:
    """What `rows` needs of a table. Filled in while planning, then only read."""

    name: str
    rows: int
    tables: Mapping[str, Table]
    """All tables of the plan."""
    relation: Relation | None = None
    columns: dict[str, Column] = field(default_factory=dict)
    nulls: dict[str, Nulls] = field(default_factory=dict)
    conditions: dict[str, Computed] = field(default_factory=dict)
    """By column: where it is true, the cell is null."""
    orderings: dict[str, Ordering] = field(default_factory=dict)
    """For a column whose cell stands in an order with others of its row: that order."""
    choosers: dict[int, Callable[[TableRows], U64]] = field(default_factory=dict)
    """For the key of a choice that a unique key takes part in: what chooses."""
    kept: TableRows | None = field(default=None, repr=False)
    """All rows, where others have looked at them; see `rows.every_row`."""

    @property
    def parents(self) -> Relation:
        """The relation to its parents' table, which it must have."""
        assert self.relation is not None, self.name
        return self.relation

    def nullable(self, column: str) -> bool:
        hidden = column in self.nulls or column in self.conditions
        return hidden or self.columns[column].nullable
