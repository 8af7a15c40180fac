"""Uploads of a server: files that recipes name by their sha256."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import httpx

from synthmill.client.download import OnBytes
from synthmill.client.http import Http

Source = str | os.PathLike[str] | BinaryIO
"""A path, or a file that is open in binary mode."""

_CHUNK_BYTES = 1 << 20
_TIMEOUT = httpx.Timeout(60.0, connect=5.0, read=600.0)
"""Of a file in pieces the server puts together what it has got before it answers."""


@dataclass(frozen=True)
class Upload:
    id: str
    sha256: str
    """What a recipe names it by."""
    size: int
    media_type: str
    name: str | None
    created_at: str
    expires_at: str | None
    """When the server removes it unless it is used before; None: never."""

    @classmethod
    def from_view(cls, view: Mapping[str, Any]) -> Upload:
        return cls(**{name: view[name] for name in cls.__dataclass_fields__})


def send(
    http: Http, source: Source, name: str | None, media_type: str | None, on_bytes: OnBytes | None
) -> Upload:
    """Send a file; see `Client.upload`."""
    with ExitStack() as stack:
        if isinstance(source, str | os.PathLike):
            path = Path(source)
            name = path.name if name is None else name
            source = stack.enter_context(path.open("rb"))
        given = media_type or (mimetypes.guess_type(name or "")[0] or "application/octet-stream")
        headers = {"Content-Type": given}
        start, size = 0, 0
        if source.seekable():
            # The server refuses what arrives otherwise, and what is too much before it has come.
            start = source.tell()
            size, sha256 = _measure(source)
            headers["Repr-Digest"] = f"sha-256=:{base64.b64encode(sha256).decode()}:"
            headers["Content-Length"] = str(size)

        def content() -> Iterator[bytes]:
            if source.seekable():
                source.seek(start)
            sent = 0
            while chunk := source.read(_CHUNK_BYTES):
                yield chunk
                sent += len(chunk)
                if on_bytes is not None:
                    on_bytes(sent, max(size, sent))

        answer = http.request(
            "POST",
            "/uploads",
            params={"name": name},
            headers=headers,
            content=content,
            timeout=_TIMEOUT,
            repeatable=source.seekable(),
        )
    return Upload.from_view(answer.data)


def _measure(source: BinaryIO) -> tuple[int, bytes]:
    """How many bytes are left in the file, and their sha256."""
    digest, size = hashlib.sha256(), 0
    while chunk := source.read(_CHUNK_BYTES):
        digest.update(chunk)
        size += len(chunk)
    return size, digest.digest()
