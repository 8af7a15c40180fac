"""A kind and parameters for each column that is no key, so that every value fits its type."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from synthmill.generators.columns.guesses import number_guess, snake, text_guess
from synthmill.generators.columns.numbers import MAX_DECIMALS
from synthmill.generators.columns.wordlist import words
from synthmill.generators.importing.checks import FLOAT_DECIMALS, decimals
from synthmill.generators.importing.model import ColumnFacts

NULLS = 0.1
"""Of a column that may be null and says nothing of how often."""
_MOST_INTEGER = {1: 127, 2: 32_767, 4: 2_147_483_647, 8: 2**63 - 1}
COUNTED = ("integer", "decimal", "float", "text", "uuid")
"""Families of which a sequence is made."""
_USUAL = 10_000
_MOST_DECIMAL = 1e9
"""Beyond it the kind `decimal` has no values; whole numbers fit as well."""
_CHOICES = 40
_HALF_HOURS = [f"{hour:02}:{minute:02}:00" for hour in range(24) for minute in (0, 30)]
_SIMPLE: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"kind": "boolean"},
    "date": {"kind": "date"},
    "timestamp": {"kind": "timestamp"},
    "time": {"kind": "categorical", "values": _HALF_HOURS},
    "uuid": {"kind": "uuid"},
    "json": {"kind": "constant", "value": "{}"},
    "interval": {"kind": "duration", "min": "1m", "max": "2d", "unit": "minute", "form": "iso"},
    "address": {"kind": "ip_address"},
    "card": {"kind": "mac_address"},
    "array": {"kind": "constant", "value": "{}"},
    "binary": {"kind": "constant", "value": "\\x00"},
}
"""Families whose type says nothing more of their values; written as databases read them."""


def column_for(facts: ColumnFacts, rows: int) -> dict[str, Any]:
    """The column's parameters, type and nulls included; `rows` is the table's."""
    chosen = dict(facts.parameters) if facts.parameters else _chosen(facts, rows)
    column: dict[str, Any] = {"name": facts.name, **chosen}
    if facts.nullable and "nulls" not in column:
        column["nulls"] = NULLS
    return column


def sequence(facts: ColumnFacts) -> dict[str, Any]:
    """Consecutive values for a key, in the column's own type."""
    if facts.family in ("integer", "decimal", "float"):
        first = _first(facts)
        return {"kind": "sequence"} | ({} if first == 1 else {"start": first})
    if facts.family == "uuid":
        return {"kind": "uuid"}
    if facts.fixed and facts.length:
        return {"kind": "sequence", "width": min(30, facts.length)}
    prefix = snake(facts.name)[:1].upper() + "-"
    length = facts.length or 36
    digits = max(1, min(8, length - len(prefix)))
    return {"kind": "sequence", "prefix": prefix if length > 8 else "", "width": min(digits, length)}


def most_rows(facts: ColumnFacts) -> int:
    """Rows for which a key of the column's type has values."""
    if facts.family == "integer":
        last = _MOST_INTEGER[facts.length or 8]
        if facts.high is not None:
            last = min(last, math.floor(facts.high))
        return max(1, last - _first(facts) + 1)
    if facts.family == "decimal":
        return int(10 ** min(18, (facts.length or 18) - facts.scale)) - 1
    if facts.family == "text" and facts.length is not None:
        made = sequence(facts)
        return int(10 ** min(18, int(made["width"]))) - 1
    return 10**10


def _first(facts: ColumnFacts) -> int:
    """The number of a sequence's first row: 1, or the least that is allowed."""
    return 1 if facts.low is None else max(1, math.ceil(facts.low))


def _chosen(facts: ColumnFacts, rows: int) -> dict[str, Any]:
    if facts.values:
        return {"kind": "categorical", "values": facts.values}
    if facts.unique and facts.family in COUNTED:
        # A number of its own for each row keeps any unique constraint.
        return sequence(facts)
    if facts.family in _SIMPLE:
        return dict(_SIMPLE[facts.family])
    numbers = {"integer": _integer, "decimal": _decimal, "float": _float}
    return numbers.get(facts.family, _text)(facts)


def _limits(facts: ColumnFacts, low: float, high: float) -> tuple[float, float]:
    """The limits that were declared, else those that the name suggests, else the usual ones."""
    low, high = facts.usual or number_guess(facts.name) or (low, high)
    span = high - low
    # Only one limit may be declared, and lie beyond the other, which is a guess.
    if facts.low is not None and facts.high is None and facts.low >= high:
        high = facts.low + span
    if facts.high is not None and facts.low is None and facts.high <= low:
        low = facts.high - span
    return low if facts.low is None else facts.low, high if facts.high is None else facts.high


def _integer(facts: ColumnFacts) -> dict[str, Any]:
    most = _MOST_INTEGER[facts.length or 8]
    low, high = _limits(facts, 0, _USUAL)
    return {"kind": "integer", "min": round(max(low, -most - 1)), "max": round(min(high, most))}


def _decimal(facts: ColumnFacts) -> dict[str, Any]:
    scale = min(facts.scale, 9)
    whole = (facts.length or 18) - facts.scale
    most = 10.0**whole - 10.0**-scale
    low, high = _limits(facts, 0, 1_000)
    if max(abs(low), abs(high)) > _MOST_DECIMAL and most > _MOST_DECIMAL:
        return {"kind": "integer", "min": math.ceil(max(low, -most)), "max": math.floor(min(high, most))}
    return {
        "kind": "decimal",
        "min": round(max(low, -most), scale),
        "max": round(min(high, most), scale),
        "scale": scale,
    }


def _float(facts: ColumnFacts) -> dict[str, Any]:
    low, high = _limits(facts, 0, 1_000)
    needed = max(FLOAT_DECIMALS, decimals(low), decimals(high))
    # Limits of more digits than can be rounded to are kept by not rounding.
    rounding = {"decimals": needed} if needed <= MAX_DECIMALS else {}
    return {"kind": "uniform", "min": low, "max": high, **rounding}


def _text(facts: ColumnFacts) -> dict[str, Any]:
    length = facts.length
    guessed = text_guess(facts.name, length)
    if guessed is not None:
        return dict(guessed)
    vocabulary = words("words")
    longest = max(map(len, vocabulary))
    if facts.fixed and length is not None:
        return {"kind": "categorical", "values": _codes(length)}
    if length is None or length >= 3 * (longest + 1):
        most = 12 if length is None else min(12, length // (longest + 1))
        return {"kind": "text", "min_words": min(2, most), "max_words": most}
    fitting = [word for word in vocabulary if len(word) <= length][:_CHOICES]
    return {"kind": "categorical", "values": fitting or _codes(length)}


def _codes(length: int) -> list[str]:
    """Words of exactly so many letters: AAAA, BBBB ..."""
    return [letter * length for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
