"""A report says in words what it did not check."""

from __future__ import annotations

from typing import Any

import pytest

from synthmill.generators.conformance.report import Report, conformance
from synthmill.generators.domain_rules.fields import load_rules
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.errors import InvalidRequestError
from tests.domain_rules.bending import all_rows

RULES = [{"name": "positive", "says": "It is.", "query": "SELECT id > 0 FROM people"}]


def report_of(columns: list[dict[str, Any]], rules: list[dict[str, Any]] | None = None) -> Report:
    table = {"name": "people", "rows": 200, "columns": [{"name": "id", "kind": "sequence"}, *columns]}
    recipe = make_recipe("tabular", {"tables": [table]}, 1, load_rules(rules or [], "rules"))
    return conformance(recipe, all_rows(recipe))


def test_without_domain_rules_it_says_that_it_compares_the_recipe_with_itself() -> None:
    first = report_of([]).not_checked[0]
    assert "the recipe has no domain rules" in first
    assert "what the recipe itself declares" in first
    assert "beyond the one domain rule" in report_of([], RULES).not_checked[0]


TAGS = {
    "name": "tags",
    "kind": "array",
    "min_items": 1,
    "max_items": 2,
    "of": {"kind": "integer", "max": 3},
}


def test_columns_that_no_check_looked_at_are_named_and_others_not() -> None:
    report = report_of([{"name": "age", "kind": "integer", "min": 1, "max": 90}, TAGS])
    bare = next(one for one in report.not_checked if one.startswith("What stands in these columns"))
    assert "people.tags" in bare
    assert "people.age" not in bare


def test_kinds_of_which_a_part_can_not_be_checked_are_named() -> None:
    said = " ".join(report_of([{"name": "phone", "kind": "phone"}, TAGS]).not_checked)
    assert "inside the objects and lists of people.tags" in said
    assert "go with other columns of their row: people.phone" in said


def test_another_strategy_is_checked_by_its_domain_rules_alone() -> None:
    parameters = {"tables": [{"name": "load", "rows": 50, "series": [{"name": "power", "base": 10}]}]}
    rules = [{"name": "powered", "says": "It has power.", "query": "SELECT power IS NOT NULL FROM load"}]
    recipe = make_recipe("time_series", parameters, 1)
    with pytest.raises(
        InvalidRequestError, match="declares no distributions, and the recipe no domain rules"
    ):
        conformance(recipe, all_rows(recipe))
    ruled = make_recipe("time_series", parameters, 1, load_rules(rules, "rules"))
    report = conformance(ruled, all_rows(ruled))
    assert {check.what for check in report.checks} == {"rows", "type", "domain_rule"}
    assert report.score == 1.0
    assert any("distributed as time_series declares" in one for one in report.not_checked)
