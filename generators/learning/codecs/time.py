"""Times: the day, and the time of day in the coarsest unit that all have, unless all are midnights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Integers
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.codec import Drawn, Encoded
from synthmill.generators.learning.codecs.intervals import Values, encode_numbers
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column, units_of
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

_SECONDS = (86_400, 3_600, 1_800, 900, 300, 60, 1)


@dataclass(frozen=True, eq=False)
class Time:
    """A timestamp, with its zone or without."""

    kind: ClassVar[str] = "time"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    step: int
    """Ticks that all times of day are whole numbers of; a day's where there are days alone."""
    days: Values
    of_day: Values
    variables: tuple[Variable, ...]
    """Of the day, and of the time of day where times have one."""

    def cells(self, drawn: Drawn) -> Cells:
        null = drawn.codes[0] == 0 if self.nullable else None
        ticks = self.days.drawn(drawn.codes[0], drawn.left[0]) * DAY[self.type.unit]
        if len(self.variables) == 2:
            ticks = ticks + self.of_day.drawn(drawn.codes[1], drawn.left[1]) * self.step
        return Integers(ticks, null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        for name, variable, values in zip(
            ("day", "of_day"), self.variables, (self.days, self.of_day), strict=False
        ):
            variable.save(tensors.part(name))
            values.save(tensors.part(name))
        return {"nullable": self.nullable, "step": self.step}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Time:
        """Raises ModelFileError."""
        step, whole = header["step"], DAY[type_.unit]
        if not isinstance(step, int) or not 0 < step <= whole or whole % step:
            raise ModelFileError("a day isn't a whole number of a time's steps")
        names = ("day",) if step == whole else ("day", "of_day")
        variables = tuple(Variable.load(True, tensors.part(name)) for name in names)
        values = tuple(Values.load(np.int64, tensors.part(name)) for name in names)
        if any(len(one.low) != len(variable) for one, variable in zip(values, variables, strict=True)):
            raise ModelFileError("a time's values don't fit its codes")
        furthest = max(int(np.abs(one).max()) for one in (values[0].low, values[0].high))
        if not values[0].are_days or furthest >= 2**63 // whole - 1:
            raise ModelFileError("a time lies beyond the years 1 to 9999, or what its unit counts")
        if len(values) == 2 and (values[1].low.min() < 0 or values[1].high.max() >= whole // step):
            raise ModelFileError("a time of day lies beyond its day")
        return cls(type_, bool(header["nullable"]), step, values[0], values[-1], variables)


def encode_time(column: Column, subjects: I64) -> Encoded:
    whole = DAY[column.type.unit]
    ticks = np.where(column.known, units_of(column.values), 0)
    days = ticks // whole
    rest = ticks - days * whole
    step = next((one for one in steps_of(whole) if not (rest % one).any()), 1)
    day_values, day_variable, day_codes, nullable = encode_numbers(column.name, days, column.known, subjects)
    if step == whole:
        codec = Time(column.type, nullable, step, day_values, day_values, (day_variable,))
        return Encoded(codec, (day_codes,))
    # Without nulls of its own: where the day is null, the time of day means nothing.
    of_day, of_day_variable, of_day_codes, _ = encode_numbers(
        f"{column.name} time of day", rest // step, np.ones(len(rest), np.bool_), subjects
    )
    codec = Time(column.type, nullable, step, day_values, of_day, (day_variable, of_day_variable))
    return Encoded(codec, (day_codes, of_day_codes))


def steps_of(whole: int) -> list[int]:
    """Of a day, an hour ... a second, then tenths and so on, as ticks."""
    second = whole // 86_400
    finer = []
    while second % 10 == 0 and second >= 10:
        second //= 10
        finer.append(second)
    return [one * (whole // 86_400) for one in _SECONDS] + finer
