from __future__ import annotations

import pytest

from synthmill.client.client import Client
from synthmill.errors import RefusedRequestError, ServerAnswerError, ServerFailedError, UnauthorizedError
from tests.client.server import SHOP, RunningServer


def test_submitting_gives_a_queued_job_with_its_seed(client: Client) -> None:
    job = client.submit(
        **SHOP, dataset="shop", format="jsonl", compression="gzip", part_rows=10, max_parallel=3
    )
    assert (job.state, job.seed, job.dataset, job.rows_total) == ("queued", 7, "shop", 70_050)
    assert (job.view["format"], job.view["compression"], job.view["max_parallel"]) == ("jsonl", "gzip", 3)


def test_what_is_no_number_is_refused_by_name(client: Client) -> None:
    with pytest.raises(RefusedRequestError, match="rows: is not a finite number"):
        client.submit(template="retail", rows=float("nan"))


def test_a_seed_is_drawn_where_none_is_given(client: Client) -> None:
    request = {**SHOP, "seed": None}
    assert client.submit(**request).seed != client.submit(**request).seed


def test_an_answer_lost_on_the_way_makes_no_second_job(server: RunningServer, client: Client) -> None:
    server.network.lose_answer("/generate", times=2)
    job = client.submit(**SHOP)
    assert [one.id for one in client.jobs()] == [job.id]
    sent = {asked["HTTP_IDEMPOTENCY_KEY"] for asked in server.network.asked("POST", "/generate")}
    assert len(sent) == 1


def test_two_submissions_make_two_jobs_unless_they_share_a_key(client: Client) -> None:
    assert client.submit(**SHOP).id != client.submit(**SHOP).id
    assert client.submit(**SHOP, idempotency_key="k").id == client.submit(**SHOP, idempotency_key="k").id


def test_a_passing_refusal_is_tried_again(server: RunningServer, client: Client) -> None:
    server.network.refuse("/generate", 503, Retry_After="0")
    server.network.refuse("/generate", 429, Retry_After="0")
    assert client.submit(**SHOP).state == "queued"


def test_a_server_that_stays_broken_is_reported_with_its_reason(
    server: RunningServer, client: Client
) -> None:
    server.network.refuse("/generate", 503, times=10, Retry_After="0")
    with pytest.raises(ServerFailedError, match="on purpose") as raised:
        client.submit(**SHOP)
    assert raised.value.status == 503
    assert len(server.network.asked("POST", "/generate")) == 4


def test_a_server_that_asks_for_long_patience_is_not_waited_for(
    server: RunningServer, client: Client
) -> None:
    server.network.refuse("/generate", 503, times=10, Retry_After="3600")
    with pytest.raises(ServerFailedError) as raised:
        client.submit(**SHOP)
    assert raised.value.retry_after == 3600
    assert len(server.network.asked("POST", "/generate")) == 1


def test_every_wrong_field_is_named_with_a_fix(client: Client) -> None:
    with pytest.raises(RefusedRequestError) as raised:
        client.submit(strategy="tabular", parameters={"tables": []}, seed=-1, part_rows=0)
    assert raised.value.status == 422
    assert {"seed", "part_rows"} <= {error.field for error in raised.value.errors}
    assert all(error.fix for error in raised.value.errors)


def test_an_unknown_strategy_is_named(client: Client) -> None:
    with pytest.raises(RefusedRequestError, match="strategy: unknown strategy 'nope'"):
        client.submit(strategy="nope")


def test_a_wrong_key_is_unauthorized(server: RunningServer) -> None:
    with Client(server.url, "wrong") as client, pytest.raises(UnauthorizedError):
        client.submit(**SHOP)


def test_something_else_that_answers_is_told_apart(server: RunningServer, client: Client) -> None:
    server.network.answer("/generate", b"<html>hello</html>")
    with pytest.raises(ServerAnswerError, match="isn't answered by Synthmill"):
        client.submit(**SHOP)
