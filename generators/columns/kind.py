"""What a column kind is: a parameters' schema, a step at planning and a pure step that makes cells."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import marshmallow as ma
import pyarrow as pa

from synthmill.generators.columns.costs import Costing, Costs, usual_cost
from synthmill.generators.columns.parsed import formula_field
from synthmill.generators.engine.cells import Cells, Flags
from synthmill.generators.engine.costs import Cost
from synthmill.generators.engine.plan import Packing
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.schema.fields import Name, Number, Parameters, SqlType

if TYPE_CHECKING:
    from synthmill.generators.columns.children import Children
    from synthmill.generators.columns.joint_tables.table import JointDraw, JointTable
    from synthmill.generators.columns.source import Source
    from synthmill.generators.columns.state_path import StatePath
    from synthmill.generators.columns.times.life import Life
    from synthmill.generators.columns.times.schedule import Schedule

T = TypeVar("T")

PARENT = ""
"""As a link: to the row that a row is a child of. No column is called so."""


class Rows(Protocol):
    """Chosen rows of one table, in any order, for which cells are made."""

    @property
    def numbers(self) -> U64:
        """The rows' numbers in the table."""

    def __len__(self) -> int: ...

    def draw(self, key: int) -> U64:
        """64 random bits for each row under a key that the column got from `Scope.key`."""

    def choose(self, key: int, count: int) -> U64:
        """One of `count` equally likely numbers from 0 for each row, under a key from `Scope.key`.

        Different for all rows, or for those of one parent, where a unique key of the table asks for that.
        """

    def once(self, purpose: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once for these rows and each purpose."""

    def parents(self) -> U64:
        """For each row, the number of the row that it is a child of."""

    def sibling_index(self) -> U64:
        """For each row, its place among its siblings, from 0."""

    def look(self, link: str | None, column: str) -> Cells:
        """The cells of another column: of these rows (None), or of the rows that a link of theirs leads to.

        A link is a foreign key of the table, or PARENT. Where it is null, so is the cell.
        """

    def follow(self, link: str) -> tuple[Rows, I64 | None]:
        """The rows that a link leads to, and where each of ours is among them (None: one by one)."""

    def children(self, table: str) -> Iterator[Children]:
        """All children of these rows in a table, for some of the rows at a time."""

    def child_numbers(self, table: str) -> tuple[U64, I64]:
        """For each row the number of its first child in a table, and how many it has: these follow it."""

    def rows_at(self, table: str, numbers: U64) -> Rows:
        """Rows of any table of the plan, by their numbers."""

    def siblings(self) -> tuple[Rows, I64]:
        """All children of these rows' parents, parent by parent, and each of ours' place among them."""


@dataclass(frozen=True)
class Choices:
    """How a column chooses: it calls `Rows.choose` with this key and count, and its cells differ where
    choices do. So it can be part of a unique key."""

    key: int
    """From `Scope.key`."""
    count: int
    """How many there are to choose among."""


@dataclass(frozen=True, eq=False)
class Column:
    """A column kind with its parameters, compiled: what makes the cells of one column."""

    type: pa.DataType
    """Of the cells."""
    cells: Callable[[Rows], Cells]
    """Cells of `type` for the rows. A cell depends on its row alone, not on the others asked for."""
    width: int = 12
    """A cell's length as text, on average of those that aren't null, roughly, in bytes."""
    nullable: bool = False
    """Whether cells may be null by themselves (because they are made from null ones)."""
    filled: float = 1.0
    """The share of cells that aren't null by themselves, roughly."""
    distinct: float = inf
    """How many different cells there are, roughly, where these are few and `domain` isn't known."""
    unique: bool = False
    """Whether no two rows have an equal cell, so that the column alone can be a primary key."""
    numbers_siblings: bool = False
    """Whether no two children of one parent have an equal cell."""
    refers_to: tuple[str, str] | None = None
    """The table and column whose values these are, for a foreign key."""
    of_siblings: bool = False
    """Whether cells are made from those of all siblings of a row."""
    of_parent: str | None = None
    """The column of the parent's row whose cells these are, as they are."""
    rows_of: Callable[[Rows], U64] | None = None
    """For a foreign key: the rows of that table that the rows refer to. Makes the column a link."""
    absent: Callable[[Rows], Flags] | None = None
    """For a link: the rows for which it leads nowhere by itself; its cells are null there."""
    restricted: bool = False
    """For a foreign key: whether which rows it may lead to depends on the row, so that no other law can
    choose among them."""
    copy_of: tuple[str | None, str, str] | None = None
    """The link, table and column of the cell that each of these is, as it is."""
    in_order: bool = False
    """Whether no cell is less than that of an earlier row of the table."""
    period: tuple[int, int] | None = None
    """Of times and days, where it is known: microseconds between which all cells lie, both included."""
    choices: Choices | None = None
    """What cells are chosen among, where each is as likely as any other and follows from its number."""
    state_path: StatePath | None = None
    """For a state: the states that a row goes through on its way there."""
    joint: JointDraw | None = None
    """For cells of a joint table: which row of it each row draws."""
    domain: pa.Array | None = None
    """All values that a cell can have besides null, where they are few and known beforehand."""
    pii: bool = False
    """Whether its values, if they were real, would identify a person."""
    values: int = 1
    """How many a cell has at most: the items of a list, the members of an object, with all inside them."""
    packing: Packing = Packing.USUAL
    """How well the column is compressed, for estimates of files' sizes."""
    longest: int = 0
    """A cell's length as text where it may be far beyond `width`, as where texts are repeated in it."""
    rises: bool = False
    """Whether times or days rise from sibling to sibling, so that the last child is the latest."""
    held: int = 0
    """Bytes that the plan holds for it, where they are many: an index of a table's rows."""


class Scope(Protocol):
    """The plan in the making, as one column sees it."""

    @property
    def table(self) -> str: ...

    @property
    def rows(self) -> int:
        """Of the column's table."""

    def rows_of(self, table: str) -> int:
        """Rows of any table. Raises ParameterError for the parameter `table`."""

    def key(self, purpose: str = "") -> int:
        """The key of this column's randomness for a purpose; unrelated to all other keys."""

    def group_key(self, purpose: str) -> int:
        """A key that all columns of the table get for this purpose, so that they share its randomness."""

    def life(self) -> Life | None:
        """In which this table's rows come to be as children of others, if `children_of` says so."""

    def schedule(self) -> Schedule | None:
        """By which they do, if there is one."""

    def source(self, column: str, through: str | None = None, *, parameter: str = "column") -> Source:
        """Another column, by name: of the same row, or of the row that `through` leads to, which is a foreign
        key of this table, the parents' table or the column with its key, or PARENT. `customer_id.city` is
        the column `city` through `customer_id`.

        Raises ParameterError naming `parameter` if there is none, InvalidRequestError if it goes in a circle.
        """

    def has_column(self, column: str) -> bool:
        """Whether the column's table has a column of this name."""

    def key_of(self, table: str, column: str | None) -> Source:
        """The column that a foreign key refers to (None: the table's primary key). Raises ParameterError."""

    def parent(self) -> str | None:
        """The table whose rows have this table's rows as children."""

    def steps_of(self) -> str | None:
        """The parents' column whose states' steps this table's rows are."""

    def joint_table(self, name: str, *, parameter: str) -> JointTable:
        """A table of joint values by name: of the recipe, or one that comes with the package.

        Raises ParameterError naming `parameter`.
        """

    def source_in(self, table: str, column: str, *, parameter: str = "column") -> Source:
        """A column of any table, to be looked at as a whole (`every_cell`). Raises ParameterError."""

    def source_of_children(self, table: str, column: str, *, parameter: str = "column") -> Source:
        """A column of a table whose rows are children of this table's rows, to be looked at through
        `Rows.children`. Raises ParameterError, also where it is itself made from children's columns.
        """

    def source_of_others(self, table: str, column: str, *, parameter: str = "column") -> Source:
        """A column of another table whose rows are children of the same rows as this table's, to be looked at
        through `Rows.children` of those. Raises ParameterError.
        """

    def children_of(self, table: str) -> int:
        """How many children a row of this table has at most in a table. Raises ParameterError for `table`."""

    def every_cell(self, source: Source, most: int) -> Cells:
        """All cells of a column of a table of at most `most` rows (else ParameterError for `table`)."""

    def column_of(self, table: str, column: str) -> Column:
        """A compiled column of any table. Raises InvalidRequestError if it goes in a circle."""

    def parents_of(self, table: str) -> tuple[str, int] | None:
        """The table whose rows have a table's rows as children, and how many each has at least."""

    def rows_at(self, table: str, numbers: U64) -> Rows:
        """Rows of any table, for columns that were asked for: cells of others may not be made yet."""


class ParameterError(ValueError):
    """A parameter can't be what it is, for a reason that only shows at planning."""

    def __init__(self, parameter: str, reason: str, fix: str = "") -> None:
        self.parameter, self.reason, self.fix = parameter, reason, fix
        super().__init__(f"{parameter}: {reason}")


@dataclass(frozen=True, eq=False)
class Kind:
    """A column kind, as a module of `synthmill.generators.columns` exposes it under the name KIND."""

    name: str
    """What recipes call it, and its entry point."""
    title: str
    """For people, in a few words."""
    description: str
    """For people, in a sentence."""
    Parameters: type[ma.Schema]
    """The parameters of such a column: a class of ColumnParameters."""
    compile: Callable[[Mapping[str, Any], Scope], Column]
    """From loaded parameters; pure. Raises ParameterError for what can't be satisfied."""
    example: Mapping[str, Any]
    """Parameters of a column that a reader would understand, without `name` and `kind`."""
    pii: bool = False
    """Whether such values, if they were real, would identify a person."""
    check_tables: Sequence[Mapping[str, Any]] = ()
    """What the example needs around it, for `synthmill plugins check`: tables of `tabular`, one of which is
    called `cells` and gets the column. Where there are none it is one with columns of common kinds."""
    costs: Costs = usual_cost
    """What a column costs by its parameters: for a kind whose cells may be large, many or dear."""

    def cost(self, parameters: Mapping[str, Any], costing: Costing) -> Cost:
        """What a column costs, by estimate."""
        return self.costs(parameters, costing)

    def column(self, parameters: Mapping[str, Any], scope: Scope) -> Column:
        """The kind's column, which knows what is known of the kind. Raises ParameterError."""
        compiled = self.compile(parameters, scope)
        return replace(compiled, pii=True) if self.pii else compiled


class ColumnParameters(Parameters):
    """What the parameters of every kind begin with."""

    name = Name("What the column is called.", examples=["id"])
    kind = Name("The kind of column.")
    nulls = Number("The probability that a cell is null.", 0.0, 1.0, default=0.0, examples=[0.05])
    nulls_when = formula_field(
        "A condition on other columns of the row; where it is true the cell is null, too.",
        "status = 'new'",
        None,
    )
    sql_type = SqlType()
