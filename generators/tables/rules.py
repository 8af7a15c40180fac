"""Rules of a table that tie columns of it together: orders within a row, and unique keys."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.kind import Choices, Column, ParameterError
from synthmill.generators.kernels.mix import key
from synthmill.generators.tables.ordering import Ordering
from synthmill.generators.tables.table import Table, is_unique, parent_key
from synthmill.generators.tables.uniqueness import Apart, Combination, Digit


class Rule(Protocol):
    """A rule about several columns of a table, which are compiled before it is applied."""

    names: tuple[str, ...]
    parameter: str
    """Where in the table's parameters it is written."""
    ordered: bool
    """Whether cells change with those of the other columns, so that none of these may look at another."""
    settled: bool

    def apply(self, table: Table, seed: int) -> None:
        """Apply the rule to the table. Raises ParameterError where the rule can't hold."""


def rules_of(parameters: Mapping[str, Any], columns: Mapping[str, Any]) -> Iterator[Rule]:
    """The rules of a table's parameters. Raises ParameterError for those about columns that aren't there."""
    for at, names in enumerate(parameters["orderings"]):
        yield _OrderingRule(_checked(names, columns, f"orderings[{at}]", 2), f"orderings[{at}]")
    keys = [(f"unique_keys[{at}]", names) for at, names in enumerate(parameters["unique_keys"])]
    if len(parameters["primary_key"]) > 1:
        keys.insert(0, ("primary_key", parameters["primary_key"]))
    for parameter, names in keys:
        yield _UniqueRule(_checked(names, columns, parameter, 1), parameter)


def _checked(
    names: Sequence[str], columns: Mapping[str, Any], parameter: str, fewest: int
) -> tuple[str, ...]:
    for name in names:
        if name not in columns:
            raise ParameterError(parameter, f"there is no column {name}", f"there are: {', '.join(columns)}")
    repeated = [name for name, times in Counter(names).items() if times > 1]
    if repeated:
        raise ParameterError(parameter, f"names {', '.join(repeated)} more than once", "name each once")
    if len(names) < fewest:
        raise ParameterError(parameter, f"names {len(names)} columns", f"name at least {fewest}")
    return tuple(names)


@dataclass(eq=False)
class _OrderingRule:
    """The cells of these columns rise within each row, or are equal."""

    names: tuple[str, ...]
    parameter: str
    ordered: bool = True
    settled: bool = False

    def apply(self, table: Table, seed: int) -> None:
        types = {name: table.columns[name].type for name in self.names}
        for name, type_ in types.items():
            column = table.columns[name]
            if not _has_order(type_):
                raise ParameterError(
                    self.parameter, f"{name} is of type {type_}", "order numbers, decimals, dates or times"
                )
            if type_ != types[self.names[0]]:
                raise ParameterError(
                    self.parameter,
                    f"{self.names[0]} is of type {types[self.names[0]]} and {name} of type {type_}",
                    "give all of them one type",
                )
            if column.unique or column.refers_to is not None:
                raise ParameterError(
                    self.parameter,
                    f"{name} is a key, which putting in order would break",
                    "order columns that are no keys",
                )
            if name in table.orderings:
                raise ParameterError(
                    self.parameter, f"{name} stands in another order already", "make one order of both"
                )
        for name in self.names:
            table.orderings[name] = Ordering(self.names)
            table.columns[name] = replace(table.columns[name], in_order=False)


def _has_order(type_: pa.DataType) -> bool:
    small_decimal: bool = pt.is_decimal128(type_) and type_.precision <= 18
    return (
        small_decimal
        or pt.is_int64(type_)
        or pt.is_float64(type_)
        or pt.is_date32(type_)
        or pt.is_timestamp(type_)
    )


def _has_a_law(column: Column) -> bool:
    free = column.choices is None and column.absent is None and not column.restricted
    return column.rows_of is not None and free


@dataclass(eq=False)
class _UniqueRule:
    """No two rows have the same cells in all of these columns."""

    names: tuple[str, ...]
    parameter: str
    ordered: bool = False
    settled: bool = False

    def apply(self, table: Table, seed: int) -> None:
        if is_unique(self.names, table):
            return
        of_parent = parent_key(self.names, table)
        others = [name for name in self.names if name not in of_parent]
        if of_parent and len(others) == 1 and _has_a_law(table.columns[others[0]]):
            self._draw_apart(others[0], table, seed)
            return
        chosen = {name: self._choices(name, table) for name in others}
        size = math.prod(choices.count for choices in chosen.values())
        self._check_size(size, list(chosen), bool(of_parent), table)
        combination = Combination(
            key(seed, table.name, "", f"unique {' '.join(self.names)}"), size, bool(of_parent)
        )
        stride = 1
        for choices in chosen.values():
            table.choosers[choices.key] = Digit(combination, stride, choices.count)
            stride *= choices.count

    def _draw_apart(self, name: str, table: Table, seed: int) -> None:
        """Let a foreign key with a law of its own lead siblings to different rows."""
        column = table.columns[name]
        assert column.rows_of is not None and column.refers_to is not None
        size = table.tables[column.refers_to[0]].rows
        self._check_size(size, [name], True, table)
        apart = Apart(key(seed, table.name, "", f"unique {' '.join(self.names)}"), column.rows_of, size)
        table.columns[name] = replace(column, rows_of=apart)

    def _choices(self, name: str, table: Table) -> Choices:
        column = table.columns[name]
        if column.choices is None:
            raise ParameterError(
                self.parameter,
                f"{name} has a distribution of its own, which can't be kept where its values must not repeat "
                "and no row knows another",
                f"let {name} choose evenly (an integer, a date, a category without weights, a foreign_key "
                "that is uniform), or make another column of the key unique",
            )
        if column.choices.key in table.choosers:
            raise ParameterError(
                self.parameter, f"{name} is part of another unique key already", "keep it in one of them"
            )
        if name in table.orderings:
            raise ParameterError(
                self.parameter,
                f"{name} also stands in an order, which would change its values",
                "take it out of the one or of the other",
            )
        return column.choices

    def _check_size(self, size: int, names: list[str], of_siblings: bool, table: Table) -> None:
        values = f"{' and '.join(names)} together have {size} different values"
        if of_siblings:
            assert table.relation is not None
            most = table.relation.one_to_many.most
            if most > size:
                raise ParameterError(
                    self.parameter,
                    f"{values}, and a row of {table.relation.table} may have {most} children",
                    "set children_of.max to no more than that, or let the columns have more values",
                )
        elif table.rows > size:
            raise ParameterError(
                self.parameter,
                f"{values}, and the table has {table.rows} rows",
                "have fewer rows, or let the columns have more values",
            )
        if size >= 2**63:
            raise ParameterError(
                self.parameter,
                f"{values}, which is more than can be counted",
                "let them have less than 2**63",
            )
