"""docs/time_series.md is up to date, and its example is accepted."""

from __future__ import annotations

import re
from pathlib import Path

from synthmill.generators.recipes.request import parse
from synthmill.generators.recipes.template import templates
from tools.docs.time_series import REQUEST, page

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "time_series.md").read_text() == page()


def test_the_example_is_accepted() -> None:
    assert parse(REQUEST).recipe.strategy == "time_series"


def test_the_templates_of_the_page_are_all_there_are() -> None:
    (listed,) = re.findall(r"Templates to begin with: (.*?)\.\s", page(), re.DOTALL)
    ours = [name for name, one in templates().items() if one.strategy == "time_series"]
    assert sorted(re.findall(r"`(\w+)`", listed)) == ours
