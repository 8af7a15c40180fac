"""docs/market.md: its example is accepted, and its paths are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from synthmill.generators.recipes.request import parse
from synthmill.generators.strategies.market.tickers import PUBLISHED

PAGE = (Path(__file__).parents[2] / "docs" / "market.md").read_text()


def test_the_example_is_accepted() -> None:
    (example,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    assert parse(json.loads(example)).recipe.strategy == "market"


def test_the_table_of_tickers_is_true() -> None:
    for ticker in PUBLISHED.values():
        figures = f"{ticker.initial_price:g} | {ticker.drift:.2f} | {ticker.volatility:.2f}"
        limits = f"{ticker.min_price:g} to {ticker.max_price:,.0f}"
        assert f"| {ticker.symbol} | {ticker.name} | {figures} | {limits} |" in PAGE
