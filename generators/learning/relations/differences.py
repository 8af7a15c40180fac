"""Ordered pairs: a column that is never below another of its row is made as that one and a difference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import gcd
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Flags, Floats, Integers
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.codecs.codec import Drawn, Encoded
from synthmill.generators.learning.codecs.intervals import Values, encode_numbers
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.relations.quantities import FEWEST, HELD, SAMPLE, Quantity
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

_ROTATIONS = (1, 7, 31, 127)
_CHANCE = 0.05
"""Of pairs from different rows, those that must break an order before it is worth a word."""
_TIGHT = 0.5
"""The middle half of the differences beside that of the column: from here on the column is its own."""
_MOST_COLUMNS = 64


@dataclass(frozen=True)
class Order:
    """That `low` is at most `high`, or below it if `strict`, in each row that has both."""

    low: str
    high: str
    strict: bool = False

    @property
    def text(self) -> str:
        return f"{self.low} {'<' if self.strict else '<='} {self.high}"


@dataclass(frozen=True, eq=False)
class Difference:
    """A number, a date or a time as far above another of its row, or below it, as such are."""

    kind: ClassVar[str] = "difference"
    type: pa.DataType
    nullable: bool
    of: str
    sign: int
    """1 where it lies above the other, -1 below."""
    scale: int
    """Of numbers: decimals of the units that the values are in."""
    decimals: int
    """Of the other's units, where it is a decimal."""
    step: int
    """Units that all differences are whole numbers of."""
    values: Values
    variable: Variable

    @property
    def needs(self) -> tuple[str, ...]:
        return (self.of,)

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        base = drawn.others[self.of]
        away = self.sign * self.step * self.values.drawn(drawn.codes[0], drawn.left[0])
        null = drawn.codes[0] == 0 if self.nullable else None
        if base.null is not None:
            null = base.null if null is None else null | base.null
        if pt.is_floating(self.type):
            power = 10.0**self.scale
            assert isinstance(base, Floats | Integers)
            units = np.rint(base.values * (power / 10.0**self.decimals)) + away
            return Floats(units / power + 0.0, null)
        assert isinstance(base, Integers)
        return Integers(base.values * 10 ** (self.scale - self.decimals) + away, null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        self.values.save(tensors)
        return {
            "nullable": self.nullable, "of": self.of, "sign": self.sign, "scale": self.scale,
            "decimals": self.decimals, "step": self.step,
        }  # fmt: skip

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Difference:
        """Raises ModelFileError."""
        sign, scale, decimals, step = (header[name] for name in ("sign", "scale", "decimals", "step"))
        if not all(type(one) is int for one in (sign, scale, decimals, step)):
            raise ModelFileError("a difference isn't in whole units")
        if abs(sign) != 1 or not 0 <= decimals <= scale <= 18 or not 0 < step < 2**62:
            raise ModelFileError("a difference is in units that can't be")
        variable = Variable.load(True, tensors)
        values = Values.load(np.int64, tensors)
        if len(values.low) != len(variable) or (values.low < 0).any():
            raise ModelFileError("a difference's values don't fit its codes, or lie below 0")
        if int(values.high.max()) * step >= 2**62:
            raise ModelFileError("a difference is larger than what it is between")
        return cls(
            type_, bool(header["nullable"]), str(header["of"]), sign, scale, decimals, step, values, variable
        )


def can_be_difference(quantity: Quantity, base: Quantity) -> bool:
    """Whether the one can be made as the other and a difference: no more decimals there, none unknown."""
    if (
        quantity.kind != base.kind
        or quantity.scale is None
        or base.scale is None
        or base.scale > quantity.scale
    ):
        return False
    known = quantity.known
    of_type = quantity.column.type
    fits = pt.is_floating(of_type) or not pt.is_floating(base.column.type)
    return fits and bool((base.known[known]).mean() >= HELD if known.any() else False)


def encode_difference(quantity: Quantity, base: Quantity, order: Order, subjects: I64) -> Encoded:
    """Rows in which the order doesn't hold count as if both were equal, or as near as may be."""
    name = quantity.column.name
    sign = 1 if order.high == name else -1
    scale = quantity.scale or 0
    known = quantity.known & base.known
    away = np.where(known, sign * (quantity.units(scale) - base.units(scale)), 0)
    least = 1 if order.strict else 0
    step = _step(away[known], quantity)
    away = np.where(known, np.maximum(away // step, least), 0)
    values, variable, codes, nullable = encode_numbers(name, away, known, subjects)
    decimals = base.column.type.scale if pt.is_decimal(base.column.type) else 0
    codec = Difference(
        quantity.column.type, nullable, base.column.name, sign, scale, decimals, step, values, variable
    )
    return Encoded(codec, (codes,))


def _step(away: I64, quantity: Quantity) -> int:
    """Of times: what all differences are whole numbers of, so that made ones are as round."""
    if quantity.kind in ("number", "date") or not len(away):
        return 1
    return max(1, gcd(*np.unique(np.abs(away)).tolist()))


def find_orders(
    quantities: Mapping[str, Quantity], computed: frozenset[str]
) -> tuple[dict[str, Order], list[Order]]:
    """Orders that hold in 99.9 % of the rows and wouldn't by chance: by column those that are worth making it
    as a difference, the closest where there are several; and the others, that don't follow from these.
    """
    some = {name: one for name, one in quantities.items() if name not in computed and one.scale is not None}
    names = list(some)[:_MOST_COLUMNS]
    sample = {name: some[name].doubles(slice(0, SAMPLE)) for name in names}
    orders = [
        order
        for at, one in enumerate(names)
        for other in names[at + 1 :]
        if some[one].kind == some[other].kind
        and (order := _order(one, other, sample)) is not None
        and _holds_in_all(some, order)
    ]
    made = dict[str, Order]()
    for name in names[1:]:
        bases = [order for order in orders if name in (order.low, order.high) and _base(order, names) != name]
        fits = [
            (spread, order)
            for order in bases
            if can_be_difference(some[name], some[_base(order, names)])
            and (spread := _spread(sample[order.high] - sample[order.low])) < _TIGHT * _spread(sample[name])
        ]
        if fits:
            made[name] = min(fits, key=lambda one: (one[0], names.index(_base(one[1], names))))[1]
    pairs = {(order.low, order.high) for order in made.values()}
    return made, [order for order in orders if not _follows(pairs, order.low, order.high)]


def _base(order: Order, names: list[str]) -> str:
    """The one of the two that comes first, and is drawn by itself."""
    return min(order.low, order.high, key=names.index)


def _order(one: str, other: str, sample: Mapping[str, F64]) -> Order | None:
    """What the first rows say of a pair."""
    a, b = sample[one], sample[other]
    both = ~np.isnan(a) & ~np.isnan(b)
    if both.sum() < FEWEST or not (a[both] != b[both]).any():
        return None
    for low, high, order in ((a[both], b[both], Order(one, other)), (b[both], a[both], Order(other, one))):
        if (low <= high).mean() >= HELD - 0.002:
            broken = np.mean([(low > np.roll(high, by)).mean() for by in _ROTATIONS])
            return order if broken >= _CHANCE else None
    return None


def _holds_in_all(some: Mapping[str, Quantity], order: Order) -> bool:
    return bool(kept(some[order.low], some[order.high], order.strict).mean() >= HELD)


def kept(low: Quantity, high: Quantity, strict: bool) -> Flags:
    """By row, whether the order holds; true where either is null."""
    scale = max(low.scale or 0, high.scale or 0)
    rough = low.scale is None or high.scale is None
    one, other = (each.doubles() if rough else each.units(scale) for each in (low, high))
    holds: Flags = one < other if strict else one <= other
    return holds | ~low.known | ~high.known


def _spread(values: F64) -> float:
    values = np.sort(values[~np.isnan(values)])
    return float(values[3 * len(values) // 4] - values[len(values) // 4]) if len(values) else 0.0


def _follows(pairs: set[tuple[str, str]], low: str, high: str) -> bool:
    """Whether an order follows from those that are made so."""
    reached, waiting = set[str](), [low]
    while waiting:
        one = waiting.pop()
        new = {above for below, above in pairs if below == one} - reached
        reached |= new
        waiting += new
    return high in reached
