"""Tables of joint values: what goes together, as rows of attributes, of which one is drawn by weight."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.mapping_field import Mapping as MappingField
from synthmill.generators.columns.wordlist import mean_length
from synthmill.generators.engine.arrays import MONEY, TIMESTAMP, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import (
    Booleans,
    Cells,
    Dictionary,
    DictionaryCells,
    Flags,
    Floats,
    Integers,
    coded,
)
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Choice, Items, Name, Parameters, Scalar, refused
from synthmill.generators.schema.json_values import shown

if TYPE_CHECKING:
    from synthmill.generators.columns.kind import Rows

TYPES = ("text", "integer", "number", "money", "boolean", "date", "timestamp")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LARGEST = 10**16
"""Of money."""


class JointTableParameters(Parameters):
    """A table whose rows say which values go together, inside a column or shared under a name."""

    attributes = Items(
        "What the values of a row are called, in their order.",
        Name("An attribute's name."),
        most=100,
        examples=[["drug", "dose", "unit", "share"]],
    )
    rows = Items(
        "The rows: each a list with a value, or null, for every attribute.",
        Items("A row.", Scalar("A value, or null.", default=None), most=100),
        examples=[[["paracetamol", 500, "mg", 4], ["paracetamol", 1000, "mg", 1]]],
    )
    weight = Name(
        "The attribute that says how likely a row is, in proportion; left out: all are equally likely.",
        default=None,
        examples=["share"],
    )
    types = MappingField(
        "Types of attributes whose values don't show them: money has two decimals; dates and timestamps are "
        "written as text. Others are text, integer, number or boolean, as their values are.",
        Choice("A type.", TYPES),
        default=None,
        examples=[{"price": "money", "launched": "date"}],
    )

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        names = data["attributes"]
        if repeated := [name for name, times in Counter(names).items() if times > 1]:
            raise refused(f"{repeated[0]} is named twice", "give each a name of its own", "attributes")
        for at, row in enumerate(data["rows"]):
            if len(row) != len(names):
                raise refused(
                    f"row {at} has {len(row)} values for {len(names)} attributes",
                    "give one for each, null where there is none",
                    "rows",
                )
        for field, named in (
            ("weight", [data["weight"]] if data["weight"] else []),
            ("types", data["types"]),
        ):
            if unknown := [name for name in named or () if name not in names]:
                raise refused(f"there is no attribute {unknown[0]}", f"there are: {', '.join(names)}", field)
        for place, name in enumerate(names):
            _checked([row[place] for row in data["rows"]], name, (data["types"] or {}).get(name))
        if data["weight"] is not None:
            weights = [row[names.index(data["weight"])] for row in data["rows"]]
            if any(not isinstance(one, int | float) or not 0 < one <= 1e15 for one in weights):
                raise refused(
                    f"{data['weight']} isn't above 0 in every row", "give each row a weight above 0", "weight"
                )


class NamedJointTableParameters(JointTableParameters):
    """A table of joint values that columns of several tables may draw from."""

    name = Name("What columns call it.", examples=["drugs"])


def _checked(values: Sequence[Any], name: str, type_: str | None) -> None:
    try:
        _typed(values, type_)
    except (ValueError, TypeError, ArithmeticError):
        wanted = "of one type" if type_ is None else f"all of type {type_}"
        fix = "make them alike, or null where there is none"
        raise refused(f"the values of {name} aren't {wanted}", fix, "rows") from None


def _typed(values: Sequence[Any], type_: str | None) -> tuple[pa.DataType, list[Any]]:
    """The Arrow type of an attribute, and its values as cells hold them: None for null.

    Raises ValueError, TypeError or ArithmeticError for a value of another type.
    """
    type_ = type_ or _shown_type(values)
    arrow, held = _HELD[type_]
    return arrow, [None if value is None else held(value) for value in values]


def _shown_type(values: Sequence[Any]) -> str:
    found = {_type_of(value) for value in values if value is not None}
    if found == {"integer", "number"}:
        return "number"
    if len(found) > 1:
        raise ValueError
    return found.pop() if found else "text"


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, str):
        return "text"
    return "integer" if isinstance(value, int) else "number"


def _of(*types: type) -> Callable[[Any], Any]:
    def held(value: Any) -> Any:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            raise TypeError(shown(value))
        return value

    return held


def _whole(value: Any) -> int:
    found = int(_of(int, float)(value))
    if found != value or not -(2**63) <= found < 2**63:
        raise ValueError(value)
    return found


def _cents(value: Any) -> int:
    found = Decimal(repr(_of(int, float)(value))).scaleb(2)
    if found != found.to_integral_value() or abs(found) > _LARGEST:
        raise ValueError(value)
    return int(found)


def _day(value: Any) -> int:
    return date.fromisoformat(value).toordinal() - _EPOCH.toordinal()


def _moment(value: Any) -> int:
    found = datetime.fromisoformat(value)
    found = found.replace(tzinfo=UTC) if found.tzinfo is None else found
    return round((found - _EPOCH).total_seconds() * 10**6)


_HELD: Mapping[str, tuple[pa.DataType, Callable[[Any], Any]]] = {
    "text": (pa.string(), _of(str)),
    "integer": (pa.int64(), _whole),
    "number": (pa.float64(), lambda value: float(_of(int, float)(value))),
    "money": (MONEY, _cents),
    "boolean": (pa.bool_(), _of(bool)),
    "date": (pa.date32(), _day),
    "timestamp": (TIMESTAMP, _moment),
}


@dataclass(frozen=True, eq=False)
class Attribute:
    """One attribute of all rows of a table."""

    name: str
    type: pa.DataType
    held: tuple[Any, ...]
    """Its values as cells hold them: days, microseconds, cents; None for null."""

    @cached_property
    def null(self) -> Flags | None:
        found = np.array([value is None for value in self.held], np.bool_)
        return found if found.any() else None

    @cached_property
    def _cells(self) -> Cells:
        """Of every row of the table, the nulls apart."""
        if self.type == pa.string():
            given = [value or "" for value in self.held]
            words = list(dict.fromkeys(given))
            codes = {word: code for code, word in enumerate(words)}
            return coded(np.array([codes[word] for word in given], np.int64), Dictionary(strings(words)))
        plain = [value or 0 for value in self.held]
        if self.type == pa.bool_():
            return Booleans(np.array(plain, np.bool_))
        if self.type == pa.float64():
            return Floats(np.array(plain, np.float64))
        return Integers(np.array(plain, np.int64))

    def width(self, weights: Sequence[float]) -> int:
        """Bytes of a value as text, on average of those that aren't null, where rows are drawn by weight."""
        if pa.types.is_temporal(self.type):
            return 27 if pa.types.is_timestamp(self.type) else 10
        given = [
            (value, weight) for value, weight in zip(self.held, weights, strict=True) if value is not None
        ]
        scale = self.type.scale if pa.types.is_decimal(self.type) else 0
        written = [str(Decimal(value).scaleb(-scale)) if scale else value for value, _ in given]
        drawn = [weight for _, weight in given]
        return mean_length(written, drawn) if sum(drawn) > 0 else 1

    def filled(self, weights: Sequence[float]) -> float:
        """The share of rows, drawn by weight, whose value isn't null."""
        if self.null is None:
            return 1.0
        some = sum(weight for weight, none in zip(weights, self.null, strict=True) if not none)
        return some / sum(weights)

    @cached_property
    def domain(self) -> pa.Array:
        """Its different values, without null."""
        chosen = [at for at, value in enumerate(self.held) if value is not None]
        return to_arrow(self.at(np.array(chosen, np.int64)), self.type).unique()

    def at(self, rows: I64) -> Cells:
        """The cells of these rows of the table; of row -1, null."""
        absent = rows < 0
        places = np.where(absent, 0, rows)
        null = absent if self.null is None else absent | self.null[places]
        mask = null if null.any() else None
        match self._cells:
            case DictionaryCells(codes, words):
                return DictionaryCells(codes[places], words, mask)
            case Integers(values):
                return Integers(values[places], mask)
            case Floats(numbers):
                return Floats(numbers[places], mask)
            case Booleans(flags):
                return Booleans(flags[places], mask)
        raise AssertionError


@dataclass(frozen=True, eq=False)
class JointTable:
    """A table of joint values, read."""

    attributes: Mapping[str, Attribute]
    weights: tuple[float, ...]

    @property
    def rows(self) -> int:
        return len(self.weights)


def joint_table(parameters: Mapping[str, Any]) -> JointTable:
    """From loaded parameters."""
    names, rows = parameters["attributes"], parameters["rows"]
    attributes = {}
    for place, name in enumerate(names):
        values = [row[place] for row in rows]
        type_, held = _typed(values, (parameters["types"] or {}).get(name))
        attributes[name] = Attribute(name, type_, tuple(held))
    weight = parameters["weight"]
    weights = [1.0] * len(rows) if weight is None else [float(row[names.index(weight)]) for row in rows]
    return JointTable(attributes, tuple(weights))


@dataclass(frozen=True, eq=False)
class JointDraw:
    """Which row of a joint table each row of a column draws."""

    table: JointTable
    key: int
    place: Callable[[Rows], I64]
    """The row of the table, -1 where there is none for the row."""

    def __call__(self, rows: Rows) -> I64:
        return rows.once(("joint", self.key), lambda: self.place(rows))
