"""The manifest: what a finished dataset consists of, as a pure function of recipe and output.

It holds no ids, times or parts, so `manifest.json` has the same bytes wherever a dataset is made.
`docs/manifest.md` describes every field.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from synthmill.generators.datasets.blocks import WholeFile
from synthmill.generators.datasets.hashes import (
    Section,
    algorithm_of,
    dataset_root,
    file_root,
    section,
)
from synthmill.generators.engine.plan import TablePlan
from synthmill.generators.engine.recipe import Output, Recipe
from synthmill.generators.engine.stages import NO_RESULTS, Results
from synthmill.generators.errors import DamagedDatasetError
from synthmill.generators.formats import file_name, media_type
from synthmill.generators.limits import MAX_INTEGER, NAME_PATTERN
from synthmill.generators.schema.json_values import shown

VERSION = 2
"""What is written."""
VERSIONS = (1, 2)
"""What is read."""

FILE_NAME = "manifest.json"
PROFILE_NAME = "profile.json"


class ManifestError(DamagedDatasetError):
    """The manifest can't be read, doesn't agree with itself, or a file doesn't agree with it."""


def description(table: TablePlan, output: Output) -> dict[str, Any]:
    """What the manifest says of one table's file and follows from the plan alone."""
    return {
        "name": file_name(table.name, output),
        "table": table.name,
        "media_type": media_type(output),
        "rows": table.rows,
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
    }


def file_entry(file: WholeFile, sha256: str | None = None) -> dict[str, Any]:
    """What the manifest says of one table's file; `sha256` is that of all of it, where the output asks."""
    return {
        **description(file.table, file.output),
        "size": file.size,
        "root": file.root,
        **({} if sha256 is None else {"sha256": sha256}),
        "prefix": _hashed(file.first),
        "suffix": _hashed(file.last),
        "blocks": [{"size": block.size, "blake3": block.digest.hex()} for block in file.blocks],
    }


def _hashed(one: Section) -> dict[str, Any]:
    return {"size": one.size, "blake3": one.digest.hex()}


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
        "root": dataset_root(VERSION, files),
        "files": files,
        "profile": dict(profile),
    }
    if results.by_stage:
        content["stages"] = results.named()
    return content


def profile_entry(stored: bytes) -> dict[str, Any]:
    """What the manifest says of `profile.json`, whose bytes are given."""
    return {"name": PROFILE_NAME, **_hashed(section(stored))}


def dumps(content: Mapping[str, Any]) -> bytes:
    """`manifest.json` as it is stored and served: an indented document, since version 2 a block a line."""
    if content.get("manifest") == 1 or not content.get("files"):
        return _indented(content).encode() + b"\n"
    files = ",\n  ".join(map(_file_text, content["files"]))
    # A line's indentation says how deep it is, and text holds no line's end: the key can't be another's.
    whole = _indented({**content, "files": []})
    before, key, after = whole.partition('\n "files": [')
    return f"{before}{key}\n  {files}\n {after}\n".encode()


def _file_text(entry: Mapping[str, Any]) -> str:
    blocks = json.dumps(entry["blocks"], ensure_ascii=False, allow_nan=False)
    before, key, after = _indented({**entry, "blocks": []}).partition('\n "blocks": [')
    lines = blocks[1:-1].replace("}, {", "},\n  {")
    return f"{before}{key}\n  {lines}\n {after}".replace("\n", "\n  ")


def _indented(content: Mapping[str, Any]) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False)


def parse(stored: bytes) -> dict[str, Any]:
    """A manifest read back and checked against itself. Raises ManifestError."""
    try:
        content: dict[str, Any] = json.loads(stored)
        if content["manifest"] not in VERSIONS:
            known = " and ".join(map(str, VERSIONS))
            raise ManifestError(f"this is a manifest of version {content['manifest']}, we read {known}")
        _check_sizes(content)
        _check_agreement(content)
    except RecursionError:
        raise ManifestError("not a manifest: it is nested too deep") from None
    except (UnicodeDecodeError, ValueError, LookupError, TypeError, AttributeError) as error:
        if isinstance(error, ManifestError):
            raise
        raise ManifestError(f"not a manifest: {error!r}") from error
    return content


def _check_sizes(content: Mapping[str, Any]) -> None:
    sized = [content, content["profile"]]
    for entry in content["files"]:
        sized += [entry, *entry["blocks"]]
        if content["manifest"] > 1:
            sized += [entry["prefix"], entry["suffix"]]
    for one in sized:
        size = one.get("size")
        if type(size) is not int or not 0 <= size <= MAX_INTEGER:
            raise ManifestError(f"{size!r} isn't the size of anything")


def _check_rows(entry: Mapping[str, Any]) -> None:
    """That the rows of a file are counted, and a block has some."""
    for name, least in (("rows", 0), ("block_rows", 1)):
        count = entry[name]
        if type(count) is not int or not least <= count <= MAX_INTEGER:
            raise ManifestError(
                f"the {name} of {entry['name']} are {shown(count)}, at least {least} are right"
            )


def _check_agreement(content: Mapping[str, Any]) -> None:
    output, version = output_of(content), content["manifest"]
    for entry in content["files"]:
        # Files are written under these names: none may lead out of a folder.
        if not NAME_PATTERN.match(entry["table"]) or entry["name"] != file_name(entry["table"], output):
            raise ManifestError(f"{entry['name']!r} isn't the name of a table's file")
        _check_rows(entry)
        if file_root(version, entry) != entry["root"]:
            raise ManifestError(f"the block hashes of {entry['name']} don't give its root")
        if len(entry["blocks"]) != -(-entry["rows"] // entry["block_rows"]):
            raise ManifestError(f"{entry['name']} lacks blocks, or has too many")
        # Of version 1 nobody knows how long the file's end is.
        if version > 1 and entry["size"] != _size_of_sections(entry):
            raise ManifestError(f"the sections of {entry['name']} don't add up to its size")
        if version > 1 and output.sha256 != isinstance(entry.get("sha256"), str):
            raise ManifestError(f"{entry['name']} has a sha256 where the output asks for none, or lacks one")
    profile = content["profile"]
    if profile["name"] != PROFILE_NAME or not isinstance(profile[algorithm_of(version)], str):
        raise ManifestError(f"{profile['name']!r} isn't the name of a profile")
    if dataset_root(version, content["files"]) != content["root"]:
        raise ManifestError("the files' roots don't give the manifest's root")
    if recipe_of(content).sha256 != content["recipe_sha256"]:
        raise ManifestError("the recipe doesn't have the sha256 that is given for it")


def _size_of_sections(entry: Mapping[str, Any]) -> int:
    return sum(int(one["size"]) for one in (entry["prefix"], *entry["blocks"], entry["suffix"]))


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
