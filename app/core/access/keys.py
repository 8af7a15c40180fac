"""API keys. Only their hashes are stored; a checksum lets a mistyped one be refused unseen."""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import insert, select, update

from synthmill.app.core.db import db_now, models
from synthmill.app.core.errors import NotFoundError, UnauthorizedError
from synthmill.app.core.ids import new_id, timestamp
from synthmill.app.core.services import Services

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TOKEN = re.compile(r"smk_live_([0-9A-Za-z]{32})([0-9A-Za-z]{6})")
DEFAULT_WORKSPACE = "default"
_TOUCH_SECONDS = 60
"""`last_used_at` is written at most so often, so that reading stays reading."""


@dataclass(frozen=True)
class Principal:
    """Who asks: a key and the workspace it can see."""

    key_id: str
    workspace_id: str
    workspace: str


@dataclass(frozen=True)
class KeyView:
    id: str
    name: str
    prefix: str
    created_at: str
    last_used_at: str | None
    revoked_at: str | None


def new_token() -> str:
    """`smk_live_`, 32 random base-62 characters, and their CRC-32 in 6 more."""
    body = "".join(secrets.choice(_BASE62) for _ in range(32))
    return f"smk_live_{body}{_checksum(body)}"


def _checksum(body: str) -> str:
    crc, text = zlib.crc32(body.encode()), ""
    for _ in range(6):
        crc, digit = divmod(crc, 62)
        text = _BASE62[digit] + text
    return text


def token_hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(services: Services, token: str) -> Principal:
    """Whose token this is. Raises UnauthorizedError for a mistyped, unknown or revoked one."""
    match = _TOKEN.fullmatch(token)
    if match is None or _checksum(match[1]) != match[2]:
        raise UnauthorizedError("this is not an API key: it should read smk_live_ and 38 letters and digits")
    with services.db.read() as session:
        row = session.execute(
            select(models.ApiKey, models.Workspace.name, db_now().label("now"))
            .join(models.Workspace, models.Workspace.id == models.ApiKey.workspace_id)
            .where(models.ApiKey.sha256 == token_hash(token), models.ApiKey.revoked_at.is_(None))
        ).one_or_none()
    if row is None:
        raise UnauthorizedError("this API key is not known here, or was revoked")
    key, workspace, now = row
    if key.last_used_at is None or now - key.last_used_at > _TOUCH_SECONDS:
        with services.db.write() as session:
            session.execute(
                update(models.ApiKey).where(models.ApiKey.id == key.id).values(last_used_at=db_now())
            )
    return Principal(key.id, key.workspace_id, workspace)


def create(services: Services, workspace_id: str, name: str) -> tuple[KeyView, str]:
    """A new key and its token, which can't be shown again."""
    token, key_id = new_token(), new_id("key")
    with services.db.write(durable=True) as session:
        session.execute(
            insert(models.ApiKey).values(
                id=key_id,
                workspace_id=workspace_id,
                name=name,
                prefix=token[:14],
                sha256=token_hash(token),
                created_at=db_now(),
            )
        )
        key = session.get_one(models.ApiKey, key_id)
    return _view(key), token


def list_keys(services: Services, principal: Principal) -> list[KeyView]:
    """All keys of the workspace, the newest first, revoked ones too."""
    with services.db.read() as session:
        keys = session.execute(
            select(models.ApiKey)
            .where(models.ApiKey.workspace_id == principal.workspace_id)
            .order_by(models.ApiKey.id.desc())
        ).scalars()
        return [_view(key) for key in keys]


def revoke(services: Services, principal: Principal, key_id: str) -> KeyView:
    """From now on the key opens nothing. Revoking it again changes nothing."""
    mine = (models.ApiKey.id == key_id) & (models.ApiKey.workspace_id == principal.workspace_id)
    with services.db.write(durable=True) as session:
        session.execute(
            update(models.ApiKey).where(mine, models.ApiKey.revoked_at.is_(None)).values(revoked_at=db_now())
        )
        key = session.execute(select(models.ApiKey).where(mine)).scalar_one_or_none()
        if key is None:
            raise NotFoundError("key", key_id)
    return _view(key)


def revoked_among(services: Services, key_ids: Iterable[str]) -> set[str]:
    """Which of these keys were revoked, or are gone."""
    asked = sorted(set(key_ids))
    valid: set[str] = set()
    with services.db.read() as session:
        for start in range(0, len(asked), 1_000):
            some = models.ApiKey.id.in_(asked[start : start + 1_000])
            valid.update(
                session.execute(
                    select(models.ApiKey.id).where(some, models.ApiKey.revoked_at.is_(None))
                ).scalars()
            )
    return set(asked) - valid


def first_key(services: Services) -> str | None:
    """The default workspace and its first key, where there are none yet; the token, or None."""
    with services.db.write() as session:
        workspace = session.execute(select(models.Workspace.id).limit(1)).scalar_one_or_none()
        if workspace is None:
            workspace = new_id("ws")
            session.execute(
                insert(models.Workspace).values(id=workspace, name=DEFAULT_WORKSPACE, created_at=db_now())
            )
        if session.execute(select(models.ApiKey.id).limit(1)).scalar_one_or_none() is not None:
            return None
    return create(services, workspace, "first key")[1]


def _view(key: models.ApiKey) -> KeyView:
    def when(seconds: float | None) -> str | None:
        return None if seconds is None else timestamp(seconds)

    return KeyView(
        key.id, key.name, key.prefix, timestamp(key.created_at), when(key.last_used_at), when(key.revoked_at)
    )
