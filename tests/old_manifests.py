"""Manifests as version 1 had them, made of those of today and of the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any


def as_version_1(content: Mapping[str, Any], read: Callable[[str], bytes]) -> dict[str, Any]:
    """The same dataset's manifest of version 1; `read` gives a file's bytes by its name."""
    files = [_entry(entry, read(entry["name"])) for entry in content["files"]]
    roots = json.dumps([[entry["name"], entry["root"]] for entry in files], separators=(",", ":"))
    profile = read("profile.json")
    return {
        **content,
        "manifest": 1,
        "root": hashlib.sha256(roots.encode()).hexdigest(),
        "files": files,
        "profile": {
            "name": "profile.json",
            "size": len(profile),
            "sha256": hashlib.sha256(profile).hexdigest(),
        },
    }


def _entry(entry: Mapping[str, Any], data: bytes) -> dict[str, Any]:
    blocks, at = [], entry["prefix"]["size"]
    for block in entry["blocks"]:
        body = data[at : at + block["size"]]
        blocks.append({"size": len(body), "sha256": hashlib.sha256(body).hexdigest()})
        at += block["size"]
    root = hashlib.sha256(b"".join(bytes.fromhex(block["sha256"]) for block in blocks)).hexdigest()
    known = ("name", "table", "media_type", "rows", "size")
    described = ("columns", "primary_key", "foreign_keys", "block_rows")
    return {
        **{key: entry[key] for key in known},
        "sha256": hashlib.sha256(data).hexdigest(),
        **{key: entry[key] for key in described},
        "prefix_size": entry["prefix"]["size"],
        "root": root,
        "blocks": blocks,
    }
