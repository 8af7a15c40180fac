"""A file's root as docs/manifest.md tells a stranger to compute it, without our code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from blake3 import blake3


def root_of(data: bytes, entry: Mapping[str, Any]) -> str:
    """The root of a file whose bytes are given; `entry`, of its manifest, says where its blocks begin."""
    root = blake3(b"synthmill-file-2")
    at = 0
    for section in (entry["prefix"], *entry["blocks"], entry["suffix"]):
        body = data[at : at + section["size"]]
        root.update(len(body).to_bytes(8, "little") + blake3(body).digest())
        at += section["size"]
    assert at == len(data)
    return str(root.hexdigest())
