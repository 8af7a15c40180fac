"""Column types by the names that manifests give them, such as `int64` or `list<item: string not null>`."""

from __future__ import annotations

import re

import pyarrow as pa

_FIELD = re.compile(r"([A-Za-z_][A-Za-z0-9_]*): ")
_SIMPLE = re.compile(r"\w+(\[[^\]]*\])?(\([^)]*\))?")
_TIMESTAMP = re.compile(r"timestamp\[(s|ms|us|ns)(?:, tz=(.+))?\]\Z")
_DECIMAL = re.compile(r"decimal128\((\d+), (-?\d+)\)\Z")
_DICTIONARY = re.compile(r"dictionary<values=(.+), indices=.+>\Z")
_NOT_NULL = " not null"


def type_named(name: str) -> pa.DataType:
    """The type of this name. Raises ValueError for a name that isn't one."""
    type_, rest = _read(name)
    if rest:
        raise ValueError(f"{name} isn't the name of a type")
    return type_


def _read(text: str) -> tuple[pa.DataType, str]:
    """The type whose name the text begins with, and what comes after."""
    for opening in ("list<", "struct<"):
        if text.startswith(opening):
            fields, rest = _fields(text.removeprefix(opening))
            return pa.list_(fields[0]) if opening == "list<" else pa.struct(fields), rest
    if found := _DICTIONARY.match(text):
        return type_named(found[1]), ""
    found = _SIMPLE.match(text)
    name = found[0] if found else text
    return _simple(name), text[len(name) :]


def _fields(text: str) -> tuple[list[pa.Field], str]:
    """The fields up to the bracket that closes them, and what comes after it."""
    fields: list[pa.Field] = []
    while not fields or text.startswith(", "):
        found = _FIELD.match(text.removeprefix(", "))
        if found is None:
            break
        type_, text = _read(text.removeprefix(", ")[found.end() :])
        fields.append(pa.field(found[1], type_, not text.startswith(_NOT_NULL)))
        text = text.removeprefix(_NOT_NULL)
    if not fields or not text.startswith(">"):
        raise ValueError(f"{text!r} stands where the name of a field or a > should")
    return fields, text[1:]


def _simple(name: str) -> pa.DataType:
    if found := _TIMESTAMP.match(name):
        return pa.timestamp(found[1], found[2])
    if found := _DECIMAL.match(name):
        return pa.decimal128(int(found[1]), int(found[2]))
    return pa.type_for_alias(name)
