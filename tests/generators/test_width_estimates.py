"""How long the cells of each kind are, as planning estimates it without making one."""

from __future__ import annotations

import copy

import pytest

from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.engine.stages import NO_RESULTS
from synthmill.generators.formats import FORMATS
from synthmill.generators.recipes.template import get_template, resolve, templates
from tests.generators.worlds import KINDS, world

ROWS = 4_096
LEAST = 1.0
"""Bytes that an estimate may be beside the truth, however short the cells are."""


def written(recipe_tables: dict[str, object], table: str, column: str) -> tuple[float, float]:
    """The estimated and the true mean length of a column's cells as text."""
    plan = make_plan(make_recipe("tabular", recipe_tables, 0))
    planned = plan.table(table)
    chosen, rows = planned.chosen([column]), min(planned.rows, ROWS)
    cells = STRATEGIES.get("tabular").cells(plan, table, 0, rows, [column], NO_RESULTS)
    body = FORMATS.get("csv").encode(chosen, cells, "none").body
    return chosen.columns[0].text_bytes, len(body) / rows - 1


def check(estimate: float, true: float) -> None:
    assert true / 2 - LEAST < estimate < 2 * true + LEAST, (estimate, true)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_the_width_of_every_kind_is_estimated_within_a_factor_of_two(kind: str) -> None:
    definition = {"name": "subject", "kind": kind, **KINDS[kind][0]}
    check(*written(copy.deepcopy(world(definition, rows=ROWS)), "cells", "subject"))


STATUS = {"name": "status", "kind": "categorical", "values": ["open", "paid", "lost", "late"]}
NOTE = {"name": "note", "kind": "text", "min_words": 9, "max_words": 9}
DAY = {"name": "day", "kind": "date", "start": "2024-01-01", "end": "2024-12-31"}
AMOUNT = {"name": "amount", "kind": "integer", "min": 100, "max": 999}


@pytest.mark.parametrize(
    "formula",
    [
        "if(status = 'paid', 'settled', if(status = 'lost', 'gone', if(amount > 500, 'dear', 'cheap')))",
        "if(status = 'open', day, null)",
        "if(status = 'paid', note, 'no')",
        "note & ' ' & note",
        "status & '-' & amount",
        "substring(note, 1, 8)",
        "coalesce(if(status = 'open', note, null), upper(status))",
        "amount * 1000 + 1",
        "amount / 7",
        "round(amount / 7, 2)",
        "day + 3",
        "amount > 500 and status != 'open'",
    ],
)
def test_the_width_of_a_formula_is_that_of_what_it_gives_not_of_what_it_looks_at(formula: str) -> None:
    subject = {"name": "subject", "kind": "formula", "formula": formula}
    table = {"name": "t", "rows": ROWS, "columns": [STATUS, NOTE, DAY, AMOUNT, subject]}
    check(*written({"tables": [table]}, "t", "subject"))


def test_cells_that_are_null_count_as_none() -> None:
    hidden = {**NOTE, "name": "hidden", "nulls": 0.75}
    told = {**NOTE, "name": "told", "nulls_when": "status != 'paid'"}
    ways = {
        "name": "ways",
        "kind": "conditional",
        "cases": [{"when": {"column": "status", "equals": "paid"}, "then": {**NOTE, "nulls": 0.5}}],
    }
    del ways["cases"][0]["then"]["name"]
    table = {"name": "t", "rows": ROWS, "columns": [STATUS, hidden, told, ways]}
    for name in ("hidden", "told"):
        check(*written({"tables": [copy.deepcopy(table)]}, "t", name))
    estimate, true = written({"tables": [table]}, "t", "ways")
    assert true / 2 < estimate < 3 * true


TABULAR = sorted(name for name, template in templates().items() if template.strategy == "tabular")


@pytest.mark.parametrize("name", TABULAR)
def test_narrow_tables_of_templates_come_in_whole_blocks(name: str) -> None:
    """They are quicker to make than in small ones, and once were cut by texts that weren't there."""
    template = get_template(name)
    for table in make_plan(make_recipe(template.strategy, resolve(template, {}, None), 0)).tables:
        named = sum(len(column.name) + 6 for column in table.columns)
        if table.bytes_per_row + named < 128:
            assert table.block_rows == 65_536, (table.name, table.block_rows)
