"""Where an upload's bytes lie in storage: everything beneath one prefix, the upload's own."""

from __future__ import annotations


def upload_prefix(upload_id: str) -> str:
    return f"uploads/{upload_id}/"


def upload_key(upload_id: str) -> str:
    return f"{upload_prefix(upload_id)}content"
