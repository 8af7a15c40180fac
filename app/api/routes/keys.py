"""/keys: the workspace's API keys."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from synthmill.app.api.resource import Resource
from synthmill.app.core.access import keys
from synthmill.app.http.context import principal, services

resource = Resource("keys", "API keys of the workspace. Only their hashes are stored.")

f = ma.fields


class KeySchema(ma.Schema):
    id = f.String(required=True)
    name = f.String(required=True)
    prefix = f.String(required=True, metadata={"description": "how the key begins"})
    created_at = f.String(required=True, metadata={"format": "date-time"})
    last_used_at = f.String(required=True, allow_none=True, metadata={"format": "date-time"})
    revoked_at = f.String(required=True, allow_none=True, metadata={"format": "date-time"})


class NewKeySchema(KeySchema):
    key = f.String(required=True, metadata={"description": "the key itself; it can't be shown again"})


class KeyRequestSchema(ma.Schema):
    name = f.String(
        required=True, validate=ma.validate.Length(1, 128), metadata={"description": "what the key is for"}
    )


@resource.operation("GET", "/keys", returns=KeySchema(many=True))
def list_keys() -> list[keys.KeyView]:
    """List the keys, the newest first, revoked ones too"""
    return keys.list_keys(services(), principal())


@resource.operation("POST", "/keys", returns=NewKeySchema, status=201, body=KeyRequestSchema)
def create_key(body: dict[str, Any]) -> dict[str, Any]:
    """Make a key; it is shown this once"""
    view, token = keys.create(services(), principal().workspace_id, body["name"])
    return {**vars(view), "key": token}


@resource.operation("DELETE", "/keys/<key_id>", returns=KeySchema, refuses=(404,))
def revoke_key(key_id: str) -> keys.KeyView:
    """Revoke a key: from now on it opens nothing"""
    return keys.revoke(services(), principal(), key_id)
