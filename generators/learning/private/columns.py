"""Columns of a private fit: each counted once, and made codes of by what was counted."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.types as pt

from synthmill.generators.columns.guesses import text_guess
from synthmill.generators.columns.people.names import USUAL_LOCALE
from synthmill.generators.engine.arrays import fixed_width
from synthmill.generators.engine.cells import Dictionary
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import I64
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.codec import Codec
from synthmill.generators.learning.codecs.intervals import Values
from synthmill.generators.learning.codecs.keys import Key
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.personal import KINDS, Personal
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.days import DAY
from synthmill.generators.learning.private.declared import Bounds
from synthmill.generators.learning.private.domains import found_range, stable_values
from synthmill.generators.learning.private.measuring import Measuring, projected
from synthmill.generators.learning.private.ranges import (
    Cells,
    cells_between,
    histogram,
    without_unsure_nulls,
)
from synthmill.generators.learning.roles import PERSONAL
from synthmill.generators.learning.source import Column, bits_of, doubles_of, units_of
from synthmill.generators.learning.variables import Variable, variable_of

_EPOCH = date(1970, 1, 1)
_DAYS = date.min.toordinal() - _EPOCH.toordinal(), date.max.toordinal() - _EPOCH.toordinal()
_KEY_DIGITS = 8
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?\Z")
_COLUMNS = "columns alone"


@dataclass(frozen=True)
class Known:
    """What is declared of a column, and what its steps may cost."""

    bounds: Bounds | None
    domain: list[Any] | None
    alone: Fraction
    """Rho for its histogram, and for what has to be found before."""
    finding: Fraction
    delta: Fraction
    total: float
    """Rows, as counted with noise."""
    classes: int
    cells: int


@dataclass(frozen=True)
class Learnt:
    """A column as a codec; of each of its variables the rows' codes, -1 where a row has none."""

    codec: Codec
    codes: tuple[I64, ...]


def role_of(column: Column, given: str | None, has_domain: bool) -> str:
    """The role, by name and type, and by what is declared: values aren't looked at."""
    if given is not None or has_domain:
        return given or "category"
    if pt.is_date(column.type) or pt.is_timestamp(column.type):
        return "time"
    if pt.is_integer(column.type) or pt.is_floating(column.type) or pt.is_decimal(column.type):
        return "number"
    return "personal" if _kind(column) in PERSONAL else "category"


def _kind(column: Column) -> str | None:
    guessed = text_guess(column.name, None) if pt.is_string(column.type) else None
    return None if guessed is None or guessed["kind"] not in KINDS else str(guessed["kind"])


def needs_finding(column: Column, role: str, bounds: Bounds | None, domain: list[Any] | None) -> str:
    """`range`, `values` or nothing: what of a column isn't known without looking."""
    if role in ("number", "time") and bounds is None:
        return "range"
    return "values" if role == "category" and domain is None and not pt.is_boolean(column.type) else ""


def learn_column(
    measuring: Measuring, table: str, column: Column, role: str, known: Known, personal: set[str]
) -> Learnt:
    """Raises InvalidRequestError for what can't be learnt privately, and for what is declared wrongly."""
    match role:
        case "number":
            return _number(measuring, table, column, known)
        case "time":
            return (_number if pt.is_date(column.type) else _time)(measuring, table, column, known)
        case "category":
            return _category(measuring, table, column, known)
        case "key" | "subject":
            return _made_anew(column, known)
        case "personal" if _kind(column):
            of = _kind(column) or ""
            wanted = ("first_name", "last_name") if personal & {"first_name", "last_name"} else ("name",)
            names = tuple(one for one in wanted if one in personal and of == "email")
            variable, codes = _constant(column, known)
            return Learnt(
                Personal(column.type, False, of, names, of == "email", USUAL_LOCALE, variable), (codes,)
            )
    raise InvalidRequestError.one(
        f"tables[{table}].columns[{column.name}]",
        f"is {role}, of which next to nothing can be learnt privately",
        "ignore it, or make it a category, whose values can be declared (domains)",
    )


def _constant(column: Column, known: Known) -> tuple[Variable, I64]:
    weights = np.full(1, max(1, round(known.total)), np.int64)
    return variable_of(weights, False), np.zeros(len(column.known), np.int64)


def _made_anew(column: Column, known: Known) -> Learnt:
    """A key: of texts eight digits, of numbers 1, 2, 3; what the real ones look like isn't looked at."""
    variable, codes = _constant(column, known)
    is_text = pt.is_string(column.type)
    key = Key(column.type, False, "mask" if is_text else "serial", 1, "9" * _KEY_DIGITS, variable)
    return Learnt(key, (codes,))


def _category(measuring: Measuring, table: str, column: Column, known: Known) -> Learnt:
    field = f"privacy.domains.{table}.{column.name}"
    domain = [False, True] if pt.is_boolean(column.type) else known.domain
    different, places = _different(column)
    if domain is None:
        counts = np.bincount(places[column.known], minlength=len(different))
        there = stable_values(measuring, counts, known.finding, known.delta)
        domain = [different[at] for at in there.tolist()]
    else:
        domain = list(dict.fromkeys(_checked(column, value, field) for value in domain))
    at = {value: place for place, value in enumerate(domain)}
    of_value = np.array([at.get(value, -1) for value in different] or [-1], np.int64)
    cells = np.where(column.known, of_value[places.clip(0, max(0, len(different) - 1))], len(domain))
    exact = np.bincount(cells[cells >= 0], minlength=len(domain) + 1)
    counts, error = measuring.counts(_COLUMNS, exact, known.alone)
    fitted = projected(without_unsure_nulls(counts, error), known.total)
    order = np.argsort(-fitted[:-1], kind="stable")
    kept = order[np.rint(fitted[order]) > 0]
    nulls = round(float(fitted[-1]))
    if not len(kept):
        # Nothing is known to be there, so that all is null.
        only = variable_of(np.full(1, max(1, nulls), np.int64), False)
        empty = Dictionary(fixed_width(np.zeros(1, np.int64), pa.int64()).cast(_held(column)))
        return Learnt(Category(column.type, True, empty, only), (np.where(cells == len(domain), 0, -1),))
    variable = variable_of(np.rint(fitted[kept]).astype(np.int64), False, nulls, known.classes)
    code_of = np.full(len(domain) + 2, -1, np.int64)
    code_of[kept] = np.arange(len(kept)) + (nulls > 0)
    code_of[len(domain)] = 0 if nulls else -1
    values = pa.array([domain[place] for place in kept.tolist()], _held(column))
    return Learnt(Category(column.type, nulls > 0, Dictionary(values), variable), (code_of[cells],))


def _held(column: Column) -> pa.DataType:
    """What a category's values are held as."""
    if pt.is_string(column.type):
        return pa.string()
    return pa.float64() if pt.is_floating(column.type) else pa.int64()


def _different(column: Column) -> tuple[list[Any], I64]:
    """The different values, in an order of their own, and each row's place among them."""
    if pt.is_string(column.type):
        words, places = column.words
        texts = words.to_pylist()
        order = sorted(range(len(texts)), key=texts.__getitem__)
        back = np.empty(len(texts) + 1, np.int64)
        back[order] = np.arange(len(texts))
        back[len(texts)] = 0
        return [texts[at] for at in order], back[places]
    numbers = doubles_of(column.values) if pt.is_floating(column.type) else bits_of(column)
    found, inverse = np.unique(numbers, return_inverse=True)
    return found.tolist(), inverse.astype(np.int64)


def _checked(column: Column, value: Any, field: str) -> Any:
    """A declared value in the column's units; numbers may be texts, as a command line has nothing else."""
    if isinstance(value, str) and pt.is_primitive(column.type) and _NUMBER.match(value):
        value = float(value) if pt.is_floating(column.type) or "." in value else int(value)
    is_text = isinstance(value, str)
    if is_text != bool(pt.is_string(column.type)) or isinstance(value, bool) != bool(
        pt.is_boolean(column.type)
    ):
        raise InvalidRequestError.one(field, f"{value!r} isn't of {column.type}", "give values of the column")
    if pt.is_floating(column.type):
        return float(value)
    if not is_text and value != int(value):
        raise InvalidRequestError.one(field, f"{value!r} isn't a whole number", "give values of the column")
    return value if is_text else int(value)


def _number(measuring: Measuring, table: str, column: Column, known: Known) -> Learnt:
    scale: int | None = 0
    decimals = None if known.bounds is None else known.bounds.decimals
    if pt.is_floating(column.type):
        doubles, scale = doubles_of(column.values), decimals
        numbers: Any = doubles if scale is None else np.rint(doubles * 10.0**scale).clip(-(2.0**62), 2.0**62)
        numbers = numbers if scale is None else numbers.astype(np.int64)
    else:
        numbers = units_of(column.values)
        if decimals:
            raise InvalidRequestError.one(
                f"privacy.bounds.{table}.{column.name}.decimals", f"{column.type} has none", "leave it out"
            )
        if pt.is_decimal(column.type):
            scale = 0
            decimals = column.type.scale
    low, high = _limits(measuring, table, column, known, numbers[column.known], decimals or 0)
    values, variable, codes, nullable = _coded(
        measuring, cells_between(low, high, known.cells), numbers, column.known, known, True
    )
    return Learnt(Number(column.type, nullable, scale, values, variable), (codes,))


def _limits(
    measuring: Measuring, table: str, column: Column, known: Known, numbers: Any, decimals: int
) -> tuple[Any, Any]:
    """The range in the units of `numbers`."""
    bounds, field = known.bounds, f"privacy.bounds.{table}.{column.name}"
    is_day = pt.is_date(column.type) or pt.is_timestamp(column.type)
    if bounds is None:
        low, high = found_range(measuring, numbers, known.finding)
        return (max(low, _DAYS[0]), min(high, _DAYS[1])) if is_day else (low, high)
    ends = list[float]()
    for name, limit in (("min", bounds.low), ("max", bounds.high)):
        if isinstance(limit, str) != is_day:
            raise InvalidRequestError.one(
                f"{field}.{name}", f"{limit!r} isn't of {column.type}", "a day for days, else a number"
            )
        if isinstance(limit, str):
            ends.append((date.fromisoformat(limit) - _EPOCH).days)
        elif numbers.dtype == np.int64:
            ends.append(round(limit * 10**decimals))
        else:
            ends.append(float(limit))
    if ends[0] >= ends[1]:
        raise InvalidRequestError.one(field, "holds one number alone", "give a wider range")
    return ends[0], ends[1]


def _coded(
    measuring: Measuring, cells: Cells, numbers: Any, there: Any, known: Known, nulls: bool
) -> tuple[Values, Variable, I64, bool]:
    """What the codes stand for, their variable, the rows' codes, and whether there are nulls; `nulls` says
    whether to count them."""
    missing = int((~there).sum()) if nulls else 0
    found, fitted = histogram(
        measuring, _COLUMNS, cells, cells.of(numbers[there]), missing, known.total, known.alone
    )
    null = round(fitted)
    variable = variable_of(np.rint(found.weights).astype(np.int64).clip(1), True, null, known.classes)
    codes = found.code_of[cells.of(numbers)]
    codes = np.where(codes < 0, -1, codes + (null > 0))
    codes = np.where(there, codes, 0 if null else -1)
    values = found.values
    if null:
        nothing = np.zeros(1, values.low.dtype)
        values = Values(np.concatenate([nothing, values.low]), np.concatenate([nothing, values.high]))
    return values, variable, codes, null > 0


def _time(measuring: Measuring, table: str, column: Column, known: Known) -> Learnt:
    """The day and, where times have finer units than that, the second of it."""
    whole = DAY[column.type.unit]
    ticks = np.where(column.known, units_of(column.values), 0)
    days = ticks // whole
    low, high = _limits(measuring, table, column, known, days[column.known], 0)
    known = replace(known, alone=known.alone / 2)
    day_values, day, day_codes, nullable = _coded(
        measuring, cells_between(low, high, known.cells), days, column.known, known, True
    )
    step = whole // 86_400
    seconds = (ticks - days * whole) // step
    second_values, second, second_codes, _ = _coded(
        measuring, cells_between(0, 86_399, known.cells), seconds, column.known, known, False
    )
    codec = Time(column.type, nullable, step, day_values, second_values, (day, second))
    return Learnt(codec, (day_codes, second_codes))


def fixed_names(columns: Mapping[str, Column], roles: Mapping[str, str]) -> set[str]:
    """The kinds of a table's personal columns."""
    return {_kind(one) or "" for name, one in columns.items() if roles[name] == "personal"}
