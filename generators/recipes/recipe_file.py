"""Recipe files: a request written down, in YAML or JSON, with the keys that a request has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.recipes.yaml_text import load_yaml
from synthmill.generators.schema.json_values import plain, shown

_FOR_SERVERS = ("workspace", "dataset", "max_parallel")


def load_json(text: str) -> Any:
    """JSON text as plain values, no key coming twice. Raises ValueError, saying where."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError(f"nested more than {limits.MAX_DEPTH} deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict[str, Any]()
    for key, value in pairs:
        if key in content:
            raise ValueError(f"{shown(key)} comes twice")
        content[key] = value
    return content


def load_recipe_file(path: Path, for_server: bool = False) -> dict[str, Any]:
    """The request in a file, not yet parsed. Raises InvalidRequestError, and OSError where it can't be read.

    `workspace`, `dataset` and `max_parallel` belong to a server and are refused by name unless
    `for_server`.
    """
    request = read_object(path, "a request", "write an object with `template` or `strategy` in it")
    if not for_server:
        refuse_server_fields(request)
    return request


def read_object(path: Path, what: str, fix: str) -> dict[str, Any]:
    """The object in a YAML or JSON file, as plain values. A refusal says `what` it should be, and the fix.

    Raises InvalidRequestError, and OSError where it can't be read.
    """
    if path.stat().st_size > limits.MAX_RECIPE_FILE_BYTES:
        raise InvalidRequestError.one(
            path.name, f"larger than {limits.MAX_RECIPE_FILE_BYTES} bytes", "give a smaller file"
        )
    try:
        text = path.read_text("utf-8-sig")
        content = load_json(text) if path.suffix == ".json" else load_yaml(text, limits.MAX_FIELDS)
    except UnicodeDecodeError as error:
        raise InvalidRequestError.one(
            path.name, f"isn't UTF-8: {error.reason} at byte {error.start}", "save it as UTF-8"
        ) from error
    except ValueError as error:
        raise InvalidRequestError.one(path.name, str(error), "write it in YAML or JSON") from error
    if not isinstance(content, dict):
        raise InvalidRequestError.one(path.name, f"{shown(content)} isn't {what}", fix)
    if len(content) > limits.MAX_FIELDS:
        raise InvalidRequestError.one(
            path.name, f"more than {limits.MAX_FIELDS} keys in the outermost object", fix
        )
    found: dict[str, Any] = plain(content)
    return found


def refuse_server_fields(request: dict[str, Any]) -> None:
    """Raises InvalidRequestError for what a dataset made in-process can't have."""
    for field in _FOR_SERVERS:
        if field in request:
            raise InvalidRequestError.one(
                field,
                "belongs to a server, and this dataset is made in-process",
                "leave it out, or submit it",
            )
