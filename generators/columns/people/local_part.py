"""Names as they stand in addresses and user names: small letters and digits of ASCII, dots for spaces."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from synthmill.generators.engine.arrays import strings
from synthmill.generators.engine.arrow_cells import decoded, to_arrow
from synthmill.generators.engine.cells import (
    Arrow,
    Cells,
    Concat,
    Dictionary,
    DictionaryCells,
    Digits,
    Integers,
    Part,
    Text,
)

_NOTHING = strings([""])[0]

_SPELLED = {
    "a": "àáâãåāăąÀÁÂÃÅĀĂĄ",
    "ae": "æäÆÄ",
    "c": "çćčÇĆČ",
    "d": "ďđðĎĐÐ",
    "e": "èéêëēęěÈÉÊËĒĘĚ",
    "g": "ğĞ",
    "i": "ìíîïıìÌÍÎÏİ",
    "l": "łľŁĽ",
    "n": "ñńňÑŃŇ",
    "o": "òóôõőøÒÓÔÕŐØ",
    "oe": "œöŒÖ",
    "r": "řŕŘŔ",
    "s": "śšşŚŠŞ",
    "ss": "ß",
    "t": "ťţŤŢ",
    "u": "ùúûūůűÙÚÛŪŮŰ",
    "ue": "üÜ",
    "y": "ýÿÝŸ",
    "z": "źżžŹŻŽ",
    "": "'’",
    ".": " ",
}
"""Letters with marks as their owners write them where there are none; a dot for a space."""
_TABLE = str.maketrans({letter: spelled for spelled, letters in _SPELLED.items() for letter in letters})
_TABLE |= {ord("A") + place: chr(ord("a") + place) for place in range(26)}


def local_part(cells: Cells) -> list[Part]:
    """What can stand before an @. Cells are of text."""
    if isinstance(cells, DictionaryCells):
        return [DictionaryCells(cells.codes, cells.words.made("local part", _spelled_words))]
    if isinstance(cells, Concat):
        return [part for piece in cells.parts for part in _of_part(piece)]
    array = pc.fill_null(to_arrow(cells, pa.string()), _NOTHING).dictionary_encode()
    text = decoded(Arrow(_spelled(array.dictionary).take(array.indices)))
    assert isinstance(text, Text)
    return [text]


def _of_part(part: Part) -> list[Part]:
    if isinstance(part, bytes):
        return [part.decode().translate(_TABLE).encode()]
    return [part] if isinstance(part, Integers | Digits) else local_part(part)


def _spelled(values: pa.Array) -> pa.Array:
    return strings([word.translate(_TABLE) for word in values.to_pylist()])


def _spelled_words(values: pa.Array) -> Dictionary:
    return Dictionary(_spelled(values))
