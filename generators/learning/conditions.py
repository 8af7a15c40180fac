"""Conditions: a model of the rows that meet them, fitted to rows that the model makes, not to real ones."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import marshmallow as ma
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from synthmill.generators.engine.recent import Recent
from synthmill.generators.errors import InvalidRequestError, did_you_mean
from synthmill.generators.kernels.mix import I64, key
from synthmill.generators.learning.chain import Chain, Growth, all_before, fit_chain
from synthmill.generators.learning.codecs.category import Category
from synthmill.generators.learning.codecs.number import Number
from synthmill.generators.learning.codecs.time import Time
from synthmill.generators.learning.condition_tests import cut_to, rule_of, test_of
from synthmill.generators.learning.lookup import after_others, where_there
from synthmill.generators.learning.relations.differences import Difference
from synthmill.generators.learning.relations.formulas import Formula
from synthmill.generators.learning.rules import all_met
from synthmill.generators.learning.table_model import TableModel, with_rules
from synthmill.generators.schema.fields import refused
from synthmill.generators.schema.json_values import shown

Flags = npt.NDArray[np.bool_]

_WANTED = 50_000
"""Rows that a model of conditions is fitted to, where as many meet them."""
_BLOCK = 65_536
_MOST_BLOCKS = 32
"""Of rows that are made to find such; what isn't found among two million is refused."""
_FEWEST = 100
_GROWTH = Growth(0.6, 20, 1, 1, True)
"""Made rows are nobody's, so that leaves hold their codes."""
_USABLE = Category | Difference | Formula | Number | Time
_KEPT: Recent[TableModel] = Recent(64 * 2**20, lambda made: made.chain.nbytes)


class Where(ma.fields.Field[dict[str, Any]]):
    """What columns must hold: a value, a list of values, or {"min": .., "max": ..}; by column."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict) or not value:
            raise refused(f"{shown(value)} isn't an object of columns", 'such as {"sex": "Female"}')
        for column, wanted in value.items():
            try:
                check_condition(wanted)
            except ValueError as error:
                raise ma.ValidationError({column: refused(str(error), _FIX).messages}) from None
        return value

    def json_schema(self) -> dict[str, Any]:
        value = {"type": ["string", "number", "boolean", "null"]}
        limits = {"type": ["string", "number"]}
        between = {
            "type": "object",
            "properties": {"min": limits, "max": limits},
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {
            "type": "object",
            "minProperties": 1,
            "additionalProperties": {
                "oneOf": [value, {"type": "array", "items": value, "minItems": 1}, between]
            },
        }


_FIX = 'give a value, a list of values, or {"min": .., "max": ..}'


def check_condition(wanted: Any) -> None:
    """Raises ValueError for what isn't a condition."""
    if isinstance(wanted, dict):
        if not wanted or not set(wanted) <= {"min", "max"}:
            raise ValueError(f"{shown(wanted)} names neither min nor max alone")
        if any(isinstance(one, bool) or not isinstance(one, str | int | float) for one in wanted.values()):
            raise ValueError(f"{shown(wanted)} has a limit that is no number and no date")
        return
    for one in wanted if isinstance(wanted, list) else [wanted]:
        if one is not None and not isinstance(one, str | int | float):
            raise ValueError(f"{shown(one)} isn't a single value")
    if wanted == []:
        raise ValueError("the list is empty")


def conditioned(table: TableModel, where: Mapping[str, Any]) -> TableModel:
    """A model whose rows all meet the conditions, and are otherwise as the model's that do.

    Raises InvalidRequestError (fields from `where`) for columns that can't have conditions, and for what no
    row, or next to none, meets.
    """
    if not isinstance(where, Mapping):
        raise InvalidRequestError.one("where", f"is a {type(where).__name__}", "give {column: condition}")
    asked = json.dumps(where, sort_keys=True)
    # The model that a condition was asked of is kept with it.
    held = len(asked) + table.chain.nbytes
    return _KEPT.get((table, asked), lambda: _conditioned(table, asked), held)


def _conditioned(table: TableModel, where: str) -> TableModel:
    conditions = json.loads(where)
    for name, wanted in conditions.items():
        _check(table, name, wanted)
    codes = _rows_that_meet(table, conditions)
    columns = tuple(
        replace(one, codec=cut_to(one.codec, conditions[one.name])) if one.name in conditions else one
        for one in table.columns
    )
    decided = {place: one.by for place, one in table.chain.lookups.items()}
    first = [place for name in conditions for place in table.places[name]]
    order = after_others(
        [*first, *(place for place in table.chain.order if place not in first)],
        {**table.chain.null_with, **decided},
    )
    made = replace(table, columns=columns, chain=_fitted(table, codes, order), donors=True)
    reckoned = [
        rule_of(one, conditions[one.name])
        for one in columns
        if one.name in conditions and isinstance(one.codec, Difference | Formula)
    ]
    return with_rules(replace(made, rules=()), (), [*table.rules, *reckoned])


def _check(table: TableModel, name: str, wanted: Any) -> None:
    field = f"where[{name}]"
    known = {one.name: one for one in table.columns}
    if name not in known:
        near = did_you_mean(name, known)
        raise InvalidRequestError.one(field, f"there is no such column{near}", f"columns: {', '.join(known)}")
    codec = known[name].codec
    if not isinstance(codec, _USABLE):
        usable = [one.name for one in table.columns if isinstance(one.codec, _USABLE)]
        raise InvalidRequestError.one(
            field,
            f"a {known[name].role} is made anew in each row",
            f"columns for conditions: {', '.join(usable)}",
        )
    try:
        check_condition(wanted)
        rule_of(known[name], wanted) if isinstance(codec, Difference | Formula) else test_of(codec, wanted)
    except (ValueError, TypeError, OverflowError, pa.ArrowException) as error:
        raise InvalidRequestError.one(field, str(error), _FIX) from error


def _rows_that_meet(table: TableModel, conditions: Mapping[str, Any]) -> list[I64]:
    """The codes of made rows that meet all conditions and the table's rules, by variable; the same for the
    same model."""
    keys = [key(0, "where", str(place)) for place in range(len(table.variables))]
    every = frozenset(range(len(keys)))
    found: list[list[I64]] = [[] for _ in keys]
    met = dict.fromkeys(conditions, 0)
    count = made = 0
    while count < _WANTED and made < _MOST_BLOCKS:
        rows = np.arange(made * _BLOCK, (made + 1) * _BLOCK, dtype=np.uint64)
        drawn = table.chain.drawn(table.variables, keys, rows, every)
        kept = _by_rules(table, drawn, rows)
        for name, wanted in conditions.items():
            column, at = table.by_name[name], table.places[name]
            if isinstance(column.codec, Difference | Formula):
                cells = table.cells_of(drawn, 0, rows, len(rows), [name])
                one = rule_of(column, wanted).met(cells, {})
            else:
                one = test_of(column.codec, wanted)(
                    [drawn[place][0] for place in at], [drawn[place][1] for place in at]
                )
            met[name] += int(one.sum())
            kept &= one
        for place in range(len(keys)):
            found[place].append(drawn[place][0][kept])
        count += int(kept.sum())
        made += 1
    if count < _FEWEST:
        shares = ", ".join(f"{name} by {number}" for name, number in met.items())
        raise InvalidRequestError.one(
            "where",
            f"{count} of {made * _BLOCK:,} rows that the model makes meet it (each alone: {shares})",
            "ask for what the model makes more often",
        )
    return [np.concatenate(one) for one in found]


def _by_rules(table: TableModel, drawn: Mapping[int, Any], rows: Any) -> Flags:
    if not table.rules:
        return np.ones(len(rows), np.bool_)
    names = list(dict.fromkeys(name for rule in table.rules for name in rule.columns))
    cells = table.cells_of(drawn, 0, rows, len(rows), names)
    return all_met(table.rules, cells, {name: drawn[table.places[name][0]][0] for name in names})


def _fitted(table: TableModel, codes: list[I64], order: list[int]) -> Chain:
    subjects, growths = np.arange(len(codes[0]), dtype=np.int32), [_GROWTH] * len(order)
    return fit_chain(
        table.variables,
        where_there(codes, table.chain.null_with),
        order,
        all_before(len(order)),
        subjects,
        growths,
        lambda: None,
        table.chain.lookups,
        table.chain.null_with,
    )
