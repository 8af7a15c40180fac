"""Recipe files: a request written down, in YAML or JSON, with the keys that a request has."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import yaml

from synthmill.generators import limits
from synthmill.generators.errors import InvalidRequestError
from synthmill.generators.schema.json_values import plain, shown

_FOR_SERVERS = ("workspace", "dataset", "max_parallel")


class _Loader(yaml.SafeLoader):
    """YAML that means what JSON means: `NO` is Norway and `2024-12-31` is text, and no key comes twice."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen: set[str] = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise yaml.constructor.ConstructorError(None, None, "a key isn't text", key.start_mark)
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key.value} comes twice", key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        # Anchors can make a file of one line mean a billion values; recipes have no need of them.
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases aren't allowed", self.get_mark())
        return super().compose_node(parent, index)


def _integer(_: yaml.SafeLoader, node: yaml.ScalarNode) -> int:
    # Python refuses to read thousands of digits; so many are too large for anything here anyway.
    return int(node.value[:_MOST_DIGITS])


_MOST_DIGITS = 100
_INTEGER = re.compile(r"[-+]?[0-9]+\Z")
_FLOAT = re.compile(r"[-+]?([0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))([eE][-+]?[0-9]+)?\Z")
_NUMBERS = list("-+.0123456789")
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(null|~|)\Z"), ["n", "~", ""])
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"(true|false)\Z"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", _INTEGER, _NUMBERS)
_Loader.add_implicit_resolver("tag:yaml.org,2002:float", _FLOAT, _NUMBERS)
_Loader.add_constructor("tag:yaml.org,2002:int", _integer)
_Loader.add_constructor("tag:yaml.org,2002:float", lambda _, node: float(node.value))


def load_json(text: str) -> Any:
    """JSON text as plain values, no key coming twice. Raises ValueError, saying where."""
    try:
        return json.loads(text, object_pairs_hook=_object)
    except RecursionError:
        raise ValueError(f"nested more than {limits.MAX_DEPTH} deep") from None


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    content = dict(pairs)
    if len(content) < len(pairs):
        keys = [key for key, _ in pairs]
        raise ValueError(f"{next(shown(key) for key in keys if keys.count(key) > 1)} comes twice")
    return content


def load_yaml(text: str) -> Any:
    """YAML text as plain values. Raises ValueError, saying where."""
    try:
        return yaml.load(text, _Loader)  # noqa: S506 (a SafeLoader)
    except yaml.YAMLError as error:
        raise ValueError(f"not YAML: {error}") from error
    except RecursionError:
        raise ValueError(f"nested more than {limits.MAX_DEPTH} deep") from None


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
        text = path.read_text("utf-8")
        content = load_json(text) if path.suffix == ".json" else load_yaml(text)
    except ValueError as error:
        raise InvalidRequestError.one(path.name, str(error), "write it in YAML or JSON") from error
    if not isinstance(content, dict):
        raise InvalidRequestError.one(path.name, f"{shown(content)} isn't {what}", fix)
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
