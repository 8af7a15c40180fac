from __future__ import annotations

import inspect
from typing import Any

import pytest
from flask import Flask

from synthmill.app.api.errors import STATUSES
from synthmill.app.core import errors
from tests.api.caller import Caller, check_answer


@pytest.mark.parametrize(
    "path",
    [
        "/nothing",
        "/api",
        "/api/v1",
        "/api/v1/",
        "/api/v1/nothing",
        "/api/v1/jobs/",
        "//health",
        "/api//v1/jobs",
    ],
)
def test_an_unknown_path_is_a_problem_and_no_page_or_redirect(anonymous: Any, path: str) -> None:
    answer = anonymous.get(path)
    assert answer.status_code == 404
    check_answer(answer)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("PUT", "/api/v1/jobs", {"GET", "HEAD"}), ("GET", "/api/v1/generate", {"POST"}),
     ("OPTIONS", "/health", {"GET", "HEAD"}), ("DELETE", "/api/v1/jobs", {"GET", "HEAD"}),
     ("TRACE", "/api/v1/jobs", {"GET", "HEAD"})],
)  # fmt: skip
def test_a_wrong_method_says_which_are_right(api: Caller, method: str, path: str, allowed: set[str]) -> None:
    answer = api.app.test_client().open(path, method=method, headers={"X-API-Key": api.token})
    assert answer.status_code == 405
    check_answer(answer)
    assert {name.strip() for name in answer.headers["Allow"].split(",")} == allowed


def test_a_websocket_route_without_a_handshake_is_a_problem(api: Caller, app: Flask, token: str) -> None:
    answer: Any = app.test_client().get("/ws/jobs", headers={"X-API-Key": token})
    assert answer.status_code == 400
    check_answer(answer)


def test_an_unexpected_error_tells_nothing_but_the_request(
    app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise RuntimeError("the password is hunter2")

    app.view_functions["operation.health"] = fail
    answer: Any = app.test_client().get("/health", headers={"X-Request-Id": "mine-1"})
    assert answer.status_code == 500
    check_answer(answer)
    assert "hunter2" not in answer.text
    assert answer.json["request_id"] == "mine-1"
    assert "mine-1" in caplog.text and "hunter2" in caplog.text


def test_every_refusal_of_the_core_has_a_status() -> None:
    refusals = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.CoreError) and kind is not errors.CoreError
    }
    assert refusals
    assert {kind.code for kind in refusals} <= set(STATUSES)


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("abc-1.2:3_X", True),
        ("x" * 128, True),
        ("", False),
        ("x" * 129, False),
        ("a b", False),
        ("a<b>", False),
    ],
)
def test_a_request_id_is_kept_if_it_is_a_plain_word(anonymous: Any, given: str, kept: bool) -> None:
    answer = anonymous.get("/health", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) is kept
    assert answer.json["metadata"]["request_id"] == answer.headers["X-Request-Id"]
