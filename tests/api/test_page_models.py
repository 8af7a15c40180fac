"""/v1/models: the workspace's models as the page lists them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.api.caller import Caller
from tests.api.genesis import Page
from tests.api.world import World
from tests.learnt import fitted

Work = Callable[[], None]


@pytest.fixture
def page(world: World) -> Page:
    return Page(world.app, world.token)


def test_a_model_is_listed_with_its_columns_and_rows(page: Page, api: Caller, work: Work) -> None:
    assert page.call("GET", "/v1/models").json == {"models": [], "total": 0}
    model = fitted(api, work)
    assert page.call("GET", "/v1/models").json == {
        "models": [
            {
                "model_id": model["id"],
                "method": "auto",
                "created_at": model["created_at"],
                "n_columns": 3,
                "n_training_samples": 400,
                "discrete_columns": ["city"],
            }
        ],
        "total": 1,
    }


def test_a_deleted_one_is_gone(page: Page, api: Caller, world: World, work: Work) -> None:
    model_id = fitted(api, work)["id"]
    stranger = Page(world.app, world.other_token)
    assert stranger.call("GET", "/v1/models").json["total"] == 0
    stranger.refused(404, "DELETE", f"/v1/models/{model_id}")
    answer = page.call("DELETE", f"/v1/models/{model_id}")
    assert answer.json == {"success": True, "model_id": model_id}
    page.refused(404, "DELETE", f"/v1/models/{model_id}")
    api.refused(404, "GET", f"/models/{model_id}")
