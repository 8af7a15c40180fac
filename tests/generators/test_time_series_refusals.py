"""What the strategy `time_series` refuses, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest

from synthmill.generators.engine.pipeline import make_plan, make_recipe
from synthmill.generators.errors import InvalidRequestError
from tests.generators.series_worlds import FACTORS, component, table

REFUSED: list[tuple[str, dict[str, Any]]] = [
    ("series[value].components[0].kind", table({"kind": "sine"})),
    ("series[value].components[0].kind", table({})),
    ("series[value].components[0].colour", table({**component("ou"), "colour": 1})),
    ("series[value].components[0].ar", table(component("arma", ar=[0.6, 0.5]))),
    ("series[value].components[0].ar", table(component("arma", ar=[], ma=[]))),
    ("series[value].components[0].ar", table(component("arma", ar=[0.999999]))),
    ("series[value].components[0].half_life", table(component("ou", half_life="9999d", sd=1))),
    ("series[value].components[0].half_life", table(component("ou", half_life="0s"))),
    ("series[value].components[0].persistence", table(component("garch", persistence=[0.8, 0.9]))),
    ("series[value].components[0].sd", table(component("noise", sd=[2, 1]))),
    ("series[value].components[0].sd", table(component("noise", sd=[1, 2, 3]))),
    ("series[value].components[0].on", table(component("loading"))),
    (
        "series[value].components[0].on",
        table(component("loading", on="load"), before=FACTORS, series={"shared": True}),
    ),
    ("series[value].components[0].sines", table(component("fourier", sines=[1]))),
    ("series[value].components[0].period", table(component("wave", period="month"))),
    ("series[value].components[0].period", table(component("wave", period="0s"))),
    (
        "series[value].components[0].changes",
        table(component("piecewise_trend", changes=[{"at": "2023-01-01", "slope": 1}])),
    ),
    ("series[value].components[0].growth", table(component("exponential_trend", growth=1e3, per="1m"))),
    ("series[value].components[0].every", table(component("recurring", every="1h"))),
    ("series[value].components[0].days[0]", table(component("holidays", days=["13-01"]))),
    (
        "series[value].components[0].states[0].mean_duration",
        table(component("regimes", states=[{"mean_duration": "1m"}, {"mean_duration": "2h"}])),
    ),
    (
        "series[value].components[0].states",
        table(component("regimes", states=[{"mean_duration": "90d"}, {"mean_duration": "900d"}])),
    ),
    (
        "series[value].components[0].states",
        table(
            component("regimes", states=[{"mean_duration": "1h", "next": [1, 1]}, {"mean_duration": "2h"}])
        ),
    ),
    (
        "series[value].anomalies[0].lasts",
        table(series={"anomalies": [{"kind": "drift", "every": "2h", "size": 1, "lasts": "2h"}]}),
    ),
    (
        "series[value].anomalies[0].every",
        table(series={"anomalies": [{"kind": "spike", "every": "1m", "size": 1}]}),
    ),
    ("series[value].anomaly_column", table(series={"anomaly_column": "label"})),
    ("series[value].base", table(series={"link": "log"})),
    ("series[value].max", table(series={"min": 2, "max": 1})),
    ("series[value].decimals", table(before=FACTORS, series={"hidden": True, "decimals": 1})),
    ("series", table(series={"hidden": True})),
    ("series", table(series={"name": "TIME"})),
    ("interval", table(interval="0s")),
    ("gaps.mean_duration", table(gaps={"share": 0.1, "mean_duration": "1m"})),
    ("order", table(order="time", gaps={"share": 0.1, "mean_duration": "1h", "missing_rows": True})),
    ("entities.width", table(entities={"count": 3, "width": 3})),
    ("rows", table(rows=10**9, interval="1d")),
    ("colour", table(colour=1)),
    *(
        ("series[value].components[0].per", table(component(kind, per="0s")))
        for kind in ("linear_trend", "piecewise_trend", "exponential_trend", "logistic_trend", "random_walk")
    ),
    ("series[value].components[0].lasts", table(component("events", lasts="0s"))),
]


@pytest.mark.parametrize(("field", "parameters"), REFUSED)
def test_what_cannot_be_is_refused_by_name(field: str, parameters: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequestError) as refusal:
        make_plan(make_recipe("time_series", parameters, 0))
    assert [error.field for error in refusal.value.errors] == [f"tables[t].{field}"]
    assert all(error.fix for error in refusal.value.errors)


def test_more_components_than_a_plan_can_take_are_refused() -> None:
    many = [{"name": f"s{at}", "components": [component("noise")] * 100} for at in range(11)]
    with pytest.raises(InvalidRequestError, match=r"tables: have 1100 components"):
        make_recipe("time_series", table(before=many), 0)
