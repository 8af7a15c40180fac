"""Names of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, Rows, Scope
from synthmill.generators.columns.pieces import OneOfEach, one_of_each
from synthmill.generators.columns.wordlist import words
from synthmill.generators.engine.cells import Cells, Concat, Integers
from synthmill.generators.schema.fields import Choice


class UsernameParameters(ColumnParameters):
    separator = Choice("What stands between the words.", ("_", ".", "-", ""), default="_")


@dataclass(frozen=True)
class _Cells:
    names: OneOfEach

    def __call__(self, rows: Rows) -> Cells:
        number = Integers((rows.numbers + np.uint64(1)).view(np.int64))
        return Concat((*self.names.parts(rows), number))


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    small = [[word.lower() for word in words(name) if word.isalpha()] for name in ("adjectives", "words")]
    names = one_of_each(scope, small, parameters["separator"])
    return Column(pa.string(), _Cells(names), names.width + 6, unique=True)


KIND = Kind(
    name="username",
    title="User name",
    description="Two words and the row's number: no two rows have the same.",
    Parameters=UsernameParameters,
    compile=_compile,
    example={"separator": "."},
    pii=True,
)
