"""POST /v1/evaluate: scores of rows in the request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.api.caller import Caller, fields
from tests.api.genesis import Page, working
from tests.api.world import World
from tests.learnt import ROWS


@pytest.fixture
def page(world: World) -> Page:
    return Page(world.app, world.token)


@pytest.fixture
def worker(world: World) -> Iterator[None]:
    with working(world.work):
        yield


def ask(page: Page, synthetic: list[dict[str, Any]]) -> dict[str, Any]:
    answer = page.call("POST", "/v1/evaluate", json={"real_data": ROWS[:200], "synthetic_data": synthetic})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.usefixtures("worker")
def test_real_rows_score_better_than_shuffled_ones(page: Page, api: Caller) -> None:
    good = ask(page, ROWS[200:])
    bad = ask(page, [{**row, "income": ROWS[-1 - at]["income"]} for at, row in enumerate(ROWS[200:])])
    assert good["success"] is True and 0 <= bad["overall_score"] < good["overall_score"] <= 1
    assert good["execution_time_ms"] >= 0
    assert "c2st" in good["statistical"] and good["ml_utility"] and good["privacy"]
    found = api.get(f"/evaluations/{good['evaluation_id']}").json["data"]
    assert found["report"]["passed"] == good["passed"]


@pytest.mark.usefixtures("worker")
def test_too_few_rows_are_refused_with_the_reason(page: Page) -> None:
    body = {"real_data": ROWS[:5], "synthetic_data": ROWS}
    problem = page.refused(422, "POST", "/v1/evaluate", json=body)
    assert "has 5 rows" in problem["errors"][0]["reason"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"metrics": ["ks"]}, "metrics"), ({"synthetic_data": 3}, "synthetic_data")],
)
def test_what_is_not_supported_is_refused_by_name(page: Page, changes: dict[str, Any], field: str) -> None:
    body = {"real_data": ROWS, "synthetic_data": ROWS, **changes}
    assert fields(page.refused(422, "POST", "/v1/evaluate", json=body)) == [field]


def test_what_is_missing_is_named(page: Page) -> None:
    assert fields(page.refused(422, "POST", "/v1/evaluate", json={"synthetic_data": ROWS})) == ["real_data"]
