"""docs/tabular.md: its examples are accepted."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from synthmill.generators.recipes.request import parse

PAGE = (Path(__file__).parents[2] / "docs" / "tabular.md").read_text()


def test_the_examples_are_accepted() -> None:
    whole, *columns = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)
    assert parse(yaml.safe_load(whole)).recipe.strategy == "tabular"
    assert len(columns) == 3
    for written in columns:
        tables = [{"name": "t", "rows": 10, "columns": yaml.safe_load(written)}]
        assert parse({"strategy": "tabular", "parameters": {"tables": tables}}).recipe.strategy == "tabular"
