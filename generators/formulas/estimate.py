"""What a formula's results are like, by estimate: how long as text, how many null, how many different.

Files' sizes and blocks follow from it, never a cell. How often a condition is true is guessed as planners of
databases do where nothing is counted (Selinger et al. 1979, "Access path selection in a relational database
management system", table 1): one in as many as there are different values for an equality, one in ten where
these are many or unknown, one in three for an order, as if conditions were independent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from math import inf, prod
from typing import TypeAlias

from synthmill.generators.formulas.formula import Applied, Constant, Formula, Looked
from synthmill.generators.formulas.values import DATE, NUMBER, TEXT, TIME, TRUTH

_EQUAL, _ORDERED = 1 / 10, 1 / 3
_UNROUNDED = 16.0
"""Characters of a double that was computed."""
_WHOLE = 5.0
"""Characters of a number of which nothing else is known."""
_WIDTHS = {TRUTH: 5.0, DATE: 10.0, TIME: 27.0}


@dataclass(frozen=True)
class Looks:
    """What cells or results are like."""

    width: float
    """Bytes as text, on average of those that aren't null."""
    filled: float = 1.0
    """The share that isn't null."""
    distinct: float = inf
    """How many different ones there are; infinite where they are many."""
    true: float = 0.5
    """Of truth values, the share that is true."""


_Rule: TypeAlias = Callable[[Sequence[Looks], Sequence[object]], Looks]


def estimated(formula: Formula, columns: Mapping[str, Looks]) -> Looks:
    """What a formula's results are like, where its columns are like this."""
    if isinstance(formula, Looked):
        return columns[formula.name]
    if isinstance(formula, Constant):
        written = 0.0 if formula.value is None else float(len(str(formula.value).encode()))
        return Looks(written, float(formula.value is not None), 1.0, float(formula.value is True))
    given = [estimated(argument, columns) for argument in formula.arguments]
    rule = _RULES.get(formula.function)
    found = _usual(formula, given) if rule is None else rule(given, formula.literals)
    return replace(found, width=_WIDTHS.get(formula.type, found.width))


def _usual(formula: Applied, given: Sequence[Looks]) -> Looks:
    """Of a function without a rule: null where an argument is, and as many different as there are of them."""
    width = max((one.width for one in given), default=_WHOLE)
    if formula.type == NUMBER:
        width = _UNROUNDED
    elif formula.type != TEXT:
        width = min(width, _WHOLE) if formula.function not in "+-*" else width
    return Looks(width, _all_filled(given), prod(one.distinct for one in given))


def _all_filled(given: Sequence[Looks]) -> float:
    return prod(one.filled for one in given)


def _if(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    condition, *branches = given
    return _one_of(branches, (condition.true, 1.0 - condition.true))


def _coalesce(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    weights, left = [], 1.0
    for one in given:
        weights.append(left)
        left *= 1.0 - one.filled
    return _one_of(given, weights)


def _one_of(ways: Sequence[Looks], weights: Sequence[float]) -> Looks:
    """Each way as often as its weight, which is that of null and other results together."""
    shares = [weight * one.filled for weight, one in zip(weights, ways, strict=True)]
    filled = sum(shares)
    width = sum(share * one.width for share, one in zip(shares, ways, strict=True))
    true = sum(share * one.true for share, one in zip(shares, ways, strict=True))
    some = filled or 1.0
    return Looks(width / some, min(1.0, filled), sum(one.distinct for one in ways), true / some)


def _joined(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return Looks(sum(one.width for one in given), _all_filled(given), prod(one.distinct for one in given))


def _substring(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    count = literals[2]
    assert isinstance(count, int)
    return replace(given[0], width=min(given[0].width, float(count)))


def _rounded(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return replace(given[0], width=min(given[0].width, _WHOLE + 2.0))


def _equal(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    # What a formula asks for by name is seldom rare.
    different = max((one.distinct for one in given), default=1.0)
    return _truth(max(_EQUAL, 1.0 / different))


def _not_equal(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(1.0 - _equal(given, literals).true)


def _ordered(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(_ORDERED)


def _part(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(_EQUAL)


def _both(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(given[0].true * given[1].true)


def _either(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(1.0 - (1.0 - given[0].true) * (1.0 - given[1].true))


def _not(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(1.0 - given[0].true)


def _is_null(given: Sequence[Looks], literals: Sequence[object]) -> Looks:
    return _truth(1.0 - given[0].filled)


def _truth(true: float) -> Looks:
    return Looks(_WIDTHS[TRUTH], 1.0, 2.0, true)


_RULES: Mapping[str, _Rule] = {
    "if": _if,
    "coalesce": _coalesce,
    "&": _joined,
    "substring": _substring,
    "round": _rounded,
    "=": _equal,
    "!=": _not_equal,
    **dict.fromkeys(("<", "<=", ">", ">="), _ordered),
    **dict.fromkeys(("contains", "starts_with"), _part),
    "and": _both,
    "or": _either,
    "not": _not,
    "is_null": _is_null,
}
