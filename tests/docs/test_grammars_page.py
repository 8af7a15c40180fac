"""docs/grammars.md: written from the grammars, and its examples make rows."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from tools.docs.grammars import page

PAGE = (Path(__file__).parents[2] / "docs" / "grammars.md").read_text()


def test_the_page_about_grammars_is_current() -> None:
    assert page() == PAGE


def test_its_examples_make_rows() -> None:
    (written,) = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    products = {
        "name": "products",
        "rows": 9,
        "primary_key": ["id"],
        "columns": [{"name": "id", "kind": "sequence"}, {"name": "name", "kind": "product_name"}],
    }
    columns = [
        {"name": "product_id", "kind": "foreign_key", "table": "products"},
        {"name": "rating", "kind": "categorical", "values": [1, 2, 3, 4, 5]},
        {"name": "customer", "kind": "categorical", "values": ["Ada", "Bo"]},
        {"name": "quantity", "kind": "integer", "min": 2, "max": 40},
        *yaml.safe_load(written),
    ]
    parameters = {"tables": [products, {"name": "t", "rows": 8, "columns": columns}]}
    made = make_rows(make_plan(make_recipe("tabular", parameters, 1)), "t", 0, 8)
    assert made.column("review").null_count == made.column("note").null_count == 0
    assert all(
        name in note
        for name, note in zip(*(made.column(one).to_pylist() for one in ("customer", "note")), strict=True)
    )
