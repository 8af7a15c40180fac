"""The plan in the making, as one column sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from synthmill.generators.columns.joint_tables.table import JointTable
from synthmill.generators.columns.kind import PARENT, Column, ParameterError
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.times.life import Life
from synthmill.generators.columns.times.schedule import Schedule
from synthmill.generators.engine.cells import Cells
from synthmill.generators.kernels.mix import U64, key
from synthmill.generators.tables.rows import KEPT_WHOLE, TableRows, every_row
from synthmill.generators.tables.table import Table

if TYPE_CHECKING:
    from synthmill.generators.tables.planning import Planning


@dataclass(frozen=True)
class ColumnScope:
    """Satisfies `columns.kind.Scope`."""

    planning: Planning
    table: str
    column: str

    @property
    def rows(self) -> int:
        return self.planning.relation(self.table).rows

    def rows_of(self, table: str) -> int:
        self._table(table)
        return self.planning.relation(table).rows

    def key(self, purpose: str = "") -> int:
        return key(self.planning.seed, self.table, self.column, purpose)

    def group_key(self, purpose: str) -> int:
        # No column has an empty name.
        return key(self.planning.seed, self.table, "", f"group {purpose}")

    def parent(self) -> str | None:
        declared = self.planning.parameters[self.table]["children_of"]
        return str(declared["table"]) if declared else None

    def steps_of(self) -> str | None:
        declared = self.planning.parameters[self.table]["children_of"]
        return declared["steps_of"] if declared else None

    def life(self) -> Life | None:
        relation = self.planning.tables[self.table].relation
        return None if relation is None else relation.life

    def schedule(self) -> Schedule | None:
        relation = self.planning.tables[self.table].relation
        return None if relation is None else relation.schedule

    def source(self, column: str, through: str | None = None, *, parameter: str = "column") -> Source:
        named = "through"
        if through is None and "." in column:
            through, _, column = column.partition(".")
            named = parameter
        link, table = (None, self.table) if through is None else self._link(through, named)
        self._known(column, self.planning.columns[table], table, parameter)
        return self._source(table, column, link)

    def has_column(self, column: str) -> bool:
        return column in self.planning.columns[self.table]

    def key_of(self, table: str, column: str | None) -> Source:
        self._table(table)
        if column is None:
            primary = self.planning.parameters[table]["primary_key"]
            if len(primary) != 1:
                raise ParameterError(
                    "table",
                    f"{table} has no primary key of one column",
                    f"give {table} a primary_key, or name the column to refer to",
                )
            column = str(primary[0])
        self._known(column, self.planning.columns[table], table, "column")
        return self._source(table, column, None)

    def _source(self, table: str, column: str, link: str | None) -> Source:
        compiled = self.planning.column(table, column)
        nullable = self.planning.tables[table].nullable(column)
        if link:
            nullable = nullable or self.planning.tables[self.table].nullable(link)
        return Source(
            table,
            column,
            link,
            compiled.type,
            nullable,
            compiled.width,
            compiled.unique,
            compiled.pii,
            compiled.state_path,
            compiled.values,
            compiled.packing,
            max(compiled.width, compiled.longest),
            None if column in self.planning.tables[table].orderings else compiled.period,
            compiled.rises,
            compiled.joint,
            compiled.domain,
            self.planning.filled(table, column) * (self.planning.filled(self.table, link) if link else 1.0),
            compiled.distinct if compiled.domain is None else float(len(compiled.domain)),
        )

    def joint_table(self, name: str, *, parameter: str) -> JointTable:
        return self.planning.joint_tables.get(name, parameter)

    def source_in(self, table: str, column: str, *, parameter: str = "column") -> Source:
        self._table(table)
        self._known(column, self.planning.columns[table], table, parameter)
        return self._source(table, column, None)

    def source_of_children(self, table: str, column: str, *, parameter: str = "column") -> Source:
        self.children_of(table)
        source = self.source_in(table, column, parameter=parameter)
        # Its siblings may have decided it, by way of their parent: these are made once more, no level below.
        if self.planning.of_children(table, column) - {self.table}:
            raise ParameterError(
                parameter,
                f"{column} of {table} is itself made from the children of its rows, so that a row would have "
                "to make all rows two levels below it",
                f"take the sum over the table below {table} out, or give {table} a column that is drawn",
            )
        return source

    def source_of_others(self, table: str, column: str, *, parameter: str = "column") -> Source:
        self._table(table)
        declared = self.planning.parameters[table]["children_of"]
        parent = self.parent()
        if table == self.table or parent is None or declared is None or declared["table"] != parent:
            raise ParameterError(
                "table",
                f"rows of {table} aren't children of the same rows as those of {self.table}",
                f"name another table that has children_of with the table {parent}"
                if parent
                else f"give {self.table} children_of",
            )
        self.planning.relation(table)
        return self.source_in(table, column, parameter=parameter)

    def children_of(self, table: str) -> int:
        self._table(table)
        declared = self.planning.parameters[table]["children_of"]
        if declared is None or declared["table"] != self.table:
            raise ParameterError(
                "table",
                f"rows of {table} aren't children of rows of {self.table}",
                f"give {table} children_of with the table {self.table}",
            )
        self.planning.looks_at_children(self.table, self.column)
        relation = self.planning.relation(table).relation
        assert relation is not None
        return relation.one_to_many.most

    def every_cell(self, source: Source, most: int) -> Cells:
        table = self.planning.relation(source.table)
        if table.rows > most:
            raise ParameterError("table", f"{source.table} has {table.rows} rows", f"give it at most {most}")
        if table.rows <= KEPT_WHOLE:
            return every_row(table).cells(source.column)
        rows = TableRows(table, np.arange(table.rows, dtype=np.uint64))
        made = rows.cells(source.column)
        rows.shared.forget()
        return made

    def column_of(self, table: str, column: str) -> Column:
        self.planning.column(table, column)
        # A rule of the table may have changed it by now.
        return self.planning.tables[table].columns[column]

    def parents_of(self, table: str) -> tuple[str, int] | None:
        declared = self.planning.parameters[table]["children_of"]
        return None if declared is None else (str(declared["table"]), int(declared["min"]))

    def rows_at(self, table: str, numbers: U64) -> TableRows:
        return TableRows(self.planning.relation(table), numbers)

    def _link(self, through: str, parameter: str) -> tuple[str, str]:
        """A link by any of its names, and the table at its other end. Raises ParameterError."""
        parent = self.parent()
        columns = self.planning.columns[self.table]
        if through == PARENT and parent is None:
            raise ParameterError(
                parameter,
                f"{self.table} has no parent table",
                "name a foreign key, or give the table children_of",
            )
        if parent is not None and (through == PARENT or (through == parent and through not in columns)):
            return PARENT, parent
        self._known(through, columns, self.table, parameter)
        compiled = self.planning.column(self.table, through)
        if compiled.refers_to is None:
            raise ParameterError(parameter, f"{through} isn't a foreign key", "name a column that is one")
        return (through if compiled.rows_of else PARENT), compiled.refers_to[0]

    def _table(self, name: str) -> Table:
        self._known(name, self.planning.tables, None, "table")
        return self.planning.tables[name]

    def _known(
        self, name: str, known: Mapping[str, Any] | Sequence[str], table: str | None, parameter: str
    ) -> None:
        if name not in known:
            what = f"table {table} has no column {name}" if table else f"there is no table {name}"
            listed = ", ".join(list(known)[:20]) + (", ..." if len(known) > 20 else "")
            raise ParameterError(parameter, what, f"there are: {listed}")
