"""Plain JSON values: what parameters consist of, from an API, a file or a Python program alike."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Mapping, Sequence
from typing import Any

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60


def shown(value: object) -> str:
    """A value as it may be quoted in an error: never longer than a line, however long it is."""
    return _short.repr(value)


def step(path: str, key: str) -> str:
    """The path of a member: `parameters` and `tables` give `parameters.tables`."""
    key = key if len(key) <= limits.MAX_NAME_LENGTH else key[: limits.MAX_NAME_LENGTH] + "..."
    return f"{path}.{key}" if path else key


def element(path: str, position: int, item: object) -> str:
    """The path of a list's element, by its name where it has one: `tables[orders]`, `weights[3]`."""
    name = item.get("name") if isinstance(item, Mapping) else None
    known = isinstance(name, str) and 0 < len(name) <= limits.MAX_NAME_LENGTH
    return f"{path}[{name if known else position}]"


def plain(value: object, path: str = "") -> Any:
    """A copy of JSON types alone (tuples become lists). Raises InvalidRequestError.

    Refused: more depth, values or list entries than `generators.limits` allows, NaN and infinities, whole
    numbers beyond 64 bits, text that isn't Unicode, keys that aren't text, and objects of any other type.
    """
    return _Copier().copy(value, path, 0)


class _Copier:
    """Counts what it copies, so that no way of sharing or nesting makes a small request a huge one."""

    def __init__(self) -> None:
        self.values = 0

    def copy(self, value: object, path: str, depth: int) -> Any:
        self.values += 1
        if self.values > limits.MAX_VALUES:
            raise _refuse(
                path, f"there are more than {limits.MAX_VALUES} values in all", "ask for less at once"
            )
        if depth > limits.MAX_DEPTH:
            raise _refuse(
                path,
                f"nested more than {limits.MAX_DEPTH} deep",
                "put fewer objects and lists inside one another",
            )
        if isinstance(value, Mapping):
            return self._object(value, path, depth)
        if isinstance(value, list | tuple):
            return self._list(value, path, depth)
        return _scalar(value, path)

    def _object(self, value: Mapping[Any, object], path: str, depth: int) -> dict[str, Any]:
        for key in value:
            if not isinstance(key, str):
                raise _refuse(path, f"the key {shown(key)} isn't text", "put it in quotes")
            _text(key, path)
        return {key: self.copy(item, step(path, key), depth + 1) for key, item in value.items()}

    def _list(self, value: Sequence[object], path: str, depth: int) -> list[Any]:
        if len(value) > limits.MAX_WORDS:
            raise _refuse(path, f"has {len(value)} entries", f"a list has at most {limits.MAX_WORDS} entries")
        return [self.copy(item, element(path, at, item), depth + 1) for at, item in enumerate(value)]


def _scalar(value: object, path: str) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value, path)
    if isinstance(value, int):
        if abs(value) > limits.MAX_INTEGER:
            raise _refuse(
                path,
                "a whole number of more than 64 bits",
                f"give one from -{limits.MAX_INTEGER} to {limits.MAX_INTEGER}",
            )
        return int(value)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise _refuse(path, f"{value} isn't a number", "give a finite number, or leave it out")
        return float(value)
    raise _refuse(
        path,
        f"{shown(value)} is a {type(value).__name__}",
        'give text, a number, true, false, null, a list or an object; dates as text: "2024-12-31"',
    )


def _text(value: str, path: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _refuse(path, "the text has a lone surrogate in it", "give valid Unicode") from None
    return str(value)


def _refuse(path: str, reason: str, fix: str) -> InvalidRequestError:
    return InvalidRequestError.one(path or "request", reason, fix)
