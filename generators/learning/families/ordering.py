"""In which order the rows of a family follow one another."""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np
import pyarrow.types as pt

from synthmill.generators.columns.guesses import snake
from synthmill.generators.kernels.mix import I64, U64
from synthmill.generators.learning.source import Column, units_of

_COUNTS = re.compile(
    r"(^|_)(year|month|week|day|date|hour|time|timestamp|step|seq|sequence|position|order|line|line_no|"
    r"line_number|round|period|visit|stint|turn|t)(_id|_no|_number)?$"
)


def with_times(
    columns: Mapping[str, Column], roles: Mapping[str, str], given: Mapping[str, str]
) -> dict[str, str]:
    """The roles; whole numbers that count years or steps, by their names, are times."""
    found = dict(roles)
    for name, column in columns.items():
        plain_number = roles[name] == "number" and name not in given and pt.is_integer(column.type)
        if plain_number and not column.has_nulls and _COUNTS.search(snake(name)):
            found[name] = "time"
    return found


def times_of(columns: Mapping[str, Column], roles: Mapping[str, str]) -> list[str]:
    """Columns that rows are ordered by, one within the other: times first, then counts."""
    times = [name for name in columns if roles[name] == "time" and not columns[name].has_nulls]
    return sorted(times, key=lambda name: bool(pt.is_integer(columns[name].type)))


def ordered(columns: Mapping[str, Column], times: list[str], whose: I64, hashes: U64) -> I64:
    """The rows, family by family, by their times; those of the same time by what they hold."""
    return np.lexsort((hashes, *(units_of(columns[name].values) for name in reversed(times)), whose))
