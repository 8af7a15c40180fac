"""One-time tickets: a browser can't send headers with a WebSocket, and no key belongs in an address."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import delete, insert, select

from synthmill.app.core.access.keys import Principal, token_hash
from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import UnauthorizedError
from synthmill.app.core.jobs.queries import require_job
from synthmill.app.core.services import Services

LIFETIME = 30
"""Seconds that a ticket is good for."""


@dataclass(frozen=True)
class Ticket:
    ticket: str
    expires_in: int


def issue(services: Services, principal: Principal, job_id: str | None = None) -> Ticket:
    """A ticket for one WebSocket: of one job, or of all the workspace's jobs where none is named."""
    if job_id is not None:
        with services.db.read() as session:
            require_job(session, principal, job_id)
    token = "smt_" + secrets.token_urlsafe(32)
    with services.db.write() as session:
        session.execute(
            insert(models.Ticket).values(
                sha256=token_hash(token),
                key_id=principal.key_id,
                job_id=job_id,
                expires_at=db_now() + LIFETIME,
            )
        )
    return Ticket(token, LIFETIME)


def redeem(services: Services, token: str, job_id: str | None) -> Principal:
    """Use a ticket up. Raises UnauthorizedError when it is unknown, used, too old or for another job.

    It is used up where it is refused, too: what was shown at a wrong place may have been seen there.
    """
    with services.db.write() as session:
        row = session.execute(
            delete(models.Ticket)
            .where(models.Ticket.sha256 == token_hash(token), models.Ticket.expires_at > db_now())
            .returning(models.Ticket.key_id, models.Ticket.job_id)
        ).one_or_none()
        holder = None
        if row is not None:
            holder = session.execute(
                select(models.ApiKey.workspace_id, models.Workspace.name)
                .join(models.Workspace, models.Workspace.id == models.ApiKey.workspace_id)
                .where(models.ApiKey.id == row.key_id, models.ApiKey.revoked_at.is_(None))
            ).one_or_none()
    # Only here, so that it stays used up: an exception within the transaction would undo that.
    if row is None:
        raise UnauthorizedError("this ticket is unknown, used or too old; ask for a new one")
    if row.job_id != job_id:
        wanted = "without a job_id" if job_id is None else f"with the job_id {job_id}"
        raise UnauthorizedError(f"this ticket is for another WebSocket; ask for one {wanted}")
    if holder is None:
        raise UnauthorizedError("the key that asked for this ticket was revoked")
    return Principal(row.key_id, holder.workspace_id, holder.name)
