"""JSON from strangers: read so that no body can hurt the server or mean two things.

Python's parser recurses (100,000 brackets end a thread), takes NaN and 1e999, keeps the last of two equal
keys and reads integers of any length. Here each of these is refused, naming the field where there is one.

All of it is read in the process that answers everybody, so what is done to every body is done by the parser
and by searches in its text. Values are looked at one by one only where these say that something may be wrong.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.limits import MAX_INTEGER

MAX_DEPTH = 64
MAX_INTEGER_DIGITS = 19
"""As many as the largest 64-bit integer has."""

_SHOWN_ERRORS = 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
# A string is one token, closed or not, so every character is looked at once.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|[\[{]|[\]}]', re.DOTALL)

_NO_BRACKETS = bytes(set(range(256)) - set(b'"[]{}'))
_STRING_WITH_BRACKETS = re.compile(b'"[^"]*"')
_LARGE_NUMBER = re.compile("[0-9](?:[0-9]{19}|[eE])")
"""What a text has that holds an integer that is too long, or a number that isn't finite."""
_ESCAPED = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
"""What a text has that holds a character that can't be stored: as it is neither UTF-8 nor JSON holds one."""


class MalformedJsonError(Exception):
    """These bytes are no JSON text; the message says where it goes wrong."""

    code = "malformed-json"
    errors: tuple[FieldError, ...] = ()


class _LongInteger:
    """Stands where an integer had too many digits."""


class _Repeated(dict[str, Any]):
    """An object that gave a key twice; `key` is the first such."""

    key: str = ""


def read_json(body: bytes) -> Any:
    """The value in the body. Raises MalformedJsonError, or InvalidRequestError naming the fields."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise MalformedJsonError(f"the body is not UTF-8: byte {error.start} can't be read") from error
    if not _is_plainly_shallow(body):
        _check_depth(text)
    wrong: list[str] = []

    def object_of(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value = dict(pairs)
        if len(value) == len(pairs):
            return value
        wrong.append("repeated")
        return _repeated(value, pairs)

    def constant(name: str) -> float:
        wrong.append(name)
        return float(name)

    is_large = _LARGE_NUMBER.search(text) is not None
    try:
        value = json.loads(
            text,
            parse_int=_integer if is_large else None,
            parse_constant=constant,
            object_pairs_hook=object_of,
        )
    except json.JSONDecodeError as error:
        raise MalformedJsonError(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    if not is_large and not wrong and not _ESCAPED.search(text):
        return value
    problems = []
    for problem in _problems(value, ""):
        problems.append(problem)
        if len(problems) == _SHOWN_ERRORS:
            break
    if problems:
        raise InvalidRequestError(problems)
    return value


def _is_plainly_shallow(body: bytes) -> bool:
    """Whether a JSON text is nested at most MAX_DEPTH deep, seen from its brackets alone; False where that
    doesn't show so quickly."""
    if b"\\" in body:
        return False
    # Taking two quotes away that stand side by side changes for no other character whether a string holds it.
    left = body.translate(None, _NO_BRACKETS).replace(b'""', b"")
    if b'"' in left:
        left = _STRING_WITH_BRACKETS.sub(b"", left)
    # Each of these takes away what is innermost, and so one level at most.
    for _ in range(MAX_DEPTH // 2):
        if not left:
            return True
        left = left.replace(b"[]", b"").replace(b"{}", b"")
    return not left


def _check_depth(text: str) -> None:
    depth = 0
    for match in _TOKEN.finditer(text):
        opener = match.group()
        if opener in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                raise InvalidRequestError.one(
                    "body",
                    f"nested deeper than {MAX_DEPTH} levels at character {match.start() + 1}",
                    f"at most {MAX_DEPTH} levels of objects and lists",
                )
        elif opener in "]}":
            depth -= 1


def _integer(digits: str) -> int | _LongInteger:
    return int(digits) if len(digits.lstrip("-")) <= MAX_INTEGER_DIGITS else _LongInteger()


def _repeated(value: dict[str, Any], pairs: list[tuple[str, Any]]) -> _Repeated:
    repeated = _Repeated(value)
    seen: set[str] = set()
    repeated.key = next(key for key, _ in pairs if key in seen or seen.add(key))  # type: ignore[func-returns-value]
    return repeated


def _problems(value: Any, path: str) -> Iterator[FieldError]:
    """What is wrong inside a parsed value; at most MAX_DEPTH deep, so recursion is safe."""
    if isinstance(value, dict):
        yield from _object_problems(value, path)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            if not _is_fine(item):
                yield from _problems(item, f"{path}[{index}]")
    elif isinstance(value, float) and not math.isfinite(value):
        yield FieldError(path or "body", "is not a finite number", "give a finite number, of at most 1.8e308")
    elif isinstance(value, _LongInteger):
        yield FieldError(
            path or "body",
            f"has more than {MAX_INTEGER_DIGITS} digits",
            f"give one from -{MAX_INTEGER} to {MAX_INTEGER}",
        )
    elif isinstance(value, str) and _UNSTORABLE.search(value):
        yield FieldError(
            path or "body",
            "holds a character that can't be stored",
            "no U+0000 and no half of a surrogate pair",
        )


def _object_problems(value: dict[str, Any], path: str) -> Iterator[FieldError]:
    if isinstance(value, _Repeated):
        yield FieldError(f"{path}.{value.key}".lstrip("."), "is given twice", "give each key once")
    for key, item in value.items():
        if _UNSTORABLE.search(key):
            yield FieldError(
                path or "body", "holds a key with a character that can't be stored", "rename the key"
            )
            continue
        if not _is_fine(item):
            yield from _problems(item, f"{path}.{key}".lstrip("."))


def _is_fine(value: Any) -> bool:
    """Whether there is nothing in it, and nothing wrong with it: of most values this is all that is asked."""
    kind = type(value)
    return kind is int or (kind is str and not _UNSTORABLE.search(value))
