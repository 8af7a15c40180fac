"""Domain rules: whether the rows are what people of the trade expect, which the recipe alone can't say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa

from synthmill.generators.conformance.checks import Check
from synthmill.generators.domain_rules.check import RuleResult, check_rules
from synthmill.generators.engine.recipe import Recipe


def check_domain(recipe: Recipe, tables: Mapping[str, pa.Table]) -> Iterator[Check]:
    """A check for each of the recipe's rules."""
    if recipe.rules:
        for result in check_rules(recipe.rules, tables).results:
            yield _check(result)


def _check(result: RuleResult) -> Check:
    rule = result.rule
    examples = "; ".join(
        ", ".join(f"{name} {'null' if cell is None else cell}" for name, cell in one.items())
        for one in result.examples
        if one
    )
    observed = f"{result.observed}, such as {examples}" if examples and not result.passed else result.observed
    # A share may be broken where the rule says so; one row too many is as bad as it is many.
    distance = 0.0 if result.passed else result.share if rule.at_most and not result.error else 1.0
    return Check("", rule.name, "domain_rule", rule.says, observed, distance=distance, passed=result.passed)
