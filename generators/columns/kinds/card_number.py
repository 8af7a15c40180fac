"""Numbers of payment cards, of the ranges that payment services keep for tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.engine.cells import Cells, Concat, Digits, Integers, Part
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.kernels.mix import I64
from synthmill.generators.schema.fields import Choice

_BRANDS = {
    "visa": (4242_4200, 16),
    "mastercard": (5555_5500, 16),
    "amex": (3782_8200, 15),
    "discover": (6011_1100, 16),
    "diners": (3056_9300, 14),
    "jcb": (3566_0020, 16),
}
"""By brand: the first eight digits of its published test cards, and the digits of a number."""


class CardNumberParameters(ColumnParameters):
    brand = Choice("Whose card.", tuple(_BRANDS), default="visa")
    form = Choice("digits; or grouped, with spaces.", ("digits", "grouped"), default="digits")


@dataclass(frozen=True)
class _Cells:
    key: int
    first: int
    digits: int
    grouped: bool

    def __call__(self, rows: Rows) -> Cells:
        free = self.digits - 9
        body = bounded(rows.draw(self.key), 10**free).view(np.int64) + np.int64(self.first * 10**free)
        number = body * np.int64(10) + _luhn(body)
        if not self.grouped:
            return Concat((Integers(number),))
        groups = {14: (4, 6, 4), 15: (4, 6, 5), 16: (4, 4, 4, 4)}[self.digits]
        parts: list[Part] = []
        rest = self.digits
        for size in groups:
            rest -= size
            parts += [b" "] if parts else []
            parts.append(Digits(number // np.int64(10**rest) % np.int64(10**size), size))
        return Concat(tuple(parts))


def _luhn(body: I64) -> I64:
    """The digit that makes the sum of all, every second one doubled from the right, a multiple of 10."""
    total, rest = np.zeros(len(body), np.int64), body
    for place in range(19):
        digit = rest % 10
        if place % 2 == 0:
            digit = digit * 2
            digit -= 9 * (digit > 9)
        total += digit
        rest = rest // 10
    return (10 - total % 10) % 10


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    first, digits = _BRANDS[parameters["brand"]]
    grouped = parameters["form"] == "grouped"
    return Column(pa.string(), _Cells(scope.key(), first, digits, grouped), digits + 2 * grouped)


KIND = Kind(
    name="card_number",
    title="Card number",
    description="A payment card's number with a right check digit, of the ranges kept for tests.",
    Parameters=CardNumberParameters,
    compile=_compile,
    example={"brand": "visa"},
    pii=True,
)
