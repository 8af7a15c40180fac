"""What holds for every template."""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.engine.recipe import Recipe
from synthmill.generators.engine.staging import run_stages
from synthmill.generators.recipes.template import get_template, resolve, templates
from tests.generators import golden_values
from tools.docs.templates import pages

NAMES = sorted(templates())
OF_TABLES = sorted(name for name, template in templates().items() if template.strategy == "tabular")
ONE_TABLE = {"customer_data", "sales_data", "tabular_random"}
"""Named and made after those of OpenSynthetics."""
DOCS = Path(__file__).parents[2] / "docs" / "templates"
Tables = dict[str, pa.RecordBatch]


def recipe_of(name: str, rows: int | None, seed: int = 0) -> Recipe:
    template = get_template(name)
    return make_recipe(template.strategy, resolve(template, {}, rows), seed)


@pytest.fixture(scope="module", params=OF_TABLES)
def made(request: pytest.FixtureRequest) -> tuple[Recipe, Tables]:
    """All tables of a template, small."""
    recipe = recipe_of(request.param, 9_000)
    plan = make_plan(recipe)
    return recipe, {table.name: make_rows(plan, table.name, 0, table.rows) for table in plan.tables}


def test_there_are_ten_of_tables() -> None:
    assert set(OF_TABLES) >= {
        "banking",
        "education",
        "healthcare",
        "hr",
        "insurance",
        "iot",
        "logistics",
        "retail",
        "saas",
        "telecom",
    }


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"retail"}))
def test_values_are_the_promised_ones(name: str) -> None:
    golden = json.loads(golden_values.FILE.read_text())["templates"]
    assert golden_values.of_template(name) == golden[name]


@pytest.mark.parametrize("name", sorted({*OF_TABLES} - ONE_TABLE))
def test_a_template_has_four_to_ten_tables_that_hang_together(name: str) -> None:
    plan = make_plan(recipe_of(name, 1_000))
    assert 4 <= len(plan.tables) <= 10
    joined = {plan.tables[0].name}
    for _ in plan.tables:
        for table in plan.tables:
            others = {key.table for key in table.foreign_keys}
            if table.name in joined or others & joined:
                joined |= others | {table.name}
    assert joined == {table.name for table in plan.tables}
    assert all(table.primary_key for table in plan.tables)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("rows", [1, 2, 3, 7, 11, 999, 40_000])
def test_any_number_of_rows_can_be_had(name: str, rows: int) -> None:
    recipe = recipe_of(name, rows)
    plan = make_plan(recipe)
    assert plan.table(get_template(name).main).rows == rows
    results = run_stages(plan)
    for table in plan.tables:
        last = make_rows(plan, table.name, max(0, table.rows - 5), table.rows, None, results)
        assert last.num_rows >= 1


def test_keys_are_unique_and_foreign_keys_are_keys(made: tuple[Recipe, Tables]) -> None:
    recipe, tables = made
    wishes = {table["name"]: table for table in recipe.parameters["tables"]}
    for table in make_plan(recipe).tables:
        batch = tables[table.name]
        for key in filter(None, [list(table.primary_key), *wishes[table.name]["unique_keys"]]):
            groups = pa.Table.from_batches([batch.select(key)]).group_by(key).aggregate([])
            assert groups.num_rows == batch.num_rows, (table.name, key)
        for reference in table.foreign_keys:
            values = batch[reference.columns[0]].drop_null()
            keys = tables[reference.table][reference.references[0]]
            assert pc.all(pc.is_in(values, keys), min_count=0).as_py(), (table.name, reference)


def test_columns_in_order_are_in_order(made: tuple[Recipe, Tables]) -> None:
    recipe, tables = made
    for table in recipe.parameters["tables"]:
        for names in table["orderings"]:
            for low, high in itertools.pairwise(names):
                batch = tables[table["name"]]
                assert pc.all(pc.less_equal(batch[low], batch[high])).as_py()


def test_any_rows_alone_are_the_same_rows(made: tuple[Recipe, Tables]) -> None:
    recipe, tables = made
    plan = make_plan(recipe)
    for table in plan.tables:
        start, stop = table.rows // 3, table.rows // 3 + min(50, table.rows - table.rows // 3)
        alone = make_rows(plan, table.name, start, stop)
        assert alone.equals(tables[table.name].slice(start, stop - start)), table.name


def test_every_state_and_category_comes_up(made: tuple[Recipe, Tables]) -> None:
    recipe, tables = made
    for table in recipe.parameters["tables"]:
        for column in table["columns"]:
            if column["kind"] == "state" and tables[table["name"]].num_rows > 500:
                assert len(pc.unique(tables[table["name"]][column["name"]])) >= 2, (
                    table["name"],
                    column["name"],
                )


def test_the_pages_about_templates_are_current() -> None:
    written = {path.name: path.read_text("utf-8") for path in DOCS.iterdir()}
    made = pages()
    assert sorted(written) == sorted(made)
    stale = [name for name, text in made.items() if written[name] != text]
    assert not stale, "run python -m tools.docs.templates docs/templates"
