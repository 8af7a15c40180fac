"""What the strategy `time_series` promises about its rows: cuts, entities, gaps, labels, parameters."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from synthmill.generators.engine.contract import STRATEGIES
from synthmill.generators.engine.pipeline import load_parameters, make_plan, make_recipe
from synthmill.generators.engine.plan import MAX_BLOCK_ROWS
from synthmill.generators.strategies.time_series.anomalies import SCHEMAS
from synthmill.generators.strategies.time_series.component import component_kinds
from synthmill.generators.strategies.time_series.components.regimes import RegimeParameters
from synthmill.generators.strategies.time_series.parameters import (
    EntitiesParameters,
    GapsParameters,
    SeriesParameters,
    TableParameters,
)
from tests.generators import golden_values
from tests.generators.series_worlds import (
    ANOMALIES,
    COMPONENTS,
    FACTORS,
    REGIME,
    batch,
    column,
    component,
    table,
    values,
)

KINDS = sorted(COMPONENTS)


def value(*components: dict[str, Any], **over: Any) -> pa.Array:
    return batch(table(*components, before=FACTORS, **over)).column("value")


def test_every_kind_and_every_parameter_is_tried_here() -> None:
    assert list(component_kinds()) == KINDS
    for kind, (_, changes) in COMPONENTS.items():
        assert set(changes) == set(component_kinds()[kind].Parameters().fields)
    for kind, (_, changes) in ANOMALIES.items():
        assert set(changes) == set(SCHEMAS[kind]().fields)
    assert set(REGIME[1]) == set(RegimeParameters().fields)


@pytest.mark.parametrize("kind", KINDS)
def test_every_parameter_of_a_component_changes_something(kind: str) -> None:
    base = value(component(kind), rows=1_200)
    for name, change in COMPONENTS[kind][1].items():
        assert not value(component(kind, **{name: change}), rows=1_200).equals(base), name


@pytest.mark.parametrize("name", REGIME[1])
def test_every_parameter_of_a_regime_changes_something(name: str) -> None:
    others = [{"mean_duration": "3h", "next": [0, 2, 1]}, {"mean_duration": "1h"}]
    found = [
        value(component("regimes", states=[others[0], state, others[1]]))
        for state in (REGIME[0], {**REGIME[0], name: REGIME[1][name]})
    ]
    assert not found[0].equals(found[1])


@pytest.mark.parametrize("kind", ANOMALIES)
def test_every_parameter_of_an_anomaly_changes_something(kind: str) -> None:
    base = {"kind": kind, **ANOMALIES[kind][0]}
    first = value(series={"anomalies": [base]})
    for name, change in ANOMALIES[kind][1].items():
        assert not value(series={"anomalies": [{**base, name: change}]}).equals(first), name


SERIES = {
    "name": "other",
    "base": [18, 24],
    "link": "log",
    "components": [component("wave")],
    "shared": True,
    "anomalies": [{"kind": "spike", **ANOMALIES["spike"][0]}],
    "anomaly_column": "label",
    "min": 19.5,
    "max": 20.5,
    "decimals": 1,
    "nulls": 0.5,
}


def test_every_parameter_of_a_series_changes_something() -> None:
    base = {"base": 20, "anomalies": [{"kind": "spike", "every": "1h", "size": 1}]}
    first = batch(table(component("ou"), series=base))
    for name, change in SERIES.items():
        assert not batch(table(component("ou"), series={**base, name: change})).equals(first), name
    assert set(SERIES) | {"hidden"} == set(SeriesParameters().fields)
    shown = {"name": "shown", "components": [component("loading", on="value")]}
    hidden = table(component("ou"), series={"hidden": True})
    hidden["tables"][0]["series"].append(shown)
    assert batch(hidden).schema.names == ["entity", "time", "shown"]


TABLE: dict[str, Any] = {
    "name": "other",
    "rows": 599,
    "entities": {"count": 4},
    "start": "2024-01-02T00:00:00Z",
    "interval": "10m",
    "time_column": "at",
    "jitter": 0.5,
    "gaps": {"share": 0.1, "mean_duration": "15m"},
    "order": "time",
}


def test_every_parameter_of_a_table_changes_something() -> None:
    first = batch(table(component("ou"), component("wave")))
    for name, change in TABLE.items():
        changed = table(component("ou"), component("wave"), **{name: change})
        assert not batch(changed).equals(first) or name == "name", name
    assert make_plan(make_recipe("time_series", table(name="other"), 0)).tables[0].name == "other"
    assert set(TABLE) | {"series"} == set(TableParameters().fields)


@pytest.mark.parametrize(
    ("schema", "of", "base", "changes"),
    [
        (
            EntitiesParameters,
            "entities",
            {"count": 3, "prefix": "d"},
            {"count": 4, "column": "device", "prefix": "e", "width": 4},
        ),
        (
            GapsParameters,
            "gaps",
            {"share": 0.1, "mean_duration": "30m"},
            {"share": 0.2, "mean_duration": "1h", "missing_rows": True},
        ),
    ],
)
def test_every_parameter_of_entities_and_gaps_changes_something(
    schema: Any, of: str, base: dict[str, Any], changes: dict[str, Any]
) -> None:
    assert set(schema().fields) == set(changes)
    first = batch(table(component("ou"), **{of: base}))
    for name, change in changes.items():
        assert not batch(table(component("ou"), **{of: {**base, name: change}})).equals(first), name


@pytest.mark.parametrize("given", [component(kind) for kind in KINDS] + [component("ou", half_life="90d")])
def test_any_row_alone_is_the_row_of_the_whole(given: dict[str, Any]) -> None:
    """Across anchors, entities and gaps: 2,900 rows of 5,800 steps."""
    gaps = {"share": 0.5, "mean_duration": "50m", "missing_rows": True}
    given = table(given, before=FACTORS, rows=8_700, gaps=gaps, interval="2m")
    whole = batch(given)
    for start in (0, 1, 2_047, 2_899, 2_900, 5_799, 8_640, 8_699):
        assert batch(given, start=start, stop=start + 1).equals(whole.slice(start, 1)), start
    assert batch(given, start=1_000, stop=7_000).equals(whole.slice(1_000, 6_000))


@pytest.mark.parametrize("kind", KINDS)
def test_a_longer_table_begins_as_a_shorter_one(kind: str) -> None:
    short, long = (
        batch(table(component(kind), before=FACTORS, entities=None, rows=rows)) for rows in (500, 4_000)
    )
    assert long.slice(0, 500).equals(short)


def test_another_component_or_entity_changes_none_of_the_others() -> None:
    noise, more = component("noise"), component("linear_trend", slope=0)
    assert value(noise).equals(value(more, noise))
    few, many = (batch(table(noise, rows=200 * count, entities={"count": count})) for count in (3, 5))
    assert many.slice(0, 600).equals(few)


def test_in_order_of_time_there_are_the_same_rows() -> None:
    shape = {"rows": 1_000, "entities": {"count": 7}, "jitter": 0.2}
    one, other = (
        batch(table(component("ou"), component("noise", sd=[1, 2]), order=order, **shape))
        for order in ("entity", "time")
    )
    assert column(other, "entity").tolist() == [*list(range(1, 8)) * 142, 1, 2, 3, 4, 5, 6]
    keys = [("entity", "ascending"), ("time", "ascending")]
    assert pa.Table.from_batches([other]).sort_by(keys).equals(pa.Table.from_batches([one]))


@pytest.mark.parametrize("order", ["entity", "time"])
def test_blocks_have_fewer_rows_where_each_is_much_work(order: str) -> None:
    slow = component("arma", ar=[0.999], ma=[])
    shape = {"rows": 10**6, "entities": {"count": 10**6}, "order": order}
    blocks = [
        make_plan(make_recipe("time_series", table(*parts, **shape), 0)).tables[0].block_rows
        for parts in ([component("noise")], [slow], [slow] * 8)
    ]
    assert blocks[0] == MAX_BLOCK_ROWS
    assert blocks[0] > blocks[1] == 8 * blocks[2]


def test_rows_are_shared_out_evenly() -> None:
    found = column(batch(table(rows=17, entities={"count": 5})), "entity")
    assert np.bincount(found)[1:].tolist() == [4, 4, 3, 3, 3]
    assert column(batch(table(rows=2, entities={"count": 5})), "entity").tolist() == [1, 2]


def test_entities_are_called_as_they_should_be() -> None:
    named = {"count": 12, "column": "device", "prefix": "dev-", "width": 4}
    found = column(batch(table(rows=12, entities=named)), "device")
    assert found[[0, 11]].tolist() == ["dev-0001", "dev-0012"]


def test_entities_have_parameters_of_their_own_between_the_limits() -> None:
    found = batch(table(series={"base": [10, 30]}, rows=2_000, entities={"count": 1_000}))
    base = column(found).reshape(-1, 2)
    assert (base[:, 0] == base[:, 1]).all()
    assert 10 <= base.min() < 10.1 and 29.9 < base.max() <= 30
    assert abs(base.mean() - 20) < 3 * (20 / 12**0.5) / 1_000**0.5


def test_a_shared_series_is_the_same_for_all_entities() -> None:
    given = table(component("ou"), component("noise"), series={"shared": True}, rows=300)
    found = column(batch(given)).reshape(3, -1)
    assert (found == found[0]).all()


def test_a_lagged_series_is_the_other_some_steps_later() -> None:
    before = [{"name": "cause", "components": [component("ou"), component("noise")]}]
    found = batch(table(component("loading", on="cause", weight=2, lag="30m"), before=before, rows=900))
    cause, effect = (column(found, name).reshape(3, -1) for name in ("cause", "value"))
    assert (effect[:, 6:] == 2 * cause[:, :-6]).all()
    assert (effect[:, :6] == 2 * cause[:, :1]).all()


def test_samples_are_late_by_less_than_an_interval() -> None:
    given = {"rows": 20_000, "entities": None, "interval": "10s"}
    regular, late = (batch(table(jitter=jitter, **given)) for jitter in (0, 1))
    delay = (column(late, "time") - column(regular, "time")) / np.timedelta64(1, "us")
    assert 0 <= delay.min() < 5_000 and 9_995_000 < delay.max() < 10_000_000
    assert (np.diff(column(late, "time")) > np.timedelta64(0)).all()


@pytest.mark.parametrize("share", [0.02, 0.3, 0.5])
def test_gaps_have_exactly_their_share_and_their_mean_length(share: float) -> None:
    span = max(20, round(10 / share))
    given = {"interval": "1m", "entities": None, "gaps": {"share": share, "mean_duration": "10m"}}
    lost = np.isnan(values(rows=200 * span, **given))
    assert lost.sum() == 2_000
    edges = np.flatnonzero(np.diff(np.concatenate([[0], lost.astype(int), [0]])))
    lengths = np.diff(edges)[::2]
    assert lengths.max() <= 38 and lengths.min() >= 1
    if share < 0.5:
        assert abs(lengths.mean() - 10) < 1.5  # Two that touch count as one.


def test_with_missing_rows_the_other_rows_stay_as_they_are() -> None:
    shape = {"entities": None, "rows": 3_000}
    gaps = {"share": 0.25, "mean_duration": "30m"}
    kept = batch(table(component("noise"), gaps=gaps, **shape))
    fewer = batch(table(component("noise"), gaps={**gaps, "missing_rows": True}, rows=2_000, entities=None))
    there = kept.filter(kept.column("value").is_valid())
    assert there.slice(0, 2_000).column("time").equals(fewer.column("time"))
    assert there.slice(0, 2_000).column("value").equals(fewer.column("value"))


def labelled(kind: str, rows: int = 60_000, **over: Any) -> tuple[Any, Any, Any]:
    """The same series without and with an anomaly, and where the label says there is one."""
    noise = component("noise", sd=0.1)
    shape = {"rows": rows, "interval": "1m", "entities": {"count": 2}}
    anomaly = {"kind": kind, **ANOMALIES[kind][0], **over}
    found = batch(table(noise, series={"anomalies": [anomaly]}, **shape))
    said = column(found, "value_anomaly")
    assert set(said) == {"none", kind}
    return column(batch(table(noise, **shape))), column(found), said == kind


def test_anomalies_are_where_the_labels_say_and_nowhere_else() -> None:
    plain, shifted, there = labelled("level_shift", direction="both")
    assert (plain[~there] == shifted[~there]).all()
    size = np.abs(shifted - plain)[there]
    assert size.min() >= 5 - 1e-9 and size.max() <= 9 + 1e-9
    assert abs(there.mean() - 60 / 360) < 0.03
    plain, spiky, there = labelled("spike")
    assert ((spiky - plain)[there] > 4.99).all() and (plain[~there] == spiky[~there]).all()
    assert abs(there.sum() - 60_000 / 180) < 3 * (60_000 / 180 / 2) ** 0.5


def test_a_drift_grows_to_its_size() -> None:
    plain, drifting, there = labelled("drift", size=6, lasts="1h")
    off = (drifting - plain)[there].reshape(-1, 60)
    assert np.allclose(off, 6 * np.arange(1, 61) / 60)


def test_a_drop_out_is_null_or_stuck() -> None:
    _, silent, there = labelled("drop_out")
    assert (np.isnan(silent) == there).all()
    _, stuck, there = labelled("drop_out", value=-1)
    assert (stuck[there] == -1).all() and (stuck[~there] > -1).all()


def test_of_two_anomalies_at_once_the_first_listed_occurs() -> None:
    shift = {"kind": "level_shift", "every": "4h", "size": 100, "direction": "up", "lasts": "2h"}
    silence = {"kind": "drop_out", "every": "4h", "lasts": "2h"}
    found = batch(table(series={"anomalies": [shift, silence]}, rows=9_000))
    said, value_ = column(found, "value_anomaly"), column(found)
    assert set(said) == {"none", "level_shift", "drop_out"}
    assert (value_[said == "level_shift"] == 100).all() and np.isnan(value_[said == "drop_out"]).all()
    alone = batch(table(series={"anomalies": [shift]}, rows=9_000))
    assert (said[column(alone, "value_anomaly") == "level_shift"] == "level_shift").all()


def test_a_logarithmic_link_multiplies() -> None:
    wave = component("wave", amplitude=0.5)
    plain, linked = (batch(table(wave, series=series)) for series in ({}, {"link": "log", "base": 100}))
    assert np.allclose(column(linked), 100 * np.exp(column(plain)), rtol=1e-14)


def test_limits_and_rounding_hold() -> None:
    whole = batch(table(component("noise", sd=5), series={"min": -3, "max": 4, "decimals": 0}))
    assert whole.schema.field("value").type == pa.int64()
    assert (column(whole).min(), column(whole).max()) == (-3, 4)


@pytest.mark.parametrize("kind", KINDS)
def test_the_example_of_a_kind_is_valid(kind: str) -> None:
    example = {"kind": kind, **component_kinds()[kind].example}
    loaded = load_parameters(STRATEGIES.get("time_series"), table(example, before=FACTORS))
    assert load_parameters(STRATEGIES.get("time_series"), loaded) == loaded


def test_values_are_the_golden_ones() -> None:
    assert golden_values.of_time_series() == json.loads(golden_values.FILE.read_text())["time_series"]
