from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.api.caller import Caller, fields

Submit = Callable[..., dict[str, Any]]


def ids(api: Caller, path: str) -> list[str]:
    return [job["id"] for job in api.get(path).json["data"]]


def test_jobs_are_listed_the_newest_first_without_their_recipes(api: Caller, submit: Submit) -> None:
    made = [submit()["id"] for _ in range(3)]
    answer = api.get("/jobs")
    assert [job["id"] for job in answer.json["data"]] == made[::-1]
    assert all("recipe" not in job for job in answer.json["data"])
    assert "Link" not in answer.headers
    assert "next" not in answer.json["metadata"]


def test_pages_follow_one_another_without_a_gap_or_a_repeat(api: Caller, submit: Submit) -> None:
    made = [submit()["id"] for _ in range(5)]
    seen: list[str] = []
    path: str | None = "/jobs?limit=2&template=retail"
    while path is not None:
        answer = api.get(path)
        seen += [job["id"] for job in answer.json["data"]]
        link = answer.headers.get("Link")
        path = None
        if link is not None:
            assert link.endswith('>; rel="next"')
            path = link.split(">")[0].removeprefix("</api/v1")
            assert f"after={answer.json['metadata']['next']}" in path
            assert "template=retail" in path
    assert seen == made[::-1]


def test_jobs_are_filtered(api: Caller, submit: Submit, work: Callable[[], None]) -> None:
    first = submit(dataset="one")["id"]
    work()
    second = submit(dataset="two")["id"]
    assert ids(api, "/jobs?state=completed") == [first]
    assert ids(api, "/jobs?state=queued") == [second]
    assert ids(api, "/jobs?dataset=two") == [second]
    assert ids(api, "/jobs?dataset=two&state=completed") == []
    assert ids(api, "/jobs?strategy=tabular&template=retail") == [second, first]
    assert ids(api, "/jobs?template=other") == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("state=sleeping", "state"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=ten", "limit"),
        ("colour=blue", "colour"),
        ("limit=1&limit=2", "limit"),
        ("dataset=a%00b", "dataset"),
    ],
)
def test_a_query_that_makes_no_sense_is_refused_by_its_parameter(api: Caller, query: str, field: str) -> None:
    problem = api.refused(422, "GET", f"/jobs?{query}")
    assert fields(problem) == [field]
    assert problem["errors"][0]["fix"]


@pytest.mark.parametrize("cursor", ["", "zzz", "%F0%9F%92%A5", "job_" + "z" * 500, "ds_" + "0" * 26])
def test_a_cursor_that_is_no_job_id_is_refused(api: Caller, cursor: str) -> None:
    problem = api.refused(422, "GET", f"/jobs?after={cursor}")
    assert fields(problem) == ["after"]
    assert "metadata.next" in problem["errors"][0]["fix"]


def test_a_cursor_of_a_job_that_is_gone_is_a_place_like_another(api: Caller, submit: Submit) -> None:
    submit()
    assert api.get("/jobs?after=job_" + "0" * 26).json["data"] == []


def test_a_limit_out_of_range_is_told_the_range(api: Caller) -> None:
    (error,) = api.refused(422, "GET", "/jobs?limit=201")["errors"]
    assert error["reason"] == "is outside its limits"
    assert error["fix"] == "give a whole number from 1 to 200: items of a page"
