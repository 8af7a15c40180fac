"""Names of users."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import pyarrow as pa

from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.people.local_part import local_part
from synthmill.generators.columns.pieces import OneOfEach, one_of_each
from synthmill.generators.columns.source import Source
from synthmill.generators.columns.wordlist import words
from synthmill.generators.engine.cells import Cells, Concat, Integers, Part
from synthmill.generators.schema.fields import Choice, Items, Name


class UsernameParameters(ColumnParameters):
    columns = Items(
        "Columns of the row to make the name of, in order, such as its first and last name. Left out: words.",
        Name("A column of text."),
        most=4,
        default=None,
        examples=[["first_name", "last_name"]],
    )
    separator = Choice("What stands between the words.", ("_", ".", "-", ""), default="_")


@dataclass(frozen=True)
class _Cells:
    sources: tuple[Source, ...]
    words: OneOfEach | None
    separator: bytes

    def __call__(self, rows: Rows) -> Cells:
        parts: list[Part] = [] if self.words is None else [*self.words.parts(rows)]
        hidden = None
        for source in self.sources:
            cells = source.cells(rows)
            parts += [self.separator, *local_part(cells)] if parts and self.separator else local_part(cells)
            if cells.null is not None:
                hidden = cells.null if hidden is None else hidden | cells.null
        return Concat((*parts, Integers((rows.numbers + np.uint64(1)).view(np.int64))), hidden)


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    sources = tuple(scope.source(name, parameter="columns") for name in parameters["columns"] or [])
    for source in sources:
        if source.type != pa.string():
            raise ParameterError("columns", f"{source.column} isn't text", "name columns of text")
    separator = parameters["separator"]
    small = [[word.lower() for word in words(name) if word.isalpha()] for name in ("adjectives", "words")]
    own = None if sources else one_of_each(scope, small, separator)
    width = own.width if own else sum(source.width + 1 for source in sources)
    cells, nullable = _Cells(sources, own, separator.encode()), any(source.nullable for source in sources)
    # Names may end in a digit, so that the row's number behind them needn't be all that differs.
    return Column(
        pa.string(),
        cells,
        width + 6,
        nullable=nullable,
        filled=prod(source.filled for source in sources),
        unique=not sources,
    )


KIND = Kind(
    name="username",
    title="User name",
    description="The row's names or two words, and its number; of words, no two rows have the same.",
    Parameters=UsernameParameters,
    compile=_compile,
    example={"separator": "."},
    pii=True,
)
