"""How a domain rule is written down, in a template or a request."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import marshmallow as ma

from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.fields import Items, Name, Number, Parameters, Text
from synthmill.generators.schema.json_schema import object_schema
from synthmill.generators.schema.wording import field_errors

MAX_RULES = 100
MAX_QUERY_LENGTH = 10_000


class RuleContent(Parameters):
    """A sentence about the data, and a query that shows where it holds."""

    name = Name(
        "What it is called, in a report and by whoever changes it.", examples=["shipped_after_ordered"]
    )
    says = Text(
        "The sentence, in the words of the trade.",
        longest=500,
        examples=["No order is shipped before it is placed."],
    )
    query = Text(
        "A SELECT over the tables: a row for each thing checked, its first column true where the rule holds.",
        longest=MAX_QUERY_LENGTH,
        examples=["SELECT shipped_at >= ordered_at, id FROM orders WHERE shipped_at IS NOT NULL"],
    )
    at_most = Number("The share of what is checked that may break it; 0 is none.", 0, 1, default=0.0)


RULES_SCHEMA: dict[str, Any] = {
    "type": "array",
    "maxItems": MAX_RULES,
    "items": object_schema(RuleContent),
}
"""JSON Schema of a list of rules."""


def rules_field(about: str) -> Items:
    """A list of rules, in a schema; left out, there are none."""
    return Items(about, ma.fields.Nested(RuleContent), fewest=0, most=MAX_RULES, default=list)


def load_rules(given: Sequence[Mapping[str, Any]], path: str) -> tuple[DomainRule, ...]:
    """The rules that plain values mean; no name comes twice.

    Raises InvalidRequestError, fields from `path`.
    """
    try:
        loaded: list[dict[str, Any]] = _Rules().load({"rules": given})["rules"]
    except ma.ValidationError as error:
        raise InvalidRequestError(field_errors(error.messages_dict["rules"], given, path)) from error
    names = [one["name"].lower() for one in loaded]
    for at, name in enumerate(names):
        if name in names[:at]:
            raise InvalidRequestError.one(
                f"{path}[{loaded[at]['name']}].name", "comes twice", "give each rule a name of its own"
            )
    return tuple(map(DomainRule.from_dict, loaded))


def as_given(rules: Iterable[DomainRule]) -> list[dict[str, Any]]:
    """Rules as plain values, which `load_rules` takes."""
    return [rule.to_dict() for rule in rules]


class _Rules(ma.Schema):
    rules = rules_field("Domain rules.")
