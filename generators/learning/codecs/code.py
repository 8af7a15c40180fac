"""Patterned codes, such as AB-1234: which mask, and at each of its places which letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.cells import Cells, Text
from synthmill.generators.kernels.learning.trees import pick
from synthmill.generators.kernels.mix import I64, mix
from synthmill.generators.learning.codecs.codec import SHARED, Drawn, Encoded, null_rows, subjects_of
from synthmill.generators.learning.codecs.masks import LETTERS, masks_of
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import UNSEEN, Variable, variable_of

MAX_MASKS = 64
MAX_LENGTH = 64
_ALPHABET = 128


@dataclass(frozen=True, eq=False)
class Code:
    """A text of one of some masks, letter by letter."""

    kind: ClassVar[str] = "code"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    lengths: I64
    """Of each mask."""
    letters: npt.NDArray[np.uint8]
    """ASCII, by mask, then by place, then by code."""
    starts: I64
    """Where the letters of each place begin; one more than there are places, of all masks."""
    sums: I64
    """The running sums of the letters' weights, within each place."""
    variable: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        (codes,) = drawn.codes
        null = codes == 0 if self.nullable else None
        masks = (codes - self.nullable).clip(0)
        lengths = self.lengths[masks] if null is None else np.where(null, 0, self.lengths[masks])
        ends = np.cumsum(lengths)
        first_place = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.lengths)])
        rows = np.repeat(np.arange(len(codes)), lengths)
        within = np.arange(len(rows)) - np.repeat(ends - lengths, lengths)
        u = mix(mix(drawn.key("letters"), drawn.rows)[rows], within.astype(np.uint64))
        chosen, _ = pick(self.starts, self.sums, (first_place[masks[rows]] + within).astype(np.int32), u)
        offsets = np.concatenate([np.zeros(1, np.int64), ends])
        return Text(self.letters[chosen], offsets, null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        tensors.put("lengths", self.lengths)
        tensors.put("letters", self.letters)
        tensors.put("starts", self.starts)
        tensors.put("sums", self.sums.astype(np.uint32))
        return {"nullable": self.nullable}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Code:
        """Raises ModelFileError."""
        variable, nullable = Variable.load(False, tensors), bool(header["nullable"])
        lengths, starts = tensors.get("lengths", np.int64, 1), tensors.get("starts", np.int64, 1)
        letters, sums = tensors.get("letters", np.uint8), tensors.get("sums", np.uint32).astype(np.int64)
        fits = (
            len(lengths) + nullable == len(variable)
            and ((lengths >= 1) & (lengths <= MAX_LENGTH)).all()
            and len(starts) == lengths.sum() + 1
            and starts[0] == 0
            and (np.diff(starts) > 0).all()
            and starts[-1] == len(letters) == len(sums)
            and (letters < _ALPHABET).all()
        )
        if not fits or not rising_sums(sums, starts):
            raise ModelFileError("a code's letters don't fit its masks")
        return cls(type_, nullable, lengths, letters, starts, sums, variable)


def rising_sums(sums: I64, starts: I64) -> bool:
    """Whether the sums of each group are positive and rise."""
    steps = np.diff(sums, prepend=0)
    steps[starts[:-1]] = sums[starts[:-1]]
    return bool((steps > 0).all())


def encode_code(column: Column, subjects: I64) -> Encoded | None:
    """None where too few subjects' texts have masks that are shared."""
    words, places = column.words
    texts = words.to_pylist()
    masks = masks_of(texts)
    different = sorted(set(masks))
    number = {mask: at for at, mask in enumerate(different)}
    of_words = np.array([number[mask] for mask in masks], np.int64)
    of_rows = np.where(column.known, of_words[places], 0)
    known = column.known
    shared = subjects_of(of_rows[known], subjects[known], len(different))
    counts = np.bincount(of_rows[known], minlength=len(different))
    usable = [
        at
        for at, mask in enumerate(different)
        if shared[at] >= SHARED and 0 < len(mask) <= MAX_LENGTH and mask.isascii()
    ]
    usable = sorted(usable, key=lambda at: (-counts[at], different[at]))[:MAX_MASKS]
    if not usable:
        return None
    nulls = null_rows(known, subjects)
    code_of = np.full(len(different), UNSEEN, np.int64)
    code_of[usable] = np.arange(len(usable)) + (nulls > 0)
    codes = np.where(known, code_of[of_rows], 0 if nulls else UNSEEN)
    starts, letters, sums = [0], list[int](), list[int]()
    for at in usable:
        rows = np.flatnonzero(known & (of_rows == at))
        matrix = np.array([list(texts[place].encode()) for place in places[rows]], np.int64)
        for place, own in enumerate(different[at]):
            found = _letters(own, matrix[:, place], subjects[rows])
            letters += [letter for letter, _ in found]
            sums += np.cumsum([weight for _, weight in found]).tolist()
            starts.append(len(letters))
    lengths = np.array([len(different[at]) for at in usable], np.int64)
    variable = variable_of(counts[usable], False, nulls)
    codec = Code(
        column.type, nulls > 0, lengths, np.array(letters, np.uint8), np.array(starts, np.int64),
        np.array(sums, np.int64), variable,
    )  # fmt: skip
    return Encoded(codec, (codes,))


def _letters(mask: str, letters: I64, subjects: I64) -> list[tuple[int, int]]:
    """Which may stand at a place of a mask, with their weights: those that enough subjects have there, or all
    of the mask's where none is."""
    shared = subjects_of(letters, subjects, _ALPHABET)
    counts = np.bincount(letters, minlength=_ALPHABET)
    found = [(at, int(counts[at])) for at in np.flatnonzero(shared >= SHARED).tolist()]
    return found or [(ord(one), 1) for one in LETTERS[mask]]
