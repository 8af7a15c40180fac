from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from synthmill.app.core import tickets
from synthmill.app.core.db import models
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.core.services import Services
from tests.api.caller import Caller, fields


def test_a_ticket_is_good_for_one_use(
    api: Caller, services: Services, submit: Callable[..., dict[str, Any]]
) -> None:
    job = submit()["id"]
    answer = api.post("/tickets", json={"job_id": job})
    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "no-store"
    ticket = answer.json["data"]
    assert set(ticket) == {"ticket", "expires_in"}
    assert tickets.redeem(services, ticket["ticket"], job).workspace == "default"
    with pytest.raises(UnauthorizedError):
        tickets.redeem(services, ticket["ticket"], job)


def test_a_ticket_shown_at_the_wrong_socket_is_used_up(
    api: Caller, services: Services, submit: Callable[..., dict[str, Any]]
) -> None:
    job, another = submit()["id"], submit()["id"]
    for meant, shown in ((job, None), (job, another), (None, job)):
        ticket = api.post("/tickets", json={"job_id": meant}).json["data"]["ticket"]
        with pytest.raises(UnauthorizedError, match="for another WebSocket"):
            tickets.redeem(services, ticket, shown)
        with pytest.raises(UnauthorizedError, match="used"):
            tickets.redeem(services, ticket, meant)


@pytest.mark.parametrize("options", [{}, {"json": {}}, {"json": {"job_id": None}}])
def test_a_ticket_for_all_jobs_names_none(api: Caller, services: Services, options: dict[str, Any]) -> None:
    answer = api.post("/tickets", **options)
    assert tickets.redeem(services, answer.json["data"]["ticket"], None).workspace == "default"


def test_no_ticket_for_a_job_that_is_not_there_or_anothers(
    api: Caller, other: Caller, submit: Callable[..., dict[str, Any]]
) -> None:
    api.refused(404, "POST", "/tickets", json={"job_id": "job_nothing"})
    other.refused(404, "POST", "/tickets", json={"job_id": submit()["id"]})


@pytest.mark.parametrize("job_id", ["", "x" * 65, 5])
def test_a_job_id_that_is_none_is_refused(api: Caller, job_id: object) -> None:
    assert fields(api.refused(422, "POST", "/tickets", json={"job_id": job_id})) == ["job_id"]


def test_a_ticket_that_is_too_old_opens_nothing(api: Caller, services: Services) -> None:
    ticket = api.post("/tickets").json["data"]
    with services.db.write() as session:
        session.execute(
            update(models.Ticket).values(expires_at=models.Ticket.expires_at - ticket["expires_in"])
        )
    with pytest.raises(UnauthorizedError, match="too old"):
        tickets.redeem(services, ticket["ticket"], None)


def test_a_ticket_of_a_key_that_was_revoked_opens_nothing(
    app: Flask, api: Caller, services: Services
) -> None:
    key = api.post("/keys", json={"name": "for a while"}).json["data"]
    ticket = Caller(app, key["key"]).post("/tickets").json["data"]["ticket"]
    assert api.delete(f"/keys/{key['id']}").status_code == 200
    with pytest.raises(UnauthorizedError, match="revoked"):
        tickets.redeem(services, ticket, None)
