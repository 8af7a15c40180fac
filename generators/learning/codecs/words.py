"""Free text: as many words as texts have, of words that enough subjects use, as often as they do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.columns.wordlist import words as word_list
from synthmill.generators.engine.cells import Arrow, Cells, Dictionary
from synthmill.generators.kernels.learning.trees import pick
from synthmill.generators.kernels.mix import I64, mix
from synthmill.generators.learning.codecs.code import rising_sums
from synthmill.generators.learning.codecs.codec import SHARED, Drawn, Encoded, subjects_of
from synthmill.generators.learning.codecs.intervals import Values, encode_numbers
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

MAX_WORDS = 65_536
_LONGEST = 1_000
"""Words of a text."""
_FEWEST = 20
"""Words that a vocabulary has at least; else a list of our own stands for it."""


@dataclass(frozen=True, eq=False)
class Words:
    """A text of words that mean nothing together. No text, and no word of few subjects, is held."""

    kind: ClassVar[str] = "text"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    vocabulary: Dictionary
    sums: I64
    """The running sums of the words' weights."""
    lengths: Values
    variable: Variable
    """How many words a text has."""

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        (codes,), (left,) = drawn.codes, drawn.left
        null = codes == 0 if self.nullable else np.zeros(len(codes), np.bool_)
        lengths = np.where(null, 0, self.lengths.drawn(codes, left))
        ends = np.cumsum(lengths)
        rows = np.repeat(np.arange(len(codes)), lengths)
        within = np.arange(len(rows)) - np.repeat(ends - lengths, lengths)
        u = mix(mix(drawn.key("words"), drawn.rows)[rows], within.astype(np.uint64))
        whole = np.array([0, len(self.sums)], np.int64)
        chosen, _ = pick(whole, self.sums, np.zeros(len(rows), np.int32), u)
        offsets = np.concatenate([np.zeros(1, np.int64), ends])
        listed = pa.LargeListArray.from_arrays(
            pa.array(offsets), self.vocabulary.values.take(pa.array(chosen))
        )
        texts = pc.binary_join(listed, " ").cast(pa.string())
        return Arrow(
            pc.if_else(pa.array(null), pa.scalar(None, pa.string()), texts) if self.nullable else texts
        )

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        self.lengths.save(tensors)
        tensors.put_texts("words", self.vocabulary.values)
        tensors.put("sums", self.sums.astype(np.uint32))
        return {"nullable": self.nullable}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Words:
        """Raises ModelFileError."""
        variable, lengths = Variable.load(True, tensors), Values.load(np.int64, tensors)
        vocabulary, sums = tensors.get_texts("words"), tensors.get("sums", np.uint32, 1).astype(np.int64)
        fits = len(vocabulary) == len(sums) and len(lengths.low) == len(variable)
        if not fits or lengths.low.min() < 0 or lengths.high.max() > _LONGEST:
            raise ModelFileError("a text's words don't fit their lengths")
        if not rising_sums(sums, np.array([0, len(sums)])):
            raise ModelFileError("a text's words have weights that aren't")
        return cls(type_, bool(header["nullable"]), Dictionary(vocabulary), sums, lengths, variable)


def encode_words(column: Column, subjects: I64) -> Encoded:
    split = pc.utf8_split_whitespace(pc.utf8_trim_whitespace(column.values.fill_null("")))
    counts = pc.list_value_length(split).to_numpy(zero_copy_only=False).astype(np.int64)
    every = pc.list_flatten(split).dictionary_encode()
    places = every.indices.to_numpy().astype(np.int64)
    whose = np.repeat(subjects, counts)
    size = len(every.dictionary)
    enough = subjects_of(places, whose, size) >= SHARED if size else np.zeros(0, np.bool_)
    weights = np.bincount(places, minlength=size)
    found = [(-int(weights[at]), word) for at, word in enumerate(every.dictionary.to_pylist()) if enough[at]]
    chosen = sorted(found)[:MAX_WORDS]
    if len(chosen) < _FEWEST:
        chosen = [(-1, word) for word in word_list("words")]
    lengths, variable, codes, nullable = encode_numbers(
        column.name, counts.clip(0, _LONGEST), column.known, subjects
    )
    vocabulary = Dictionary(pa.array([word for _, word in chosen], pa.string()))
    sums = np.cumsum([-weight for weight, _ in chosen], dtype=np.int64)
    return Encoded(Words(column.type, nullable, vocabulary, sums, lengths, variable), (codes,))
