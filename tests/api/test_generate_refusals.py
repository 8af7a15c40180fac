"""Criterion 8: whatever is wrong is answered with 4xx naming the field, and nothing is queued."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from synthmill.app.core.services import Services
from synthmill.app.factory import create_app
from tests.api.caller import REQUEST, Caller, fields
from tests.api.world import shared_world as world
from tests.fakes import RecordingQueue

__all__ = ["world"]


@pytest.fixture(autouse=True)
def nothing_is_queued(queue: RecordingQueue, api: Caller) -> Any:
    yield
    assert queue.slots == []
    assert api.get("/jobs").json["data"] == []


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({}, "template"),
        ({"template": "retail", "strategy": "tabular"}, "template"),
        ({"template": "no-such"}, "template"),
        ({"strategy": "no-such", "parameters": {}}, "strategy"),
        ({**REQUEST, "colour": "blue"}, "colour"),
        ({**REQUEST, "rows": "many"}, "rows"),
        ({**REQUEST, "rows": True}, "rows"),
        ({**REQUEST, "rows": 1.5}, "rows"),
        ({**REQUEST, "rows": 0}, "rows"),
        ({**REQUEST, "rows": None}, "rows"),
        ({**REQUEST, "rows": {}}, "rows"),
        ({**REQUEST, "rows": -1}, "rows"),
        ({**REQUEST, "rows": {"no_such": 5}}, "rows.no_such"),
        ({**REQUEST, "seed": -1}, "seed"),
        ({**REQUEST, "seed": 2**63}, "seed"),
        ({**REQUEST, "seed": "7"}, "seed"),
        ({**REQUEST, "format": "xls"}, "format"),
        ({**REQUEST, "format": 1}, "format"),
        ({**REQUEST, "compression": "rar"}, "compression"),
        ({**REQUEST, "part_rows": 0}, "part_rows"),
        ({**REQUEST, "max_parallel": 0}, "max_parallel"),
        ({**REQUEST, "max_parallel": "2"}, "max_parallel"),
        ({**REQUEST, "dataset": "../up"}, "dataset"),
        ({**REQUEST, "dataset": 5}, "dataset"),
        ({**REQUEST, "parameters": []}, "parameters"),
        ({**REQUEST, "limit": 5}, "limit"),
    ],
)
def test_a_request_that_makes_no_sense_is_refused_by_its_field(
    api: Caller, request_: dict[str, Any], field: str
) -> None:
    problem = api.refused(422, "POST", "/generate", json=request_)
    assert field in fields(problem), problem
    assert problem["type"] == "urn:synthmill:problem:" + (
        "limit-exceeded" if request_.get("max_parallel") == 0 else "invalid-request"
    )
    assert all(error["reason"] and error["fix"] for error in problem["errors"])


def test_an_unknown_field_is_told_all_that_are_known_here(api: Caller) -> None:
    (error,) = api.refused(422, "POST", "/generate", json={**REQUEST, "colour": "blue"})["errors"]
    assert {"template", "rows", "dataset", "workspace", "max_parallel"} <= set(words(error["fix"]))
    assert "limit" not in words(error["fix"])


def words(text: str) -> list[str]:
    return text.removeprefix("known: ").split(", ")


def test_an_unknown_parameter_is_named_with_its_place(api: Caller) -> None:
    parameters = {"tables": [{"name": "orders", "columns": [{"name": "id", "colour": "blue"}]}]}
    problem = api.refused(422, "POST", "/generate", json={**REQUEST, "parameters": parameters})
    assert any("colour" in field or "colour" in problem["detail"] for field in fields(problem))
    assert any(field.startswith("parameters.tables[orders]") for field in fields(problem)), problem


def test_more_rows_than_anybody_may_ask_for_are_refused_with_the_limit(api: Caller) -> None:
    problem = api.refused(422, "POST", "/generate", json={**REQUEST, "rows": 10**15})
    assert any(field.startswith("rows") for field in fields(problem)), problem
    assert "10" in str(problem["errors"]) and "000" in str(problem["errors"])


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_number_is_refused_by_its_field(api: Caller, number: str) -> None:
    body = f'{{"template": "retail", "rows": {number}}}'
    problem = api.refused(422, "POST", "/generate", data=body, content_type="application/json")
    assert fields(problem) == ["rows"]


def test_a_hundred_thousand_nested_brackets_are_refused(api: Caller) -> None:
    body = b'{"template": "retail", "parameters": ' + b"[" * 90_000 + b"]" * 90_000 + b"}"
    problem = api.refused(422, "POST", "/generate", data=body, content_type="application/json")
    assert "64" in problem["detail"]


def test_a_name_of_ten_megabytes_is_too_large(api: Caller) -> None:
    problem = api.refused(413, "POST", "/generate", json={"template": "x" * 10_000_000})
    assert fields(problem) == ["body"]
    assert "200,000" in problem["errors"][0]["reason"]


def test_a_long_name_is_not_sent_back(api: Caller) -> None:
    answer = api.post("/generate", json={"template": "x" * 100_000})
    assert answer.status_code == 422
    assert len(answer.data) < 3_000


def test_a_key_given_twice_is_refused(api: Caller) -> None:
    body = b'{"template": "retail", "rows": 1, "rows": 2}'
    assert fields(api.refused(422, "POST", "/generate", data=body, content_type="application/json")) == [
        "rows"
    ]


@pytest.mark.parametrize("body", [b"{", b"\xff\xfe", b'{"template": "retail",}'])
def test_a_body_that_is_no_json_is_400(api: Caller, body: bytes) -> None:
    problem = api.refused(400, "POST", "/generate", data=body, content_type="application/json")
    assert problem["type"] == "urn:synthmill:problem:malformed-json"


@pytest.mark.parametrize("body", [b"[]", b"1", b'"retail"', b"null"])
def test_json_that_is_no_object_is_refused(api: Caller, body: bytes) -> None:
    assert fields(api.refused(422, "POST", "/generate", data=body, content_type="application/json")) == [
        "body"
    ]


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_another_content_type_is_415(api: Caller, content_type: str) -> None:
    api.refused(415, "POST", "/generate", data=b'{"template": "retail"}', content_type=content_type)


def test_an_unknown_query_parameter_is_refused(api: Caller) -> None:
    assert fields(api.refused(422, "POST", "/generate?dry=1", json=REQUEST)) == ["dry"]


@pytest.mark.parametrize(("limit", "shown"), [(700, "700 bytes"), (1536, "1.5 KiB"), (2**20, "1 MiB")])
def test_files_beyond_a_limit_are_told_in_units_that_fit(
    services: Services, token: str, limit: int, shown: str
) -> None:
    small = replace(services, settings=replace(services.settings, max_bytes=limit))
    caller = Caller(create_app(services=small), token)
    (error,) = caller.refused(422, "POST", "/generate", json={**REQUEST, "rows": 100_000})["errors"]
    assert error["fix"] == f"at most {shown}"
    assert " MiB of files are too many" in error["reason"]
