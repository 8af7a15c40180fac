"""What a request says of domain rules: which there are beside its template's, and who checks them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import marshmallow as ma

from synthmill.generators.domain_rules.check import bind_rules
from synthmill.generators.domain_rules.fields import RULES_SCHEMA, load_rules
from synthmill.generators.engine.domain_rule import DomainRule
from synthmill.generators.engine.plan import Plan
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.template import Template, rules_over
from synthmill.generators.schema.json_values import shown

_MODES = ("fail", "warn")


class DomainRules(ma.fields.Field[list[dict[str, Any]]]):
    """Domain rules, over those of the template; what is in them is checked together with these."""

    def __init__(self) -> None:
        super().__init__(
            load_default=list,
            metadata={
                "description": "a list of domain rules: sentences about the data, each with a query that"
                " checks it; one of the name of a template's is laid over that",
                **RULES_SCHEMA,
            },
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or not all(isinstance(one, dict) and "name" in one for one in value):
            raise ma.ValidationError(f"{shown(value)} isn't a list of objects with a name")
        return value


class RulesMode(ma.fields.String):
    """What is to happen where a domain rule is broken; left out, nobody looks."""

    def __init__(self) -> None:
        super().__init__(
            load_default=None,
            validate=ma.validate.OneOf(_MODES, error="{input} is none of its values"),
            metadata={
                "description": "fail or warn: check the domain rules on the rows, and fail where one is"
                " broken, or report it; left out, they aren't checked"
            },
        )


def rules_of_request(
    template: Template | None, parameters: Mapping[str, Any], given: Sequence[Mapping[str, Any]]
) -> tuple[DomainRule, ...]:
    """The template's domain rules for these parameters, and over them the request's. Raises
    InvalidRequestError."""
    return load_rules(rules_over(template, parameters, given), "domain_rules")


def check_rules_of_request(recipe: Recipe, plan: Plan, mode: str | None) -> None:
    """Refuse rules that can't be checked on these tables, and to check where there are none."""
    if mode is not None and not recipe.rules:
        raise InvalidRequestError.one(
            "rules", "there are no domain rules to check", "leave it out, or give domain_rules"
        )
    bind_rules(recipe.rules, {table.name: table.schema for table in plan.tables}, "domain_rules")
