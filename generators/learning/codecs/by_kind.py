"""The codecs by their names in model files, and which one learns a column of a role."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.people.names import USUAL_LOCALE
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.category import Category, encode_category
from synthmill.generators.learning.codecs.code import Code, encode_code
from synthmill.generators.learning.codecs.codec import Codec, Encoded
from synthmill.generators.learning.codecs.gap import Gap
from synthmill.generators.learning.codecs.held import Held
from synthmill.generators.learning.codecs.keys import Key, encode_key
from synthmill.generators.learning.codecs.number import Number, encode_number
from synthmill.generators.learning.codecs.personal import Personal, encode_personal
from synthmill.generators.learning.codecs.time import Time, encode_time
from synthmill.generators.learning.codecs.words import Words, encode_words
from synthmill.generators.learning.errors import ModelFileError
from synthmill.generators.learning.relations.differences import Difference
from synthmill.generators.learning.relations.formulas import Formula
from synthmill.generators.learning.source import Column
from synthmill.generators.learning.tensors import Tensors

_CODECS: dict[str, Any] = {
    one.kind: one
    for one in (Category, Code, Difference, Formula, Gap, Held, Key, Number, Personal, Time, Words)
}


def encode(
    column: Column, role: str, subjects: I64, personal: Mapping[str, str], locale: str = USUAL_LOCALE
) -> Encoded:
    """The column as its role says; `personal` are the kinds of the table's personal columns, by name, and
    `locale` is whose names and numbers they get."""
    match role:
        case "category":
            return encode_category(column, subjects)
        case "number":
            return encode_number(column, subjects)
        case "time":
            is_clock = pt.is_timestamp(column.type)
            return encode_time(column, subjects) if is_clock else encode_number(column, subjects)
        case "code":
            return encode_code(column, subjects) or encode_words(column, subjects)
        case "text":
            return encode_words(column, subjects)
        case "personal":
            return encode_personal(column, subjects, personal, locale)
        case _:
            return encode_key(column, subjects)


def load_codec(kind: str, type_: pa.DataType, header: dict[str, Any], tensors: Tensors) -> Codec:
    """Raises ModelFileError."""
    if kind not in _CODECS:
        raise ModelFileError(f"it has a codec {kind[:40]!r}, which this version doesn't know")
    codec: Codec = _CODECS[kind].load(type_, header, tensors)
    return codec
