"""POST /v1/generate: every example of the Genesis page works as printed, host and key aside."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd
import pytest

from synthmill.app.core.services import Services
from synthmill.generators.learning import load
from tests.api.caller import Caller, fields
from tests.api.genesis import Page, working
from tests.api.world import World
from tests.learnt import ROWS

Work = Callable[[], None]


@pytest.fixture
def page(world: World) -> Page:
    return Page(world.app, world.token)


@pytest.fixture
def stranger(world: World) -> Page:
    return Page(world.app, world.other_token)


@pytest.fixture
def worker(world: World) -> Iterator[None]:
    with working(world.work):
        yield


def ask(page: Page, **body: Any) -> Any:
    return page.call("POST", "/v1/generate", json={"data": ROWS, "n_samples": 50, **body})


@pytest.mark.usefixtures("worker")
def test_the_example_of_curl_with_its_header(page: Page) -> None:
    body = {"data": ROWS, "n_samples": 100, "method": "gaussian_copula"}
    answer = page.call("POST", "/v1/generate", data=json.dumps(body), content_type="application/json")
    assert answer.status_code == 200, answer.text
    found = answer.json
    assert found["success"] is True and len(found["data"]) == found["n_samples"] == 100
    assert set(found["data"][0]) == {"age", "income", "city"}
    assert all(isinstance(row["age"], int) for row in found["data"])
    assert found["metadata"]["method"] == "gaussian_copula" and found["metadata"]["method_used"] == "auto"
    assert any("gaussian_copula" in one for one in found["metadata"]["warnings"])
    assert found["generation_time"] >= 0 and found["execution_time_ms"] >= 0


def test_the_example_of_an_asynchronous_job_without_a_header(page: Page, work: Work) -> None:
    """curl -d says that its body is a form."""
    form = "application/x-www-form-urlencoded"
    body = json.dumps({"data": ROWS, "n_samples": 1000, "async_mode": True})
    answer = page.call("POST", "/v1/generate", data=body, content_type=form)
    assert answer.status_code == 202
    job_id = answer.json["job_id"]
    assert answer.json["status"] == "pending"
    assert page.call("GET", f"/v1/jobs/{job_id}").json["status"] == "pending"
    work()
    found = page.call("GET", f"/v1/jobs/{job_id}").json
    assert (found["status"], found["progress"], len(found["data"])) == ("completed", 100.0, 1000)


@pytest.mark.usefixtures("worker")
def test_the_example_of_the_python_client(page: Page) -> None:
    df = pd.DataFrame(ROWS)
    body = {"data": df.to_dict("records"), "n_samples": 1000, "method": "ctgan"}
    synthetic = pd.DataFrame(page.call("POST", "/v1/generate", json=body).json["data"])
    assert len(synthetic) == 1000 and list(synthetic.columns) == list(df.columns)
    assert synthetic["income"].corr(synthetic["age"]) > 0.8


@pytest.mark.usefixtures("worker")
def test_rows_are_those_of_the_model_that_stays(page: Page, api: Caller) -> None:
    found = ask(page, seed=3).json
    content = api.get(f"/models/{found['model_id']}/file").data
    assert found["data"] == load(content).sample(50, seed=3)["data"].to_pylist()
    again = page.call(
        "POST", "/v1/generate", json={"model_id": found["model_id"], "n_samples": 50, "seed": 3}
    )
    assert again.json["data"] == found["data"]
    assert api.get("/jobs?kind=synthesize").json["data"][0]["state"] == "completed"


@pytest.mark.usefixtures("worker")
def test_conditions_and_constraints_hold_in_every_row(page: Page) -> None:
    found = ask(
        page,
        conditions=[{"column": "age", "operator": "gt", "value": 50}, {"column": "city", "value": "Chur"}],
        constraints=[{"type": "range", "column": "income", "params": {"max": 60_000}},
                     {"type": "positive", "column": "income"}],
    )  # fmt: skip
    assert found.status_code == 200, found.text
    rows = found.json["data"]
    assert len(rows) == 50
    assert all(row["age"] > 50 and row["city"] == "Chur" and 0 < row["income"] <= 60_000 for row in rows)


@pytest.mark.usefixtures("worker")
def test_constraints_of_several_columns_and_unique_ones_hold_in_every_row(page: Page) -> None:
    rows = [
        {**row, "ref": number, "least": row["income"] - number % 5_000} for number, row in enumerate(ROWS)
    ]
    constraints = [
        {"type": "unique", "column": "ref"},
        {"type": "inequality", "params": {"low": "least", "high": "income"}},
        {"type": "fixed_combinations", "params": {"columns": ["city", "band"]}},
        {"type": "range", "column": "age", "params": {"min": 30}},
    ]
    rows = [{**row, "band": "ab"[row["age"] > 40]} for row in rows]
    found = ask(page, data=rows, n_samples=300, constraints=constraints)
    assert found.status_code == 200, found.text
    made = pd.DataFrame(found.json["data"])
    assert made.ref.is_unique and (made.least <= made.income).all() and (made.age >= 30).all()
    assert set(zip(made.city, made.band, strict=True)) <= {(row["city"], row["band"]) for row in rows}


@pytest.mark.usefixtures("worker")
def test_a_model_that_is_there_takes_no_constraint_of_learning(page: Page) -> None:
    body = {"model_id": ask(page).json["model_id"], "constraints": [{"type": "unique", "column": "age"}]}
    assert fields(page.refused(422, "POST", "/v1/generate", json=body)) == ["constraints[0]"]


@pytest.mark.usefixtures("worker")
def test_discrete_columns_and_privacy_reach_the_model(page: Page, api: Caller) -> None:
    found = ask(page, discrete_columns=["age"], privacy_config={"level": "none"}).json
    model = api.get(f"/models/{found['model_id']}").json["data"]
    roles = {one["name"]: one["role"] for one in model["description"]["tables"][0]["columns"]}
    assert (roles["age"], model["privacy"]) == ("category", "open")


@pytest.mark.usefixtures("worker")
def test_an_epsilon_makes_a_differentially_private_model(page: Page, api: Caller) -> None:
    budget = {"epsilon": 8.0, "delta": 1e-5, "bounds": {"age": {"min": 0, "max": 120}}}
    found = ask(page, method="dp", privacy_config=budget).json
    assert found["success"] is True
    assert (found["metadata"]["method_used"], found["metadata"]["privacy"]) == ("dp", "dp")
    said = api.get(f"/models/{found['model_id']}").json["data"]["description"]["privacy"]
    assert (said["epsilon"], said["delta"], said["declared"]["bounds"]) == (8.0, 1e-5, ["age"])
    assert 0 < said["rho_spent"] <= said["rho"]
    assert all(0 <= row["age"] <= 120 for row in found["data"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"epochs": 3}, "epochs"),
        ({"n_samples": 0}, "n_samples"),
        ({"n_samples": 1_000_001}, "n_samples"),
        ({"method": "gan"}, "parameters.method"),
        ({"generator_config": {"epochs": 300}}, "generator_config.epochs"),
        ({"method": "auto", "generator_config": {"method": "bayes"}}, "generator_config.method"),
        ({"privacy_config": {"epsilon": -1.0}}, "parameters.privacy.epsilon"),
        ({"privacy_config": {"delta": 1e-6}}, "parameters.privacy.epsilon"),
        ({"privacy_config": {"epsilon": 1.0, "level": "low"}}, "privacy_config.level"),
        ({"privacy_config": {"epsilon": 1.0, "bounds": {"age": 3}}}, "parameters.privacy.bounds.data.age"),
        ({"privacy_config": {"epsilon": 1.0}, "method": "bayes"}, "parameters.method"),
        ({"privacy_config": {"level": "high"}}, "privacy_config.level"),
        ({"privacy_config": {"k_anonymity": 5}}, "privacy_config.k_anonymity"),
        ({"conditions": [{"column": "age", "operator": "ne", "value": 1}]}, "conditions[0].operator"),
        ({"conditions": [{"column": "age", "operator": "between", "value": 1}]}, "conditions[0].value"),
        ({"conditions": [{"column": "age", "operator": "gt", "value": None}]}, "conditions[0].value"),
        ({"constraints": [{"type": "regex", "column": "city"}]}, "constraints[0].type"),
        ({"constraints": [{"type": "unique"}]}, "constraints[0].params.column"),
        ({"constraints": [{"type": "inequality", "params": {"low": "age"}}]}, "constraints[0].params.high"),
        ({"constraints": [{"type": "positive"}]}, "constraints[0].column"),
        ({"constraints": [{"type": "range", "column": "age"}]}, "constraints[0].params"),
        ({"constraints": [{"type": "positive", "column": "age", "params": {"x": 1}}]},
         "constraints[0].params.x"),
        ({"model_id": "mdl_x"}, "data"),
        ({"data": {"age": [1]}}, "data"),
        ({"data": None}, "data"),
    ],
)  # fmt: skip
def test_what_is_not_supported_is_refused_by_name(
    page: Page, api: Caller, body: dict[str, Any], field: str
) -> None:
    problem = page.refused(422, "POST", "/v1/generate", json={"data": ROWS, **body})
    assert fields(problem) == [field]
    assert problem["errors"][0]["reason"] and problem["errors"][0]["fix"]
    assert api.get("/jobs").json["data"] == []


@pytest.mark.usefixtures("worker")
@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"data": ROWS[:5]}, "has 5 rows"),
        ({"data": [{"a": [1]}] * 30}, "column a holds lists"),
        ({"conditions": [{"column": "ages", "value": 1}]}, "there is no column 'ages'"),
        ({"conditions": [{"column": "age", "operator": "gt", "value": 900}]}, "age"),
        ({"discrete_columns": ["sex"]}, "sex"),
    ],
)
def test_what_the_data_do_not_allow_is_refused_with_the_reason(
    page: Page, body: dict[str, Any], reason: str
) -> None:
    problem = page.refused(422, "POST", "/v1/generate", json={"data": ROWS, **body})
    assert reason in problem["errors"][0]["reason"], problem


def test_without_data_and_without_a_model_it_is_refused(page: Page) -> None:
    assert fields(page.refused(422, "POST", "/v1/generate", json={})) == ["data"]
    assert page.refused(404, "POST", "/v1/generate", json={"model_id": "mdl_x"})["detail"]
    page.refused(400, "POST", "/v1/generate", data=b'{"data": [', content_type="application/json")


def test_another_workspaces_model_is_not_there(page: Page, stranger: Page, world: World) -> None:
    with working(world.work):
        model = ask(page).json["model_id"]
    problem = stranger.refused(404, "POST", "/v1/generate", json={"model_id": model})
    assert model in problem["detail"]


def test_a_key_is_needed(anonymous: Any) -> None:
    assert anonymous.post("/v1/generate", json={"data": ROWS}).status_code == 401


def test_more_than_any_other_body_may_have_is_streamed(page: Page, services: Services, work: Work) -> None:
    rows = ROWS * 60
    body = {"data": rows, "async_mode": True}
    assert len(json.dumps(body)) > 4 * services.settings.max_body_bytes
    job_id = page.call("POST", "/v1/generate", json=body).json["job_id"]
    work()
    assert page.call("GET", f"/v1/jobs/{job_id}").json["status"] == "completed"
