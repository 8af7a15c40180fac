from __future__ import annotations

from typing import Any

import pytest

from tests.api.caller import Caller, fields
from tests.api.market import at, computed

ACME = {"ticker": "ACME", "initial_price": 12.5, "volatility": 0.4}


def test_the_published_tickers_are_always_there(api: Caller) -> None:
    tickers = api.get("/tickers").json["data"]
    assert [one["ticker"] for one in tickers] == ["SYNTH", "TECH", "FINANCE", "ENERGY", "HEALTH"]
    assert tickers[0]["name"] == "Synthetic Corp"
    assert tickers[0]["sector"] == "Technology"
    assert tickers[0]["initial_price"] == "150.00"
    assert (tickers[1]["drift"], tickers[1]["volatility"]) == (0.08, 0.3)


def test_an_added_ticker_has_a_history_at_once(api: Caller) -> None:
    answer = api.post("/tickers", json=ACME)
    assert answer.status_code == 201
    assert answer.json["data"]["name"] == "ACME"
    assert [one["ticker"] for one in api.get("/tickers").json["data"]][-1] == "ACME"
    history = api.get("/history/ACME?start=2020-01-01T00:00:00Z&limit=3").json["data"]
    assert [one["ticker"] for one in history] == ["ACME"] * 3


def test_a_ticker_is_its_workspaces_own(api: Caller, other: Caller) -> None:
    api.post("/tickers", json=ACME)
    assert len(other.get("/tickers").json["data"]) == 5
    other.refused(404, "GET", "/quote/ACME")


@pytest.mark.parametrize("symbol", ["ACME", "TECH"])
def test_a_symbol_that_is_taken_is_refused(api: Caller, symbol: str) -> None:
    api.post("/tickers", json=ACME)
    problem = api.refused(409, "POST", "/tickers", json={**ACME, "ticker": symbol})
    assert symbol in problem["detail"]


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"ticker": "acme"}, "ticker"),
        ({"initial_price": -1}, "initial_price"),
        ({"initial_price": None}, "initial_price"),
        ({"colour": "red"}, "colour"),
        ({"loadings": {"market": 2}}, "loadings"),
    ],
)
def test_what_cannot_be_a_ticker_is_refused_by_name(api: Caller, change: dict[str, Any], field: str) -> None:
    assert fields(api.refused(422, "POST", "/tickers", json={**ACME, **change})) == [field]
    assert len(api.get("/tickers").json["data"]) == 5


def test_an_added_ticker_can_be_removed_and_a_published_one_cannot(api: Caller) -> None:
    api.post("/tickers", json=ACME)
    assert api.delete("/tickers/ACME").status_code == 204
    api.refused(404, "DELETE", "/tickers/ACME")
    api.refused(409, "DELETE", "/tickers/TECH")


def test_nobody_removes_a_ticker_of_another_workspace(api: Caller, other: Caller) -> None:
    api.post("/tickers", json=ACME)
    other.refused(404, "DELETE", "/tickers/ACME")
    assert [one["ticker"] for one in api.get("/tickers").json["data"]][-1] == "ACME"


def test_a_realistic_ticker_is_live_as_it_is_in_a_job(api: Caller) -> None:
    for dynamics in ("realistic", "plain"):
        own = {**ACME, "ticker": dynamics.upper(), "dynamics": dynamics}
        assert api.post("/tickers", json=own).status_code == 201
    with at():
        span = "start=2026-03-02T10:00:00Z&end=2026-03-02T10:00:10Z"
        live, plain = (api.get(f"/history/{name}?{span}").json["data"] for name in ("REALISTIC", "PLAIN"))
    rows = computed(api, "REALISTIC", "2026-03-02T10:00:00Z", "2026-03-02T10:00:10Z")
    assert [tick["volume"] for tick in live] == [row["volume"] for row in rows]
    assert sum(tick["volume"] for tick in live) < sum(tick["volume"] for tick in plain) / 10
