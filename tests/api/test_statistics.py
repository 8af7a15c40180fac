from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from tests.api.caller import Caller, fields
from tests.api.market import at, computed
from tests.api.world import shared_world as world

__all__ = ["world"]


def test_statistics_are_those_of_the_periods_ticks(api: Caller) -> None:
    with at():
        found = api.get("/stats/ENERGY?period=1h").json["data"]
    rows = computed(api, "ENERGY", "2026-03-02T09:00:30.250Z", "2026-03-02T10:00:30.251Z")
    prices = np.array([float(row["price"]) for row in rows])
    assert found["tick_count"] == len(rows) == 36_000
    assert Decimal(found["low"]) == min(row["price"] for row in rows)
    assert Decimal(found["high"]) == max(row["price"] for row in rows)
    assert Decimal(found["open"]) == rows[0]["price"]
    assert Decimal(found["close"]) == rows[-1]["price"]
    assert Decimal(found["change"]) == rows[-1]["price"] - rows[0]["price"]
    assert found["total_volume"] == sum(row["volume"] for row in rows)
    assert found["avg_price"] == pytest.approx(prices.mean(), rel=1e-9)
    assert found["volatility"] == pytest.approx(prices.std(ddof=1), rel=1e-9)
    assert found["change_pct"] == pytest.approx((prices[-1] / prices[0] - 1) * 100, rel=1e-9)
    assert (found["ticker"], found["period"]) == ("ENERGY", "1h")


def test_without_parameters_it_is_the_last_day(api: Caller) -> None:
    with at():
        assert api.get("/stats/ENERGY").json["data"]["tick_count"] == 864_000


def test_an_unknown_period_is_refused(api: Caller) -> None:
    assert fields(api.refused(422, "GET", "/stats/ENERGY?period=2d")) == ["period"]


def test_an_unknown_ticker_is_not_found(api: Caller) -> None:
    api.refused(404, "GET", "/stats/GHOST")
