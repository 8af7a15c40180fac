"""Columns that are reckoned from others: a copy, a sum, a difference, a product, a ratio."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Flags, Floats, Integers
from synthmill.generators.kernels.mix import F64, I64
from synthmill.generators.learning.codecs.codec import Drawn, Encoded, presence
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.relations.quantities import FEWEST, HELD, SAMPLE, Quantity, as_doubles
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

OPERATORS = {
    "copy": "{0}",
    "sum": "{0} + {1}",
    "difference": "{0} - {1}",
    "product": "{0} * {1}",
    "ratio": "{0} / {1}",
}
_COMMUTATIVE = ("sum", "product")
_MOST_COLUMNS = 64
"""Of numbers, the first, which formulas are looked for among."""
_ROWS, _MISSED = 8, 1
"""Rows that all pairs of columns are tried in, and those of them that may say otherwise."""
_FEWEST_VALUES = 10
"""Different values of a column that a formula is looked for: of fewer, some agree by chance."""
_LARGEST = 2.0**62
_DOUBLE = 1e-9
"""Relative error that doubles of more decimals may have."""


@dataclass(frozen=True)
class FormulaOf:
    """A formula that a column follows."""

    operator: str
    operands: tuple[str, ...]

    @property
    def text(self) -> str:
        return OPERATORS[self.operator].format(*self.operands)


@dataclass(frozen=True, eq=False)
class Formula:
    """A number that others of its row say."""

    kind: ClassVar[str] = "formula"
    type: pa.DataType
    nullable: bool
    formula: FormulaOf
    decimals: tuple[int, ...]
    """Of the operands' units, where they are decimals; else 0."""
    scale: int | None
    """Decimals that it is rounded to; None for doubles that aren't."""
    variable: Variable
    """Null, or there."""

    @property
    def needs(self) -> tuple[str, ...]:
        return self.formula.operands

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        operands = [drawn.others[name] for name in self.needs]
        values = [as_doubles(cells, each) for cells, each in zip(operands, self.decimals, strict=True)]
        found = reckoned(self.formula.operator, values)
        null = ~np.isfinite(found)
        if self.nullable:
            null |= drawn.codes[0] == 0
        for cells in operands:
            if cells.null is not None:
                null |= cells.null
        found = np.where(null, 0.0, found).clip(-_LARGEST, _LARGEST)
        hidden = null if null.any() or self.nullable else None
        if self.scale is None:
            return Floats(found, hidden)
        units = np.rint(found * 10.0**self.scale)
        if pt.is_floating(self.type):
            return Floats(units / 10.0**self.scale + 0.0, hidden)
        return Integers(units.clip(-_LARGEST, _LARGEST).astype(np.int64), hidden)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        return {
            "nullable": self.nullable, "operator": self.formula.operator, "of": list(self.needs),
            "decimals": list(self.decimals), "scale": self.scale,
        }  # fmt: skip

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Formula:
        """Raises ModelFileError."""
        operator, operands, decimals = header["operator"], tuple(header["of"]), tuple(header["decimals"])
        scale = header["scale"]
        count = 1 if operator == "copy" else 2
        if operator not in OPERATORS or not len(operands) == len(decimals) == count:
            raise ModelFileError("a formula isn't one that this version knows")
        of_number = pt.is_integer(type_) or pt.is_floating(type_) or pt.is_decimal(type_)
        whole = isinstance(scale, int) and 0 <= scale <= 18
        if not of_number or not (whole or (scale is None and pt.is_floating(type_))):
            raise ModelFileError("a formula's result doesn't fit its type")
        if not all(isinstance(one, int) and 0 <= one <= 18 for one in decimals):
            raise ModelFileError("a formula's operands have decimals that can't be")
        variable = Variable.load(False, tensors)
        formula = FormulaOf(operator, tuple(map(str, operands)))
        return cls(type_, bool(header["nullable"]), formula, decimals, scale, variable)


def encode_formula(
    quantity: Quantity, formula: FormulaOf, operands: list[Quantity], subjects: I64
) -> Encoded:
    """What is learnt is where it is null though its operands aren't."""
    column = quantity.column
    told = np.logical_and.reduce([one.known for one in operands])
    variable, codes = presence(column.known | ~told, subjects)
    decimals = tuple(one.column.type.scale if pt.is_decimal(one.column.type) else 0 for one in operands)
    own = len(variable) > 1
    nullable = own or formula.operator == "ratio" or any(not one.known.all() for one in operands)
    if nullable and not own:
        # Code 0 is null: these are there, wherever the operands are.
        variable, codes = _always(len(codes)), np.ones(len(codes), np.int64)
    return Encoded(Formula(column.type, nullable, formula, decimals, quantity.scale, variable), (codes,))


def _always(rows: int) -> Variable:
    """Null, which is never drawn, and there."""
    classes = np.array([0, 1], np.uint8)
    return Variable(False, np.array([1, max(1, rows)], np.int64), classes, classes)


def reckoned(operator: str, values: list[F64]) -> F64:
    """The formula of these; not finite where it has no value."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        match operator:
            case "copy":
                return values[0]
            case "sum":
                return values[0] + values[1]
            case "difference":
                return values[0] - values[1]
            case "product":
                return values[0] * values[1]
            case _:
                return values[0] / values[1]


def find_formulas(quantities: Mapping[str, Quantity]) -> dict[str, FormulaOf]:
    """For each column that a formula of others says, exactly in 99.9 % of its rows, the formula.

    Of columns that follow from one another the last is the one that is reckoned; a total rather than its
    parts' ratio.
    """
    some = {name: one for name, one in quantities.items() if one.kind == "number" and _varies(one)}
    names = list(some)[:_MOST_COLUMNS]
    sample = {name: some[name].doubles(slice(0, SAMPLE)) for name in names}
    found = dict[str, FormulaOf]()
    used = set[frozenset[str]]()
    for operators in (("copy", "sum", "difference", "product"), ("ratio",)):
        for name in reversed(names):
            if name in found or len(np.unique(sample[name][~np.isnan(sample[name])])) < _FEWEST_VALUES:
                continue
            for formula in _candidates(name, operators, names, sample, some):
                together = frozenset((name, *formula.operands))
                if together in used or _reaches(found, formula.operands, name):
                    continue
                if _agreement(some[name], formula, [some[one] for one in formula.operands]) >= HELD:
                    found[name] = formula
                    used.add(together)
                    break
    return found


def holds(quantity: Quantity, formula: FormulaOf, operands: list[Quantity]) -> Flags:
    """By row, whether the column is what the formula says; true where it is null."""
    values = quantity.doubles()
    right = reckoned(formula.operator, [one.doubles() for one in operands])
    found: Flags = ~quantity.known | _close(right, values, quantity.scale)
    return found


def _varies(one: Quantity) -> bool:
    values = one.doubles(slice(0, SAMPLE))
    values = values[~np.isnan(values)]
    return len(values) > 1 and bool((values != values[0]).any())


def _candidates(
    name: str,
    operators: tuple[str, ...],
    names: list[str],
    sample: Mapping[str, F64],
    some: Mapping[str, Quantity],
) -> Iterator[FormulaOf]:
    """Formulas that nearly all of a few rows agree with."""
    own = sample[name]
    different, counts = np.unique(own[~np.isnan(own)], return_counts=True)
    rows = np.flatnonzero(~np.isnan(own) & (own != different[np.argmax(counts)]))[:_ROWS]
    if len(rows) < _ROWS:
        return
    others = [one for one in names if one != name]
    matrix = np.stack([sample[one][rows] for one in others]) if others else np.zeros((0, _ROWS))
    for operator in operators:
        if operator == "copy":
            near = _close(matrix, own[rows], some[name].scale).sum(axis=1)
            yield from (FormulaOf("copy", (others[at],)) for at in np.flatnonzero(near >= _ROWS - _MISSED))
            continue
        both = reckoned(operator, [matrix[:, None, :], matrix[None, :, :]])
        near = _close(both, own[rows], some[name].scale).sum(axis=2)
        for one, other in np.argwhere(near >= _ROWS - _MISSED):
            if one < other or (one != other and operator not in _COMMUTATIVE):
                yield FormulaOf(operator, (others[one], others[other]))


def _close(found: F64, wanted: F64, scale: int | None) -> Flags:
    """Whether what was reckoned is, rounded, what is wanted; not where either is NaN."""
    with np.errstate(invalid="ignore"):
        if scale is None:
            near: Flags = np.abs(found - wanted) <= _DOUBLE * np.abs(wanted)
        else:
            near = np.abs(found - wanted) * 10.0**scale <= 0.5 + 1e-6
    return near


def _agreement(one: Quantity, formula: FormulaOf, operands: list[Quantity]) -> float:
    """The share of the rows, in which the column is known, that follow the formula."""
    count = int(one.known.sum())
    if count < FEWEST:
        return 0.0
    return float(holds(one, formula, operands)[one.known].mean())


def _reaches(found: Mapping[str, FormulaOf], operands: tuple[str, ...], name: str) -> bool:
    """Whether any of the operands is reckoned from the column itself."""
    waiting = list(operands)
    while waiting:
        one = waiting.pop()
        if one == name:
            return True
        if one in found:
            waiting += found[one].operands
    return False
