"""A compiled table, and its primary and foreign keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from synthmill.generators.columns.computed import Computed
from synthmill.generators.columns.kind import PARENT, Column
from synthmill.generators.columns.times.life import Life
from synthmill.generators.columns.times.schedule import Schedule
from synthmill.generators.engine.plan import Plan
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import U64
from synthmill.generators.kernels.relations.one_to_many import OneToMany

if TYPE_CHECKING:
    from synthmill.generators.tables.ordering import Ordering
    from synthmill.generators.tables.rows import TableRows


@dataclass(frozen=True)
class Nulls:
    key: int
    probability: float


class ParentRows(Protocol):
    """Where the rows come from by whose cells children are counted."""

    def of(self, table: Table, parents: U64, columns: Sequence[str]) -> TableRows:
        """Rows of a table by their numbers, rising, and which of their cells will be looked at."""


@dataclass(frozen=True)
class Relation:
    table: str
    one_to_many: OneToMany
    life: Life | None = None
    """Of the parents, in which their children come to be."""
    schedule: Schedule | None = None
    """By which they do."""
    counted_with: Callable[[ParentRows], OneToMany] | None = None
    """The same relation, with its parents' rows from elsewhere; None where it is counted without any."""


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

    def filled(self, column: str) -> float:
        """The share of a column's cells that aren't null, roughly."""
        share = self.columns[column].filled
        if column in self.nulls:
            share *= 1.0 - self.nulls[column].probability
        if column in self.conditions:
            share *= 1.0 - self.conditions[column].looks.true
        return share


@dataclass(frozen=True)
class CompiledTables:
    """What a plan's `data` is, or may have as its attribute `tables` besides what else a strategy needs."""

    tables: Mapping[str, Table]


def tables_of(plan: Plan) -> Mapping[str, Table]:
    """The compiled tables of a plan, by name. Raises TypeError where its strategy doesn't stand on them."""
    found = getattr(plan.data, "tables", None)
    if not isinstance(found, Mapping):
        raise TypeError(f"a plan of {plan.strategy} has no compiled tables")
    return found


def link_and_column(table: Table, name: str) -> tuple[str | None, str, str]:
    """What a name means that may have a dot in it: the link, the table at its other end, and the column."""
    through, dot, column = name.rpartition(".")
    if not dot:
        return None, table.name, column
    compiled = table.columns.get(through)
    if compiled is None or compiled.rows_of is None or compiled.refers_to is None:
        return PARENT, table.parents.table, column
    return through, compiled.refers_to[0], column


def primary_key(parameters: Mapping[str, Any], table: Table) -> tuple[str, ...]:
    """The primary key that the parameters name.

    Raises InvalidRequestError where a column is missing, can be null, or where nothing makes a single column
    unique (several are made so by a rule).
    """
    path, names = f"tables[{table.name}].primary_key", tuple(parameters["primary_key"])
    for name in names:
        if name not in table.columns:
            raise InvalidRequestError.one(
                path, f"there is no column {name}", f"there are: {', '.join(table.columns)}"
            )
        if table.nullable(name):
            raise InvalidRequestError.one(path, f"{name} can be null", f"set the nulls of {name} to 0")
    if len(names) == 1 and not _identifies(names, table) and not _chosen_apart(names[0], table):
        raise InvalidRequestError.one(
            path,
            f"nothing makes {names[0]} unique",
            "use a sequence or a uuid, put the column into unique_keys, or use the parent's key together "
            "with a line_number, or alone where a parent has at most one child",
        )
    return names


def is_unique(names: Sequence[str], table: Table) -> bool:
    """Whether no two rows can have the same cells in these columns, by what the columns are."""
    if any(table.columns[name].unique for name in names):
        return True
    numbered = any(table.columns[name].numbers_siblings for name in names)
    return numbered and bool(parent_key(names, table))


def _identifies(names: Sequence[str], table: Table) -> bool:
    """The same, where the parent's key alone will do as well: for children that have no siblings.

    No rule for unique keys: it would have to draw otherwise than before, for the same recipe.
    """
    only = table.relation is not None and table.relation.one_to_many.most <= 1
    return is_unique(names, table) or (only and bool(parent_key(names, table)))


def parent_key(names: Sequence[str], table: Table) -> list[str]:
    """Those of the columns that together say whose child a row is."""
    relation = table.relation
    copied = {name: of for name in names if (of := table.columns[name].of_parent) is not None}
    if relation is None or not _identifies(list(copied.values()), table.tables[relation.table]):
        return []
    return list(copied)


def _chosen_apart(name: str, table: Table) -> bool:
    choices = table.columns[name].choices
    return choices is not None and choices.key in table.choosers


def foreign_keys(names: Iterable[str], table: Table) -> Iterator[tuple[str, tuple[str, tuple[str, ...]]]]:
    """Each of the columns that refers to another table, with that table and the column it refers to."""
    for name in names:
        reference = table.columns[name].refers_to
        if reference is not None:
            there, key = reference
            yield name, (there, (key,))
