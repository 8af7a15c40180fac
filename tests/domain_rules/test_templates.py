"""The domain rules of our own templates: the data keeps them, and bent data is caught."""

from __future__ import annotations

import functools

import pytest

from synthmill.generators.conformance.report import conformance
from synthmill.generators.domain_rules.check import check_rules
from synthmill.generators.engine.pipeline import make_recipe
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.recipes.template import get_template, resolve, templates
from tests.domain_rules.bending import FOLDER, Tables, all_rows, bends, bent

RULED = sorted(name for name, template in templates().items() if template.rules)
ROWS = 600
FEWEST, FEWEST_OF_ONE = 8, 4


def recipe_of(name: str, rows: int, seed: int) -> Recipe:
    """With all columns that options leave out, as there are rules about them."""
    template = get_template(name)
    wished = {option: True for option, of in template.options.items() if of.columns}
    return make_recipe(template.strategy, resolve(template, wished, rows), seed, template.rules)


@functools.cache
def made(name: str) -> tuple[Recipe, Tables]:
    recipe = recipe_of(name, ROWS, 0)
    return recipe, all_rows(recipe)


def test_every_template_of_several_tables_has_at_least_eight_rules() -> None:
    of_tables = {
        name for name, template in templates().items() if len(template.parameters.get("tables", ())) > 1
    }
    few = {name for name in RULED if len(get_template(name).rules) < FEWEST}
    assert of_tables <= set(RULED) - few


def test_every_template_of_one_table_has_at_least_four_rules() -> None:
    assert {name for name, template in templates().items() if len(template.rules) < FEWEST_OF_ONE} == set()


def test_every_rule_has_a_bent_copy_and_every_bent_copy_a_rule() -> None:
    assert sorted(path.stem for path in FOLDER.glob("*.yaml")) == RULED
    for name in RULED:
        assert list(bends(name)) == [rule.name for rule in get_template(name).rules], name


@pytest.mark.parametrize("name", RULED)
def test_every_rule_holds(name: str) -> None:
    recipe, tables = made(name)
    report = check_rules(recipe.rules, tables)
    assert not report.failed, report.summary


@pytest.mark.parametrize("name", RULED)
def test_every_rule_catches_its_bent_copy(name: str) -> None:
    recipe, tables = made(name)
    missed = []
    for rule in recipe.rules:
        result = check_rules([rule], bent(tables, bends(name)[rule.name])).results[0]
        if result.passed or result.error:
            missed.append((rule.name, result.observed))
    assert missed == []


@pytest.mark.parametrize("name", RULED)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_world_of_fifty_rows_keeps_them_too(name: str, seed: int) -> None:
    recipe = recipe_of(name, 50, seed)
    report = check_rules(recipe.rules, all_rows(recipe))
    assert not report.failed, report.summary


@pytest.mark.slow
@pytest.mark.parametrize("name", RULED)
@pytest.mark.parametrize("rows", [50, 5_000])
def test_twenty_seeds_keep_them(name: str, rows: int) -> None:
    for seed in range(20):
        recipe = recipe_of(name, rows, seed)
        report = check_rules(recipe.rules, all_rows(recipe))
        assert not report.failed, f"seed {seed}: {report.summary}"


def test_they_stand_in_the_conformance_report_and_lower_its_score() -> None:
    recipe, tables = made("retail")
    checks = {
        check.column: check for check in conformance(recipe, tables).checks if check.what == "domain_rule"
    }
    assert set(checks) == {rule.name for rule in recipe.rules}
    assert all(check.passed for check in checks.values())
    broken = conformance(recipe, bent(tables, bends("retail")["orders_after_sign_up"]))
    found = next(check for check in broken.checks if check.column == "orders_after_sign_up")
    assert (found.passed, broken.score) == (False, 0.0)
    assert found.declared == "No order is older than its customer."
    assert found.observed.startswith("1 of ")
