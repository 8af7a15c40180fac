from __future__ import annotations

from collections.abc import Callable

from tests.api.caller import Caller, fields
from tests.learnt import fitted

Work = Callable[[], None]


def test_models_are_listed_the_newest_first_without_their_descriptions(api: Caller, work: Work) -> None:
    first, second = fitted(api, work), fitted(api, work, parameters={"method": "independent"})
    shown = api.get("/models").json["data"]
    assert [one["id"] for one in shown] == [second["id"], first["id"]]
    assert shown[1] == {
        name: value for name, value in first.items() if name not in ("description", "exports")
    }


def test_a_list_goes_on_where_the_page_before_ended(api: Caller, work: Work) -> None:
    first, second = fitted(api, work), fitted(api, work, parameters={"method": "independent"})
    page = api.get("/models?limit=1").json
    assert [one["id"] for one in page["data"]] == [second["id"]]
    following = api.get(f"/models?limit=1&after={page['metadata']['next']}").json
    assert [one["id"] for one in following["data"]] == [first["id"]]
    assert "next" not in following["metadata"]


def test_a_list_may_be_of_one_name_or_one_sha256(api: Caller, work: Work) -> None:
    named = fitted(api, work, name="mine")
    other = fitted(api, work, parameters={"method": "independent"})
    for query, wanted in ((f"sha256={other['sha256']}", other), ("name=mine", named)):
        assert [one["id"] for one in api.get(f"/models?{query}").json["data"]] == [wanted["id"]]
    assert fields(api.refused(422, "GET", "/models?sha256=abc")) == ["sha256"]


def test_equal_models_are_one(api: Caller, work: Work) -> None:
    first, again = fitted(api, work, name="first"), fitted(api, work, name="again")
    assert again == first
    assert len(api.get("/models").json["data"]) == 1


def test_another_workspace_has_a_model_of_its_own(api: Caller, other: Caller, work: Work) -> None:
    mine, theirs = fitted(api, work), fitted(other, work)
    assert mine["sha256"] == theirs["sha256"] and mine["id"] != theirs["id"]
    assert [one["id"] for one in other.get("/models").json["data"]] == [theirs["id"]]
