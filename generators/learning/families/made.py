"""Rows of tables that were learnt together: any of them alone, whichever families they belong to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from synthmill.generators import limits
from synthmill.generators.engine.cells import Cells, Integers, masked
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.integers import distinct
from synthmill.generators.kernels.learning.walks import Families, Walked
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.kernels.relations.one_to_many import FreeOneToMany, free_one_to_many
from synthmill.generators.learning.codecs.codec import Codec, Drawn
from synthmill.generators.learning.codecs.gap import Gap
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.codecs.keys import Key
from synthmill.generators.learning.families.parts import MOST_ROWS
from synthmill.generators.learning.families.references import Groups, groups_of
from synthmill.generators.learning.families.walked_table import WalkedTable
from synthmill.generators.learning.families.whole import held_name, rows_name, start_name, total_name
from synthmill.generators.learning.table_model import ColumnModel, TableModel
from synthmill.generators.learning.variables import Variable

LearntTable = TableModel | WalkedTable
MOST_COUNTED = 10_000_000
"""Rows of a table whose children are counted, or that others choose from, while planning."""
_BLOCK = 65_536


@dataclass(frozen=True, eq=False)
class Numbers:
    """What was drawn for some rows: codes of all variables, column by column, and the times of walks."""

    codes: Sequence[I64]
    left: Sequence[U64]
    times: I64


@dataclass(eq=False)
class Made:
    """Rows of learnt tables for a seed and numbers of rows; `rows` has those of all tables."""

    tables: Mapping[str, LearntTable]
    seed: int
    rows: dict[str, int]
    relations: dict[str, FreeOneToMany] = field(default_factory=dict)
    _groups: dict[tuple[str, str], Groups] = field(default_factory=dict)

    def cells(self, name: str, rows: U64, columns: Sequence[str] | None = None) -> dict[str, Cells]:
        """Cells of rows by their numbers; of all columns, or of those named."""
        table = self.tables[name]
        if isinstance(table, TableModel):
            return table.cells(self.seed, rows, self.rows[name], columns)
        wanted = table.schema.names if columns is None else columns
        if all(one == table.column for one in wanted):
            drawn = Numbers([], [], np.zeros(0, np.int64))
        else:
            drawn = self.drawn(name, rows)
        found, at = dict[str, Cells](), 0
        for column in table.columns:
            some = slice(at, at + len(column.codec.variables))
            at = some.stop
            if column.name in wanted:
                found[column.name] = self._cells(table, column, rows, drawn, some)
        return found

    def _cells(
        self, table: WalkedTable, column: ColumnModel, rows: U64, drawn: Numbers, some: slice
    ) -> Cells:
        codec = column.codec
        if column.name == table.column:
            parents, _ = self.relations[table.name].locate(rows)
            return self._keys(codec, parents)
        codes, left = drawn.codes[some], drawn.left[some]
        if isinstance(codec, Held):
            groups = codec.groups[(codes[0] - codec.nullable).clip(0)]
            chosen = self._groups_of(table.name, column.name, codec).drawn(groups, left[0])
            keys = self._keys(codec, chosen.astype(np.uint64))
            return masked(keys, codes[0] == 0) if codec.nullable else keys
        if isinstance(codec, Gap):
            codes = (drawn.times,)
        place = self.seed, table.name, column.name
        return codec.cells(Drawn(tuple(codes), tuple(left), rows, self.rows[table.name], place))

    def _keys(self, codec: Codec, rows: U64) -> Cells:
        """Keys of the rows of another table."""
        assert isinstance(codec, Held)
        key = next(one.codec for one in self.tables[codec.table].columns if one.name == codec.key)
        assert isinstance(key, Key)
        place = self.seed, codec.table, codec.key
        return key.numbered(rows, Drawn((), (), rows, self.rows[codec.table], place))

    def drawn(self, name: str, rows: U64) -> Numbers:
        """All variables of rows, which may be any."""
        table = self.tables[name]
        if isinstance(table, TableModel):
            count = len(table.variables)
            of_chain = table.drawn(self.seed, rows, self.rows[name], frozenset(range(count)))
            return Numbers(
                [of_chain[at][0] for at in range(count)], [of_chain[at][1] for at in range(count)],
                np.zeros(len(rows), np.int64),
            )  # fmt: skip
        relation = self.relations[name]
        parents, places = relation.locate(rows)
        families, whose = distinct(parents)
        counts = relation.children_of(families)[1]
        walked = self.walked(table, families, counts)
        at = (np.cumsum(counts) - counts)[whose] + places.view(np.int64)
        steps = [step for of_column in table.steps_of for step in of_column]
        return Numbers(
            [walked.codes[step, at].astype(np.int64) for step in steps],
            [walked.left[step, at] for step in steps],
            walked.times[at],
        )

    def walked(self, table: WalkedTable, families: U64, counts: I64) -> Walked:
        """All rows of families, by the numbers of their parents."""
        return table.walked(self.seed, self._families(table, families, counts))

    def _families(self, table: WalkedTable, numbers: U64, counts: I64) -> Families:
        """What is known of families, by the numbers of their parents."""
        parent = self.tables[table.parent]
        drawn = self.drawn(table.parent, numbers)
        variables = variables_of(parent)
        bins = np.stack(
            [one.bins[codes] for one, codes in zip(variables, drawn.codes, strict=True)]
            or [np.zeros((0, len(numbers)), np.uint8)]
        )  # fmt: skip
        whole = partial(_whole, parent, drawn)
        starts = np.zeros(len(numbers), np.int64)
        if table.gap is not None:
            starts = whole(start_name(table.name))
            if table.since is None:
                starts = starts // table.gap.step
            else:
                starts = starts + self._since(parent, numbers, drawn, table.since) // table.gap.step
        goals = np.full((len(table.layout.steps), len(numbers)), -1, np.int64)
        if table.layout.needed:
            for at in np.flatnonzero(table.layout.slots[:, 5] >= 0).tolist():
                goals[at] = whole(total_name(table.name, *table.step_names[at]))
        return Families(bins, goals, counts, starts, numbers)

    def _since(self, parent: LearntTable, rows: U64, drawn: Numbers, name: str) -> I64:
        """The times of parents, in units of their type."""
        if isinstance(parent, TableModel):
            return self._integers(parent, rows, name)
        if parent.gap is not None:
            column = next(one for one in parent.columns if one.name == name)
            if column.codec is parent.gap:
                return drawn.times * parent.gap.step
        return _whole(parent, drawn, name)

    def _groups_of(self, child: str, column: str, codec: Held) -> Groups:
        if (child, column) not in self._groups:
            self._groups[child, column] = self._grouped(child, column, codec)
        return self._groups[child, column]

    def _grouped(self, child: str, column: str, codec: Held) -> Groups:
        table, total = self.tables[codec.table], self.rows[codec.table]
        bins, weights = [], []
        for start in range(0, total, _BLOCK):
            rows = np.arange(start, min(start + _BLOCK, total), dtype=np.uint64)
            drawn = self.drawn(codec.table, rows)
            group = np.zeros(len(rows), np.int64)
            if codec.by >= 0:
                group = variables_of(table)[codec.by].bins[drawn.codes[codec.by]].astype(np.int64)
            bins.append(group)
            weights.append(_whole(table, drawn, held_name(child, column)))
        return groups_of(np.concatenate(bins), np.concatenate(weights))

    def count(self) -> None:
        """Find how many rows each table of families has. Raises InvalidRequestError for more than there may
        be."""
        asked = {
            *(one.parent for one in self.tables.values() if isinstance(one, WalkedTable)),
            *(
                column.codec.table
                for one in self.tables.values()
                for column in one.columns
                if isinstance(column.codec, Held)
            ),
        }
        for name, table in self.tables.items():
            if isinstance(table, WalkedTable):
                counted = partial(self._counts, table)
                relation = free_one_to_many(self.rows[table.parent], MOST_ROWS, counted)
                self.relations[name], self.rows[name] = relation, relation.children
            most = MOST_COUNTED if name in asked else limits.MAX_TABLE_ROWS
            if self.rows[name] > most:
                raise InvalidRequestError.one(
                    "rows",
                    f"{name} would have {self.rows[name]:,} rows, at most {most:,} can be",
                    "ask for fewer",
                )

    def _counts(self, table: WalkedTable, parents: U64) -> I64:
        parent = self.tables[table.parent]
        name = rows_name(table.name)
        if isinstance(parent, TableModel):
            return self._integers(parent, parents, name)
        return _whole(parent, self.drawn(table.parent, parents), name)

    def _integers(self, table: TableModel, rows: U64, name: str) -> I64:
        """A column of whole numbers or times, none of them null, which may be reckoned from others."""
        found = table.cells(self.seed, rows, self.rows[table.name], [name])[name]
        assert isinstance(found, Integers)
        return found.values


def _whole(table: LearntTable, drawn: Numbers, name: str) -> I64:
    """A column of whole numbers or times, none of them null."""
    at = 0
    for column in table.columns:
        some = slice(at, at + len(column.codec.variables))
        at = some.stop
        if column.name == name:
            nothing = np.zeros(0, np.uint64)
            made = column.codec.cells(
                Drawn(tuple(drawn.codes[some]), tuple(drawn.left[some]), nothing, 0, (0, "", ""))
            )
            assert isinstance(made, Integers)
            return made.values
    raise KeyError(name)


def variables_of(table: LearntTable) -> list[Variable]:
    return [variable for column in table.columns for variable in column.codec.variables]


def made(tables: Sequence[LearntTable], seed: int, rows: Mapping[str, int]) -> Made:
    """`rows` are those of tables that have no parents. Raises InvalidRequestError."""
    found = Made({one.name: one for one in tables}, seed, dict(rows))
    found.count()
    return found
