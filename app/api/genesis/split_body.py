"""A JSON object whose large arrays are taken out as they come, so that no process holds them whole."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import Any

from synthmill.app.core.errors import TooLargeError
from synthmill.app.http.json_guard import MalformedJsonError, read_json
from synthmill.generators.errors import InvalidRequestError

MAX_BYTES = 64 * 2**20
"""Of a body."""
_MAX_REST = 2**18
"""Of all that isn't in the arrays."""
_MAX_TEXT = 2**20
"""Of one text in an array: it is held until its end."""
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)
_SPACE = b" \t\r\n"


class SplitBody:
    """Reads a body once: `next_array` gives the arrays in their order, then `rest` what is beside them."""

    def __init__(self, chunks: Iterator[bytes], arrays: Collection[str]) -> None:
        """`arrays` are the names, in the object itself, of the values that are taken out."""
        self._chunks, self._names = self._counted(chunks), arrays
        self._left = b""
        """What has come and isn't looked at yet."""
        self._rest = bytearray()
        self._depth = 0
        self._string = bytearray()
        self._in_string = self._escaped = False
        self._key = self._colon = False
        """Whether a text would be a key of the object, and whether a value of `_named` comes next."""
        self._named = ""
        self._seen: set[str] = set()

    def next_array(self) -> tuple[str, Iterator[bytes]] | None:
        """The next array's name, and its bytes, which have to be read before anything else is asked for."""
        while True:
            if not self._left:
                self._left = next(self._chunks, b"")
                if not self._left:
                    return None
            for at in range(len(self._left)):
                if self._begins_array(self._left[at]):
                    self._left = self._left[at:]
                    self._colon = False
                    self._add(b"null")
                    return self._named, self._array()
            self._left = b""

    def rest(self) -> dict[str, Any]:
        """The object with null for each array that was taken out. Raises MalformedJsonError, and
        InvalidRequestError naming the fields."""
        assert not self._left
        value = read_json(bytes(self._rest))
        if not isinstance(value, dict):
            raise InvalidRequestError.one("body", "must be a JSON object", 'such as {"data": [...]}')
        return value

    def _begins_array(self, byte: int) -> bool:
        """Take one byte that isn't inside an array; whether it begins one, and then it isn't taken."""
        if self._in_string:
            self._take_in_string(byte)
        elif byte in _SPACE:
            pass
        elif self._colon and byte == ord("["):
            return True
        else:
            self._colon = False
            self._take_sign(byte)
        self._add(bytes((byte,)))
        return False

    def _take_in_string(self, byte: int) -> None:
        if self._escaped:
            self._escaped = False
        elif byte == ord("\\"):
            self._escaped = True
        elif byte == ord('"'):
            self._in_string = False
        self._string.append(byte)

    def _take_sign(self, byte: int) -> None:
        if byte == ord('"'):
            self._in_string, self._string = True, bytearray()
        elif byte in b"[{":
            self._depth += 1
            self._key = self._depth == 1
        elif byte in b"]}":
            self._depth -= 1
        elif byte == ord(",") and self._depth == 1:
            self._key = True
        elif byte == ord(":") and self._depth == 1 and self._key:
            self._key = False
            name = bytes(self._string[:-1]).decode(errors="replace")
            if name in self._names:
                if name in self._seen:
                    raise InvalidRequestError.one(name, "is given twice", "give each key once")
                self._seen.add(name)
                self._named, self._colon = name, True

    def _add(self, content: bytes) -> None:
        if len(self._rest) + len(content) > _MAX_REST:
            raise TooLargeError(
                "body", f"has more than {_MAX_REST:,} bytes beside its data", "say less beside the data"
            )
        self._rest += content

    def _array(self) -> Iterator[bytes]:
        """The array's bytes, to its closing bracket; what follows is left."""
        depth, held = 0, self._left
        self._left = b""
        while True:
            stripped = _STRING.sub(b"", held)
            quote = stripped.find(b'"')
            # Of a text without its end nothing was taken out, so that it is as long here as there.
            whole = len(held) if quote < 0 else len(held) - (len(stripped) - quote)
            if quote >= 0:
                stripped = stripped[:quote]
            if b"]" in stripped:
                end, depth = _end(held[:whole], depth)
                if end is not None:
                    self._left = held[end:]
                    yield held[:end]
                    return
            else:
                depth += stripped.count(b"[") + stripped.count(b"{") - stripped.count(b"}")
            if whole:
                yield held[:whole]
            if len(held) - whole > _MAX_TEXT:
                raise InvalidRequestError.one(
                    self._named, f"holds a text of more than {_MAX_TEXT:,} bytes", "shorter texts"
                )
            chunk = next(self._chunks, b"")
            if not chunk:
                raise MalformedJsonError(f"the array {self._named} doesn't end")
            held = held[whole:] + chunk

    @staticmethod
    def _counted(chunks: Iterator[bytes]) -> Iterator[bytes]:
        came = 0
        for chunk in chunks:
            came += len(chunk)
            if came > MAX_BYTES:
                raise TooLargeError(
                    "body",
                    f"is larger than {MAX_BYTES:,} bytes",
                    "send larger files to POST /api/v1/uploads, and learn from them with POST /api/v1/fit",
                )
            yield chunk


def _end(content: bytes, depth: int) -> tuple[int | None, int]:
    """Where the array ends, if it does, and how deep it is at the end of the content."""
    for found in _TOKEN.finditer(content):
        sign = found.group()
        if sign in (b"[", b"{"):
            depth += 1
        elif sign in (b"]", b"}"):
            depth -= 1
            if depth == 0:
                return found.end(), 0
    return None, depth
