"""What fills a slot of a grammar: another column's cells as text, for each row a place among bytes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.kind import ParameterError, Rows
from synthmill.generators.columns.source import Source
from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    U8,
    Arrow,
    Cells,
    Dictionary,
    DictionaryCells,
    Flags,
    Integers,
    Text,
)
from synthmill.generators.grammars.syntax import formed
from synthmill.generators.kernels.mix import I64

_LENGTH = 32


@dataclass(frozen=True, eq=False)
class SlotText:
    """A column as what a slot says, in one of the forms of `grammars.syntax`."""

    source: Source
    form: str

    def __call__(self, rows: Rows) -> tuple[U8, I64, Flags | None]:
        """Bytes; for each row where its text begins among them, shifted left by 32, plus its length; and
        the rows that have none.
        """
        cells = decoded(self.source.cells(rows))
        if isinstance(cells, DictionaryCells):
            blob, places = cells.words.made(("slot", self.form), self._of_words)
            return blob, places[cells.codes], cells.null
        blob, places = self._places(self._text(cells))
        return blob, places, cells.null

    def _of_words(self, words: pa.Array) -> tuple[U8, I64]:
        return self._places(self._text(Arrow(words)))

    def _text(self, cells: Cells) -> pa.Array:
        array = to_arrow(cells, self.source.type).cast(pa.string())
        if not self.form:
            return array
        encoded = array.dictionary_encode()
        words = strings([formed(word, self.form) for word in encoded.dictionary.to_pylist()])
        places = decoded(Arrow(encoded.indices.cast(pa.int64())))
        assert isinstance(places, Integers)
        if not len(words):
            return array
        absent = places.null
        codes = places.values if absent is None else np.where(absent, 0, places.values)
        return to_arrow(DictionaryCells(codes.astype(np.uint32), Dictionary(words), absent), pa.string())

    @staticmethod
    def _places(array: pa.Array) -> tuple[U8, I64]:
        text = decoded(Arrow(array))
        assert isinstance(text, Text)
        begin = text.offsets - text.offsets[0]
        return text.characters, (begin[:-1] << _LENGTH) | np.diff(begin)


def slot_text(source: Source, form: str, parameter: str) -> SlotText:
    """Raises ParameterError, naming the parameter, for a column that reads as nothing in a sentence."""
    kind = source.type
    if pt.is_nested(kind) or pt.is_timestamp(kind) or pt.is_binary(kind) or pt.is_fixed_size_binary(kind):
        raise ParameterError(
            parameter,
            f"{source.column} is of type {kind}, which reads badly in a sentence",
            "name a column of text, numbers or dates, such as a formula that makes text of it",
        )
    return SlotText(source, form)
