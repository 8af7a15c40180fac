"""Bytes as text: in the encoding that is named, else in the one that they show."""

from __future__ import annotations

import codecs

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.json_values import shown

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LOOKED_AT = 4_096
_FALLBACK = "windows-1252"
"""Of programs of Western languages that don't write UTF-8; latin-1 is a part of it."""


def decoded(data: bytes, encoding: str | None, notes: list[str]) -> str:
    """The text; that it isn't UTF-8 is added to the notes. Raises InvalidRequestError, naming the option."""
    found = encoding_of(data, encoding, notes)
    try:
        return data.decode(found)
    except UnicodeError as error:
        raise _wrong(found, str(error)) from error


def encoding_of(begin: bytes, encoding: str | None, notes: list[str], complete: bool = True) -> str:
    """The encoding that is named, or that the bytes show, of which the end may be missing.

    A byte order mark says it; without one a zero in every other byte is UTF-16, what can be UTF-8 is that,
    and the rest is taken for Windows-1252, with a note. Raises InvalidRequestError.
    """
    if encoding is not None:
        return _known(encoding)
    for mark, name in _MARKS:
        if begin.startswith(mark):
            return name
    wide = _wide(begin[:_LOOKED_AT])
    if wide is not None:
        return wide
    try:
        codecs.getincrementaldecoder("utf-8")().decode(begin, complete)
    except UnicodeDecodeError as error:
        try:
            begin.decode(_FALLBACK)
        except UnicodeDecodeError:
            raise _wrong("utf-8", str(error)) from error
        notes.append(f"it isn't UTF-8, so it was read as {_FALLBACK}; `encoding` (--encoding) names another")
        return _FALLBACK
    return "utf-8"


def _wide(begin: bytes) -> str | None:
    """UTF-16 without a mark: of two bytes one is zero, mostly."""
    if len(begin) < 4:
        return None
    for name, zeros, others in (
        ("utf-16-le", begin[1::2], begin[::2]),
        ("utf-16-be", begin[::2], begin[1::2]),
    ):
        if zeros.count(0) > 0.4 * len(zeros) and others.count(0) < 0.1 * len(others):
            return name
    return None


def _known(encoding: str) -> str:
    try:
        info = codecs.lookup(encoding)
    except (LookupError, ValueError):
        info = None
    if info is None or not getattr(info, "_is_text_encoding", True):
        raise InvalidRequestError.one(
            "encoding", f"unknown encoding {shown(encoding)}", "such as utf-8, utf-16, latin-1 or cp1252"
        )
    return info.name


def _wrong(encoding: str, reason: str) -> InvalidRequestError:
    return InvalidRequestError.one(
        "encoding",
        f"isn't {encoding}: {reason}",
        "name the encoding that it is in, such as latin-1 or utf-16",
    )
