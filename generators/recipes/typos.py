"""Names over a template that are a slip of the finger away from one that the template has.

What is laid over a template may add tables and columns, so a mistyped name would be a new one without a word.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from synthmill.generators.errors import FieldError, InvalidRequestError
from synthmill.generators.schema.json_values import element, shown, step

_NEEDED = ("kind", "columns")
"""What a column and a table of their own have."""
_SHORTEST = 4
"""Letters of a name from which one other letter is taken for a slip; of two others from twice as many."""
_MOST_COMPARED = 2_000
"""Names of one list that are compared; a template has fewer."""


def refuse_typos(base: Any, over: Any, path: str) -> None:
    """Raises InvalidRequestError for names in `over` that look as if one of `base` were meant.

    Beside the one that it is like, a name is taken for a new one.
    """
    errors = list(_typos(base, over, path))
    if errors:
        raise InvalidRequestError(errors)


def _typos(base: Any, over: Any, path: str) -> Iterator[FieldError]:
    if isinstance(base, Mapping) and isinstance(over, Mapping):
        for key, value in over.items():
            if key in base:
                yield from _typos(base[key], value, step(path, str(key)))
    elif isinstance(over, list) and _are_named(base):
        known = {item["name"]: item for item in base}
        given = [item for item in over if isinstance(item, Mapping) and isinstance(item.get("name"), str)]
        named = {item["name"] for item in given}
        for at, item in enumerate(given[:_MOST_COMPARED]):
            name, at_item = item["name"], element(path, at, item)
            if name in known:
                yield from _typos(known[name], item, at_item)
                continue
            meant = _meant(item, known, named)
            if meant is not None:
                yield FieldError(
                    at_item,
                    f"the template has no {shown(name)}, did you mean {meant}?",
                    f"write {meant}; if it is to be a new one, name {meant} beside it, too",
                )


def _are_named(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, Mapping) and "name" in one for one in value)


def _meant(item: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]], named: set[str]) -> str | None:
    """The name that was meant, if the item can't be or hardly is a new one."""
    name = item["name"]
    free = [one for one in known if one not in named]
    if any(all(need in one for one in known.values()) and need not in item for need in _NEEDED):
        # It lacks what everything in the list has, so it is meant for one that is there.
        near = difflib.get_close_matches(name, free, 1)
        return near[0] if near else None
    return next((one for one in free if _is_slip(name.lower(), one.lower())), None)


def _is_slip(one: str, other: str) -> bool:
    """Whether a letter or two are missing, too many, wrong or swapped; digits tell names apart."""
    if one == other:
        return True
    if re.sub(r"\d", "", one) == re.sub(r"\d", "", other):
        return False
    length = min(len(one), len(other))
    most = 0 if length < _SHORTEST else 1 if length < 2 * _SHORTEST else 2
    return abs(len(one) - len(other)) <= most and _distance(one, other) <= most


def _distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Letters to add, leave out, change, or swap with the next one."""
    before, row = list[int](), list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        earlier, before, row = before, row, [at]
        for to, wanted in enumerate(other, 1):
            change = before[to - 1] + (letter != wanted)
            row.append(min(before[to] + 1, row[to - 1] + 1, change))
            if at > 1 and to > 1 and letter == other[to - 2] and one[at - 2] == wanted:
                row[to] = min(row[to], earlier[to - 2] + 1)
    return row[-1]
