"""API keys: shown once, stored as hashes, refused when mistyped, unknown or revoked."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from synthmill.app.core import tickets
from synthmill.app.core.access import keys
from synthmill.app.core.access.keys import Principal
from synthmill.app.core.db import models
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.core.services import Services


def test_only_the_hash_of_a_key_is_stored(services: Services, principal: Principal) -> None:
    _, token = keys.create(services, principal.workspace_id, "second")
    with services.db.read() as session:
        stored = session.execute(select(models.ApiKey)).scalars().all()
    assert all(token not in str(vars(key)) for key in stored)
    assert keys.authenticate(services, token).workspace == "default"


def test_the_first_key_is_made_once(services: Services) -> None:
    assert keys.first_key(services) is not None
    assert keys.first_key(services) is None


def test_one_wrong_letter_is_refused_by_the_checksum(services: Services, principal: Principal) -> None:
    _, token = keys.create(services, principal.workspace_id, "second")
    wrong = token[:20] + ("a" if token[20] != "a" else "b") + token[21:]
    with pytest.raises(UnauthorizedError, match="not an API key"):
        keys.authenticate(services, wrong)


def test_a_revoked_key_opens_nothing(services: Services, principal: Principal) -> None:
    key, token = keys.create(services, principal.workspace_id, "second")
    assert keys.revoke(services, principal, key.id).revoked_at is not None
    with pytest.raises(UnauthorizedError, match="revoked"):
        keys.authenticate(services, token)


def test_a_ticket_is_good_once(services: Services, principal: Principal) -> None:
    ticket = tickets.issue(services, principal)
    assert tickets.redeem(services, ticket.ticket, None) == principal
    with pytest.raises(UnauthorizedError):
        tickets.redeem(services, ticket.ticket, None)


def test_a_ticket_for_all_jobs_opens_no_single_one(services: Services, principal: Principal) -> None:
    ticket = tickets.issue(services, principal)
    with pytest.raises(UnauthorizedError, match="for another WebSocket; ask for one with the job_id job_1"):
        tickets.redeem(services, ticket.ticket, "job_1")
