"""Thrift's compact protocol, read into a tree and written back: enough to splice Parquet footers.

There is no schema: fields that we know nothing of survive as they are. Structs are dicts from field id to
`Field`, in order; lists are `Items`; integers are ints; text and binary are bytes. For `Writer`, a list may
also be `Written`, and an integer a `Hole` (it is left out, and its position is noted).
https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from synthmill.generators.kernels.bitpack import varint, zigzag

TRUE, FALSE, BYTE, I16, I32, I64, DOUBLE, BINARY, LIST, SET, MAP, STRUCT = range(1, 13)
_INTEGERS = (I16, I32, I64)
_MANY = 15
_NEXT_I32 = bytes([1 << 4 | I32])


class ThriftError(ValueError):
    """The bytes aren't what Thrift's compact protocol writes."""


@dataclass(slots=True)
class Field:
    type: int
    value: Any


@dataclass
class Items:
    """A list or set; all items are of one type."""

    type: int
    values: list[Any]


@dataclass(frozen=True)
class Written:
    """A list or set whose items are written already."""

    type: int
    count: int
    pieces: Iterable[bytes | memoryview]
    """All items, one behind another."""


@dataclass(frozen=True)
class Hole:
    """An integer that `Writer` leaves out."""

    value: int


Struct = dict[int, Field]


def numbers(*values: int) -> bytes:
    """A struct's first fields, from 1 on, all I32: how it begins, without what comes behind them."""
    return b"".join([_NEXT_I32 + zigzag(value) for value in values])


class Reader:
    """Reads values from `data`, from `at` on; `at` is then behind what was read."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data, self.at = data, at

    def struct(self) -> Struct:
        fields: Struct = {}
        number = 0
        while header := self._byte():
            number = number + (header >> 4) if header >> 4 else self._signed()
            fields[number] = Field(header & 15, self._value(header & 15, in_field=True))
        return fields

    def _value(self, kind: int, in_field: bool = False) -> Any:
        if kind in (TRUE, FALSE):
            # In a struct the type is the value; in a list each value is a byte.
            return kind == TRUE if in_field else self._byte() == TRUE
        if kind in _INTEGERS:
            return self._signed()
        if kind == BYTE:
            return self._bytes(1)[0]
        if kind == DOUBLE:
            return struct.unpack("<d", self._bytes(8))[0]
        if kind == BINARY:
            return self._bytes(self._varint())
        if kind in (LIST, SET):
            return self._items()
        if kind == STRUCT:
            return self.struct()
        raise ThriftError(f"type {kind} isn't one that Parquet footers have")

    def _items(self) -> Items:
        header = self._byte()
        count = header >> 4 if header >> 4 != _MANY else self._varint()
        return Items(header & 15, [self._value(header & 15) for _ in range(count)])

    def _byte(self) -> int:
        return self._bytes(1)[0]

    def _bytes(self, count: int) -> bytes:
        taken = self.data[self.at : self.at + count]
        if len(taken) != count:
            raise ThriftError("the bytes end too early")
        self.at += count
        return taken

    def _varint(self) -> int:
        value = shift = 0
        while True:
            byte = self._byte()
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def _signed(self) -> int:
        value = self._varint()
        return value >> 1 if value % 2 == 0 else -(value + 1 >> 1)


class Writer:
    """Writes values to `out`; where a `Hole` was, `holes` has its place in `out` and its value."""

    def __init__(self) -> None:
        self.out = bytearray()
        self.holes: list[tuple[int, int]] = []

    def struct(self, fields: Struct) -> None:
        last = 0
        for number, field in fields.items():
            kind = field.type
            if kind <= FALSE:
                kind = TRUE if field.value else FALSE
            if 0 < number - last <= _MANY:
                self.out.append((number - last) << 4 | kind)
            else:
                self.out.append(kind)
                self.out += zigzag(number)
            last = number
            if kind > FALSE:
                self._value(kind, field.value)
        self.out.append(0)

    def _value(self, kind: int, value: Any) -> None:
        # The most frequent come first.
        if isinstance(value, Hole):
            self.holes.append((len(self.out), value.value))
        elif kind in _INTEGERS:
            self.out += zigzag(value)
        elif kind == BINARY:
            self.out += varint(len(value))
            self.out += value
        elif kind in (TRUE, FALSE):
            self.out.append(TRUE if value else FALSE)
        elif kind == BYTE:
            self.out.append(value)
        elif kind == DOUBLE:
            self.out += struct.pack("<d", value)
        elif isinstance(value, Written):
            self._items_header(value.type, value.count)
            for piece in value.pieces:
                self.out += piece
        elif kind in (LIST, SET):
            self._items_header(value.type, len(value.values))
            for item in value.values:
                self._value(value.type, item)
        else:
            self.struct(value)

    def _items_header(self, kind: int, count: int) -> None:
        """What stands before a list's items."""
        if count < _MANY:
            self.out.append(count << 4 | kind)
        else:
            self.out.append(_MANY << 4 | kind)
            self.out += varint(count)
