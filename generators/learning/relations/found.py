"""The relations of a table's columns: as found in its rows, and as the user says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow.types as pt

from synthmill.generators.kernels.learning.trees import I32
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.codec import Encoded
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.lookup import Lookup
from synthmill.generators.learning.relations.differences import Order, encode_difference, find_orders
from synthmill.generators.learning.relations.formulas import FormulaOf, encode_formula, find_formulas
from synthmill.generators.learning.relations.lookups import find_lookups
from synthmill.generators.learning.relations.nulls import find_null_with
from synthmill.generators.learning.relations.quantities import Quantity, quantity
from synthmill.generators.learning.rules import Ordered
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.table_model import ColumnModel


@dataclass(frozen=True)
class Relations:
    """How columns of a table follow from others."""

    quantities: Mapping[str, Quantity] = field(default_factory=dict)
    formulas: Mapping[str, FormulaOf] = field(default_factory=dict)
    differences: Mapping[str, Order] = field(default_factory=dict)
    orders: Sequence[Order] = ()
    """That hold, too, and are kept by drawing again."""
    null_with: Mapping[str, str] = field(default_factory=dict)

    def encoded(self, name: str, subjects: I64) -> Encoded | None:
        """The codec of a column that is reckoned from others; None for one that isn't."""
        own = self.quantities.get(name)
        if name in self.formulas:
            assert own is not None
            operands = [self.quantities[one] for one in self.formulas[name].operands]
            return encode_formula(own, self.formulas[name], operands, subjects)
        if name in self.differences:
            assert own is not None
            order = self.differences[name]
            base = self.quantities[order.low if order.high == name else order.high]
            return encode_difference(own, base, order, subjects)
        return None

    @property
    def rules(self) -> list[Ordered]:
        return [self.rule(order) for order in self.orders]

    def rule(self, order: Order) -> Ordered:
        """What holds rows to an order."""
        one, other = (decimals_of(self.quantities[name]) for name in (order.low, order.high))
        return Ordered(order.low, order.high, order.strict, (one, other))


def decimals_of(one: Quantity) -> int:
    """Of its units in cells."""
    return one.column.type.scale if pt.is_decimal(one.column.type) else 0


def quantities_of(columns: Mapping[str, Column], roles: Mapping[str, str]) -> dict[str, Quantity]:
    """The columns that can be reckoned with."""
    return {
        name: found
        for name, column in columns.items()
        if (found := quantity(column, roles[name])) is not None
    }


def find_relations(columns: Mapping[str, Column], roles: Mapping[str, str]) -> Relations:
    """What holds in 99.9 % of the rows."""
    quantities = quantities_of(columns, roles)
    formulas = find_formulas(quantities)
    differences, orders = find_orders(quantities, frozenset(formulas))
    computed = {*formulas, *differences}
    others = {name: column for name, column in columns.items() if name not in computed}
    return Relations(quantities, formulas, differences, orders, find_null_with(others))


def lookups_of(columns: Sequence[ColumnModel], codes: Sequence[I64], subjects: I32) -> dict[int, Lookup]:
    """By place, the variables that others decide."""
    places, exact, at = list[int](), dict[int, I64](), 0
    for column in columns:
        codec = column.codec
        if len(codec.variables) == 1 and isinstance(codec, Category | Number | Time):
            places.append(at)
            exact[at] = _exact(codec)
        at += len(codec.variables)
    variables = [variable for column in columns for variable in column.codec.variables]
    found = find_lookups(variables, codes, places, exact, subjects)
    return {place: Lookup(one.by, one.codes) for place, one in found.items()}


def nulls_by_place(
    columns: Sequence[ColumnModel], null_with: Mapping[str, str], lookups: Mapping[int, Lookup]
) -> dict[int, int]:
    """By place, of columns that are null with others, where those stand; not of those that are decided."""
    nullable, first, at = set[str](), dict[str, int](), 0
    for column in columns:
        first[column.name] = at
        at += len(column.codec.variables)
        if column.codec.nullable:
            nullable.add(column.name)
    return {
        first[name]: first[leader]
        for name, leader in null_with.items()
        if {name, leader} <= nullable and first[name] not in lookups
    }


def _exact(codec: Category | Number | Time) -> I64:
    """Of each code, whether (1) it stands for one value."""
    if isinstance(codec, Category):
        return np.ones(len(codec.variable), np.int64)
    values = codec.values if isinstance(codec, Number) else codec.days
    found: I64 = (values.low == values.high).astype(np.int64)
    return found
