from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.api.caller import REQUEST, Caller, fields


def test_fifty_parallel_requests_with_one_key_make_one_job(api: Caller) -> None:
    def post(_: int) -> tuple[int, str, str | None]:
        answer = api.post("/generate", json=REQUEST, headers={"Idempotency-Key": "one"})
        return answer.status_code, answer.json["data"]["id"], answer.headers.get("Idempotency-Replayed")

    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(post, range(50)))
    assert {status for status, _, _ in answers} == {202}
    assert len({job for _, job, _ in answers}) == 1
    assert [replayed for _, _, replayed in answers].count(None) == 1
    assert len(api.get("/jobs").json["data"]) == 1


def test_a_seed_left_out_is_drawn_once_for_one_key(api: Caller) -> None:
    request = {"template": "retail", "rows": 400}
    first, second = (
        api.post("/generate", json=request, headers={"Idempotency-Key": "one"}).json["data"] for _ in range(2)
    )
    assert first["seed"] == second["seed"]


def test_the_same_key_with_another_body_is_refused(api: Caller) -> None:
    api.post("/generate", json=REQUEST, headers={"Idempotency-Key": "one"})
    changed = {**REQUEST, "seed": 8}
    problem = api.refused(422, "POST", "/generate", json=changed, headers={"Idempotency-Key": "one"})
    assert problem["type"] == "urn:synthmill:problem:idempotency-mismatch"
    assert fields(problem) == ["Idempotency-Key"]
    assert len(api.get("/jobs").json["data"]) == 1


def test_spelling_of_the_body_does_not_matter(api: Caller) -> None:
    bodies = [b'{"template":"retail","seed":7}', b'{ "seed": 7, "template": "retail" }']
    ids = {
        api.post(
            "/generate", data=body, content_type="application/json", headers={"Idempotency-Key": "one"}
        ).json["data"]["id"]
        for body in bodies
    }
    assert len(ids) == 1


def test_keys_of_two_workspaces_are_two_keys(api: Caller, other: Caller) -> None:
    answers = [
        caller.post("/generate", json=REQUEST, headers={"Idempotency-Key": "one"}) for caller in (api, other)
    ]
    assert len({answer.json["data"]["id"] for answer in answers}) == 2
    assert all("Idempotency-Replayed" not in answer.headers for answer in answers)


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a b", "ä"])
def test_what_is_no_key_is_refused(api: Caller, key: str) -> None:
    problem = api.refused(422, "POST", "/generate", json=REQUEST, headers={"Idempotency-Key": key})
    assert fields(problem) == ["Idempotency-Key"]
    assert api.get("/jobs").json["data"] == []


def test_a_key_of_255_characters_is_one(api: Caller) -> None:
    assert api.post("/generate", json=REQUEST, headers={"Idempotency-Key": "x" * 255}).status_code == 202
