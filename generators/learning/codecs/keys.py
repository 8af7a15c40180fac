"""Keys: made anew, of the shape that the real ones have, each different from all others."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.engine.cells import Cells, Fixed, Integers, Text
from synthmill.generators.kernels.characters import uuid4
from synthmill.generators.kernels.mix import I64, U64, mix
from synthmill.generators.kernels.permutation import Permutation
from synthmill.generators.learning.codecs.codec import SHARED, Drawn, Encoded, presence
from synthmill.generators.learning.codecs.masks import LETTERS, masks_of, needs_digits
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.source import Column, units_of
from synthmill.generators.learning.tensors import Tensors
from synthmill.generators.learning.variables import Variable

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
_SERIAL, _NUMBER, _UUID_SHAPE, _MASK = "serial", "number", "uuid", "mask"
_MOST_DIGITS = 18


@dataclass(frozen=True, eq=False)
class Key:
    """A number or a text of its own for each row."""

    kind: ClassVar[str] = "key"
    needs: ClassVar[tuple[str, ...]] = ()
    type: pa.DataType
    nullable: bool
    shape: str
    """`serial` numbers from 1, other whole `number`s, `uuid`s, or texts by a `mask`."""
    digits: int
    """Of numbers."""
    mask: str
    """Of texts: 9 a digit, A and a a letter, all else itself; after \\ a letter or digit that all have."""
    variable: Variable

    @property
    def variables(self) -> tuple[Variable, ...]:
        return (self.variable,)

    def cells(self, drawn: Drawn) -> Cells:
        null = drawn.codes[0] == 0 if self.nullable else None
        return self.numbered(drawn.rows, drawn, null)

    def numbered(self, rows: U64, drawn: Drawn, null: Any = None) -> Cells:
        """The keys of these numbers below drawn.total."""
        if self.shape == _SERIAL:
            return Integers(rows.view(np.int64) + 1, null)
        if self.shape == _UUID_SHAPE:
            high, low = (mix(drawn.key(half), rows) for half in ("high", "low"))
            return Fixed(uuid4(high, low), null)
        if self.shape == _NUMBER:
            digits = self.digits
            while 9 * 10 ** (digits - 1) < drawn.total:
                digits += 1
            first = 10 ** (digits - 1)
            found = Permutation(9 * first, drawn.key("key")).apply(rows)
            return Integers(found.view(np.int64) + first, null)
        return _texts(self.mask, rows, drawn, null)

    def save(self, tensors: Tensors) -> dict[str, Any]:
        self.variable.save(tensors)
        return {"nullable": self.nullable, "shape": self.shape, "digits": self.digits, "mask": self.mask}

    @classmethod
    def load(cls, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Key:
        """Raises ModelFileError."""
        shape, digits, mask = header["shape"], header["digits"], header["mask"]
        of_text = shape in (_UUID_SHAPE, _MASK)
        known = shape in (_SERIAL, _NUMBER) or of_text
        if (
            not known
            or of_text != bool(pt.is_string(type_))
            or not pt.is_string(type_) != pt.is_integer(type_)
        ):
            raise ModelFileError("a key's shape doesn't fit its type")
        if not isinstance(digits, int) or not 1 <= digits <= _MOST_DIGITS:
            raise ModelFileError("a key has too many digits")
        if not isinstance(mask, str) or len(mask) > 200:
            raise ModelFileError("a key's mask isn't one")
        return cls(type_, bool(header["nullable"]), shape, digits, mask, Variable.load(False, tensors))


def encode_key(column: Column, subjects: I64) -> Encoded:
    """No key of the data is held: of numbers how many digits most have, of texts the mask that most have."""
    variable, codes = presence(column.known, subjects)
    nullable = len(variable) > 1 or not bool(column.known.any())
    shape, digits, mask = _MASK, 1, ""
    if pt.is_string(column.type):
        texts = column.words[0].to_pylist()
        if texts and all(map(_UUID.match, texts)):
            shape = _UUID_SHAPE
        else:
            mask = _mask_of(texts)
    else:
        numbers = units_of(column.values)[column.known]
        low, high = (int(numbers.min()), int(numbers.max())) if len(numbers) else (1, 1)
        dense = low in (0, 1) and high - low < 2 * len(numbers)
        shape = _SERIAL if dense else _NUMBER
        digits = _median_digits(numbers)
    return Encoded(Key(column.type, nullable, shape, digits, mask, variable), (codes,))


def _median_digits(numbers: I64) -> int:
    lengths = sorted(len(str(abs(one))) for one in numbers.tolist())
    return min(_MOST_DIGITS, lengths[len(lengths) // 2]) if lengths else 1


def _mask_of(texts: list[str]) -> str:
    """The most frequent mask, with letters that all of its texts share; eight digits where few have it."""
    counted = Counter(masks_of(texts))
    common = min(counted.items(), key=lambda one: (-one[1], one[0]))[0] if counted else "999999"
    those = [text for text, mask in zip(texts, masks_of(texts), strict=True) if mask == common]
    if len(those) < SHARED:
        return "9" * 8
    pieces = []
    for place, letter in enumerate(common):
        here = {text[place] for text in those}
        free = letter in LETTERS
        pieces.append(
            letter if free and len(here) > 1 else ("\\" if free or letter == "\\" else "") + min(here)
        )
    return "".join(pieces)


def _texts(mask: str, rows: U64, drawn: Drawn, null: Any) -> Cells:
    """A text for each number: its image under a permutation, written into the free places of the mask."""
    places: list[tuple[str, str]] = []
    literal = False
    for letter in mask:
        if not literal and letter == "\\":
            literal = True
            continue
        places.append(("", letter) if literal or letter not in LETTERS else (LETTERS[letter], letter))
        literal = False
    capacity = 1
    for letters, _ in places:
        capacity *= len(letters) or 1
    more = needs_digits(capacity, drawn.total)
    places += [("0123456789", "9")] * more
    capacity = min(capacity * 10**more, 10**_MOST_DIGITS)
    rest = Permutation(max(2, capacity), drawn.key("key")).apply(rows)
    matrix: list[Any] = [None] * len(places)
    # From the last place: where not all numbers are used, it is the first letters that stay the same.
    for at in range(len(places) - 1, -1, -1):
        letters, own = places[at]
        if not letters:
            matrix[at] = np.tile(np.frombuffer(own.encode(), np.uint8), (len(rows), 1))
            continue
        size = np.uint64(len(letters))
        matrix[at] = np.frombuffer(letters.encode(), np.uint8)[(rest % size).astype(np.int64)][:, None]
        rest = rest // size
    whole = np.concatenate(matrix, axis=1) if matrix else np.zeros((len(rows), 0), np.uint8)
    return Text(
        np.ascontiguousarray(whole).ravel(), np.arange(len(rows) + 1, dtype=np.int64) * whole.shape[1], null
    )
