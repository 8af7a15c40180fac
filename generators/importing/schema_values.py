"""What a schema says of single values, as kinds and parameters that keep to it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from synthmill.generators.columns.guesses import number_guess, text_guess
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.importing.model import ColumnFacts
from synthmill.generators.limits import MAX_INTEGER
from synthmill.generators.patterns.parser import MAX_LENGTH, PatternError, parse
from synthmill.generators.patterns.tree import size
from synthmill.generators.schema.json_values import shown

Schema = Mapping[str, Any]
Parameters = dict[str, Any]

_USUAL = {"integer": 10_000, "number": 1_000}
_MULTIPLES = 1_000
"""Most values of a number that is a multiple of another."""
_DECIMALS = range(3, 13)
_FINE = 10**9
"""From here on, doubles are too coarse to count decimals."""
_LARGEST = 1e150
"""Of the kind `uniform`."""
_MORE_CHARACTERS = 20

_FORMATS: Mapping[str, tuple[int, Mapping[str, Any]]] = {
    "date": (10, {"kind": "date"}),
    "date-time": (27, {"kind": "timestamp"}),
    "time": (9, {"kind": "pattern", "pattern": r"([01]\d|2[0-3]):[0-5]\d:[0-5]\dZ"}),
    "duration": (8, {"kind": "duration", "max": "8h", "unit": "minute", "form": "iso"}),
    "uuid": (36, {"kind": "uuid"}),
    "email": (80, {"kind": "email", "numbered": True}),
    "idn-email": (80, {"kind": "email", "numbered": True}),
    "hostname": (22, {"kind": "pattern", "pattern": r"[a-z]{3,10}\.example\.(com|org|net)"}),
    "idn-hostname": (22, {"kind": "pattern", "pattern": r"[a-z]{3,10}\.example\.(com|org|net)"}),
    "ipv4": (15, {"kind": "ip_address"}),
    "ipv6": (39, {"kind": "ip_address", "version": "6"}),
    "uri": (80, {"kind": "url"}),
    "uri-reference": (80, {"kind": "url"}),
    "iri": (80, {"kind": "url"}),
    "iri-reference": (80, {"kind": "url"}),
}
"""The longest text of each, and what makes such."""


def wrong(name: str, reason: str, fix: str) -> InvalidRequestError:
    return InvalidRequestError.one("content", f"{name}: {reason}", fix)


def number(schema: Schema, key: str, name: str) -> Decimal | None:
    """Exactly as it is written. Raises InvalidRequestError for what is no number."""
    value = schema.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise wrong(name, f"its {key} is {shown(value)}", "give a number")
    return Decimal(repr(value))


def count(schema: Schema, key: str, name: str) -> int | None:
    """Characters or items. Raises InvalidRequestError for what can't be counted."""
    value = number(schema, key, name)
    if value is not None and (value < 0 or value != int(value)):
        raise wrong(name, f"its {key} is {value}", "give a whole number from 0 on")
    return None if value is None else int(value)


def listed(values: Sequence[Any], name: str, notes: list[str]) -> Parameters | None:
    """One of these values, as often null as it is among them. None where no kind makes any of them."""
    by_type: dict[str, dict[Any, None]] = {"text": {}, "boolean": {}, "number": {}}
    for value in values:
        if isinstance(value, str | int | float):
            type_ = "boolean" if isinstance(value, bool) else "text" if isinstance(value, str) else "number"
            by_type[type_][value] = None
    chosen = max(by_type, key=lambda type_: len(by_type[type_]))
    known, empty = list(by_type[chosen]), sum(value is None for value in values)
    if len(known) + empty < len({repr(value) for value in values}):
        kept = f"only the {chosen}s are" if known else "none is"
        notes.append(f"{name}: its values are of several types or nested; {kept} taken over")
    if not known:
        return {"kind": "constant", "value": "", "nulls": 1.0} if empty else None
    return {"kind": "categorical", "values": known, **({"nulls": 1 / (len(known) + 1)} if empty else {})}


def limits(schema: Schema, name: str) -> tuple[Decimal | None, bool, Decimal | None, bool]:
    """The least value and whether it is too little by itself, and the same of the greatest."""
    found: list[Any] = []
    for limit, exclusive, pick in (
        ("minimum", "exclusiveMinimum", max),
        ("maximum", "exclusiveMaximum", min),
    ):
        value = number(schema, limit, name)
        # Up to draft 4 it says of the other whether it is meant.
        if isinstance(schema.get(exclusive), bool):
            found += [value, bool(schema[exclusive]) and value is not None]
            continue
        beyond = number(schema, exclusive, name)
        given = [one for one in (value, beyond) if one is not None]
        found += [pick(given), pick(given) == beyond] if given else [None, False]
    return found[0], found[1], found[2], found[3]


def whole(schema: Schema, facts: ColumnFacts) -> Parameters | None:
    """A kind of whole numbers between the limits; None where there is nothing to keep to."""
    least, above, greatest, below = limits(schema, facts.name)
    step = _step(schema, facts.name)
    low = None if least is None else math.floor(least) + 1 if above else math.ceil(least)
    high = None if greatest is None else math.ceil(greatest) - 1 if below else math.floor(greatest)
    facts.low, facts.high = low, high
    if step is not None and step != 1:
        return _multiples(step, low, high, facts.name, True)
    if low is None and high is None:
        return None
    low, high = (int(one) for one in _both(low, high, facts.name, "integer"))
    low, high = max(low, -MAX_INTEGER), min(high, MAX_INTEGER)
    if low > high:
        raise wrong(facts.name, "no whole number lies between its limits", "move its limits apart")
    return {"kind": "integer", "min": low, "max": high}


def real(schema: Schema, name: str) -> Parameters:
    """A kind of numbers between the limits."""
    least, above, greatest, below = limits(schema, name)
    step = _step(schema, name)
    decimals = _DECIMALS
    if step is not None:
        digits = -step.adjusted()
        if step != Decimal(1).scaleb(-digits) or not 0 <= digits <= _DECIMALS[-1]:
            return _multiples(step, least, greatest, name, False, above, below)
        decimals = range(digits, digits + 1)
    low, high = _both(least, greatest, name, "number")
    if step is None and low < high and max(abs(low), abs(high)) >= _FINE:
        return _coarse(float(low), above, float(high), below, name)
    for places in decimals:
        unit = Decimal(1).scaleb(-places)
        first_unit = math.floor(low / unit) + 1 if above else math.ceil(low / unit)
        last_unit = math.ceil(high / unit) - 1 if below else math.floor(high / unit)
        if first_unit + 10 <= last_unit or (places == decimals[-1] and first_unit <= last_unit):
            least, greatest = first_unit * unit, last_unit * unit
            return {"kind": "uniform", "min": float(least), "max": float(greatest), "decimals": places}
        if low == high and not above and not below and first_unit == last_unit:
            return {"kind": "constant", "value": float(low)}
    raise wrong(name, "no number lies between its limits", "move its limits apart")


def _coarse(low: float, above: bool, high: float, below: bool, name: str) -> Parameters:
    first = max(math.nextafter(low, math.inf) if above else low, -_LARGEST)
    last = min(math.nextafter(high, -math.inf) if below else high, _LARGEST)
    if first > last:
        raise wrong(name, f"no number up to {_LARGEST:g} lies between its limits", "move its limits apart")
    return {"kind": "uniform", "min": first, "max": last}


def _step(schema: Schema, name: str) -> Decimal | None:
    step = number(schema, "multipleOf", name)
    if step is not None and step <= 0:
        raise wrong(name, f"its multipleOf is {step}", "give a number above 0")
    return step


def _both(low: Any, high: Any, name: str, type_: str) -> tuple[Any, Any]:
    """Both limits: a missing one is the usual one of such a name, if that is on the right side."""
    if low is not None and high is not None:
        return low, high
    least, most = (Decimal(repr(one)) for one in number_guess(name) or (0, _USUAL[type_]))
    if low is not None:
        return low, (most if most > low else low + _USUAL[type_])
    if high is not None:
        return (least if least < high else high - _USUAL[type_]), high
    return least, most


def _multiples(
    step: Decimal, low: Any, high: Any, name: str, are_whole: bool, above: bool = False, below: bool = False
) -> Parameters:
    """Multiples of a number, as a list of them spread over the limits."""
    if are_whole:
        # Whole multiples of 2.5 are those of 5.
        numerator, _ = step.as_integer_ratio()
        step = Decimal(numerator)
    if low is None and high is None:
        low, high = Decimal(0), step * (_MULTIPLES - 1)
    elif low is None:
        low = min(Decimal(0), high - step * _MULTIPLES) if high <= 0 else Decimal(0)
    elif high is None:
        high = low + step * _MULTIPLES
    first = math.floor(low / step) + 1 if above else math.ceil(low / step)
    last = math.ceil(high / step) - 1 if below else math.floor(high / step)
    if first > last:
        raise wrong(name, f"no multiple of {step} lies between its limits", "move its limits apart")
    every = -(-(last - first + 1) // _MULTIPLES)
    values = [at * step for at in range(first, last + 1, every)]
    return {"kind": "categorical", "values": [int(one) if are_whole else float(one) for one in values]}


def text(schema: Schema, facts: ColumnFacts, notes: list[str]) -> Parameters | None:
    """A kind of texts; None where a name and a length are all there is to go by."""
    name = facts.name
    least, most = count(schema, "minLength", name) or 0, count(schema, "maxLength", name)
    facts.length = most
    if most is not None and most < least:
        raise wrong(name, f"its maxLength is less than {least}", "give at least its minLength")
    if not isinstance(schema.get("pattern", ""), str):
        raise wrong(name, f"its pattern is {shown(schema['pattern'])}", "give text")
    if schema.get("pattern"):
        return _pattern(schema["pattern"], least, most, name, notes)
    if "format" in schema:
        longest, parameters = _FORMATS.get(str(schema["format"]), (0, None))
        if parameters is None:
            notes.append(f"{name}: its format {shown(schema['format'])} isn't taken over")
        else:
            if least > 1 or (most is not None and most < longest):
                notes.append(f"{name}: its length isn't taken over, as its format has one of its own")
            return dict(parameters)
    if most == 0:
        return {"kind": "constant", "value": ""}
    if (least <= 2 and text_guess(name, most) is not None) or least <= 1:
        return None
    if least > MAX_LENGTH:
        notes.append(f"{name}: its minLength isn't taken over, as texts have {MAX_LENGTH} characters at most")
    least = min(least, MAX_LENGTH)
    most = min(least + _MORE_CHARACTERS if most is None else most, MAX_LENGTH)
    return {"kind": "pattern", "pattern": f"[a-z]{{{least},{most}}}"}


def _pattern(given: str, least: int, most: int | None, name: str, notes: list[str]) -> Parameters | None:
    bare = given.removeprefix("^")
    if bare.endswith("$") and (len(bare) - len(bare[:-1].rstrip("\\"))) % 2:
        bare = bare[:-1]
    try:
        measured = size(parse(bare)) if bare else None
    except PatternError as error:
        notes.append(f"{name}: its pattern isn't taken over: {error.reason}")
        return None
    if measured is None:
        return None
    if measured.shortest < least or (most is not None and measured.longest > most):
        notes.append(f"{name}: its length isn't taken over, as its pattern has one of its own")
    return {"kind": "pattern", "pattern": bare}
