"""The manifest: what a finished dataset consists of, as a pure function of recipe and output.

It holds no ids, times or parts, so `manifest.json` has the same bytes wherever a dataset is made.
`docs/manifest.md` describes every field.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from synthmill.generators.datasets.blocks import Block, file_name, file_prefix, media_type
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output, Recipe, canonical
from synthmill.generators.engine.stages import NO_RESULTS, Results
from synthmill.generators.errors import DamagedDatasetError
from synthmill.generators.limits import NAME_PATTERN

FILE_NAME = "manifest.json"
PROFILE_NAME = "profile.json"
VERSION = 1
_CHUNK = 2**20


class ManifestError(DamagedDatasetError):
    """The manifest can't be read, doesn't agree with itself, or a file doesn't agree with it."""


def file_entry(
    table: TablePlan, output: Output, blocks: Sequence[Block], size: int, sha256: str
) -> dict[str, Any]:
    """What the manifest says of one table's file; `size` and `sha256` are the whole file's."""
    return {
        "name": file_name(table.name, output),
        "table": table.name,
        "media_type": media_type(output),
        "rows": table.rows,
        "size": size,
        "sha256": sha256,
        "columns": [
            {"name": c.name, "type": str(c.type), "nullable": c.nullable, "kind": c.kind, "pii": c.pii}
            for c in table.columns
        ],
        "primary_key": list(table.primary_key),
        "foreign_keys": [
            {"columns": list(key.columns), "table": key.table, "references": list(key.references)}
            for key in table.foreign_keys
        ],
        "block_rows": table.block_rows,
        "prefix_size": len(file_prefix(table, output)),
        "root": root(block.sha256 for block in blocks),
        "blocks": [{"size": block.size, "sha256": block.sha256} for block in blocks],
    }


def manifest(
    recipe: Recipe,
    output: Output,
    entries: Iterable[Mapping[str, Any]],
    profile: Mapping[str, Any],
    results: Results = NO_RESULTS,
) -> dict[str, Any]:
    """The whole manifest; `entries` in the order of the plan's tables, `profile` the entry of that file.

    It names the `results` of stages, where there were any.
    """
    files = [dict(entry) for entry in entries]
    content = {
        "manifest": VERSION,
        "recipe": recipe.to_dict(),
        "recipe_sha256": recipe.sha256,
        "output": output.to_dict(),
        "rows": sum(entry["rows"] for entry in files),
        "size": sum(entry["size"] for entry in files),
        "root": _dataset_root(files),
        "files": files,
        "profile": dict(profile),
    }
    if results.by_stage:
        content["stages"] = results.named()
    return content


def root(block_hashes: Iterable[str]) -> str:
    """sha256 over the blocks' hashes (as 32 bytes each) in order: it stands for all of the table's blocks."""
    return hashlib.sha256(b"".join(map(bytes.fromhex, block_hashes))).hexdigest()


def _dataset_root(files: Sequence[Mapping[str, Any]]) -> str:
    return hashlib.sha256(canonical([[entry["name"], entry["root"]] for entry in files])).hexdigest()


def dumps(content: Mapping[str, Any]) -> bytes:
    """`manifest.json` as it is stored and served."""
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def parse(stored: bytes) -> dict[str, Any]:
    """A manifest read back and checked against itself. Raises ManifestError."""
    try:
        content: dict[str, Any] = json.loads(stored)
        if content["manifest"] != VERSION:
            raise ManifestError(f"this is a manifest of version {content['manifest']}, we read {VERSION}")
        _check_agreement(content)
    except (UnicodeDecodeError, ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(f"not a manifest: {error!r}") from error
    return content


def _check_agreement(content: Mapping[str, Any]) -> None:
    output = output_of(content)
    for entry in content["files"]:
        # Files are written under these names: none may lead out of a folder.
        if not NAME_PATTERN.match(entry["table"]) or entry["name"] != file_name(entry["table"], output):
            raise ManifestError(f"{entry['name']!r} isn't the name of a table's file")
        if root(block["sha256"] for block in entry["blocks"]) != entry["root"]:
            raise ManifestError(f"the block hashes of {entry['name']} don't give its root")
        if len(entry["blocks"]) != -(-entry["rows"] // entry["block_rows"]):
            raise ManifestError(f"{entry['name']} lacks blocks, or has too many")
    if content["profile"]["name"] != PROFILE_NAME:
        raise ManifestError(f"{content['profile']['name']!r} isn't the name of a profile")
    if _dataset_root(content["files"]) != content["root"]:
        raise ManifestError("the files' roots don't give the manifest's root")
    if recipe_of(content).sha256 != content["recipe_sha256"]:
        raise ManifestError("the recipe doesn't have the sha256 that is given for it")


def recipe_of(content: Mapping[str, Any]) -> Recipe:
    return Recipe.from_dict(content["recipe"])


def output_of(content: Mapping[str, Any]) -> Output:
    return Output.from_dict(content["output"])


def get_file(content: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The entry of the file of this name. Raises KeyError."""
    for entry in content["files"]:
        if entry["name"] == name:
            return dict(entry)
    raise KeyError(name)


def check_file(entry: Mapping[str, Any], path: Path) -> None:
    """Raise ManifestError unless the file at `path` has the entry's size and sha256."""
    if path.stat().st_size != entry["size"]:
        raise ManifestError(f"{path.name} has {path.stat().st_size} bytes instead of {entry['size']}")
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    if digest.hexdigest() != entry["sha256"]:
        raise ManifestError(f"{path.name} doesn't have the sha256 of the manifest")
