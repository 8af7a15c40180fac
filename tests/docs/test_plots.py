"""The plots of the docs are those of today's rows, and each is on a page."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture
def plots(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.syspath_prepend(DOCS)
    return {name: make() for name, make in importlib.import_module("plots").PLOTS.items()}


def test_the_plots_are_those_of_todays_rows(plots: dict[str, str]) -> None:
    assert {path.stem: path.read_text() for path in (DOCS / "plots").glob("*.svg")} == plots


def test_each_is_shown_on_a_page(plots: dict[str, str]) -> None:
    pages = "".join(page.read_text() for page in DOCS.glob("*.md"))
    assert {name for name in plots if f"](plots/{name}.svg)" in pages} == set(plots)
