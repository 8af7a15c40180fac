"""Another column's values, hidden: as a digest, in part, or by others of the same form."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.costs import usual_and
from synthmill.generators.columns.kind import Column, ColumnParameters, Kind, ParameterError, Rows, Scope
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import nulls_of, strings
from synthmill.generators.engine.arrow_cells import to_arrow
from synthmill.generators.engine.cells import Arrow, Cells, Dictionary, DictionaryCells
from synthmill.generators.formats.values_as_text import as_text
from synthmill.generators.schema.fields import Choice, Name, Whole

_NOTHING = strings([""])[0]
_ALPHABETS = (string.digits, string.ascii_lowercase, string.ascii_uppercase)


class MaskParameters(ColumnParameters):
    column = Name("The row's column whose values are hidden.", examples=["email"])
    method = Choice(
        "hash: a digest under a key of the recipe; partial: stars but for the end; format: other letters "
        "for letters, other digits for digits. Equal values stay equal.",
        ("hash", "partial", "format"),
        default="hash",
    )
    keep = Whole("Of partial and format: characters at the end that stay.", 0, 20, default=4)


@dataclass(frozen=True, eq=False)
class _Cells:
    source: Source
    method: str
    key: bytes
    keep: int

    def __call__(self, rows: Rows) -> Cells:
        cells = self.source.cells(rows)
        if isinstance(cells, DictionaryCells):
            words = cells.words.made((self.key, self.method, self.keep), self._words)
            return DictionaryCells(cells.codes, words, cells.null)
        values = to_arrow(cells, self.source.type)
        return Arrow(nulls_of(self._masked(values), values))

    def _words(self, values: pa.Array) -> Dictionary:
        return Dictionary(self._masked(values))

    def _masked(self, values: pa.Array) -> pa.Array:
        texts = pc.fill_null(as_text(values).cast(pa.string()), _NOTHING).to_pylist()
        mask = {"hash": self._hash, "partial": self._partial, "format": self._format}[self.method]
        known = {value: mask(value) for value in set(texts)}
        return strings([known[value] for value in texts])

    def _hash(self, value: str) -> str:
        return hashlib.blake2b(value.encode(), key=self.key, digest_size=16).hexdigest()

    def _partial(self, value: str) -> str:
        hidden = len(value) - self.keep if len(value) > self.keep else len(value)
        return "*" * hidden + value[hidden:]

    def _format(self, value: str) -> str:
        hidden = len(value) - self.keep if len(value) > self.keep else len(value)
        stream = hashlib.shake_128(self.key + value.encode()).digest(hidden * 2)
        return (
            "".join(
                _other(character, int.from_bytes(stream[2 * at : 2 * at + 2], "big"))
                for at, character in enumerate(value[:hidden])
            )
            + value[hidden:]
        )


def _other(character: str, draw: int) -> str:
    """A character of the same alphabet; the same one if it is of none."""
    for alphabet in _ALPHABETS:
        if character in alphabet:
            return alphabet[draw % len(alphabet)]
    return character


def _compile(parameters: Mapping[str, Any], scope: Scope) -> Column:
    source = scope.source(parameters["column"])
    if pa.types.is_nested(source.type):
        raise ParameterError("column", f"{source.column} is an object or a list", "mask what is in it")
    method = parameters["method"]
    cells = _Cells(source, method, scope.key().to_bytes(8, "big"), parameters["keep"])
    width = 32 if method == "hash" else source.width
    return Column(
        pa.string(), cells, width, nullable=source.nullable, filled=source.filled, longest=source.longest
    )


KIND = Kind(
    name="mask",
    title="Masked column",
    description="Another column's values, hidden: as a digest, in part, or by others of the same form.",
    Parameters=MaskParameters,
    compile=_compile,
    costs=usual_and(time=1.5e-6, once_time=2e-3),
    example={"column": "last", "method": "partial", "keep": 2},
    check_tables=({"name": "cells", "rows": 3_000, "columns": [{"name": "last", "kind": "last_name"}]},),
)
