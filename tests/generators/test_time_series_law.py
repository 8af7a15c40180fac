"""Series follow their laws: correlations, variances, durations and amplitudes are those of theory.

Seeds are fixed. Standard errors of autocorrelations are Bartlett's (1946): of an AR(1) with n steps at lag k,
n var = (1 + f**2) (1 - f**(2 k)) / (1 - f**2) - 2 k f**(2 k).
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from scipy import stats

from synthmill.generators.kernels.elementary import normal_quantile, open_unit
from synthmill.generators.kernels.mix import F64, key, mix
from synthmill.generators.strategies.time_series.components.arma import stationary
from synthmill.generators.strategies.time_series.components.random_walk import walk_at
from synthmill.generators.strategies.time_series.components.regimes import long_run
from synthmill.generators.strategies.time_series.runs import TOLERANCE
from tests.generators.series_worlds import batch, column, component, table, values

N = 200_000


def correlation(x: F64, lag: int) -> float:
    x = x - x.mean()
    return float((x[lag:] * x[:-lag]).mean() / (x * x).mean())


def of_ar1(factor: float, lag: int, steps: int = N) -> float:
    """Bartlett's standard error."""
    square = factor ** (2 * lag)
    return math.sqrt(((1 + factor**2) * (1 - square) / (1 - factor**2) - 2 * lag * square) / steps)


@pytest.mark.parametrize("factor", [0.5, 0.95, -0.7])
def test_an_ar1_has_its_autocorrelation_and_its_standard_deviation(factor: float) -> None:
    x = values(component("arma", ar=[factor], ma=[], sd=2), rows=N)
    for lag in (1, 2, 5, 20):
        assert abs(correlation(x, lag) - factor**lag) < 3 * of_ar1(factor, lag)
    effective = N * (1 - factor**2) / (1 + factor**2)
    assert abs(x.std() / 2 - 1) < 3 / math.sqrt(2 * effective)
    assert abs(x.mean()) < 3 * 2 * math.sqrt((1 + factor) / (1 - factor) / N)


def test_an_arma_has_the_autocorrelation_of_theory() -> None:
    """Of ARMA(1,1): r(1) = (1 + f t)(f + t) / (1 + 2 f t + t**2), r(k) = f r(k - 1)."""
    f, t = 0.8, -0.3
    x = values(component("arma", ar=[f], ma=[t], sd=1), rows=N)
    first = (1 + f * t) * (f + t) / (1 + 2 * f * t + t * t)
    for lag in (1, 2, 5):
        assert abs(correlation(x, lag) - first * f ** (lag - 1)) < 3 * of_ar1(f, lag)
    assert abs(x.std() - 1) < 3 / math.sqrt(2 * N * (1 - f * f) / (1 + f * f))


def test_an_arma_is_what_its_equation_says_step_by_step() -> None:
    """Where it is known from the beginning, a plain loop over its noise gives the same, seams included."""
    ar, ma = [0.6, 0.2], [0.4]
    x = values(component("arma", ar=ar, ma=ma, sd=1), rows=10_000)
    look_back = 4_000
    e = normal_quantile(open_unit(mix(noise_key("arma 1"), np.arange(-look_back, 10_000).view(np.uint64))))
    loop = [0.0, 0.0]
    for at in range(1, len(e)):
        loop.append(ar[0] * loop[-1] + ar[1] * loop[-2] + e[at] + ma[0] * e[at - 1])
    found = np.array(loop[-10_000:])
    scale = float(x[0] / found[0])
    assert np.abs(x - scale * found).max() < 10 * TOLERANCE


def test_garch_is_what_its_equation_says_step_by_step() -> None:
    a, b, look_back = 0.15, 0.8, 2_000
    x = values(component("garch", sd=1, reaction=a, persistence=b), rows=10_000)
    z = normal_quantile(open_unit(mix(noise_key("garch 1"), np.arange(-look_back, 10_000).view(np.uint64))))
    found, h = [], 1.0
    for one in z.tolist():
        found.append(math.sqrt(h) * one)
        h = 1 - a - b + a * found[-1] ** 2 + b * h
    assert np.abs(x - found[look_back:]).max() < 100 * TOLERANCE


def noise_key(part: str) -> int:
    """The number under which a component of the series `value` of table `t` draws for the first entity."""
    own = key(0, "time_series", "t", "value", part, "")
    return int(mix(own, np.zeros(1, np.uint64))[0])


@pytest.mark.parametrize("half_life", ["10m", "4h"])
def test_an_ou_process_halves_its_memory_in_a_half_life(half_life: str) -> None:
    x = values(component("ou", half_life=half_life, sd=3), rows=N)
    steps = {"10m": 10, "4h": 240}[half_life]
    factor = 0.5 ** (1 / steps)
    for lag in (1, steps // 2, steps, 2 * steps):
        assert abs(correlation(x, lag) - factor**lag) < 3 * of_ar1(factor, lag)
    effective = N * (1 - factor**2) / (1 + factor**2)
    assert abs(x.std() / 3 - 1) < 3 / math.sqrt(2 * effective)


def test_a_slow_ou_process_has_its_law_at_nodes_and_between_them() -> None:
    """Moves over a step, anywhere, vary by 2 (1 - f); products over a lag, over many entities, are f**lag."""
    shape = {"rows": 3_000 * 1_100, "entities": {"count": 3_000}, "interval": "1m"}
    x = column(batch(table(component("ou", half_life="2d", sd=1), **shape))).reshape(3_000, -1)
    factor = 0.5 ** (1 / 2_880)
    moves = (x[:, 1:] - x[:, :-1]) ** 2 / (2 * (1 - factor))
    assert abs(moves.mean() - 1) < 3 * math.sqrt(2 / moves.size)
    for at in (0, 127, 254, 255, 256, 511, 1_023):
        assert abs(moves[:, at].mean() - 1) < 3 * math.sqrt(2 / len(x))
    for first, lag in ((0, 1_099), (100, 100), (200, 300), (255, 1), (300, 700)):
        products = x[:, first] * x[:, first + lag]
        assert abs(products.mean() - factor**lag) < 3 * math.sqrt((1 + factor ** (2 * lag)) / len(x))
    for at in (0, 128, 255, 256, 300):
        assert abs((x[:, at] ** 2).mean() - 1) < 3 * math.sqrt(2 / len(x))


@pytest.mark.parametrize("kind", ["arma", "ou", "garch", "regimes"])
def test_no_seam_shows_at_the_anchors(kind: str) -> None:
    """Steps over an anchor are distributed like others: the two-sample test of Kolmogorov and Smirnov."""
    given = {
        "arma": {"ar": [0.9], "ma": []},
        "ou": {"half_life": "1h"},
        "garch": {"reaction": 0.1, "persistence": 0.8},
        "regimes": {"states": [{"mean_duration": "1h", "sd": 0.1}, {"mean_duration": "40m", "level": 5}]},
    }[kind]
    shape = {"entities": {"count": 300}, "rows": 300 * 4_097, "interval": "1m"}
    x = column(batch(table(component(kind, **given), **shape))).reshape(300, -1)
    at_anchors = np.concatenate([x[:, at] - x[:, at - 1] for at in (1_024, 2_048, 3_072, 4_096)])
    elsewhere = np.concatenate([x[:, at] - x[:, at - 1] for at in (500, 1_500, 2_500, 3_500)])
    assert stats.ks_2samp(at_anchors, elsewhere).pvalue > 1e-3


def test_garch_has_its_variance_its_tails_and_its_persistence() -> None:
    """Squares of GARCH(1,1): r(1) = a (1 - a b - b**2) / (1 - 2 a b - b**2), then r(k) = (a + b) r(k - 1).

    Kurtosis is 3 (1 - (a + b)**2) / (1 - (a + b)**2 - 2 a**2) (Bollerslev 1986).
    """
    a, b, steps = 0.1, 0.8, 2_000_000
    shape = {"rows": steps, "entities": {"count": 20}, "interval": "1m"}
    x = column(batch(table(component("garch", sd=2, reaction=a, persistence=b), **shape))).reshape(20, -1)
    assert abs((x * x).mean() / 4 - 1) < 0.01
    kurtosis = (x**4).mean() / (x * x).mean() ** 2
    assert abs(kurtosis - 3 * (1 - (a + b) ** 2) / (1 - (a + b) ** 2 - 2 * a * a)) < 0.1
    squares = x * x - (x * x).mean()
    found = [
        float((squares[:, lag:] * squares[:, :-lag]).mean() / (squares**2).mean()) for lag in range(1, 16)
    ]
    first = a * (1 - a * b - b * b) / (1 - 2 * a * b - b * b)
    assert abs(found[0] - first) < 0.01
    for lag in (5, 10):
        assert abs(found[lag - 1] - first * (a + b) ** (lag - 1)) < 0.01
    assert abs(correlation(x.reshape(-1), 1)) < 0.01


def regime_values(rows: int = 400_000) -> F64:
    states: list[dict[str, Any]] = [
        {"mean_duration": "50m", "level": 0, "next": [0, 3, 1]},
        {"mean_duration": "20m", "level": 1},
        {"mean_duration": "10m", "level": 2, "next": [1, 0, 0]},
    ]
    return values(component("regimes", states=states), rows=rows)


def test_regimes_last_and_follow_one_another_as_stated() -> None:
    x = regime_values()
    changes = np.flatnonzero(np.diff(x)) + 1
    of, lengths = x[changes[:-1]], np.diff(changes)
    for state, mean in enumerate((50, 20, 10)):
        found = lengths[of == state]
        # A geometric length has nearly its mean as its standard deviation.
        assert abs(found.mean() / mean - 1) < 3 / math.sqrt(len(found))
        assert abs((found == 1).mean() - 1 / mean) < 3 * math.sqrt(1 / mean / len(found))
    after = x[changes[1:]]
    for state, shares in enumerate(([0, 0.75, 0.25], [0.5, 0, 0.5], [1, 0, 0])):
        follow = np.bincount(after[of == state].astype(int), minlength=3)
        assert np.abs(follow / follow.sum() - shares).max() < 3 * math.sqrt(0.25 / follow.sum())


def test_the_time_in_each_regime_is_that_of_the_long_run() -> None:
    x = regime_values()
    visits = np.array([8, 6, 5])  # v0 = v1 / 2 + v2, v1 = 3/4 v0, v2 = v0 / 4 + v1 / 2
    shares = visits * [50, 20, 10] / (visits * [50, 20, 10]).sum()
    found = np.bincount(x.astype(int)) / len(x)
    assert np.abs(found - shares).max() < 3 * math.sqrt(0.25 * 2 * 50 / len(x))


def test_the_long_run_of_a_chain_is_exact() -> None:
    chances = [[Fraction(9, 10), Fraction(1, 10)], [Fraction(1, 5), Fraction(4, 5)]]
    assert long_run(chances) == [Fraction(2, 3), Fraction(1, 3)]


def test_a_random_walk_has_independent_steps_over_any_distance() -> None:
    shape = {"rows": 400 * 5_000, "entities": {"count": 400}, "interval": "1h"}
    x = column(batch(table(component("random_walk", sd=1, per="1h"), **shape))).reshape(400, -1)
    assert (x[:, 0] == 0).all()
    for step in (1, 16, 256, 4_096):
        moves = x[:, step::step] - x[:, :-step:step]
        count = moves.size
        assert abs((moves**2).mean() / step - 1) < 3 * math.sqrt(2 / count)
        assert abs(moves.mean()) < 3 * math.sqrt(step / count)
        if moves.shape[1] > 1:
            products = moves[:, 1:] * moves[:, :-1]
            assert abs(products.mean() / step) < 3 / math.sqrt(products.size)


def test_the_nodes_of_a_random_walk_are_those_of_a_walk() -> None:
    """Moves over so many nodes of 256 steps: their variance, and that they don't tell of the next."""
    nodes = np.arange(400_000, dtype=np.int64)
    walk = walk_at(np.full(len(nodes), 7, np.uint64), nodes)
    assert walk[0] == 0
    for step in (1, 2, 3, 16):
        moves = walk[step::step] - walk[:-step:step]
        assert abs((moves**2).mean() / (256 * step) - 1) < 3 * math.sqrt(2 / len(moves))
        assert abs((moves[1:] * moves[:-1]).mean() / (256 * step)) < 3 / math.sqrt(len(moves))


@pytest.mark.parametrize(("period", "interval"), [("1d", "1h"), ("7d", "3h"), ("year", "1d")])
def test_a_season_has_its_amplitude_its_period_and_its_peak(period: str, interval: str) -> None:
    rows = 3 * 365 * 24
    wave = component("wave", period=period, amplitude=3, peak=0.25)
    found = batch(table(wave, component("noise", sd=1), entities=None, rows=rows, interval=interval))
    x, time = column(found), column(found, "time").astype("datetime64[us]")
    if period == "year":
        begin = time.astype("datetime64[Y]")
        phase = (time - begin.astype("datetime64[us]")) / (
            (begin + 1).astype("datetime64[us]") - begin.astype("datetime64[us]")
        )
    else:
        days = (time - np.datetime64("1970-01-05T00:00:00", "us")) / np.timedelta64(1, "D")
        phase = days / {"1d": 1, "7d": 7}[period] % 1
    even, odd = (2 * (x * wave_(2 * np.pi * (phase - 0.25))).mean() for wave_ in (np.cos, np.sin))
    error = math.sqrt(2 / len(x))
    assert abs(even - 3) < 3 * error + 0.01 and abs(odd) < 3 * error + 0.01
    assert abs(x.var() - (3**2 / 2 + 1)) < 0.1


def test_fourier_terms_and_profiles_are_what_they_say() -> None:
    shape = {"entities": None, "rows": 48, "interval": "30m", "start": "2024-01-01T00:00:00Z"}
    place = np.arange(48) / 48
    fourier = values(component("fourier", period="1d", cosines=[2, 0], sines=[0, 1], scale=3), **shape)
    expected = 3 * (2 * np.cos(2 * np.pi * place) + np.sin(4 * np.pi * place))
    assert np.abs(fourier - expected).max() < 1e-14
    for between, wanted in (("step", [0, 0, 8, 8]), ("linear", [0, 4, 8, 4])):
        given = component("profile", period="2h", values=[0, 8], between=between, scale=1)
        assert values(given, **shape)[:4].tolist() == wanted
    weekly = component("profile", period="7d", values=[1, 2, 3, 4, 5, 6, 7], between="step", scale=1)
    assert values(weekly, **{**shape, "interval": "1d", "rows": 9}).tolist() == [1, 2, 3, 4, 5, 6, 7, 1, 2]


def test_trends_go_where_they_should() -> None:
    shape = {"entities": None, "rows": 5, "interval": "1d", "start": "2024-01-01T00:00:00Z"}
    assert values(component("linear_trend", slope=2, per="1d"), **shape).tolist() == [0, 2, 4, 6, 8]
    bends = [{"at": "2024-01-03", "slope": -1}, {"at": "2024-01-04", "slope": 5}]
    assert values(component("piecewise_trend", slope=2, changes=bends), **shape).tolist() == [0, 2, 4, 3, 8]
    grown = values(component("exponential_trend", initial=10, growth=0.5, per="1d"), **shape)
    assert np.allclose(grown, 10 * 1.5 ** np.arange(5), rtol=1e-14)
    given = component("logistic_trend", capacity=8, midpoint="2024-01-03", rate=1, per="1d")
    assert np.allclose(values(given, **shape), 8 / (1 + np.exp(2 - np.arange(5.0))), rtol=1e-14)


def test_events_and_holidays_are_on_their_days() -> None:
    shape = {"entities": None, "rows": 1_500, "interval": "1d", "start": "2023-06-01T00:00:00Z"}
    given = component("holidays", days=["12-25", "02-29", "2024-05-05"], effect=4, neighbours=0.25)
    found = values(given, **shape)
    days = np.datetime64("2023-06-01") + np.arange(1_500)
    full = ["2023-12-25", "2024-02-29", "2024-05-05", "2024-12-25", "2025-12-25", "2026-12-25"]
    assert days[found == 4].astype(str).tolist() == full
    assert (found == 1).sum() == 12 and (found == 0).sum() == 1_500 - 18
    hours = {"entities": None, "rows": 8, "interval": "1h", "start": "2024-01-01T00:00:00Z"}
    event = {"at": ["2024-01-01T02:00:00Z"], "lasts": "4h", "effect": 8}
    for shape_, wanted in (
        ("constant", [0, 0, 8, 8, 8, 8, 0, 0]),
        ("fading", [0, 0, 8, 6, 4, 2, 0, 0]),
        ("peaked", [0, 0, 0, 4, 8, 4, 0, 0]),
    ):
        assert values(component("events", **event, shape=shape_), **hours).tolist() == wanted
    nightly = component("recurring", first="2024-01-01T01:00:00Z", every="3h", lasts="1h", effect=5)
    assert values(nightly, **hours).tolist() == [0, 5, 0, 0, 5, 0, 0, 5]


def test_series_correlate_as_their_loadings_say() -> None:
    """0.8 * 0.6 of one factor, both of variance 1; n pairs give it to 1 / sqrt(n) or better."""
    factor = {"name": "market", "hidden": True, "shared": True, "components": [component("noise", sd=1)]}
    second = {
        "name": "two",
        "components": [component("loading", on="market", weight=0.6, lag="0s"), component("noise", sd=0.8)],
    }
    first = [component("loading", on="market", weight=0.8, lag="0s"), component("noise", sd=0.6)]
    found = batch(table(*first, before=[factor, second], rows=100_000, entities={"count": 2}))
    one, two = (column(found, name).reshape(2, -1) for name in ("value", "two"))
    limit = 3 / math.sqrt(50_000)
    assert abs(np.corrcoef(one[0], two[0])[0, 1] - 0.48) < limit
    assert abs(np.corrcoef(one[0], two[1])[0, 1] - 0.48) < limit
    assert abs(np.corrcoef(one[0], one[1])[0, 1] - 0.64) < limit


@pytest.mark.parametrize(
    ("ar", "steady"),
    [
        ([0.5], True),
        ([1.0], False),
        ([-1.01], False),
        ([0.6, 0.39], True),
        ([0.6, 0.41], False),
        ([1.5, -0.6], True),
        ([0, 0, 0.99], True),
    ],
)
def test_what_is_stationary_is_known(ar: list[float], steady: bool) -> None:
    roots = np.abs(np.roots([1.0, *(-np.array(ar))]))
    assert stationary(ar) == steady == bool((roots < 1).all())
