"""docs/time_series.md is up to date, its example is accepted, and the plots are those of today's rows."""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

from generators.request import parse
from generators.strategies.time_series.documentation import REQUEST, page
from generators.template import templates

DOCS = Path(__file__).parents[2] / "docs"


def test_the_page_is_up_to_date() -> None:
    assert (DOCS / "time_series.md").read_text() == page()


def test_the_example_is_accepted() -> None:
    assert parse(REQUEST).recipe.strategy == "time_series"


def test_the_templates_of_the_page_are_all_there_are() -> None:
    (listed,) = re.findall(r"Templates to begin with: (.*?)\.\s", page(), re.DOTALL)
    ours = [name for name, one in templates().items() if one.strategy == "time_series"]
    assert sorted(re.findall(r"`(\w+)`", listed)) == ours


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.syspath_prepend(DOCS)
    return {name: make() for name, make in importlib.import_module("plots").PLOTS.items()}


def test_the_plots_are_those_of_todays_rows(plots: dict[str, str]) -> None:
    assert {path.stem: path.read_text() for path in (DOCS / "plots").glob("*.svg")} == plots
    pages = "".join((DOCS / name).read_text() for name in ("time_series.md", "market.md"))
    assert {name for name in plots if f"](plots/{name}.svg)" in pages} == set(plots)
