from __future__ import annotations

from decimal import Decimal

import pytest

from tests.api.caller import Caller, fields
from tests.api.market import at, computed
from tests.api.world import shared_world as world

__all__ = ["world"]

SPAN = "start=2026-03-02T09:59:59.950Z&end=2026-03-02T10:00:10Z"


def test_history_is_what_a_job_of_the_same_time_holds(api: Caller) -> None:
    with at():
        ticks = api.get(f"/history/TECH?{SPAN}").json["data"]
    rows = computed(api, "TECH", "2026-03-02T09:59:59.950Z", "2026-03-02T10:00:10Z")
    assert len(ticks) == len(rows) == 100
    assert ticks[0]["time"] == "2026-03-02T10:00:00.000Z"
    for name in ("price", "bid", "ask"):
        assert [Decimal(tick[name]) for tick in ticks] == [row[name] for row in rows]
    assert [tick["volume"] for tick in ticks] == [row["volume"] for row in rows]


def test_pages_follow_one_another_without_a_gap(api: Caller) -> None:
    with at():
        whole = api.get(f"/history/TECH?{SPAN}").json["data"]
        first = api.get(f"/history/TECH?{SPAN}&limit=40")
        following = first.json["metadata"]["next"]
        rest = api.get(f"/history/TECH?start={following}&end=2026-03-02T10:00:10Z")
    assert first.json["data"] + rest.json["data"] == whole
    assert "next" not in rest.json["metadata"]


def test_without_parameters_it_begins_an_hour_ago_and_has_a_thousand(api: Caller) -> None:
    with at():
        ticks = api.get("/history/TECH").json["data"]
    assert len(ticks) == 1_000
    assert ticks[0]["time"] == "2026-03-02T09:00:30.300Z"


def test_nothing_later_than_now_is_told(api: Caller) -> None:
    with at():
        ticks = api.get("/history/TECH?start=2026-03-02T10:00:30Z&end=2026-03-03T00:00:00Z").json["data"]
        ahead = api.get("/history/TECH?start=2026-03-02T11:00:00Z&end=2026-03-03T00:00:00Z").json["data"]
    assert [tick["time"][-5:] for tick in ticks] == [".000Z", ".100Z", ".200Z"]
    assert ahead == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=10001", "limit"),
        ("start=yesterday", "start"),
        ("end=2014-01-01", "end"),
        ("start=2014-12-31T23:59:59Z&end=2015-01-02", "start"),
        ("colour=red", "colour"),
    ],
)
def test_bad_parameters_are_refused_by_name(api: Caller, query: str, field: str) -> None:
    with at():
        assert fields(api.refused(422, "GET", f"/history/TECH?{query}")) == [field]


def test_a_refusal_says_how_a_time_is_written(api: Caller) -> None:
    problem = api.refused(422, "GET", "/history/TECH?start=bad")
    assert problem["errors"][0]["fix"] == "write it like 2024-02-29T12:00:00Z (in YAML: in quotes)"


def test_an_unknown_ticker_is_not_found(api: Caller) -> None:
    api.refused(404, "GET", "/history/GHOST")
