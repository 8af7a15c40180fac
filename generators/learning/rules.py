"""Rules that rows are held to by drawing them again: the first draw that meets all rules is the row.

Each attempt draws the whole row anew, of bits that follow from the row's number and the attempt's, so a row
stays a function of the model, the seed and its number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from synthmill.generators.engine.cells import Cells, Floats, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.errors import ModelFileError

Flags = npt.NDArray[np.bool_]

MOST_ATTEMPTS = 128
LEAST_SHARE = 0.25
"""Of draws, those that must meet the rules: so all attempts fail one row in 10**16."""


@dataclass(frozen=True)
class Ordered:
    """That a column isn't above another, where neither is null."""

    kind: ClassVar[str] = "ordered"
    low: str
    high: str
    strict: bool
    decimals: tuple[int, int]
    """Of the two columns' units, where they are decimals."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.low, self.high)

    @property
    def text(self) -> str:
        return f"{self.low} {'<' if self.strict else '<='} {self.high}"

    def met(self, cells: Mapping[str, Cells], codes: Mapping[str, I64]) -> Flags:
        low, high = (_numbers(cells[name]) for name in self.columns)
        if self.decimals[0] != self.decimals[1] or low.dtype != high.dtype:
            low, high = (
                one.astype(np.float64) / 10.0**each
                for one, each in zip((low, high), self.decimals, strict=True)
            )
        found: Flags = low < high if self.strict else low <= high
        return found | _null(cells[self.low]) | _null(cells[self.high])

    def save(self) -> dict[str, Any]:
        return {"rule": self.kind, "low": self.low, "high": self.high, "strict": self.strict,
                "decimals": list(self.decimals)}  # fmt: skip

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> Ordered:
        one, other = saved["decimals"]
        if not all(type(each) is int and 0 <= each <= 18 for each in (one, other)):
            raise ModelFileError("a rule is in decimals that can't be")
        return cls(str(saved["low"]), str(saved["high"]), bool(saved["strict"]), (one, other))


@dataclass(frozen=True)
class Within:
    """That a number lies in one of some ranges, in its column's units."""

    kind: ClassVar[str] = "within"
    column: str
    ranges: tuple[tuple[Any, Any], ...]
    null: bool
    """Whether null will do, too."""
    step: int = 1
    """Units that one of the ranges has: ticks of a day."""

    @property
    def columns(self) -> tuple[str, ...]:
        return (self.column,)

    @property
    def text(self) -> str:
        units = " or ".join(f"{low} to {high}" for low, high in self.ranges)
        return f"{self.column} is within {units}" + (" (in days)" if self.step > 1 else "")

    def met(self, cells: Mapping[str, Cells], codes: Mapping[str, I64]) -> Flags:
        values = _numbers(cells[self.column])
        if self.step > 1:
            values = values // self.step
        found = np.zeros(len(values), np.bool_)
        for low, high in self.ranges:
            found |= (values >= low) & (values <= high)
        return np.where(_null(cells[self.column]), self.null, found)

    def save(self) -> dict[str, Any]:
        return {"rule": self.kind, "column": self.column, "ranges": [list(one) for one in self.ranges],
                "null": self.null, "step": self.step}  # fmt: skip

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> Within:
        ranges = tuple((low, high) for low, high in saved["ranges"])
        if not all(isinstance(one, int | float) for both in ranges for one in both):
            raise ModelFileError("a rule's ranges aren't of numbers")
        if type(saved["step"]) is not int or saved["step"] < 1:
            raise ModelFileError("a rule is in steps that can't be")
        return cls(str(saved["column"]), ranges, bool(saved["null"]), saved["step"])


@dataclass(frozen=True)
class Combined:
    """That some columns hold values together as rows of the data did."""

    kind: ClassVar[str] = "combined"
    names: tuple[str, ...]
    codes: tuple[tuple[int, ...], ...]
    """Of the columns' variables, as they may stand together; rising."""

    @property
    def columns(self) -> tuple[str, ...]:
        return self.names

    @property
    def text(self) -> str:
        return f"{', '.join(self.names)} stand together as they did"

    def met(self, cells: Mapping[str, Cells], codes: Mapping[str, I64]) -> Flags:
        allowed = np.array(self.codes, np.int64)
        known, given = np.zeros(len(allowed), np.int64), np.zeros(len(codes[self.names[0]]), np.int64)
        for at, name in enumerate(self.names):
            # Places among the prefixes that may be: they stay below the number of combinations.
            size = int(max(allowed[:, at].max(), codes[name].max(initial=0))) + 1
            both = known * size + allowed[:, at]
            prefixes = np.unique(both)
            known = np.searchsorted(prefixes, both)
            wanted = np.where(given >= 0, given * size + codes[name], -1)
            places = np.searchsorted(prefixes, wanted).clip(0, len(prefixes) - 1)
            given = np.where(prefixes[places] == wanted, places, -1)
        return given >= 0

    def save(self) -> dict[str, Any]:
        return {"rule": self.kind, "columns": list(self.names), "codes": [list(one) for one in self.codes]}

    @classmethod
    def load(cls, saved: Mapping[str, Any]) -> Combined:
        names, codes = tuple(map(str, saved["columns"])), tuple(tuple(one) for one in saved["codes"])
        whole = all(type(each) is int and 0 <= each < 2**17 for one in codes for each in one)
        if not names or not codes or not whole or any(len(one) != len(names) for one in codes):
            raise ModelFileError("a rule's combinations aren't of its columns")
        return cls(names, codes)


Rule = Ordered | Within | Combined
_RULES: dict[str, Any] = {one.kind: one for one in (Ordered, Within, Combined)}


def load_rule(saved: Mapping[str, Any]) -> Rule:
    """Raises ModelFileError, and KeyError, TypeError or ValueError for what isn't a rule."""
    if saved["rule"] not in _RULES:
        raise ModelFileError(f"it has a rule {str(saved['rule'])[:40]!r}, which this version doesn't know")
    found: Rule = _RULES[saved["rule"]].load(saved)
    return found


def all_met(rules: Sequence[Rule], cells: Mapping[str, Cells], codes: Mapping[str, I64]) -> Flags:
    found: Flags = np.logical_and.reduce([rule.met(cells, codes) for rule in rules])
    return found


def _numbers(cells: Cells) -> npt.NDArray[Any]:
    assert isinstance(cells, Integers | Floats)
    return cells.values


def _null(cells: Cells) -> Flags:
    return np.zeros(len(cells), np.bool_) if cells.null is None else cells.null
