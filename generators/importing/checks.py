"""CHECK constraints as limits and lists of a single column."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation
from typing import Any

from sqlglot import exp

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.model import ColumnFacts, TableFacts, short

FLOAT_DECIMALS = 3
"""Of floating-point numbers, unless a limit has more."""
_NUMBERS = ("integer", "decimal", "float")
_TURNED = {exp.GT: exp.LT, exp.GTE: exp.LTE, exp.LT: exp.GT, exp.LTE: exp.GTE}


def take_over(table: TableFacts, condition: exp.Expr, notes: list[str]) -> None:
    """What the condition says of single columns; a part that says anything else is noted.

    Raises InvalidRequestError where it leaves a column no value together with the checks before it.
    """
    condition = condition.unnest()
    if isinstance(condition, exp.And):
        for part in condition.flatten():
            take_over(table, part, notes)
    elif not _one(table, condition):
        notes.append(f"{table.name}: the check {_sql(condition)} isn't taken over")


def _sql(condition: exp.Expr) -> str:
    try:
        return short(condition.sql())
    except RecursionError:
        return "of very many conditions"


def decimals(value: float) -> int:
    """Digits after the point of a number as it is written."""
    exponent = Decimal(str(value)).normalize().as_tuple().exponent
    return max(0, -int(exponent))


def _one(table: TableFacts, part: exp.Expr) -> bool:
    """Take over `column > 5`, BETWEEN or IN; whether it was one of these."""
    left, right = _bare(part.this), _bare(part.args.get("expression"))
    kind = type(part)
    if isinstance(right, exp.Column) and kind in _TURNED:
        left, right, kind = right, left, _TURNED[kind]
    column = table.column(left.name) if isinstance(left, exp.Column) else None
    if column is None:
        return False
    listed = _listed(part, right)
    if listed and column.family == "boolean":
        return {0, 1} <= set(listed)
    if listed:
        column.values = [one for one in column.values or listed if one in listed]
    elif isinstance(part, exp.Between):
        low, high = (_number(part.args[name]) for name in ("low", "high"))
        if low is None or high is None or column.family not in _NUMBERS:
            return False
        _raise(column, low, exp.GTE)
        _lower(column, high, exp.LTE)
    else:
        limit = _number(right)
        if limit is None or column.family not in _NUMBERS or kind not in _TURNED:
            return False
        (_raise if kind in (exp.GT, exp.GTE) else _lower)(column, limit, kind)
    _check_possible(table, column)
    return True


def _listed(part: exp.Expr, right: Any) -> list[Any]:
    """The values of `IN (...)`, and of `= ANY (ARRAY[...])`, as PostgreSQL writes it; none for others."""
    items: list[Any] = []
    if isinstance(part, exp.In):
        items = part.expressions
    elif isinstance(part, exp.EQ) and isinstance(right, exp.Any):
        array = _bare(right.this)
        items = array.expressions if isinstance(array, exp.Array) else []
    values = [_value(_bare(one)) for one in items]
    return [] if None in values else values


def _value(node: Any) -> Any:
    if isinstance(node, exp.Literal) and node.is_string:
        return node.name
    number = _number(node)
    return None if number is None else _plain(number)


def _number(node: Any) -> Decimal | None:
    node, sign = _bare(node), 1
    if isinstance(node, exp.Neg):
        node, sign = _bare(node.this), -1
    if not isinstance(node, exp.Literal):
        return None
    try:
        # '-5'::integer is how PostgreSQL writes a negative number.
        number = Decimal(node.name) * sign
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number) < Decimal("1e300") else None


def _bare(node: Any) -> Any:
    """Without parentheses, and without casts, which PostgreSQL puts into its checks."""
    while isinstance(node, exp.Paren | exp.Cast):
        node = node.this
    return node


def _step(column: ColumnFacts, limit: Decimal) -> Decimal:
    """The least distance of two values."""
    digits = {"integer": 0, "decimal": column.scale}.get(column.family)
    if digits is None:
        digits = max(FLOAT_DECIMALS, decimals(float(limit)))
    return Decimal(1).scaleb(-digits)


def _raise(column: ColumnFacts, limit: Decimal, kind: type) -> None:
    step = _step(column, limit)
    least = _whole(limit / step, ROUND_CEILING if kind is exp.GTE else ROUND_FLOOR) * step
    low = _plain(least if kind is exp.GTE else least + step)
    column.low = low if column.low is None else max(low, column.low)


def _lower(column: ColumnFacts, limit: Decimal, kind: type) -> None:
    step = _step(column, limit)
    most = _whole(limit / step, ROUND_FLOOR if kind is exp.LTE else ROUND_CEILING) * step
    high = _plain(most if kind is exp.LTE else most - step)
    column.high = high if column.high is None else min(high, column.high)


def _whole(number: Decimal, rounding: str) -> Decimal:
    return number.to_integral_value(rounding)


def _plain(number: Decimal) -> float:
    return int(number) if number == number.to_integral_value() else float(number)


def _check_possible(table: TableFacts, column: ColumnFacts) -> None:
    low, high = column.low, column.high
    if column.values is not None and column.family in _NUMBERS:
        column.values = [one for one in column.values if isinstance(one, str) or _between(one, low, high)]
    if column.values == [] or (low is not None and high is not None and low > high):
        raise InvalidRequestError.one(
            "content",
            f"the checks of {table.name}.{column.name} leave it no value",
            "correct the CHECK that contradicts the others",
        )


def _between(value: float, low: float | None, high: float | None) -> bool:
    return (low is None or low <= value) and (high is None or value <= high)
