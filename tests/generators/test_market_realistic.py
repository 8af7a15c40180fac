"""Realistic dynamics: the stylised facts of Cont (2001), and of volume, by their published tests."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest
from scipy import stats

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.kernels.mix import F64
from synthmill.generators.recipes.request import parse
from synthmill.generators.strategies.market.dynamics import realistic
from synthmill.generators.strategies.market.skeleton import skeleton
from synthmill.generators.strategies.market.ticker_parameters import TickerParameters, ticker_of
from synthmill.generators.strategies.market.tickers import PUBLISHED
from synthmill.generators.strategies.market.trading_hours import TradingHours
from synthmill.generators.streams import parse_endless
from tests.generators.test_market import MONDAY, market
from tests.generators.worlds import fingerprint

YEARS = 100
SYMBOLS = ["SYNTH", "TECH", "HEALTH"]


def returns_of(symbol: str, dynamics: str = "realistic", seed: int = 3) -> F64:
    """Daily logarithmic returns of a hundred years."""
    security = market(seed, dynamics=dynamics).securities[symbol]
    days = 365 * YEARS
    return np.diff(skeleton(security.ticker, seed, security.hours, MONDAY, days).ends)[:days]


def ljung_box(series: F64, lags: int) -> float:
    """The p-value of no autocorrelation (Ljung and Box 1978)."""
    n, centred = len(series), series - series.mean()
    r = np.array([(centred[lag:] * centred[:-lag]).sum() for lag in range(1, lags + 1)]) / (centred**2).sum()
    statistic = n * (n + 2) * (r**2 / (n - np.arange(1, lags + 1))).sum()
    return float(stats.chi2.sf(statistic, lags))


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_tails_are_fat_and_volatility_clusters_in_realistic_dynamics_alone(symbol: str) -> None:
    """Anscombe and Glynn's (1983) test of kurtosis; Ljung and Box's of sizes (Ding and others 1993)."""
    real, plain = (returns_of(symbol, dynamics)[: 365 * 10] for dynamics in ("realistic", "plain"))
    assert stats.kurtosis(real, fisher=False) > 4
    assert stats.kurtosistest(real).pvalue < 1e-6
    assert stats.kurtosistest(plain).pvalue > 1e-3
    assert ljung_box(np.abs(real), 20) < 1e-6
    assert ljung_box(np.abs(plain), 20) > 1e-3
    assert ljung_box(real, 20) > 1e-6  # Returns themselves hardly correlate (stylised fact 1).


@pytest.mark.parametrize(("dynamics", "seeds"), [("plain", 1), ("realistic", 6)])
def test_a_year_is_as_volatile_as_stated(dynamics: str, seeds: int) -> None:
    """Where calm and restless times last, a century is a small sample."""
    found = [
        returns_of(symbol, dynamics, seed).var() * 365 / ticker.volatility**2
        for symbol, ticker in PUBLISHED.items()
        for seed in range(seeds)
    ]
    assert math.sqrt(np.mean(found)) == pytest.approx(1.0, abs=0.02)


def test_securities_move_with_the_market_and_their_sector() -> None:
    pairs = {
        (one, two): np.corrcoef(returns_of(one), returns_of(two))[0, 1] for one in SYMBOLS for two in SYMBOLS
    }
    assert 0.4 < pairs["SYNTH", "TECH"] < 0.55  # Both are of Technology.
    assert 0.28 < pairs["SYNTH", "HEALTH"] < 0.42
    assert abs(np.corrcoef(returns_of("SYNTH", "plain"), returns_of("TECH", "plain"))[0, 1]) < 0.02


HOURS = {"open": "14:30", "close": "21:00", "holidays": "US"}


def bars(timeframe: str = "1d", **over: Any) -> Mapping[str, npt.NDArray[Any]]:
    parameters = {
        "table": "bars",
        "timeframe": timeframe,
        "tickers": ["TECH"],
        "dynamics": "realistic",
        "trading_hours": HOURS,
        "history_start": "2018-01-01",
        "start": "2018-01-02T00:00:00Z",
        "end": "2021-12-31T00:00:00Z",
        "interval_ms": 60_000,
        **over,
    }
    plan = make_plan(make_recipe("market", parameters, 5))
    rows = make_rows(plan, "bars", 0, plan.tables[0].rows)
    found = {name: rows.column(name) for name in ("time", "open", "high", "low", "close", "volume")}
    return {
        name: column.cast(pa.int64()).to_numpy() if name in ("time", "volume") else _cents(column)
        for name, column in found.items()
    }


def _cents(prices: pa.Array) -> npt.NDArray[Any]:
    return np.array([int(price * 100) for price in prices.to_pylist()], np.int64)


def test_a_days_volume_grows_with_its_move() -> None:
    days = bars()
    moves = np.abs(np.diff(np.log(days["close"])))
    volumes = days["volume"][1:].astype(np.float64)
    assert np.corrcoef(volumes, moves)[0, 1] > 0.4
    assert 0.3 < np.log(volumes).std() < 0.8
    assert ljung_box(np.log(volumes), 5) < 1e-6  # Busy days follow busy days.
    plain = bars(dynamics="plain")
    assert np.log(plain["volume"]).std() < 0.05


def test_a_minutes_volume_grows_with_its_move_and_the_ends_of_the_day() -> None:
    minutes = bars("1m", start="2018-03-05T00:00:00Z", end="2018-03-17T00:00:00Z", interval_ms=5_000)
    moves = np.abs(np.log(minutes["close"] / minutes["open"]))
    volumes = minutes["volume"].astype(np.float64)
    assert np.corrcoef(volumes, moves)[0, 1] > 0.4
    by_minute = volumes.reshape(-1, 390).mean(axis=0)
    assert by_minute[:30].mean() > 1.5 * by_minute[180:210].mean() < by_minute[-30:].mean()


@pytest.mark.parametrize("longer", ["5m", "15m", "1h", "1d"])
def test_bars_add_up_to_longer_ones_exactly(longer: str) -> None:
    span = {"start": "2018-03-05T00:00:00Z", "end": "2018-03-10T00:00:00Z", "interval_ms": 5_000}
    minutes, whole = bars("1m", **span), bars(longer, **span)
    step = {"5m": 5, "15m": 15, "1h": 60, "1d": 1_440}[longer] * 60 * 10**6
    start = minutes["time"] // step * step
    first = np.flatnonzero(np.r_[True, start[1:] != start[:-1]])
    last = np.r_[first[1:], len(start)] - 1
    assert np.array_equal(start[first], whole["time"])
    assert np.array_equal(minutes["open"][first], whole["open"])
    assert np.array_equal(minutes["close"][last], whole["close"])
    assert np.array_equal(np.maximum.reduceat(minutes["high"], first), whole["high"])
    assert np.array_equal(np.minimum.reduceat(minutes["low"], first), whole["low"])
    assert np.array_equal(np.add.reduceat(minutes["volume"], first), whole["volume"])


def test_what_a_ticker_says_itself_stays() -> None:
    own = {"ticker": "OWN", "initial_price": 10.0, "clustering": {"reaction": 0.2, "persistence": 0.5}}
    loaded = TickerParameters().load({**own, "loadings": {"oil": 0.3}, "dynamics": "realistic"})
    ticker = ticker_of(loaded)
    assert ticker.clustering is not None and ticker.clustering.reaction == 0.2
    assert ticker.loadings == {"oil": 0.3}
    assert ticker.jumps is not None and ticker.volume is not None
    assert realistic(ticker) == ticker
    del loaded["dynamics"]  # As servers stored them before there were dynamics.
    assert ticker_of(loaded).volume is None


def test_holidays_are_closed_and_leave_the_volatility() -> None:
    days = bars()["time"].astype("datetime64[us]").astype("datetime64[D]")
    assert not np.isin(np.array(["2018-07-04", "2019-12-25", "2020-11-26"], "datetime64[D]"), days).any()
    assert np.isin(np.array(["2018-07-05", "2019-12-24"], "datetime64[D]"), days).all()
    hours = TradingHours(870, 1_260, (1, 2, 3, 4, 5), holidays="US")
    ends = skeleton(PUBLISHED["TECH"], 1, hours, 11_323, 365 * 35).ends  # From 2001-01-01.
    yearly = (np.diff(ends[: 365 * 35]) ** 2).sum() / 35
    assert yearly == pytest.approx(0.09, rel=0.05)


def test_the_template_has_as_many_rows_as_are_asked_for() -> None:
    for rows in (1, 50, 4_001):
        plan = make_plan(parse({"template": "market", "rows": rows, "seed": 1}).recipe)
        assert plan.tables[0].rows == rows
        made = make_rows(plan, "bars", 0, rows)
        assert made.num_rows == rows
        counts = {one["values"]: one["counts"] for one in made.column("ticker").value_counts().to_pylist()}
        assert set(list(counts.values())[:-1]) <= {-(-rows // 20)}
    whole = make_plan(parse({"template": "market", "rows": 200, "seed": 1}).recipe)
    part = make_plan(parse({"template": "market", "rows": 195, "seed": 1}).recipe)
    assert make_rows(whole, "bars", 0, 195).equals(make_rows(part, "bars", 0, 195))


def test_more_rows_than_there_is_time_are_refused() -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        make_plan(parse({"template": "market", "rows": 10_000_000, "seed": 1}).recipe)
    assert refusal.value.errors[0].field == "parameters.rows"


def test_the_template_gives_other_tables_and_a_stream() -> None:
    ticks = parse({"template": "market", "rows": 60, "seed": 1, "parameters": {"table": "ticks"}})
    assert make_plan(ticks.recipe).tables[0].rows == 60
    stream = parse_endless({"template": "market", "seed": 1, "parameters": {"timeframe": "1h"}})
    plan = make_plan(stream.recipe)
    assert plan.tables[0].rows > 10**5
    with pytest.raises(InvalidRequestError, match="there is no table 'orders'"):
        parse_endless({"template": "market", "seed": 1, "table": "orders"})


def test_the_values_are_the_promised_ones() -> None:
    found = fingerprint(*(pa.array(column) for column in bars().values()))
    assert found == "47ef38081a4e71fac0d16d3dbee75408df6982c6fa429dc2beab3f27eae84eec"
