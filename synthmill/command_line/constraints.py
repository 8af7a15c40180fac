"""Constraints as a command line has them: `age>=0`, `start<=end`, `unique:email`, `total=price*quantity`."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import click

ABOUT = (
    "What every made row holds: 'age>=0', 'age<=120', 'start<=end', 'sex in F,M', 'total=price*quantity', "
    "'unique:email', 'together:city,state', or an object in JSON; may be repeated."
)
constraint_option = click.option("--constraint", "constraints", metavar="RULE", multiple=True, help=ABOUT)

_OPERATORS = {"+": "sum", "-": "difference", "*": "product", "/": "ratio"}
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}\Z")
_ORDER = re.compile(r"(.+?)\s*(<=|>=|<|>)\s*(.+)\Z")
_FORMULA = re.compile(r"(.+?)\s*=\s*(.+?)\s*([-+*/])\s*(.+)\Z")


def parsed(rules: Iterable[str]) -> list[dict[str, Any]]:
    """The constraints as a fit takes them. Raises click.UsageError for what isn't one."""
    return [_constraint(rule.strip()) for rule in rules]


def _constraint(rule: str) -> dict[str, Any]:
    if rule.startswith("{"):
        try:
            found = json.loads(rule)
        except ValueError as error:
            raise click.UsageError(f"--constraint {rule}: isn't JSON ({error})") from error
        return dict(found)
    kind, colon, rest = rule.partition(":")
    if colon and kind == "unique":
        return {"type": "unique", "column": rest}
    if colon and kind == "together":
        return {"type": "fixed_combinations", "columns": rest.split(",")}
    column, word, values = rule.partition(" in ")
    if word:
        return {
            "type": "one_of",
            "column": column.strip(),
            "values": [_value(one) for one in values.split(",")],
        }
    if match := _ORDER.match(rule):
        return _order(rule, *match.groups())
    if match := _FORMULA.match(rule):
        column, one, sign, other = match.groups()
        return {"type": "formula", "column": column, "operator": _OPERATORS[sign], "of": [one, other]}
    column, equal, other = rule.partition("=")
    if equal and column and other:
        return {"type": "formula", "column": column.strip(), "operator": "copy", "of": [other.strip()]}
    raise click.UsageError(
        f"--constraint {rule}: give one such as age>=0 or start<=end; synthmill fit --help has all"
    )


def _order(rule: str, left: str, sign: str, right: str) -> dict[str, Any]:
    limit = _value(right)
    if isinstance(limit, str) and not _DATE.match(limit):
        low, high = (left, right) if sign.startswith("<") else (right, left)
        strict = {"strict": True} if len(sign) == 1 else {}
        return {"type": "inequality", "low": low, "high": high, **strict}
    if sign == ">" and limit == 0:
        return {"type": "positive", "column": left}
    if len(sign) == 1:
        raise click.UsageError(f"--constraint {rule}: a limit is included: give {sign}= with the next value")
    return {"type": "range", "column": left, "min" if sign == ">=" else "max": limit}


def _value(text: str) -> Any:
    """A number or a truth value as JSON has them; else the text."""
    try:
        value = json.loads(text.strip())
    except ValueError:
        return text.strip()
    return value if isinstance(value, int | float) else text.strip()
