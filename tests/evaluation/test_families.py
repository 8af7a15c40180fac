"""Rows that belong together are compared as families."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.evaluation import Report, evaluate
from synthmill.generators.evaluation.roles import find_roles
from synthmill.generators.foreign_keys import seen_relations
from tests.evaluation.worlds import families

REAL, UNSEEN = families(1), families(2)


def found(synthetic: Any) -> Report:
    return evaluate(REAL, synthetic, holdout=UNSEEN)


def names(report: Report) -> set[str]:
    return {score.name for score in report.differing}


def test_fresh_families_pass() -> None:
    report = found(families(3))
    assert names(report) == set()
    assert {"children", "aggregates", "lag", "autocorrelation.mean"} <= {one.metric for one in report.scores}


def test_siblings_that_do_not_follow_from_one_another_pass_as_a_table_and_fail_as_families() -> None:
    report = found(families(3, lagged=False))
    assert {"customers/orders.lag", "orders.autocorrelation.worst"} <= names(report)
    assert report.score("orders.autocorrelation.worst").columns == ("amount", "lag 1")
    assert not {"orders.c2st", "orders.shape.mean", "orders.pair.mean"} & names(report)


def test_numbers_of_children_that_are_wrong_are_found() -> None:
    fresh = families(3)
    fresh["orders"] = fresh["orders"].groupby("customer_id").head(4)
    assert {"customers/orders.children", "customers/orders.aggregates"} <= names(found(fresh))


def test_children_at_the_wrong_parents_are_found() -> None:
    fresh = families(3)
    ids = fresh["customers"]["id"]
    other = dict(zip(ids, ids.sample(frac=1, random_state=1), strict=True))
    fresh["orders"]["customer_id"] = fresh["orders"]["customer_id"].map(other)
    assert names(found(fresh)) == {"customers/orders.aggregates"}


def test_events_of_one_table_are_families_of_their_subject() -> None:
    roles = {"customer_id": "subject", "order_id": "ignore"}
    events = [families(seed)["orders"] for seed in (1, 2)]
    report = evaluate(events[0], families(3, lagged=False)["orders"], holdout=events[1], roles=roles)
    assert {"customer_id/data.lag", "data.autocorrelation.worst"} <= names(report)


def test_siblings_come_in_the_order_of_their_times_however_they_stand() -> None:
    real, unseen, fresh = (families(seed) for seed in (1, 2, 3))
    for world in (real, unseen, fresh):
        orders = world["orders"]
        orders["at"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(range(len(orders)), unit="h")
    fresh["orders"] = fresh["orders"].sample(frac=1, random_state=1)
    roles = {"orders": {"at": "time"}}
    report = evaluate(real, fresh, holdout=unseen, roles=roles)
    assert not any("autocorrelation" in name or "lag" in name for name in names(report))


def test_orphans_are_families_of_their_own() -> None:
    fresh = families(3)
    fresh["orders"].loc[::2, "customer_id"] = -1
    report = found(fresh)
    assert "customers/orders.children" in names(report)


def test_relations_are_seen_by_names_and_values() -> None:
    tables = {name: pa.Table.from_pandas(one) for name, one in REAL.items()}
    roles = {name: find_roles(table, {}, "roles") for name, table in tables.items()}
    own = {name: [column for column, role in one.items() if role == "key"] for name, one in roles.items()}
    assert [one.name for one in seen_relations(tables, own)] == ["customers/orders"]
    tables["orders"] = pa.Table.from_pandas(
        REAL["orders"].assign(customer_id=lambda rows: rows["customer_id"] + 7)
    )
    assert seen_relations(tables, own) == []


@pytest.mark.parametrize(
    ("keys", "field", "near"),
    [
        ({"orders": {"customer": "customers.id"}}, "keys.orders.customer", "customer_id"),
        ({"order": {"customer_id": "customers.id"}}, "keys.order", "orders"),
        ({"orders": {"customer_id": "customer.id"}}, "keys.orders.customer_id", "customers"),
        ({"orders": {"customer_id": "customers.idd"}}, "keys.orders.customer_id", "id"),
    ],
)
def test_keys_that_lead_nowhere_are_refused_by_name(keys: Any, field: str, near: str) -> None:
    with pytest.raises(InvalidRequestError) as refused:
        evaluate(REAL, REAL, keys=keys)
    error = refused.value.errors[0]
    assert error.field == field
    assert near in error.reason
