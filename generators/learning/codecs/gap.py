"""Times of rows that follow upon one another: the gap to the row before, in the coarsest step that all
have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import Drawn
from synthmill.generators.learning.codecs.intervals import Values, encode_numbers
from synthmill.generators.learning.codecs.time import steps_of
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column, units_of
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import UNSEEN, Variable

_LONGEST = 2**40
_MOST_MARKS = 63


@dataclass(frozen=True, eq=False)
class Gap:
    """A date, a timestamp or a whole number that rises within a family."""

    kind: ClassVar[str] = "gap"
    type: pa.DataType
    nullable: ClassVar[bool] = False
    needs: ClassVar[tuple[str, ...]] = ()
    step: int
    """Units of the type that all times are whole numbers of."""
    values: Values
    variable: Variable
    """Of the gap."""
    marks: I64
    """From which time on, in steps, each further part of all times begins; rising."""

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    @property
    def day(self) -> int:
        """Steps of a day; 0 of whole numbers, which may count anything."""
        return (
            1
            if pt.is_date(self.type)
            else DAY[self.type.unit] // self.step
            if pt.is_timestamp(self.type)
            else 0
        )

    def cells(self, drawn: Drawn) -> Cells:
        """Of times in steps, which stand for codes here."""
        return Integers(drawn.codes[0] * self.step)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        self.values.save(tensors)
        tensors.put("marks", self.marks)
        return {"step": self.step}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Gap:
        """Raises ModelFileError."""
        step = header["step"]
        whole = DAY[type_.unit] if pt.is_timestamp(type_) else 1
        if not isinstance(step, int) or not 0 < step <= whole or whole % step:
            raise ModelFileError("a day isn't a whole number of a time's steps")
        variable, values = Variable.load(True, tensors), Values.load(np.int64, tensors)
        marks = tensors.get("marks", np.int64)
        if len(values.low) != len(variable) or values.low.min() < 0 or values.high.max() > _LONGEST:
            raise ModelFileError("the gaps of times don't fit their codes")
        if len(marks) > _MOST_MARKS or (np.diff(marks) <= 0).any():
            raise ModelFileError("the parts of times don't rise")
        return cls(type_, step, values, variable, marks)


def encode_gap(column: Column, first: npt.NDArray[np.bool_], subjects: I64) -> tuple[Gap, I64, I64]:
    """The codec, the codes of the gaps (UNSEEN in the `first` row of a family) and all times in steps."""
    units = units_of(column.values)
    step = 1
    if pt.is_timestamp(column.type):
        whole = DAY[column.type.unit]
        rest = units % whole
        step = next((one for one in steps_of(whole) if not (rest % one).any()), 1)
    times = units // step
    gaps = np.zeros(len(times), np.int64)
    gaps[1:] = times[1:] - times[:-1]
    values, variable, codes, _ = encode_numbers(
        f"{column.name} gap", gaps[~first], np.ones(int((~first).sum()), np.bool_), subjects[~first]
    )
    found = np.full(len(times), UNSEEN, np.int64)
    found[~first] = codes
    return Gap(column.type, step, values, variable, _marks(column.name, times, subjects)), found, times


def _marks(name: str, times: I64, subjects: I64) -> I64:
    """Where the bins of all times begin."""
    values, variable, _, _ = encode_numbers(name, times, np.ones(len(times), np.bool_), subjects)
    firsts = np.searchsorted(variable.bins, np.arange(1, variable.bin_count))
    return np.unique(values.low[firsts])
