"""The templates of time series: what their columns look like, and that `rows` scales them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe, make_rows
from synthmill.generators.recipes.template import get_template, resolve

NAMES = ["energy_load", "iot_fleet", "server_metrics", "web_traffic"]


def frame(name: str, rows: int, start: int = 0, stop: int = 40_000) -> pd.DataFrame:
    template = get_template(name)
    recipe = make_recipe(template.strategy, resolve(template, {}, rows), 0)
    return make_rows(make_plan(recipe), template.main, start, min(stop, rows)).to_pandas()


@pytest.mark.parametrize("name", NAMES)
def test_any_number_of_rows_will_do(name: str) -> None:
    for rows in (1, 10, 5_000):
        assert len(frame(name, rows)) == rows


@pytest.mark.parametrize("name", NAMES)
def test_values_vary_and_few_are_missing(name: str) -> None:
    found = frame(name, get_template(name).default_rows)
    assert found.isna().mean().max() < 0.02
    numbers = found.select_dtypes("number")
    assert (numbers.std() > 0).all()
    # Few values lie at a limit, but for the sun, which is away at night.
    for column in numbers.drop(columns="solar_mw", errors="ignore"):
        edges = numbers[column].isin([numbers[column].min(), numbers[column].max()])
        assert edges.mean() < 0.05, column


def test_the_weather_of_a_fleet_is_shared() -> None:
    found = frame("iot_fleet", 200 * 3_000, 0, 6_000)
    one, two = (found[found.device_id == f"dev-000{number}"].temperature.to_numpy() for number in (1, 2))
    there = ~np.isnan(one[:2_990]) & ~np.isnan(two[:2_990])
    assert np.corrcoef(one[:2_990][there], two[:2_990][there])[0, 1] > 0.5


def test_sites_sleep_at_night() -> None:
    found = frame("web_traffic", 40 * 2_016, 0, 2_016)
    by_hour = found.groupby(found.time.dt.hour).visits.mean()
    assert by_hour[[2, 3, 4]].max() < by_hour[[10, 14, 20]].min() / 2


def test_the_sun_is_away_at_night_and_shines_at_noon() -> None:
    found = frame("energy_load", 12 * 35_040, 0, 35_040)
    by_hour = found.groupby(found.time.dt.hour).solar_mw.mean()
    assert by_hour[0] < 0.1 * by_hour[12]
    winter, summer = (found[found.time.dt.month == month].load_mw.mean() for month in (1, 7))
    assert winter > summer


def test_incidents_are_labelled() -> None:
    found = frame("server_metrics", 60 * 60_480, 0, 60_000)
    shifted = found.cpu_percent_anomaly == "level_shift"
    assert 0.001 < shifted.mean() < 0.05
    assert found.cpu_percent[shifted].mean() > 1.5 * found.cpu_percent[~shifted].mean()
