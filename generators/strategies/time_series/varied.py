"""Numbers and lengths of time that may differ from entity to entity."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np

from synthmill.generators.kernels.elementary import open_unit
from synthmill.generators.kernels.mix import F64, I64, mix
from synthmill.generators.schema.fields import REQUIRED, Number, options, refused
from synthmill.generators.schema.json_schema import field_schema
from synthmill.generators.schema.times import Duration, length

Between = float | list[float]
"""A number, or a lower and an upper limit."""


@dataclass(frozen=True)
class Varied:
    """A parameter: equal for all entities, or evenly distributed among them."""

    low: float
    high: float
    key: int

    def of(self, entity: I64) -> F64:
        """Its value for each of these entities."""
        if self.low == self.high:
            return np.full(len(entity), self.low)
        return self.low + (self.high - self.low) * open_unit(mix(self.key, entity.view(np.uint64)))


def limits_of(value: Any, number: Callable[[Any], float] = float) -> tuple[float, float]:
    """The least and the greatest that a loaded value stands for."""
    low, high = value if isinstance(value, list) else (value, value)
    return number(low), number(high)


class _Ranged(ma.fields.Field[Any]):
    """One value, or a list of two between which each entity has its own."""

    def __init__(
        self, about: str, inner: ma.fields.Field[Any], default: Any, examples: Iterable[Any]
    ) -> None:
        self.inner = inner
        super().__init__(**options(about, default, examples))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        if not isinstance(value, list):
            return self.inner.deserialize(value)
        if len(value) != 2:
            raise refused(f"has {len(value)} entries", "give one value, or a lower and an upper limit")
        both = [self.inner.deserialize(one) for one in value]
        if self._size(both[0]) > self._size(both[1]):
            raise refused(f"{both[1]} is below {both[0]}", "give the lower limit first")
        return both

    def _size(self, value: Any) -> float:
        return float(value)

    def json_schema(self) -> dict[str, Any]:
        one = field_schema(self.inner)
        return {"oneOf": [one, {"type": "array", "items": one, "minItems": 2, "maxItems": 2}]}


class VariedNumber(_Ranged):
    """A number, or the limits between which each entity has its own."""

    def __init__(
        self,
        about: str,
        low: float = -1e15,
        high: float = 1e15,
        *,
        above: bool = False,
        default: Any = REQUIRED,
        examples: Iterable[Any] = (),
    ) -> None:
        super().__init__(about, Number("A number.", low, high, above=above), default, examples)


class VariedDuration(_Ranged):
    """A length of time, or two between which each entity (or each occurrence) has its own."""

    def __init__(self, about: str, *, default: Any = REQUIRED, examples: Iterable[Any] = ("6h",)) -> None:
        super().__init__(about, Duration("A length of time.", examples=()), default, examples)

    def _size(self, value: Any) -> float:
        return float(length(value))
