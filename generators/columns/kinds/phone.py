"""Telephone numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import marshmallow as ma
import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.locales import locale_data, locale_field
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.cells import Cells, Concat, Dictionary, DictionaryCells, Digits
from synthmill.generators.kernels.integers import bounded
from synthmill.generators.schema.fields import Text, refused

_MOST_DIGITS = 15


class PhoneParameters(ColumnParameters):
    pattern = Text(
        "The number, with # for each random digit.",
        longest=100,
        default="+1-###-555-01##",
        examples=["+49 30 ########"],
    )
    locale = locale_field("In whose form, rather than by the pattern.", None)

    @ma.validates_schema(skip_on_field_errors=True)
    def _check(self, data: dict[str, Any], **_: Any) -> None:
        if data["pattern"].count("#") > _MOST_DIGITS:
            raise refused(f"has more than {_MOST_DIGITS} #", f"use at most {_MOST_DIGITS}", "pattern")


@dataclass(frozen=True)
class _Cells:
    key: int
    pieces: tuple[bytes, ...]
    """Of the pattern: what is constant and what is digits, by turns."""

    def __call__(self, rows: Rows) -> Cells:
        parts: list[bytes | Digits] = []
        rest = rows.draw(self.key)
        for place, piece in enumerate(self.pieces):
            if place % 2:
                count = 10 ** len(piece)
                parts.append(Digits(bounded(rest, count).view(np.int64), len(piece)))
                rest = rest * np.uint64(count)
            elif piece:
                parts.append(piece)
        return Concat(tuple(parts))


@dataclass(frozen=True)
class _Constant:
    words: Dictionary

    def __call__(self, rows: Rows) -> Cells:
        return DictionaryCells(np.zeros(len(rows), np.uint32), self.words)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    locale = parameters["locale"]
    pattern = locale_data(locale)["phone"] if locale else parameters["pattern"]
    pieces = tuple(piece.encode() for piece in re.split("(#+)", pattern))
    cells = _Cells(scope.key(), pieces) if len(pieces) > 1 else _Constant(Dictionary(strings([pattern])))
    return Column(pa.string(), cells, len(pattern.encode()))


KIND = Kind(
    name="phone",
    title="Phone number",
    description="A pattern with random digits; as it comes, numbers that are kept for fiction (555-01..).",
    Parameters=PhoneParameters,
    compile=_compile,
    example={"pattern": "+1-###-555-01##"},
    pii=True,
)
