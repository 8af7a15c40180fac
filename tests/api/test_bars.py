from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from synthmill.app.core.market import day_cache, tickers
from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields
from tests.api.market import at, computed
from tests.fakes import RecordingQueue


@pytest.mark.parametrize("timeframe", ["1m", "5m", "15m", "1h", "1d"])
def test_bars_are_those_of_a_job(api: Caller, timeframe: str) -> None:
    start, end = "2026-02-27T00:00:00Z", "2026-02-28T00:00:00Z"
    with at():
        bars = api.get(f"/bars/HEALTH?timeframe={timeframe}&start={start}&end={end}&limit=5000").json["data"]
    rows = computed(api, "HEALTH", start, end, table="bars", timeframe=timeframe)
    assert len(bars) == len(rows)
    for name in ("open", "high", "low", "close"):
        assert [Decimal(bar[name]) for bar in bars] == [row[name] for row in rows]
    assert [bar["volume"] for bar in bars] == [row["volume"] for row in rows]
    assert bars[0]["time"] == "2026-02-27T00:00:00.000Z"
    assert {bar["timeframe"] for bar in bars} == {timeframe}


def test_bars_are_the_aggregation_of_their_ticks(api: Caller) -> None:
    start, end = "2026-03-02T09:30:00Z", "2026-03-02T09:45:00Z"
    with at():
        bars = api.get(f"/bars/ENERGY?timeframe=5m&start={start}&end={end}").json["data"]
        ticks = api.get(f"/history/ENERGY?start={start}&end={end}&limit=10000").json["data"]
    assert len(ticks) == 9_000
    for number, bar in enumerate(bars):
        own = ticks[3_000 * number : 3_000 * (number + 1)]
        prices = [Decimal(tick["price"]) for tick in own]
        assert bar["time"] == own[0]["time"]
        assert [Decimal(bar[name]) for name in ("open", "high", "low", "close")] == [
            prices[0], max(prices), min(prices), prices[-1],
        ]  # fmt: skip
        assert bar["volume"] == sum(tick["volume"] for tick in own)
    assert len(bars) == 3


def test_the_present_bar_is_as_far_as_it_has_come(api: Caller) -> None:
    with at():
        (bar,) = api.get("/bars/TECH?start=2026-03-02T10:00:00Z").json["data"]
        quote = api.get("/quote/TECH").json["data"]
        ticks = api.get("/history/TECH?start=2026-03-02T10:00:00Z").json["data"]
    assert bar["close"] == quote["price"]
    assert bar["high"] == max((tick["price"] for tick in ticks), key=Decimal)
    assert bar["volume"] == sum(tick["volume"] for tick in ticks)


def test_without_parameters_it_begins_a_day_ago_with_five_hundred_minutes(api: Caller) -> None:
    with at():
        bars = api.get("/bars/TECH").json
    assert len(bars["data"]) == 500
    assert bars["data"][0]["time"] == "2026-03-01T10:01:00.000Z"
    assert bars["metadata"]["next"] == "2026-03-01T18:21:00.000Z"


@pytest.mark.parametrize("path", ["/bars/SYNTH?timeframe=1d&start=2026-02-20", "/stats/SYNTH?period=30d"])
def test_what_workers_have_to_compute_holds_no_thread(
    api: Caller, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def sleep(_seconds: float) -> None:
        raise AssertionError("it waits")

    monkeypatch.setattr("time.sleep", sleep)
    with at():
        answer = api.get(path, headers={"Prefer": "wait=30"})
    assert (answer.status_code, answer.headers["Retry-After"]) == (202, "1")
    assert answer.json["data"] is None


def test_months_are_made_by_workers_and_then_kept(
    api: Caller, services: Services, queue: RecordingQueue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("synthmill.app.core.market.queries._ASK_AGAIN_SECONDS", 600.0)
    path = "/bars/SYNTH?timeframe=1d&start=2026-02-20&end=2026-03-01"
    with at():
        for _ in range(3):  # Who looks again and again asks workers once.
            assert api.get(path).status_code == 202
        assert sum(last - first for _, _, first, last in queue.days) == 9
        for asked in queue.days:
            day_cache.make_days(services, *asked)
        queue.days.clear()
        bars: list[dict[str, Any]] = api.get(path).json["data"]
    assert len(bars) == 9
    assert queue.days == []


def test_a_removed_ticker_needs_no_days_any_more(api: Caller, services: Services) -> None:
    day_cache.make_days(services, "ws_nobody", "GHOST", 20_000, 20_001)


@pytest.mark.parametrize(
    ("query", "field"), [("timeframe=2m", "timeframe"), ("limit=5001", "limit"), ("start=x", "start")]
)
def test_bad_parameters_are_refused_by_name(api: Caller, query: str, field: str) -> None:
    assert fields(api.refused(422, "GET", f"/bars/TECH?{query}")) == [field]


def test_an_unknown_ticker_is_not_found(api: Caller) -> None:
    api.refused(404, "GET", "/bars/GHOST")


@pytest.mark.parametrize(("timeframe", "first"), [("15m", "14:30"), ("1h", "14:00"), ("1d", "00:00")])
def test_a_bar_within_which_trading_opens_is_the_first_of_its_day(
    api: Caller, monkeypatch: pytest.MonkeyPatch, timeframe: str, first: str
) -> None:
    parameters = tickers._parameters
    hours = {"trading_hours": {"open": "14:35", "close": "21:00"}}
    monkeypatch.setattr(tickers, "_parameters", lambda *given: parameters(*given) | hours)
    day = "start=2026-02-26T00:00:00Z&end=2026-02-27T00:00:00Z"
    with at():
        bars = api.get(f"/bars/TECH?timeframe={timeframe}&{day}").json["data"]
        (tick,) = api.get(f"/history/TECH?{day}&limit=1").json["data"]
    assert tick["time"] == "2026-02-26T14:35:00.000Z"
    assert (bars[0]["time"], bars[0]["open"]) == (f"2026-02-26T{first}:00.000Z", tick["price"])
