"""How tests ask a market: the moment is theirs, so that answers can be compared with computed ticks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from unittest.mock import patch

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from tests.api.caller import Caller

NOW = "2026-03-02T10:00:30.250Z"
"""In the middle of a minute, and between two ticks."""


@contextmanager
def at(moment: str = NOW) -> Iterator[None]:
    """While the web process's clock stands at this moment."""
    ms = round(datetime.fromisoformat(moment).timestamp() * 1_000)
    with patch("synthmill.app.api.routes.market._now_ms", lambda: ms):
        yield


def computed(api: Caller, ticker: str, start: str, end: str, **parameters: Any) -> list[dict[str, Any]]:
    """What a dataset job with the market's own recipe has for this ticker and time."""
    recipe = api.get("/market").json["data"]
    tickers = [
        one
        for one in recipe["parameters"]["tickers"]
        if ticker == (one if isinstance(one, str) else one["ticker"])
    ]
    made = make_recipe(
        recipe["strategy"],
        {**recipe["parameters"], "tickers": tickers, "start": start, "end": end, **parameters},
        recipe["seed"],
    )
    plan = make_plan(made)
    table = plan.tables[0]
    rows: list[dict[str, Any]] = make_rows(plan, table.name, 0, table.rows).to_pylist()
    return rows
